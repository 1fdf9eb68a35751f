"""What the unit of an amount says it rests on: mg/kg is never mg.

Knows: the regimen's unit rules. Does not know: weights, products, what was given.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from fhir_adapter.domain.quantity import UnitRule
from fhir_adapter.domain.regimen import DoseUnit

UnitRules = Mapping[str, UnitRule]


@dataclass(frozen=True, slots=True)
class Measure:
    """An amount in the standard unit of its kind; the kind says on what it has to be reckoned."""

    kind: DoseUnit
    value: Fraction


def kind_of(unit: str, rules: UnitRules) -> tuple[DoseUnit, Fraction] | None:
    """Say what a unit states, and its exact factor to the standard unit of that kind.

    Args:
        unit: UCUM code as written.
        rules: What an amount may state -> its unit rule.

    Returns:
        The kind and the factor; None for a unit in none of the rules: it is no dose.

    Source:
        rules sheet C.1, C.5, I.4; design contracts, Facts: conversion only between pairs listed.
    """
    for kind in DoseUnit:
        rule = rules.get(kind)
        if rule is None:
            continue
        factor = Fraction(1) if unit == rule.standard else rule.factors.get(unit)
        if factor is not None:
            return kind, factor
    return None


def measure(value: Fraction, unit: str, rules: UnitRules) -> Measure | None:
    """Put a number with its unit into the standard unit of its kind; None for a unit in none of the rules."""
    found = kind_of(unit, rules)
    return Measure(found[0], value * found[1]) if found is not None else None
