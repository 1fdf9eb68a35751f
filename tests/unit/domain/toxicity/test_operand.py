"""Comparing what is known only in part."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from fhir_adapter.domain.intervals import Interval
from fhir_adapter.domain.logic import Truth
from fhir_adapter.domain.queries import Operator
from fhir_adapter.domain.toxicity.operand import (
    Operand,
    compare,
    difference,
    known,
    limits_of,
    multiplied,
    printed_value_of,
    scaled,
    unit_of,
    value_of,
)
from fhir_adapter.domain.toxicity.result import Needed
from fhir_adapter.domain.toxicity.scale import UnitFamily
from tests.ctcae_cases import measured

NEEDS = frozenset({Needed.ULN})
FIVE = known(Decimal(5))


def ray(low: int | None, high: int | None, *, low_open: bool = False, high_open: bool = False) -> Operand:
    ends = (None if low is None else Decimal(low), None if high is None else Decimal(high))
    return Operand(Interval(*ends, low_open, high_open), NEEDS)


@pytest.mark.parametrize(
    ("operand", "below", "at_most"),
    [
        (known(Decimal(4)), Truth.MET, Truth.MET),
        (known(Decimal(5)), Truth.NOT_MET, Truth.MET),
        (known(Decimal(6)), Truth.NOT_MET, Truth.NOT_MET),
        (known(Decimal("5.0000000000000000000000001")), Truth.NOT_MET, Truth.MET),
        (known(Decimal("4.9999999999999999999999999")), Truth.NOT_MET, Truth.MET),
        (known(Decimal("4.99999")), Truth.MET, Truth.MET),
        (known(Decimal("4.99999999999999999999")), Truth.MET, Truth.MET),
        (known(Decimal("4.999999999999999999991")), Truth.NOT_MET, Truth.MET),
        (known(Decimal("5.00000000000000000001")), Truth.NOT_MET, Truth.NOT_MET),
        (ray(None, 5), Truth.UNKNOWN, Truth.MET),
        (ray(None, 5, high_open=True), Truth.MET, Truth.MET),
        (ray(5, None), Truth.NOT_MET, Truth.UNKNOWN),
        (ray(5, None, low_open=True), Truth.NOT_MET, Truth.NOT_MET),
        (ray(None, None), Truth.UNKNOWN, Truth.UNKNOWN),
        (ray(4, 6), Truth.UNKNOWN, Truth.UNKNOWN),
    ],
)
def test_an_operand_lies_below_a_number_certainly_certainly_not_or_perhaps(
    operand: Operand, below: Truth, at_most: Truth
) -> None:
    assert compare(operand, Operator.LESS, FIVE).truth is below
    assert compare(operand, Operator.LESS_OR_EQUAL, FIVE).truth is at_most
    assert compare(FIVE, Operator.GREATER, operand).truth is below
    assert compare(FIVE, Operator.GREATER_OR_EQUAL, operand).truth is at_most


def test_only_an_open_comparison_needs_anything() -> None:
    assert compare(ray(4, 6), Operator.LESS, FIVE).needs == NEEDS
    assert compare(ray(None, 4), Operator.LESS, FIVE).needs == frozenset()


def test_the_difference_of_two_rays_is_as_wide_as_both() -> None:
    assert difference(ray(4, 6, high_open=True), ray(1, 3, low_open=True)).interval == Interval(
        Decimal(1), Decimal(5), low_open=False, high_open=True
    )
    assert difference(ray(4, 6, low_open=True), ray(1, 3)).interval == Interval(
        Decimal(1), Decimal(5), low_open=True, high_open=False
    )
    assert difference(ray(4, 6), ray(1, 3, low_open=True)).interval == Interval(
        Decimal(1), Decimal(5), low_open=False, high_open=True
    )
    assert difference(ray(4, 6), ray(1, 3, high_open=True)).interval == Interval(
        Decimal(1), Decimal(5), low_open=True, high_open=False
    )
    assert difference(ray(None, 6), ray(1, None)).interval == Interval(None, Decimal(5))
    assert difference(ray(4, None), ray(None, 1)).interval == Interval(Decimal(3), None)
    assert difference(ray(4, 6), ray(None, None)).interval == Interval(None, None)


def test_once_a_zero_is_that_zero_and_any_other_multiple_of_it_says_nothing() -> None:
    zero = known(Decimal(0))
    assert multiplied(zero, Decimal(1)) == zero
    assert multiplied(zero, Decimal(3)).needs == {Needed.BASELINE}
    assert multiplied(FIVE, Decimal(3)) == known(Decimal(15))
    assert multiplied(known(Decimal(1)), Decimal(3)) == known(Decimal(3))
    assert multiplied(ray(0, 0), Decimal(3)).needs == {Needed.BASELINE, Needed.ULN}


@pytest.mark.parametrize(
    ("lln", "uln", "expected"),
    [
        ("1", "5", ("1", "5")),
        ("0", "5", ("0", "5")),
        ("5", "5", ("5", "5")),
        ("-1", "5", (None, "5")),
        ("1", "0", ("1", None)),
        ("0.2", "0.5", ("0.2", "0.5")),
        ("5.1", "5", (None, None)),
        ("NaN", "Infinity", (None, None)),
        (None, "5", (None, "5")),
        ("1", None, ("1", None)),
    ],
)
def test_limits_that_cannot_be_limits_are_not_used(
    lln: str | None, uln: str | None, expected: tuple[str | None, str | None]
) -> None:
    def number(text: str | None) -> Decimal | None:
        return None if text is None else Decimal(text)

    assert limits_of(number(lln), number(uln)) == (number(expected[0]), number(expected[1]))


def test_what_is_needed_is_kept_through_arithmetic() -> None:
    other = Operand(Interval(Decimal(1), None), frozenset({Needed.BASELINE}))
    assert difference(ray(4, 6), other).needs == {Needed.ULN, Needed.BASELINE}
    assert compare(ray(4, 6), Operator.LESS, other).needs == {Needed.ULN, Needed.BASELINE}
    assert multiplied(ray(4, 6), Decimal(2)) == Operand(Interval(Decimal(8), Decimal(12)), NEEDS)


def test_a_scaled_interval_keeps_its_open_ends_and_those_without_end() -> None:
    assert scaled(ray(4, None, low_open=True), Decimal(2)).interval == Interval(Decimal(8), None, low_open=True)
    assert scaled(ray(None, 4, high_open=True), Decimal(2)).interval == Interval(None, Decimal(8), high_open=True)


def test_a_value_is_read_in_the_unit_of_its_limits_and_in_the_one_printed() -> None:
    family = UnitFamily(id="grams", printed="g/dL", factors={"g/dL": Fraction(1), "g/L": Fraction(1, 10)})
    reported = measured("79", "g/L")
    assert value_of(reported) == known(Decimal(79))
    assert value_of(measured("79", "g/L", "standard 7.9")) == known(Decimal("7.9"))
    assert printed_value_of(reported, family) == known(Decimal("7.9"))
    assert printed_value_of(measured("7.9", "g/dL"), family) == known(Decimal("7.9"))
    below = value_of(measured("<79", "g/L", "standard 7.9"))
    assert (below.interval.high, below.interval.high_open, below.needs) == (
        Decimal("7.9"),
        True,
        frozenset({Needed.UNCENSORED_VALUE}),
    )
    assert printed_value_of(measured("NaN", "g/L"), family) == Operand(
        Interval(None, None), frozenset({Needed.UNCENSORED_VALUE})
    )


def test_a_bare_number_has_the_unit_one() -> None:
    assert unit_of(measured("7.4", "-")) == "1"
    assert unit_of(measured("7.4", "g/L")) == "g/L"
