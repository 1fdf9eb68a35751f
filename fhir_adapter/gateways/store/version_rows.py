"""The rows one reading becomes: its version, its facts, its rejections.

Knows: the columns. Does not know: which readings are new.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from fhir_adapter.domain.facts import Reading
from fhir_adapter.domain.source import Exclusion, HospitalId, PersonKey
from fhir_adapter.errors import InvariantError
from fhir_adapter.gateways.store import schema
from fhir_adapter.gateways.store.database import clean, insert_all, next_numbers, utc_text
from fhir_adapter.gateways.store.identity import READING, Keeper, add_rows, identity_row, seal
from fhir_adapter.gateways.store.stored_types import FACTS, MOMENTS, READINGS, REFERENCES, REJECTIONS

PATIENT = "Patient"


@dataclass(frozen=True, slots=True)
class Page:
    """What all readings of a page share."""

    hospital: HospitalId
    run: str
    origin: str
    digest: str
    at: datetime


class Entry:
    """A reading with its key as columns hold it, and the person it is kept for, once that is known."""

    __slots__ = ("content", "person", "reading", "resource", "version")

    def __init__(self, reading: Reading) -> None:
        source = reading.source
        self.reading = reading
        self.resource = (clean(source.type), clean(source.id))
        self.version = clean(source.version)
        self.content = clean(source.content)
        self.person: PersonKey | None = None

    def key(self, digest_no: int) -> tuple[str, str, int]:
        """Give what makes it one reading of one version: version, content, and what it was read under."""
        return self.version, self.content, digest_no

    @property
    def is_other(self) -> bool:
        """The resource is of a patient nobody reads."""
        return self.reading.excluded_by is Exclusion.OTHER_PATIENT

    @property
    def patient(self) -> str | None:
        """The patient it is kept for; patients of others' resources get no key."""
        if self.is_other:
            return None
        return self.reading.patient or (self.reading.source.id if self.resource[0] == PATIENT else None)


def insert_rows(connection: Connection, page: Page, digest_no: int, entries: Sequence[Entry]) -> None:
    """Append readings; those of Patient resources go to the identity table.

    Args:
        connection: A writing transaction.
        page: What they share.
        digest_no: Number of the reading digest.
        entries: 1..*; all of them new.

    Raises:
        InvariantError: A fact names another source than its reading.
    """
    for entry in entries:
        if any(
            fact.source is not entry.reading.source and fact.source != entry.reading.source
            for fact in entry.reading.facts
        ):
            raise InvariantError("a fact names another source than its reading")
    patients = [entry for entry in entries if entry.resource[0] == PATIENT]
    if patients:
        add_rows(connection, [_patient_row(entry, page, digest_no) for entry in patients])
    others = [entry for entry in entries if entry.resource[0] != PATIENT]
    if others:
        _insert_others(connection, page, digest_no, others)


def _insert_others(connection: Connection, page: Page, digest_no: int, entries: Sequence[Entry]) -> None:
    first = next_numbers(connection, "resource_version", len(entries))
    recorded_at = utc_text(page.at)
    versions: list[dict[str, Any]] = []
    facts: list[dict[str, Any]] = []
    rejections: list[dict[str, Any]] = []
    for no, entry in enumerate(entries, first):
        keeper = Keeper(page.hospital, entry.person, page.run, page.at)
        own = {"version_no": no, "hospital": page.hospital}
        versions.append(
            _version_row(connection, keeper, entry)
            | {"no": no, "reading_no": digest_no, "origin": page.origin, "recorded_at": recorded_at}
        )
        facts.extend(own | row for row in _fact_rows(connection, keeper, entry.reading))
        rejections.extend(own | row for row in _rejection_rows(entry.reading))
    insert_all(connection, schema.resource_version, versions)
    if facts:
        insert_all(connection, schema.fact, facts)
    if rejections:
        insert_all(connection, schema.rejection, rejections)


def _patient_row(entry: Entry, page: Page, digest_no: int) -> dict[str, Any]:
    return identity_row(
        Keeper(page.hospital, entry.person, page.run, page.at),
        READING,
        patient=entry.resource[1],
        version=entry.version,
        content=entry.content,
        reading_no=digest_no,
        payload=READINGS.text(entry.reading),
        origin=page.origin,
    )


def _version_row(connection: Connection, keeper: Keeper, entry: Entry) -> dict[str, Any]:
    reading, updated = entry.reading, entry.reading.source.last_updated
    references = seal(connection, keeper, REFERENCES.text(reading.references)) if reading.references else None
    return {
        "hospital": keeper.hospital,
        "person": keeper.person,
        "type": entry.resource[0],
        "resource_id": entry.resource[1],
        "version": entry.version,
        "content": entry.content,
        "last_updated": None if updated is None else MOMENTS.text(updated),
        "excluded_by": None if reading.excluded_by is None else reading.excluded_by.value,
        "retracts": reading.retracts,
        "refs": references,
        "run": keeper.run,
    }


def _fact_rows(connection: Connection, keeper: Keeper, reading: Reading) -> Iterator[dict[str, Any]]:
    for position, fact in enumerate(reading.facts):
        kind = type(fact).__name__
        payload = seal(connection, keeper, FACTS[kind].text(fact))
        yield {"position": position, "kind": kind, "path": fact.path, "payload": payload}


def _rejection_rows(reading: Reading) -> Iterator[dict[str, Any]]:
    for position, rejection in enumerate(reading.rejections):
        yield {"position": position, "reason": rejection.reason.value, "payload": REJECTIONS.text(rejection)}
