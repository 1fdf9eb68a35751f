"""Merged Patient records, as the hospital links them.

Knows: the identity table. Does not know: which merges a person called wrong.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import Connection, select

from fhir_adapter.domain.facts import Demographics, Reading
from fhir_adapter.domain.source import HospitalId
from fhir_adapter.domain.supersession import settle
from fhir_adapter.gateways.store.identity import READING
from fhir_adapter.gateways.store.schema import identity
from fhir_adapter.gateways.store.stored_types import READINGS


def merged_patients(connection: Connection, hospital: HospitalId) -> dict[str, str]:
    """Give merged patient -> surviving patient (logical ids), one step each, by each Patient's newest version.

    Args:
        connection: A reading transaction.
        hospital: The hospital.

    Returns:
        What `replaced-by` says, and what `replaces` says of patients without it.
    """
    table = identity.c
    linked = select(table.patient).where(
        table.hospital == hospital, table.kind == READING, table.payload.contains('"links":')
    )
    query = (
        select(table.patient, table.version, table.content, table.payload)
        .where(table.hospital == hospital, table.kind == READING, table.patient.in_(linked))
        .order_by(table.entry)
    )
    return merges_in(_by_patient(connection.execute(query)))


def merges_in(readings: dict[str, list[Reading]]) -> dict[str, str]:
    """Read merges from Patient readings.

    Args:
        readings: Logical id -> every version of that Patient, each read once.

    Returns:
        Merged patient -> surviving patient.
    """
    replaced: dict[str, str] = {}
    replacing: dict[str, str] = {}
    for patient in sorted(readings):
        for kind, reference in _links(readings[patient]):
            other = reference.removeprefix("Patient/")
            if kind == "replaced-by":
                replaced.setdefault(patient, other)
            elif kind == "replaces":
                replacing.setdefault(other, patient)
    return replacing | replaced


def _by_patient(rows: Any) -> dict[str, list[Reading]]:
    chosen = {(row.patient, row.version, row.content): row.payload for row in rows}
    readings: dict[str, list[Reading]] = defaultdict(list)
    for (patient, _, _), payload in chosen.items():
        readings[patient].append(READINGS.value(payload))
    return readings


def _links(readings: list[Reading]) -> list[tuple[str, str]]:
    facts = [fact for reading in settle(readings).current for fact in reading.facts]
    return [link for fact in facts if isinstance(fact, Demographics) for link in fact.links]
