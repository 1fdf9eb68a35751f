"""Comparing what is known only in part."""

from __future__ import annotations

from decimal import Decimal

import pytest

from fhir_adapter.domain.intervals import Interval
from fhir_adapter.domain.logic import Truth
from fhir_adapter.domain.queries import Operator
from fhir_adapter.domain.toxicity.operand import Operand, compare, difference, known, limits_of, multiplied
from fhir_adapter.domain.toxicity.result import Needed

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
    assert difference(ray(None, 6), ray(1, None)).interval == Interval(None, Decimal(5))
    assert difference(ray(4, None), ray(None, 1)).interval == Interval(Decimal(3), None)
    assert difference(ray(4, 6), ray(None, None)).interval == Interval(None, None)


def test_once_a_zero_is_that_zero_and_any_other_multiple_of_it_says_nothing() -> None:
    zero = known(Decimal(0))
    assert multiplied(zero, Decimal(1)) == zero
    assert multiplied(zero, Decimal(3)).needs == {Needed.BASELINE}
    assert multiplied(FIVE, Decimal(3)) == known(Decimal(15))


@pytest.mark.parametrize(
    ("lln", "uln", "expected"),
    [
        ("1", "5", ("1", "5")),
        ("0", "5", ("0", "5")),
        ("5", "5", ("5", "5")),
        ("-1", "5", (None, "5")),
        ("1", "0", ("1", None)),
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
