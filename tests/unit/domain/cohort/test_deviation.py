"""How an escalation departed from its rule."""

from __future__ import annotations

import pytest

from fhir_adapter.domain.cohort.decision import EscalationDecision
from fhir_adapter.domain.cohort.deviation import FoundDeviation, find_deviations
from fhir_adapter.domain.cohort.subject import CohortSubject
from tests.cohorts import cohort_of, decided, subject
from tests.reactions import SECOND, at

UP = decided("ESCALATE", 2, "03-10")


def found(
    *subjects: CohortSubject, decisions: tuple[EscalationDecision, ...] = (), path: str = ""
) -> tuple[FoundDeviation, ...]:
    """The deviations of these subjects beside those of a path."""
    return find_deviations(cohort_of(path, *decisions, more=subjects), decisions)


def kinds(*subjects: CohortSubject, decisions: tuple[EscalationDecision, ...] = (), path: str = "") -> list[str]:
    """Their kinds."""
    return [each.kind.value for each in found(*subjects, decisions=decisions, path=path)]


class TestAssignment:
    @pytest.mark.parametrize(
        ("level", "when", "expected"),
        [
            (1, "03-10T11:59", []),
            (1, "03-10T12:00", ["CLOSED_LEVEL"]),
            (2, "03-10T12:00", []),
            (2, "03-10T11:59", ["CLOSED_LEVEL"]),
            (3, "03-10T11:59", ["SKIPPED_LEVEL"]),
            (3, "03-10T12:00", ["CLOSED_LEVEL"]),
            (0, "03-10T12:00", ["CLOSED_LEVEL"]),
        ],
    )
    def test_the_level_must_be_the_one_open_that_moment(self, level: int, when: str, expected: list[str]) -> None:
        who = subject("S-1", "N", level, assigned=(at(when), at(when)))
        assert kinds(who, decisions=(UP,)) == expected

    @pytest.mark.parametrize(("level", "expected"), [(1, []), (2, []), (3, ["CLOSED_LEVEL"])])
    def test_a_day_on_which_both_were_open_allows_both(self, level: int, expected: list[str]) -> None:
        who = subject("S-1", "N", level, assigned=(at("03-10T00:00"), at("03-10T23:59")))
        assert kinds(who, decisions=(UP,)) == expected

    @pytest.mark.parametrize(
        ("level", "expected"), [(1, []), (2, []), (3, ["CLOSED_LEVEL"]), (0, ["CLOSED_LEVEL"])]
    )
    def test_an_assignment_of_unknown_time_is_compared_with_every_level_ever_open(
        self, level: int, expected: list[str]
    ) -> None:
        assert kinds(subject("S-1", "N", level), decisions=(UP,)) == expected

    def test_it_is_told_with_subject_level_and_time(self) -> None:
        (one,) = found(subject("S-1", "N", 3, assigned=(at("03-01"), at("03-01"))))
        assert (one.subject, one.level, one.when) == ("S-1", 3, at("03-01"))
        assert one.what == "assigned to level 3, which was not open then"

    def test_nobody_without_a_level_and_nobody_of_the_later_part_departs(self) -> None:
        assert kinds(subject("S-1", "N", None), subject("S-2", "N", 3, part="phase2")) == []


class TestPlaces:
    def test_more_than_six_evaluable_and_pending_are_too_many(self) -> None:
        assert kinds(path="1NNTOOO") == []
        assert kinds(path="1NNTOOOO") == ["TOO_MANY"]
        assert kinds(path="1NNTOOOX") == []

    def test_somebody_reserved_while_another_level_is_open_makes_two(self) -> None:
        early = (at("03-09"), at("03-09"))
        assert kinds(subject("S-1", "R", 1, assigned=early), decisions=(UP,)) == ["TWO_OPEN_LEVELS"]
        assert kinds(subject("S-1", "O", 1, assigned=early), decisions=(UP,)) == []
        assert kinds(subject("S-1", "R", 1, assigned=early)) == []

    def test_with_no_level_open_there_are_not_two(self) -> None:
        early = (at("03-09"), at("03-09"))
        declared = decided("DECLARE_MTD", 1, "03-10")
        assert kinds(subject("S-1", "R", 1, assigned=early), decisions=(declared,)) == []


class TestInfusions:
    def test_an_infusion_while_the_cohort_was_on_hold_is_told(self) -> None:
        mate = subject("S-9", "O", 1, infusions=((1, at("03-02")), (2, SECOND)))
        (one,) = found(mate, path="1TU")
        assert (one.kind.value, one.subject, one.when) == ("INFUSED_ON_HOLD", "S-9", SECOND)
        assert one.what == "infusion 2 while the cohort was on hold"

    def test_one_before_it_or_after_a_decision_is_not(self) -> None:
        down = decided("DE_ESCALATE", 0, "03-10")
        mate = subject("S-9", "O", 1, infusions=((1, at("03-05")), (2, SECOND)))
        assert kinds(mate, path="1TU", decisions=(down,)) == []

    @pytest.mark.parametrize(("when", "expected"), [("03-19T12:00", 1), ("03-19T12:01", 0)])
    def test_one_after_the_study_was_stopped_is_told(self, when: str, expected: int) -> None:
        mate = subject("S-9", "O", 1, infusions=((1, at("03-02")), (2, SECOND)))
        stop = decided("STOP_STUDY", when=when)
        assert kinds(mate, decisions=(stop,)) == ["INFUSED_AFTER_STOP"] * expected


def test_a_decision_that_differs_from_the_rule_is_told() -> None:
    other = decided("EXPAND", 1, "03-10", proposed_action="ESCALATE", proposed_level=2, deviation=True)
    wait = decided("WAIT", None, "03-09", proposed_action="ENROL", proposed_level=1, deviation=True)
    listed = found(decisions=(other, wait, UP))
    assert [each.what for each in listed] == [
        "WAIT where the rule proposed ENROL level 1",
        "EXPAND level 1 where the rule proposed ESCALATE level 2",
    ]
    assert [each.kind.value for each in listed] == ["DECIDED_OTHERWISE", "DECIDED_OTHERWISE"]
