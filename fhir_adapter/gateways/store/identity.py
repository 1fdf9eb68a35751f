"""Who the patients are, kept apart from everything else.

Knows: the identity table. Does not know: facts and records, apart from their text.

A record may show the patient's reference or birth date as evidence. Such pieces are kept in the identity table;
in the record stands `"~17~"`, the number of the row.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from fhir_adapter.domain.facts import Demographics
from fhir_adapter.domain.moments import Precision
from fhir_adapter.domain.source import HospitalId, PersonKey
from fhir_adapter.gateways.store.database import chunks, clean, next_numbers, utc_text
from fhir_adapter.gateways.store.schema import identity
from fhir_adapter.gateways.store.secret_texts import NOBODYS, Secrets, make_secrets
from fhir_adapter.gateways.store.stored_types import READINGS

PERSON, READING, TEXT = "person", "reading", "text"


_TOKEN = re.compile(r'"~(\d+)~"')
_DIGEST = re.compile(r'"~([0-9a-f]{32})~"')
# Shorter identifiers are too likely to be something else inside a longer text.
_SHORTEST_INSIDE = 5


@dataclass(frozen=True, slots=True)
class Keeper:
    """Whose text is sealed: the person, at a hospital, in a run."""

    hospital: HospitalId
    person: PersonKey | None
    run: str
    at: datetime | None


def find_persons(connection: Connection, hospital: HospitalId, patients: Iterable[str]) -> dict[str, PersonKey]:
    """Find the surrogate keys of patients already known.

    Args:
        connection: Any transaction.
        hospital: The hospital.
        patients: 0..*; logical ids.

    Returns:
        Logical id -> key; patients not yet known are left out.
    """
    table = identity.c
    wanted = {clean(patient): patient for patient in patients}
    found: dict[str, PersonKey] = {}
    for piece in chunks(sorted(wanted)):
        query = select(table.patient, table.person).where(
            table.hospital == hospital, table.kind == PERSON, table.patient.in_(piece)
        )
        found.update({wanted[row.patient]: PersonKey(row.person) for row in connection.execute(query)})
    return found


def keep_persons(connection: Connection, keeper: Keeper, patients: Iterable[str]) -> dict[str, PersonKey]:
    """Find the surrogate keys of patients, making new ones for those not yet known.

    Args:
        connection: A writing transaction.
        keeper: The hospital and time.
        patients: 0..*; logical ids.

    Returns:
        Logical id -> key, for every patient.
    """
    wanted = set(patients)
    known = find_persons(connection, keeper.hospital, wanted)
    missing = sorted(wanted - known.keys())
    if missing:
        key = next_numbers(connection, "person", len(missing))
        rows = []
        for offset, patient in enumerate(missing):
            known[patient] = PersonKey(key + offset)
            owner = Keeper(keeper.hospital, known[patient], keeper.run, keeper.at)
            rows.append(identity_row(owner, PERSON, patient=clean(patient)))
        add_rows(connection, rows)
    return known


def identity_row(keeper: Keeper, kind: str, **columns: Any) -> dict[str, Any]:
    """Make a row of the identity table; it gets its number when it is added."""
    return {
        "hospital": keeper.hospital,
        "kind": kind,
        "person": keeper.person,
        "patient": "",
        "version": "",
        "content": "",
        "reading_no": 0,
        "payload": None,
        "run": keeper.run,
        "origin": "",
        "recorded_at": None if keeper.at is None else utc_text(keeper.at),
    } | columns


def add_rows(connection: Connection, rows: Sequence[dict[str, Any]]) -> int:
    """Append rows to the identity table; gives the number of the first."""
    first = next_numbers(connection, "identity", len(rows))
    for offset, row in enumerate(rows):
        row["entry"] = first + offset
    connection.execute(insert(identity), rows)
    return first


def patients_of(connection: Connection, persons: Iterable[PersonKey]) -> dict[PersonKey, str]:
    """Give the logical ids behind surrogate keys."""
    table = identity.c
    found: dict[PersonKey, str] = {}
    for piece in chunks(persons):
        query = select(table.person, table.patient).where(table.kind == PERSON, table.person.in_(piece))
        found.update({PersonKey(row.person): row.patient for row in connection.execute(query)})
    return found


def identified(connection: Connection, hospital: HospitalId, identifier: tuple[str, str]) -> frozenset[PersonKey]:
    """Find the persons of whom some Patient version carries an identifier.

    Args:
        connection: Any transaction.
        hospital: The hospital.
        identifier: System and value, both exact.

    Returns:
        Usually one key; several if the hospital gave the identifier twice.
    """
    table = identity.c
    query = select(table.person, table.payload).where(
        table.hospital == hospital,
        table.kind == READING,
        table.person.is_not(None),
        table.payload.contains(json.dumps(identifier[1]), autoescape=True),
    )
    return frozenset(
        PersonKey(row.person)
        for row in connection.execute(query)
        if any(identifier in fact.identifiers for fact in _demographics(row.payload))
    )


def secrets_of(connection: Connection, person: PersonKey) -> Secrets:
    """Learn what identifies a person.

    Args:
        connection: Any transaction.
        person: The person.

    Returns:
        References to patients, the person's birth date and identifiers.
    """
    table = identity.c
    rows = connection.execute(
        select(table.payload).where(table.person == person, table.kind == READING, table.payload.is_not(None))
    )
    whole: set[str] = set()
    inside: set[str] = set()
    for fact in (fact for row in rows for fact in _demographics(row.payload)):
        if fact.birth_date is not None:
            exact = fact.birth_date.precision is Precision.DAY
            (inside if exact else whole).add(fact.birth_date.text)
        for _, value in fact.identifiers:
            (inside if len(value) >= _SHORTEST_INSIDE else whole).add(value)
    inside.discard("")
    return make_secrets(whole, inside)


def seal(connection: Connection, keeper: Keeper, text: str, secrets: Secrets = NOBODYS) -> str:
    """Move what identifies the patient from a JSON text into the identity table.

    Args:
        connection: A writing transaction.
        keeper: Whose text it is.
        text: JSON.
        secrets: What to look for; by default references to patients only.

    Returns:
        The text with numbers in the place of such pieces; unchanged where there are none.
    """
    if not secrets.may_stand_in(text):
        return text
    pieces: dict[str, str] = {}
    sealed = _take_out(json.loads(text), secrets, pieces)
    if not pieces:
        return text
    numbers = _keep_texts(connection, keeper, pieces)
    whole = json.dumps(sealed, separators=(",", ":"))
    return _DIGEST.sub(lambda match: f'"~{numbers[match.group(1)]}~"', whole)


def unseal(connection: Connection, texts: Sequence[str]) -> list[str]:
    """Put the pieces back that `seal` took out.

    Args:
        connection: Any transaction.
        texts: 0..*; sealed JSON.

    Returns:
        The texts as they were, in the same order.
    """
    numbers = {int(number) for text in texts for number in _TOKEN.findall(text)}
    if not numbers:
        return list(texts)
    pieces: dict[int, str] = {}
    for piece in chunks(sorted(numbers)):
        query = select(identity.c.entry, identity.c.payload).where(identity.c.entry.in_(piece))
        pieces.update({row.entry: row.payload for row in connection.execute(query)})
    return [_TOKEN.sub(lambda match: pieces[int(match.group(1))], text) for text in texts]


def _take_out(node: Any, secrets: Secrets, pieces: dict[str, str]) -> Any:
    """Replace secret leaves, and evidence of Patient resources as a whole, by the digest of their text."""
    if isinstance(node, dict):
        reference = node.get("reference")
        if not (isinstance(reference, str) and reference.startswith("Patient/")):
            return {name: _take_out(item, secrets, pieces) for name, item in node.items()}
    elif isinstance(node, list):
        return [_take_out(item, secrets, pieces) for item in node]
    elif not isinstance(node, str) or not secrets.holds(node):
        return node
    text = json.dumps(node, separators=(",", ":"))
    digest = hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
    pieces[digest] = text
    return f"~{digest}~"


def _keep_texts(connection: Connection, keeper: Keeper, pieces: Mapping[str, str]) -> dict[str, int]:
    """Give each piece its number in the identity table; a piece kept before keeps its number."""
    table = identity.c
    owner = f"{keeper.person or 0}"
    query = select(table.version, table.entry).where(
        table.hospital == keeper.hospital,
        table.kind == TEXT,
        table.content == owner,
        table.version.in_(pieces),
    )
    numbers = {row.version: int(row.entry) for row in connection.execute(query)}
    missing = sorted(pieces.keys() - numbers.keys())
    if missing:
        rows = [
            identity_row(keeper, TEXT, version=digest, content=owner, payload=pieces[digest]) for digest in missing
        ]
        first = add_rows(connection, rows)
        numbers.update({digest: first + offset for offset, digest in enumerate(missing)})
    return numbers


def _demographics(payload: str) -> Iterable[Demographics]:
    return (fact for fact in READINGS.value(payload).facts if isinstance(fact, Demographics))
