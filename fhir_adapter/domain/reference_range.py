"""Which limits of normal hold for this patient.

Knows: ranges by age and sex at the time of the result. Does not know: any limit of its own; an adult limit is
never assumed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from operator import attrgetter
from typing import Final

from fhir_adapter.domain.facts import Finding, ReferenceRange
from fhir_adapter.domain.logic import Truth, all_of
from fhir_adapter.domain.moments import completed_years
from fhir_adapter.domain.quantity import Quantity
from fhir_adapter.domain.scene import Scene
from fhir_adapter.domain.spans import FIRST_DAY, LAST_DAY, birthday

_SEXES = frozenset({"male", "female"})


@dataclass(frozen=True, slots=True)
class NormalLimit:
    """An upper or lower limit of normal in the concept's standard unit, and the FHIRPath of its range."""

    quantity: Quantity
    path: str


def find_upper_limit(finding: Finding, scene: Scene) -> NormalLimit | None:
    """Find the upper limit of normal printed with a result, for this patient at that time.

    A range made for the patient's sex and age goes before one for everybody. Ages are taken exactly; where no
    range holds so, in completed years, because `1 to 17 years` includes the day before the 18th birthday.

    Args:
        finding: The result with every range printed with it.
        scene: The patient's age and sex.

    Returns:
        The limit; None where none is printed, none holds, or several that differ may hold for this patient,
        and where it is not a positive number.

    Source:
        rules sheet A.11, ULN / LLN: from the same result, by `appliesTo` and `age`; never a fixed limit.
    """
    return find_limits(finding, scene)[1]


def find_limits(finding: Finding, scene: Scene) -> tuple[NormalLimit | None, NormalLimit | None]:
    """Find the lower and the upper limit of normal printed with a result, for this patient at that time.

    Args:
        finding: The result with every range printed with it.
        scene: The patient's age and sex.

    Returns:
        Each limit, chosen as find_upper_limit says; the lower one is None where it is below zero. Zero itself is
        a lower limit: nothing can be below it.

    Source:
        rules sheet A.11, ULN / LLN: from the same result, by `appliesTo` and `age`; never a fixed limit.
    """
    if finding.ranges:
        chosen = _choose(finding.ranges, finding, scene)
        low, high = _agreed(chosen, _LOW), _agreed(chosen, _HIGH)
    else:  # the limit alone is taken
        path = finding.range_path or finding.path
        low, high = _limit(finding.lln, path), _limit(finding.uln, path)
    return (
        low if low is not None and low.quantity.value >= 0 else None,
        high if high is not None and high.quantity.value > 0 else None,
    )


_Side = Callable[[ReferenceRange], Quantity | None]
_LOW: Final[_Side] = attrgetter("low")
_HIGH: Final[_Side] = attrgetter("high")


def _limit(quantity: Quantity | None, path: str) -> NormalLimit | None:
    return NormalLimit(quantity, path) if quantity is not None and quantity.value.is_finite() else None


def _choose(ranges: Iterable[ReferenceRange], finding: Finding, scene: Scene) -> list[ReferenceRange]:
    """Give the ranges one of which holds for this patient."""
    special = [each for each in ranges if not each.is_plain]
    if not special:
        return list(ranges)
    plain = [each for each in ranges if each.is_plain]
    for measure in (_exact_age, _whole_years):
        fits = [(each, _fits(each, finding, scene, measure)) for each in special]
        certain = [each for each, fit in fits if fit is Truth.MET]
        if certain:
            return certain
        possible = [each for each, fit in fits if fit is Truth.UNKNOWN]
        if possible:
            return [*possible, *plain]
    return plain


def _agreed(ranges: list[ReferenceRange], side: _Side) -> NormalLimit | None:
    limits = [side(each) for each in ranges]
    first = limits[0] if limits else None
    if first is None or any(each is None or each.value != first.value for each in limits[1:]):
        return None
    return _limit(first, ranges[0].path)


_Measure = Callable[[date, date], Fraction]


def _fits(limits: ReferenceRange, finding: Finding, scene: Scene, measure: _Measure) -> Truth:
    """Say whether a range is made for this patient."""
    if limits.is_unread:
        return Truth.UNKNOWN
    return all_of([_fits_group(limits, scene), _fits_age(limits, finding, scene, measure)])


def _fits_group(limits: ReferenceRange, scene: Scene) -> Truth:
    sexes = _SEXES.intersection(limits.applies_to)
    if sexes and scene.gender in _SEXES and scene.gender not in sexes:
        return Truth.NOT_MET
    if (sexes and scene.gender not in sexes) or len(sexes) < len(limits.applies_to):
        return Truth.UNKNOWN
    return Truth.MET


def _fits_age(limits: ReferenceRange, finding: Finding, scene: Scene, measure: _Measure) -> Truth:
    if limits.age_low is None and limits.age_high is None:
        return Truth.MET
    at, birth = scene.start_of(finding.effective), scene.birth
    if at is None or birth is None or not FIRST_DAY <= birth.first_day <= LAST_DAY:
        return Truth.UNKNOWN
    holds = {
        _is_within(measure(birth.last_day, at.first_day), limits),
        _is_within(measure(birth.first_day, at.last_day), limits),
    }
    if len(holds) > 1:
        return Truth.UNKNOWN
    return Truth.MET if True in holds else Truth.NOT_MET


def _is_within(age: Fraction, limits: ReferenceRange) -> bool:
    return (limits.age_low is None or age >= limits.age_low) and (
        limits.age_high is None or age <= limits.age_high
    )


def _exact_age(birth: date, day: date) -> Fraction:
    years = completed_years(birth, day)
    if years < 0:
        return Fraction(years)
    last, following = birthday(birth, years), birthday(birth, years + 1)
    return years + Fraction((day - last).days, (following - last).days)


def _whole_years(birth: date, day: date) -> Fraction:
    return Fraction(completed_years(birth, day))
