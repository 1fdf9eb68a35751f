"""Every small change of the trial's definitions changes what some story says, or is explained."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest

from fhir_adapter.definitions.file_set import load_hospital_files, load_terminology_files, load_trial_files
from fhir_adapter.definitions.folder import mapping_roots
from fhir_adapter.definitions.load import Definitions, compile_definitions
from fhir_adapter.definitions.setting_text import SettingValue
from fhir_adapter.domain.protocol import Trial
from fhir_adapter.errors import DefinitionError
from tests.mutation.harness import Mutant, MutationReport, idle, load_explanations, run_mutants, unexplained
from tests.mutation.reading_mutants import code_mutants, text_mutants, unit_mutants
from tests.mutation.rule_mutants import participation_mutants, rule_mutants
from tests.mutation.setting_mutants import setting_mutants
from tests.mutation.setting_places import changed_places, is_filled
from tests.mutation.story_deriver import StoryDeriver
from tests.mutation.treatment_mutants import treatment_mutants
from tests.scenarios.reading import definitions_for
from tests.scenarios.story import load_stories

TRIAL = "nct07256210"
HOSPITAL = "demo"
EXPLANATIONS = load_explanations(Path(__file__).parent / "survivors.yaml")


def all_mutants(definitions: Definitions) -> Iterator[Mutant]:
    """Give every mutant of the trial, its settings, its codes and its units.

    A value that a setting fills into a rule is mutated in the setting, not again in each rule.
    """
    roots = mapping_roots()
    terminology, hospital = load_terminology_files(roots), load_hospital_files(roots, HOSPITAL)

    @cache
    def compiled(setting: str, value: str | tuple[str, ...]) -> Definitions:
        written = value if isinstance(value, str) else list(value)
        return compile_definitions(terminology, hospital, load_trial_files(roots, TRIAL, {setting: written}))

    def recompile(setting: str, value: SettingValue) -> Definitions:
        return compiled(setting, value if isinstance(value, str) else tuple(value))

    flipped = list(setting_mutants(load_trial_files(roots, TRIAL), recompile))
    yield from flipped
    filled = frozenset[str]().union(*(changed_places(definitions.trial, one) for one in _built(flipped)))
    plain = (*rule_mutants(definitions), *participation_mutants(definitions), *treatment_mutants(definitions))
    yield from (one for one in plain if not is_filled(one.id, filled))
    yield from code_mutants(definitions)
    yield from text_mutants(definitions)
    yield from unit_mutants(definitions, terminology)


def _built(mutants: list[Mutant]) -> Iterator[Trial]:
    """Give the trials of those mutants the loader does not refuse."""
    for mutant in mutants:
        with suppress(DefinitionError):
            yield mutant.build().trial


@pytest.fixture(scope="module")
def report() -> MutationReport:
    definitions = definitions_for(TRIAL)
    derive = StoryDeriver(load_stories(TRIAL), definitions)
    return run_mutants(definitions, all_mutants(definitions), derive)


@pytest.mark.slow
def test_every_mutant_is_noticed_or_explained(report: MutationReport) -> None:
    """A survivor is a number nobody tests: add a story, or explain it in survivors.yaml."""
    assert unexplained(report, EXPLANATIONS) == []


@pytest.mark.slow
def test_every_explanation_is_still_needed(report: MutationReport) -> None:
    assert idle(report, EXPLANATIONS) == []


@pytest.mark.slow
def test_most_mutants_are_noticed_by_a_story(report: MutationReport) -> None:
    assert len(report.killed) > 300
