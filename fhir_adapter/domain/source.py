"""Where facts come from: ids, resource versions, what the reader refused, what was read completely.

Knows: identity of sources, closed reasons. Does not know: FHIR JSON, the facts themselves, the trial.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.moments import Effective, FhirDateTime

HospitalId = NewType("HospitalId", str)
TrialId = NewType("TrialId", str)
SubjectId = NewType("SubjectId", str)
PersonKey = NewType("PersonKey", int)
"""Surrogate key of one person at one hospital; facts and records carry nothing that identifies more."""


class RejectionReason(StrEnum):
    """Why a resource, or a part of one, gave no fact. A closed list."""

    UNMAPPED_CODE = "UNMAPPED_CODE"
    UNKNOWN_UNIT = "UNKNOWN_UNIT"
    MISSING_UNIT = "MISSING_UNIT"
    VALUE_ABSENT = "VALUE_ABSENT"
    UNSUPPORTED_VALUE = "UNSUPPORTED_VALUE"
    NAIVE_TIME = "NAIVE_TIME"
    INVALID_RESOURCE = "INVALID_RESOURCE"
    UNKNOWN_STATUS = "UNKNOWN_STATUS"
    MODIFIER_EXTENSION = "MODIFIER_EXTENSION"
    IMPLICIT_RULES = "IMPLICIT_RULES"
    WRONG_PATIENT = "WRONG_PATIENT"
    FUTURE_TIME = "FUTURE_TIME"


class Exclusion(StrEnum):
    """The named rule by which a resource was left out on purpose. A closed list."""

    TYPE_NOT_READ = "type-not-read"
    CODE_NOT_NEEDED = "code-not-needed"
    CODE_UNMATCHED = "code-unmatched"
    OTHER_PATIENT = "other-patient"
    RETRACTED = "retracted"
    DUPLICATE = "duplicate"
    CONSENT_WITHDRAWN = "consent-withdrawn"
    EVENT_POTENTIAL = "event-potential"


@dataclass(frozen=True, slots=True)
class ResourceVersion:
    """One version of one hospital resource.

    Attributes:
        hospital: The hospital's id in the definitions.
        type: FHIR resource type, or `Attestation` for statements made in the adapter.
        id: The resource's logical id.
        version: meta.versionId, else meta.lastUpdated, else `sha256:` and a digest of the content.
        last_updated: 0..1; meta.lastUpdated as written. The only thing versions are ordered by.
        content: Digest of the content, to tell a repeat from a second content under one version.
    """

    hospital: HospitalId
    type: str
    id: str
    version: str
    last_updated: FhirDateTime | None
    content: str

    @property
    def reference(self) -> str:
        """Literal reference, for example `Observation/123`."""
        return f"{self.type}/{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """Something the reader refused, with what it could still recognise.

    The recognised parts let an eligibility criterion say why it is UNKNOWN.

    Attributes:
        reason: Closed reason.
        path: FHIRPath of the offending element.
        detail: A closed word, never content (`masked`, `no-system`, `depth`); empty if none.
        concepts: 0..*; what it would have been about.
        category: 0..1; Observation category or resource type's own category.
        effective: 0..1; when it would have been true.
    """

    reason: RejectionReason
    path: str
    detail: str = ""
    concepts: tuple[ConceptId, ...] = ()
    category: str | None = None
    effective: Effective | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Completeness:
    """Receipt for one resource type of one patient: was everything read?

    Attributes:
        resource_type: FHIR type.
        complete: True only if the last page was reached and the query was honoured as asked.
        hidden: The server said, or a reading showed, that something is withheld.
        truncated: The server said that more may exist.
        rejected: How many resources of the type were rejected for this patient.
        run: The run that read it.
        read_at: When.
        query: Digest of what was asked.
    """

    resource_type: str
    complete: bool
    hidden: bool = False
    truncated: bool = False
    rejected: int = 0
    run: str = ""
    read_at: str = ""
    query: str = ""
