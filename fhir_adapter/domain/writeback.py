"""What should stand at the hospital, and how it differs from what stands there.

Knows: the elements we own, three-way merge, intents. Does not know: FHIR JSON building, HTTP.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from fhir_adapter.domain.source import SubjectId

Body = Mapping[str, Any]


class IntentState(StrEnum):
    """Where a write intent stands."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FOR_REVIEW = "for-review"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteIntent:
    """One resource that should stand at the hospital.

    Attributes:
        id: Digest of subject, resource type, identifier and body: equal intents are one intent.
        subject: 0..1; None for the study itself.
        resource_type: `ResearchStudy`, `ResearchSubject`, `Provenance`, later `CarePlan`.
        identifier: (system, value) our resource is found by.
        body: The elements we own, as FHIR JSON.
        record: 0..1; evidence digest of the record it was planned from.
        depends_on: 0..*; intents to be delivered first (a ResearchSubject needs its ResearchStudy).
        by: 0..1; id of the person whose decision it carries out; None = an automatic rule.
        override: 0..*; elements in which a person decided that ours replace somebody else's edit.
    """

    id: str
    subject: SubjectId | None
    resource_type: str
    identifier: tuple[str, str]
    body: Body
    record: str | None = None
    depends_on: tuple[str, ...] = ()
    by: str | None = None
    override: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteReceipt:
    """What the hospital stored after our last write.

    Attributes:
        version: 0..1; versionId as the server gave it.
        etag: 0..1; header as the server gave it.
        body: The resource as the server stored it: the base of the next three-way merge.
        owned: The body of the intent that was delivered.
        kept: 0..*; elements of ours in which somebody else's edit was left standing.
    """

    intent: str
    subject: SubjectId | None
    resource_type: str
    identifier: tuple[str, str]
    resource_id: str
    version: str | None
    etag: str | None
    body: Body
    owned: Body
    kept: tuple[str, ...] = ()
