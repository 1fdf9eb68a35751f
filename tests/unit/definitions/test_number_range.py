"""Ranges meet, touch or miss each other exactly."""

from __future__ import annotations

from decimal import Decimal

import pytest

from fhir_adapter.definitions.number_range import range_of, years
from fhir_adapter.domain.queries import Limit, Operator


@pytest.mark.parametrize(
    ("one", "other", "empty"),
    [
        ("<=", ">=", False),
        ("<", ">=", True),
        ("<=", ">", True),
        ("<", ">", True),
        (">", ">=", False),
    ],
)
def test_two_limits_at_one_number(one: str, other: str, *, empty: bool) -> None:
    first, second = (range_of(Limit(Operator(text), Decimal(3), "1")) for text in (one, other))
    assert first.intersection(second).is_empty is empty
    assert second.intersection(first).is_empty is empty


@pytest.mark.parametrize(
    ("first", "second", "empty"),
    [
        ((1, 18), (18, None), True),
        ((1, 18), (17, None), False),
        ((None, 2), (1, None), False),
        ((None, None), (None, 1), False),
    ],
)
def test_ages_hold_their_first_year_and_not_their_last(
    first: tuple[int | None, int | None], second: tuple[int | None, int | None], *, empty: bool
) -> None:
    assert years(*first).intersection(years(*second)).is_empty is empty
