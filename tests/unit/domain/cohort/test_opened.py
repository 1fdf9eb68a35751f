"""Which level was open when."""

from __future__ import annotations

import pytest

from fhir_adapter.domain.cohort.decision import EscalationDecision
from fhir_adapter.domain.cohort.opened import Opened, read_opened
from tests.cohorts import decided, the_rule
from tests.reactions import at


def opened(*decisions: EscalationDecision) -> Opened:
    """The levels over time."""
    return read_opened(the_rule(), decisions)


UP = decided("ESCALATE", 2, "03-01")
DOWN = decided("DE_ESCALATE", 1, "04-01")


def test_the_protocols_start_level_is_open_from_the_beginning() -> None:
    assert (opened().level, opened().last, opened().waiting) == (1, None, None)
    assert opened().may_enrol(1, at("01-01"), at("01-01"))


@pytest.mark.parametrize(
    ("level", "first", "last", "is_open"),
    [
        (1, "03-01T11:59", "03-01T11:59", True),
        (1, "03-01T12:00", "03-01T12:00", False),
        (2, "03-01T11:59", "03-01T11:59", False),
        (2, "03-01T12:00", "03-01T12:00", True),
        (1, "03-01T00:00", "03-01T23:59", True),
        (2, "03-01T00:00", "03-01T23:59", True),
        (3, "03-01T00:00", "03-01T23:59", False),
        (2, "04-01T12:00", "04-01T12:00", False),
        (1, "04-01T12:00", "04-01T12:00", True),
    ],
)
def test_a_level_is_open_from_its_decision_to_the_next(level: int, first: str, last: str, is_open: bool) -> None:
    assert opened(UP, DOWN).may_enrol(level, at(first), at(last)) is is_open


def test_confirming_the_open_level_opens_nothing_new() -> None:
    assert len(opened(decided("ENROL", 1), decided("EXPAND", 1, "03-02")).spans) == 1


def test_waiting_leaves_the_level_open_and_is_over_with_the_next_decision() -> None:
    wait = decided("WAIT", when="03-05")
    assert (opened(UP, wait).level, opened(UP, wait).waiting) == (2, wait)
    assert opened(UP, wait, DOWN).waiting is None


def test_levels_left_downwards_are_too_toxic_until_one_is_opened_again() -> None:
    assert opened(UP, DOWN).too_toxic == {2}
    assert opened(UP, DOWN, decided("ESCALATE", 2, "05-01")).too_toxic == frozenset()


def test_a_dose_declared_below_the_open_level_closes_that_one_as_too_toxic() -> None:
    declared = opened(UP, decided("DECLARE_MTD", 1, "04-01"))
    assert (declared.level, declared.mtd) == (None, 1)
    assert declared.too_toxic == {2}


def test_a_dose_declared_at_the_open_level_closes_none_as_too_toxic() -> None:
    assert opened(UP, decided("DECLARE_MTD", 2, "04-01")).too_toxic == frozenset()


def test_going_down_from_a_declared_dose_counts_from_the_level_the_person_saw() -> None:
    declared = decided("DECLARE_MTD", 2, "04-01")
    down = decided("DE_ESCALATE", 1, "05-01", from_level=2)
    after = opened(UP, declared, down)
    assert after.too_toxic == {2}
    assert after.mtd is None


def test_a_decision_without_a_level_to_leave_closes_none() -> None:
    assert (
        opened(UP, decided("DECLARE_MTD", 2, "04-01"), decided("DE_ESCALATE", 1, "05-01")).too_toxic == frozenset()
    )
    assert opened(UP, decided("DECLARE_MTD", None, "04-01")).too_toxic == frozenset()


def test_a_stopped_study_has_no_open_level() -> None:
    stopped = opened(UP, decided("STOP_STUDY", when="04-01"))
    assert (stopped.stopped, stopped.level) == (True, None)


@pytest.mark.parametrize(("moment", "highest"), [("03-01T11:59", 1), ("03-01T12:00", 2), (None, 2)])
def test_the_highest_level_ever_opened_is_told_for_a_moment(moment: str | None, highest: int) -> None:
    assert opened(UP, DOWN).highest_by(at(moment) if moment else None) == highest


def test_whether_a_level_was_ever_open() -> None:
    assert [opened(UP).was_ever(level) for level in (0, 1, 2, 3)] == [False, True, True, False]
