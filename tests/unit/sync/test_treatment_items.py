"""What went wrong in treatment, and a first day that passed without a drug, are asked about by themselves."""

from __future__ import annotations

from datetime import date

import pytest

from fhir_adapter.domain.dosing.records import Deviation, DosingStatus
from fhir_adapter.domain.review import ItemKind
from fhir_adapter.sync.move import MoveRequest, run_move
from tests.study import IDS, patient
from tests.treated_ward import accepted, dose, fludarabine, state
from tests.ward import Ward

P1 = IDS.subject("p1")


def suspect(dose: str = "2080", version: str = "1") -> Ward:
    ward = accepted()
    ward.wait(hours=3)
    ward.give(fludarabine("p1", dose, version=version))
    ward.sync()
    return ward


def test_a_dose_a_hundred_times_off_its_plan_asks_an_investigator_and_is_on_the_trail() -> None:
    ward = suspect()
    assert Deviation.UNIT_SUSPECT in dose(ward).deviations
    item = ward.item(ItemKind.TREATMENT)
    assert item.asked == "UNIT_SUSPECT"
    assert item.details == {
        "item": "fludarabine",
        "day": "-14",
        "parts": "MedicationAdministration/p1-fludarabine-2026-03-11",
    }
    assert ward.deviations() == ["treatment departs from the plan"]


def test_the_question_about_a_dose_closes_by_itself_once_it_was_corrected() -> None:
    ward = suspect()
    ward.give(fludarabine("p1", version="2"))
    ward.sync()
    assert ward.items(ItemKind.TREATMENT) == []
    assert dose(ward).status is DosingStatus.GIVEN


def test_a_deviation_that_was_noted_is_not_asked_about_again_until_it_says_something_else() -> None:
    ward = suspect()
    item = ward.item(ItemKind.TREATMENT)
    ward.answer(item.id)
    assert ward.store.records.decisions(P1)[-1].seen == item.digest
    ward.derive(everyone=True)
    assert ward.items(ItemKind.TREATMENT) == []
    ward.give(fludarabine("p1", "2100", version="2"))
    ward.sync()
    assert ward.item(ItemKind.TREATMENT).digest != item.digest


def test_a_deviation_is_asked_about_after_participation_ended() -> None:
    ward = suspect()
    run_move(ward.desk, MoveRequest(subject="Patient/p1", to="not-registered", by="weber", reason="error"))
    assert [item.asked for item in ward.items(ItemKind.TREATMENT)] == ["UNIT_SUSPECT"]


@pytest.mark.parametrize("level", ["1", None], ids=["assigned", "not assigned"])
def test_a_first_day_that_passed_without_a_drug_asks_whether_the_plan_holds(level: str | None) -> None:
    ward = accepted(level=level)
    assert ward.row("p1").recheck_on == date(2026, 3, 12)
    ward.derive(everyone=True)
    assert ward.items(ItemKind.FIRST_DAY_PASSED) == [], "the day is not over"
    ward.wait(hours=15)
    ward.derive()
    item = ward.item(ItemKind.FIRST_DAY_PASSED)
    assert item.details == {"planned": "2026-03-11"}
    assert ward.row("p1").recheck_on == date(2028, 5, 1), "the birthday at which consent is renewed"


def test_the_question_about_the_first_day_closes_with_the_drug_or_a_later_plan() -> None:
    for repair in ("drug", "plan"):
        ward = accepted()
        ward.wait(days=1)
        ward.derive()
        assert ward.item(ItemKind.FIRST_DAY_PASSED).asked == "FIRST_DAY_PASSED"
        if repair == "drug":
            ward.give(fludarabine("p1"))
            ward.sync()
        else:
            state(ward, "p1", "planned-day-0", "2026-04-01")
            assert ward.row("p1").recheck_on == date(2026, 3, 19)
        assert ward.items(ItemKind.FIRST_DAY_PASSED) == []


def test_the_question_about_the_first_day_that_was_noted_comes_back_with_another_day() -> None:
    ward = accepted()
    ward.wait(days=1)
    ward.derive()
    ward.answer(ward.item(ItemKind.FIRST_DAY_PASSED).id, by="kurz")
    ward.wait(days=1)
    ward.derive(everyone=True)
    assert ward.items(ItemKind.FIRST_DAY_PASSED) == []
    state(ward, "p1", "planned-day-0", "2026-03-26")
    assert ward.item(ItemKind.FIRST_DAY_PASSED).details == {"planned": "2026-03-12"}


def test_nobody_is_asked_about_the_first_day_of_who_left_or_died() -> None:
    ward = accepted()
    run_move(ward.desk, MoveRequest(subject="Patient/p1", to="not-registered", by="weber", reason="moved away"))
    ward.wait(days=3)
    ward.derive(everyone=True)
    assert ward.items(ItemKind.FIRST_DAY_PASSED) == []
    ward = accepted()
    ward.give(patient("p1", version="2", deceasedBoolean=True))
    ward.wait(days=3)
    ward.sync()
    assert ward.items(ItemKind.FIRST_DAY_PASSED) == []
