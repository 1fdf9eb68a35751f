"""Giving back what was refused.

Knows: where rejections of Patient and of other resources stand. Does not know: why they were refused.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, and_, exists, select

from fhir_adapter.domain.source import HospitalId, Rejection
from fhir_adapter.gateways.store.identity import READING
from fhir_adapter.gateways.store.schema import identity, rejection, resource_version
from fhir_adapter.gateways.store.stored_types import READINGS, REJECTIONS
from fhir_adapter.ports.rows import KeptRejection


def kept_rejections(connection: Connection, hospital: HospitalId, run: str | None) -> tuple[KeptRejection, ...]:
    """Give the rejections first recorded by one run, or those of each version's last reading.

    Args:
        connection: A reading transaction.
        hospital: The hospital.
        run: 0..1.

    Returns:
        Ordered by reference, path and reason.
    """
    kept = [*_of_versions(connection, hospital, run), *_of_patients(connection, hospital, run)]
    return tuple(sorted(kept, key=lambda entry: (entry.reference, entry.path, entry.reason, entry.run)))


def _of_versions(connection: Connection, hospital: HospitalId, run: str | None) -> list[KeptRejection]:
    table, later = resource_version.c, resource_version.alias("later").c
    query = (
        select(table.run, table.type, table.resource_id, table.origin, rejection.c.payload)
        .join(rejection, rejection.c.version_no == table.no)
        .where(table.hospital == hospital)
    )
    if run is not None:
        query = query.where(table.run == run)
    else:
        same = [
            getattr(later, name) == table[name]
            for name in ("hospital", "type", "resource_id", "version", "content")
        ]
        query = query.where(~exists().where(and_(*same, later.no > table.no)))
    return [
        _kept(row, row.type, f"{row.type}/{row.resource_id}", REJECTIONS.value(row.payload))
        for row in connection.execute(query)
    ]


def _of_patients(connection: Connection, hospital: HospitalId, run: str | None) -> list[KeptRejection]:
    table = identity.c
    query = select(identity).where(table.hospital == hospital, table.kind == READING).order_by(table.entry)
    chosen: dict[tuple[Any, ...], Any] = {}
    for row in connection.execute(query if run is None else query.where(table.run == run)):
        key = (row.patient, row.version, row.content)
        chosen[key if run is None else (*key, row.entry)] = row
    return [
        _kept(row, "Patient", f"Patient/{row.patient}", entry)
        for row in chosen.values()
        for entry in READINGS.value(row.payload).rejections
    ]


def _kept(row: Any, resource_type: str, reference: str, entry: Rejection) -> KeptRejection:
    return KeptRejection(
        run=row.run,
        resource_type=resource_type,
        reason=entry.reason.value,
        path=entry.path,
        detail=entry.detail,
        reference=reference,
        origin=row.origin,
    )
