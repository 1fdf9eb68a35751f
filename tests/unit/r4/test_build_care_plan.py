"""CarePlan: exactly the elements we own, and nothing FHIR R4 does not allow."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from fhir_adapter.domain.codes import Coding
from fhir_adapter.domain.dosing.records import DosingStatus
from fhir_adapter.domain.outgoing import ActivityKind, ActivityStatement, ActivityStatus, PlanStatement
from fhir_adapter.domain.quantity import Quantity
from fhir_adapter.domain.source import Rejection, RejectionReason
from fhir_adapter.errors import InvariantError
from fhir_adapter.r4.build_care_plan import build_care_plan, keep_unplanned, restate_plan
from fhir_adapter.r4.outgoing import validate_outgoing
from fhir_adapter.r4.outgoing_reference import conditional_reference
from fhir_adapter.r4.read_care_plan import read_care_plan
from tests.plans import given, plan_of, record_of, treatment_of

Json = dict[str, Any]
SYSTEM = "https://example.org/plans"
DOSE = ActivityStatement(
    id="fludarabine-m14",
    kind=ActivityKind.MEDICATION_REQUEST,
    title="Fludarabine",
    codings=(Coding("http://www.whocc.no/atc", "L01BB05", "fludarabine"),),
    status=ActivityStatus.COMPLETED,
    first_day=date(2026, 3, 11),
    last_day=date(2026, 3, 11),
    is_product=True,
    quantity=Quantity(Decimal("20.8"), "mg"),
    description="40 mg/m2 x 0.52 m2 = 20.8 mg.",
    fulfilled_by=("MedicationAdministration/f1",),
)
VISIT = ActivityStatement(
    id="visit-30",
    kind=ActivityKind.APPOINTMENT,
    title="Visit on day 30",
    codings=(),
    status=ActivityStatus.NOT_STARTED,
    first_day=date(2026, 4, 24),
    last_day=date(2026, 4, 24),
)
PLAN = PlanStatement(
    identifier=(SYSTEM, "S-1"),
    status="draft",
    intent="plan",
    title="Treatment plan",
    patient="p-1",
    study="ResearchStudy/st-1",
    first_day=date(2026, 3, 11),
    last_day=date(2028, 3, 24),
    activities=(DOSE, VISIT),
    description="Day 0 is planned for 2026-03-25.",
)
ATC = {"coding": [{"system": "http://www.whocc.no/atc", "code": "L01BB05", "display": "fludarabine"}]}


def test_a_plan_is_written_with_the_elements_we_own() -> None:
    assert build_care_plan(PLAN) == {
        "resourceType": "CarePlan",
        "identifier": [{"system": "https://example.org/plans", "value": "S-1"}],
        "status": "draft",
        "intent": "plan",
        "title": "Treatment plan",
        "description": "Day 0 is planned for 2026-03-25.",
        "subject": {"reference": "Patient/p-1"},
        "period": {"start": "2026-03-11", "end": "2028-03-24"},
        "supportingInfo": [{"reference": "ResearchStudy/st-1"}],
        "activity": [
            {
                "id": "fludarabine-m14",
                "outcomeReference": [{"reference": "MedicationAdministration/f1"}],
                "detail": {
                    "kind": "MedicationRequest",
                    "code": {**ATC, "text": "Fludarabine"},
                    "status": "completed",
                    "scheduledPeriod": {"start": "2026-03-11", "end": "2026-03-11"},
                    "productCodeableConcept": {**ATC, "text": "Fludarabine"},
                    "quantity": {
                        "value": Decimal("20.8"),
                        "unit": "mg",
                        "system": "http://unitsofmeasure.org",
                        "code": "mg",
                    },
                    "description": "40 mg/m2 x 0.52 m2 = 20.8 mg.",
                },
            },
            {
                "id": "visit-30",
                "detail": {
                    "kind": "Appointment",
                    "code": {"text": "Visit on day 30"},
                    "status": "not-started",
                    "scheduledPeriod": {"start": "2026-04-24", "end": "2026-04-24"},
                },
            },
        ],
    }


def test_a_reason_is_written_as_text() -> None:
    stopped = replace(VISIT, status=ActivityStatus.CANCELLED, status_reason="182856006")
    (activity,) = build_care_plan(replace(PLAN, activities=(stopped,)))["activity"]
    assert activity["detail"]["statusReason"] == {"text": "182856006"}


def test_a_plan_may_be_without_description_and_activities() -> None:
    body = build_care_plan(replace(PLAN, description=None, activities=()))
    assert set(body) == {
        "resourceType", "identifier", "status", "intent", "title", "subject", "period", "supportingInfo",
    }  # fmt: skip


def test_no_activity_has_both_detail_and_reference() -> None:
    assert all("reference" not in activity for activity in build_care_plan(PLAN)["activity"])


def test_a_conditional_study_reference_stands_until_the_study_has_an_id() -> None:
    study = conditional_reference("ResearchStudy", ("https://example.org/studies", "X1"))
    body = build_care_plan(replace(PLAN, study=study))
    assert body["supportingInfo"] == [
        {"reference": "ResearchStudy?identifier=https%3A%2F%2Fexample.org%2Fstudies%7CX1"}
    ]


@pytest.mark.parametrize("status", ["bogus", "cancelled", "stopped", "", "Draft"])
def test_a_status_outside_the_list_is_refused(status: str) -> None:
    with pytest.raises(InvariantError, match="CarePlan"):
        build_care_plan(replace(PLAN, status=status))


@pytest.mark.parametrize("intent", ["reflex-order", "bogus", ""])
def test_an_intent_outside_the_list_is_refused(intent: str) -> None:
    with pytest.raises(InvariantError, match="CarePlan"):
        build_care_plan(replace(PLAN, intent=intent))


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "Medication"},
        {"status": "active"},
        {"status": "planned"},
        {"scheduledPeriod": {"start": "soon"}},
        {"scheduledDate": "2026-03-11"},
    ],
)
def test_an_activity_that_is_not_r4_is_refused(change: Json) -> None:
    """The model library accepts any text as kind and status."""
    body = build_care_plan(replace(PLAN, activities=(VISIT,)))
    body["activity"][0]["detail"] |= change
    with pytest.raises(InvariantError, match=r"CarePlan\.activity"):
        validate_outgoing(body)


@pytest.mark.parametrize("patient", ["", "Patient/1", "a b", "x" * 65])
def test_a_patient_without_a_fhir_id_is_refused(patient: str) -> None:
    with pytest.raises(InvariantError, match="no FHIR id"):
        build_care_plan(replace(PLAN, patient=patient))


def test_references_of_another_shape_are_refused() -> None:
    with pytest.raises(InvariantError, match="literal ResearchStudy"):
        build_care_plan(replace(PLAN, study="Patient/1"))
    with pytest.raises(InvariantError, match="literal resource"):
        build_care_plan(replace(PLAN, activities=(replace(DOSE, fulfilled_by=("x",)),)))


def test_two_activities_with_one_id_are_refused() -> None:
    with pytest.raises(InvariantError, match="share an id"):
        build_care_plan(replace(PLAN, activities=(VISIT, VISIT)))


def test_an_activity_at_the_hospital_that_is_planned_no_more_stays_as_cancelled() -> None:
    last = build_care_plan(PLAN)
    now = build_care_plan(replace(PLAN, activities=(VISIT,)))
    visit, gone = keep_unplanned(now, last, frozenset())["activity"]
    assert visit == now["activity"][0]
    assert gone["id"] == "fludarabine-m14"
    assert (gone["detail"]["status"], gone["detail"]["statusReason"]) == (
        "cancelled",
        {"text": "no longer planned"},
    )
    assert gone["detail"]["quantity"] == last["activity"][0]["detail"]["quantity"]


def test_a_cancelled_activity_stays_the_same_until_it_is_planned_again() -> None:
    now = build_care_plan(replace(PLAN, activities=(VISIT,)))
    once = keep_unplanned(now, build_care_plan(PLAN), frozenset())
    assert keep_unplanned(now, once, frozenset()) == once
    assert keep_unplanned(build_care_plan(PLAN), once, frozenset()) == build_care_plan(PLAN)


def test_an_activity_somebody_made_theirs_is_not_kept_for_them() -> None:
    now = build_care_plan(replace(PLAN, activities=(VISIT,)))
    assert keep_unplanned(now, build_care_plan(PLAN), frozenset({"fludarabine-m14"})) == now


def test_a_plan_is_restated_with_another_status_only() -> None:
    body = build_care_plan(PLAN)
    assert restate_plan(body, "revoked") == {**body, "status": "revoked"}
    with pytest.raises(InvariantError):
        restate_plan(body, "cancelled")


@pytest.mark.parametrize("activities", [(), (DOSE,), (VISIT,), (DOSE, VISIT)])
def test_what_is_built_is_read_back_unchanged(activities: tuple[ActivityStatement, ...]) -> None:
    plan = replace(PLAN, activities=activities)
    assert read_care_plan(build_care_plan(plan), identifier_system=SYSTEM) == plan


def test_a_plan_that_follows_from_a_record_is_read_back_unchanged() -> None:
    plan = plan_of(
        treatment_of(record_of(status=DosingStatus.GIVEN, administered=given(), difference=Fraction(0)))
    )
    assert read_care_plan(build_care_plan(plan), identifier_system=plan.identifier[0]) == plan


def test_what_others_added_is_not_ours_to_read() -> None:
    body = build_care_plan(PLAN)
    body["identifier"] = [{"system": "https://h.example/ids", "value": "9"}, *body["identifier"]]
    body["supportingInfo"] = [{"reference": "Consent/1"}, {"display": "x"}, *body["supportingInfo"]]
    body["activity"] = [{"reference": {"reference": "Task/1"}}, *body["activity"]]
    body |= {"id": "7", "meta": {"versionId": "3"}, "note": [{"text": "seen"}]}
    assert read_care_plan(body, identifier_system=SYSTEM) == PLAN


def _changed(path: str, value: Any) -> Json:
    """The plan with one element changed, `activity.` being the first activity's."""
    body = build_care_plan(PLAN)
    target: Any = body
    *steps, last = path.split(".")
    for step in steps:
        target = target[0] if step == "0" else target[step]
    target[last] = value
    return body


