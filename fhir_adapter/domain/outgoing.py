"""What the adapter states at the hospital: one subject's participation and plan, and why it was written.

Knows: the contents of our statements in trial words. Does not know: FHIR JSON, merging, delivery.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from fhir_adapter.domain.codes import Coding
from fhir_adapter.domain.moments import FhirDateTime
from fhir_adapter.domain.quantity import Quantity


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


class ActivityKind(StrEnum):
    """Which kind of request a planned activity would become; the three of R4's list that a trial's plan needs.

    Source: http://hl7.org/fhir/R4/valueset-care-plan-activity-kind.html
    """

    APPOINTMENT = "Appointment"
    MEDICATION_REQUEST = "MedicationRequest"
    SERVICE_REQUEST = "ServiceRequest"


class ActivityStatus(StrEnum):
    """Where a planned activity stands; the codes of R4's list that follow from a dosing record.

    Source: http://hl7.org/fhir/R4/valueset-care-plan-activity-status.html
    """

    NOT_STARTED = "not-started"
    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    STOPPED = "stopped"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityStatement:
    """One planned activity of a subject's plan (FHIR CarePlan.activity).

    Attributes:
        id: Stable inside the plan, for example `fludarabine-m14`; the activity is found by it.
        title: What is planned, in words.
        codings: 0..*; the same as codes.
        first_day: Calendar date at the hospital.
        last_day: Calendar date; the same for anything of one day.
        is_product: True where what is planned is given as a product.
        quantity: 0..1; planned amount, rounded for writing; None where it is not known or the plan states none.
        status_reason: 0..1; why it stands so.
        description: The calculation, what was given, deviations and what is missing, in plain words.
        fulfilled_by: 0..*; literal references of the administrations that count.
    """

    id: str
    kind: ActivityKind
    title: str
    codings: tuple[Coding, ...]
    status: ActivityStatus
    first_day: date
    last_day: date
    is_product: bool = False
    quantity: Quantity | None = None
    status_reason: str | None = None
    description: str | None = None
    fulfilled_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanStatement:
    """One subject's treatment plan (FHIR CarePlan).

    Attributes:
        identifier: (our system, subject id); the resource is found by it.
        status: R4 request status.
        intent: R4 care plan intent.
        patient: Logical id of the patient at this hospital.
        study: Reference to the ResearchStudy: literal, or conditional until the study is written.
        first_day: First day of treatment, calendar date at the hospital.
        last_day: Last day of follow-up.
        activities: 1..*; by day, then in the order of the protocol.
    """

    identifier: tuple[str, str]
    status: str
    intent: str
    title: str
    patient: str
    study: str
    first_day: date
    last_day: date
    activities: tuple[ActivityStatement, ...]
    description: str | None = None


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
