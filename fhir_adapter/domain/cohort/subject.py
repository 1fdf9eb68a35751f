"""One subject as the dose escalation sees it, and what it counts as.

Knows: safety and participation of one subject. Does not know: other subjects, which level is open, the rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from fhir_adapter.domain.safety_model.records import DoseLimitingRecord, WindowState
from fhir_adapter.domain.source import HospitalId, SubjectId

RESERVING = frozenset({"pending-on-study", "on-study", "on-study-intervention"})
"""Statuses in which somebody with a level and without an infusion has a place at it.

Source: clinical review, section 2 (reserved subjects); clinical rules H.1.
"""


class Counted(StrEnum):
    """What a subject is to the dose escalation. A closed list.

    TOXIC and CLEAR are evaluable. SUSPECTED, OBSERVED, UNDECIDED and RESERVED may still become so.
    """

    TOXIC = "TOXIC"
    CLEAR = "CLEAR"
    SUSPECTED = "SUSPECTED"
    OBSERVED = "OBSERVED"
    UNDECIDED = "UNDECIDED"
    RESERVED = "RESERVED"
    REPLACED = "REPLACED"
    OTHER_PART = "OTHER_PART"
    UNKNOWN_PART = "UNKNOWN_PART"
    UNKNOWN_LEVEL = "UNKNOWN_LEVEL"
    UNKNOWN_RECORD = "UNKNOWN_RECORD"
    OUTSIDE = "OUTSIDE"


EVALUABLE = frozenset({Counted.TOXIC, Counted.CLEAR})
PENDING = frozenset({Counted.SUSPECTED, Counted.OBSERVED, Counted.UNDECIDED, Counted.RESERVED})
UNKNOWN = frozenset({Counted.UNKNOWN_PART, Counted.UNKNOWN_LEVEL, Counted.UNKNOWN_RECORD})


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortSubject:
    """One subject of the trial.

    Attributes:
        status: 0..1; participation status.
        level: 0..1; the assigned dose level.
        assigned: 0..1; (first, last) moment the statement that assigned it can have been made.
        record: 0..1; the newest safety record's word on dose-limiting toxicity; None where there is no record.
        infusions: 0..*; (number, start) of the cell infusions received.
        suspected_since: 0..1; when the first syndrome began that is dose-limiting or may be.
        missing: 0..*; days inside the observation window without ICE or CAPD.
    """

    subject: SubjectId
    hospital: HospitalId
    status: str | None
    level: int | None
    assigned: tuple[datetime, datetime] | None = None
    record: DoseLimitingRecord | None = None
    infusions: tuple[tuple[int, datetime], ...] = ()
    suspected_since: datetime | None = None
    missing: tuple[date, ...] = ()

    @property
    def part(self) -> str:
        """The part of the trial, empty where nobody said."""
        return self.record.part if self.record is not None else ""

    @property
    def is_treated(self) -> bool:
        """A cell infusion was received."""
        return bool(self.infusions)


def count_as(subject: CohortSubject, escalating: str) -> Counted:
    """Say what a subject is to the dose escalation.

    Args:
        subject: With its newest safety record.
        escalating: The part of the trial whose subjects count.

    Returns:
        Its place; one of the UNKNOWN ones where it is treated or reserved and something is not known.

    Source:
        clinical review, section 2 and PUT-14.
    """
    is_reserved = subject.status in RESERVING and subject.level is not None
    if not (subject.is_treated or is_reserved):
        return Counted.OUTSIDE
    if subject.part and subject.part != escalating:
        return Counted.OTHER_PART
    if subject.record is None:
        return Counted.UNKNOWN_RECORD
    if not subject.part:
        return Counted.UNKNOWN_PART
    if subject.level is None:
        return Counted.UNKNOWN_LEVEL
    return _by_record(subject.record)


def _by_record(record: DoseLimitingRecord) -> Counted:
    if record.dose_limiting:
        return Counted.TOXIC
    if record.dose_limiting is None:
        return Counted.SUSPECTED
    if record.evaluable is not None:
        return Counted.CLEAR if record.evaluable else Counted.REPLACED
    states = {WindowState.NOT_STARTED: Counted.RESERVED, WindowState.OPEN: Counted.OBSERVED}
    return states.get(record.state, Counted.UNDECIDED)
