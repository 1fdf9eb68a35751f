"""How long something ran: elapsed time, whatever the clocks did in between.

Knows: periods known to the minute. Does not know: what ran, how long it should have.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Final

from fhir_adapter.domain.moments import Effective

_TICK: Final = timedelta(microseconds=1)
_HOUR: Final = timedelta(hours=1)
_MINUTE: Final = timedelta(minutes=1)


def period_of(effective: Effective | None) -> tuple[datetime, datetime] | None:
    """Give the first and last instant of a period [UTC]; None where either is not known, or it is no period.

    Args:
        effective: 0..1; as the hospital wrote it.

    Returns:
        Start and end, the end later than the start.
    """
    if effective is None or effective.start is None or effective.end is None:
        return None
    start, end = effective.start.instant, effective.end.instant
    if start is None or end is None:
        return None
    began, ended = start.astimezone(UTC), end.astimezone(UTC)
    return (began, ended) if began < ended else None


def hours_of(effective: Effective | None) -> Fraction | None:
    """Give the hours a period lasted [h]; None where that is not known."""
    period = period_of(effective)
    return Fraction((period[1] - period[0]) // _TICK, _HOUR // _TICK) if period is not None else None


def minutes_of(effectives: Iterable[Effective | None]) -> Fraction | None:
    """Add up the time several things ran, overlaps once.

    Args:
        effectives: 0..*; when each of them ran.

    Returns:
        Minutes [min]; None where one of them does not say from when to when it ran, or there is none.
    """
    periods: list[tuple[datetime, datetime]] = []
    for effective in effectives:
        period = period_of(effective)
        if period is None:
            return None
        periods.append(period)
    total, until = timedelta(0), None
    for began, ended in sorted(periods):
        counted_from = began if until is None else max(began, until)
        total += max(ended - counted_from, timedelta(0))
        until = ended if until is None else max(until, ended)
    return Fraction(total // _TICK, _MINUTE // _TICK) if periods else None
