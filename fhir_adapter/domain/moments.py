"""When something was true: FHIR dates and times with the precision and zone they were written with.

Knows: partial dates, zones as written, calendar arithmetic. Does not know: the clock, the hospital's zone
(callers pass it in), FHIR JSON.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import IntEnum


class Precision(IntEnum):
    """How exactly a moment was written down; a later member is more exact."""

    YEAR = 1
    MONTH = 2
    DAY = 3
    TIME = 4


@dataclass(frozen=True, slots=True)
class FhirDateTime:
    """A FHIR date, dateTime or instant as the hospital wrote it.

    Attributes:
        text: The characters of the source, unchanged.
        precision: How exactly it was written.
        first_day: The calendar date, or the first one a partial date covers, in the zone as written.
        instant: 0..1; aware, only for precision TIME.
        assumed_zone: 0..1; the zone a hospital's declaration added to a naive time, shown in the evidence.
    """

    text: str
    precision: Precision
    first_day: date
    instant: datetime | None = None
    assumed_zone: str | None = None

    def earliest(self, zone: tzinfo) -> datetime:
        """Give the earliest instant this moment can mean; a date is read in the hospital's zone."""
        if self.instant is not None:
            return self.instant
        return datetime.combine(self.first_day, time.min, zone)

    def latest(self, zone: tzinfo) -> datetime:
        """Give the last instant this moment can mean (the microsecond before the next day, month or year)."""
        if self.instant is not None:
            return self.instant
        following = datetime.combine(self.last_day + timedelta(days=1), time.min, zone)
        return (following.astimezone(UTC) - timedelta(microseconds=1)).astimezone(zone)

    def day(self, zone: tzinfo) -> date | None:
        """Give the calendar date in the hospital's zone; None if only the month or year is known."""
        if self.instant is not None:
            return self.instant.astimezone(zone).date()
        return self.first_day if self.precision is Precision.DAY else None

    @property
    def last_day(self) -> date:
        """The last calendar date a partial date covers."""
        if self.precision is Precision.YEAR:
            return date(self.first_day.year, 12, 31)
        if self.precision is Precision.MONTH:
            return self.first_day.replace(day=monthrange(self.first_day.year, self.first_day.month)[1])
        return self.first_day


@dataclass(frozen=True, slots=True)
class Effective:
    """The moment or period in which something was true or given.

    Attributes:
        start: 0..1; unknown start of a period is None.
        end: 0..1; None for a moment, or an open period.
        is_period: True where the source wrote a period.
    """

    start: FhirDateTime | None
    end: FhirDateTime | None = None
    is_period: bool = False

    @property
    def is_zone_assumed(self) -> bool:
        """True where a hospital's declaration added a zone to one of its ends."""
        start, end = self.start, self.end
        return (start is not None and bool(start.assumed_zone)) or (end is not None and bool(end.assumed_zone))


def add_months(day: date, months: int) -> date:
    """Add calendar months to a date, clamped to the end of the month reached.

    Args:
        day: Calendar date.
        months: May be negative [mo].

    Returns:
        The same day of the month reached, or that month's last day if it has no such day.

    Source:
        clinical review, section 12, reading A15: prior date + 4 calendar months, clamped to the month's end.

    >>> add_months(date(2025, 10, 31), 4)
    datetime.date(2026, 2, 28)
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    month += 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def completed_years(birth: date, on: date) -> int:
    """Count the birthdays a person has completed.

    A 29 February birthday is completed on 1 March of a common year.

    Args:
        birth: Date of birth.
        on: Calendar date of the judgement.

    Returns:
        Completed years [a]; negative before birth.

    Source:
        registry page, ages 1 to 25 years; reading A1: completed years.

    >>> completed_years(date(2010, 6, 2), date(2026, 6, 1))
    15
    """
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))
