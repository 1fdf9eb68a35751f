"""What a delivery did, or would have done.

Knows: counts and differences. Does not know: how resources are delivered.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from fhir_adapter.domain.source import SubjectId
from fhir_adapter.domain.writeback import ElementDifference, WriteIntent, WriteReceipt
from fhir_adapter.ports.sink import StoredResource
from fhir_adapter.sync.place import CONFLICTS, Outcome
from fhir_adapter.sync.provenance import PROVENANCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What one write would change in the elements we own."""

    subject: SubjectId | None
    resource_type: str
    resource_id: str | None
    elements: tuple[ElementDifference, ...]


@dataclass(slots=True)
class Delivered:
    """What one delivery did; Provenance is counted by itself.

    Attributes:
        for_review: Resources in which somebody else's edit stands against ours.
        conflicts: Resources that could not be written because of somebody else.
        dry_run: Resources that would have been looked at, had writing been allowed.
        differences: Of a dry run.
    """

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    conflicts: int = 0
    for_review: int = 0
    dry_run: int = 0
    provenance: int = 0
    differences: list[Difference] = field(default_factory=list)

    def as_dict(self) -> dict[str, int]:
        """Give the counts for reports."""
        return {
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "conflicts": self.conflicts,
            "for_review": self.for_review,
            "dry_run": self.dry_run,
        }

    def count(self, resource_type: str, outcome: Outcome) -> None:
        """Count one resource once."""
        if outcome in CONFLICTS:
            self.conflicts += 1
        elif resource_type == PROVENANCE:
            self.provenance += 1
        elif outcome is Outcome.CREATED:
            self.created += 1
        elif outcome is Outcome.UPDATED:
            self.updated += 1
        else:
            self.unchanged += 1


def receipt_of(intent: WriteIntent, stored: StoredResource, kept: tuple[str, ...]) -> WriteReceipt:
    """Note what the hospital holds after a delivery; the base of the next merge."""
    return WriteReceipt(
        intent=intent.id,
        subject=intent.subject,
        resource_type=intent.resource_type,
        identifier=intent.identifier,
        resource_id=stored.id,
        version=stored.version,
        etag=stored.etag,
        body=stored.body,
        owned=intent.body,
        kept=kept,
    )
