"""Ports of the stores: facts, records, outbox, runs, checkpoints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from fhir_adapter.domain.facts import Reading
from fhir_adapter.domain.source import Completeness, HospitalId, PersonKey, ResourceVersion, TrialId
from fhir_adapter.domain.writeback import WriteIntent, WriteReceipt
from fhir_adapter.ports.records import RecordStore
from fhir_adapter.ports.rows import (
    AuditEntry,
    KeptRejection,
    RunRow,
    SavedPage,
    Settlement,
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
