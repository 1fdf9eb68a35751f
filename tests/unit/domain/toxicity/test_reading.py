"""Whether a condition holds under one reading, at and beside each limit."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.logic import Truth
from fhir_adapter.domain.queries import Operator
from fhir_adapter.domain.toxicity.operand import MET, NOT_MET, Verdict
from fhir_adapter.domain.toxicity.reading import Reading, assess_age, family_of
from fhir_adapter.domain.toxicity.readings import list_readings
from fhir_adapter.domain.toxicity.result import Direction, Needed
from fhir_adapter.domain.toxicity.scale import (
    AgeCondition,
    BaselineCondition,
    Change,
    ChangeCondition,
    ClinicalInput,
    Condition,
    InputCondition,
    MultipleCondition,
    NumberCondition,
    Reference,
    Term,
)
from tests.ctcae_cases import measured
from tests.lab_tables import MASS, MOLAR, rules, term, times

UP, AT_LEAST, DOWN, AT_MOST = (
    Operator.GREATER,
    Operator.GREATER_OR_EQUAL,
    Operator.LESS,
    Operator.LESS_OR_EQUAL,
)
ASKS = rules({1: ((BaselineCondition(abnormal=True),),)})
HIGH = term("Salt increased", Direction.HIGH, "salt", families=(MASS, MOLAR), rules=ASKS)
LOW = replace(HIGH, name="Salt decreased", direction=Direction.LOW)


def read(of: Term, value: str, given: str, *, abnormal: bool | None = None, unit: str = "mg/dL") -> Reading:
    found, _ = list_readings(of, measured(value, unit, given), {})
    (only,) = [each for each in found if abnormal is None or each.abnormal is abnormal]
    return only


def unknown(*needs: Needed) -> Verdict:
    return Verdict(Truth.UNKNOWN, frozenset(needs))


@pytest.mark.parametrize(
    ("of", "value", "given", "abnormal", "condition", "expected"),
    [
        (HIGH, "151", "uln 100", True, times(UP, "1.5", Reference.BASELINE), unknown(Needed.BASELINE)),
        (HIGH, "150", "uln 100", True, times(AT_LEAST, "1.5", Reference.BASELINE), NOT_MET),
        (HIGH, "150", "uln 100", False, times(AT_LEAST, "1.5", Reference.BASELINE), MET),
        (HIGH, "150", "uln 100", False, times(UP, "1.5", Reference.BASELINE), unknown(Needed.BASELINE)),
        (LOW, "50", "lln 100", True, times(AT_MOST, "0.5", Reference.BASELINE), NOT_MET),
        (LOW, "49", "lln 100", True, times(AT_MOST, "0.5", Reference.BASELINE), unknown(Needed.BASELINE)),
        (LOW, "50", "lln 100", False, times(AT_MOST, "0.5", Reference.BASELINE), MET),
        (LOW, "50", "lln 100", False, times(DOWN, "0.5", Reference.BASELINE), unknown(Needed.BASELINE)),
        (HIGH, "150", "", True, times(UP, "1.5", Reference.BASELINE), unknown(Needed.BASELINE)),
        (HIGH, "0", "", True, times(UP, "1.5", Reference.BASELINE), NOT_MET),
    ],
)
def test_a_missing_baseline_lies_on_the_side_of_the_limit_the_reading_takes(
    of: Term, value: str, given: str, abnormal: bool, condition: MultipleCondition, expected: Verdict
) -> None:
    assert read(of, value, given, abnormal=abnormal).assess(condition) == expected


@pytest.mark.parametrize(
    ("of", "given", "condition", "expected"),
    [
        (HIGH, "uln 100, baseline 120, baseline_uln 100", times(UP, "1", Reference.REFERENCE), NOT_MET),
        (HIGH, "uln 100, baseline 119, baseline_uln 100", times(UP, "1", Reference.REFERENCE), MET),
        (HIGH, "uln 119, baseline 100, baseline_uln 100", times(UP, "1", Reference.REFERENCE), MET),
        (HIGH, "uln 120, baseline 100, baseline_uln 100", times(UP, "1", Reference.REFERENCE), NOT_MET),
        (LOW, "lln 121, baseline 130, baseline_lln 121", times(DOWN, "1", Reference.REFERENCE), MET),
        (LOW, "lln 120, baseline 130, baseline_lln 121", times(DOWN, "1", Reference.REFERENCE), NOT_MET),
        (LOW, "lln 130, baseline 121, baseline_lln 130", times(DOWN, "1", Reference.REFERENCE), MET),
        (LOW, "lln 130, baseline 120, baseline_lln 130", times(DOWN, "1", Reference.REFERENCE), NOT_MET),
        (HIGH, "uln 60, baseline 1, baseline_uln 60", times(AT_LEAST, "2", Reference.ULN), MET),
        (HIGH, "uln 60, baseline 1, baseline_uln 60", times(UP, "2", Reference.ULN), NOT_MET),
        (HIGH, "lln 60, baseline 1, baseline_uln 60", times(UP, "2", Reference.LLN), NOT_MET),
        (HIGH, "lln 60, baseline 1, baseline_uln 60", times(UP, "2", Reference.ULN), unknown(Needed.ULN)),
        (HIGH, "uln 60, baseline 1, baseline_uln 60", times(UP, "2", Reference.LLN), unknown(Needed.LLN)),
    ],
)
def test_a_value_of_120_beside_a_multiple(
    of: Term, given: str, condition: MultipleCondition, expected: Verdict
) -> None:
    assert read(of, "120", given).assess(condition) == expected


def change(change_: Change, of: Reference, number: str, unit: str = "mg/dL") -> ChangeCondition:
    return ChangeCondition(operator=UP, change=change_, of=of, numbers={unit: Decimal(number)})


@pytest.mark.parametrize(
    ("value", "given", "condition", "unit", "expected"),
    [
        ("120", "baseline 90", change(Change.RISE, Reference.BASELINE, "29"), "mg/dL", MET),
        ("120", "baseline 90", change(Change.RISE, Reference.BASELINE, "30"), "mg/dL", NOT_MET),
        ("90", "baseline 120", change(Change.DROP, Reference.BASELINE, "29"), "mg/dL", MET),
        ("90", "baseline 120", change(Change.DROP, Reference.BASELINE, "30"), "mg/dL", NOT_MET),
        ("1200", "baseline 900", change(Change.RISE, Reference.BASELINE, "29"), "mg/L", MET),
        ("1200", "baseline 900", change(Change.RISE, Reference.BASELINE, "30"), "mg/L", NOT_MET),
        ("1200", "standard 120, baseline 90", change(Change.RISE, Reference.BASELINE, "29"), "mg/L", MET),
        ("1200", "standard 120, baseline 90", change(Change.RISE, Reference.BASELINE, "30"), "mg/L", NOT_MET),
        ("120", "standard 120, baseline 90", change(Change.RISE, Reference.BASELINE, "30"), "mg/dL", NOT_MET),
        ("0", "standard 0, baseline 90", change(Change.DROP, Reference.BASELINE, "80"), "mg/dL", MET),
        (
            "1",
            "standard 0, baseline 9",
            change(Change.DROP, Reference.BASELINE, "8"),
            "mg/dL",
            unknown(Needed.UNIT),
        ),
        ("120", "baseline 90", change(Change.RISE, Reference.BASELINE, "29"), "kPa", unknown(Needed.UNIT)),
        (
            "120",
            "baseline 90",
            change(Change.RISE, Reference.BASELINE, "1", "mmol/L"),
            "mg/dL",
            unknown(Needed.UNIT),
        ),
        ("120", "uln 100", change(Change.RISE, Reference.BASELINE, "1"), "mg/dL", unknown(Needed.BASELINE)),
        ("100", "uln 100", change(Change.RISE, Reference.BASELINE, "1"), "mg/dL", NOT_MET),
        ("120", "uln 100, baseline 1", change(Change.RISE, Reference.ULN, "19"), "mg/dL", MET),
    ],
)
def test_a_change_is_told_in_the_unit_it_is_printed_in(
    value: str, given: str, condition: ChangeCondition, unit: str, expected: Verdict
) -> None:
    plain = replace(HIGH, rules=())
    assert read(plain, value, given, unit=unit).assess(condition) == expected


def test_a_normal_value_without_baseline_is_compared_with_none() -> None:
    normal = read(HIGH, "100", "uln 100")
    assert normal.assess(times(DOWN, "9", Reference.BASELINE)) == NOT_MET
    assert normal.assess(change(Change.DROP, Reference.BASELINE, "-1000")) == NOT_MET
    assert normal.assess(times(DOWN, "9", Reference.ULN)) == MET


def number(limit: str, concept: str | None = None, unit: str = "mg/dL") -> NumberCondition:
    named = None if concept is None else ConceptId(concept)
    return NumberCondition(operator=UP, numbers={unit: Decimal(limit)}, concept=named)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (number("49.9"), MET),
        (number("50"), NOT_MET),
        (number("1", unit="mmol/L"), unknown(Needed.UNIT)),
        (number("6.9", "other", "mmol/L"), MET),
        (number("7", "other", "mmol/L"), NOT_MET),
        (number("6", "other"), unknown(Needed.UNIT)),
        (number("6", "pressure"), unknown(Needed.UNIT)),
        (number("6", "missing"), unknown(Needed.RESULT)),
    ],
)
def test_a_number_counts_in_the_family_of_the_result_it_is_about(
    condition: NumberCondition, expected: Verdict
) -> None:
    main = measured("500", "mg/L")
    results = {
        ConceptId("salt"): main,
        ConceptId("other"): measured("7", "mmol/L"),
        ConceptId("pressure"): measured("7", "kPa"),
    }
    (reading,), _ = list_readings(replace(HIGH, rules=()), main, results)
    assert reading.assess(condition) == expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (BaselineCondition(abnormal=True), MET),
        (BaselineCondition(abnormal=False), NOT_MET),
        (InputCondition(input=ClinicalInput.SYMPTOMS, holds=True, widens=False), MET),
        (InputCondition(input=ClinicalInput.SYMPTOMS, holds=False, widens=False), NOT_MET),
        (InputCondition(input=ClinicalInput.SEIZURE, holds=True, widens=False), NOT_MET),
        (InputCondition(input=ClinicalInput.SEIZURE, holds=False, widens=False), MET),
        (AgeCondition(from_years=7), MET),
        (AgeCondition(from_years=8), NOT_MET),
    ],
)
def test_what_is_no_number_is_taken_as_the_reading_says(condition: Condition, expected: Verdict) -> None:
    reading = read(HIGH, "120", "uln 100, symptoms, age 7", abnormal=True)
    assert reading.assess(condition) == expected


@pytest.mark.parametrize(
    ("condition", "fits"),
    [
        (AgeCondition(), {0, 11, 12, 17, 18}),
        (AgeCondition(from_years=12), {12, 17, 18}),
        (AgeCondition(below_years=18), {0, 11, 12, 17}),
        (AgeCondition(from_years=12, below_years=18), {12, 17}),
    ],
)
def test_an_age_counts_from_the_first_year_and_below_the_second(condition: AgeCondition, fits: set[int]) -> None:
    assert {age for age in (0, 11, 12, 17, 18) if assess_age(condition, age) == MET} == fits
    assert {age for age in (0, 11, 12, 17, 18) if assess_age(condition, age) == NOT_MET} == {
        0,
        11,
        12,
        17,
        18,
    } - fits
    assert assess_age(condition, None) == unknown(Needed.AGE)


def test_the_first_family_that_knows_the_unit_counts() -> None:
    assert family_of(HIGH, measured("1", "mg/L")) is MASS
    assert family_of(HIGH, measured("1", "mmol/L")) is MOLAR
    assert family_of(HIGH, measured("1", "kPa")) is None
