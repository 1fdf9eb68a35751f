from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from fhir_adapter.domain.dosing.planned import plan_doses
from fhir_adapter.domain.dosing.records import Dose, PlannedDose
from fhir_adapter.domain.facts import Fact
from fhir_adapter.domain.queries import UnknownReason
from tests.builders import ZONE, attestation
from tests.courses import a_course, a_regimen, an_item, height, stated, weight

CHILD = weight("12"), height("86")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


def planned(
    *facts: Fact, given: dict[tuple[str, int], datetime] | None = None, **more: Any
) -> dict[Any, PlannedDose]:
    doses = plan_doses(a_course(*facts, **more), given or {})
    found = {(dose.item, dose.day): dose for dose in doses}
    assert len(found) == len(doses)
    return found


def dose(item: str, day: int, *facts: Fact, **more: Any) -> PlannedDose:
    return planned(*(facts or CHILD), **more)[item, day]


def test_every_row_of_the_plan_is_due_by_day_in_the_order_of_the_protocol() -> None:
    assert [(each.item, each.day, each.date) for each in plan_doses(a_course(*CHILD), {})] == [
        ("fludarabine", -14, date(2026, 3, 11)),
        ("thiotepa", -14, date(2026, 3, 11)),
        ("cyclophosphamide", -14, date(2026, 3, 11)),
        ("fludarabine", -13, date(2026, 3, 12)),
        ("thiotepa", -13, date(2026, 3, 12)),
        ("nk-infusion-1", -12, date(2026, 3, 13)),
        ("fludarabine", -4, date(2026, 3, 21)),
        ("treosulfan", -4, date(2026, 3, 21)),
        ("fludarabine", -3, date(2026, 3, 22)),
        ("treosulfan", -3, date(2026, 3, 22)),
        ("treosulfan", -2, date(2026, 3, 23)),
        ("tocilizumab", -1, date(2026, 3, 24)),
        ("abatacept", -1, date(2026, 3, 24)),
        ("graft", 0, date(2026, 3, 25)),
        ("nk-infusion-2", 5, date(2026, 3, 30)),  # the clocks changed on 29 March
        ("abatacept", 7, date(2026, 4, 1)),
        ("abatacept", 14, date(2026, 4, 8)),
        ("abatacept", 28, date(2026, 4, 22)),
    ]


def test_a_leap_day_is_counted() -> None:
    doses = planned(
        weight("12", "2028-02-15"),
        height("86", "2028-02-15"),
        day_zero=date(2028, 3, 1),
        as_of=at("2028-02-16T08:00"),
    )
    assert doses["tocilizumab", -1].date == date(2028, 2, 29)
    assert doses["fludarabine", -14].date == date(2028, 2, 16)


def test_a_dose_per_square_metre() -> None:
    found = dose("fludarabine", -14)
    assert found.dose is not None
    assert found.dose.unit == "mg"
    # 40 x sqrt(86 x 12 / 3600)
    assert abs(found.dose.value - Fraction("21.416504538945347387")) < Fraction(1, 10**18)
    assert found.calculation == "40 mg/m2 x 0.53541261 m2 = 21.416505 mg"
    assert (found.weight, found.reason, found.next_fact, found.is_planned) == (Fraction(12), None, None, True)
    assert found.area is not None
    assert found.dose.value == 40 * found.area
    assert [each.role for each in found.evidence] == ["height", "weight"]
    area, amount = found.computations
    assert area.formula == "bsa-mosteller"
    assert (amount.formula, amount.source) == ("dose-per-m2", "invented")
    assert [(name, each.value, each.unit) for name, each in amount.inputs] == [
        ("amount", "40", "mg/m2"),
        ("area", "0.53541261", "m2"),
    ]
    assert (amount.result.value, amount.result.unit) == ("21.416505", "mg")


@pytest.mark.parametrize(
    ("item", "day", "calculation"),
    [
        ("thiotepa", -13, "5 mg/kg x 12 kg = 60 mg"),
        ("cyclophosphamide", -14, "500 mg/m2 x 0.53541261 m2 = 267.70631 mg"),
        ("treosulfan", -4, "14000 mg/m2 x 0.53541261 m2 = 7495.7766 mg"),
        ("tocilizumab", -1, "8 mg/kg x 12 kg = 96 mg"),
        ("abatacept", 7, "10 mg/kg x 12 kg = 120 mg"),
    ],
)
def test_how_a_dose_is_computed_is_said_in_plain_words(item: str, day: int, calculation: str) -> None:
    assert dose(item, day).calculation == calculation


