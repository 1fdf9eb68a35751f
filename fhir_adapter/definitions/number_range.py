"""Ranges of numbers that limits and ages leave open, to find statements nobody can meet.

Knows: intervals with open and closed ends. Does not know: what the numbers mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from fhir_adapter.domain.queries import Limit, Operator

_LOWEST = Decimal("-Infinity")
_HIGHEST = Decimal("Infinity")


@dataclass(frozen=True, slots=True)
class NumberRange:
    """Numbers from low to high; an open end does not belong to it."""

    low: Decimal = _LOWEST
    high: Decimal = _HIGHEST
    low_open: bool = False
    high_open: bool = False

    @property
    def is_empty(self) -> bool:
        """True where no number lies in it."""
        return self.low > self.high or (self.low == self.high and (self.low_open or self.high_open))

    def intersection(self, other: NumberRange) -> NumberRange:
        """Give the numbers in both."""
        low, low_open = max((self.low, self.low_open), (other.low, other.low_open))
        high, high_closed = min((self.high, not self.high_open), (other.high, not other.high_open))
        return NumberRange(low, high, low_open, not high_closed)


def range_of(limit: Limit) -> NumberRange:
    """Give the numbers on the limit's side.

    Args:
        limit: Operator and number.

    Returns:
        The range that meets it.

    >>> range_of(Limit(Operator.LESS, Decimal(3), "1")).high_open
    True
    """
    strict = limit.operator in {Operator.LESS, Operator.GREATER}
    if limit.operator in {Operator.LESS, Operator.LESS_OR_EQUAL}:
        return NumberRange(high=limit.value, high_open=strict)
    return NumberRange(low=limit.value, low_open=strict)


def years(at_least: int | None, below: int | None) -> NumberRange:
    """Give the ages [a] in [at_least, below); missing ends are open to both sides."""
    return NumberRange(
        low=_LOWEST if at_least is None else Decimal(at_least),
        high=_HIGHEST if below is None else Decimal(below),
        high_open=below is not None,
    )
