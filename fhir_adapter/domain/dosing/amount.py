"""The absolute amount of one administration, from whatever was written down of it.

Knows: doses as a mass, per kilogram, per square metre, as volume or count of a product of known strength, as a
rate over a time. Does not know: several administrations, plans, products of cells.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from fhir_adapter.domain.answers import Cause
from fhir_adapter.domain.dosing.body import Measured
from fhir_adapter.domain.dosing.body_size import Size
from fhir_adapter.domain.dosing.duration import hours_of
from fhir_adapter.domain.dosing.tolerance import is_within
from fhir_adapter.domain.dosing.units_of_dose import Measure, UnitRules, kind_of, measure
from fhir_adapter.domain.exposure import Exposure, Strength
from fhir_adapter.domain.intervals import is_measurable
from fhir_adapter.domain.quantity import Quantity
from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.regimen import DoseUnit, PlannedItem

GIVEN_AMOUNT: Final = "amount actually given"
STRENGTH: Final = "strength of the product given"

_PER_KG: Final = frozenset({DoseUnit.MASS_PER_KG, DoseUnit.CELLS_PER_KG})
_OVER: Final = {
    DoseUnit.MASS_PER_KG: DoseUnit.MASS,
    DoseUnit.MASS_PER_AREA: DoseUnit.MASS,
    DoseUnit.CELLS_PER_KG: DoseUnit.CELLS,
}
"""What an indexed amount is once it is multiplied by its basis."""

_RATES: Final = {
    DoseUnit.RATE_MASS: DoseUnit.MASS,
    DoseUnit.RATE_MASS_PER_KG: DoseUnit.MASS_PER_KG,
    DoseUnit.RATE_MASS_PER_AREA: DoseUnit.MASS_PER_AREA,
    DoseUnit.RATE_VOLUME: DoseUnit.VOLUME,
    DoseUnit.RATE_CELLS: DoseUnit.CELLS,
}
"""What a rate is once it is multiplied by the hours it ran."""


Rate = tuple[Quantity, Quantity | None]
"""An amount and the time it runs in; without one the amount's unit says it (mL/h)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reckoning:
    """What amounts under one planned dose are reckoned with.

    Attributes:
        units: The regimen's unit rules of doses.
        size: Gives weight and body surface used for this dose, when an amount asks for them.
        stopped_dose: What the dose of a stopped administration means here.
    """

    item: PlannedItem
    units: UnitRules
    size: Callable[[], Size]
    stopped_dose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reckoned:
    """An amount in the item's unit, or why it is not known.

    Attributes:
        value: 0..1; exact and absolute; None exactly where there are causes.
        per_kg: 0..1; as recorded per kilogram, where it was.
        causes: 0..*.
    """

    value: Fraction | None = None
    per_kg: Fraction | None = None
    causes: tuple[Cause, ...] = ()


def unknown(reason: UnknownReason, note: str, wanted: str = GIVEN_AMOUNT) -> Reckoned:
    """Say why an amount is not known and what would tell."""
    if reason is UnknownReason.UNIT_UNUSABLE:
        wanted = f"{wanted}, in a usable unit"
    return Reckoned(causes=(Cause(reason=reason, note=note, wanted=wanted),))


def reckon(exposure: Exposure, by: Reckoning) -> Reckoned:
    """Reckon the absolute amount of one administration.

    Never takes a number for an amount that its unit does not make one: a dose per kilogram needs the weight, one
    per square metre the body surface, a volume or a count the strength of the product, a rate the time it ran.

    Args:
        exposure: As the hospital recorded it.
        by: Item, units, weight and surface.

    Returns:
        The amount in the item's unit. The dose wins over the rate; where both give an amount and those differ by
        more than the item's tolerance, CONFLICTING. A stopped one has the amount its rate gives over the time it
        ran, unless the hospital records what was really given. MISSING where nothing was written down.

    Source:
        issue B, administered doses; rules sheet I.4.
    """
    by_rate = _from_rate(exposure, exposure.rate, by) if exposure.rate is not None else None
    if exposure.status == "stopped" and by.stopped_dose != "administered":
        if by_rate is not None and by_rate.value is not None:
            return by_rate
        note = "stopped: the recorded dose may be the ordered one"
        return unknown(UnknownReason.MISSING, note, f"{GIVEN_AMOUNT} before it was stopped")
    if exposure.dose is None:
        return by_rate or unknown(UnknownReason.MISSING, "no amount was recorded")
    by_dose = _absolute(_number(exposure.dose, by), exposure, by)
    if by_rate is None or by_rate.value is None or by_dose.value is None:
        return by_dose
    if is_within(by_rate.value, by_dose.value, by.item.tolerance):
        return by_dose
    return unknown(UnknownReason.CONFLICTING, "dose and rate over the time it ran differ")


@dataclass(frozen=True, slots=True)
class _Counted:
    """A number of something no unit rule knows: tablets, vials."""

    value: Fraction
    unit: str


