"""The first thing a trial gave a subject, and what was written to come before or after it.

Knows: moments as written, what was given wholly or in part. Does not know: what should have come first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo

from fhir_adapter.domain.dosing.records import AdministeredDose, DosingStatus, TreatmentRecord


@dataclass(frozen=True, slots=True)
class Moment:
    """A day at the hospital, and the instant where it was written."""

    day: date
    instant: datetime | None
    references: tuple[str, ...] = ()

    def precedes(self, other: Moment) -> bool | None:
        """Say whether this is not later than another; None where only the same day is known."""
        if self.instant is not None and other.instant is not None:
            return self.instant <= other.instant
        return None if self.day == other.day else self.day < other.day


def find_first_given(treatment: TreatmentRecord, zone: tzinfo) -> Moment | None:
    """Find the first trial drug, cells or irradiation: what was given, wholly or in part, or may have been.

    Args:
        treatment: The subject's treatment record.
        zone: The hospital's zone.

    Returns:
        When it began, with its references; of two on one day the one with a time of day. None where nothing
        dated was given.
    """
    given = (
        _moment_of(record.administered, zone)
        for record in treatment.records
        if record.administered is not None and record.status is not DosingStatus.NOT_GIVEN
    )
    return min((moment for moment in given if moment is not None), key=_time_order, default=None)


def read_moment(text: str | None, zone: tzinfo, references: tuple[str, ...] = ()) -> Moment | None:
    """Read a moment as a record shows it.

    Args:
        text: 0..1; FHIR date or dateTime; of a period `start/end` the start counts.
        zone: The hospital's zone.
        references: What says so.

    Returns:
        The day and, where a zone was written, the instant. None where it is coarser than a day, or not written.

    >>> from datetime import UTC
    >>> read_moment("2026-03-04T23:30:00+01:00/2026-03-05", UTC).day
    datetime.date(2026, 3, 4)
    """
    start = (text or "").partition("/")[0]
    try:
        at = datetime.fromisoformat(start)
        day = at.astimezone(zone).date() if at.tzinfo is not None else at.date()
    except (ValueError, OverflowError):  # the first and the last year have moments no other zone can write
        return None
    return Moment(day, at if at.tzinfo is not None else None, references)


def _moment_of(dose: AdministeredDose, zone: tzinfo) -> Moment | None:
    written = read_moment(dose.started, zone, dose.parts)
    return written or (Moment(dose.on, None, dose.parts) if dose.on is not None else None)


def _time_order(moment: Moment) -> tuple[date, bool, datetime]:
    return moment.day, moment.instant is None, moment.instant or _NO_TIME


_NO_TIME = datetime.max.replace(tzinfo=UTC)
