"""One subject after the other: counts, the level left, the level closed."""

from __future__ import annotations

from fhir_adapter.domain.escalation.course import advance, first_state, treats
from fhir_adapter.domain.escalation.decide_next import NextAction, decide_next
from fhir_adapter.domain.escalation.rule import EscalationAction
from fhir_adapter.domain.escalation.state import CohortState
from tests.escalation import cohort, count, shipped_rule


def step(state: CohortState, *, dlt: bool = False) -> CohortState:
    return advance(state, decide_next(shipped_rule(), state), dlt=dlt)


def test_the_study_starts_at_its_start_level_with_nobody() -> None:
    assert first_state(shipped_rule()) == CohortState(open_level=1)


def test_a_subject_is_counted_at_the_open_level() -> None:
    assert step(cohort(1, "2/0"), dlt=True) == cohort(1, "3/1")


def test_a_level_left_upwards_keeps_its_counts() -> None:
    after = step(cohort(1, "3/0"))
    assert after == CohortState(open_level=2, counts={1: count("3/0", left=(3, 0)), 2: count("1/0")})


def test_a_level_left_downwards_is_closed() -> None:
    after = step(cohort(2, "2/2", l1="3/0"))
    assert after.open_level == 1
    assert after.too_toxic == {2}
    assert after.at(1) == count("4/0")
    assert after.at(2).left_with == (2, 2)


def test_a_level_opened_again_is_no_longer_one_that_was_left() -> None:
    state = CohortState(open_level=2, counts={1: count("3/0", left=(3, 0)), 2: count("2/2")})
    assert step(state).at(1).left_with is None


def test_where_no_level_is_open_nothing_is_counted() -> None:
    closed = NextAction(action=EscalationAction.WAIT, level=None, row="open", reason="")
    assert advance(CohortState(open_level=None), closed, dlt=True) == CohortState(open_level=None)
    assert not treats(closed)
    opened = NextAction(action=EscalationAction.ENROL, level=1, row="8", reason="")
    assert advance(CohortState(open_level=None), opened, dlt=True) == cohort(1, "1/1")


def test_a_subject_treated_although_nobody_was_to_be_counts_at_the_open_level() -> None:
    waiting = NextAction(action=EscalationAction.WAIT, level=None, row="9", reason="")
    assert advance(cohort(1, "3/0"), waiting, dlt=True) == cohort(1, "4/1")
