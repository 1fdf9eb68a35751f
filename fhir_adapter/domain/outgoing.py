"""What the adapter states at the hospital: one subject's participation, and why it was written.

Knows: the contents of our statements in trial words. Does not know: FHIR JSON, merging, delivery.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from fhir_adapter.domain.moments import FhirDateTime


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipationStatement:
    """One subject's participation in the trial (FHIR ResearchSubject).

    Attributes:
        identifier: (our system, subject id); the resource is found by it.
        status: One of the 13 R4 ResearchSubject status codes.
        patient: Logical id of the patient at this hospital.
        study: Reference to the ResearchStudy: literal, or conditional until the study is written.
        since: 0..1; start of participation.
        until: 0..1; end of participation.
        consent: 0..1; literal reference to the research consent.
        actual_arm: 0..1; the dose level the subject was assigned to.
    """

    identifier: tuple[str, str]
    status: str
    patient: str
    study: str
    since: FhirDateTime | None = None
    until: FhirDateTime | None = None
    consent: str | None = None
    actual_arm: str | None = None


class WriteActivity(StrEnum):
    """What a write did to its target; codes of HL7 v3 DataOperation.

    Source: http://terminology.hl7.org/CodeSystem/v3-DataOperation
    """

    CREATE = "CREATE"
    UPDATE = "UPDATE"


class AgentRole(StrEnum):
    """In which capacity somebody took part in a write.

    Source: http://terminology.hl7.org/CodeSystem/provenance-participant-type
    """

    ASSEMBLER = "assembler"
    AUTHOR = "author"
    VERIFIER = "verifier"


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteAgent:
    """The software or a person behind a write, known by identifier and display only."""

    role: AgentRole
    identifier: tuple[str, str]
    display: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceVersion:
    """One source a written resource rests on: literal reference and version as read."""

    reference: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteProvenance:
    """Who wrote which version of our resource, when, and from which sources (FHIR Provenance).

    Attributes:
        intent: Digest of the write intent; the Provenance is found by it.
        target: Literal reference of the resource written.
        target_version: 0..1; the version the write made.
        recorded: When the write was made, aware.
        agents: 1..*.
        sources: 0..*; every resource version the statement rests on.
    """

    intent: str
    target: str
    target_version: str | None
    recorded: datetime
    activity: WriteActivity
    agents: tuple[WriteAgent, ...]
    sources: tuple[SourceVersion, ...] = ()
