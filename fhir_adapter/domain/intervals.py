"""Censored values: all a reported number can mean, and which limits that decides.

Knows: comparators as intervals, exact comparison. Does not know: units, concepts, windows.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Final

from fhir_adapter.domain.quantity import Comparator, Quantity
from fhir_adapter.domain.queries import Operator

EXACT: Final = Context(prec=50)
"""Arithmetic far beyond any reported digit; nothing is rounded for display before it is compared."""

_SAME: Final = Decimal("1E-20")
_NEAR: Final = 1e-9  # numbers further apart than this cannot be the same: no need to compute exactly


@dataclass(frozen=True, slots=True)
class Interval:
    """All numbers a value can be.

    Attributes:
        low: 0..1; lower end, None = no lower end.
        high: 0..1; upper end, None = no upper end.
        low_open: True where the lower end itself is excluded.
        high_open: True where the upper end itself is excluded.
    """

    low: Decimal | None
    high: Decimal | None
    low_open: bool = False
    high_open: bool = False


def is_measurable(number: Decimal) -> bool:
    """Say whether a number can be a measurement: finite, and neither astronomically large nor small."""
    return number.is_finite() and (number.is_zero() or -30 <= number.adjusted() <= 30)


def interval_of(quantity: Quantity) -> Interval:
    """Say which numbers a reported quantity can be.

    Args:
        quantity: With or without comparator.

    Returns:
        One point without comparator; an open or half-open ray with one.

    Source:
        http://hl7.org/fhir/R4/valueset-quantity-comparator.html.

    >>> interval_of(Quantity(Decimal("0.01"), "%", Comparator.LESS))
    Interval(low=None, high=Decimal('0.01'), low_open=False, high_open=True)
    """
    value, comparator = quantity.value, quantity.comparator
    if comparator is None:
        return Interval(value, value)
    if comparator in {Comparator.LESS, Comparator.LESS_OR_EQUAL}:
        return Interval(None, value, high_open=comparator is Comparator.LESS)
    return Interval(value, None, low_open=comparator is Comparator.GREATER)


def lies(interval: Interval, operator: Operator, limit: Decimal) -> bool | None:
    """Say whether a value lies on this side of a limit.

    Two numbers closer than one part in 10^20 are the same number: that is the last digit of a unit's
    conversion or of a root, never of a measurement.

    Args:
        interval: All the value can be.
        operator: Which side; `<=` and `>=` include the limit itself.
        limit: In the unit of the value.

    Returns:
        None where the value is censored and the limit lies inside.

    Source:
        rules sheet A.11, comparators: what cannot be decided is unknown.

    >>> lies(interval_of(Quantity(Decimal("0.01"), "%", Comparator.LESS)), Operator.GREATER, Decimal("0.01"))
    False
    """
    if operator is Operator.LESS:
        return _below(interval, limit, inclusive=False)
    if operator is Operator.LESS_OR_EQUAL:
        return _below(interval, limit, inclusive=True)
    opposite = _below(interval, limit, inclusive=operator is Operator.GREATER)
    return None if opposite is None else not opposite


def _below(interval: Interval, limit: Decimal, *, inclusive: bool) -> bool | None:
    low, high = _snapped(interval.low, limit), _snapped(interval.high, limit)
    if high is not None and (high < limit or (high == limit and (inclusive or interval.high_open))):
        return True
    if low is not None and (low > limit or (low == limit and (not inclusive or interval.low_open))):
        return False
    return None


def _snapped(end: Decimal | None, limit: Decimal) -> Decimal | None:
    if end is None or end == limit or abs(float(end) - float(limit)) > _NEAR * abs(float(limit)):
        return end
    close = EXACT.abs(EXACT.subtract(end, limit)) <= EXACT.multiply(EXACT.abs(limit), _SAME)
    return limit if close else end