@pytest.mark.parametrize(
    ("path", "value", "reason", "found"),
    [
        ("resourceType", "Patient", RejectionReason.INVALID_RESOURCE, "CarePlan"),
        ("implicitRules", "https://x", RejectionReason.IMPLICIT_RULES, "CarePlan.implicitRules"),
        ("modifierExtension", [{}], RejectionReason.MODIFIER_EXTENSION, "CarePlan.modifierExtension"),
        ("identifier", [], RejectionReason.INVALID_RESOURCE, "CarePlan.identifier"),
        ("status", "bogus", RejectionReason.UNKNOWN_STATUS, "CarePlan.status"),
        ("intent", 7, RejectionReason.UNKNOWN_STATUS, "CarePlan.intent"),
        ("title", 7, RejectionReason.INVALID_RESOURCE, "CarePlan.title"),
        ("description", 7, RejectionReason.INVALID_RESOURCE, "CarePlan.description"),
        ("subject", {"reference": "Group/1"}, RejectionReason.INVALID_RESOURCE, "CarePlan.subject"),
        ("period", None, RejectionReason.INVALID_RESOURCE, "CarePlan.period"),
        ("period", {"start": "2026-13-01", "end": "2026"}, RejectionReason.INVALID_RESOURCE, "CarePlan.period"),
        ("supportingInfo", "x", RejectionReason.INVALID_RESOURCE, "CarePlan.supportingInfo"),
        ("activity.0.id", 7, RejectionReason.INVALID_RESOURCE, "CarePlan.activity[0].id"),
        ("activity.0.detail", None, RejectionReason.INVALID_RESOURCE, "CarePlan.activity[0].detail"),
        ("activity.0.detail.kind", "Task", RejectionReason.UNKNOWN_STATUS, "CarePlan.activity[0].detail.kind"),
        ("activity.0.detail.code", 7, RejectionReason.INVALID_RESOURCE, "CarePlan.activity[0].detail.code.text"),
        ("activity.0.detail.quantity", {}, RejectionReason.VALUE_ABSENT, "CarePlan.activity[0].detail.quantity"),
        (
            "activity.0.detail.quantity",
            {"value": True},
            RejectionReason.VALUE_ABSENT,
            "CarePlan.activity[0].detail.quantity",
        ),
        (
            "activity.0.outcomeReference",
            [{"display": "x"}],
            RejectionReason.INVALID_RESOURCE,
            "CarePlan.activity[0].outcomeReference",
        ),
    ],
)
def test_a_plan_we_cannot_understand_is_rejected_with_reason_and_path(
    path: str, value: Any, reason: RejectionReason, found: str
) -> None:
    read = read_care_plan(_changed(path, value), identifier_system=SYSTEM)
    assert isinstance(read, Rejection)
    assert (read.reason, read.path) == (reason, found)
