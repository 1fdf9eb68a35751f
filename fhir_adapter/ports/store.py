"""Ports of the stores: facts, records, outbox, runs, checkpoints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from fhir_adapter.domain.dosing.records import TreatmentRecord
from fhir_adapter.domain.facts import Reading
from fhir_adapter.domain.records import EligibilityRecord
from fhir_adapter.domain.review import Decision, ReviewItem
from fhir_adapter.domain.source import Completeness, HospitalId, PersonKey, ResourceVersion, SubjectId, TrialId
from fhir_adapter.domain.writeback import WriteIntent, WriteReceipt
from fhir_adapter.ports.rows import (
    AuditEntry,
    Derivation,
    KeptRejection,
    RecordHead,
    RunRow,
    SavedPage,
    Settlement,
    StoredRecord,
    StoredTreatment,
    SubjectRow,
)
from fhir_adapter.ports.source import Cursor


class FactStore(Protocol):
    """Keeps what was read, append-only, idempotent on FactKey and reading digest."""

    def persons(self, hospital: HospitalId, patients: Sequence[str]) -> Mapping[str, PersonKey]:
        """Give each patient (logical id) its surrogate key, making new ones where needed."""
        ...

    def known_persons(self, hospital: HospitalId, patients: Sequence[str]) -> Mapping[str, PersonKey]:
        """Give the surrogate keys of those patients who have one."""
        ...

    def persons_identified(self, hospital: HospitalId, identifier: tuple[str, str]) -> frozenset[PersonKey]:
        """Give the persons whose Patient resource, in any version read, carries this (system, value)."""
        ...

    def save_readings(
        self, run: str, readings: Sequence[Reading], *, reading_digest: str, at: datetime, origin: str = ""
    ) -> SavedPage:
        """Append readings that are new, in one transaction; pass every reading of the page, excluded ones too.

        Excluded by code or retracted: kept without facts, because they supersede an earlier version. Excluded
        as another patient's: kept only where the resource was known before. Excluded otherwise: not kept.
        Marks the subjects of touched persons as touched.
        """
        ...

    def save_completeness(
        self, run: str, hospital: HospitalId, receipts: Mapping[str, Sequence[Completeness]], *, at: datetime
    ) -> frozenset[PersonKey]:
        """Append each patient's receipts that differ from the last ones; gives whose changed.

        Receipts that differ only in run and time are the same.
        """
        ...

    def holds(self, version: ResourceVersion, *, reading_digest: str) -> bool:
        """Say whether this version with this very content is on record as read under this digest."""
        ...

    def merged_patients(self, hospital: HospitalId) -> Mapping[str, str]:
        """Give merged patient -> surviving patient (logical ids), one step each, by each Patient's newest version.

        `replaced-by` on the merged record and `replaces` on the surviving one say the same; where both
        contradict each other, `replaced-by` holds.
        """
        ...

    def load_readings(
        self, person: PersonKey, *, reading_digest: str, known_at: datetime | None = None
    ) -> tuple[Reading, ...]:
        """Give one person's readings and the shared ones they refer to, each version read once.

        A version read under several digests is given as read under `reading_digest`, else as read last. A
        reading without facts still supersedes earlier versions of its resource, also where its owner changed
        (`other-patient`). Ordered by type, id, version and content, whatever the order of reading was.
        """
        ...

    def load_completeness(
        self, person: PersonKey, *, known_at: datetime | None = None
    ) -> tuple[Completeness, ...]:
        """Give the latest receipt per resource type."""
        ...

    def save_attestation(self, person: PersonKey, reading: Reading, *, at: datetime, audit: AuditEntry) -> None:
        """Append an attestation made in the adapter, with its audit entry, in one transaction.

        The same attestation again changes nothing.
        """
        ...

    def rejections(self, hospital: HospitalId, *, run: str | None = None) -> tuple[KeptRejection, ...]:
        """Give the rejections first recorded by one run; without a run, those of each version's last reading.

        Ordered by reference, path and reason.
        """
        ...


class RecordStore(Protocol):
    """Keeps subjects, derived records, review items and decisions; records are versioned, never changed.

    Eligibility and treatment records are versioned apart; only the former are frozen.
    """

    def ensure_subjects(self, rows: Sequence[SubjectRow], *, at: datetime) -> None:
        """Add subjects not yet known; a roster or group listing upgrades the scope of a known one.

        A screening number given for a known subject is taken over; status and moves are not.
        """
        ...

    def subjects(self, trial: TrialId, hospital: HospitalId | None = None) -> tuple[SubjectRow, ...]:
        """Give the subjects, ordered by subject id.

        `touched` is True from the moment facts, receipts, attestations or decisions were saved until the next
        commit of the subject: a run that died in between leaves it True.
        """
        ...

    def latest_record(self, subject: SubjectId) -> StoredRecord | None:
        """Give the newest record; a frozen one stays the newest until a person re-opens it."""
        ...

    def record_heads(self, trial: TrialId, hospital: HospitalId) -> Mapping[SubjectId, RecordHead]:
        """Give the head of each subject's newest record; subjects never derived are absent."""
        ...

    def latest_treatment(self, subject: SubjectId) -> StoredTreatment | None:
        """Give the newest treatment record; it is never frozen."""
        ...

    def treatment_heads(self, trial: TrialId, hospital: HospitalId) -> Mapping[SubjectId, RecordHead]:
        """Give the head of each subject's newest treatment record; subjects without one are absent."""
        ...

    def latest_treatments(self, trial: TrialId, hospital: HospitalId) -> Mapping[SubjectId, StoredTreatment]:
        """Give every subject's newest treatment record; subjects without one are absent."""
        ...

    def records_of_run(self, run: str, trial: TrialId) -> Mapping[SubjectId, EligibilityRecord]:
        """Give the records that were current when a run ended (or now, if it did not end), for comparison.

        Raises:
            UsageError: There is no such run.
        """
        ...

    def treatments_of_run(self, run: str, trial: TrialId) -> Mapping[SubjectId, TreatmentRecord]:
        """Give the treatment records that were newest when a run ended (or now, if it did not end).

        Raises:
            UsageError: There is no such run.
        """
        ...

    def commit(self, run: str, derivation: Derivation, *, at: datetime) -> None:
        """Save one subject's derivation in one transaction.

        An intent equal to the last one for its resource is not queued again; a different one replaces those
        pending. An open review item with the same id is replaced only where it differs.

        Raises:
            InvariantError: The status changes without an audit entry, or the subject is not known.
        """
        ...

    def review_items(self, trial: TrialId, *, open_only: bool = True) -> tuple[ReviewItem, ...]:
        """Give review items, oldest first."""
        ...

    def save_decision(
        self,
        decision: Decision,
        derivation: Derivation,
        *,
        freeze: bool | None = None,
        decided: str | None = None,
    ) -> None:
        """Record a person's decision with everything it changes, in one transaction.

        `freeze`: True freezes the newest record (the derivation's, if it has one), False re-opens it, None
        leaves it. `decided`: id of the open review item this answers. Intents are queued even where an equal
        one waits for review.

        Raises:
            InvariantError: The derivation has no audit entry, or there is no such open item, or no record.
        """
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
        """Give intents still to be delivered, dependencies first, else in the order they were queued."""
        ...

    def receipt(
        self, hospital: HospitalId, resource_type: str, identifier: tuple[str, str]
    ) -> WriteReceipt | None:
        """Give the last receipt for our resource at this hospital."""
        ...

    def settle(self, run: str, settlement: Settlement, *, at: datetime) -> None:
        """Record how a delivery ended, with its receipt, follow-up (Provenance) or review item, at once.

        Raises:
            InvariantError: The intent is not pending.
        """
        ...


class Runs(Protocol):
    """Keeps one manifest per run."""

    def start(self, run: RunRow) -> None:
        """Record that a run began.

        Raises:
            InvariantError: There is a run with this id.
        """
        ...

    def finish(self, run: RunRow) -> None:
        """Record how it ended.

        Raises:
            InvariantError: There is no run with this id.
        """
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


class Store(Protocol):
    """All stores of one database."""

    @property
    def facts(self) -> FactStore:
        """What was read."""
        ...

    @property
    def records(self) -> RecordStore:
        """What was derived and decided."""
        ...

    @property
    def outbox(self) -> Outbox:
        """What is to be written."""
        ...

    @property
    def runs(self) -> Runs:
        """The manifests."""
        ...

    @property
    def checkpoints(self) -> Checkpoints:
        """The cursors."""
        ...

    def close(self) -> None:
        """Give up every connection."""
        ...
