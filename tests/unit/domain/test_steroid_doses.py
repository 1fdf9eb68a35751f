"""What one administration of a steroid amounts to, seen through the load it gives."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from fhir_adapter.domain.assessment import assess
from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.exposure import Exposure
from fhir_adapter.domain.quantity import Quantity
from fhir_adapter.domain.source import Rejection, RejectionReason
from tests.builders import (
    quantity,
    reading,
    source,
)
from tests.scenes import scene, verdict
from tests.steroids import LOAD, READ, WEIGHT, given, load, outcome


@pytest.mark.parametrize(
    ("drug", "dose", "unit", "expected"),
    [
        ("prednisone", "10", "mg", "MET"),  # 0.5 mg/kg, exactly
        ("prednisone", "10.001", "mg", "NOT_MET"),
        ("prednisone", "0.01", "g", "MET"),
        ("prednisone", "0.0101", "g", "NOT_MET"),
        ("prednisone", "10000", "ug", "MET"),
        ("dexamethasone", "1.5", "mg", "MET"),  # x 20/3 = 10 mg
        ("dexamethasone", "1.51", "mg", "NOT_MET"),
        ("hydrocortisone", "40", "mg", "MET"),  # x 1/4 = 10 mg
        ("hydrocortisone", "40.1", "mg", "NOT_MET"),
        ("prednisone", "0.5", "mg/kg", "MET"),
        ("prednisone", "0.51", "mg/kg", "NOT_MET"),
        ("dexamethasone", "75", "ug/kg", "MET"),  # 0.075 mg/kg x 20/3 = 0.5 mg/kg
        ("dexamethasone", "76", "ug/kg", "NOT_MET"),
        ("prednisone", "0", "mg", "MET"),
        ("prednisone", "1", "mg/m2", "UNIT_UNUSABLE"),
        ("prednisone", "1", "mL", "UNIT_UNUSABLE"),
        ("prednisone", "<5", "mg", "CENSORED"),
        ("prednisone", "1E+40", "mg", "UNMAPPED"),
    ],
)
def test_a_dose_times_its_factor_over_the_weight_is_at_most_half_a_milligram_per_kilogram(
    drug: str, dose: str, unit: str, expected: str
) -> None:
    assert outcome(given(drug, dose, unit=unit)) == expected


def test_a_negative_dose_is_no_amount() -> None:
    assert outcome(replace(given("prednisone", "1"), dose=Quantity(Decimal(-1), "mg"))) == "UNMAPPED"


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("completed", "NOT_MET"),
        ("in-progress", "NOT_MET"),
        ("not-done", "MET"),
        ("stopped", "MISSING"),
        ("on-hold", "MISSING"),
        ("unknown", "UNMAPPED"),
    ],
)
def test_only_what_was_given_counts(status: str, expected: str) -> None:
    assert outcome(given("prednisone", "11", status=status)) == expected


@pytest.mark.parametrize(
    ("meaning", "expected"), [("administered", "NOT_MET"), ("ordered", "MISSING"), ("unknown", "MISSING")]
)
def test_a_stopped_dose_counts_where_the_hospital_records_what_was_given(meaning: str, expected: str) -> None:
    place = scene(READ, WEIGHT, given("prednisone", "11", status="stopped"))
    assert verdict(assess(LOAD, replace(place, stopped_dose=meaning))) == expected


@pytest.mark.parametrize(
    ("doubtful", "expected"),
    [
        (given("prednisone", None), "MISSING"),
        (given("prednisone", "1", contested=True), "CONFLICTING"),
        (given("prednisone", "1", at=None), "PARTIAL_DATE"),
        (given("prednisone", "1", unit="mg/m2"), "UNIT_UNUSABLE"),
        (given("prednisone", "1", status="stopped"), "MISSING"),
    ],
)
def test_what_cannot_be_reckoned_leaves_it_open_unless_the_rest_is_beyond_the_limit(
    doubtful: Exposure, expected: str
) -> None:
    assert outcome(doubtful, given("prednisone", "9", "2026-03-10T09:00")) == expected
    assert outcome(doubtful, given("prednisone", "11", "2026-03-10T09:00")) == "NOT_MET"


def test_a_dose_that_could_not_be_read_says_why() -> None:
    where = source("MedicationAdministration", "x")
    unread = Rejection(reason=RejectionReason.MISSING_UNIT, path="MedicationAdministration.dosage.dose")
    both = reading(given("prednisone", None), at=where, rejections=(unread,))
    assert outcome(both) == "UNIT_UNUSABLE"


def test_a_part_refused_elsewhere_does_not_explain_a_missing_dose() -> None:
    where = source("MedicationAdministration", "x")
    unread = Rejection(reason=RejectionReason.NAIVE_TIME, path="MedicationAdministration.effective")
    assert outcome(reading(given("prednisone", None), at=where, rejections=(unread,))) == "MISSING"


@pytest.mark.parametrize(
    ("route", "small", "large"),
    [
        (("intravenous",), "MET", "NOT_MET"),
        (("enteral-tube",), "MET", "NOT_MET"),
        (("topical",), "MET", "MET"),
        (("intrathecal",), "MET", "MET"),
        (("intrathecal", "intravenous"), "MET", "NOT_MET"),
        (("vaginal",), "MET", "UNMAPPED"),
        ((), "MET", "UNMAPPED"),
        (None, "MET", "UNMAPPED"),
    ],
)
def test_only_systemic_routes_count_and_an_open_one_counts_where_it_decides(
    route: tuple[str, ...] | None, small: str, large: str
) -> None:
    concepts = tuple(ConceptId(each) for each in route) if route is not None else None
    assert outcome(given("prednisone", "10", route=concepts)) == small
    assert outcome(given("prednisone", "10.1", route=concepts)) == large


def test_an_open_route_is_asked_for_by_the_drug() -> None:
    answer = load(WEIGHT, given("prednisone", "6"), given("dexamethasone", "1", route=None))
    assert answer.next_fact == "route by which dexamethasone was given"
    assert answer.computations[0].result.value == "0.63333333"


@pytest.mark.parametrize(
    ("dose", "strengths", "expected"),
    [
        (quantity("2", "mL"), [("dexamethasone", "4", "mg", "1", "mL")], "NOT_MET"),  # 8 mg
        (quantity("1.5", "mL"), [("dexamethasone", "2", "mg", "2", "mL")], "MET"),  # 1.5 mg
        (quantity("3", "1"), [("dexamethasone", "0.5", "mg", "1", "1")], "MET"),  # 3 tablets of 0.5 mg
        (quantity("4", "1"), [("dexamethasone", "0.5", "mg", "1", "1")], "NOT_MET"),
        (quantity("1", "mL"), [("dexamethasone", "4", "mg", "1", "L")], "UNIT_UNUSABLE"),
        (quantity("1", "mL"), [("dexamethasone", "4", "mg", "0", "mL")], "UNIT_UNUSABLE"),
        (quantity("1", "mL"), [("dexamethasone", "4", "mmol", "1", "mL")], "UNIT_UNUSABLE"),
        (quantity("1", "mL"), [("dexamethasone", "<4", "mg", "1", "mL")], "UNIT_UNUSABLE"),
        (quantity("1", "mL"), [("dexamethasone", "4", "mg", "<1", "mL")], "UNIT_UNUSABLE"),
        (quantity("1", "mL"), [("antiemetic", "4", "mg", "1", "mL")], "UNIT_UNUSABLE"),
        (quantity("1", "mL"), [("dexamethasone", "1", "mg", "1", "mL")] * 2, "UNIT_UNUSABLE"),
    ],
)
def test_a_volume_or_a_count_is_reckoned_by_the_strength_of_the_product(
    dose: Any, strengths: list[tuple[str, str, str, str, str]], expected: str
) -> None:
    known = tuple(
        ((ConceptId(drug),), quantity(content, unit), quantity(of, per))
        for drug, content, unit, of, per in strengths
    )
    assert outcome(replace(given("dexamethasone", "1"), dose=dose, strengths=known)) == expected


def test_the_greater_factor_holds_where_a_product_is_of_two_steroids() -> None:
    both = given("prednisone", "2", concepts=(ConceptId("prednisone"), ConceptId("dexamethasone")))
    answer = load(WEIGHT, both)
    assert answer.computations[0].inputs[1][1].value == "13.333333"


NAME = (("https://ward.example/admin", "7"),)


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        (given("prednisone", "6", id_="b", identifiers=NAME), "MET"),
        (given("prednisone", "6", id_="b"), "NOT_MET"),
        (given("prednisone", "3", id_="b", identifiers=NAME), "CONFLICTING"),
        (given("prednisone", "6", "2026-03-10T09:00", id_="b", identifiers=NAME), "CONFLICTING"),
    ],
)
def test_resources_that_share_an_identifier_are_one_administration(second: Exposure, expected: str) -> None:
    assert outcome(given("prednisone", "6", id_="a", identifiers=NAME), second) == expected
