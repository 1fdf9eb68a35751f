"""One administration recorded twice without saying so. Planned 150 mg, ten percent either way."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction

import pytest

from fhir_adapter.domain.dosing.repeats import Stretch, is_recorded_twice
from tests.courses import TEN_PERCENT


def bag(first: int, last: int, amount: int) -> Stretch:
    """Minutes after nine, and milligrams."""
    return Stretch(
        datetime(2026, 3, 11, 9, first, tzinfo=UTC), datetime(2026, 3, 11, 9, last, tzinfo=UTC), Fraction(amount)
    )


@pytest.mark.parametrize(
    ("bags", "is_twice"),
    [
        ([], False),
        ([bag(0, 30, 150)], False),
        ([bag(0, 30, 150), bag(0, 30, 150)], True),
        ([bag(0, 30, 150), bag(0, 10, 150)], True),  # they begin together
        ([bag(0, 30, 150), bag(29, 59, 150)], True),
        ([bag(0, 30, 150), bag(30, 59, 150)], False),  # one after the other
        ([bag(0, 0, 150), bag(0, 0, 150)], True),
        ([bag(0, 30, 150), bag(0, 30, 149)], True),  # what one system rounded
        ([bag(0, 30, 150), bag(0, 30, 135)], True),  # ten percent of the larger
        ([bag(0, 30, 150), bag(0, 30, 134)], False),  # not the same amount
        ([bag(0, 30, 140), bag(0, 30, 155)], True),  # within ten percent of the larger, though not of the smaller
        ([bag(0, 30, 150), bag(30, 59, 149)], False),  # one after the other
        ([bag(0, 30, 75), bag(0, 30, 74)], False),  # two lines: the sum is what was planned
        ([bag(0, 30, 75), bag(0, 30, 75), bag(30, 59, 74), bag(30, 59, 76)], True),  # two bags, each twice
        ([bag(0, 30, 75), bag(0, 30, 75)], False),  # two lines: the sum is what was planned
        ([bag(0, 30, 75), bag(0, 30, 75), bag(30, 59, 75), bag(30, 59, 75)], True),  # two bags, each twice
        ([bag(0, 30, 300), bag(0, 30, 300)], False),  # neither once nor twice is what was planned
        ([bag(0, 59, 150), bag(0, 30, 100), bag(30, 59, 50)], True),  # the whole and its parts
        ([bag(0, 59, 150), bag(0, 30, 100), bag(30, 59, 60)], True),  # alike
        ([bag(0, 59, 150), bag(0, 30, 100), bag(30, 59, 67)], False),
        ([bag(0, 10, 150), bag(15, 30, 100), bag(30, 59, 50)], False),  # apart in time
    ],
)
def test_an_administration_may_be_recorded_twice(bags: list[Stretch], is_twice: bool) -> None:
    assert is_recorded_twice(bags, Fraction(150), TEN_PERCENT) is is_twice
    assert is_recorded_twice(list(reversed(bags)), Fraction(150), TEN_PERCENT) is is_twice


@pytest.mark.parametrize(
    ("bags", "is_twice"),
    [
        ([bag(0, 30, 75), bag(0, 30, 75)], True),
        ([bag(0, 30, 75), bag(0, 30, 74)], True),
        ([bag(0, 30, 75), bag(0, 30, 67)], False),
        ([bag(0, 30, 75), bag(30, 59, 75)], False),
        ([bag(0, 30, 75)], False),
    ],
)
def test_without_a_plan_equal_amounts_at_once_are_in_doubt(bags: list[Stretch], is_twice: bool) -> None:
    assert is_recorded_twice(bags, None, TEN_PERCENT) is is_twice
