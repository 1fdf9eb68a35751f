"""For whom and until when a dose is planned."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from fhir_adapter.domain.dosing.planned import plan_doses
from fhir_adapter.domain.dosing.records import Dose, PlannedDose
from fhir_adapter.domain.facts import Fact
from fhir_adapter.domain.queries import UnknownReason
from tests.builders import attestation
from tests.courses import a_course, a_regimen, height, stated, the_items, weight

CHILD = weight("12"), height("86")

CHOICES = {
    "treosulfan": [("treosulfan", -4), ("treosulfan", -3), ("treosulfan", -2)],
    "busulfan": [("busulfan", -4), ("busulfan", -3), ("busulfan", -2)],
    "tbi": [("tbi", -4)],
}


def planned(*facts: Fact, **more: Any) -> dict[Any, PlannedDose]:
    doses = plan_doses(a_course(*facts, **more), {})
    found = {(dose.item, dose.day): dose for dose in doses}
    assert len(found) == len(doses)
    return found


def dose(item: str, day: int, *facts: Fact, **more: Any) -> PlannedDose:
    return planned(*(facts or CHILD), **more)[item, day]


@pytest.mark.parametrize("choice", ["treosulfan", "busulfan", "tbi"])
def test_exactly_the_chosen_conditioning_is_planned(choice: str) -> None:
    doses = planned(*CHILD, said=stated(choice=choice))
    assert [each for each in doses if each[0] in CHOICES] == CHOICES[choice]
    first = doses[CHOICES[choice][0]]
    assert first.is_planned is True
    assert [each.note for each in first.evidence if each.role == "attestation"] == [
        "conditioning-choice, stated by dr-weber (trial)"
    ]


def test_an_unstated_choice_leaves_all_three_open() -> None:
    doses = planned(*CHILD, said=stated(choice=None))
    for key in (each for keys in CHOICES.values() for each in keys):
        found = doses[key]
        assert (found.is_planned, found.dose, found.calculation, found.computations) == (None, None, "", ())
        assert (found.reason, found.next_fact) == (
            UnknownReason.NEEDS_ATTESTATION,
            "statement of the conditioning choice",
        )
    assert doses["busulfan", -4].weight == Fraction(12)
    assert doses["treosulfan", -4].area is not None


def test_a_contradicted_choice_leaves_all_three_open() -> None:
    other = attestation("conditioning-choice", "tbi", by="dr-lang", at="2026-03-02T09:00")
    found = dose("treosulfan", -4, said=(*stated(), other))
    assert (found.is_planned, found.reason) == (None, UnknownReason.CONFLICTING)
    assert found.next_fact == "statement of the conditioning choice: the conflict settled by a person"
    assert len([each for each in found.evidence if each.role == "attestation"]) == 2


@pytest.mark.parametrize(("donor", "due"), [("haploidentical", True), ("matched-related", False)])
def test_day_28_is_due_only_with_a_haploidentical_donor(donor: str, due: bool) -> None:
    doses = planned(*CHILD, said=stated(donor=donor))
    assert (("abatacept", 28) in doses) is due
    assert doses["abatacept", 14].is_planned is True


def test_without_donor_type_day_28_is_open() -> None:
    doses = planned(*CHILD, said=stated(donor=None))
    assert (doses["abatacept", 28].is_planned, doses["abatacept", 28].next_fact) == (
        None,
        "statement of the donor type",
    )
    assert doses["abatacept", 14].dose == Dose(Fraction(120), "mg")


def test_nothing_is_planned_after_the_course_ends() -> None:
    doses = planned(*CHILD, ends=date(2026, 3, 21))
    assert max(day for _, day in doses) == -4
    assert ("fludarabine", -4) in doses
    assert ("treosulfan", -3) not in doses


def test_a_course_of_irradiation_ends_with_the_course() -> None:
    said = stated(choice="tbi")
    assert dose("tbi", -4, said=said, ends=date(2026, 3, 22)).last_day == -3
    assert dose("tbi", -4, said=said, ends=date(2026, 4, 22)).last_day == -2
    assert ("tbi", -4) not in planned(*CHILD, said=said, ends=date(2026, 3, 20))


def test_without_day_0_nothing_has_a_date_and_no_weight_is_chosen() -> None:
    doses = planned(*CHILD, day_zero=None)
    assert {each.date for each in doses.values()} == {None}
    found = doses["fludarabine", -14]
    assert (found.dose, found.reason) == (None, UnknownReason.NEEDS_ATTESTATION)
    assert found.next_fact == "planned date of the graft infusion (day 0)"


def test_without_day_0_nothing_is_planned_for_somebody_whose_course_ended() -> None:
    assert planned(*CHILD, day_zero=None, ends=date(2026, 3, 11)) == {}


def test_an_item_asks_for_every_statement_it_depends_on() -> None:
    both = replace(the_items()[8], only_if=the_items()[4].only_if)  # abatacept, only with treosulfan
    regimen = a_regimen(both)
    assert ("abatacept", 28) not in planned(*CHILD, regimen=regimen, said=stated(choice="tbi"))
    found = dose("abatacept", 28, regimen=regimen, said=stated(choice=None, donor=None))
    assert found.next_fact == "statement of the conditioning choice"
    assert dose("abatacept", 28, regimen=regimen).is_planned is True
