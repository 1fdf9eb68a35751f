from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from fhir_adapter.domain.moments import FhirDateTime, Precision
from fhir_adapter.domain.queries import Window, WindowUnit
from fhir_adapter.domain.spans import (
    age_range,
    birthday,
    clamped,
    is_fresh,
    last_fresh_day,
    midnight,
    opens,
    span,
    stale_from,
)
from tests.builders import ZONE, moment
from tests.scenes import days

MONTHS_4 = Window(4, WindowUnit.MONTH)
HOURS_72 = Window(72, WindowUnit.HOUR)


def test_an_instant_is_one_moment_on_the_day_of_the_hospital() -> None:
    at = span(moment("2026-03-05T23:30:00+00:00"), ZONE)
    assert at.first == at.last == datetime(2026, 3, 5, 23, 30, tzinfo=UTC)
    assert at.first_day == at.last_day == date(2026, 3, 6)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-03-05", date(2026, 3, 5), date(2026, 3, 5)),
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("2024", date(2024, 1, 1), date(2024, 12, 31)),
    ],
)
def test_a_partial_date_covers_all_its_days(text: str, first: date, last: date) -> None:
    at = span(moment(text), ZONE)
    assert (at.first_day, at.last_day) == (first, last)
    assert at.first == midnight(first, ZONE)
    assert at.last.astimezone(ZONE).strftime("%H:%M:%S.%f") == "23:59:59.999999"


def test_a_time_without_zone_can_be_the_day_before_or_after() -> None:
    naive = FhirDateTime("2026-03-05T10:00:00", Precision.TIME, date(2026, 3, 5))
    at = span(naive, ZONE)
    assert (at.first_day, at.last_day) == (date(2026, 3, 4), date(2026, 3, 6))


@pytest.mark.parametrize("text", ["9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+14:00", "9999", "0001-01-01"])
def test_sentinel_dates_can_be_computed_with(text: str) -> None:
    at = span(moment(text), ZoneInfo("Pacific/Auckland"))
    assert at.first <= at.last
    assert clamped(date(9999, 12, 31)) == date(2200, 12, 31)
    assert clamped(date(1, 1, 1)) == date(1900, 1, 1)


@pytest.mark.parametrize(
    ("day", "window", "last"),
    [
        (date(2026, 3, 1), days(14), date(2026, 3, 15)),
        (date(2025, 11, 12), MONTHS_4, date(2026, 3, 12)),
        (date(2025, 10, 31), MONTHS_4, date(2026, 2, 28)),
    ],
)
def test_the_last_day_something_counts_is_inclusive(day: date, window: Window, last: date) -> None:
    assert last_fresh_day(day, window) == last
    assert is_fresh(midnight(day, ZONE), day, window, at=midnight(last, ZONE), on=last)
    following = date.fromordinal(last.toordinal() + 1)
    assert not is_fresh(midnight(day, ZONE), day, window, at=midnight(following, ZONE), on=following)
    assert stale_from(midnight(day, ZONE), day, window, ZONE) == midnight(following, ZONE)


def test_hours_are_exact_over_a_change_of_the_clocks() -> None:
    taken = datetime(2026, 3, 27, 12, 0, tzinfo=ZONE).astimezone(UTC)
    after_72_hours = datetime(2026, 3, 30, 13, 0, tzinfo=ZONE).astimezone(UTC)  # clocks went forward on the 29th
    day = date(2026, 3, 27)
    assert is_fresh(taken, day, HOURS_72, at=after_72_hours, on=day)
    assert stale_from(taken, day, HOURS_72, ZONE) > after_72_hours
    late = stale_from(taken, day, HOURS_72, ZONE)
    assert not is_fresh(taken, day, HOURS_72, at=late, on=day)


@pytest.mark.parametrize(
    ("window", "planned", "first"),
    [
        (days(14), date(2026, 3, 25), datetime(2026, 3, 11, tzinfo=ZONE)),
        (HOURS_72, date(2026, 3, 25), datetime(2026, 3, 22, tzinfo=ZONE)),
        (MONTHS_4, date(2026, 6, 30), datetime(2026, 3, 1, tzinfo=ZONE)),  # 28 February + 4 months = 28 June
        (MONTHS_4, date(2026, 7, 15), datetime(2026, 3, 15, tzinfo=ZONE)),
    ],
)
def test_a_window_opens_when_a_result_will_still_count(window: Window, planned: date, first: datetime) -> None:
    assert opens(window, planned, ZONE) == first


@pytest.mark.parametrize(
    ("born", "years", "on"),
    [
        (date(2012, 3, 11), 14, date(2026, 3, 11)),
        (date(2012, 2, 29), 14, date(2026, 3, 1)),
        (date(2012, 2, 29), 16, date(2028, 2, 29)),
    ],
)
def test_birthdays(born: date, years: int, on: date) -> None:
    assert birthday(born, years) == on


def test_a_partial_date_of_birth_gives_a_range_of_ages() -> None:
    assert age_range(moment("2010"), date(2026, 3, 11), date(2026, 3, 11)) == (15, 16)
