"""A treatment record with something in every field, synthetic, for storing and showing."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

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
from fhir_adapter.domain.records import Amount, Computation, CriterionResult, Evidence, Verdict
from tests.store_samples import NOON, SUBJECT, TRIAL

WEIGHT = Evidence(
    reference="Observation/w1",
    version="3",
    last_updated="2026-03-01T10:00:00+01:00",
    path="Observation.value",
    role="weight",
    reported=Amount("12000", "g"),
    standard=Amount("12", "kg"),
    effective="2026-02-28T08:15:00+01:00",
)
CELLS = Evidence(
    reference="MedicationAdministration/nk1", version="1", last_updated=None, path="MedicationAdministration"
)
DONOR = Evidence(
    reference="Patient/donor-77", version="1", last_updated=None, path="Patient.gender", reported=Amount("female")
)


def dosing_record(**given: Any) -> DosingRecord:
    """The first cell infusion of a child of 12 kg at level 1: 2/3 of 10 x 10*6/kg, of which half were given."""
    planned = PlannedDose(
        item="nk-infusion-1",
        day=-7,
        date=date(2026, 3, 4),
        dose=Dose(Fraction(80), "10*6"),
        per_kg=Dose(Fraction(20, 3), "10*6/kg"),
        calculation="2/3 x 10 10*6/kg x 12 kg = 80 10*6",
        computations=(
            Computation(
                formula="share of the level",
                source="protocol 6.2",
                inputs=(("weight", Amount("12", "kg")),),
                result=Amount("80", "10*6"),
            ),
        ),
        evidence=(WEIGHT,),
        weight=Fraction(12),
        expires=datetime(2026, 3, 5, 23, 0, tzinfo=UTC),
    )
    administered = AdministeredDose(
        dose=Dose(Fraction(40), "10*6"),
        per_kg=Dose(Fraction(10, 3), "10*6/kg"),
        started="2026-03-04T11:00:00+01:00",
        on=date(2026, 3, 4),
        minutes=Fraction(55, 2),
        routes=("intravenous",),
        parts=("MedicationAdministration/nk1",),
        matched_level=0,
    )
    values: dict[str, Any] = {
        "item": "nk-infusion-1",
        "title": "NK cells, first infusion",
        "kind": "cells",
        "day": -7,
        "date": date(2026, 3, 4),
        "planned": planned,
        "administered": administered,
        "status": DosingStatus.PARTIAL,
        "difference": Fraction(-1, 2),
        "day_offset": 0,
        "deviations": (Deviation.DOSE_LOW, Deviation.LEVEL_MISMATCH),
        "evidence": (CELLS, WEIGHT),
        "notes": ("route not stated",),
    }
    return DosingRecord(**(values | given))


def unknown_dose(**given: Any) -> DosingRecord:
    """A dose that depends on a choice nobody stated."""
    planned = PlannedDose(
        item="busulfan",
        day=-9,
        date=None,
        dose=None,
        reason=UnknownReason.NEEDS_ATTESTATION,
        next_fact="which conditioning was chosen",
        is_planned=None,
    )
    values: dict[str, Any] = {
        "item": "busulfan",
        "title": "Busulfan",
        "kind": "drug",
        "day": -9,
        "date": None,
        "planned": planned,
        "administered": None,
        "status": DosingStatus.UNKNOWN,
        "reason": UnknownReason.NEEDS_ATTESTATION,
        "next_fact": "which conditioning was chosen",
    }
    return DosingRecord(**(values | given))


def clearance(**given: Any) -> ClearanceRecord:
    """The first infusion was given although steroids were too high."""
    criterion = CriterionResult(
        id="N1",
        kind=Kind.INCLUSION,
        mode=Mode.AUTO,
        verdict=Verdict.FAIL,
        unknown_reason=None,
        next_fact=None,
        parts=(),
        evidence=(CELLS,),
    )
    values: dict[str, Any] = {
        "subject": SUBJECT,
        "infusion": 1,
        "as_of": datetime(2026, 3, 4, 10, 0, tzinfo=UTC),
        "verdict": Clearance.HOLD,
        "criteria": (criterion,),
        "is_retrospective": True,
    }
    return ClearanceRecord(**(values | given))


def treatment(as_of: datetime = NOON, *, digest: str = "t1", **given: Any) -> TreatmentRecord:
    """One subject's treatment."""
    total = CourseTotal(
        item="fludarabine",
        title="Fludarabine",
        per_basis="160 mg/m2",
        planned=Dose(Fraction(416, 5), "mg"),
        administered=None,
        difference=None,
        is_complete=False,
        reason=UnknownReason.NOT_YET_DUE,
    )
    infusion = InfusionFeasibility(infusion=1, given=True, in_window=True, reached_level=False, reason="too few")
    values: dict[str, Any] = {
        "subject": SUBJECT,
        "trial": TRIAL,
        "as_of": as_of,
        "day_zero": date(2026, 3, 11),
        "day_zero_source": "graft",
        "level": 1,
        "arm": "L1",
        "records": (dosing_record(), unknown_dose()),
        "totals": (total,),
        "clearances": (clearance(),),
        "feasibility": FeasibilityRecord(level=1, reached_level=None, infusions=(infusion,)),
        "donor": (DonorFact(id="sex", title="Sex of the donor", value="female", evidence=(DONOR,)),),
        "valid_until": datetime(2026, 3, 14, 23, 0, tzinfo=UTC),
        "definitions_digest": "d1",
        "evidence_digest": digest,
        "notes": ("re-planned: weight changed from 12 kg to 13.4 kg (+11.7 %)",),
        "evidence": (WEIGHT,),
    }
    return TreatmentRecord(**(values | given))
