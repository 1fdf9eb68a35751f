"""Every small change of escalation.yaml changes what the table answers somewhere, or is explained here.

The whole rule is asked about every count a level can have, so that no story is needed; it takes seconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

import pytest

from fhir_adapter.domain.escalation.course import first_state
from fhir_adapter.domain.escalation.decide_next import decide_next
from fhir_adapter.domain.escalation.rule import (
    PLACES,
    Condition,
    EscalationAction,
    EscalationRule,
    Place,
    TableRow,
)
from tests.escalation import shipped_rule
from tests.mutation.escalation_states import is_noticed

BEFORE: Final = "rows 1 and 2 come first, so that only levels from 2 on are left"
EXPLAINED: Final[Mapping[str, str]] = {
    "row 0 dropped": "both rows 1 stop the study; only the other reading of A27 tells them apart (below)",
    "row 0 without lowest-not-expanded": "as above",
    "row 6 without level_from": BEFORE,
    "row 6 level_from 2>1": BEFORE,
    "row 7 without level_from": BEFORE,
    "row 7 level_from 2>1": BEFORE,
    "row 18 without tolerable-dlts": "none is row 6 and too many are rows 1 to 3, which come first",
}
"""Mutant -> why nothing changes. What is redundant stands in the table so that each row reads as it is meant."""

SWAPPED: Final = {
    Condition.NO_DLT: Condition.TOLERABLE_DLTS,
    Condition.TOLERABLE_DLTS: Condition.NO_DLT,
    Condition.TOO_MANY_DLTS: Condition.TOLERABLE_DLTS,
    Condition.COHORT_COMPLETE: Condition.LEVEL_COMPLETE,
    Condition.LEVEL_COMPLETE: Condition.COHORT_COMPLETE,
    Condition.LOWEST_TOO_TOXIC: Condition.TOO_MANY_DLTS,
    Condition.LEFT_LEVEL_CHANGED: Condition.LEFT_LEVEL_SUSPECTED,
    Condition.NOWHERE_UP: Condition.BELOW_CLEARED,
    Condition.BELOW_CLEARED: Condition.NOWHERE_UP,
}


def mutants(rule: EscalationRule) -> Iterator[tuple[str, EscalationRule]]:
    """Step every number, drop every level, row and condition, swap every word."""
    for name in ("cohort", "expanded", "too_toxic", "withheld"):
        number = getattr(rule, name)
        for other in (number - 1, number + 1):
            yield f"{name} {number}>{other}", replace(rule, **{name: other})
    yield "lowest level dropped", replace(rule, levels=rule.levels[1:])
    yield "highest level dropped", replace(rule, levels=rule.levels[:-1])
    yield "a level more", replace(rule, levels=(*rule.levels, rule.highest + 1))
    for place, row in enumerate(rule.rows):
        yield f"row {place} dropped", replace(rule, rows=(*rule.rows[:place], *rule.rows[place + 1 :]))
        for words, changed in row_changes(row):
            rows = (*rule.rows[:place], changed, *rule.rows[place + 1 :])
            yield f"row {place} {words}", replace(rule, rows=rows)


def row_changes(row: TableRow) -> Iterator[tuple[str, TableRow]]:
    yield from condition_changes(row)
    yield from level_changes(row)
    for action in EscalationAction:
        if action is not row.action and row.at in PLACES.get(action, tuple(Place)):
            yield f"{row.action}>{action}", replace(row, action=action)
    for at in PLACES.get(row.action, ()):
        if at is not row.at:
            yield f"{row.at}>{at}", replace(row, at=at)


def condition_changes(row: TableRow) -> Iterator[tuple[str, TableRow]]:
    for place, condition in enumerate(row.when):
        before, after = row.when[:place], row.when[place + 1 :]
        yield f"without {condition}", replace(row, when=(*before, *after))
        if condition in SWAPPED:
            other = SWAPPED[condition]
            yield f"{condition}>{other}", replace(row, when=(*before, other, *after))


def level_changes(row: TableRow) -> Iterator[tuple[str, TableRow]]:
    if row.level is not None:
        yield "without level", replace(row, level=None)
        for number in (row.level - 1, row.level + 1):
            yield f"level {row.level}>{number}", replace(row, level=number)
    if row.level_from is not None:
        yield "without level_from", replace(row, level_from=None)
        for number in (row.level_from - 1, row.level_from + 1):
            yield f"level_from {row.level_from}>{number}", replace(row, level_from=number)


def survivors(rule: EscalationRule, only: str = "") -> list[str]:
    """Give the mutants nothing notices, of those whose name starts so."""
    return [name for name, mutant in mutants(rule) if name.startswith(only) and not is_noticed(rule, mutant)]


def test_every_change_of_the_table_is_noticed_or_explained() -> None:
    assert survivors(shipped_rule()) == list(EXPLAINED)


def test_under_the_other_reading_of_two_at_the_lowest_level_its_row_is_noticed() -> None:
    rule = shipped_rule("minimum-level-toxic", "NEEDS_DECISION")
    assert survivors(rule, only="row 0 ") == []


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("minimum-level-toxic", "NEEDS_DECISION"),
        ("minimum-level-cleared", "DECLARE_MTD"),
        ("level-below-not-expanded", "DECLARE_MTD"),
        ("no-level-left-above", "DECLARE_MTD"),
    ],
)
def test_every_setting_is_noticed(setting: str, value: str) -> None:
    assert is_noticed(shipped_rule(), shipped_rule(setting, value))


def test_the_start_level_is_noticed_by_the_first_subject() -> None:
    for other in (0, 2):
        rule = replace(shipped_rule(), start=other)
        assert decide_next(rule, first_state(rule)).level == other
