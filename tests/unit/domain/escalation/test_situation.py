"""Every condition of the table by itself, both sides of its limit; n = 3 and 6, t = 2 are the trial's numbers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fhir_adapter.domain.escalation.rule import Condition, EscalationAction, TableRow
from fhir_adapter.domain.escalation.situation import Situation, applies, condition_text
from fhir_adapter.domain.escalation.state import CohortState, LevelCount
from tests.escalation import cohort, count, shipped_rule

CLOSED = CohortState(open_level=None, counts={1: count("3/1")})
LEFT = CohortState(open_level=2, counts={1: count("3/0", left=(3, 0))})
SUSPECTED_LEFT = CohortState(open_level=2, counts={1: count("3/0", 1, 1)})
TOP = cohort(3, "3/0", l1="3/0", l2="3/0")
WITHHELD = CohortState(open_level=1, counts={1: count("2/0", withheld=2)})

CASES: list[tuple[Condition, list[CohortState], list[CohortState]]] = [
    (Condition.NO_DLT, [cohort(1, "0/0"), cohort(1, "3/0", 1, 1)], [cohort(1, "3/1"), CLOSED]),
    (Condition.TOLERABLE_DLTS, [cohort(1, "3/1")], [cohort(1, "3/0"), cohort(1, "3/2"), CLOSED]),
    (Condition.TOO_MANY_DLTS, [cohort(1, "3/2"), cohort(1, "3/3")], [cohort(1, "3/1"), CLOSED]),
    (Condition.COHORT_COMPLETE, [cohort(1, "3/0")], [cohort(1, "2/0"), cohort(1, "4/0"), CLOSED]),
    (Condition.LEVEL_COMPLETE, [cohort(1, "6/0"), cohort(1, "7/0")], [cohort(1, "5/0"), CLOSED]),
    (Condition.NO_OPEN_WINDOW, [cohort(1, "3/0", 0, 0)], [cohort(1, "3/0", 0, 1), CLOSED]),
    (Condition.SUSPECTED, [cohort(1, "1/0", 1, 1)], [cohort(1, "1/0", 0, 1), CLOSED]),
    (
        Condition.ROOM,
        [cohort(1, "2/0"), cohort(1, "1/0", 0, 1), cohort(1, "3/1", 0, 2), cohort(1, "5/0"), TOP],
        [cohort(1, "2/0", 0, 1), cohort(1, "3/0"), cohort(1, "3/1", 0, 3), cohort(1, "6/0"), CLOSED],
    ),
    (
        Condition.NOWHERE_UP,
        [cohort(3), cohort(1, l2="2/2"), cohort(0, l1="2/2"), CohortState(open_level=1, too_toxic=frozenset({2}))],
        [cohort(2), cohort(1, l2="3/1"), cohort(1, l3="2/2"), cohort(0, l2="2/2"), cohort(None, l1="2/2")],
    ),
    (
        Condition.BELOW_CLEARED,
        [cohort(2, l1="6/1"), cohort(2, l1="7/0")],
        [cohort(2, l1="5/0"), cohort(2, l1="6/2"), cohort(2, l0="6/0"), cohort(0, "6/0"), cohort(None, l0="6/0")],
    ),
    (
        Condition.TOO_MANY_WITHHELD,
        [WITHHELD],
        [CohortState(open_level=1, counts={1: count("2/0", withheld=1)}), replace(WITHHELD, open_level=None)],
    ),
    (Condition.LOWEST_TOO_TOXIC, [cohort(1, l0="2/2"), cohort(None, l0="2/2")], [cohort(1, "2/2", l0="2/1")]),
    (Condition.LOWEST_NOT_EXPANDED, [cohort(1, "6/0", l0="3/0"), CLOSED], [cohort(1, l0="4/0")]),
    (
        Condition.LEFT_LEVEL_CHANGED,
        [cohort(2, l1="3/1"), cohort(1, l2="1/0"), cohort(2, "1/0")],
        [LEFT, cohort(1, "3/1"), CLOSED],
    ),
    (
        Condition.LEFT_LEVEL_SUSPECTED,
        [SUSPECTED_LEFT, replace(SUSPECTED_LEFT, open_level=None)],
        [
            LEFT,
            replace(SUSPECTED_LEFT, open_level=1),
            replace(SUSPECTED_LEFT, too_toxic=frozenset({1})),
            CohortState(open_level=2, counts={1: count("2/2", 1, 1)}),
        ],
    ),
    (Condition.QUESTION_OPEN, [CohortState(open_level=1, questions=("?",))], [cohort(1), CLOSED]),
    (Condition.NOT_KNOWN_YET, [CohortState(open_level=1, waits=("?",))], [cohort(1), CLOSED]),
    (Condition.NO_LEVEL_OPEN, [CLOSED, cohort(4)], [cohort(0), cohort(3)]),
]


def row(*when: Condition, level: int | None = None, level_from: int | None = None) -> TableRow:
    return TableRow(
        row="one", action=EscalationAction.WAIT, text="", when=when, level=level, level_from=level_from
    )


def holds(state: CohortState, *when: Condition, level: int | None = None, level_from: int | None = None) -> bool:
    return applies(row(*when, level=level, level_from=level_from), Situation(shipped_rule(), state))


@pytest.mark.parametrize(("condition", "yes", "no"), CASES, ids=[case[0].value for case in CASES])
def test_a_condition_holds_on_its_side_only(
    condition: Condition, yes: list[CohortState], no: list[CohortState]
) -> None:
    assert [state for state in yes if not holds(state, condition)] == []
    assert [state for state in no if holds(state, condition)] == []


def test_every_condition_is_among_the_cases() -> None:
    assert {case[0] for case in CASES} == set(Condition)


def test_a_row_without_conditions_always_applies_and_one_with_several_needs_all() -> None:
    assert holds(CLOSED)
    assert holds(cohort(1, "3/0"), Condition.NO_DLT, Condition.COHORT_COMPLETE)
    assert not holds(cohort(1, "3/1"), Condition.NO_DLT, Condition.COHORT_COMPLETE)
    assert not holds(cohort(1, "2/0"), Condition.NO_DLT, Condition.COHORT_COMPLETE)


def test_a_row_for_one_level_or_from_a_level_on_applies_there_only() -> None:
    assert [level for level in range(4) if holds(cohort(level), level=1)] == [1]
    assert [level for level in range(4) if holds(cohort(level), level_from=2)] == [2, 3]
    assert [level for level in range(4) if holds(cohort(level), level_from=0)] == [0, 1, 2, 3]
    assert not holds(CLOSED, level=1)
    assert not holds(CLOSED, level_from=0)


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (Condition.NO_DLT, "t = 0"),
        (Condition.TOLERABLE_DLTS, "t = 1"),
        (Condition.TOO_MANY_DLTS, "t >= 2"),
        (Condition.COHORT_COMPLETE, "n = 3"),
        (Condition.LEVEL_COMPLETE, "n = 6"),
        (Condition.NO_OPEN_WINDOW, "p = 0"),
        (Condition.SUSPECTED, "u >= 1"),
        (Condition.ROOM, "n + p < T"),
        (Condition.NOWHERE_UP, "d = 3 or d+1 too toxic"),
        (Condition.BELOW_CLEARED, "d-1 has n = 6, t <= 1"),
        (Condition.TOO_MANY_WITHHELD, "2 second infusions withheld"),
        (Condition.LOWEST_TOO_TOXIC, "t >= 2 at level 0"),
        (Condition.LOWEST_NOT_EXPANDED, "n <= 3 at level 0"),
        (Condition.LEFT_LEVEL_CHANGED, "the count at a level already left has changed"),
        (Condition.LEFT_LEVEL_SUSPECTED, "u >= 1 at a level already left"),
        (Condition.QUESTION_OPEN, "only a named person can answer"),
        (Condition.NOT_KNOWN_YET, "something must be known first"),
        (Condition.NO_LEVEL_OPEN, "no level is open"),
    ],
)
def test_a_condition_is_written_with_the_numbers_of_the_rule(condition: Condition, text: str) -> None:
    assert condition_text(condition, shipped_rule()) == text


def test_the_lowest_level_is_read_from_the_rule() -> None:
    later = replace(shipped_rule(), levels=(2, 3), start=2)
    assert condition_text(Condition.LOWEST_TOO_TOXIC, later) == "t >= 2 at level 2"
    assert applies(row(Condition.LOWEST_TOO_TOXIC), Situation(later, cohort(3, l2="2/2")))
    assert not applies(row(Condition.LOWEST_TOO_TOXIC), Situation(later, cohort(3, l0="2/2")))


@pytest.mark.parametrize(
    ("state", "size"),
    [
        (cohort(1, "0/0"), 3),
        (cohort(1, "2/1"), 3),
        (cohort(1, "3/0"), 3),
        (cohort(1, "3/1"), 6),
        (cohort(1, "3/1", 0, 2), 6),
        (cohort(1, "4/0"), 6),
        (cohort(1, "3/0", l2="2/2"), 6),
        (CohortState(open_level=1, counts={1: count("3/0")}, too_toxic=frozenset({2})), 6),
        (cohort(0, "3/0", l1="2/2"), 6),
        (CLOSED, 3),
    ],
)
def test_a_level_takes_six_once_the_table_expands_it(state: CohortState, size: int) -> None:
    """The table is asked as if nobody was waited for: who is still observed does not matter."""
    assert Situation(shipped_rule(), state).size == size


def test_a_table_that_says_nothing_else_expands_nothing() -> None:
    rule = replace(shipped_rule(), rows=(row(Condition.ROOM),))
    assert Situation(rule, cohort(1, "3/1")).size == 3


def test_the_counts_of_a_level_the_rule_does_not_have_are_nobody() -> None:
    now = Situation(shipped_rule(), cohort(7, "3/2"))
    assert (now.level, now.count) == (None, LevelCount())
