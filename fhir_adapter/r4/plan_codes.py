"""Required code lists of CarePlan, the second resource we write about a subject.

Knows: the codes FHIR R4 allows. Does not know: which of them a trial uses. The lists are copied from the R4
pages because the model library accepts any string.
"""

from __future__ import annotations

from enum import StrEnum


class CarePlanStatus(StrEnum):
    """Whether a plan is being acted on.

    Source: http://hl7.org/fhir/R4/valueset-request-status.html
    """

    DRAFT = "draft"
    ACTIVE = "active"
    ON_HOLD = "on-hold"
    REVOKED = "revoked"
    COMPLETED = "completed"
    ENTERED_IN_ERROR = "entered-in-error"
    UNKNOWN = "unknown"


class CarePlanIntent(StrEnum):
    """How binding a plan is.

    Source: http://hl7.org/fhir/R4/valueset-care-plan-intent.html
    """

    PROPOSAL = "proposal"
    PLAN = "plan"
    ORDER = "order"
    OPTION = "option"


class CarePlanActivityKind(StrEnum):
    """Which kind of request an activity would become.

    Source: http://hl7.org/fhir/R4/valueset-care-plan-activity-kind.html
    """

    APPOINTMENT = "Appointment"
    COMMUNICATION_REQUEST = "CommunicationRequest"
    DEVICE_REQUEST = "DeviceRequest"
    MEDICATION_REQUEST = "MedicationRequest"
    NUTRITION_ORDER = "NutritionOrder"
    TASK = "Task"
    SERVICE_REQUEST = "ServiceRequest"
    VISION_PRESCRIPTION = "VisionPrescription"


class CarePlanActivityStatus(StrEnum):
    """Where an activity stands.

    Source: http://hl7.org/fhir/R4/valueset-care-plan-activity-status.html
    """

    NOT_STARTED = "not-started"
    SCHEDULED = "scheduled"
    IN_PROGRESS = "in-progress"
    ON_HOLD = "on-hold"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    STOPPED = "stopped"
    UNKNOWN = "unknown"
    ENTERED_IN_ERROR = "entered-in-error"
