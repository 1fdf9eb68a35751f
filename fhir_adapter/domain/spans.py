"""Moments as stretches of time at the hospital, and how long a fact stays fresh.

Knows: calendar days in a zone, windows, their edges. Does not know: facts, criteria, the clock. Every instant
is in UTC, so that differences are elapsed time and a change of the clocks cannot lengthen a day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

from fhir_adapter.domain.moments import FhirDateTime, Precision, add_months, completed_years
from fhir_adapter.domain.queries import Window, WindowUnit

FIRST_DAY = date(1900, 1, 1)
LAST_DAY = date(2200, 12, 31)
"""Dates outside are sentinels (9999-12-31) or slips; they are read as these, far from any window."""

_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Span:
    """All a written moment can mean: first and last instant [UTC], first and last day at the hospital."""

    first: datetime
    last: datetime
    first_day: date
    last_day: date


def clamped(day: date) -> date:
    """Bring a sentinel date into the range the calendar can compute with."""
    return min(max(day, FIRST_DAY), LAST_DAY)


@lru_cache(maxsize=4096)
def midnight(day: date, zone: tzinfo) -> datetime:
    """Give the first instant of a day at the hospital [UTC]."""
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def span(moment: FhirDateTime, zone: tzinfo) -> Span:
    """Say which stretch of time a written moment can mean.

    Args:
        moment: As written, with its precision.
        zone: The hospital's zone, in which dates are read.

    Returns:
        One instant where the time is known; a whole day, month or year where not. A time without zone can
        mean the day before or after.

    Source:
        design contracts, Time; http://hl7.org/fhir/R4/datatypes.html#dateTime.
    """
    instant = moment.instant
    if instant is not None and FIRST_DAY <= instant.date() <= LAST_DAY:
        day, elapsed = instant.astimezone(zone).date(), instant.astimezone(UTC)
        return Span(elapsed, elapsed, day, day)
    slack = timedelta(days=1 if moment.precision is Precision.TIME else 0)
    first, last = clamped(moment.first_day) - slack, clamped(moment.last_day) + slack
    return Span(midnight(first, zone), midnight(last + timedelta(days=1), zone) - _TICK, first, last)


def last_fresh_day(day: date, window: Window) -> date:
    """Give the last calendar day on which something of this day still counts; days and months only.

    Args:
        day: When it was true.
        window: How long it counts [d or mo].

    Returns:
        The last day, inclusive.

    Source:
        clinical review, section 12, reading A15: calendar months, clamped to the month's end.

    >>> last_fresh_day(date(2026, 3, 1), Window(14, WindowUnit.DAY))
    datetime.date(2026, 3, 15)
    """
    if window.unit is WindowUnit.MONTH:
        return add_months(day, window.amount)
    return day + timedelta(days=window.amount)


def is_fresh(first: datetime, day: date, window: Window, *, at: datetime, on: date) -> bool:
    """Say whether something of this instant (hours) or day (days, months) still counts at a moment."""
    if window.unit is WindowUnit.HOUR:
        return first + timedelta(hours=window.amount) >= at
    return last_fresh_day(day, window) >= on


def stale_from(first: datetime, day: date, window: Window, zone: tzinfo) -> datetime:
    """Give the first instant at which something of this instant or day no longer counts [UTC]."""
    if window.unit is WindowUnit.HOUR:
        return first + timedelta(hours=window.amount) + _TICK
    return midnight(last_fresh_day(day, window) + timedelta(days=1), zone)


def opens(window: Window, planned: date, zone: tzinfo) -> datetime:
    """Give the first instant from which a result will still be fresh on the planned day [UTC]."""
    if window.unit is WindowUnit.HOUR:
        return midnight(planned, zone) - timedelta(hours=window.amount)
    if window.unit is WindowUnit.DAY:
        return midnight(planned - timedelta(days=window.amount), zone)
    day = add_months(planned, -window.amount)
    while last_fresh_day(day, window) < planned:  # clamping may fall a few days short
        day += timedelta(days=1)
    return midnight(day, zone)


def birthday(birth: date, years: int) -> date:
    """Give the day on which so many years are completed.

    Args:
        birth: Date of birth.
        years: Completed years [a].

    Returns:
        The birthday; for a child of 29 February, 1 March of a common year.

    Source:
        reading A1: completed years; the same convention as `completed_years`.

    >>> birthday(date(2012, 2, 29), 14)
    datetime.date(2026, 3, 1)
    """
    if (birth.month, birth.day) == (2, 29):
        return date(birth.year + years, 3, 1) - timedelta(days=_is_leap(birth.year + years))
    return birth.replace(year=birth.year + years)


def age_range(birth: FhirDateTime, first: date, last: date) -> tuple[int, int]:
    """Give the fewest and the most years [a] somebody can have completed between two days."""
    return completed_years(birth.last_day, first), completed_years(birth.first_day, last)


def _is_leap(year: int) -> bool:
    return (date(year, 3, 1) - timedelta(days=1)).day == 29
