"""The tables asked before any story: they say what they are told to say, and only about their own part."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fhir_adapter.definitions.load import Definitions
from fhir_adapter.domain.safety_model.rule import SafetyRule
from tests.mutation.cohort_cases import COHORTS
from tests.mutation.rule_mutants import with_trial
from tests.mutation.tables import Tables
from tests.scenarios.reading import definitions_for


@pytest.fixture(scope="module")
def definitions() -> Definitions:
    return definitions_for("nct07256210")


@pytest.fixture(scope="module")
def safety(definitions: Definitions) -> SafetyRule:
    assert definitions.trial.safety is not None
    return definitions.trial.safety


def asked(original: Definitions, changed: Definitions, mentions: frozenset[str] | None = None) -> set[str]:
    """Which tables are asked about a change."""
    return {name.partition(":")[0] for name, _ in Tables(original)(changed, mentions, None)}


def test_every_cohort_is_read_as_told(definitions: Definitions, safety: SafetyRule) -> None:
    rule = definitions.trial.escalation
    assert rule is not None
    assert {case.name: case.told_by(rule, safety.observation) for case in COHORTS} == {
        case.name: case.expected for case in COHORTS
    }


def test_what_is_unchanged_is_not_asked(definitions: Definitions) -> None:
    assert asked(definitions, replace(definitions, definitions_digest="other")) == set()


def test_a_change_of_the_grading_of_a_syndrome_is_told_by_its_cases(
    definitions: Definitions, safety: SafetyRule
) -> None:
    crs = replace(safety.crs, fever=replace(safety.crs.fever, grade=2))
    assert asked(definitions, with_trial(definitions, "safety", replace(safety, crs=crs))) == {"crs"}
    icans = replace(safety.icans, ice_from=11)
    assert asked(definitions, with_trial(definitions, "safety", replace(safety, icans=icans))) == {"icans"}


def test_a_change_of_what_is_observed_is_told_by_cohorts(definitions: Definitions, safety: SafetyRule) -> None:
    observation = replace(safety.observation, escalating="phase2")
    changed = with_trial(definitions, "safety", replace(safety, observation=observation))
    assert asked(definitions, changed) == {"cohort"}


def test_a_change_of_reading_is_told_by_resources_that_mention_it(definitions: Definitions) -> None:
    changed = replace(definitions, reading_digest="other")
    rows = [name for name, _ in Tables(definitions)(changed, frozenset({'"C01CA03"'}), None)]
    assert rows == ["record: drug atc C01CA03"]


def test_the_row_that_noticed_once_is_asked_first(definitions: Definitions) -> None:
    changed = replace(definitions, reading_digest="other")
    first, *_ = Tables(definitions)(changed, None, "record: drug atc C01CA03")
    assert first[0] == "record: drug atc C01CA03"
