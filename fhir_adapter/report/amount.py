"""Amounts as a table shows them: shorter than as JSON, where every digit shown counts.

Knows: exact fractions. Does not know: what they are amounts of. Nothing is computed from what is shown here.
"""

from __future__ import annotations

from fractions import Fraction

from fhir_adapter.domain.dosing.amount_words import in_digits, in_percent

_PARTS = 10_000


def amount_text(value: Fraction) -> str:
    """Write an amount for a table: at most four decimals, no zeros that say nothing.

    Args:
        value: Exact amount.

    Returns:
        Its digits; an amount too small for four decimals with the digits JSON shows.

    >>> amount_text(Fraction(2, 3)), amount_text(Fraction(104, 5)), amount_text(Fraction(1, 300000))
    ('0.6667', '20.8', '0.0000033333333')
    """
    return in_digits(Fraction(round(value * _PARTS), _PARTS) or value)


def percent_text(share: Fraction) -> str:
    """Write a difference in percent of the plan, without the sign for percent.

    Args:
        share: Exact share of the plan; negative below it.

    Returns:
        Signed, at most one decimal.

    >>> percent_text(Fraction(14, 120)), percent_text(Fraction(-8, 100)), percent_text(Fraction(-1, 5000))
    ('+11.7', '-8', '0')
    """
    return in_percent(share).removesuffix(" %")
