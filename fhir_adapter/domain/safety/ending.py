"""What ended a subject's observation, and when: a death, a withdrawal, leaving the study.

Knows: days that are known, and days that are not. Does not know: observation windows, who says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from fhir_adapter.domain.dosing.open_course import last_day_alive
from fhir_adapter.domain.spans import span
from fhir_adapter.domain.timeline import Timeline

DEATH = "death"
ANY_DAY = "on an unknown day"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What ended a subject's observation.

    Attributes:
        day: The day; where it is not known, the last one it can have been.
        first: 0..1; the first day it can have been, where the day is not known.
        when: The same in words, where the day is not known: `in 2026-03`.
    """

    day: date
    why: str
    first: date | None = None
    when: str = ""

    @property
    def is_dated(self) -> bool:
        """The day is known."""
        return self.first is None

    @property
    def earliest(self) -> date:
        """The first day it can have been."""
        return self.day if self.first is None else self.first

    @property
    def said(self) -> str:
        """What happened and when; the same on every later day."""
        return f"{self.why} {self.when or f'on {self.day.isoformat()}'}"


def find_death_ending(timeline: Timeline, *, as_of: datetime, zone: tzinfo) -> Ending | None:
    """Say when a death ended observation.

    A month, a year, or the bare fact of a death is no day: it may be any up to the last it can have been.

    Args:
        timeline: The person's facts.
        as_of: Clinical time; a later death has not happened.
        zone: The hospital's zone.

    Returns:
        The ending; None where nothing says that the patient died.

    Source:
        http://hl7.org/fhir/R4/patient.html, Patient.deceased[x]; design contracts: a date is never made up.
    """
    who, last = timeline.demographics, last_day_alive(timeline, as_of, zone)
    deceased = who.deceased if who is not None else None
    if last is None or deceased is None:
        return None
    if isinstance(deceased, bool):
        return Ending(day=last, why=DEATH, first=date.min, when=ANY_DAY)
    at = span(deceased, zone)
    if at.first_day == at.last_day:
        return Ending(day=at.first_day, why=DEATH)
    return Ending(day=last, why=DEATH, first=at.first_day, when=f"in {deceased.text}")
