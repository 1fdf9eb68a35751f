"""A death is an event of special interest; cause and relation are a person's."""

from __future__ import annotations

from datetime import date

import pytest

from fhir_adapter.domain.safety_model.event_records import EventState, SpecialInterest
from tests.unit.domain.safety.reports import merged, only, patient


def test_a_death_is_an_event_of_special_interest_without_a_grade() -> None:
    event = only(merged(patient("2026-03-18T04:20:00+01:00")))
    assert (event.term, event.special_interest, event.state) == (
        "Death",
        SpecialInterest.DEATH,
        EventState.UNKNOWN,
    )
    assert (event.grade, event.worst_possible) == (None, 5)
    assert (event.onset, event.onset_on, event.onset_day) == (
        "2026-03-18T04:20:00+01:00",
        date(2026, 3, 18),
        12,
    )
    assert event.notes == ("cause and relation to the intervention are said by a named person",)
    assert event.evidence[0].path == "Patient.deceased"


def test_a_death_without_a_time_has_no_day() -> None:
    event = only(merged(patient(deceased=True)))
    assert (event.onset, event.onset_on, event.onset_day) == ("", None, None)
    assert only(merged(patient("2026-03-18"), day_zero=None)).onset_day is None


@pytest.mark.parametrize("deceased", [None, False])
def test_nobody_is_dead_who_is_not_said_to_be(deceased: bool | None) -> None:
    assert merged(patient(deceased)) == ()


@pytest.mark.parametrize(
    ("on", "count"),
    [("2026-03-20T12:00:00+01:00", 1), ("2026-03-20T12:00:01+01:00", 0), ("2026-03-20", 1), ("2026-03-21", 0)],
)
def test_a_death_after_the_moment_looked_at_has_not_happened(on: str, count: int) -> None:
    assert len(merged(patient(on))) == count
