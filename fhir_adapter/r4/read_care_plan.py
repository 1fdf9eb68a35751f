"""Our own FHIR R4 CarePlan, read back.

Knows: the elements we own. Does not know: what others added, which survives elsewhere. An activity without an id
is somebody else's and left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from fhir_adapter.domain.codes import Coding
from fhir_adapter.domain.outgoing import ActivityKind, ActivityStatement, ActivityStatus, PlanStatement
from fhir_adapter.domain.quantity import Quantity
from fhir_adapter.domain.source import Rejection, RejectionReason
from fhir_adapter.r4.plan_codes import CarePlanIntent, CarePlanStatus
from fhir_adapter.r4.read_own import RefusedError, check_own, own_identifier, own_reference

_TYPE = "CarePlan"
_STUDIES = ("ResearchStudy/", "ResearchStudy?identifier=", "urn:uuid:")
_C = TypeVar("_C", bound=StrEnum)


def read_care_plan(body: Mapping[str, Any], *, identifier_system: str) -> PlanStatement | Rejection:
    """Read what a CarePlan of ours says about a subject's treatment.

    Does not follow references, and does not judge whether the plan is right.

    Args:
        body: FHIR JSON as a server or folder holds it, numbers as Decimal.
        identifier_system: Our identifier system; identifiers of other systems are others' business.

    Returns:
        The statement, or why it cannot be understood, with the FHIRPath of the element.

    Source:
        http://hl7.org/fhir/R4/careplan.html
    """
    try:
        return _statement(body, identifier_system)
    except RefusedError as refused:
        return refused.rejection


def _statement(body: Mapping[str, Any], system: str) -> PlanStatement:
    check_own(body, _TYPE)
    first_day, last_day = _period(body.get("period"), f"{_TYPE}.period")
    studies = [each for each in _listed(body.get("supportingInfo")) if _refers_to_study(each)]
    patient = own_reference(body.get("subject"), ("Patient/",), f"{_TYPE}.subject")
    return PlanStatement(
        identifier=own_identifier(body, system, _TYPE),
        status=_code(CarePlanStatus, body.get("status"), f"{_TYPE}.status").value,
        intent=_code(CarePlanIntent, body.get("intent"), f"{_TYPE}.intent").value,
        title=_text(body.get("title"), f"{_TYPE}.title"),
        patient=patient.removeprefix("Patient/"),
        study=own_reference(studies[0] if studies else None, _STUDIES, f"{_TYPE}.supportingInfo"),
        first_day=first_day,
        last_day=last_day,
        activities=tuple(
            _activity(each, f"{_TYPE}.activity[{index}]")
            for index, each in enumerate(_listed(body.get("activity")))
            if "id" in each
        ),
        description=_perhaps(body.get("description"), f"{_TYPE}.description"),
    )


def _activity(body: Mapping[str, Any], path: str) -> ActivityStatement:
    detail, here = body.get("detail"), f"{path}.detail"
    if not isinstance(detail, Mapping):
        raise RefusedError(RejectionReason.INVALID_RESOURCE, here, "absent")
    code = detail.get("code")
    named = code if isinstance(code, Mapping) else {}
    first_day, last_day = _period(detail.get("scheduledPeriod"), f"{here}.scheduledPeriod")
    reason = detail.get("statusReason")
    return ActivityStatement(
        id=_text(body.get("id"), f"{path}.id"),
        kind=_code(ActivityKind, detail.get("kind"), f"{here}.kind"),
        title=_text(named.get("text"), f"{here}.code.text"),
        codings=tuple(_coding(each, f"{here}.code.coding") for each in _listed(named.get("coding"))),
        status=_code(ActivityStatus, detail.get("status"), f"{here}.status"),
        first_day=first_day,
        last_day=last_day,
        is_product="productCodeableConcept" in detail,
        quantity=_quantity(detail["quantity"], f"{here}.quantity") if "quantity" in detail else None,
        status_reason=_text(reason.get("text"), f"{here}.statusReason") if isinstance(reason, Mapping) else None,
        description=_perhaps(detail.get("description"), f"{here}.description"),
        fulfilled_by=tuple(
            own_reference(each, ("",), f"{path}.outcomeReference")
            for each in _listed(body.get("outcomeReference"))
        ),
    )


def _coding(body: Mapping[str, Any], path: str) -> Coding:
    return Coding(*(_perhaps(body.get(key), f"{path}.{key}") for key in ("system", "code", "display")))


def _quantity(body: Any, path: str) -> Quantity:
    value = body.get("value") if isinstance(body, Mapping) else None
    if isinstance(value, bool) or not isinstance(value, Decimal | int):
        raise RefusedError(RejectionReason.VALUE_ABSENT, path)
    return Quantity(Decimal(value), _perhaps(body.get("code"), f"{path}.code"))


def _listed(value: Any) -> list[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def _refers_to_study(holder: Mapping[str, Any]) -> bool:
    reference = holder.get("reference")
    return isinstance(reference, str) and reference.startswith(_STUDIES)


def _period(body: Any, path: str) -> tuple[date, date]:
    ends = [body.get(end) if isinstance(body, Mapping) else None for end in ("start", "end")]
    try:
        first_day, last_day = (date.fromisoformat(_text(end, path)) for end in ends)
    except ValueError:
        raise RefusedError(RejectionReason.INVALID_RESOURCE, path) from None
    return first_day, last_day


def _code(codes: type[_C], code: Any, path: str) -> _C:
    if not isinstance(code, str) or code not in list(codes):
        raise RefusedError(RejectionReason.UNKNOWN_STATUS, path)
    return codes(code)


def _text(text: Any, path: str) -> str:
    if not isinstance(text, str):
        raise RefusedError(RejectionReason.INVALID_RESOURCE, path)
    return text


def _perhaps(text: Any, path: str) -> str | None:
    return _text(text, path) if text is not None else None
