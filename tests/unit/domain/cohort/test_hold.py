"""Holds of the cohort: a level too toxic, or a second toxicity suspected at it (PUT-3)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fhir_adapter.domain.cohort.cohort import Cohort
from fhir_adapter.domain.cohort.hold import (
    COHORT_HOLD,
    CohortHold,
    apply_hold,
    find_hold,
    held_subjects,
    hold_spans,
)
from fhir_adapter.domain.cohort.subject import CohortSubject
from fhir_adapter.domain.dosing.records import Clearance, ClearanceRecord
from fhir_adapter.domain.source import SubjectId
from tests.cohorts import cohort_of, decided, decided_on, subject
from tests.reactions import SECOND, at

UP = decided_on(cohort_of("1NNN"), "ESCALATE", 2)


def level_held(path: str) -> int | None:
    """The lowest level held at level 1."""
    hold = find_hold(cohort_of(path))
    return hold.level if hold is not None else None


@pytest.mark.parametrize(
    ("path", "held"),
    [("1NT", None), ("1NU", None), ("1TU", 1), ("1UU", 1), ("1TT", 1), ("1TNO", None), ("1TT 0UT", 0)],
)
def test_two_judged_or_suspected_toxicities_hold_the_level(path: str, held: int | None) -> None:
    assert level_held(path) == held


def test_it_begins_with_the_second_toxicity() -> None:
    first = subject("S-1", "T", 1, suspected_since=at("03-04"))
    second = subject("S-2", "U", 1, suspected_since=at("03-08"))
    third = subject("S-3", "U", 1, suspected_since=at("03-09"))
    hold = find_hold(cohort_of("", more=(third, second, first)))
    assert hold is not None
    assert (hold.since, hold.until) == (at("03-08"), None)
    assert hold.why == (
        "level 1: 1 dose-limiting toxicities judged and 2 suspected; further infusions at this and higher levels "
        "wait for a named decision"
    )


def test_a_stopped_study_holds_everybody() -> None:
    stop = decided("STOP_STUDY", when="04-20")
    assert find_hold(cohort_of("1NNO", stop)) == CohortHold(level=0, since=stop.at, why="the study is stopped")


class TestHeldSubjects:
    MATES = (
        subject("S-90", "O", 1),
        subject("S-91", "O", 2),
        subject("S-92", "O", 0),
        subject("S-93", "R", 1),
        subject("S-94", "O", 1, infusions=((1, at("03-02")), (2, SECOND))),
        subject("S-95", "O", 1, part="phase2"),
        subject("S-96", "O", 1, part=""),
        subject("S-97", "O", None),
        subject("S-98", "X", 1),
    )

    def test_whoever_waits_for_an_infusion_at_the_level_or_above_is_held(self) -> None:
        held = held_subjects(cohort_of("", more=(*_toxic(), *self.MATES)), (1, 2))
        assert held == ("S-1", "S-2", "S-90", "S-91", "S-93", "S-96", "S-97", "S-98")

    def test_nobody_is_held_without_a_hold(self) -> None:
        assert held_subjects(cohort_of("1T", more=self.MATES), (1, 2)) == ()


def _toxic() -> tuple[CohortSubject, ...]:
    return (subject("S-1", "T", 1), subject("S-2", "U", 1))


class TestClearance:
    RECORD = ClearanceRecord(
        subject=SubjectId("S-90"), infusion=2, as_of=at("03-19"), verdict=Clearance.CLEAR, criteria=()
    )

    def judged(self, cohort: Cohort) -> str:
        """The clearance, and the criterion the cohort adds."""
        found = apply_hold(self.RECORD, cohort)
        added = [f"{each.id} {each.verdict}" for each in found.criteria]
        return " ".join([found.verdict.value, *added])

    @pytest.mark.parametrize(("level", "held"), [(0, False), (1, True), (2, True), (None, True)])
    def test_a_mate_at_the_level_or_above_is_on_hold(self, level: int | None, held: bool) -> None:
        mate = subject("S-90", "O", level)
        expected = "HOLD cohort-hold FAIL" if held else "CLEAR"
        assert self.judged(cohort_of("1TU", more=(mate,))) == expected

    def test_it_says_why(self) -> None:
        held = apply_hold(self.RECORD, cohort_of("1TU"))
        assert held.criteria[-1].id == COHORT_HOLD
        assert held.criteria[-1].notes[0].startswith("level 1: 1 dose-limiting toxicities judged and 1 suspected")

    def test_without_a_hold_the_subjects_own_criteria_decide(self) -> None:
        unknown = replace(self.RECORD, verdict=Clearance.UNKNOWN)
        assert apply_hold(unknown, cohort_of("1T", more=(subject("S-90", "O", 1),))) is unknown

    def test_somebody_not_in_the_cohort_yet_is_held_too(self) -> None:
        assert self.judged(cohort_of("1TU")) == "HOLD cohort-hold FAIL"

    def test_the_later_part_is_held_only_by_a_stopped_study(self) -> None:
        mate = subject("S-90", "O", 1, part="phase2")
        assert self.judged(cohort_of("1TU", more=(mate,))) == "CLEAR"
        stopped = cohort_of("1TU", decided("STOP_STUDY", when="03-18"), more=(mate,))
        assert self.judged(stopped) == "HOLD cohort-hold FAIL"

    @pytest.mark.parametrize(
        ("when", "verdict"), [("03-05T11:59", Clearance.CLEAR), ("03-05T12:00", Clearance.HOLD)]
    )
    def test_a_hold_that_begins_later_does_not_exist_yet(self, when: str, verdict: Clearance) -> None:
        assert apply_hold(replace(self.RECORD, as_of=at(when)), cohort_of("1TU")).verdict is verdict

    def test_an_infusion_already_given_is_left_as_it_was_judged(self) -> None:
        given = replace(self.RECORD, is_retrospective=True)
        assert apply_hold(given, cohort_of("1TU")) is given


class TestSpans:
    def test_the_first_decision_after_it_ended_it_unless_it_was_to_wait(self) -> None:
        wait, down = decided("WAIT", when="03-06"), decided("DE_ESCALATE", 0, "03-10")
        spans = hold_spans(cohort_of("1TT", wait, down), (down, UP, wait))
        assert [(span.level, span.since, span.until) for span in spans] == [(1, at("03-05"), at("03-10"))]

    def test_a_decision_made_before_ends_nothing(self) -> None:
        (span,) = hold_spans(cohort_of("1TU"), (decided("ENROL", 1, "03-05"),))
        assert span.until is None

    def test_one_of_unknown_beginning_has_no_end_and_says_nothing_of_an_infusion(self) -> None:
        bare = tuple(subject(name, "T", 1, suspected_since=None) for name in ("S-1", "S-2"))
        (span,) = hold_spans(cohort_of("", more=bare), (decided("DE_ESCALATE", 0, "03-10"),))
        assert (span.since, span.until) == (None, None)
        assert not span.holds(1, at("03-19"))

    @pytest.mark.parametrize(
        ("level", "moment", "holds"),
        [
            (1, "03-05T12:00", False),
            (1, "03-05T12:01", True),
            (2, "03-09", True),
            (0, "03-09", False),
            (None, "03-09", False),
            (1, "03-10T11:59", True),
            (1, "03-10T12:00", False),
        ],
    )
    def test_what_falls_into_it(self, level: int | None, moment: str, holds: bool) -> None:
        span = CohortHold(level=1, since=at("03-05"), why="", until=at("03-10"))
        assert span.holds(level, at(moment)) is holds
