"""A leukocyte count bounds what it is made of."""

from __future__ import annotations

from decimal import Decimal

import pytest

from fhir_adapter.domain.quantity import Comparator, Quantity
from fhir_adapter.domain.toxicity.measurement import as_upper_bound
from tests.ctcae_cases import measured


@pytest.mark.parametrize(
    ("value", "bound"),
    [
        ("0.4", Comparator.LESS_OR_EQUAL),
        ("<=0.4", Comparator.LESS_OR_EQUAL),
        ("<0.4", Comparator.LESS),
        (">0.4", None),
        (">=0.4", None),
    ],
)
def test_what_a_result_is_made_of_cannot_exceed_it(value: str, bound: Comparator | None) -> None:
    part = as_upper_bound(measured(value, "10*9/L"))
    assert (part and part.reported) == (bound and Quantity(Decimal("0.4"), "10*9/L", bound))


def test_limits_and_baseline_of_the_greater_result_are_not_carried_over() -> None:
    given = "standard 400, lln 4, uln 10, baseline 5, baseline_lln 4, baseline_uln 10, age 7, symptoms"
    expected = measured("<=0.4", "10*9/L", "standard 400, age 7, symptoms")
    assert as_upper_bound(measured("0.4", "10*9/L", given)) == expected
