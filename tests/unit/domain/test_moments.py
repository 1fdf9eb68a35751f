from __future__ import annotations

from datetime import date, datetime

import pytest

from fhir_adapter.domain.moments import add_months, completed_years
from tests.builders import ZONE, moment


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("2026-03-05T09:00", "2026-03-05T09:00:00+01:00", "2026-03-05T09:00:00+01:00"),
        ("2026-03-05", "2026-03-05T00:00:00+01:00", "2026-03-05T23:59:59.999999+01:00"),
        ("2026-03", "2026-03-01T00:00:00+01:00", "2026-03-31T23:59:59.999999+02:00"),
        ("2024", "2024-01-01T00:00:00+01:00", "2024-12-31T23:59:59.999999+01:00"),
    ],
)
def test_all_a_written_moment_can_mean(text: str, earliest: str, latest: str) -> None:
    assert moment(text).earliest(ZONE) == datetime.fromisoformat(earliest)
    assert moment(text).latest(ZONE) == datetime.fromisoformat(latest)


@pytest.mark.parametrize(
    ("text", "day"),
    [("2026-03-05T23:30:00+00:00", date(2026, 3, 6)), ("2026-03-05", date(2026, 3, 5)), ("2026-03", None)],
)
def test_the_calendar_day_at_the_hospital(text: str, day: date | None) -> None:
    assert moment(text).day(ZONE) == day


@pytest.mark.parametrize(
    ("day", "months", "reached"),
    [
        (date(2025, 11, 11), 4, date(2026, 3, 11)),
        (date(2025, 10, 31), 4, date(2026, 2, 28)),
        (date(2026, 1, 31), -2, date(2025, 11, 30)),
        (date(2025, 12, 15), 1, date(2026, 1, 15)),
    ],
)
def test_calendar_months_are_clamped_to_the_months_end(day: date, months: int, reached: date) -> None:
    assert add_months(day, months) == reached


@pytest.mark.parametrize(
    ("born", "on", "years"),
    [
        (date(2010, 6, 2), date(2026, 6, 1), 15),
        (date(2010, 6, 2), date(2026, 6, 2), 16),
        (date(2012, 2, 29), date(2026, 2, 28), 13),
        (date(2012, 2, 29), date(2026, 3, 1), 14),
        (date(2026, 6, 2), date(2026, 6, 1), -1),
    ],
)
def test_completed_years(born: date, on: date, years: int) -> None:
    assert completed_years(born, on) == years
