"""Saving one page of readings: what is new, whose it is, who must be derived again.

Knows: the tables of what was read. Does not know: transactions (the caller's), how readings are given back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection, insert, select, update

from fhir_adapter.domain.exposure import Exposure
from fhir_adapter.domain.facts import Finding, Reading
from fhir_adapter.domain.source import Exclusion, HospitalId, PersonKey, RejectionReason, ResourceVersion
from fhir_adapter.gateways.store import schema, trial_schema
from fhir_adapter.gateways.store.database import chunks, clean
from fhir_adapter.gateways.store.identity import READING, Keeper, keep_persons
from fhir_adapter.gateways.store.version_rows import PATIENT, Entry, Page, insert_rows
from fhir_adapter.ports.rows import SavedPage

# These say nothing about the resource itself that a later version could supersede.
_NOT_KEPT = frozenset({Exclusion.TYPE_NOT_READ, Exclusion.DUPLICATE, Exclusion.CONSENT_WITHDRAWN})

_AHEAD = "ahead of its time: "
"""Before the digest under which a reading is kept that was refused for its date: time alone makes it readable."""

Key = tuple[str, str, int]


@dataclass(slots=True)
class _Known:
    """What the store already holds of one resource."""

    keys: set[Key] = field(default_factory=set)
    owners: set[PersonKey] = field(default_factory=set)


def save_page(connection: Connection, page: Page, readings: Iterable[Reading]) -> SavedPage:
    """Append the readings of one page that are new, and mark the subjects they touch.

    A version refused because its date lay ahead is kept apart: read again once that date has come, it is new.

    Args:
        connection: A writing transaction.
        page: What they share.
        readings: 0..*; of one hospital; excluded ones too.

    Returns:
        How many versions were new, and the persons whose derivation may change by them.

    Raises:
        InvariantError: A fact names another source than its reading.
    """
    kept = [Entry(reading) for reading in readings if reading.excluded_by not in _NOT_KEPT]
    early = [entry for entry in kept if _is_ahead(entry.reading)]
    saved = _save(connection, page, [entry for entry in kept if not _is_ahead(entry.reading)])
    if not early:
        return saved
    known, digest_no = _known_resources(connection, page, early), _digest_number(connection, page.digest) or 0
    unread = [entry for entry in early if entry.key(digest_no) not in known[entry.resource].keys]
    waiting = _save(connection, replace(page, digest=f"{_AHEAD}{page.digest}"), unread)
    return SavedPage(new=saved.new + waiting.new, touched=saved.touched | waiting.touched)


def _is_ahead(reading: Reading) -> bool:
    return any(rejection.reason is RejectionReason.FUTURE_TIME for rejection in reading.rejections)


def _save(connection: Connection, page: Page, kept: Sequence[Entry]) -> SavedPage:
    digest_no = _digest_number(connection, page.digest)
    known = _known_resources(connection, page, kept)
    fresh = _fresh(kept, known, digest_no or 0)
    if not fresh:
        return SavedPage(new=0, touched=frozenset())
    if digest_no is None:
        digest_no = _new_digest(connection, page.digest)
    _find_owners(connection, page, fresh)
    insert_rows(connection, page, digest_no, fresh)
    _insert_references(connection, page.hospital, fresh)
    touched = _touched(connection, page.hospital, known, fresh)
    mark_touched(connection, touched)
    return SavedPage(new=len(fresh), touched=touched)


def holds(connection: Connection, version: ResourceVersion, digest: str) -> bool:
    """Say whether a version with this content is on record as read under a digest, be it ahead of its time."""
    numbers = {_digest_number(connection, text) for text in (digest, f"{_AHEAD}{digest}")}
    rows = connection.execute(_versions_query(version.hospital, clean(version.type), [clean(version.id)]))
    wanted = (clean(version.version), clean(version.content))
    return any((row.version, row.content) == wanted and row.reading_no in numbers for row in rows)


def mark_touched(connection: Connection, persons: Iterable[PersonKey]) -> None:
    """Mark the subjects of persons as to be derived again."""
    table = trial_schema.subject
    for piece in chunks(sorted(persons)):
        mark = update(table).where(table.c.person.in_(piece), table.c.touched.is_(False))
        connection.execute(mark.values(touched=True))


def shared_references(reading: Reading) -> set[str]:
    """Give the references of a reading that other resources must answer, never its patient's."""
    references = set(reading.references)
    for fact in reading.facts:
        if isinstance(fact, Exposure) and fact.medication_reference:
            references.add(fact.medication_reference)
        elif isinstance(fact, Finding) and fact.specimen_reference:
            references.add(fact.specimen_reference)
    return {reference for reference in references if not reference.startswith("Patient/")}


