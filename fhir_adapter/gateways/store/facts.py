"""The FactStore port on SQL.

Knows: transactions of saving and loading what was read. Does not know: records.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from fhir_adapter.domain.facts import Reading
from fhir_adapter.domain.source import Completeness, HospitalId, PersonKey, ResourceVersion
from fhir_adapter.errors import InvariantError
from fhir_adapter.gateways.store import schema
from fhir_adapter.gateways.store.database import Database, chunks, insert_all, utc_text
from fhir_adapter.gateways.store.identity import Keeper, find_persons, identified, keep_persons, patients_of
from fhir_adapter.gateways.store.merges import merged_patients
from fhir_adapter.gateways.store.page import holds, mark_touched, save_page
from fhir_adapter.gateways.store.readings import Knowledge, digest_number, load_person
from fhir_adapter.gateways.store.rejections import kept_rejections
from fhir_adapter.gateways.store.stored_types import RECEIPTS_OF_TYPE
from fhir_adapter.gateways.store.trail import append_audit
from fhir_adapter.gateways.store.version_rows import Page
from fhir_adapter.ports.rows import AuditEntry, KeptRejection, SavedPage


class SqlFactStore:
    """Keeps what was read, append-only."""

    def __init__(self, database: Database) -> None:
        """Take the database; its tables exist."""
        self._database = database

    def persons(self, hospital: HospitalId, patients: Sequence[str]) -> Mapping[str, PersonKey]:
        """Give each patient (logical id) its surrogate key, making new ones where needed."""
        with self._database.writing() as connection:
            return keep_persons(connection, Keeper(hospital, None, "", None), patients)

    def known_persons(self, hospital: HospitalId, patients: Sequence[str]) -> Mapping[str, PersonKey]:
        """Give the surrogate keys of those patients who have one."""
        with self._database.reading() as connection:
            return find_persons(connection, hospital, patients)

    def persons_identified(self, hospital: HospitalId, identifier: tuple[str, str]) -> frozenset[PersonKey]:
        """Give the persons whose Patient resource, in any version read, carries this (system, value)."""
        with self._database.reading() as connection:
            return identified(connection, hospital, identifier)

    def save_readings(
        self, run: str, readings: Sequence[Reading], *, reading_digest: str, at: datetime, origin: str = ""
    ) -> SavedPage:
        """Append readings that are new, in one transaction; see the port for what is kept of excluded ones."""
        hospitals = {reading.source.hospital for reading in readings}
        new, touched = 0, frozenset[PersonKey]()
        with self._database.writing() as connection:
            for hospital in sorted(hospitals):
                page = Page(hospital=hospital, run=run, origin=origin, digest=reading_digest, at=at)
                own = [reading for reading in readings if reading.source.hospital == hospital]
                saved = save_page(connection, page, own)
                new, touched = new + saved.new, touched | saved.touched
        return SavedPage(new=new, touched=touched)

    def holds(self, version: ResourceVersion, *, reading_digest: str) -> bool:
        """Say whether this version with this very content is on record as read under this digest."""
        with self._database.reading() as connection:
            return holds(connection, version, reading_digest)

    def merged_patients(self, hospital: HospitalId) -> Mapping[str, str]:
        """Give merged patient -> surviving patient (logical ids), by each Patient's newest version."""
        with self._database.reading() as connection:
            return merged_patients(connection, hospital)

    def save_completeness(
        self, run: str, hospital: HospitalId, receipts: Mapping[str, Sequence[Completeness]], *, at: datetime
    ) -> frozenset[PersonKey]:
        """Append each patient's receipts that differ from the last ones; gives whose changed."""
        with self._database.writing() as connection:
            persons = keep_persons(connection, Keeper(hospital, None, run, at), receipts)
            changed: set[PersonKey] = set()
            for piece in chunks(receipts.items()):  # the rows of all patients at once would take much memory
                rows: list[dict[str, Any]] = []
                for patient, given in piece:
                    person = persons[patient]
                    own = {"hospital": hospital, "person": person, "run": run, "recorded_at": utc_text(at)}
                    rows.extend(
                        own | row for row in _receipt_rows(given, _last_receipts(connection, person, None))
                    )
                if rows:
                    insert_all(connection, schema.completeness, rows)
                changed.update(row["person"] for row in rows)
            mark_touched(connection, changed)
        return frozenset(changed)

    def load_readings(
        self, person: PersonKey, *, reading_digest: str, known_at: datetime | None = None
    ) -> tuple[Reading, ...]:
        """Give one person's readings and the shared ones they refer to, each version read once."""
        with self._database.reading() as connection:
            until = None if known_at is None else utc_text(known_at)
            knowledge = Knowledge(digest_number(connection, reading_digest), until)
            return load_person(connection, person, knowledge)

    def load_completeness(
        self, person: PersonKey, *, known_at: datetime | None = None
    ) -> tuple[Completeness, ...]:
        """Give the latest receipt per resource type, ordered by type."""
        with self._database.reading() as connection:
            last = _last_receipts(connection, person, known_at)
        return tuple(last[kind] for kind in sorted(last))

    def save_attestation(self, person: PersonKey, reading: Reading, *, at: datetime, audit: AuditEntry) -> None:
        """Append an attestation made in the adapter, with its audit entry, in one transaction.

        Args:
            person: Whom it is about.
            reading: Of source type `Attestation`.
            at: When it is recorded.
            audit: Who made it.

        Raises:
            InvariantError: There is no such person.
        """
        hospital = reading.source.hospital
        with self._database.writing() as connection:
            patient = patients_of(connection, [person]).get(person)
            if patient is None:
                raise InvariantError("an attestation names a person the store does not know")
            # Attestations are read by nobody: no digest of the definitions applies to them.
            page = Page(hospital=hospital, run="", origin="attest", digest="", at=at)
            if save_page(connection, page, [replace(reading, patient=patient)]).new:
                append_audit(connection, hospital, [audit])

    def rejections(self, hospital: HospitalId, *, run: str | None = None) -> tuple[KeptRejection, ...]:
        """Give the rejections first recorded by one run; without a run, those of each version's last reading."""
        with self._database.reading() as connection:
            return kept_rejections(connection, hospital, run)


def _receipt_rows(given: Sequence[Completeness], last: Mapping[str, Completeness]) -> list[dict[str, Any]]:
    rows = []
    for receipt in given:
        before = last.get(receipt.resource_type)
        if before is None or replace(before, run=receipt.run, read_at=receipt.read_at) != receipt:
            rows.append({"resource_type": receipt.resource_type, "payload": RECEIPTS_OF_TYPE.text(receipt)})
    return rows


def _last_receipts(
    connection: Connection, person: PersonKey, known_at: datetime | None
) -> dict[str, Completeness]:
    table = schema.completeness.c
    newest = select(func.max(table.no)).where(table.person == person).group_by(table.resource_type)
    if known_at is not None:
        newest = newest.where(table.recorded_at <= utc_text(known_at))
    rows = connection.execute(select(table.resource_type, table.payload).where(table.no.in_(newest)))
    return {row.resource_type: RECEIPTS_OF_TYPE.value(row.payload) for row in rows}
