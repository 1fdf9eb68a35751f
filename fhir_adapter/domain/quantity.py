"""Numbers with units: exact decimals, UCUM units whose annotations matter, censored values.

Knows: comparators, intervals, the conversions a concept allows. Does not know: UCUM grammar (definitions
checks it at load), FHIR JSON.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from fhir_adapter.errors import UnitError


class Comparator(StrEnum):
    """FHIR R4 Quantity.comparator: the true value lies on this side of the number.

    Source: http://hl7.org/fhir/R4/valueset-quantity-comparator.html
    """

    LESS = "<"
    LESS_OR_EQUAL = "<="
    GREATER_OR_EQUAL = ">="
    GREATER = ">"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as reported or standardised.

    Attributes:
        value: Exact decimal, digits as written.
        unit: 0..1; UCUM code, annotations included; None where the source gave none (a score, say).
        comparator: 0..1; the value is censored.
    """

    value: Decimal
    unit: str | None
    comparator: Comparator | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRule:
    """The units one concept may be reported in.

    Attributes:
        id: Name of the rule in units.yaml.
        standard: UCUM unit of the standardised value.
        factors: UCUM unit -> exact factor to the standard unit; the standard unit itself maps to 1.
        offsets: 0..*; UCUM unit -> number subtracted before the factor ([degF]: 32).
        unitless: True where a bare number (valueInteger) is in the standard unit, as for scores.
        family: UCUM unit -> `mass`, `molar` or `other`; limits printed for one family never serve another.
        as_is: 0..*; units accepted and kept, for they state another basis (`mL/min/{1.73_m2}` beside `mL/min`).
        standard_refused: True where nobody may report in the standard unit itself (a molar code in mg/dL).
        lowest: 0..1; a smaller number is no measurement in this unit [standard unit].
        highest: 0..1; a greater number is none either.
        whole: True where only whole numbers are measurements, as for a sum of points.
    """

    id: str
    standard: str
    factors: Mapping[str, Fraction]
    offsets: Mapping[str, Fraction]
    unitless: bool = False
    family: Mapping[str, str] | None = None
    as_is: frozenset[str] = frozenset()
    standard_refused: bool = False
    lowest: Decimal | None = None
    highest: Decimal | None = None
    whole: bool = False


def standardise(quantity: Quantity, rule: UnitRule) -> Quantity:
    """Convert a reported quantity to the concept's standard unit.

    Does not guess: a unit the rule does not list is refused, whatever its dimension.

    Args:
        quantity: As reported [any UCUM unit].
        rule: The concept's unit rule.

    Returns:
        The quantity in `rule.standard`, or unchanged for a unit the rule keeps as it is; digits are kept where
        the factor is 1; comparator kept.

    Raises:
        UnitError: The unit is not in the rule.

    Source:
        design contracts, Facts: conversion only between pairs listed per concept.

    >>> rule = UnitRule(id="hgb", standard="g/dL", factors={"g/L": Fraction(1, 10)}, offsets={})
    >>> standardise(Quantity(Decimal("85"), "g/L"), rule)
    Quantity(value=Decimal('8.5'), unit='g/dL', comparator=None)
    """
    unit = rule.standard if quantity.unit is None and rule.unitless else quantity.unit
    if unit in rule.as_is:
        return quantity
    if unit == rule.standard and not rule.standard_refused:
        return quantity if quantity.unit == unit else Quantity(quantity.value, unit, quantity.comparator)
    factor = rule.factors.get(unit) if unit is not None and unit != rule.standard else None
    if factor is None or unit is None:
        raise UnitError(f"unit rule {rule.id} does not convert this unit to {rule.standard}")
    shifted = Fraction(quantity.value) - rule.offsets.get(unit, Fraction(0))
    return Quantity(to_decimal(shifted * factor), rule.standard, quantity.comparator)


def is_believable(standard: Quantity, rule: UnitRule) -> bool:
    """Say whether a number can be a measurement in its unit: 0.62 % is no ejection fraction, 1.22 cm no height.

    Does not guess the unit that was meant; a number beyond is refused.

    Args:
        standard: In the rule's standard unit, or a unit the rule keeps as it is.
        rule: The concept's unit rule.

    Returns:
        False outside the rule's bounds, or for part of a point; both bounds themselves are believable.

    Source:
        rules sheet A.11: fractions sent as percent are a data-quality issue.
    """
    too_low = rule.lowest is not None and standard.value < rule.lowest
    if rule.whole and standard.value != standard.value.to_integral_value():
        return False
    return not too_low and (rule.highest is None or standard.value <= rule.highest)


def to_decimal(number: Fraction) -> Decimal:
    """Write an exact fraction as a decimal.

    Args:
        number: Exact.

    Returns:
        The decimal, rounded half-even to 28 significant digits where it never ends.

    >>> to_decimal(Fraction(1, 8))
    Decimal('0.125')
    """
    return Decimal(number.numerator) / Decimal(number.denominator)
