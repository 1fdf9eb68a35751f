"""A place to write to in memory behind the HospitalSink port.

Kept honest by tests/contract/test_hospital_sink.py.
"""

from __future__ import annotations

import copy
from typing import Any

from fhir_adapter.domain.writeback import Body
from fhir_adapter.errors import AdapterError, ConflictError
from fhir_adapter.ports.sink import StoredResource
from fhir_adapter.ports.source import SourceDescription


class MemorySink:
    """Keeps resources by (type, id); refuses a stale version.

    `faults` holds errors raised by the next writes; with `lost` the write is done before the error is raised.
    """

    def __init__(self) -> None:
        self.held: dict[tuple[str, str], dict[str, Any]] = {}
        self.writes: list[str] = []
        self.faults: list[AdapterError] = []
        self.lost = False

    def describe(self) -> SourceDescription:
        return SourceDescription(kind="memory", place="memory", fhir_version="4.0.1")

    def find(self, resource_type: str, identifier: tuple[str, str]) -> tuple[StoredResource, ...]:
        return tuple(
            _stored(body)
            for (kind, _), body in self.held.items()
            if kind == resource_type and identifier in _identifiers(body)
        )

    def read(self, resource_type: str, resource_id: str) -> StoredResource | None:
        body = self.held.get((resource_type, resource_id))
        return _stored(body) if body is not None else None

    def create(self, body: Body, identifier: tuple[str, str]) -> StoredResource:
        resource_type = str(body["resourceType"])
        found = self.find(resource_type, identifier)
        if len(found) > 1:
            raise ConflictError(action=f"create {resource_type}", status=412)
        if found:
            return found[0]
        return self._write(f"create {resource_type}", {**body, "id": f"memory-{len(self.held) + 1}"}, 1)

    def update(self, resource_id: str, body: Body, stored: StoredResource) -> StoredResource:
        resource_type = str(body["resourceType"])
        current = self.read(resource_type, resource_id)
        if current is None or current.version != stored.version:
            raise ConflictError(action=f"update {resource_type}", status=412)
        return self._write(f"update {resource_type}", {**body, "id": resource_id}, int(current.version or 0) + 1)

    def edit(self, resource_type: str, resource_id: str, **elements: Any) -> None:
        """Change a resource as somebody at the hospital would."""
        body = self.held[resource_type, resource_id]
        version = str(int(body["meta"]["versionId"]) + 1)
        self.held[resource_type, resource_id] = {
            **body,
            **elements,
            "meta": {**body["meta"], "versionId": version},
        }

    def _write(self, action: str, body: dict[str, Any], version: int) -> StoredResource:
        fault = self.faults.pop(0) if self.faults else None
        if fault is not None and not self.lost:
            raise fault
        kept = copy.deepcopy({**body, "meta": {**body.get("meta", {}), "versionId": str(version)}})
        self.held[str(body["resourceType"]), str(body["id"])] = kept
        self.writes.append(action)
        if fault is not None:
            raise fault
        return _stored(kept)


def _identifiers(body: dict[str, Any]) -> list[tuple[str, str]]:
    tags = [(tag["system"], tag["code"]) for tag in body.get("meta", {}).get("tag", [])]
    identifiers = body.get("identifier", [])
    listed = [identifiers] if isinstance(identifiers, dict) else identifiers  # AdverseEvent has one
    return [*tags, *((entry["system"], entry["value"]) for entry in listed)]


def _stored(body: dict[str, Any]) -> StoredResource:
    version = body["meta"]["versionId"]
    return StoredResource(
        resource_type=body["resourceType"],
        id=body["id"],
        version=version,
        etag=f'W/"{version}"',
        body=copy.deepcopy(body),
    )
