"""Giving back what was read of one person.

Knows: which reading of a version holds, which versions belong to a person's story. Does not know: which version
of a resource holds (the timeline does).
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, and_, or_, select

from fhir_adapter.domain.facts import Fact, Reading
from fhir_adapter.domain.source import Exclusion, HospitalId, PersonKey, Rejection, ResourceVersion
from fhir_adapter.gateways.store.database import chunks, clean
from fhir_adapter.gateways.store.identity import PERSON, READING, unseal
from fhir_adapter.gateways.store.page import shared_references
from fhir_adapter.gateways.store.schema import fact, identity, reading_digest, rejection, resource_version
from fhir_adapter.gateways.store.stored_types import FACTS, MOMENTS, READINGS, REFERENCES, REJECTIONS


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What may be seen: readings under this digest first, recorded up to this UTC text (None = all)."""

    digest_no: int
    known_at: str | None


def load_person(connection: Connection, person: PersonKey, knowledge: Knowledge) -> tuple[Reading, ...]:
    """Give one person's readings and the shared ones they refer to.

    Args:
        connection: A reading transaction.
        person: Whose.
        knowledge: What may be seen.

    Returns:
        Each version once, ordered by type, id, version and content; empty for an unknown person.
    """
    table = identity.c
    who = connection.execute(
        select(table.hospital, table.patient).where(table.person == person, table.kind == PERSON)
    ).one_or_none()
    if who is None:
        return ()
    own = [*_rows(connection, _own(person), knowledge), *_rows(connection, _moved(person), knowledge)]
    readings = _assemble(connection, own, person, who.patient)
    readings += _patient_readings(connection, person, knowledge)
    readings += _shared(connection, who.hospital, readings, knowledge)
    return tuple(sorted(readings, key=_order))


def digest_number(connection: Connection, digest: str) -> int:
    """Find the number of a reading digest; -1 if nothing was read under it."""
    number = connection.execute(select(reading_digest.c.no).where(reading_digest.c.digest == digest)).scalar()
    return -1 if number is None else int(number)


def _order(reading: Reading) -> tuple[str, str, str, str]:
    source = reading.source
    return source.type, source.id, source.version, source.content


def _own(person: PersonKey) -> Select[Any]:
    return select(resource_version).where(resource_version.c.person == person)


def _moved(person: PersonKey) -> Select[Any]:
    """Versions of the person's resources that belong to somebody else, or to nobody known."""
    mine = resource_version.alias("mine")
    table = resource_version.c
    same = and_(
        mine.c.hospital == table.hospital, mine.c.type == table.type, mine.c.resource_id == table.resource_id
    )
    return (
        select(resource_version)
        .join(mine, same)
        .where(mine.c.person == person, or_(table.person.is_(None), table.person != person))
        .distinct()
    )


def _rows(connection: Connection, query: Select[Any], knowledge: Knowledge) -> list[Any]:
    """Give the rows of a query, each version as read under the wanted digest, else as read last."""
    if knowledge.known_at is not None:
        query = query.where(resource_version.c.recorded_at <= knowledge.known_at)
    chosen: dict[tuple[str, str, str, str], Any] = {}
    for row in sorted(connection.execute(query), key=lambda row: (row.reading_no == knowledge.digest_no, row.no)):
        chosen[row.type, row.resource_id, row.version, row.content] = row
    return list(chosen.values())


def _patient_readings(connection: Connection, person: PersonKey, knowledge: Knowledge) -> list[Reading]:
    table = identity.c
    query = select(
        table.version, table.content, table.reading_no, table.patient, table.entry, table.payload
    ).where(table.person == person, table.kind == READING)
    if knowledge.known_at is not None:
        query = query.where(table.recorded_at <= knowledge.known_at)
    chosen: dict[tuple[str, str, str], str] = {}
    rows = connection.execute(query)
    for row in sorted(rows, key=lambda row: (row.reading_no == knowledge.digest_no, row.entry)):
        chosen[row.patient, row.version, row.content] = row.payload
    return [READINGS.value(payload) for payload in chosen.values()]


