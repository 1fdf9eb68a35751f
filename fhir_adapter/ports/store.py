"""Ports of the stores: facts, records, outbox, runs, checkpoints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from fhir_adapter.domain.facts import Reading
from fhir_adapter.domain.records import EligibilityRecord
from fhir_adapter.domain.review import Decision, ReviewItem
from fhir_adapter.domain.source import Completeness, HospitalId, PersonKey, SubjectId, TrialId
from fhir_adapter.domain.writeback import IntentState, WriteIntent, WriteReceipt
from fhir_adapter.ports.rows import (
    AuditEntry,
    Derivation,
    KeptRejection,
    RunRow,
    SavedPage,
    StoredRecord,
    SubjectRow,
)
from fhir_adapter.ports.source import Cursor


class FactStore(Protocol):
    """Keeps what was read, append-only, idempotent on FactKey and reading digest."""

    def persons(self, hospital: HospitalId, patients: Sequence[str]) -> Mapping[str, PersonKey]:
        """Give each patient its surrogate key, making new ones where needed."""
        ...

    def save_readings(
        self, run: str, readings: Sequence[Reading], *, reading_digest: str, at: datetime
    ) -> SavedPage:
        """Append readings that are new; excluded ones are only counted by the caller, except retractions."""
        ...

    def save_completeness(
        self, run: str, hospital: HospitalId, receipts: Mapping[str, Sequence[Completeness]], *, at: datetime
    ) -> frozenset[PersonKey]:
        """Append each patient's receipts that differ from the last ones; gives whose changed."""
        ...

    def load_readings(
        self, person: PersonKey, *, reading_digest: str, known_at: datetime | None = None
    ) -> tuple[Reading, ...]:
        """Give one person's readings and the shared ones they refer to, each version read once.

        A version read under several digests is given as read under `reading_digest`, else as read last.
        """
        ...

    def load_completeness(
        self, person: PersonKey, *, known_at: datetime | None = None
    ) -> tuple[Completeness, ...]:
        """Give the latest receipt per resource type."""
        ...

    def save_attestation(self, person: PersonKey, reading: Reading, *, at: datetime, audit: AuditEntry) -> None:
        """Append an attestation made in the adapter, with its audit entry, in one transaction."""
        ...

    def rejections(self, hospital: HospitalId, *, run: str | None = None) -> tuple[KeptRejection, ...]:
        """Give the rejections on record, of one run or of all."""
        ...


class RecordStore(Protocol):
    """Keeps subjects, derived records, review items and decisions; records are versioned, never changed."""

    def ensure_subjects(self, rows: Sequence[SubjectRow], *, at: datetime) -> None:
        """Add subjects not yet known; a roster or group listing upgrades the scope of a known one."""
        ...

    def subjects(self, trial: TrialId, hospital: HospitalId | None = None) -> tuple[SubjectRow, ...]:
        """Give the subjects, ordered by subject id."""
        ...

    def latest_record(self, subject: SubjectId) -> StoredRecord | None:
        """Give the newest record; a frozen one stays the newest until a person re-opens it."""
        ...

    def records_of_run(self, run: str, trial: TrialId) -> Mapping[SubjectId, EligibilityRecord]:
        """Give the records that were current when a run ended, for comparison."""
        ...

    def commit(self, run: str, derivation: Derivation, *, at: datetime) -> None:
        """Save one subject's derivation in one transaction."""
        ...

    def review_items(self, trial: TrialId, *, open_only: bool = True) -> tuple[ReviewItem, ...]:
        """Give review items, oldest first."""
        ...

    def save_decision(
        self, decision: Decision, derivation: Derivation, *, freeze: bool = False, decided: str | None = None
    ) -> None:
        """Record a person's decision with everything it changes, in one transaction."""
        ...

    def decisions(self, subject: SubjectId) -> tuple[Decision, ...]:
        """Give a subject's decisions, oldest first."""
        ...

    def audit_entries(self, subject: SubjectId | None = None) -> tuple[AuditEntry, ...]:
        """Give the audit trail, oldest first."""
        ...


class Outbox(Protocol):
    """Keeps what is still to be written and what was."""

    def pending(self, trial: TrialId, hospital: HospitalId) -> tuple[WriteIntent, ...]:
        """Give intents still to be delivered, dependencies first."""
        ...

    def receipt(self, resource_type: str, identifier: tuple[str, str]) -> WriteReceipt | None:
        """Give the last receipt for our resource."""
        ...

    def settle(
        self,
        run: str,
        intent: WriteIntent,
        state: IntentState,
        *,
        receipt: WriteReceipt | None = None,
        follow_up: tuple[WriteIntent, ...] = (),
        item: ReviewItem | None = None,
        at: datetime,
    ) -> None:
        """Record how a delivery ended, with its receipt, follow-up (Provenance) or review item, at once."""
        ...


class Runs(Protocol):
    """Keeps one manifest per run."""

    def start(self, run: RunRow) -> None:
        """Record that a run began."""
        ...

    def finish(self, run: RunRow) -> None:
        """Record how it ended."""
        ...

    def list_runs(self, *, limit: int = 50) -> tuple[RunRow, ...]:
        """Give runs, newest first."""
        ...


class Checkpoints(Protocol):
    """Keeps the cursor of each scope; it moves last."""

    def load(self, hospital: HospitalId, scope: str) -> Cursor | None:
        """Give the cursor of a scope."""
        ...

    def save(self, hospital: HospitalId, scope: str, cursor: Cursor) -> None:
        """Move the cursor of a scope."""
        ...
