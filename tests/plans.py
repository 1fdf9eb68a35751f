"""A treatment plan put down for the hospital, and the treatment record it comes from, all invented."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from fhir_adapter.domain.care_plan import CarePlanRule, FollowUpVisit
from fhir_adapter.domain.codes import Coding
from fhir_adapter.domain.dosing.plan_statement import PlanHeading, derive_plan_statement
from fhir_adapter.domain.dosing.records import (
    AdministeredDose,
    Dose,
    DosingRecord,
    DosingStatus,
    FeasibilityRecord,
    PlannedDose,
    TreatmentRecord,
)
from fhir_adapter.domain.outgoing import ActivityStatement, PlanStatement
from fhir_adapter.domain.protocol import Trial
from fhir_adapter.domain.records import Evidence
from fhir_adapter.domain.source import SubjectId, TrialId
from tests.courses import DAY_ZERO, SUBJECT, a_regimen
from tests.study import AS_OF, make_trial

PLANS = "https://trial.example/plans"
MRD = Coding("http://loinc.org", "11150-0", "Blasts in bone marrow")
RULE = CarePlanRule(
    system=PLANS,
    title="Treatment plan of the tiny trial",
    intent="plan",
    status={"on-study-intervention": "active", "off-study": "completed", "withdrawn": "revoked"},
    visits=(FollowUpVisit(day=30, title="Visit on day 30", observations=(MRD,), source="invented"),),
    last_day=730,
)
HEADING = PlanHeading(identifier=(PLANS, "S-1"), status="draft", patient="p1", study="ResearchStudy/1")
WEIGHT = Evidence(reference="Observation/p1-weight", version="1", last_updated=None, path="Observation.value")


def planned(item: str = "fludarabine", day: int = -14, **more: Any) -> PlannedDose:
    """20.8 mg of a drug at 40 mg/m2 for a child of 0.52 m2."""
    values: dict[str, Any] = {
        "item": item,
        "day": day,
        "date": None,
        "dose": Dose(Fraction(104, 5), "mg"),
        "calculation": "40 mg/m2 x 0.52 m2 = 20.8 mg",
        "evidence": (WEIGHT,),
    }
    return PlannedDose(**(values | more))


def record_of(plan: PlannedDose | None = None, **more: Any) -> DosingRecord:
    """A dose that is not due yet."""
    dose = plan or planned()
    values: dict[str, Any] = {
        "item": dose.item,
        "title": dose.item.capitalize(),
        "kind": "drug",
        "day": dose.day,
        "date": None,
        "planned": dose,
        "administered": None,
        "status": DosingStatus.NOT_YET_DUE,
    }
    return DosingRecord(**(values | more))


def given(
    amount: Fraction = Fraction(104, 5), on: date | None = date(2026, 3, 11), **more: Any
) -> AdministeredDose:
    """The same dose as it was given."""
    values: dict[str, Any] = {
        "dose": Dose(amount, "mg"),
        "on": on,
        "parts": ("MedicationAdministration/p1-flu-1",),
    }
    return AdministeredDose(**(values | more))


def treatment_of(
    *records: DosingRecord,
    subject: SubjectId = SUBJECT,
    as_of: datetime = AS_OF,
    digest: str = "t1",
    **more: Any,
) -> TreatmentRecord:
    """A treatment record with these doses; without any, two days of one drug."""
    doses = records or (record_of(), record_of(planned(day=-13)))
    values: dict[str, Any] = {
        "subject": subject,
        "trial": TrialId("tiny"),
        "as_of": as_of,
        "day_zero": DAY_ZERO,
        "day_zero_source": "planned",
        "level": 1,
        "arm": "L1",
        "records": doses,
        "totals": (),
        "clearances": (),
        "feasibility": FeasibilityRecord(level=1, reached_level=None, infusions=()),
        "donor": (),
        "valid_until": None,
        "definitions_digest": "definitions-1",
        "evidence_digest": digest,
    }
    return TreatmentRecord(**(values | more))


def plan_of(treatment: TreatmentRecord, **heading: Any) -> PlanStatement:
    """The plan that follows from a record."""
    statement = derive_plan_statement(treatment, a_regimen(), RULE, replace(HEADING, **heading))
    assert statement is not None
    return statement


def activity_of(record: DosingRecord, **more: Any) -> ActivityStatement:
    """The activity that follows from one dose."""
    return plan_of(treatment_of(record, **more)).activities[0]


def planning_trial() -> Trial:
    """The tiny trial with a treatment plan that is written to the hospital."""
    return replace(make_trial(), regimen=a_regimen(), care_plan=RULE)
