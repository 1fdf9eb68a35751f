"""Numbers short enough to be compared as they are.

Knows: how many digits laboratories print. Does not know: what is compared. Longer numbers come from conversions;
their last digit is never a measurement's.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Final

_VALUE_DIGITS: Final = 12
_FACTOR_DIGITS: Final = 6
"""Products of numbers no longer than these differ by more than a unit's conversion can blur."""

_HIGHEST_POWER: Final = 15
_REMEMBERED: Final = 16384


@lru_cache(maxsize=_REMEMBERED)
def is_short(number: Decimal) -> bool:
    """Say whether a number is finite, short, and neither very large nor very small."""
    is_printed = number.is_finite() and len(number.as_tuple().digits) <= _VALUE_DIGITS
    return is_printed and abs(number.adjusted()) <= _HIGHEST_POWER


@lru_cache(maxsize=_REMEMBERED)
def are_limits(lln: Decimal | None, uln: Decimal | None) -> bool:
    """Say whether each limit of normal that is given is short and one, by itself and beside the other."""
    if not all(each is None or is_short(each) for each in (lln, uln)):
        return False
    if (lln is not None and lln < 0) or (uln is not None and uln <= 0):
        return False
    return lln is None or uln is None or lln <= uln


def is_short_factor(factor: Fraction) -> bool:
    """Say whether a unit's factor is a short number over a short number; zeros at the end do not count."""
    return all(len(str(part).rstrip("0")) <= _FACTOR_DIGITS for part in (factor.numerator, factor.denominator))
