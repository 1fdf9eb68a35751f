from __future__ import annotations

from fractions import Fraction

import pytest

from fhir_adapter.domain.dosing.amount_words import in_digits, in_percent, in_words
from fhir_adapter.domain.dosing.records import Dose


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("0", "0"),
        ("12", "12"),
        ("160", "160"),
        ("20.80", "20.8"),
        ("20/3", "6.6666667"),
        ("-1/3", "-0.33333333"),
        ("1/1000000000", "0.000000001"),
        ("123456789", "123456790"),
        ("1000000", "1000000"),
    ],
)
def test_amounts_show_at_most_eight_digits_and_no_trailing_zero(value: str, shown: str) -> None:
    assert in_digits(Fraction(value)) == shown


def test_an_amount_is_shown_with_its_unit() -> None:
    assert in_words(Dose(Fraction(80), "10*6")) == "80 10*6"


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        ("1/10", "+10 %"),
        ("-1/8", "-12.5 %"),
        ("7/60", "+11.7 %"),
        ("0", "0 %"),
        ("1/10000", "0 %"),
        ("-1/10000", "0 %"),
    ],
)
def test_shares_are_signed_percentages_with_one_decimal(share: str, shown: str) -> None:
    assert in_percent(Fraction(share)) == shown
