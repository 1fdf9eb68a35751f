"""The shipped treatment plan says what the registry page and the clinical review say, row by row."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

import pytest

from fhir_adapter.definitions.load import Definitions, load_definitions
from fhir_adapter.domain.care_plan import CarePlanRule
from fhir_adapter.domain.protocol import Trial
from fhir_adapter.domain.regimen import (
    AttestedValue,
    DayRange,
    PlannedItem,
    Regimen,
    Tolerance,
)

LOINC = "http://loinc.org"
PROJECT = "https://fhir-adapter.example/CodeSystem/concepts"


@cache
def shipped() -> Definitions:
    """Load the demo hospital and the first trial once."""
    return load_definitions(hospital="demo", trial="nct07256210")


def trial() -> Trial:
    return shipped().trial


def regimen() -> Regimen:
    plan = trial().regimen
    assert plan is not None
    return plan


def care_plan() -> CarePlanRule:
    plan = trial().care_plan
    assert plan is not None
    return plan


def item(name: str) -> PlannedItem:
    (found,) = (one for one in regimen().items if one.id == name)
    return found


def meant_by(system: str, code: str) -> set[str]:
    meaning = shipped().terminology.meanings.get((system, code))
    return set() if meaning is None else {str(concept) for concept in meaning.concepts}


@pytest.mark.parametrize(
    ("name", "days", "basis", "amount", "unit", "course", "routes", "minutes"),
    [
        ("fludarabine", (-14, -13, -4, -3), "m2", "40", "mg", "160", ("intravenous",), 60),
        ("thiotepa", (-14, -13), "kg", "5", "mg", "10", ("intravenous",), 60),
        ("cyclophosphamide", (-14,), "m2", "500", "mg", None, ("intravenous",), 60),
        ("nk-infusion-1", (-12,), "level", "2/3", "10*6", None, (), None),
        ("treosulfan", (-4, -3, -2), "m2", "14000", "mg", "42000", ("intravenous",), 120),
        ("busulfan", (-4, -3, -2), "kg", "4", "mg", "12", ("oral",), None),
        ("tbi", (-4, -3, -2), "absolute", "12", "Gy", "12", (), None),
        ("tocilizumab", (-1,), "kg", "8", "mg", None, ("intravenous",), None),
        ("abatacept", (-1, 7, 14, 28), "kg", "10", "mg", None, ("intravenous",), 60),
        ("graft", (0,), "none", None, "1", None, (), None),
        ("nk-infusion-2", (5,), "level", "1/3", "10*6", None, (), None),
    ],
)
def test_a_row_of_the_protocol(
    name: str,
    days: tuple[int, ...],
    basis: str,
    amount: str | None,
    unit: str,
    course: str | None,
    routes: tuple[str, ...],
    minutes: int | None,
) -> None:
    row = item(name)
    assert tuple(day.day for day in row.days) == days
    assert (row.basis, row.unit, row.routes, row.minutes) == (basis, unit, routes, minutes)
    assert row.amount == (None if amount is None else Fraction(amount))
    assert row.course == (None if course is None else Fraction(course))


def test_the_rows_are_those_of_the_protocol_in_its_order() -> None:
    assert [one.id for one in regimen().items] == [
        "fludarabine", "thiotepa", "cyclophosphamide", "nk-infusion-1", "treosulfan", "busulfan", "tbi",
        "tocilizumab", "abatacept", "graft", "nk-infusion-2",
    ]  # fmt: skip


def test_only_the_last_abatacept_depends_on_the_donor() -> None:
    assert [day.only_if for day in item("abatacept").days] == [
        None, None, None, AttestedValue("donor-type", "haploidentical"),
    ]  # fmt: skip


def test_exactly_one_of_three_is_the_second_part_of_conditioning() -> None:
    chosen = {one.id: one.only_if for one in regimen().items if one.exclusive == "conditioning"}
    assert chosen == {
        name: AttestedValue("conditioning-choice", name) for name in ("treosulfan", "busulfan", "tbi")
    }
    assert all(one.only_if is None for one in regimen().items if one.exclusive is None)


def test_irradiation_is_the_whole_body_in_whatever_fractions() -> None:
    assert (item("tbi").as_course, item("tbi").body_sites) == (True, ("whole-body",))


def test_tolerances_are_those_of_the_review() -> None:
    tenth = Fraction(1, 10)
    for one in regimen().items:
        cells = one.infusion is not None
        wanted = Tolerance(Fraction(1, 5) if cells else tenth, tenth)
        assert one.tolerance == (Tolerance(Fraction(0), Fraction(0)) if one.id == "graft" else wanted)


def test_windows_are_those_of_the_review() -> None:
    first, second = item("nk-infusion-1"), item("nk-infusion-2")
    assert (first.in_window, first.undecided_outside) == (DayRange(0, 0), DayRange(-1, 1))
    assert (second.in_window, second.undecided_outside) == (DayRange(-2, 2), None)
    others = [one for one in regimen().items if one.infusion is None]
    assert {(one.in_window.first, one.in_window.last) for one in others} == {(0, 0)}
    assert {one.reach for one in others if one.kind == "drug"} == {2}


@pytest.mark.parametrize(
    ("level", "first", "second"),
    [(0, "10/3", "5/3"), (1, "20/3", "10/3"), (2, "40/3", "20/3"), (3, "20", "10")],
)
def test_cells_per_kilogram_of_each_level_are_exact(level: int, first: str, second: str) -> None:
    total = regimen().levels.totals[level]
    shares = [item(name).amount or Fraction(0) for name in ("nk-infusion-1", "nk-infusion-2")]
    assert [total * share for share in shares] == [Fraction(first), Fraction(second)]
    assert set(regimen().levels.totals) == {0, 1, 2, 3}


def test_the_weight_of_the_cells_is_locked_and_no_drug_is() -> None:
    assert {one.id for one in regimen().items if one.locked_weight} == {"nk-infusion-1", "nk-infusion-2"}
    assert (regimen().body.lock_day, regimen().body.replan_share) == (-14, Fraction(1, 10))
    assert regimen().body.doubt_share == Fraction(2, 5)


def test_tocilizumab_is_reminded_of_and_never_capped() -> None:
    assert item("tocilizumab").warn_above == 800
    assert "UNVERIFIED" in trial().settings["tocilizumab-reminder"].note


def test_day_0_is_a_graft_of_this_treatment() -> None:
    rule = regimen().day_zero
    assert (rule.graft, rule.plan_link, rule.first_day) == (("graft",), "planned-day-0", -14)


def test_every_donor_fact_of_the_protocol_is_shown() -> None:
    shown = {fact.id: (fact.link_id, fact.concepts, fact.is_gender) for fact in regimen().donor.shown}
    assert shown == {
        "kir-ligand-mismatch": ("kir-ligand-mismatch", (), False),
        "relation": ("donor-relation", (), False),
        "cmv-serology": ("donor-cmv", ("cmv-igg",), False),
        "sex": ("donor-sex", (), True),
        "blood-group": ("donor-blood-group", ("blood-group",), False),
    }


def test_every_ambiguity_of_dosing_is_a_setting() -> None:
    named = {setting.ambiguity for setting in trial().settings.values()}
    assert {f"A{number}" for number in (*range(20, 26), *range(29, 35))} - named == set()


def test_follow_up_visits_are_settings_and_ask_for_the_secondary_objectives() -> None:
    plan = care_plan()
    assert [visit.day for visit in plan.visits] == [30, 60, 100, 180, 365, 730]
    asked = {(coding.system, coding.code) for visit in plan.visits for coding in visit.observations}
    assert asked == {
        (PROJECT, "mrd-flow-bm"),
        *((LOINC, code) for code in ("11150-0", "9728-7", "8112-5", "20402-4", "8122-4", "24467-3", "14135-8")),
        *((LOINC, code) for code in ("8116-6", "97509-4")),
    }
    assert {f"visit-day-{number}" for number in range(1, 7)} <= set(trial().settings)


@pytest.mark.parametrize("code", ["42188-3", "42189-1"])
def test_cells_with_cd3_are_never_asked_for_as_nk_cells(code: str) -> None:
    """Trap T1: a laboratory calls them NK cells."""
    assert meant_by(LOINC, code) == set()
    assert all(coding.code != code for visit in care_plan().visits for coding in visit.observations)


def test_the_care_plan_is_a_plan_and_follows_what_persons_move() -> None:
    plan = care_plan()
    assert (plan.intent, plan.last_day) == ("plan", 730)
    assert plan.status == {
        "not-registered": "revoked",
        "withdrawn": "revoked",
        "on-study-intervention": "active",
        "on-study-observation": "active",
        "follow-up": "active",
        "off-study": "revoked",
    }


def test_the_demo_hospital_means_what_really_ran_in() -> None:
    assert shipped().traits.stopped_dose == "administered"
