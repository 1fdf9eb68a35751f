from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from fhir_adapter.domain.quantity import Comparator, Quantity, UnitRule, is_believable, standardise, to_decimal
from fhir_adapter.errors import UnitError
from tests.builders import quantity

CREATININE = UnitRule(
    id="creatinine",
    standard="mg/dL",
    factors={"umol/L": Fraction(10, 884)},
    offsets={},
    as_is=frozenset({"score"}),
)
TEMPERATURE = UnitRule(
    id="temperature", standard="Cel", factors={"[degF]": Fraction(5, 9)}, offsets={"[degF]": Fraction(32)}
)
SCORE = UnitRule(id="score", standard="{score}", factors={}, offsets={}, unitless=True)


@pytest.mark.parametrize(
    ("reported", "rule", "expected"),
    [
        (quantity("0.50", "mg/dL"), CREATININE, quantity("0.50", "mg/dL")),
        (quantity("88.4", "umol/L"), CREATININE, quantity("1", "mg/dL")),
        (quantity("<44.2", "umol/L"), CREATININE, quantity("<0.5", "mg/dL")),
        (quantity("100.4", "[degF]"), TEMPERATURE, quantity("38", "Cel")),
        (quantity("50", None), SCORE, quantity("50", "{score}")),
        (quantity("5", "score"), CREATININE, quantity("5", "score")),
    ],
)
def test_listed_units_convert_exactly(reported: Quantity, rule: UnitRule, expected: Quantity) -> None:
    assert standardise(reported, rule) == expected


@pytest.mark.parametrize("unit", ["mmol/L", "g", None])
def test_units_that_are_not_listed_are_refused(unit: str | None) -> None:
    with pytest.raises(UnitError, match="creatinine"):
        standardise(quantity("1", unit), CREATININE)


def test_a_rule_may_refuse_its_own_standard_unit_as_reported() -> None:
    molar = UnitRule(
        id="molar", standard="mg/dL", factors={"mg/dL": Fraction(1)}, offsets={}, standard_refused=True
    )
    with pytest.raises(UnitError, match="molar"):
        standardise(quantity("1", "mg/dL"), molar)


def test_a_fraction_that_never_ends_is_rounded_to_28_digits() -> None:
    assert to_decimal(Fraction(1, 3)) == Decimal("0.3333333333333333333333333333")
    assert quantity(">=5", None).comparator is Comparator.GREATER_OR_EQUAL


@pytest.mark.parametrize(("value", "expected"), [("4.9", False), ("5", True), ("100", True), ("100.1", False)])
def test_a_number_beyond_what_the_unit_can_hold_is_no_measurement(value: str, expected: bool) -> None:
    lvef = UnitRule(id="lvef", standard="%", factors={}, offsets={}, lowest=Decimal(5), highest=Decimal(100))
    assert is_believable(quantity(value, "%"), lvef) is expected
    assert is_believable(quantity(value, "%"), SCORE)