def test_a_dose_per_kilogram_is_exact_and_needs_no_height() -> None:
    found = dose("thiotepa", -14, weight("12.345"))
    assert (found.dose, found.area) == (Dose(Fraction("61.725"), "mg"), None)
    (shown,) = found.computations
    assert shown.formula == "dose-per-kg"
    assert [(name, each.value, each.unit) for name, each in shown.inputs] == [
        ("amount", "5", "mg/kg"),
        ("weight", "12.345", "kg"),
    ]
    assert [each.role for each in found.evidence] == ["weight"]


@pytest.mark.parametrize(
    ("level", "first", "second"),
    [
        (0, "10/3", "5/3"),
        (1, "20/3", "10/3"),
        (2, "40/3", "20/3"),
        (3, "20", "10"),
    ],
)
def test_a_level_is_split_into_two_thirds_and_one_third(level: int, first: str, second: str) -> None:
    doses = planned(*CHILD, said=stated(level=level))
    one, two = doses["nk-infusion-1", -12], doses["nk-infusion-2", 5]
    assert one.per_kg == Dose(Fraction(first), "10*6/kg")
    assert two.per_kg == Dose(Fraction(second), "10*6/kg")
    assert one.dose == Dose(Fraction(first) * 12, "10*6")
    assert two.dose == Dose(Fraction(second) * 12, "10*6")


def test_a_dose_of_cells_says_level_share_and_weight() -> None:
    found = dose("nk-infusion-1", -12)
    assert found.calculation == "2/3 x 10 10*6/kg (level 1) x 12 kg = 80 10*6"
    (shown,) = found.computations
    assert [(name, each.value, each.unit) for name, each in shown.inputs] == [
        ("share", "2/3", "1"),
        ("amount", "10", "10*6/kg"),
        ("weight", "12", "kg"),
    ]
    assert (shown.formula, shown.result.value, shown.result.unit) == ("dose-of-level", "80", "10*6")
    assert [each.role for each in found.evidence] == ["attestation", "weight"]


def test_cells_of_a_level_nobody_assigned_are_not_planned_as_an_amount() -> None:
    found = dose("nk-infusion-1", -12, said=stated(level=None))
    assert (found.dose, found.per_kg, found.calculation) == (None, None, "")
    assert (found.reason, found.next_fact) == (
        UnknownReason.NEEDS_ATTESTATION,
        "dose level the subject is assigned to",
    )
    assert (found.weight, found.is_planned) == (Fraction(12), True)


def test_cells_of_a_level_the_plan_does_not_have_are_unknown() -> None:
    found = dose("nk-infusion-2", 5, said=stated(level=7))
    assert (found.dose, found.reason) == (None, UnknownReason.UNMAPPED)
    assert found.next_fact == "dose level: one of 0, 1, 2, 3"


def test_cells_without_weight_still_say_how_many_per_kilogram() -> None:
    found = dose("nk-infusion-1", -12, height("86"))
    assert (found.dose, found.per_kg) == (None, Dose(Fraction(20, 3), "10*6/kg"))
    assert (found.reason, found.next_fact) == (UnknownReason.MISSING, "body weight")


def test_the_weightiest_reason_is_given_where_several_stand_in_the_way() -> None:
    stale = weight("12", "2026-03-01")
    assert dose("nk-infusion-1", -12, stale, said=stated(level=None)).reason is UnknownReason.STALE
    assert dose("nk-infusion-1", -12, height("86"), said=stated(level=None)).reason is (
        UnknownReason.NEEDS_ATTESTATION
    )


def test_both_infusions_keep_the_locked_weight_while_chemotherapy_is_replanned() -> None:
    doses = planned(
        weight("12", "2026-03-11T08:00"),
        weight("13.4", "2026-03-20T08:00"),
        height("86"),
        as_of=at("2026-03-20T12:00"),
    )
    assert doses["nk-infusion-2", 5].dose == Dose(Fraction(40), "10*6")
    assert doses["nk-infusion-2", 5].replanned is False
    assert doses["tocilizumab", -1].dose == Dose(Fraction("107.2"), "mg")
    assert doses["tocilizumab", -1].replanned is True
    assert doses["tocilizumab", -1].notes == ("re-planned: weight changed from 12 kg to 13.4 kg (+11.7 %)",)
    assert doses["thiotepa", -13].dose == Dose(Fraction(60), "mg")


