"""Limits of normal come from the same result or not at all (rules A.11)."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from fhir_adapter.domain.facts import Finding, ReferenceRange
from tests.unit.r4.laboratory import (
    LOCAL,
    LOINC,
    MODIFIER,
    NCIT,
    SNOMED,
    amount,
    coded,
    finding,
    observation,
    quantity,
    read,
)

MEANING = "http://terminology.hl7.org/CodeSystem/referencerange-meaning"
GENDER = "http://hl7.org/fhir/administrative-gender"
PATH = "Observation.referenceRange[0]"
MALE = "248153007"
HIGH = {"high": amount(0.8, "mg/dL")}


def with_ranges(*ranges: dict[str, Any], unit: str = "mg/dL") -> Finding:
    return finding(read(observation(valueQuantity=amount(1, unit), referenceRange=list(ranges))))


@pytest.mark.parametrize("kind", [{}, {"type": coded(MEANING, "normal")}])
def test_the_only_range_for_everybody_gives_the_limits(kind: dict[str, Any]) -> None:
    fact = with_ranges({"low": amount(0.3, "mg/dL"), **HIGH, **kind})
    assert (fact.lln, fact.uln) == (quantity("0.3", "mg/dL"), quantity("0.8", "mg/dL"))
    assert (fact.range_problem, fact.range_path) == (None, PATH)
    assert len(fact.ranges) == 1


def test_a_limit_may_be_open() -> None:
    fact = with_ranges(HIGH)
    assert (fact.lln, fact.uln) == (None, quantity("0.8", "mg/dL"))


def test_no_range_is_no_problem_but_no_limit_either() -> None:
    fact = with_ranges()
    assert (fact.lln, fact.uln, fact.range_problem, fact.ranges) == (None, None, None, ())


def test_a_limit_in_another_unit_of_the_family_is_converted() -> None:
    fact = with_ranges({"high": amount(8, "mg/L")})
    assert fact.uln == quantity("0.8", "mg/dL")


def test_limits_are_converted_as_the_value_is() -> None:
    fact = with_ranges({"high": amount(88.4, "umol/L")}, unit="umol/L")
    assert fact.uln == quantity("1", "mg/dL")


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ({"high": amount(70, "umol/L")}, "unit"),  # mass and molar limits never serve each other
        ({"high": amount(8, "g/L")}, "unit"),
        ({"high": {"value": 0.8}}, "unit"),
        ({"high": {"value": 0.8, "unit": "mg/dL"}}, "unit"),
        ({"high": {"value": 0.8, "system": LOCAL, "code": "mg/dL"}}, "unit"),
        ({"high": amount("0.8", "mg/dL")}, "value"),
        ({"high": amount(0.8, "mg/dL", comparator="<")}, "value"),
        ({"low": amount(0.9, "mg/dL"), **HIGH}, "value"),
        ({"text": "0.3 - 0.8 mg/dL"}, "text"),
        ({**HIGH, "modifierExtension": MODIFIER}, "modifier"),
        ({**HIGH, "type": coded(MEANING, "therapeutic")}, "type"),
        ({**HIGH, "type": coded(LOCAL, "normal")}, "type"),
        ({**HIGH, "type": {"text": "Normal"}}, "type"),
    ],
)
def test_a_range_that_cannot_be_used_gives_no_limit_and_says_why(written: dict[str, Any], problem: str) -> None:
    fact = with_ranges(written)
    assert (fact.lln, fact.uln, fact.range_problem, fact.ranges) == (None, None, problem, ())


def test_equal_limits_are_a_range() -> None:
    assert with_ranges({"low": amount(0.8, "mg/dL"), **HIGH}).range_problem is None


def test_several_ranges_are_kept_for_choosing() -> None:
    fact = with_ranges(
        {**HIGH, "appliesTo": [coded(GENDER, "female")], "age": {"low": amount(2, "a"), "high": amount(18, "a")}},
        {
            "high": amount(1.2, "mg/dL"),
            "appliesTo": [coded(SNOMED, "248153007")],
            "type": coded(MEANING, "normal"),
        },
    )
    assert (fact.lln, fact.uln, fact.range_problem, fact.range_path) == (None, None, "several", None)
    assert fact.ranges == (
        ReferenceRange(
            path=PATH,
            low=None,
            high=quantity("0.8", "mg/dL"),
            age_low=Fraction(2),
            age_high=Fraction(18),
            applies_to=("female",),  # type: ignore[arg-type]
        ),
        ReferenceRange(
            path="Observation.referenceRange[1]",
            low=None,
            high=quantity("1.2", "mg/dL"),
            type="normal",
            applies_to=("male",),  # type: ignore[arg-type]
        ),
    )


def test_a_therapeutic_range_beside_the_normal_one_leaves_nothing_to_choose() -> None:
    fact = with_ranges(HIGH, {"high": amount(2, "mg/dL"), "type": coded(MEANING, "therapeutic")})
    assert (fact.uln, fact.range_problem) == (quantity("0.8", "mg/dL"), None)


def test_an_unreadable_range_beside_a_readable_one_is_not_overlooked() -> None:
    fact = with_ranges(HIGH, {"text": "0.3 - 1.0 for newborns"})
    assert (fact.uln, fact.range_problem) == (None, "several")
    assert [each.is_unread for each in fact.ranges] == [False, True]


@pytest.mark.parametrize(
    ("condition", "is_unread"),
    [
        ({"appliesTo": [coded(GENDER, "male")]}, False),
        ({"appliesTo": [{"text": "men"}]}, True),
        ({"appliesTo": [coded(LOCAL, "athletes")]}, True),
        ({"age": {"low": amount(18, "a")}}, False),
        ({"age": {"low": {"value": 18, "unit": "years"}}}, True),
        ({"age": {"high": amount(18, "yr")}}, True),
        ({"age": {"high": amount("18", "a")}}, True),
        ({"age": {"high": amount(18, "a", comparator="<")}}, True),
    ],
)
def test_the_only_range_is_not_taken_where_it_holds_under_a_condition(
    condition: dict[str, Any], is_unread: bool
) -> None:
    fact = with_ranges({**HIGH, **condition})
    assert (fact.uln, fact.range_problem) == (None, "conditional")
    assert [each.is_unread for each in fact.ranges] == [is_unread]


@pytest.mark.parametrize(
    ("number", "unit", "years"),
    [
        (6, "mo", Fraction(1, 2)),
        (1461, "d", Fraction(4)),
        (1461, "wk", Fraction(28)),
        (8766, "h", Fraction(1)),
        (2.5, "a", Fraction(5, 2)),
    ],
)
def test_ages_become_years_exactly(number: float, unit: str, years: Fraction) -> None:
    (only,) = with_ranges({**HIGH, "age": {"low": amount(number, unit)}}).ranges
    assert only.age_low == years


def test_a_score_may_have_limits_without_unit() -> None:
    fact = finding(
        read(observation(coded(NCIT, "C38144"), valueInteger=70, referenceRange=[{"high": {"value": 100}}]))
    )
    assert fact.uln == quantity("100", "{score}")


def test_a_component_has_its_own_range() -> None:
    component = {
        "code": coded(LOINC, "8480-6"),
        "valueQuantity": amount(110, "mm[Hg]"),
        "referenceRange": [{"high": amount(120, "mm[Hg]")}],
    }
    fact = finding(read(observation(coded(LOINC, "85354-9"), component=[component])))
    assert fact.uln == quantity("120", "mm[Hg]")
    assert fact.range_path == "Observation.component[0].referenceRange[0]"


def test_a_range_that_is_no_range_at_all_makes_the_resource_invalid() -> None:
    reading = read(observation(valueQuantity=amount(1, "mg/dL"), referenceRange=[5]))
    assert reading.facts == ()
    assert reading.rejections
