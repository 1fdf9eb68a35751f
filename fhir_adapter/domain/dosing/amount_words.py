"""Exact amounts as people read them; rounded only here, never before something is computed or compared.

Knows: how many digits are shown. Does not know: what an amount decides.
"""

from __future__ import annotations

from decimal import Context, Decimal
from fractions import Fraction
from typing import Final

from fhir_adapter.domain.dosing.records import Dose

_SHOWN: Final = Context(prec=8)
"""Digits shown; the same as for the results of clinical formulas."""


def in_digits(value: Fraction) -> str:
    """Write an exact number with at most 8 significant digits, without exponent or trailing zeros.

    Args:
        value: Exact.

    Returns:
        The number as shown; rounded half-even where it has more digits.

    Source:
        issue B, planned doses: no rounding but for display.

    >>> in_digits(Fraction(20, 3))
    '6.6666667'
    >>> in_digits(Fraction(160))
    '160'
    """
    rounded = _SHOWN.divide(Decimal(value.numerator), Decimal(value.denominator))
    text = format(rounded, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def in_words(dose: Dose) -> str:
    """Write an amount with its unit: `80 10*6`."""
    return f"{in_digits(dose.value)} {dose.unit}"


def in_percent(share: Fraction) -> str:
    """Write a share as a signed percentage with one decimal.

    Args:
        share: Exact; 1/10 is 10 %.

    Returns:
        For example `+11.7 %`; `0 %` where it rounds to nothing.

    Source:
        issue B, planned doses: no rounding but for display.

    >>> in_percent(Fraction("13.4") / 12 - 1)
    '+11.7 %'
    """
    tenths = round(share * 1000)
    return f"{'+' if tenths > 0 else ''}{in_digits(Fraction(tenths, 10))} %"
