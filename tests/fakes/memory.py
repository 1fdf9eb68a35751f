"""What the stores of one fake database hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from fhir_adapter.domain.cohort.decision import EscalationDecision
from fhir_adapter.domain.facts import Reading
from fhir_adapter.domain.review import Decision, ReviewItem
from fhir_adapter.domain.source import (
    Completeness,
    HospitalId,
    PersonKey,
    RejectionReason,
    ResourceVersion,
    SubjectId,
    TrialId,
)
from fhir_adapter.domain.writeback import IntentState, WriteIntent, WriteReceipt
from fhir_adapter.ports.rows import AuditEntry, RunRow, StoredRecord, StoredSafety, StoredTreatment, SubjectRow
from fhir_adapter.ports.source import Cursor


@dataclass(frozen=True)
class KeptReading:
    reading: Reading
    person: PersonKey | None
    digest: str
    run: str
    origin: str
    at: datetime

    @property
    def key(self) -> tuple[ResourceVersion, str]:
        return replace(self.reading.source, last_updated=None), self.digest

    @property
    def is_ahead(self) -> bool:
        return any(rejection.reason is RejectionReason.FUTURE_TIME for rejection in self.reading.rejections)


@dataclass
class Queued:
    intent: WriteIntent
    trial: TrialId
    hospital: HospitalId
    state: IntentState = IntentState.PENDING


@dataclass
class Memory:
    """Everything the stores of one fake database hold."""

    persons: dict[tuple[HospitalId, str], PersonKey] = field(default_factory=dict)
    readings: list[KeptReading] = field(default_factory=list)
    completeness: list[tuple[PersonKey, Completeness, datetime]] = field(default_factory=list)
    subjects: dict[SubjectId, SubjectRow] = field(default_factory=dict)
    records: list[StoredRecord] = field(default_factory=list)
    treatments: list[StoredTreatment] = field(default_factory=list)
    safety: list[StoredSafety] = field(default_factory=list)
    freezes: list[tuple[SubjectId, int, bool]] = field(default_factory=list)
    items: list[ReviewItem] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    escalation: list[EscalationDecision] = field(default_factory=list)
    audit: list[AuditEntry] = field(default_factory=list)
    intents: list[Queued] = field(default_factory=list)
    receipts: list[tuple[HospitalId, WriteReceipt]] = field(default_factory=list)
    runs: dict[str, RunRow] = field(default_factory=dict)
    marks: dict[str, tuple[int, int, int, int]] = field(default_factory=dict)
    cursors: dict[tuple[HospitalId, str], Cursor] = field(default_factory=dict)

    def patient(self, person: PersonKey) -> str | None:
        return next((patient for (_, patient), key in self.persons.items() if key == person), None)

    def touch(self, persons: Iterable[PersonKey]) -> None:
        touched = set(persons)
        for subject, row in self.subjects.items():
            if row.person in touched:
                self.subjects[subject] = replace(row, touched=True)
