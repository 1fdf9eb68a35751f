"""The RecordStore port in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from fhir_adapter.domain.cohort.decision import EscalationDecision
from fhir_adapter.domain.dosing.records import TreatmentRecord
from fhir_adapter.domain.records import EligibilityRecord
from fhir_adapter.domain.review import Decision, ItemState, ReviewItem
from fhir_adapter.domain.safety_model.records import SafetyRecord
from fhir_adapter.domain.source import HospitalId, SubjectId, TrialId
from fhir_adapter.domain.writeback import IntentState, WriteIntent
from fhir_adapter.errors import InvariantError, UsageError
from fhir_adapter.ports.rows import (
    AuditEntry,
    Derivation,
    RecordHead,
    StoredRecord,
    StoredSafety,
    StoredTreatment,
    SubjectRow,
)
from fhir_adapter.ports.source import ScopeKind
from tests.fakes.memory import Memory, Queued

_LISTED = {ScopeKind.ROSTER, ScopeKind.GROUP}
_NO_MARKS = (None, None, None, None)


class MemoryRecords:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def ensure_subjects(self, rows: Sequence[SubjectRow], *, at: datetime) -> None:
        for row in rows:
            known = self._memory.subjects.get(row.subject)
            if known is None:
                self._memory.subjects[row.subject] = replace(row, touched=True)
                continue
            scope = row.scope if row.scope in _LISTED and known.scope not in _LISTED else known.scope
            number = row.screening_number if row.screening_number is not None else known.screening_number
            upgraded = replace(known, scope=scope, screening_number=number)
            if upgraded != known:
                self._memory.subjects[row.subject] = replace(upgraded, touched=True)

    def subjects(self, trial: TrialId, hospital: HospitalId | None = None) -> tuple[SubjectRow, ...]:
        rows = self._memory.subjects.values()
        chosen = [row for row in rows if row.trial == trial and hospital in {None, row.hospital}]
        return tuple(sorted(chosen, key=lambda row: row.subject))

    def latest_record(self, subject: SubjectId) -> StoredRecord | None:
        return self._current(subject, None, None)

    def record_heads(self, trial: TrialId, hospital: HospitalId) -> Mapping[SubjectId, RecordHead]:
        stored = {row.subject: self.latest_record(row.subject) for row in self.subjects(trial, hospital)}
        return {
            subject: _head(entry.record, frozen=entry.frozen)
            for subject, entry in stored.items()
            if entry is not None
        }

    def latest_treatment(self, subject: SubjectId) -> StoredTreatment | None:
        return self._newest_treatment(subject, None)

    def latest_treatments(self, trial: TrialId, hospital: HospitalId) -> Mapping[SubjectId, StoredTreatment]:
        stored = {row.subject: self.latest_treatment(row.subject) for row in self.subjects(trial, hospital)}
        return {subject: entry for subject, entry in stored.items() if entry is not None}

    def treatment_heads(self, trial: TrialId, hospital: HospitalId) -> Mapping[SubjectId, RecordHead]:
        stored = self.latest_treatments(trial, hospital)
        return {subject: _head(entry.record, frozen=False) for subject, entry in stored.items()}

    def latest_safety(self, subject: SubjectId, *, with_results: bool = True) -> StoredSafety | None:
        stored = self._newest_safety(subject, None)
        if stored is None or with_results:
            return stored
        return replace(stored, record=replace(stored.record, results=()))

    def latest_safety_records(
        self, trial: TrialId, hospital: HospitalId | None = None
    ) -> Mapping[SubjectId, StoredSafety]:
        rows = self.subjects(trial, hospital)
        stored = {row.subject: self.latest_safety(row.subject, with_results=False) for row in rows}
        return {subject: entry for subject, entry in stored.items() if entry is not None}

    def safety_heads(self, trial: TrialId, hospital: HospitalId) -> Mapping[SubjectId, RecordHead]:
        stored = self.latest_safety_records(trial, hospital)
        return {subject: _head(entry.record, frozen=False) for subject, entry in stored.items()}

    def records_of_run(self, run: str, trial: TrialId) -> Mapping[SubjectId, EligibilityRecord]:
        if run not in self._memory.runs:
            raise UsageError(f"there is no run {run}")
        last_record, last_freeze, _, _ = self._memory.marks.get(run, _NO_MARKS)
        stored = {
            row.subject: self._current(row.subject, last_record, last_freeze) for row in self.subjects(trial)
        }
        return {subject: entry.record for subject, entry in stored.items() if entry is not None}

    def treatments_of_run(self, run: str, trial: TrialId) -> Mapping[SubjectId, TreatmentRecord]:
        if run not in self._memory.runs:
            raise UsageError(f"there is no run {run}")
        last = self._memory.marks.get(run, _NO_MARKS)[2]
        stored = {row.subject: self._newest_treatment(row.subject, last) for row in self.subjects(trial)}
        return {subject: entry.record for subject, entry in stored.items() if entry is not None}

    def safety_of_run(self, run: str, trial: TrialId) -> Mapping[SubjectId, SafetyRecord]:
        if run not in self._memory.runs:
            raise UsageError(f"there is no run {run}")
        last = self._memory.marks.get(run, _NO_MARKS)[3]
        stored = {row.subject: self._newest_safety(row.subject, last) for row in self.subjects(trial)}
        return {subject: entry.record for subject, entry in stored.items() if entry is not None}

    def commit(self, run: str, derivation: Derivation, *, at: datetime) -> None:
        self._save(derivation, decided=False)

    def review_items(self, trial: TrialId, *, open_only: bool = True) -> tuple[ReviewItem, ...]:
        return tuple(
            item
            for item in self._memory.items
            if item.trial == trial and (not open_only or item.state is ItemState.OPEN)
        )

    def save_decision(
        self,
        decision: Decision,
        derivation: Derivation,
        *,
        freeze: bool | None = None,
        decided: str | None = None,
    ) -> None:
        records = [entry for entry in self._memory.records if entry.record.subject == decision.subject]
        if not derivation.audit:
            raise InvariantError("a decision was given to the store without its audit entry")
        if decided is not None and not any(is_open(item, decided) for item in self._memory.items):
            raise InvariantError("a decision answers a review item that is not open")
        if freeze is not None and not records and derivation.record is None:
            raise InvariantError("a decision freezes or re-opens a record, but the subject has none")
        if decided is not None:
            close(self._memory, [decided], ItemState.DECIDED)
        self._save(derivation, decided=True)
        self._memory.decisions.append(decision)
        if freeze is not None:
            newest = max(
                entry.version for entry in self._memory.records if entry.record.subject == decision.subject
            )
            self._memory.freezes.append((decision.subject, newest, freeze))

    def decisions(self, subject: SubjectId) -> tuple[Decision, ...]:
        return tuple(decision for decision in self._memory.decisions if decision.subject == subject)

    def escalation_decisions(self, trial: TrialId) -> tuple[EscalationDecision, ...]:
        return tuple(each for each in self._memory.escalation if each.trial == trial)

    def save_escalation_decision(self, decision: EscalationDecision, audit: AuditEntry) -> None:
        if decision in self._memory.escalation:
            return
        self._memory.escalation.append(decision)
        self._memory.audit.append(audit)

    def audit_entries(self, subject: SubjectId | None = None) -> tuple[AuditEntry, ...]:
        return tuple(entry for entry in self._memory.audit if subject in {None, entry.subject})

    def _save(self, derivation: Derivation, *, decided: bool) -> None:
        row = derivation.row
        known = self._memory.subjects.get(row.subject)
        named = {item.subject for item in derivation.opened} | {entry.subject for entry in derivation.audit}
        if known is None or named - {None} - self._memory.subjects.keys():
            raise InvariantError("the store does not know the subject")
        if (row.status, row.moved) != (known.status, known.moved) and not derivation.audit:
            raise InvariantError("a subject's status changes without an audit entry")
        self._memory.subjects[row.subject] = replace(
            row,
            scope=known.scope,
            screening_number=known.screening_number,
            touched=decided and derivation.record is None,
        )
        if derivation.record is not None:
            earlier = [entry for entry in self._memory.records if entry.record.subject == row.subject]
            new = StoredRecord(record=derivation.record, version=len(earlier) + 1, frozen=False)
            self._memory.records.append(new)
        if derivation.treatment is not None:
            standing = self._newest_treatment(row.subject, None)
            version = standing.version + 1 if standing is not None else 1
            self._memory.treatments.append(StoredTreatment(record=derivation.treatment, version=version))
        if derivation.safety is not None:
            before = self._newest_safety(row.subject, None)
            version = before.version + 1 if before is not None else 1
            self._memory.safety.append(StoredSafety(record=derivation.safety, version=version))
        close(self._memory, derivation.replaced, ItemState.REPLACED)
        for item in derivation.opened:
            open_item(self._memory, item)
        queue(self._memory, known.trial, known.hospital, derivation.intents, again=decided)
        self._memory.audit.extend(derivation.audit)

    def _newest_treatment(self, subject: SubjectId, last: int | None) -> StoredTreatment | None:
        found = [entry for entry in self._memory.treatments[:last] if entry.record.subject == subject]
        return found[-1] if found else None

    def _newest_safety(self, subject: SubjectId, last: int | None) -> StoredSafety | None:
        found = [entry for entry in self._memory.safety[:last] if entry.record.subject == subject]
        return found[-1] if found else None

    def _current(
        self, subject: SubjectId, last_record: int | None, last_freeze: int | None
    ) -> StoredRecord | None:
        records = [entry for entry in self._memory.records[:last_record] if entry.record.subject == subject]
        freezes = [entry for entry in self._memory.freezes[:last_freeze] if entry[0] == subject]
        if freezes and freezes[-1][2]:
            frozen = (entry for entry in self._memory.records if entry.record.subject == subject)
            return next(replace(entry, frozen=True) for entry in frozen if entry.version == freezes[-1][1])
        return records[-1] if records else None


def _head(record: EligibilityRecord | TreatmentRecord | SafetyRecord, *, frozen: bool) -> RecordHead:
    return RecordHead(
        evidence_digest=record.evidence_digest,
        definitions_digest=record.definitions_digest,
        valid_until=record.valid_until,
        frozen=frozen,
    )


def queue(
    memory: Memory, trial: TrialId, hospital: HospitalId, intents: Iterable[WriteIntent], *, again: bool
) -> None:
    """Queue intents; a repeat of the last for its resource is left out, another one replaces those pending."""
    repeats = {IntentState.PENDING, IntentState.DELIVERED} | (set() if again else {IntentState.FOR_REVIEW})
    for intent in intents:
        same = [
            queued
            for queued in memory.intents
            if (queued.hospital, queued.intent.resource_type, queued.intent.identifier)
            == (hospital, intent.resource_type, intent.identifier)
        ]
        if same and same[-1].intent.id == intent.id and same[-1].state in repeats:
            continue
        for queued in same:
            if queued.state is IntentState.PENDING:
                queued.state = IntentState.REPLACED
        memory.intents.append(Queued(intent, trial, hospital))


def open_item(memory: Memory, item: ReviewItem) -> None:
    """Open a review item unless the same one is open."""
    standing = next((other for other in memory.items if is_open(other, item.id)), None)
    if standing is not None and replace(standing, opened_at=item.opened_at) == item:
        return
    close(memory, [item.id], ItemState.REPLACED)
    memory.items.append(item)


def close(memory: Memory, ids: Sequence[str], state: ItemState) -> None:
    """Close open review items."""
    memory.items[:] = [
        replace(item, state=state) if item.id in ids and item.state is ItemState.OPEN else item
        for item in memory.items
    ]


def is_open(item: ReviewItem, item_id: str) -> bool:
    return item.id == item_id and item.state is ItemState.OPEN
