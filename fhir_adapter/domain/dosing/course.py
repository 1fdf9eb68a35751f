"""Everything one subject's doses are derived against.

Knows: the facts, day 0, what was attested about the treatment. Does not know: how any dose is computed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from fhir_adapter.domain.dosing.stated import Stated
from fhir_adapter.domain.moments import FhirDateTime
from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.records import Evidence
from fhir_adapter.domain.regimen import AttestedValue, Regimen
from fhir_adapter.domain.source import SubjectId
from fhir_adapter.domain.timeline import Timeline


@dataclass(frozen=True, slots=True, kw_only=True)
class DayZero:
    """The day everything is counted from.

    Attributes:
        day: 0..1; calendar date at the hospital.
        source: `graft`, `planned`, or empty.
        reason: 0..1; why it is not known.
    """

    day: date | None
    source: str = ""
    evidence: tuple[Evidence, ...] = ()
    reason: UnknownReason | None = None
    next_fact: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """One subject's treatment at one moment. Immutable.

    Attributes:
        as_of: Clinical time [UTC]; facts later than it do not exist.
        zone: The hospital's zone; calendar days are judged in it.
        stated: Link id -> what was stated under it, for every link the regimen names.
        ends: 0..1; last day on which anything is planned (death, withdrawal); None = open.
        read_until: 0..1; last day on which anything is read (withdrawal); None = open. A death ends no reading.
        stopped_dose: What the dose of a stopped administration means at this hospital: `administered`,
            `ordered` or `unknown`.
        early_days: How many days before the planned first day a first drug may lie and still be the trial's.
    """

    subject: SubjectId
    timeline: Timeline
    regimen: Regimen
    as_of: datetime
    zone: tzinfo
    day_zero: DayZero
    stated: dict[str, Stated]
    birth: FhirDateTime | None = None
    gender: str | None = None
    ends: date | None = None
    read_until: date | None = None
    stopped_dose: str = "unknown"
    early_days: int = 0

    @property
    def today(self) -> date:
        """The calendar day of as_of at the hospital."""
        return self.as_of.astimezone(self.zone).date()

    def date_of(self, day: int) -> date | None:
        """Give the calendar date of a day relative to day 0; None where day 0 is not known."""
        return self.day_zero.day + timedelta(days=day) if self.day_zero.day is not None else None

    def day_of(self, on: date) -> int | None:
        """Give the day relative to day 0 of a calendar date; no day is skipped, the day before day 0 is -1."""
        return (on - self.day_zero.day).days if self.day_zero.day is not None else None

    def holds(self, wanted: AttestedValue | None) -> bool | None:
        """Say whether an attested value is as wanted; True where nothing is wanted, None where nobody said."""
        if wanted is None:
            return True
        said = self.stated[wanted.link_id]
        return None if said.value is None else str(said.value) == wanted.value
