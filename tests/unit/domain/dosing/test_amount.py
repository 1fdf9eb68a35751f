"""The amount of one administration: every way to write it down, and every way to be mistaken about it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from fhir_adapter.domain.dosing.amount import Reckoned, reckon
from fhir_adapter.domain.quantity import Quantity
from fhir_adapter.domain.regimen import Basis
from tests.builders import quantity
from tests.treated import THIOTEPA, drug, reckoning, strength

VIAL = (strength("thiotepa", "100 mg", "10 mL"),)
TABLET = (strength("thiotepa", "2 mg", "1"),)


def why(found: Reckoned) -> set[str]:
    return {cause.reason.value for cause in found.causes}


@pytest.mark.parametrize(
    ("given_as", "milligrams"),
    [
        ("150 mg", "150"),
        ("0.15 g", "150"),
        ("150000 ug", "150"),
        ("10 mg/kg", "150"),  # x 15 kg
        ("0.01 g/kg", "150"),
        ("300 mg/m2", "150"),  # x 0.5 m2
    ],
)
def test_a_dose_is_reckoned_by_what_its_unit_says_it_rests_on(given_as: str, milligrams: str) -> None:
    assert reckon(drug(given_as), reckoning()).value == Fraction(milligrams)


def test_a_dose_is_given_in_the_unit_of_the_plan() -> None:
    item = replace(THIOTEPA, unit="g")
    assert reckon(drug("150 mg"), reckoning(item)).value == Fraction(15, 100)


@pytest.mark.parametrize("given_as", ["10 mg/kg", "300 mg/m2"])
def test_without_weight_or_surface_an_indexed_dose_is_no_amount(given_as: str) -> None:
    found = reckon(drug(given_as), reckoning(kg=None, m2=None))
    assert (found.value, why(found)) == (None, {"STALE"})
    assert found.causes[0].wanted == "a newer weight"


def test_a_volume_is_an_amount_by_the_strength_of_its_product() -> None:
    assert reckon(drug("15 mL", strengths=VIAL), reckoning()).value == 150
    assert reckon(drug("0.015 L", strengths=VIAL), reckoning()).value == 150


def test_a_volume_without_strength_is_no_amount() -> None:
    found = reckon(drug("15 mL"), reckoning())
    assert (found.value, why(found)) == (None, {"MISSING"})
    assert found.causes[0].wanted == "strength of the product given"


def test_a_strength_of_another_drug_says_nothing() -> None:
    other = (strength("fludarabine", "100 mg", "10 mL"),)
    assert why(reckon(drug("15 mL", strengths=other), reckoning())) == {"MISSING"}


@pytest.mark.parametrize("unit", ["1", "{tbl}"])
def test_a_count_is_an_amount_where_the_strength_counts_the_same(unit: str) -> None:
    held = (strength("thiotepa", "2 mg", f"1 {unit}"),)
    assert reckon(drug(f"75 {unit}", strengths=held), reckoning()).value == 150


def test_a_strength_per_bare_number_counts_products() -> None:
    assert reckon(drug("75 1", strengths=TABLET), reckoning()).value == 150


@pytest.mark.parametrize(
    ("given_as", "top", "below"),
    [
        ("75 {tbl}", "2 mg", "1"),  # tablets are not bare products
        ("75 {tbl}", "2 mg", "10 mL"),
        ("15 mL", "100 mg", "10 g"),
        ("15 mL", "100 mg", "0 mL"),
        ("15 mL", "10 mL", "10 mL"),  # how much of the drug is not said
        ("15 mL", "10 {tbl}", "10 mL"),
        ("15 mL", "100 mg", "-10 mL"),
    ],
)
def test_a_strength_for_another_unit_is_unusable(given_as: str, top: str, below: str) -> None:
    found = reckon(drug(given_as, strengths=(strength("thiotepa", top, below),)), reckoning())
    assert (found.value, why(found)) == (None, {"UNIT_UNUSABLE"})


def test_two_strengths_of_one_drug_contradict_each_other() -> None:
    both = (*VIAL, strength("thiotepa", "50 mg", "10 mL"))
    assert why(reckon(drug("15 mL", strengths=both), reckoning())) == {"CONFLICTING"}
    same = (*VIAL, strength("thiotepa", "10 mg", "1 mL"))
    assert reckon(drug("15 mL", strengths=same), reckoning()).value == 150


@pytest.mark.parametrize(
    ("amount", "reason"),
    [
        ("150", "UNIT_UNUSABLE"),  # no unit
        ("150 mmol", "UNIT_UNUSABLE"),
        ("150 mg/{tbl}", "UNIT_UNUSABLE"),
        ("150 10*6", "UNIT_UNUSABLE"),  # cells are no drug
        ("10 10*6/kg", "UNIT_UNUSABLE"),
        ("12 Gy", "UNIT_UNUSABLE"),
        ("-150 mg", "UNIT_UNUSABLE"),
        ("NaN mg", "UNIT_UNUSABLE"),
        ("1E+999999 mg", "UNIT_UNUSABLE"),
        ("<150 mg", "CENSORED"),
    ],
)
def test_what_is_no_amount_of_a_drug_is_refused(amount: str, reason: str) -> None:
    found = reckon(drug(amount), reckoning())
    assert (found.value, why(found)) == (None, {reason})


def test_nothing_written_down_is_missing() -> None:
    found = reckon(drug(None), reckoning())
    assert (found.value, why(found), found.causes[0].wanted) == (None, {"MISSING"}, "amount actually given")


def test_nothing_is_an_amount_of_an_item_without_amounts() -> None:
    item = replace(THIOTEPA, basis=Basis.NONE, amount=None, unit="1")
    assert why(reckon(drug("150 mg"), reckoning(item))) == {"UNIT_UNUSABLE"}


@pytest.mark.parametrize(
    ("rate", "per"),
    [
        ("150 mg/h", None),
        ("2.5 mg/min", None),
        ("10 mg/kg/h", None),
        ("300 mg/m2/h", None),
        ("15 mL/h", None),
        ("150 mg", "1 h"),
        ("2.5 mg", "1 min"),
        ("15 mL", "60 min"),
        ("10 mg/kg", "1 h"),
    ],
)
def test_a_rate_is_an_amount_over_the_time_it_ran(rate: str, per: str | None) -> None:
    running = drug(None, rate=_rate(rate, per), strengths=VIAL)  # from 09:00 to 10:00
    assert reckon(running, reckoning()).value == 150


def _rate(rate: str, per: str | None) -> tuple[Quantity, Quantity | None]:
    top, unit = rate.split()
    below = quantity(*per.split()) if per is not None else None
    return quantity(top, unit), below


@pytest.mark.parametrize(
    ("rate", "per", "reason"),
    [
        ("20 min", None, "UNIT_UNUSABLE"),  # a time is no rate
        ("150 mg", None, "UNIT_UNUSABLE"),  # an amount is none either
        ("150 {tbl}", None, "UNIT_UNUSABLE"),
        ("150 mg", "1 mL", "UNIT_UNUSABLE"),
        ("150 mg", "0 h", "UNIT_UNUSABLE"),
        ("150 {tbl}", "1 h", "UNIT_UNUSABLE"),
        ("150 mg", "<1 h", "UNIT_UNUSABLE"),
        (">150 mg/h", None, "CENSORED"),
    ],
)
def test_what_is_no_rate_is_refused(rate: str, per: str | None, reason: str) -> None:
    found = reckon(drug(None, rate=_rate(rate, per)), reckoning())
    assert (found.value, why(found)) == (None, {reason})


@pytest.mark.parametrize(
    "at", ["2026-03-11T09:00", "2026-03-11", "2026-03-11/2026-03-12", "2026-03-11T09:00/", None]
)
def test_a_rate_without_a_period_is_no_amount(at: str | None) -> None:
    found = reckon(drug(None, at, rate=_rate("150 mg/h", None)), reckoning())
    assert (found.value, why(found)) == (None, {"MISSING"})


def test_a_rate_over_the_night_the_clocks_change_runs_for_elapsed_hours() -> None:
    # 01:00 CET to 04:00 CEST on 29 March 2026 are two hours
    night = drug(None, "2026-03-29T01:00/2026-03-29T04:00", rate=_rate("75 mg/h", None))
    assert reckon(night, reckoning()).value == 150


def test_the_dose_wins_over_a_rate_that_says_the_same() -> None:
    # 160 mg against 150 mg is within ten percent
    both = drug("150 mg", rate=_rate("160 mg/h", None))
    assert reckon(both, reckoning()).value == 150


@pytest.mark.parametrize(
    ("rate", "value"), [("165 mg/h", 150), ("165.1 mg/h", None), ("135 mg/h", 150), ("134 mg/h", None)]
)
def test_dose_and_rate_that_differ_by_more_than_the_tolerance_conflict(rate: str, value: int | None) -> None:
    found = reckon(drug("150 mg", rate=_rate(rate, None)), reckoning())
    assert found.value == value
    assert why(found) == ({"CONFLICTING"} if value is None else set())


def test_a_rate_that_is_none_does_not_spoil_the_dose() -> None:
    assert reckon(drug("150 mg", rate=_rate("20 min", None)), reckoning()).value == 150


def test_a_rate_does_not_stand_in_for_a_dose_nobody_can_read() -> None:
    found = reckon(drug("150 mmol", rate=_rate("150 mg/h", None)), reckoning())
    assert (found.value, why(found)) == (None, {"UNIT_UNUSABLE"})


@pytest.mark.parametrize("trait", ["ordered", "unknown"])
def test_the_dose_of_a_stopped_infusion_may_be_the_ordered_one(trait: str) -> None:
    found = reckon(drug("150 mg", status="stopped"), reckoning(stopped_dose=trait))
    assert (found.value, why(found)) == (None, {"MISSING"})
    assert found.causes[0].wanted == "amount actually given before it was stopped"


def test_the_dose_of_a_stopped_infusion_is_what_was_given_where_the_hospital_says_so() -> None:
    assert reckon(drug("90 mg", status="stopped"), reckoning(stopped_dose="administered")).value == 90


def test_a_stopped_infusion_gave_what_its_rate_gives_over_the_time_it_ran() -> None:
    half = "2026-03-11T09:00/2026-03-11T09:30"
    stopped = drug("150 mg", half, status="stopped", rate=_rate("150 mg/h", None))
    assert reckon(stopped, reckoning()).value == 75
    unread = drug("150 mg", "2026-03-11T09:00", status="stopped", rate=_rate("150 mg/h", None))
    assert why(reckon(unread, reckoning())) == {"MISSING"}
