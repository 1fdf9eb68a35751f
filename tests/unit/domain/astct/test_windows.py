"""The window of each infusion, and how it is laid out in intervals."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from fhir_adapter.domain.answers import Cause
from fhir_adapter.domain.astct.windows import (
    InfusionWindow,
    State,
    asks,
    lay_intervals,
    unassessed_after,
    windows_of,
)
from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.safety_model.syndrome_records import ProposalStatus
from fhir_adapter.domain.spans import span
from tests.builders import ZONE, moment
from tests.icans import clock

FIRST, SECOND = clock("2026-03-09T10:00"), clock("2026-03-26T10:00")
WINDOW = InfusionWindow(number=1, start=FIRST, end=clock("2026-03-09T20:00"), is_open=False)
FEVER = State(grade=1, worst=1, driver="fever")
NOTHING = State(grade=0, worst=0)


def windows(as_of: str, until: str | None = None) -> list[tuple[int, datetime, datetime, bool]]:
    found = windows_of(
        ((2, SECOND), (1, FIRST)), until=clock(until) if until is not None else None, as_of=clock(as_of)
    )
    return [(each.number, each.start, each.end, each.is_open) for each in found]


def test_a_window_ends_where_the_next_begins_and_the_last_at_the_present() -> None:
    now = clock("2026-04-01T12:00")
    assert windows("2026-04-01T12:00") == [(1, FIRST, SECOND, False), (2, SECOND, now, True)]
    assert windows("2026-04-01T12:00", "2026-04-24T00:00") == [(1, FIRST, SECOND, False), (2, SECOND, now, True)]


def test_the_end_of_observation_closes_the_last_window() -> None:
    end = clock("2026-04-24T00:00")
    assert windows("2026-05-01T12:00", "2026-04-24T00:00") == [
        (1, FIRST, SECOND, False),
        (2, SECOND, end, False),
    ]
    assert windows("2026-04-24T00:00", "2026-04-24T00:00")[-1] == (2, SECOND, end, False)


def test_an_infusion_that_lies_ahead_has_no_window() -> None:
    now = clock("2026-03-20T12:00")
    assert windows("2026-03-20T12:00") == [(1, FIRST, now, True)]
    assert windows("2026-03-09T09:59") == []


def test_an_infusion_after_the_end_of_observation_has_no_window() -> None:
    end = clock("2026-03-20T00:00")
    assert windows("2026-04-01T12:00", "2026-03-20T00:00") == [(1, FIRST, end, False)]


def test_a_window_that_has_just_begun_is_one_open_interval() -> None:
    (window,) = windows_of(((1, FIRST),), until=None, as_of=FIRST)
    (interval,) = lay_intervals(window, (), lambda _: NOTHING, subject="x")
    assert (interval.start, interval.end) == (FIRST, None)


def test_neighbours_that_say_the_same_are_one_interval_and_there_is_no_hole() -> None:
    fever_from, fever_to = FIRST + timedelta(hours=2), FIRST + timedelta(hours=6)

    def judge(at: datetime) -> State:
        return FEVER if fever_from <= at < fever_to else NOTHING

    hourly = [FIRST + timedelta(hours=hour) for hour in range(-3, 20)]
    found = lay_intervals(WINDOW, hourly, judge, subject="x")
    assert [(each.start, each.end, each.grade) for each in found] == [
        (FIRST, fever_from, 0),
        (fever_from, fever_to, 1),
        (fever_to, WINDOW.end, 0),
    ]
    assert found[0].start.tzinfo == UTC or found[0].start == FIRST


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (NOTHING, (ProposalStatus.PROPOSED, None, None)),
        (
            State(grade=2, worst=3, causes=(asks("why", "who knows"),)),
            (ProposalStatus.NEEDS_ATTESTATION, UnknownReason.NEEDS_ATTESTATION, "who knows"),
        ),
        (
            State(grade=None, worst=1, causes=(Cause(reason=UnknownReason.MISSING),)),
            (ProposalStatus.UNGRADABLE, UnknownReason.MISSING, "fever"),
        ),
        (
            State(
                grade=2,
                worst=2,
                causes=(asks("b", "later"), Cause(reason=UnknownReason.CONFLICTING, wanted="first")),
            ),
            (ProposalStatus.NEEDS_ATTESTATION, UnknownReason.CONFLICTING, "first"),
        ),
    ],
)
def test_the_reason_that_comes_first_is_said(state: State, expected: tuple[object, ...]) -> None:
    (interval,) = lay_intervals(WINDOW, (), lambda _: state, subject="fever")
    assert (interval.status, interval.reason, interval.next_fact) == expected


@pytest.mark.parametrize(
    ("taken", "unassessed"),
    [
        ((), (1, 2)),
        (("2026-03-09T09:59",), (1, 2)),
        (("2026-03-09T10:00",), (2,)),
        (("2026-03-09",), (2,)),
        (("2026-03-08",), (1, 2)),
        (("2026-03-26T09:59",), (2,)),
        (("2026-03-26T10:00",), (1,)),
        (("2026-03-12", "2026-04-20"), ()),
        (("2026-04-24T00:00",), (1, 2)),
    ],
)
def test_an_infusion_is_assessed_by_what_was_taken_after_it_and_before_its_window_ended(
    taken: tuple[str, ...], unassessed: tuple[int, ...]
) -> None:
    found = windows_of(((1, FIRST), (2, SECOND)), until=clock("2026-04-24T00:00"), as_of=clock("2026-05-01T12:00"))
    assert unassessed_after(found, (span(moment(text), ZONE) for text in taken)) == unassessed


def test_what_is_taken_at_the_present_moment_counts_while_the_window_is_open() -> None:
    now = clock("2026-03-20T12:00")
    found = windows_of(((1, FIRST),), until=None, as_of=now)
    assert unassessed_after(found, [span(moment("2026-03-20T12:00"), ZONE)]) == ()
