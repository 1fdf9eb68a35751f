"""The rows one reading becomes: its version, its facts, its rejections.

Knows: the columns. Does not know: which readings are new.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert

from fhir_adapter.domain.facts import Reading
from fhir_adapter.domain.source import HospitalId, PersonKey
from fhir_adapter.errors import InvariantError
from fhir_adapter.gateways.store import schema
from fhir_adapter.gateways.store.database import clean, next_numbers, utc_text
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


@dataclass(frozen=True, slots=True)
class Owned:
    """A reading and the person it is kept for; None for shared resources and unknown owners."""

    reading: Reading
    person: PersonKey | None


def insert_rows(connection: Connection, page: Page, digest_no: int, owned: Sequence[Owned]) -> None:
    """Append readings; those of Patient resources go to the identity table.

    Args:
        connection: A writing transaction.
        page: What they share.
        digest_no: Number of the reading digest.
        owned: 1..*; all of them new.

    Raises:
        InvariantError: A fact names another source than its reading.
    """
    for entry in owned:
        if any(fact.source != entry.reading.source for fact in entry.reading.facts):
            raise InvariantError("a fact names another source than its reading")
    patients = [entry for entry in owned if entry.reading.source.type == PATIENT]
    if patients:
        add_rows(connection, [_patient_row(entry, page, digest_no) for entry in patients])
    others = [entry for entry in owned if entry.reading.source.type != PATIENT]
    if others:
        _insert_others(connection, page, digest_no, others)


def _insert_others(connection: Connection, page: Page, digest_no: int, owned: Sequence[Owned]) -> None:
    first = next_numbers(connection, "resource_version", len(owned))
    recorded_at = utc_text(page.at)
    versions: list[dict[str, Any]] = []
    facts: list[dict[str, Any]] = []
    rejections: list[dict[str, Any]] = []
    for no, entry in enumerate(owned, first):
        keeper = Keeper(page.hospital, entry.person, page.run, page.at)
        own = {"version_no": no, "hospital": page.hospital}
        versions.append(
            _version_row(connection, keeper, entry.reading)
            | {"no": no, "reading_no": digest_no, "origin": page.origin, "recorded_at": recorded_at}
        )
        facts.extend(own | row for row in _fact_rows(connection, keeper, entry.reading))
        rejections.extend(own | row for row in _rejection_rows(entry.reading))
    connection.execute(insert(schema.resource_version), versions)
    if facts:
        connection.execute(insert(schema.fact), facts)
    if rejections:
        connection.execute(insert(schema.rejection), rejections)


def _patient_row(entry: Owned, page: Page, digest_no: int) -> dict[str, Any]:
    source = entry.reading.source
    return identity_row(
        Keeper(page.hospital, entry.person, page.run, page.at),
        READING,
        patient=clean(source.id),
        version=clean(source.version),
        content=clean(source.content),
        reading_no=digest_no,
        payload=READINGS.text(entry.reading),
        origin=page.origin,
    )


def _version_row(connection: Connection, keeper: Keeper, reading: Reading) -> dict[str, Any]:
    source = reading.source
    references = seal(connection, keeper, REFERENCES.text(reading.references)) if reading.references else None
    return {
        "hospital": keeper.hospital,
        "person": keeper.person,
        "type": clean(source.type),
        "resource_id": clean(source.id),
        "version": clean(source.version),
        "content": clean(source.content),
        "last_updated": None if source.last_updated is None else MOMENTS.text(source.last_updated),
        "excluded_by": reading.excluded_by,
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
        yield {"position": position, "reason": rejection.reason, "payload": REJECTIONS.text(rejection)}
