"""Required status codes of the resources read here: what each state is called in FHIR R4.

Knows: the codes R4 allows. Does not know: what a rule makes of them. Copied from the R4 pages because the
model library accepts any string.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final, TypeVar

from fhir_adapter.r4.bindings import parse_binding
from fhir_adapter.r4.wire import CodeableConcept

E = TypeVar("E", bound=StrEnum)

CONDITION_CLINICAL_SYSTEM: Final = "http://terminology.hl7.org/CodeSystem/condition-clinical"
CONDITION_VERIFICATION_SYSTEM: Final = "http://terminology.hl7.org/CodeSystem/condition-ver-status"


class MedicationAdministrationStatus(StrEnum):
    """Where an administration stands.

    Source: http://hl7.org/fhir/R4/valueset-medication-admin-status.html
    """

    IN_PROGRESS = "in-progress"
    NOT_DONE = "not-done"
    ON_HOLD = "on-hold"
    COMPLETED = "completed"
    ENTERED_IN_ERROR = "entered-in-error"
    STOPPED = "stopped"
    UNKNOWN = "unknown"


class MedicationStatus(StrEnum):
    """Whether a medication's record is in use.

    Source: http://hl7.org/fhir/R4/valueset-medication-status.html
    """

    ACTIVE = "active"
    INACTIVE = "inactive"
    ENTERED_IN_ERROR = "entered-in-error"


class EventStatus(StrEnum):
    """Where a procedure stands.

    Source: http://hl7.org/fhir/R4/valueset-event-status.html
    """

    PREPARATION = "preparation"
    IN_PROGRESS = "in-progress"
    NOT_DONE = "not-done"
    ON_HOLD = "on-hold"
    STOPPED = "stopped"
    COMPLETED = "completed"
    ENTERED_IN_ERROR = "entered-in-error"
    UNKNOWN = "unknown"


class ConditionClinical(StrEnum):
    """Whether a problem is there now.

    Source: http://hl7.org/fhir/R4/valueset-condition-clinical.html
    """

    ACTIVE = "active"
    RECURRENCE = "recurrence"
    RELAPSE = "relapse"
    INACTIVE = "inactive"
    REMISSION = "remission"
    RESOLVED = "resolved"


class ConditionVerification(StrEnum):
    """How certain a problem is.

    Source: http://hl7.org/fhir/R4/valueset-condition-ver-status.html
    """

    UNCONFIRMED = "unconfirmed"
    PROVISIONAL = "provisional"
    DIFFERENTIAL = "differential"
    CONFIRMED = "confirmed"
    REFUTED = "refuted"
    ENTERED_IN_ERROR = "entered-in-error"


class ConsentState(StrEnum):
    """Where a consent stands.

    Source: http://hl7.org/fhir/R4/valueset-consent-state-codes.html
    """

    DRAFT = "draft"
    PROPOSED = "proposed"
    ACTIVE = "active"
    REJECTED = "rejected"
    INACTIVE = "inactive"
    ENTERED_IN_ERROR = "entered-in-error"


class ConsentProvisionType(StrEnum):
    """What a provision of a consent says.

    Source: http://hl7.org/fhir/R4/valueset-consent-provision-type.html
    """

    DENY = "deny"
    PERMIT = "permit"


class QuestionnaireResponseStatus(StrEnum):
    """Where an answered questionnaire stands.

    Source: http://hl7.org/fhir/R4/valueset-questionnaire-answers-status.html
    """

    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"
    AMENDED = "amended"
    ENTERED_IN_ERROR = "entered-in-error"
    STOPPED = "stopped"


class GroupType(StrEnum):
    """What the members of a group are.

    Source: http://hl7.org/fhir/R4/valueset-group-type.html
    """

    PERSON = "person"
    ANIMAL = "animal"
    PRACTITIONER = "practitioner"
    DEVICE = "device"
    MEDICATION = "medication"
    SUBSTANCE = "substance"


def parse_coded(concept: CodeableConcept, system: str, codes: type[E]) -> E | None:
    """Give the one member a CodeableConcept names in FHIR's own system; None if none, several or an unknown one.

    Args:
        concept: Required-binding element; codings of other systems may stand beside FHIR's own.
        system: FHIR's system.
        codes: Its codes.

    Returns:
        The member.
    """
    named = set(_codes_of(concept, system))
    return parse_binding(codes, named.pop()) if len(named) == 1 else None


def _codes_of(concept: CodeableConcept, system: str) -> Iterable[str]:
    return (coding.code for coding in concept.coding if coding.system == system)
