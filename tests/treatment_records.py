"""Treatment records written out by hand, as results show them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from fhir_adapter.domain.criterion import Kind, Mode
from fhir_adapter.domain.dosing.records import (
    AdministeredDose,
    Clearance,
    ClearanceRecord,
    CourseTotal,
    Deviation,
    DonorFact,
    Dose,
    DosingRecord,
    DosingStatus,
    FeasibilityRecord,
    InfusionFeasibility,
    PlannedDose,
    TreatmentRecord,
)
from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.records import Amount, CriterionResult, Evidence, Verdict
from fhir_adapter.domain.source import SubjectId, TrialId

ZONE = ZoneInfo("Europe/Berlin")
DAY_ZERO = date(2026, 3, 25)
AS_OF = datetime(2026, 3, 27, 12, 0, tzinfo=ZONE)
WEIGHT = Evidence(
    reference="Observation/weight",
    version="1",
    last_updated=None,
    path="Observation.value",
    role="weight",
    reported=Amount("24.0", "kg"),
    effective="2026-03-10",
)


def mg(value: str) -> Dose:
    """Milligrams."""
    return Dose(Fraction(value), "mg")


def planned(item: str, day: int, dose: Dose | None, calculation: str = "", **more: Any) -> PlannedDose:
    """What is due of an item on a day."""
    due = DAY_ZERO + timedelta(days=day)
    return PlannedDose(**{
        "item": item, "day": day, "date": due, "dose": dose, "calculation": calculation, **more
    })  # fmt: skip


def dosing(item: str, day: int | None, status: str, **more: Any) -> DosingRecord:
    """One dose and what became of it; the title is the item's name."""
    return DosingRecord(**{
        "item": item,
        "title": item.capitalize(),
        "kind": "drug",
        "day": day,
        "date": DAY_ZERO + timedelta(days=day) if day is not None else None,
        "planned": None,
        "administered": None,
        "status": DosingStatus(status),
        **more,
    })


def treatment(*records: DosingRecord, **more: Any) -> TreatmentRecord:
    """One subject's treatment on day +2 at level 1, unless said otherwise."""
    return TreatmentRecord(**{
        "subject": SubjectId("S-1"),
        "trial": TrialId("t"),
        "as_of": AS_OF,
        "day_zero": DAY_ZERO,
        "day_zero_source": "graft",
        "level": 1,
        "arm": "L1",
        "records": records,
        "totals": (),
        "clearances": (),
        "feasibility": feasibility(1, True, True),
        "donor": (),
        "valid_until": None,
        "definitions_digest": "d" * 64,
        "evidence_digest": "e" * 64,
        **more,
    })


def feasibility(level: int | None, *given: bool | None) -> FeasibilityRecord:
    """A feasibility record whose infusions were given as said, in window and at the level where given."""
    infusions = tuple(
        InfusionFeasibility(infusion=number, given=each, in_window=each, reached_level=each)
        for number, each in enumerate(given, start=1)
    )
    reached = None if None in given else all(given)
    return FeasibilityRecord(level=level, reached_level=reached, infusions=infusions)


def clearance(infusion: int, verdict: str, **verdicts: str) -> ClearanceRecord:
    """A clearance whose criteria were judged as said."""
    return ClearanceRecord(
        subject=SubjectId("S-1"),
        infusion=infusion,
        as_of=AS_OF,
        verdict=Clearance(verdict),
        criteria=tuple(
            CriterionResult(
                id=name,
                kind=Kind.INCLUSION,
                mode=Mode.AUTO,
                verdict=Verdict(said),
                unknown_reason=UnknownReason.MISSING if said == "UNKNOWN" else None,
                next_fact="oxygen flow" if said == "UNKNOWN" else None,
                parts=(),
                evidence=(WEIGHT,),
            )
            for name, said in verdicts.items()
        ),
    )


def a_course() -> TreatmentRecord:
    """A course with one dose of every kind: as planned, low, a day late, not given, unknown, ahead, unplanned."""
    return treatment(
        dosing(
            "fludarabine",
            -14,
            "GIVEN",
            planned=planned(
                "fludarabine", -14, mg("20.8"), "40 mg/m2 x 0.52 m2 = 20.8 mg",
                evidence=(WEIGHT,), weight=Fraction(12),
            ),
            administered=AdministeredDose(
                dose=mg("20.8"), started="2026-03-11T10:00:00+01:00", on=date(2026, 3, 11), minutes=Fraction(60)
            ),
            difference=Fraction(0),
            day_offset=0,
        ),
        dosing(
            "fludarabine",
            -13,
            "PARTIAL",
            planned=planned("fludarabine", -13, mg("20.8"), "40 mg/m2 x 0.52 m2 = 20.8 mg", evidence=(WEIGHT,)),
            administered=AdministeredDose(dose=mg("10.4"), on=date(2026, 3, 12), minutes=Fraction(30)),
            difference=Fraction(-1, 2),
            day_offset=0,
            deviations=(Deviation.DOSE_LOW,),
            notes=("the infusion was stopped",),
        ),
        dosing(
            "nk-infusion-1",
            -12,
            "GIVEN",
            kind="cells",
            planned=planned(
                "nk-infusion-1", -12, Dose(Fraction(80), "10*6"), "2/3 of 10 10*6/kg x 12 kg = 80 10*6",
                per_kg=Dose(Fraction(20, 3), "10*6/kg"),
            ),
            administered=AdministeredDose(
                dose=Dose(Fraction(80), "10*6"), per_kg=Dose(Fraction(20, 3), "10*6/kg"),
                on=date(2026, 3, 14), matched_level=1, parts=("MedicationAdministration/nk-1",),
            ),
            difference=Fraction(0),
            day_offset=1,
            deviations=(Deviation.WRONG_DAY, Deviation.INFUSED_ON_HOLD),
        ),
        dosing(
            "tbi",
            -4,
            "UNKNOWN",
            kind="irradiation",
            planned=planned("tbi", -4, Dose(Fraction(12), "Gy"), "12 Gy", last_day=-2),
            administered=AdministeredDose(
                on=date(2026, 3, 21), reason=UnknownReason.MISSING, next_fact="the dose of the irradiation [Gy]"
            ),
            reason=UnknownReason.MISSING,
            next_fact="the dose of the irradiation [Gy]",
        ),
        dosing("graft", 0, "GIVEN", kind="graft", planned=planned("graft", 0, None),
               administered=AdministeredDose(on=DAY_ZERO)),
        dosing(
            "tocilizumab", -1, "NOT_GIVEN",
            planned=planned("tocilizumab", -1, mg("96"), "8 mg/kg x 12 kg = 96 mg"),
            status_reasons=("drug-not-available",),
        ),
        dosing(
            "abatacept", 7, "NOT_YET_DUE",
            planned=planned(
                "abatacept", 7, None, reason=UnknownReason.STALE, next_fact="body weight of the last 7 days"
            ),
        ),
        dosing("busulfan", 40, "GIVEN", administered=AdministeredDose(dose=mg("1")),
               deviations=(Deviation.UNPLANNED,)),
        totals=(
            CourseTotal(
                item="fludarabine", title="Fludarabine", per_basis="160 mg/m2", planned=mg("83.2"),
                administered=mg("31.2"), difference=None, is_complete=False,
            ),
        ),
        clearances=(clearance(1, "HOLD", N1="FAIL", N2="PASS", N4="UNKNOWN"),),
        donor=(
            DonorFact(id="sex", title="Sex", value="female"),
            DonorFact(id="cmv", title="CMV serology", value=None, reason=UnknownReason.MISSING),
        ),
    )  # fmt: skip
