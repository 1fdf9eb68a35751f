"""Hypoxia: by what and at which flow oxygen is given, and whether breathing is supported more than at home.

Knows: flows, devices, support before the first infusion. Does not know: fever, why oxygen is given.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from fhir_adapter.domain.answers import Cause
from fhir_adapter.domain.astct.devices import OXYGEN, Use, find_uses
from fhir_adapter.domain.astct.level import Level
from fhir_adapter.domain.astct.readings import (
    TICK,
    Run,
    View,
    edges_of,
    find_readings,
    going_on,
    lay_runs,
    loose_runs,
)
from fhir_adapter.domain.astct.windows import Infusions, asks
from fhir_adapter.domain.facts import Finding
from fhir_adapter.domain.intervals import interval_of, lies
from fhir_adapter.domain.queries import Operator, UnknownReason
from fhir_adapter.domain.safety_model.crs_rule import CrsRule, DeviceRule, HypoxiaRule
from fhir_adapter.domain.spans import Span
from fhir_adapter.domain.suitability import LEAST_OXYGEN_PERCENT, ROOM_AIR_PERCENT
from fhir_adapter.domain.vocabulary import ROOM_AIR

HYPOXIA = "hypoxia"

_PERCENT = "%"


class Flow(Enum):
    """How much oxygen flows. UNKNOWN: it flows, how much cannot be said."""

    HIGH = "high"
    UNKNOWN = "unknown"
    LOW = "low"
    NONE = "none"


@dataclass(frozen=True, kw_only=True)
class Breathing:
    """Everything that speaks of hypoxia.

    Attributes:
        flows: Flow over time.
        loose: Flows of a day only, or that may not decide.
        supplies: Flow over time, ended by a saturation on room air too: where no device is known.
        fractions: Inspired concentrations: LOW = more than room air.
        uses: Devices.
        home: 0..1; most support given shortly before the first infusion.
    """

    rule: HypoxiaRule
    holds: timedelta
    flows: tuple[Run[Flow], ...]
    loose: tuple[Run[Flow], ...]
    supplies: tuple[Run[Flow], ...]
    fractions: tuple[Run[Flow], ...]
    uses: tuple[Use, ...]
    home: int | None

    @property
    def edges(self) -> Iterator[datetime]:
        """Give the moments at which it changes."""
        for runs in (self.flows, self.loose, self.supplies, self.fractions):
            yield from edges_of(runs)
        for use in self.uses:
            yield use.start
            yield use.end

    def is_assessed(self, start: datetime, end: datetime) -> bool:
        """Say whether anything was recorded of oxygen in [start, end)."""
        runs = (*self.flows, *self.loose, *self.supplies, *self.fractions)
        return any(run.overlaps(start, end) for run in runs) or any(use.overlaps(start, end) for use in self.uses)

    def at(self, moment: datetime) -> Level:
        """Say how far hypoxia goes at a moment.

        Args:
            moment: Any.

        Returns:
            By the device that grades highest; where no device is certain, by the flow alone.

        Source:
            rules sheet E.1; clinical review, section 5 and PUT-7.
        """
        used = [use for use in self.uses if use.covers(moment)]
        levels = [self._doubtful(use) for use in used if use.cause is not None]
        sure = [(use, use.device) for use in used if use.cause is None and use.device is not None]
        named = [pair for pair in sure if not pair[1].is_generic] or sure
        levels += [self._by_device(use, device, moment) for use, device in named]
        if not any(not self._is_home(device) for _, device in named):
            levels += self._without_device(moment)
        return _together(levels)

    def _is_home(self, device: DeviceRule) -> bool:
        """Say whether it is no more support than the patient had before the first infusion."""
        return device.support is not None and self.home is not None and device.support <= self.home

    def _doubtful(self, use: Use) -> Level:
        cause = use.cause
        highest = max(each.grade for each in self.rule.devices)
        if use.device is not None and self._is_home(use.device):
            return Level(driver=HYPOXIA)
        worst = use.device.grade if use.device is not None else highest
        return Level(driver=HYPOXIA, worst=worst, causes=(cause,) if cause is not None else ())

    def _by_device(self, use: Use, device: DeviceRule, moment: datetime) -> Level:
        if self._is_home(device):
            note = f"{device.id} was used before the first infusion too: not counted unless escalated"
            cause = asks(note, f"whether {device.id} was escalated beyond its use before", use.evidence)
            return Level(driver=HYPOXIA, raised=(cause,))
        flows = [*going_on(self.flows, moment), *(run for run in going_on(self.loose, moment) if run.is_sure)]
        level = _at_flow(device, min((run.kind for run in flows), key=_RANK.index, default=None))
        cited = tuple(each for run in flows for each in run.evidence) if device.low_flow is not None else ()
        level = replace(level, evidence=(*use.evidence, *cited))
        if device.airway and not self._needed_oxygen(use, moment):
            note = (
                f"flag: {device.id} without recorded need of oxygen: to protect the airway alone it is no hypoxia"
            )
            cause = asks(note, f"whether {device.id} was needed for hypoxia", use.evidence)
            level = replace(level, causes=(*level.causes, cause))
        return level

    def _needed_oxygen(self, use: Use, moment: datetime) -> bool:
        """Say whether oxygen was given before or during a use."""
        start, end = use.start - self.holds, moment + TICK
        given = (run for run in (*self.supplies, *self.fractions) if run.kind is not Flow.NONE)
        devices = ((each, each.device) for each in self.uses if each.device is not None)
        others = (each for each, by in devices if not by.airway and not self._is_home(by))
        return any(run.overlaps(start, end) for run in given) or any(each.overlaps(start, end) for each in others)

    def _without_device(self, moment: datetime) -> list[Level]:
        """Grade a flow, or a concentration, of which nobody says by what it was given."""
        supplies = [run for run in going_on(self.supplies, moment) if run.kind is not Flow.NONE]
        supplies += [run for run in going_on(self.loose, moment) if run.kind is not Flow.NONE and run.is_sure]
        levels = [replace(_at_flow(self.rule.generic, run.kind), evidence=run.evidence) for run in supplies]
        if not levels:
            rich = [run for run in going_on(self.fractions, moment) if run.kind is Flow.LOW]
            levels = [replace(_at_flow(self.rule.generic, None), evidence=run.evidence) for run in rich]
        unsure = [run for run in going_on(self.loose, moment) if run.kind is not Flow.NONE and not run.is_sure]
        return levels + [_unsure(run, self.rule.generic) for run in unsure]


_RANK = list(Flow)


def _together(levels: list[Level]) -> Level:
    """Take the highest grade; what may be higher asks a person."""
    if not levels:
        return Level(driver=HYPOXIA)
    grade = max(level.grade for level in levels)
    worst = max(level.worst for level in levels)
    asked = [level for level in levels if level.grade == grade or level.worst > grade]
    return Level(
        driver=HYPOXIA,
        grade=grade,
        worst=worst,
        causes=tuple(cause for level in asked for cause in level.causes),
        raised=tuple(cause for level in levels for cause in level.raised),
        evidence=tuple(each for level in levels if level.grade for each in level.evidence),
    )


def _at_flow(device: DeviceRule, flow: Flow | None) -> Level:
    """Grade one device at one flow; None = no flow is known."""
    low, high = device.low_flow, device.grade
    if low is None or flow is Flow.HIGH:
        return Level(driver=HYPOXIA, grade=high, worst=high)
    if flow is Flow.NONE:
        return Level(driver=HYPOXIA)
    if flow is Flow.LOW:
        cause = (_between(device, low),) if device.asks else ()
        return Level(driver=HYPOXIA, grade=low, worst=high if device.asks else low, causes=cause)
    note = f"the flow of oxygen by {device.id} is not known"
    wanted = f"flow of oxygen by {device.id}"
    cause = (Cause(reason=UnknownReason.MISSING, note=note, wanted=wanted),)
    surely_high = device.asks and not device.is_generic
    return Level(driver=HYPOXIA, grade=high if surely_high else low, worst=high, causes=cause)


def _between(device: DeviceRule, low: int) -> Cause:
    note = f"{device.id} at low flow: grade {low} by the flow, grade {device.grade} by the device"
    wanted = f"whether {device.id} at this flow is grade {low} or {device.grade}"
    if device.is_generic:
        note = f"oxygen at low flow by a device nobody names: grade {low} by cannula, grade {device.grade} by mask"
        wanted = "by which device oxygen was given"
    return asks(note, wanted)


def _unsure(run: Run[Flow], device: DeviceRule) -> Level:
    cause = Cause(
        reason=UnknownReason.MISSING,
        note="a flow of oxygen in a result that may not decide",
        wanted="a final record of the flow of oxygen",
        evidence=run.evidence,
    )
    return Level(driver=HYPOXIA, worst=device.grade, causes=(cause,))


def read_breathing(view: View, rule: CrsRule, infusions: Infusions) -> Breathing:
    """Read everything that speaks of hypoxia.

    Args:
        view: The facts.
        rule: Devices, flow that is low, readings.
        infusions: Cell infusions; support before the first is the patient's own.

    Returns:
        Flows, concentrations and devices over time.
    """
    hypoxia = rule.hypoxia
    flows = list(find_readings(view, hypoxia.flow))
    airs = [(each, at) for each, at in find_readings(view, hypoxia.saturation) if ROOM_AIR in each.qualifiers]
    fractions = list(find_readings(view, hypoxia.fraction))

    def flow(finding: Finding, _at: Span) -> Flow:
        return Flow.NONE if ROOM_AIR in finding.qualifiers else _flow(finding, hypoxia)

    def fraction(finding: Finding, _at: Span) -> Flow:
        return _fraction(finding)

    uses = find_uses(view, hypoxia)
    return Breathing(
        rule=hypoxia,
        holds=view.holds,
        flows=lay_runs(view, flows, flow, _worst, role=OXYGEN, silent=Flow.NONE),
        loose=loose_runs(view, flows, flow, role=OXYGEN),
        supplies=lay_runs(view, [*flows, *airs], flow, _worst, role=OXYGEN, silent=Flow.NONE),
        fractions=lay_runs(view, fractions, fraction, _worst, role=OXYGEN, silent=Flow.NONE),
        uses=uses,
        home=_support_at_home(uses, rule, infusions),
    )


def _worst(said: list[Flow]) -> Flow:
    return min(said, key=_RANK.index)


def _flow(finding: Finding, rule: HypoxiaRule) -> Flow:
    standard = finding.standard
    if standard is None or standard.unit != rule.low_flow.unit:
        return Flow.UNKNOWN
    interval = interval_of(standard)
    if lies(interval, Operator.GREATER, 0 * rule.low_flow.value) is False:
        return Flow.NONE
    is_low = lies(interval, rule.low_flow.operator, rule.low_flow.value)
    return Flow.UNKNOWN if is_low is None else Flow.LOW if is_low else Flow.HIGH


def _fraction(finding: Finding) -> Flow:
    """Say whether more oxygen is breathed than room air holds; LOW = more, how much flows is not known."""
    standard = finding.standard
    if standard is None or standard.unit != _PERCENT or standard.value < LEAST_OXYGEN_PERCENT:
        return Flow.NONE
    return Flow.LOW if lies(interval_of(standard), Operator.GREATER, ROOM_AIR_PERCENT) else Flow.NONE


def _support_at_home(uses: tuple[Use, ...], rule: CrsRule, infusions: Infusions) -> int | None:
    if not infusions:
        return None
    first = min(start for _, start in infusions)
    since = first - timedelta(days=rule.readings.home_support.amount)
    before = [use.device for use in uses if use.cause is None and use.start < first and use.end > since]
    return max((each.support for each in before if each is not None and each.support is not None), default=None)
