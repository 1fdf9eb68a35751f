"""Every mutant of the trial's definitions, and running a share of them in a process of its own.

`python -m tests.mutation.shards` runs all of them, explained ones too, lists what is not as it should be, and
writes down which story noticed which mutant, so that the next run asks that story first. With `NUMBER OF` it gives
the report of one share as JSON.

Knows: which mutants there are, which survivors are explained.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from itertools import islice
from pathlib import Path

from fhir_adapter.definitions.compile_terminology import compile_vocabulary
from fhir_adapter.definitions.compile_units import compile_units
from fhir_adapter.definitions.file_set import load_hospital_files, load_terminology_files, load_trial_files
from fhir_adapter.definitions.folder import mapping_roots
from fhir_adapter.definitions.load import Definitions, join_definitions
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
EXPLAINED = Path(__file__).parent / "survivors.yaml"
NOTICED = Path(__file__).parent / "noticed.json"
"""Mutant -> the story that noticed it in the last whole run; only the order of asking depends on it."""

SHARES = 2
"""As many as a machine of two cores can run side by side."""


def all_mutants(definitions: Definitions) -> Iterator[Mutant]:
    """Give every mutant of the trial, its settings, its codes and its units.

    A value that a setting fills into a rule is mutated in the setting, not again in each rule.
    """
    roots = mapping_roots()
    terminology, hospital = load_terminology_files(roots), load_hospital_files(roots, HOSPITAL)

    rules = compile_units(terminology)
    vocabulary = compile_vocabulary(terminology, rules)

    @cache
    def compiled(setting: str, value: str | tuple[str, ...]) -> Definitions:
        written = value if isinstance(value, str) else list(value)
        changed = load_trial_files(roots, TRIAL, {setting: written})
        return join_definitions(vocabulary, rules, terminology, hospital, changed)

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


def run_share(number: int, of: int, *, explained: bool) -> MutationReport:
    """Run every `of`-th mutant from the one of this number on, explained ones only where they are asked for."""
    definitions = definitions_for(TRIAL)
    derive = StoryDeriver(load_stories(TRIAL), definitions)
    known = () if explained else load_explanations(EXPLAINED)
    open_ones = (each for each in all_mutants(definitions) if not any(one.covers(each.id) for one in known))
    hints = json.loads(NOTICED.read_text(encoding="utf-8")) if NOTICED.exists() else {}
    return run_mutants(definitions, islice(open_ones, number, None, of), derive, hints)


def run_all(*, explained: bool) -> MutationReport:
    """Run all mutants, the shares side by side."""
    asked = ["explained"] * explained
    commands = [
        [sys.executable, "-m", "tests.mutation.shards", str(one), str(SHARES), *asked] for one in range(SHARES)
    ]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for command in commands]
    said = [process.communicate()[0] for process in running]
    assert [process.returncode for process in running] == [0] * SHARES
    reports = [json.loads(text) for text in said]
    return MutationReport(
        killed={name: story for report in reports for name, story in report["killed"].items()},
        refused=tuple(name for report in reports for name in report["refused"]),
        survivors=tuple(name for report in reports for name in report["survivors"]),
    )


def run_whole() -> int:
    """Run all, write the hints, and say what is unexplained or explained for nothing; gives the exit code."""
    report, explanations = run_all(explained=True), load_explanations(EXPLAINED)
    noticed = {name: story for name, story in sorted(report.killed.items()) if not story.endswith("Error")}
    NOTICED.write_text(json.dumps(noticed, indent=0) + "\n", encoding="utf-8")
    open_ones, needless = unexplained(report, explanations), idle(report, explanations)
    sys.stdout.write(f"{len(report.killed)} noticed, {len(report.refused)} refused by the loader, ")
    sys.stdout.write(f"{len(report.survivors)} survive\n")
    for title, names in (("not explained", open_ones), ("explained for nothing", needless)):
        for name in names:
            sys.stdout.write(f"{title}: {name}\n")
    return 1 if open_ones or needless else 0


if __name__ == "__main__":
    if len(sys.argv) == 1:
        sys.exit(run_whole())
    report = run_share(int(sys.argv[1]), int(sys.argv[2]), explained="explained" in sys.argv)
    parts = {"killed": dict(report.killed), "refused": report.refused, "survivors": report.survivors}
    sys.stdout.write(json.dumps(parts))
