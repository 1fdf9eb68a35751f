"""Numbers a laboratory prints are compared as they are; longer ones are not."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from fhir_adapter.domain.toxicity.short_numbers import are_limits, is_short, is_short_factor


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("0", True),
        ("-3.5", True),
        ("123456789012", True),
        ("1234567890123", False),
        ("1E+15", True),
        ("1E+16", False),
        ("1E-15", True),
        ("1E-16", False),
        ("NaN", False),
        ("Infinity", False),
    ],
)
def test_a_short_number_has_at_most_twelve_digits_near_one(number: str, expected: bool) -> None:
    assert is_short(Decimal(number)) is expected


@pytest.mark.parametrize(
    ("lln", "uln", "expected"),
    [
        (None, None, True),
        ("0", None, True),
        ("-0.1", None, False),
        (None, "0.1", True),
        (None, "0", False),
        ("2", "2", True),
        ("2.1", "2", False),
        ("1.000000000001", "2", False),
        ("1", "2.000000000001", False),
    ],
)
def test_limits_are_short_and_the_right_way_round(lln: str | None, uln: str | None, expected: bool) -> None:
    low, high = (None if each is None else Decimal(each) for each in (lln, uln))
    assert are_limits(low, high) is expected


@pytest.mark.parametrize(
    ("factor", "expected"),
    [
        (Fraction(1), True),
        (Fraction(1, 1_000_000), True),
        (Fraction(123456, 1), True),
        (Fraction(1234567, 1), False),
        (Fraction(1, 1234567), False),
    ],
)
def test_a_short_factor_has_at_most_six_digits_over_six(factor: Fraction, expected: bool) -> None:
    assert is_short_factor(factor) is expected
