"""The open-window board."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from fhir_adapter.domain.cohort.board import BoardLine, build_board
from fhir_adapter.domain.cohort.cohort import Cohort
from fhir_adapter.domain.cohort.subject import Counted
from fhir_adapter.domain.safety_model.records import WindowState
from tests.builders import ZONE
from tests.cohorts import cohort_of, subject
from tests.reactions import at


def board(cohort: Cohort, *, everyone: bool = False) -> tuple[BoardLine, ...]:
    """The board of 19 March."""
    return build_board(cohort, infusions=(1, 2), as_of=at("03-19"), zone=ZONE, everyone=everyone)


def test_a_line_tells_the_day_of_the_window_what_is_next_and_what_is_missing() -> None:
    observed = subject("S-1", "O", 1, missing=(date(2026, 3, 4),))
    assert observed.record is not None
    asked = replace(
        observed, record=replace(observed.record, next_assessment="ICE or CAPD of 2026-03-19", why="open")
    )
    assert board(cohort_of("", more=(asked,))) == (
        BoardLine(
            subject=asked.subject,
            level=1,
            part="phase1",
            counted=Counted.OBSERVED,
            state=WindowState.OPEN,
            day=17,
            last_day=45,
            ends=date(2026, 4, 16),
            next_assessment="ICE or CAPD of 2026-03-19",
            missing=(date(2026, 3, 4),),
            why="open",
        ),
    )


def test_the_oldest_window_stands_first_and_those_not_begun_last() -> None:
    subjects = (
        subject("S-1", "R", 1),
        subject("S-2", "O", 1, start=at("03-10")),
        subject("S-3", "U", 1, start=at("03-02")),
    )
    assert [str(line.subject) for line in board(cohort_of("", more=subjects))] == ["S-3", "S-2", "S-1"]


def test_whose_observation_is_over_is_shown_on_demand_only() -> None:
    path = "1NTQX"
    assert [line.counted for line in board(cohort_of(path))] == [Counted.UNDECIDED]
    assert len(board(cohort_of(path), everyone=True)) == 4


def test_a_toxicity_whose_window_is_open_is_still_observed() -> None:
    toxic = subject("S-1", "T", 1)
    assert toxic.record is not None
    running = replace(toxic, record=replace(toxic.record, state=WindowState.OPEN))
    assert [line.events for line in board(cohort_of("", more=(running,)))] == [("CRS-1",)]


def test_who_is_held_is_told() -> None:
    held = board(cohort_of("1TU", more=(subject("S-9", "O", 1),)))
    assert {str(line.subject): line.held for line in held} == {"S-1T1": True, "S-1U2": True, "S-9": True}


def test_without_a_safety_record_one_is_asked_for() -> None:
    bare = replace(subject("S-1", "O", 1), record=None)
    (line,) = board(cohort_of("", more=(bare,)))
    assert (line.state, line.day, line.last_day, line.next_assessment) == (
        WindowState.UNKNOWN,
        None,
        None,
        "a safety record",
    )
