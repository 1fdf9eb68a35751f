"""What a grade is computed from, each with what is not known of it.

Knows: values, limits of normal and baselines as intervals, comparison of two intervals. Does not know: grades.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from fhir_adapter.domain.intervals import EXACT, Interval, interval_of, is_measurable
from fhir_adapter.domain.logic import Truth
from fhir_adapter.domain.quantity import Quantity
from fhir_adapter.domain.queries import Operator
from fhir_adapter.domain.toxicity.measurement import Measurement
from fhir_adapter.domain.toxicity.result import Needed
from fhir_adapter.domain.toxicity.scale import UnitFamily

NOTHING: Final[frozenset[Needed]] = frozenset()
ANY_NUMBER: Final = Interval(None, None)
POSITIVE: Final = Interval(Decimal(0), None, low_open=True)

_DIGITS: Final = 20
_NO_UNIT: Final = "1"


@dataclass(frozen=True, slots=True)
class Operand:
    """All numbers something can be, and what would make it one number."""

    interval: Interval
    needs: frozenset[Needed] = NOTHING


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a condition holds, and what would decide it where that is unknown."""

    truth: Truth
    needs: frozenset[Needed] = NOTHING


MET: Final = Verdict(Truth.MET)
NOT_MET: Final = Verdict(Truth.NOT_MET)


def known(number: Decimal) -> Operand:
    """Give the operand of one exact number."""
    return Operand(Interval(number, number))


def compare(left: Operand, operator: Operator, right: Operand) -> Verdict:
    """Compare two operands.

    Args:
        left: In the unit of `right`.
        operator: How.
        right: In the unit of `left`.

    Returns:
        UNKNOWN, with what is needed, where some of the numbers they can be say yes and some no.

    Source:
        clinical review, section 4, PUT-4 (a): Decimal, no rounding, half-open intervals.

    >>> compare(known(Decimal("8.0")), Operator.LESS, known(Decimal(8))).truth
    <Truth.NOT_MET: 'NOT_MET'>
    """
    low, high = (left, right) if operator in {Operator.LESS, Operator.LESS_OR_EQUAL} else (right, left)
    inclusive = operator in {Operator.LESS_OR_EQUAL, Operator.GREATER_OR_EQUAL}
    if _lies_below(low.interval, high.interval, inclusive=inclusive):
        return MET
    if _lies_below(high.interval, low.interval, inclusive=not inclusive):
        return NOT_MET
    return Verdict(Truth.UNKNOWN, left.needs | right.needs)


def _lies_below(low: Interval, high: Interval, *, inclusive: bool) -> bool:
    """Say whether every number of the first lies below (or at) every number of the second."""
    if low.high is None or high.low is None:
        return False
    distance = EXACT.subtract(high.low, low.high)
    # The last digit of a unit's conversion is never a measurement's (see intervals.lies).
    if distance.is_zero() or distance.adjusted() < high.low.adjusted() - _DIGITS:
        return inclusive or low.high_open or high.low_open
    return distance > 0


def multiplied(operand: Operand, times: Decimal) -> Operand:
    """Multiply by a positive number.

    Args:
        operand: Never below zero.
        times: Above zero.

    Returns:
        The multiple; anything positive for a multiple of a zero, which says nothing.
    """
    if times == 1:
        return operand
    if operand.interval.high == 0:
        return Operand(POSITIVE, operand.needs | {Needed.BASELINE})
    return scaled(operand, times)


def scaled(operand: Operand, factor: Decimal) -> Operand:
    """Convert to another unit by a positive factor."""
    return Operand(_scaled(operand.interval, factor), operand.needs)


def difference(left: Operand, right: Operand) -> Operand:
    """Subtract the second from the first."""
    one, other = left.interval, right.interval
    low = None if one.low is None or other.high is None else EXACT.subtract(one.low, other.high)
    high = None if one.high is None or other.low is None else EXACT.subtract(one.high, other.low)
    ends = (one.low_open or other.high_open, one.high_open or other.low_open)
    return Operand(Interval(low, high, *ends), left.needs | right.needs)


def value_of(measurement: Measurement) -> Operand:
    """Give the value in the unit of its limits.

    Args:
        measurement: The result.

    Returns:
        A ray for a censored value; any number where it is no measurable number.
    """
    number = measurement.reported.value if measurement.standard is None else measurement.standard
    return _operand(Quantity(number, None, measurement.reported.comparator))


def printed_value_of(measurement: Measurement, family: UnitFamily) -> Operand:
    """Give the value in the unit a family's limits are printed in.

    Args:
        measurement: Its reported unit belongs to the family.
        family: The family.

    Returns:
        As value_of.
    """
    factor = family.factors[unit_of(measurement)]
    operand = _operand(measurement.reported)
    if factor == 1:
        return operand
    return scaled(operand, EXACT.divide(Decimal(factor.numerator), Decimal(factor.denominator)))


def unit_of(measurement: Measurement) -> str:
    """Give the reported unit; `1` for a bare number."""
    return measurement.reported.unit or _NO_UNIT


def limits_of(lln: Decimal | None, uln: Decimal | None) -> tuple[Decimal | None, Decimal | None]:
    """Give the limits of normal that can be used.

    Args:
        lln: 0..1.
        uln: 0..1.

    Returns:
        Each, or None where it is absent or no such limit can be: not positive, or both the wrong way round.
    """
    low = lln if lln is not None and is_measurable(lln) and lln >= 0 else None
    high = uln if uln is not None and is_measurable(uln) and uln > 0 else None
    if low is not None and high is not None and low > high:
        return None, None
    return low, high


def _operand(quantity: Quantity) -> Operand:
    if not is_measurable(quantity.value):
        return Operand(ANY_NUMBER, frozenset({Needed.UNCENSORED_VALUE}))
    needs = NOTHING if quantity.comparator is None else frozenset({Needed.UNCENSORED_VALUE})
    return Operand(interval_of(quantity), needs)


def _scaled(interval: Interval, times: Decimal) -> Interval:
    low = None if interval.low is None else EXACT.multiply(interval.low, times)
    high = None if interval.high is None else EXACT.multiply(interval.high, times)
    return Interval(low, high, interval.low_open, interval.high_open)
