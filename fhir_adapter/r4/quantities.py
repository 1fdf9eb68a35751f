"""Quantities: exact numbers, UCUM units by code, comparators, the concept's standard unit.

Knows: how FHIR writes a Quantity, data-absent-reason on it. Does not know: which units a concept allows;
the unit rules say so.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from msgspec import UNSET, Raw

from fhir_adapter.domain.quantity import Comparator, Quantity, UnitRule, is_believable, standardise
from fhir_adapter.domain.source import Rejection, RejectionReason
from fhir_adapter.errors import UnitError
from fhir_adapter.r4 import wire
from fhir_adapter.r4.absence import absent_reason_of
from fhir_adapter.r4.bindings import parse_binding
from fhir_adapter.r4.construction import fast_constructor

UCUM: Final = "http://unitsofmeasure.org"
LONGEST_NUMBER: Final = 40
"""Characters of a number; FHIR asks for 18 significant digits, more than this is no measurement."""
LARGEST_EXPONENT: Final = 30
"""Powers of ten; a number beyond could exhaust exact arithmetic."""


def read_number(raw: Raw, path: str) -> Decimal | Rejection:
    """Read a JSON number with the digits it was written with.

    Args:
        raw: The element; a number in quotes is refused.
        path: FHIRPath of the element.

    Returns:
        The number, or its rejection (INVALID_RESOURCE, UNSUPPORTED_VALUE).
    """
    text = bytes(raw)
    if text[:1] not in _NUMBER_STARTS:
        return Rejection(reason=RejectionReason.INVALID_RESOURCE, path=path, detail="number")
    if len(text) > LONGEST_NUMBER:
        return _absurd(path)
    number = Decimal(text.decode())
    return number if abs(number.adjusted()) <= LARGEST_EXPONENT else _absurd(path)


def read_quantity(quantity: wire.Quantity, path: str, *, unitless: bool = False) -> Quantity | Rejection:
    """Read a Quantity as reported.

    Never takes the unit's display text for a unit.

    Args:
        quantity: As received.
        path: FHIRPath of the Quantity.
        unitless: True where a number without a unit is meaningful, as for scores.

    Returns:
        Value, UCUM code and comparator as written; or the rejection: VALUE_ABSENT, MISSING_UNIT, UNKNOWN_UNIT,
        UNKNOWN_STATUS (comparator), INVALID_RESOURCE, UNSUPPORTED_VALUE.

    Source:
        http://hl7.org/fhir/R4/datatypes.html#Quantity; rules A.11, units: only by UCUM code.
    """
    if not quantity.value:
        beside = quantity.absent_value.extension if quantity.absent_value is not None else ()
        reason = absent_reason_of((*quantity.extension, *beside)) or "none"
        return Rejection(reason=RejectionReason.VALUE_ABSENT, path=f"{path}.value", detail=reason)
    number = read_number(quantity.value, f"{path}.value")
    if isinstance(number, Rejection):
        return number
    comparator = None
    if quantity.comparator is not UNSET:
        comparator = parse_binding(Comparator, quantity.comparator)
        if comparator is None:
            return Rejection(reason=RejectionReason.UNKNOWN_STATUS, path=f"{path}.comparator")
    if quantity.code and quantity.system == UCUM:
        return make_quantity(number, quantity.code, comparator)
    if unitless and not quantity.code:
        return Quantity(number, None, comparator)
    return _unit_problem(quantity, path)


def to_standard(reported: Quantity, rule: UnitRule | None, path: str) -> Quantity | Rejection:
    """Convert a reported quantity to its concept's standard unit.

    Args:
        reported: As written.
        rule: 0..1; the concept's unit rule; None where the concept carries no quantity, or several rules apply.
        path: FHIRPath of the Quantity.

    Returns:
        The standard quantity, or UNKNOWN_UNIT where the rule does not list the unit, or where the number cannot
        have been measured in it.
    """
    if rule is None:
        return Rejection(reason=RejectionReason.UNKNOWN_UNIT, path=f"{path}.code", detail="no-rule")
    try:
        standard = standardise(reported, rule)
    except UnitError:
        return Rejection(reason=RejectionReason.UNKNOWN_UNIT, path=f"{path}.code", detail="not-listed")
    if is_believable(standard, rule):
        return standard
    return Rejection(reason=RejectionReason.UNKNOWN_UNIT, path=f"{path}.code", detail="not-believable")


make_quantity = fast_constructor(Quantity)
_NUMBER_STARTS: Final = frozenset(bytes((byte,)) for byte in b"-0123456789")


def _unit_problem(quantity: wire.Quantity, path: str) -> Rejection:
    if quantity.code and quantity.system:
        return Rejection(reason=RejectionReason.UNKNOWN_UNIT, path=f"{path}.system", detail="no-ucum")
    detail = "no-system" if quantity.code else "text-only" if quantity.unit else "no-unit"
    return Rejection(reason=RejectionReason.MISSING_UNIT, path=f"{path}.code", detail=detail)


def _absurd(path: str) -> Rejection:
    return Rejection(reason=RejectionReason.UNSUPPORTED_VALUE, path=path, detail="number-size")
