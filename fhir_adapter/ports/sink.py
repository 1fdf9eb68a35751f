"""A place our resources are written to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from fhir_adapter.domain.writeback import Body
from fhir_adapter.ports.source import SourceDescription


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredResource:
    """A resource as the hospital holds it."""

    resource_type: str
    id: str
    version: str | None
    etag: str | None
    body: Body


class HospitalSink(Protocol):
    """A place our resources are written to. Nothing is ever deleted."""

    def describe(self) -> SourceDescription:
        """Say what this sink is."""
        ...

    def find(self, resource_type: str, identifier: tuple[str, str]) -> tuple[StoredResource, ...]:
        """Find our resource by identifier; several are a conflict for a person. Tags for Provenance."""
        ...

    def read(self, resource_type: str, resource_id: str) -> StoredResource | None:
        """Read one resource; None if it is gone."""
        ...

    def create(self, body: Body, identifier: tuple[str, str]) -> StoredResource:
        """Create unless a resource with this identifier (Provenance: tag) exists; gives the existing one then."""
        ...

    def update(self, resource_id: str, body: Body, stored: StoredResource) -> StoredResource:
        """Replace exactly the version last seen; raises ConflictError if it changed meanwhile."""
        ...
