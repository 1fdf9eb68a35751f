"""FHIR Condition -> Diagnosis.

Knows: Condition's elements. Does not know: which problems matter to a trial.
"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import TypeVar

from msgspec import Raw

from fhir_adapter.domain.facts import Diagnosis, Reading
from fhir_adapter.domain.moments import Effective, FhirDateTime
from fhir_adapter.domain.source import Rejection, RejectionReason
from fhir_adapter.r4.admission import admit, end_without_code, leave_out, retract
from fhir_adapter.r4.coding import read_category, read_code
from fhir_adapter.r4.context import CodeReading
from fhir_adapter.r4.datetimes import is_future, read_time
from fhir_adapter.r4.event_time import TimeChoice, about_event, lies_ahead, read_event_time
from fhir_adapter.r4.received import Received
from fhir_adapter.r4.status_codes import (
    CONDITION_CLINICAL_SYSTEM,
    CONDITION_VERIFICATION_SYSTEM,
    ConditionClinical,
    ConditionVerification,
    parse_coded,
)
from fhir_adapter.r4.wire import ABSENT, CodeableConcept, Period, Resource

T = TypeVar("T")


class Condition(Resource, tag="Condition"):
    """Condition, as far as it is used."""

    subject: Raw = ABSENT
    clinical_status: CodeableConcept | None = None
    verification_status: CodeableConcept | None = None
    category: Raw = ABSENT
    code: Raw = ABSENT
    onset_date_time: str = ""
    onset_period: Period | None = None
    onset_string: str = ""
    onset_age: Raw = ABSENT
    onset_range: Raw = ABSENT
    abatement_date_time: str = ""
    abatement_period: Period | None = None
    abatement_string: str = ""
    abatement_age: Raw = ABSENT
    abatement_range: Raw = ABSENT
    recorded_date: str = ""


def read_condition(condition: Condition, received: Received) -> Reading:
    """Read a problem on the patient's list, refuted ones included: what is known not to be is known.

    An abatement in words or as an age still says that the problem ended. A time that cannot be used is
    rejected as a part; a problem that begins after the reading is refused whole.

    Args:
        condition: As received.
        received: The resource on its way.

    Returns:
        One Diagnosis, a retraction (verification status entered-in-error), an exclusion or a rejection.

    Source:
        http://hl7.org/fhir/R4/condition.html
    """
    verification = _verification(condition)
    if verification is ConditionVerification.ENTERED_IN_ERROR:
        return retract(condition.subject, received)
    code = read_code(condition.code, received.context)
    if code.excluded_by is not None:
        return leave_out(code.excluded_by, condition.subject, received)
    onset = read_event_time(_onset(condition), "Condition.onset", received.context)
    about = replace(about_event(code, onset), category=read_category(condition.category, received.context))
    patient = admit(condition, condition.subject, "subject", received, about)
    if isinstance(patient, Reading):
        return patient
    if code.meaning is None:
        return end_without_code(code, condition.code, "Condition.code", patient, received, about)
    for part in (_clinical(condition), verification, onset if lies_ahead(onset) else None):
        if isinstance(part, Rejection):
            return received.rejected(patient, about.claim(part))
    return _diagnose(condition, patient, code, onset, received)


def _diagnose(
    condition: Condition,
    patient: str,
    code: CodeReading,
    onset: Effective | Rejection | None,
    received: Received,
) -> Reading:
    parts: list[Rejection] = []
    abatement = read_event_time(_abatement(condition), "Condition.abatement", received.context, may_lie_ahead=True)
    diagnosis = Diagnosis(
        source=received.source,
        path="Condition.code",
        concepts=about_event(code, onset).concepts,
        codings=code.codings,
        clinical_status=_code(_clinical(condition)),
        verification_status=_code(_verification(condition)),
        onset=_usable(onset, parts),
        abatement=_usable(abatement, parts),
        recorded=_usable(_recorded(condition, received), parts),
        abated=bool(_abatement(condition).shapes),
    )
    return received.mapped(patient, (diagnosis,), tuple(parts))


def _clinical(condition: Condition) -> ConditionClinical | Rejection | None:
    if condition.clinical_status is None:
        return None
    status = parse_coded(condition.clinical_status, CONDITION_CLINICAL_SYSTEM, ConditionClinical)
    return status or Rejection(reason=RejectionReason.UNKNOWN_STATUS, path="Condition.clinicalStatus")


def _verification(condition: Condition) -> ConditionVerification | Rejection | None:
    if condition.verification_status is None:
        return None
    status = parse_coded(condition.verification_status, CONDITION_VERIFICATION_SYSTEM, ConditionVerification)
    return status or Rejection(reason=RejectionReason.UNKNOWN_STATUS, path="Condition.verificationStatus")


def _code(status: StrEnum | Rejection | None) -> str | None:
    return status.value if isinstance(status, StrEnum) else None


def _usable(value: T | Rejection | None, parts: list[Rejection]) -> T | None:
    if isinstance(value, Rejection):
        parts.append(value)
        return None
    return value


def _onset(condition: Condition) -> TimeChoice:
    return TimeChoice(
        condition.onset_date_time,
        condition.onset_period,
        (("string", condition.onset_string), ("Age", condition.onset_age), ("Range", condition.onset_range)),
    )


def _abatement(condition: Condition) -> TimeChoice:
    return TimeChoice(
        condition.abatement_date_time,
        condition.abatement_period,
        (
            ("string", condition.abatement_string),
            ("Age", condition.abatement_age),
            ("Range", condition.abatement_range),
        ),
    )


def _recorded(condition: Condition, received: Received) -> FhirDateTime | Rejection | None:
    if not condition.recorded_date:
        return None
    path = "Condition.recordedDate"
    recorded = read_time(condition.recorded_date, path, received.context)
    if isinstance(recorded, FhirDateTime) and is_future(Effective(recorded), received.context):
        return Rejection(reason=RejectionReason.FUTURE_TIME, path=path)
    return recorded