def _digest_number(connection: Connection, digest: str) -> int | None:
    table = schema.reading_digest.c
    number: int | None = connection.execute(select(table.no).where(table.digest == digest)).scalar_one_or_none()
    return number


def _new_digest(connection: Connection, digest: str) -> int:
    key = connection.execute(insert(schema.reading_digest).values(digest=digest)).inserted_primary_key
    return int(key[0]) if key else 0


def _known_resources(
    connection: Connection, page: Page, entries: Sequence[Entry]
) -> dict[tuple[str, str], _Known]:
    """Find what the store holds of the page's resources, be it nothing."""
    known = {entry.resource: _Known() for entry in entries}
    by_type: dict[str, list[str]] = {}
    for kind, resource_id in known:
        by_type.setdefault(kind, []).append(resource_id)
    for kind, ids in by_type.items():
        for piece in chunks(ids):
            for row in connection.execute(_versions_query(page.hospital, kind, piece)):
                before = known[kind, row.resource_id]
                before.keys.add((row.version, row.content, row.reading_no))
                if row.person is not None:
                    before.owners.add(PersonKey(row.person))
    return known


def _versions_query(hospital: HospitalId, kind: str, ids: Sequence[str]) -> Any:
    if kind == PATIENT:
        who = schema.identity.c
        return select(
            who.patient.label("resource_id"), who.version, who.content, who.reading_no, who.person
        ).where(who.hospital == hospital, who.kind == READING, who.patient.in_(ids))
    table = schema.resource_version.c
    return select(table.resource_id, table.version, table.content, table.reading_no, table.person).where(
        table.hospital == hospital, table.type == kind, table.resource_id.in_(ids)
    )


def _fresh(entries: Sequence[Entry], known: Mapping[tuple[str, str], _Known], digest_no: int) -> list[Entry]:
    """Choose the readings to append; those of other patients last, as they need a resource known before."""
    fresh: list[Entry] = []
    present = {resource for resource, before in known.items() if before.keys}
    seen: set[tuple[tuple[str, str], Key]] = set()
    for entry in sorted(entries, key=lambda entry: entry.is_other):
        key = entry.key(digest_no)
        unwanted = entry.is_other and entry.resource not in present
        if unwanted or key in known[entry.resource].keys or (entry.resource, key) in seen:
            continue
        seen.add((entry.resource, key))
        present.add(entry.resource)
        fresh.append(entry)
    return fresh


def _find_owners(connection: Connection, page: Page, entries: Sequence[Entry]) -> None:
    """Give each entry its person."""
    wanted = {entry.patient for entry in entries if entry.patient}
    owners = keep_persons(connection, Keeper(page.hospital, None, page.run, page.at), wanted)
    for entry in entries:
        entry.person = owners.get(entry.patient or "")


def _insert_references(connection: Connection, hospital: HospitalId, entries: Sequence[Entry]) -> None:
    table = schema.shared_reference
    wanted = {
        (clean(reference), entry.person)
        for entry in entries
        if entry.person is not None
        for reference in shared_references(entry.reading)
    }
    known = set(_referring(connection, hospital, {reference for reference, _ in wanted}))
    rows = [
        {"hospital": hospital, "reference": reference, "person": person}
        for reference, person in sorted(wanted - known)
    ]
    if rows:
        connection.execute(insert(table), rows)


def _referring(
    connection: Connection, hospital: HospitalId, references: Iterable[str]
) -> Iterator[tuple[str, PersonKey]]:
    table = schema.shared_reference.c
    for piece in chunks(sorted(references)):
        query = select(table.reference, table.person).where(table.hospital == hospital, table.reference.in_(piece))
        for row in connection.execute(query):
            yield row.reference, PersonKey(row.person)


def _touched(
    connection: Connection, hospital: HospitalId, known: Mapping[tuple[str, str], _Known], entries: Sequence[Entry]
) -> frozenset[PersonKey]:
    """Find whose derivation may change: owners, earlier owners, and who refers to a shared resource."""
    touched: set[PersonKey] = set()
    for entry in entries:
        before = known[entry.resource]
        touched |= before.owners
        says = entry.reading.facts or entry.reading.rejections or entry.reading.retracts or before.keys
        if entry.person is not None and says:
            touched.add(entry.person)
    shared = {f"{entry.resource[0]}/{entry.resource[1]}" for entry in entries if entry.person is None}
    touched.update(person for _, person in _referring(connection, hospital, shared))
    return frozenset(touched)