def _number(quantity: Quantity, by: Reckoning) -> Measure | _Counted | Reckoned:
    """Read a quantity as what its unit says it is."""
    if quantity.comparator is not None:
        return unknown(UnknownReason.CENSORED, "the amount is stated as a limit only")
    if not is_measurable(quantity.value) or quantity.value < 0 or quantity.unit is None:
        return unknown(UnknownReason.UNIT_UNUSABLE, "the amount recorded is none")
    value = Fraction(quantity.value)
    return measure(value, quantity.unit, by.units) or _Counted(value, quantity.unit)


def _absolute(number: Measure | _Counted | Reckoned, exposure: Exposure, by: Reckoning) -> Reckoned:
    """Multiply a number by what its unit says it rests on, until it is an amount in the item's unit."""
    if isinstance(number, Reckoned):
        return number
    wanted = kind_of(by.item.unit, by.units)
    if wanted is None:
        return unknown(UnknownReason.UNIT_UNUSABLE, "the plan states no amount to compare with")
    kind, factor = wanted
    if isinstance(number, Measure) and number.kind is not DoseUnit.VOLUME:
        found = _of_kind(number, kind, by)
    else:
        found = _by_strength(number, exposure, kind, by)
    if found.value is None:
        return found
    return replace(found, value=found.value / factor)


def _of_kind(number: Measure, kind: DoseUnit, by: Reckoning) -> Reckoned:
    if number.kind is kind:
        return Reckoned(value=number.value)
    if _OVER.get(number.kind) is not kind:
        return unknown(UnknownReason.UNIT_UNUSABLE, "the unit recorded is not one of this dose")
    per_kg = number.value if number.kind in _PER_KG else None
    basis = by.size().weight if per_kg is not None else by.size().area
    if basis.value is None:
        return Reckoned(per_kg=per_kg, causes=(_without(basis),))
    return Reckoned(value=number.value * basis.value, per_kg=per_kg)


def _without(basis: Measured) -> Cause:
    reason = basis.reason or UnknownReason.MISSING
    note = "the amount is recorded per kilogram or per square metre, and the body's size is not known"
    return Cause(reason=reason, note=note, wanted=basis.next_fact or "")


def _by_strength(number: Measure | _Counted, exposure: Exposure, kind: DoseUnit, by: Reckoning) -> Reckoned:
    """Multiply a volume or a count by how much of the drug one of it holds."""
    wanted = set(by.item.concepts)
    strengths = [each for each in exposure.strengths if not wanted.isdisjoint(each[0])]
    if not strengths and isinstance(number, _Counted):
        return unknown(UnknownReason.UNIT_UNUSABLE, "the unit recorded is not one of a dose")
    if not strengths:
        return unknown(UnknownReason.MISSING, "a volume is recorded, and not how strong it is", STRENGTH)
    held = {_held(strength, number, kind, by) for strength in strengths}
    if len(held) > 1:
        return unknown(UnknownReason.CONFLICTING, "several strengths of one product", STRENGTH)
    one = held.pop()
    if one is None:
        return unknown(UnknownReason.UNIT_UNUSABLE, "the strength is not stated for the unit recorded", STRENGTH)
    return Reckoned(value=number.value * one)


def _held(strength: Strength, number: Measure | _Counted, kind: DoseUnit, by: Reckoning) -> Fraction | None:
    """Give how much of the drug one standard unit of what was counted holds; None where it does not say."""
    top, below = _number(strength[1], by), _number(_counted_one(strength[2]), by)
    if not isinstance(top, Measure) or top.kind is not kind or isinstance(below, Reckoned) or below.value == 0:
        return None
    if isinstance(number, Measure):
        is_same = isinstance(below, Measure) and below.kind is number.kind
    else:
        is_same = isinstance(below, _Counted) and below.unit == number.unit
    return top.value / below.value if is_same else None


def _counted_one(quantity: Quantity) -> Quantity:
    """A bare number below a strength counts products."""
    return quantity if quantity.unit is not None else replace(quantity, unit="1")


def _from_rate(exposure: Exposure, written: Rate, by: Reckoning) -> Reckoned:
    """Multiply a rate by the time it ran."""
    hours = hours_of(exposure.effective)
    rate = _per_hour(written, by)
    if isinstance(rate, Reckoned):
        return rate
    if hours is None:
        return unknown(UnknownReason.MISSING, "a rate is recorded, and not from when to when it ran")
    return _absolute(replace(rate, value=rate.value * hours), exposure, by)


def _per_hour(written: Rate, by: Reckoning) -> Measure | Reckoned:
    """Read a rate as what runs in one hour."""
    amount, time = written
    number = _number(amount, by)
    if isinstance(number, Reckoned):
        return number
    if time is None:
        kind = _RATES.get(number.kind) if isinstance(number, Measure) else None
        return Measure(kind, number.value) if kind is not None else _no_rate()
    hours = _number(time, by)
    if not isinstance(hours, Measure) or hours.kind is not DoseUnit.TIME or hours.value == 0:
        return _no_rate()
    return Measure(number.kind, number.value / hours.value) if isinstance(number, Measure) else _no_rate()


def _no_rate() -> Reckoned:
    return unknown(UnknownReason.UNIT_UNUSABLE, "the rate recorded is none")
