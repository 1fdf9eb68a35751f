"""How far an amount lies from its plan.

Knows: shares of a plan. Does not know: units, plans, what follows.
"""

from __future__ import annotations

from fractions import Fraction

from fhir_adapter.domain.regimen import Tolerance


def is_within(value: Fraction, plan: Fraction, tolerance: Tolerance) -> bool:
    """Say whether an amount lies within the tolerance of its plan.

    Args:
        value: What was given.
        plan: What was planned, in the same unit.
        tolerance: How far it may lie below and above, as shares of the plan.

    Returns:
        True at both ends too.

    >>> ten = Tolerance(Fraction(1, 10), Fraction(1, 10))
    >>> is_within(Fraction(90), Fraction(100), ten), is_within(Fraction("89.9"), Fraction(100), ten)
    (True, False)
    """
    return not is_below(value, plan, tolerance) and not is_above(value, plan, tolerance)


def is_below(value: Fraction, plan: Fraction, tolerance: Tolerance) -> bool:
    """Say whether an amount is less than its plan by more than the tolerance."""
    return value < plan * (1 - tolerance.below)


def is_above(value: Fraction, plan: Fraction, tolerance: Tolerance) -> bool:
    """Say whether an amount is more than its plan by more than the tolerance."""
    return value > plan * (1 + tolerance.above)
