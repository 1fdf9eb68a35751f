"""When observation ended: a day that is known, and a death of which nobody knows the day."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from fhir_adapter.domain.safety.ending import Ending, find_death_ending
from fhir_adapter.domain.timeline import build_timeline
from tests.builders import ZONE
from tests.unit.domain.safety.reports import patient, timeline_of

NOW = datetime(2026, 3, 20, 12, tzinfo=ZONE)


def ending_of(deceased: bool | str | None, as_of: datetime = NOW) -> Ending | None:
    return find_death_ending(timeline_of(patient(deceased)), as_of=as_of, zone=ZONE)


@pytest.mark.parametrize("deceased", [None, False, "2026-03-21", "2026-03-20T12:00:01+01:00", "2026-04"])
def test_who_lives_or_dies_later_ended_nothing(deceased: bool | str | None) -> None:
    assert ending_of(deceased) is None


def test_of_a_person_nothing_is_known_of_nothing_ended() -> None:
    assert find_death_ending(build_timeline((), ()), as_of=NOW, zone=ZONE) is None


@pytest.mark.parametrize(
    ("deceased", "day"),
    [
        ("2026-03-20", date(2026, 3, 20)),
        ("2026-03-20T12:00:00+01:00", date(2026, 3, 20)),
        ("2026-03-18T23:30:00Z", date(2026, 3, 19)),
    ],
)
def test_a_death_with_its_day_ended_observation_on_it(deceased: str, day: date) -> None:
    found = ending_of(deceased)
    assert found == Ending(day=day, why="death")
    assert (found.is_dated, found.earliest, found.said) == (True, day, f"death on {day.isoformat()}")


def test_a_death_of_which_only_the_month_is_known_may_be_any_day_of_it_by_when_it_was_noted() -> None:
    """The hospital changed its Patient on 19 March."""
    found = ending_of("2026-03")
    assert found is not None
    assert (found.earliest, found.day, found.is_dated) == (date(2026, 3, 1), date(2026, 3, 19), False)
    assert found.said == "death in 2026-03"
    assert ending_of("2026-03", datetime(2026, 6, 1, 12, tzinfo=ZONE)) == found


def test_the_bare_fact_of_a_death_may_be_any_day_by_when_it_was_noted() -> None:
    found = ending_of(True)
    assert found is not None
    assert (found.earliest, found.day, found.is_dated) == (date.min, date(2026, 3, 19), False)
    assert found.said == "death on an unknown day"
    assert ending_of(True, datetime(2026, 6, 1, 12, tzinfo=ZONE)) == found
