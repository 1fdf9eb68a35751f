from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from fhir_adapter.domain.dosing.deviating import ASKED_ABOUT, Deviating, find_deviating
from fhir_adapter.domain.dosing.records import (
    AdministeredDose,
    Clearance,
    Deviation,
    Dose,
    DosingRecord,
    TreatmentRecord,
)
from fhir_adapter.domain.records import Verdict
from tests.courses import a_regimen
from tests.stored_treatment import clearance, dosing_record, treatment, unknown_dose

REGIMEN = a_regimen()
HELD = clearance()
"""Infusion 1 failed N1."""


def found(*records: DosingRecord, **more: Any) -> list[Deviating]:
    return list(find_deviating(treatment(records=records, **more), REGIMEN))


def one(deviation: Deviation = Deviation.NEEDS_DECISION, **more: Any) -> Deviating:
    (deviating,) = found(dosing_record(deviations=(deviation,), **more))
    return deviating


@pytest.mark.parametrize("deviation", list(Deviation))
def test_only_what_a_person_must_look_at_is_asked_about(deviation: Deviation) -> None:
    asked = {
        "UNIT_SUSPECT",
        "NEEDS_DECISION",
        "DUPLICATE",
        "EXCLUSIVE_CONFLICT",
        "LEVEL_MISMATCH",
        "DONOR_MISMATCH",
        "INFUSED_ON_HOLD",
    }
    assert (deviation in ASKED_ABOUT) == (deviation.value in asked)
    assert bool(found(dosing_record(deviations=(deviation,)))) == (deviation.value in asked)


def test_a_dose_without_deviation_asks_nobody() -> None:
    assert found(dosing_record(deviations=()), unknown_dose()) == []


def test_one_question_names_all_of_a_doses_deviations_that_are_asked_about() -> None:
    deviations = (Deviation.LEVEL_MISMATCH, Deviation.DOSE_LOW, Deviation.NEEDS_DECISION)
    (deviating,) = found(dosing_record(deviations=deviations))
    assert deviating.asked == "NEEDS_DECISION LEVEL_MISMATCH"
    assert deviating.details == {
        "item": "nk-infusion-1",
        "day": "-7",
        "parts": "MedicationAdministration/nk1",
    }


def test_an_infusion_on_hold_names_the_criteria_that_held_it_up() -> None:
    other = clearance(infusion=2)
    cleared = clearance(verdict=Clearance.UNKNOWN)
    passed = replace(HELD.criteria[0], id="N4", verdict=Verdict.PASS)
    held = replace(HELD, criteria=(*HELD.criteria, passed))
    record = dosing_record(deviations=(Deviation.INFUSED_ON_HOLD,))
    (deviating,) = found(record, clearances=(other, cleared, held))
    assert deviating.details["criteria"] == "N1"


def test_another_deviation_of_a_held_infusion_names_no_criteria() -> None:
    assert "criteria" not in one(Deviation.LEVEL_MISMATCH).details


def test_without_a_plan_the_criteria_are_not_known() -> None:
    record = treatment(records=(dosing_record(deviations=(Deviation.INFUSED_ON_HOLD,)),))
    (deviating,) = find_deviating(record, None)
    assert "criteria" not in deviating.details


def test_what_was_not_planned_and_not_dated_is_asked_about_too() -> None:
    record = dosing_record(
        planned=None, administered=None, day=None, deviations=(Deviation.DUPLICATE,), item="fludarabine"
    )
    assert [each.details for each in found(record)] == [{"item": "fludarabine"}]


GIVEN = dosing_record().administered or AdministeredDose()
PLANNED = dosing_record().planned


@pytest.mark.parametrize(
    "change",
    [
        {"item": "nk-infusion-2"},
        {"day": -6},
        {"administered": replace(GIVEN, dose=Dose(Fraction(41), "10*6"))},
        {"administered": replace(GIVEN, per_kg=None)},
        {"administered": replace(GIVEN, started="2026-03-04T11:00:01+01:00")},
        {"administered": replace(GIVEN, parts=("MedicationAdministration/nk2",))},
        {"administered": replace(GIVEN, matched_level=1)},
        {"administered": None},
        {"planned": None},
    ],
)
def test_what_says_something_else_is_another_question(change: dict[str, Any]) -> None:
    assert one().digest != one(**change).digest
    assert one().digest != one(Deviation.LEVEL_MISMATCH).digest


@pytest.mark.parametrize(
    "change",
    [
        {"notes": ("another note",)},
        {"evidence": ()},
        {"date": date(2026, 3, 5)},
        {"title": "NK"},
    ],
)
def test_a_new_version_that_says_the_same_is_the_same_question(change: dict[str, Any]) -> None:
    assert one().digest == one(**change).digest


def test_the_order_of_parts_does_not_matter() -> None:
    parts = ("MedicationAdministration/a", "MedicationAdministration/b")
    there, back = (one(administered=replace(GIVEN, parts=each)).digest for each in (parts, tuple(reversed(parts))))
    assert there == back


def test_criteria_that_failed_later_are_another_question() -> None:
    record = dosing_record(deviations=(Deviation.INFUSED_ON_HOLD,))

    def digest(*failing: str) -> str:
        criteria = tuple(replace(HELD.criteria[0], id=name) for name in failing)
        held: TreatmentRecord = treatment(records=(record,), clearances=(clearance(criteria=criteria),))
        return next(find_deviating(held, REGIMEN)).digest

    assert digest("N1") != digest("N1", "N4")