def test_what_was_given_before_a_new_weight_is_not_replanned() -> None:
    facts = weight("12", "2026-03-19T08:00"), weight("13.4", "2026-03-21T10:00"), height("86")
    lock = weight("12", "2026-03-11T08:00")
    more: dict[str, Any] = {"as_of": at("2026-03-21T12:00"), "said": stated(choice="busulfan")}
    given = {("busulfan", -4): at("2026-03-21T09:59")}
    assert dose("busulfan", -4, lock, *facts, given=given, **more).dose == Dose(Fraction(48), "mg")
    assert dose("busulfan", -4, lock, *facts, **more).dose == Dose(Fraction("53.6"), "mg")


def test_a_stale_weight_is_not_computed_with() -> None:
    doses = planned(weight("12", "2026-03-11"), height("86"), as_of=at("2026-03-19T08:00"))
    for item, day in (("fludarabine", -4), ("tocilizumab", -1)):
        found = doses[item, day]
        assert (found.dose, found.weight, found.reason) == (None, None, UnknownReason.STALE)
        assert found.next_fact == "body weight: a newer one"
    assert doses["nk-infusion-2", 5].dose == Dose(Fraction(40), "10*6")


def test_conflicting_weights_are_not_computed_with() -> None:
    found = dose("thiotepa", -14, weight("12", id_="a"), weight("12.5", id_="b"))
    assert (found.dose, found.calculation, found.computations) == (None, "", ())
    assert (found.reason, found.next_fact) == (
        UnknownReason.CONFLICTING,
        "body weight: the conflict settled by a person",
    )
    assert len(found.evidence) == 2


def test_irradiation_is_one_dose_over_its_days() -> None:
    found = dose("tbi", -4, said=stated(choice="tbi"))
    assert (found.dose, found.day, found.last_day) == (Dose(Fraction(12), "Gy"), -4, -2)
    assert found.calculation == "12 Gy, the same for everybody"
    assert (found.weight, found.reason, found.expires) == (None, None, None)


def test_the_graft_has_no_amount() -> None:
    found = dose("graft", 0)
    assert (found.dose, found.reason, found.calculation, found.is_planned) == (None, None, "", True)


@pytest.mark.parametrize(
    ("kilograms", "notes"),
    [("100", ()), ("100.1", ("above 800 mg: a reminder, the plan has no cap",))],
)
def test_a_dose_above_the_usual_is_reminded_of_never_capped(kilograms: str, notes: tuple[str, ...]) -> None:
    day = "2026-03-11T08:00"
    found = dose("tocilizumab", -1, weight(kilograms, day), as_of=at("2026-03-12T12:00"))
    assert found.dose == Dose(8 * Fraction(kilograms), "mg")
    assert found.notes == notes


def test_an_item_without_amount_states_none() -> None:
    nameless = an_item("fludarabine", -14, amount=None)
    assert dose("fludarabine", -14, regimen=a_regimen(nameless)).dose is None


def test_a_planned_dose_is_good_until_time_alone_changes_it() -> None:
    assert dose("tocilizumab", -1).expires == at("2026-03-12T00:00")  # the weight is locked
    later = weight("12", "2026-03-11T08:00"), height("86")
    more: dict[str, Any] = {"as_of": at("2026-03-12T12:00")}
    assert dose("nk-infusion-2", 5, *later, **more).expires is None
    assert dose("tocilizumab", -1, *later, **more).expires == at("2026-03-19T00:00")  # the weight grows old
    assert dose("fludarabine", -13, *later, **more).expires == at("2026-03-13T00:00")  # its day is over
    assert dose("fludarabine", -14, *later, **more).expires is None


def test_a_level_written_as_a_longer_number_is_the_same_level() -> None:
    said = (*stated(level=None), attestation("dose-level", Decimal("1.0"), at="2026-03-01T09:00"))
    assert dose("nk-infusion-1", -12, said=said).dose == Dose(Fraction(80), "10*6")
