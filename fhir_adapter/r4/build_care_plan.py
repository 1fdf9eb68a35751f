"""One subject's treatment plan as FHIR R4 CarePlan.

Knows: the elements of CarePlan we own. Does not know: how doses are reckoned, who may be written, merging.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from fhir_adapter.domain.codes import Coding
from fhir_adapter.domain.outgoing import ActivityStatement, PlanStatement
from fhir_adapter.domain.quantity import Quantity
from fhir_adapter.errors import InvariantError
from fhir_adapter.r4.outgoing import validate_outgoing
from fhir_adapter.r4.outgoing_reference import is_logical_id, literal_reference
from fhir_adapter.r4.plan_codes import CarePlanActivityStatus

UCUM = "http://unitsofmeasure.org"
NO_LONGER_PLANNED = "no longer planned"


def build_care_plan(plan: PlanStatement) -> dict[str, Any]:
    """Write one subject's plan down with the elements we own.

    Does not refer to orders: an activity carries its detail, and the administrations that fulfilled it as
    outcome (R4 allows either `detail` or `reference`).

    Args:
        plan: What should stand at the hospital.

    Returns:
        FHIR JSON to be sent as it is; the study stands in `supportingInfo`.

    Raises:
        InvariantError: A status, intent or kind is not an R4 code, two activities share an id, or an id or
            reference is malformed.

    Source:
        http://hl7.org/fhir/R4/careplan.html, constraint cpl-3; clinical rules H.3.

    >>> plan = PlanStatement(
    ...     identifier=("https://example.org/plans", "S-7"), status="draft", intent="plan", title="Treatment",
    ...     patient="12", study="ResearchStudy/3", first_day=date(2026, 3, 11), last_day=date(2028, 3, 24),
    ...     activities=())
    >>> build_care_plan(plan)["supportingInfo"]
    [{'reference': 'ResearchStudy/3'}]
    """
    if not is_logical_id(plan.patient):
        raise InvariantError("the patient of an outgoing CarePlan has no FHIR id")
    if not plan.study.startswith("ResearchStudy?identifier="):
        literal_reference(plan.study, resource_type="ResearchStudy")
    ids = [activity.id for activity in plan.activities]
    if len(set(ids)) != len(ids):
        raise InvariantError("two activities of an outgoing CarePlan share an id")
    system, value = plan.identifier
    body: dict[str, Any] = {
        "resourceType": "CarePlan",
        "identifier": [{"system": system, "value": value}],
        "status": plan.status,
        "intent": plan.intent,
        "title": plan.title,
    }
    if plan.description is not None:
        body["description"] = plan.description
    body["subject"] = {"reference": f"Patient/{plan.patient}"}
    body["period"] = _period(plan.first_day, plan.last_day)
    body["supportingInfo"] = [{"reference": plan.study}]
    if plan.activities:
        body["activity"] = [_activity(activity) for activity in plan.activities]
    validate_outgoing(body)
    return body


def keep_unplanned(body: Mapping[str, Any], last: Mapping[str, Any], given_up: frozenset[str]) -> dict[str, Any]:
    """Keep activities that stand at the hospital and are planned no more, as cancelled: nothing vanishes there.

    Args:
        body: The plan as built now.
        last: The plan as last delivered.
        given_up: 0..*; ids of activities that somebody at the hospital changed or removed: theirs from then on.

    Returns:
        The plan with those activities after the planned ones, each `cancelled` and saying why.

    Raises:
        InvariantError: The result is not FHIR R4.

    Source:
        http://hl7.org/fhir/R4/valueset-care-plan-activity-status.html; design contracts, Writing.
    """
    planned = list(body.get("activity", ()))
    ids = {activity["id"] for activity in planned}
    gone = [each for each in last.get("activity", ()) if each["id"] not in ids | given_up]
    if not gone:
        return dict(body)
    whole = {**body, "activity": [*planned, *map(_cancelled, gone)]}
    validate_outgoing(whole)
    return whole


def restate_plan(last: Mapping[str, Any], status: str) -> dict[str, Any]:
    """Say of a plan as it was last delivered that it stands otherwise now.

    Args:
        last: The plan as last delivered.
        status: Its status now.

    Returns:
        The same plan with the new status.

    Raises:
        InvariantError: The status is not an R4 code.
    """
    body = {**last, "status": status}
    validate_outgoing(body)
    return body


def _cancelled(activity: Mapping[str, Any]) -> dict[str, Any]:
    status = {"status": CarePlanActivityStatus.CANCELLED.value, "statusReason": {"text": NO_LONGER_PLANNED}}
    return {**activity, "detail": {**activity["detail"], **status}}


def _activity(activity: ActivityStatement) -> dict[str, Any]:
    body: dict[str, Any] = {"id": activity.id}
    if activity.fulfilled_by:
        body["outcomeReference"] = [{"reference": literal_reference(each)} for each in activity.fulfilled_by]
    body["detail"] = dict(_detail(activity))
    return body


def _detail(activity: ActivityStatement) -> Iterator[tuple[str, Any]]:
    named = _concept(activity.title, activity.codings)
    yield "kind", activity.kind.value
    yield "code", named
    yield "status", activity.status.value
    if activity.status_reason is not None:
        yield "statusReason", {"text": activity.status_reason}
    yield "scheduledPeriod", _period(activity.first_day, activity.last_day)
    if activity.is_product:
        yield "productCodeableConcept", named
    if activity.quantity is not None:
        yield "quantity", _quantity(activity.quantity)
    if activity.description is not None:
        yield "description", activity.description


def _concept(title: str, codings: tuple[Coding, ...]) -> dict[str, Any]:
    named = [{"system": coding.system, "code": coding.code, "display": coding.display} for coding in codings]
    coded = [{key: text for key, text in each.items() if text is not None} for each in named]
    return {**({"coding": coded} if coded else {}), "text": title}


def _quantity(quantity: Quantity) -> dict[str, Any]:
    return {"value": quantity.value, "unit": quantity.unit, "system": UCUM, "code": quantity.unit}


def _period(first: date, last: date) -> dict[str, str]:
    return {"start": first.isoformat(), "end": last.isoformat()}
