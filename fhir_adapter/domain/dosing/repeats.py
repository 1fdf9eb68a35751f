"""One administration recorded twice without saying so.

Knows: overlap in time, amounts that are alike, whether a sum fits its plan. Does not know: identifiers, the plan.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from fractions import Fraction

from fhir_adapter.domain.dosing.administrations import Administration, when_of
from fhir_adapter.domain.dosing.tolerance import is_within
from fhir_adapter.domain.regimen import Tolerance
from fhir_adapter.domain.spans import span


@dataclass(frozen=True, slots=True)
class Stretch:
    """From when to when something ran at most [UTC], and how much of it there was."""

    first: datetime
    last: datetime
    amount: Fraction


def stretch_of(given: Administration, amount: Fraction | None, zone: tzinfo) -> Stretch | None:
    """Give the time an administration can have taken; None where its start or its amount is not known."""
    if given.at is None or amount is None:
        return None
    effective = when_of(given.deed)
    end = span(effective.end, zone).last if effective is not None and effective.end is not None else given.at.last
    return Stretch(given.at.first, max(end, given.at.first), amount)


def is_recorded_twice(stretches: Sequence[Stretch], plan: Fraction | None, tolerance: Tolerance) -> bool:
    """Say whether several administrations may be one, recorded twice.

    Does not say which of them was given: a person has to.

    Args:
        stretches: 0..*; administrations under one planned dose, each with time and amount.
        plan: 0..1; the planned amount.
        tolerance: How far an amount may lie from it, or from another that may be the same.

    Returns:
        True where amounts that are alike overlap in time or begin together, or one overlaps others that add up to
        about it, and counting each once fits the plan while the sum does not; or where the plan is not known.
        Bags that follow one another, and bags whose sum is what was planned, are no repeats.

    Source:
        issue B, administered doses: duplicates of the same administration from two systems.
    """
    total = sum((each.amount for each in stretches), Fraction(0))
    if plan is not None and is_within(total, plan, tolerance):
        return False
    candidates = [once for once in _counted_once(stretches, tolerance) if once != total]
    candidates += [each.amount for each in stretches if _says_the_others_again(each, stretches, tolerance)]
    return any(plan is None or is_within(candidate, plan, tolerance) for candidate in candidates)


def _counted_once(stretches: Sequence[Stretch], tolerance: Tolerance) -> Iterator[Fraction]:
    """Add up, leaving out every amount said again at the same time: with the least of each, then the most."""
    for sign in (1, -1):
        kept: list[Stretch] = []
        for each in sorted(stretches, key=lambda one: (sign * one.amount, one.first, one.last)):
            if not any(
                _is_alike(known.amount, each.amount, tolerance) and _overlap(known, each) for known in kept
            ):
                kept.append(each)
        yield sum((each.amount for each in kept), Fraction(0))


def _says_the_others_again(one: Stretch, stretches: Sequence[Stretch], tolerance: Tolerance) -> bool:
    others = [each for each in stretches if each is not one]
    total = sum((each.amount for each in others), Fraction(0))
    if len(others) < 2 or not _is_alike(total, one.amount, tolerance):
        return False
    return all(_overlap(one, each) for each in others)


def _is_alike(one: Fraction, other: Fraction, tolerance: Tolerance) -> bool:
    """Say whether two amounts may be one that a system rounded: either within the tolerance of the other."""
    return is_within(one, other, tolerance) or is_within(other, one, tolerance)


def _overlap(one: Stretch, other: Stretch) -> bool:
    return one.first == other.first or (one.first < other.last and other.first < one.last)