def _shared(
    connection: Connection, hospital: HospitalId, readings: Sequence[Reading], knowledge: Knowledge
) -> list[Reading]:
    """Follow references to resources of no person, and theirs."""
    found: list[Reading] = []
    seen = {reading.source.reference for reading in readings}
    wanted = {clean(reference) for reading in readings for reference in shared_references(reading)} - seen
    while wanted:
        seen |= wanted
        rows = [row for query in _shared_queries(hospital, wanted) for row in _rows(connection, query, knowledge)]
        new = _assemble(connection, rows, None, None)
        found += new
        wanted = {clean(reference) for reading in new for reference in shared_references(reading)} - seen
    return found


def _shared_queries(hospital: HospitalId, references: Iterable[str]) -> Iterable[Select[Any]]:
    table = resource_version.c
    by_type: dict[str, list[str]] = defaultdict(list)
    for reference in sorted(references):
        kind, _, resource_id = reference.partition("/")
        by_type[kind].append(resource_id)
    for kind, ids in by_type.items():
        for piece in chunks(ids):
            yield select(resource_version).where(
                table.hospital == hospital,
                table.type == kind,
                table.resource_id.in_(piece),
                table.person.is_(None),
            )


def _assemble(
    connection: Connection, rows: Sequence[Any], person: PersonKey | None, patient: str | None
) -> list[Reading]:
    """Make readings of version rows; of versions that are somebody else's only their existence is told."""
    told = [row for row in rows if _is_told(row, person)]
    sources = {row.no: _source(row) for row in rows}
    facts = _facts(connection, {row.no: sources[row.no] for row in told})
    rejections = _rejections(connection, [row.no for row in told])
    return [
        Reading(
            source=sources[row.no],
            patient=patient if row.person is not None else None,
            facts=tuple(facts.get(row.no, ())),
            rejections=tuple(rejections.get(row.no, ())),
            excluded_by=None if row.excluded_by is None else Exclusion(row.excluded_by),
            retracts=row.retracts,
            references=_references(connection, row.refs),
        )
        for row in told
    ] + [
        Reading(source=sources[row.no], patient=None, excluded_by=Exclusion.OTHER_PATIENT)
        for row in rows
        if not _is_told(row, person)
    ]


def _is_told(row: Any, person: PersonKey | None) -> bool:
    return row.person in {person, None} and row.excluded_by != Exclusion.OTHER_PATIENT


def _source(row: Any) -> ResourceVersion:
    return ResourceVersion(
        hospital=row.hospital,
        type=row.type,
        id=row.resource_id,
        version=row.version,
        last_updated=None if row.last_updated is None else MOMENTS.value(row.last_updated),
        content=row.content,
    )


def _references(connection: Connection, text: str | None) -> tuple[str, ...]:
    return () if text is None else REFERENCES.value(unseal(connection, [text])[0])


def _facts(connection: Connection, sources: dict[int, ResourceVersion]) -> dict[int, list[Fact]]:
    found: dict[int, list[Fact]] = defaultdict(list)
    for piece in chunks(sources):
        table = fact.c
        query = (
            select(table.version_no, table.kind, table.path, table.payload)
            .where(table.version_no.in_(piece))
            .order_by(table.version_no, table.position)
        )
        rows = list(connection.execute(query))
        # One text for all: parsing and looking for sealed pieces once costs half as much as once per fact.
        (whole,) = unseal(connection, [f"[{','.join(row.payload for row in rows)}]"])
        for (no, kind, path), document in zip((row[:3] for row in rows), json.loads(whole), strict=True):
            found[no].append(FACTS[kind].read(document, {"source": sources[no], "path": path}))
    return found


def _rejections(connection: Connection, numbers: Sequence[int]) -> dict[int, list[Rejection]]:
    found: dict[int, list[Rejection]] = defaultdict(list)
    table = rejection.c
    for piece in chunks(numbers):
        query = select(rejection).where(table.version_no.in_(piece)).order_by(table.version_no, table.position)
        for row in connection.execute(query):
            found[row.version_no].append(REJECTIONS.value(row.payload))
    return found
