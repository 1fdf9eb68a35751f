"""Data mutation: every small change of the definitions must change what some scenario says.

Knows: running mutants, listing survivors, comparing them with the explained ones. Does not know: which mutants
there are (rule_mutants, reading_mutants, setting_mutants), nor how a scenario is derived.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import yaml

from fhir_adapter.definitions.load import Definitions
from fhir_adapter.errors import AdapterError, DefinitionError

Outcome = Mapping[str, str]
"""What one scenario says: criterion -> verdict and reason, and whatever else must follow."""

Derive = Callable[[Definitions, frozenset[str] | None, str | None], Iterable[tuple[str, Outcome]]]
"""Derive the scenarios one by one; texts restrict them to scenarios whose resources mention one of them; the
scenario named, if any, comes first."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One small change.

    Attributes:
        id: Stable: where and what, for example `I6.compare.limit.value:50>51`.
        build: Gives the changed definitions.
        mentions: 0..1; only scenarios whose resources hold one of these texts can notice; None = all.
    """

    id: str
    build: Callable[[], Definitions]
    mentions: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class MutationReport:
    """What became of every mutant.

    Attributes:
        killed: Mutant -> the scenario that noticed.
        refused: Mutants the loader itself refuses.
        survivors: Mutants nobody noticed.
    """

    killed: Mapping[str, str]
    refused: tuple[str, ...]
    survivors: tuple[str, ...]


def run_mutants(
    original: Definitions, mutants: Iterable[Mutant], derive: Derive, hints: Mapping[str, str] | None = None
) -> MutationReport:
    """Derive the scenarios under every mutant until one says something else.

    Args:
        original: The unchanged definitions.
        mutants: The changes.
        derive: Derives the scenarios.
        hints: 0..*; mutant -> the scenario that noticed it once: asked first, and believed no more than any other.

    Returns:
        What became of every mutant.
    """
    expected = dict(derive(original, None, None))
    killed: dict[str, str] = {}
    refused: list[str] = []
    survivors: list[str] = []
    for mutant in mutants:
        try:
            changed = mutant.build()
        except DefinitionError:
            refused.append(mutant.id)
            continue
        first = (hints or {}).get(mutant.id)
        told = partial(derive, changed, mutant.mentions, first)
        scenario = _noticed_by(told, expected)
        if scenario is None:
            survivors.append(mutant.id)
        else:
            killed[mutant.id] = scenario
    return MutationReport(killed, tuple(refused), tuple(survivors))


def _noticed_by(told: Callable[[], Iterable[tuple[str, Outcome]]], expected: Mapping[str, Outcome]) -> str | None:
    try:
        return next((name for name, outcome in told() if outcome != expected[name]), None)
    except AdapterError as error:
        return type(error).__name__


@dataclass(frozen=True, slots=True)
class Explanation:
    """Mutants that may survive (`*` stands for any text), and why."""

    mutant: str
    reason: str

    def covers(self, mutant: str) -> bool:
        """Say whether a mutant is meant."""
        return re.fullmatch(".*".join(re.escape(part) for part in self.mutant.split("*")), mutant) is not None


def alternatives(report: MutationReport) -> frozenset[str]:
    """List the surviving codes of which another code for the same concept was noticed.

    Codes of one concept are rows of one list: a story needs one of them, the review checks each.
    """
    noticed = {_concept(mutant) for mutant in report.killed if _is_code(mutant)}
    return frozenset(mutant for mutant in report.survivors if _is_code(mutant) and _concept(mutant) in noticed)


def concept_of(mutant: str) -> str | None:
    """Give the concept a mutant takes a code from; None where it is about no code."""
    return _concept(mutant) if _is_code(mutant) else None


def _is_code(mutant: str) -> bool:
    return mutant.startswith(("code.", "local.")) and mutant.endswith(":drop")


def _concept(mutant: str) -> str:
    return mutant.split(".", 1)[1].split(".http", 1)[0]


def load_explanations(path: Path) -> tuple[Explanation, ...]:
    """Read which survivors are explained."""
    rows = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader) or []
    return tuple(Explanation(row["mutant"], row["reason"]) for row in rows)


def unexplained(report: MutationReport, explanations: Iterable[Explanation]) -> list[str]:
    """List the survivors nobody explained, but for codes that are alternatives of a noticed one."""
    known, rows = tuple(explanations), alternatives(report)
    open_ones = (mutant for mutant in report.survivors if mutant not in rows)
    return [mutant for mutant in open_ones if not any(one.covers(mutant) for one in known)]


def idle(report: MutationReport, explanations: Iterable[Explanation]) -> list[str]:
    """List the explanations no survivor needs any more."""
    return [one.mutant for one in explanations if not any(one.covers(mutant) for mutant in report.survivors)]
