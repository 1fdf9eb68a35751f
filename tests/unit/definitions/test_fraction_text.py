"""Amounts and shares are exact, and only what can be read in one way is read."""

from __future__ import annotations

from fractions import Fraction

import pytest
from pydantic import TypeAdapter, ValidationError

from fhir_adapter.definitions.fraction_text import AmountText, ShareText

AMOUNT, SHARE = TypeAdapter[Fraction](AmountText), TypeAdapter[Fraction](ShareText)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("40", Fraction(40)),
        ("0.5", Fraction(1, 2)),
        ("0.1", Fraction(1, 10)),
        ("2/3", Fraction(2, 3)),
        ("25/3", Fraction(25, 3)),
        ("0", Fraction(0)),
    ],
)
def test_an_amount_is_a_decimal_or_an_exact_fraction(text: str, amount: Fraction) -> None:
    assert AMOUNT.validate_python(text) == amount


@pytest.mark.parametrize(
    "text", ["-1", "+1", ".5", "5.", "1e3", "1,5", "2 / 3", "2/0", "2/03", "02", "10 %", "a", "", "2/3/4", "-2/3"]
)
def test_an_amount_written_in_any_other_way_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="not a plain amount"):
        AMOUNT.validate_python(text)


@pytest.mark.parametrize(
    ("text", "share"),
    [("10 %", Fraction(1, 10)), ("12.5 %", Fraction(1, 8)), ("100 %", Fraction(1)), ("2/3", Fraction(2, 3))],
)
def test_a_share_is_a_percentage_or_an_exact_fraction(text: str, share: Fraction) -> None:
    assert SHARE.validate_python(text) == share


@pytest.mark.parametrize("text", ["10", "0.1", "10%", "10  %", "-10 %", "1/0", "% 10", "ten %", ""])
def test_a_share_that_does_not_say_what_it_is_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="not a share"):
        SHARE.validate_python(text)


def test_a_fraction_stays_one() -> None:
    assert AMOUNT.validate_python(Fraction(2, 3)) == SHARE.validate_python(Fraction(2, 3)) == Fraction(2, 3)
