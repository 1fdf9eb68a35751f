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
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from pathlib import Path

from fhir_adapter.definitions.compile_terminology import compile_vocabulary
from fhir_adapter.definitions.compile_trial import compile_trial
from fhir_adapter.definitions.compile_units import compile_units
from fhir_adapter.definitions.file_set import load_terminology_files, load_trial_files
from fhir_adapter.definitions.folder import mapping_roots
from fhir_adapter.definitions.kept_files import KeptFiles
from fhir_adapter.definitions.load import Definitions, reading_of
from fhir_adapter.definitions.setting_text import SettingValue
from fhir_adapter.domain.digests import digest_of
from fhir_adapter.domain.protocol import Trial
from fhir_adapter.errors import DefinitionError
from tests.mutation.harness import (
    Mutant,
    MutationReport,
    Outcome,
    concept_of,
    idle,
    load_explanations,
    run_mutants,
    unexplained,
)
from tests.mutation.reading_mutants import code_mutants, text_mutants, unit_mutants
from tests.mutation.rule_mutants import participation_mutants, rule_mutants
from tests.mutation.safety_mutants import safety_mutants
from tests.mutation.setting_mutants import setting_mutants
from tests.mutation.setting_places import changed_places, is_filled
from tests.mutation.story_deriver import StoryDeriver
from tests.mutation.tables import Tables
from tests.mutation.treatment_mutants import treatment_mutants
from tests.scenarios.reading import definitions_for
from tests.scenarios.story import load_stories

TRIAL = "nct07256210"
EXPLAINED = Path(__file__).parent / "survivors.yaml"
NOTICED = Path(__file__).parent / "noticed.json"
"""Mutant -> the story that noticed it in the last whole run; only the order of asking depends on it."""

PARTS = 6
"""Into how many parts the mutants are divided where no hints say which story notices each."""

SHARES = 2
"""As many as a machine of two cores can run side by side."""

STEP = 200
"""After so many mutants a share says how far it is."""


def all_mutants(definitions: Definitions) -> Iterator[Mutant]:
    """Give every mutant of the trial, its settings, its codes and its units.

    A value that a setting fills into a rule is mutated in the setting, not again in each rule.
    """
    roots, kept = mapping_roots(), KeptFiles()
    terminology = load_terminology_files(roots)
    rules = compile_units(terminology)
    vocabulary = compile_vocabulary(terminology, rules)
    read = reading_of(definitions.trial)

    @cache
    def compiled(setting: str, value: str | tuple[str, ...]) -> Definitions:
        written = value if isinstance(value, str) else list(value)
        files = load_trial_files(roots, TRIAL, {setting: written}, kept)
        changed = replace(definitions, trial=compile_trial(files, vocabulary, rules).trial)
        if reading_of(changed.trial) == read:
            return changed
        return replace(changed, terminology=replace(changed.terminology), reading_digest=f"mutant {setting}")

    def recompile(setting: str, value: SettingValue) -> Definitions:
        return compiled(setting, value if isinstance(value, str) else tuple(value))

    flipped = list(setting_mutants(load_trial_files(roots, TRIAL, None, kept), recompile))
    yield from flipped
    filled = frozenset[str]().union(*(changed_places(definitions.trial, one) for one in _built(flipped)))
    plain = (rule_mutants, participation_mutants, treatment_mutants, safety_mutants)
    for each in plain:
        yield from (one for one in each(definitions) if not is_filled(one.id, filled))
    yield from code_mutants(definitions)
    yield from text_mutants(definitions)
    yield from unit_mutants(definitions, terminology)


def _built(mutants: list[Mutant]) -> Iterator[Trial]:
    """Give the trials of those mutants the loader does not refuse."""
    for mutant in mutants:
        with suppress(DefinitionError):
            yield mutant.build().trial


@dataclass(frozen=True, slots=True)
class Telling:
    """Everything that may notice a change: the tables first, as they cost least, then the stories."""

    tables: Tables
    stories: StoryDeriver

    def __call__(
        self, definitions: Definitions, mentions: frozenset[str] | None, first: str | None
    ) -> Iterator[tuple[str, Outcome]]:
        """Give what each table and story says that can notice the change."""
        yield from self.tables(definitions, mentions, first)
        yield from self.stories(definitions, mentions, first)


def run_share(number: int, of: int, *, explained: bool) -> MutationReport:
    """Run every `of`-th mutant from the one of this number on, explained ones only where they are asked for."""
    definitions = definitions_for(TRIAL)
    derive = Telling(Tables(definitions), StoryDeriver(load_stories(TRIAL), definitions))
    known = () if explained else load_explanations(EXPLAINED)
    open_ones = (each for each in all_mutants(definitions) if not any(one.covers(each.id) for one in known))
    hints = json.loads(NOTICED.read_text(encoding="utf-8")) if NOTICED.exists() else {}
    asked = open_ones if hints or explained else chosen(open_ones, definitions.definitions_digest)
    mine = list(islice(asked, number, None, of))
    return run_mutants(definitions, _told(mine, f"share {number + 1} of {of}"), derive, hints)


def chosen(mutants: Iterable[Mutant], digest: str) -> Iterator[Mutant]:
    """Give a sixth of the mutants, another one whenever the definitions change.

    Without the hints of a whole run all of them take longer than a check may; `make mutate-data` tries them all.
    Codes of one concept stay together: one of them noticed is enough for its alternatives.
    """
    for each in mutants:
        if int(digest_of(digest, concept_of(each.id) or each.id)[:8], 16) % PARTS == 0:
            yield each


def _told(mutants: list[Mutant], share: str) -> Iterator[Mutant]:
    """Give the mutants, saying now and then how far they are."""
    for place, each in enumerate(mutants):
        if place % STEP == 0:
            sys.stderr.write(f"{share}: {place} of {len(mutants)} mutants, next {each.id}\n")
            sys.stderr.flush()
        yield each


def run_all(*, explained: bool) -> MutationReport:
    """Run all mutants, the shares side by side.

    Raises:
        RuntimeError: One of them ended before it was done; what it said stands above.
    """
    asked = ["explained"] * explained
    commands = [
        [sys.executable, "-m", "tests.mutation.shards", str(one), str(SHARES), *asked] for one in range(SHARES)
    ]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for command in commands]
    said = [process.communicate()[0] for process in running]
    failed = [str(one + 1) for one, process in enumerate(running) if process.returncode]
    if failed:
        raise RuntimeError(f"share {' and '.join(failed)} of {SHARES} ended before it was done")
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
