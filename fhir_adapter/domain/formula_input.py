"""The numbers a formula is computed from, each in the unit the formula is printed for.

Knows: units and comparators of inputs, corners of censored inputs. Does not know: limits, windows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from fhir_adapter.domain.answers import Cause
from fhir_adapter.domain.evidence import of_finding
from fhir_adapter.domain.facts import Finding
from fhir_adapter.domain.formulas import GFR_UNIT
from fhir_adapter.domain.intervals import Interval, interval_of, is_measurable
from fhir_adapter.domain.quantity import Quantity
from fhir_adapter.domain.queries import UnknownReason

MOLAR: Final = "umol/L"

_ALSO_ACCEPTED: Final = {"creatinine": frozenset({MOLAR}), "clearance": frozenset({GFR_UNIT})}
"""Units a formula has its own printed form for, besides the one of its card."""

_ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Input:
    """One input: the finding, the quantity taken from it, all it can be."""

    finding: Finding
    quantity: Quantity
    interval: Interval

    @property
    def unit(self) -> str:
        """The unit it is taken in."""
        return self.quantity.unit or ""


def take_input(name: str, finding: Finding, unit: str) -> Input | Cause:
    """Take a finding as an input of a formula.

    Args:
        name: Input name.
        finding: A current finding.
        unit: Unit the formula asks for [UCUM].

    Returns:
        The quantity as reported where the formula is printed for that unit, else as standardised; a cause
        where neither fits (UNIT_UNUSABLE) or the number is not a positive measurement (UNMAPPED).

    Source:
        rules sheet D1 and A.11; clinical review, PUT-10: the unit decides, not the code.
    """
    accepted = {unit} | _ALSO_ACCEPTED.get(name, frozenset())
    reported = finding.reported if isinstance(finding.reported, Quantity) else None
    quantity = next((each for each in (reported, finding.standard) if each and each.unit in accepted), None)
    if quantity is None:
        note = f"{name} is not in {unit}"
        return Cause(reason=UnknownReason.UNIT_UNUSABLE, note=note, evidence=(of_finding(finding, name),))
    if not is_measurable(quantity.value) or quantity.value <= 0:
        note = f"{name} is not a positive measurement"
        return Cause(reason=UnknownReason.UNMAPPED, note=note, evidence=(of_finding(finding, name),))
    wide = interval_of(quantity)
    interval = (
        wide if wide.low is not None else Interval(_ZERO, wide.high, low_open=True, high_open=wide.high_open)
    )
    return Input(finding, quantity, interval)


def extremes(inputs: Iterable[Input]) -> tuple[Input, ...]:
    """Give the lowest, highest and every censored one per unit, and the latest: all a monotone formula needs."""
    every = tuple(inputs)
    kept = {len(every) - 1} | {index for index, each in enumerate(every) if each.quantity.comparator is not None}
    for unit in {each.unit for each in every}:
        ranked = sorted((each.quantity.value, index) for index, each in enumerate(every) if each.unit == unit)
        kept |= {ranked[0][1], ranked[-1][1]}
    return tuple(every[index] for index in sorted(kept))


def spread(
    inputs: Mapping[str, Input], falling: frozenset[str], compute: Callable[[Mapping[str, Decimal]], Decimal]
) -> Interval:
    """Compute all a formula can give for inputs that are partly censored.

    Args:
        inputs: Every input with the interval it can lie in; all are positive.
        falling: Inputs whose rise lowers the result; the others raise it.
        compute: The formula at one point; it tends to zero or infinity with every input.

    Returns:
        The interval between its two corners; one point where nothing is censored.

    Source:
        arithmetic of monotone functions.
    """
    low: dict[str, Decimal | None] = {}
    high: dict[str, Decimal | None] = {}
    opens_low = opens_high = False
    for name, each in inputs.items():
        interval = each.interval
        first, last = (interval.high, interval.low) if name in falling else (interval.low, interval.high)
        low[name], high[name] = first, last
        opens_low |= interval.high_open if name in falling else interval.low_open
        opens_high |= interval.low_open if name in falling else interval.high_open
    lowest, highest = _at(low, compute), _at(high, compute)
    return Interval(lowest if lowest is not None else _ZERO, highest, opens_low, opens_high)


def _at(
    corner: Mapping[str, Decimal | None], compute: Callable[[Mapping[str, Decimal]], Decimal]
) -> Decimal | None:
    """Compute a corner; None where an input has no end there, or ends at zero."""
    known = {name: value for name, value in corner.items() if value is not None and value > 0}
    return compute(known) if len(known) == len(corner) else None
