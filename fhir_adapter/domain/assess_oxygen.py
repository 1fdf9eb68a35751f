"""Assess `OxygenSupply`: the latest record of supplemental oxygen against a limit.

Knows: flow, inspired concentration, saturations on room air; which of them is the latest. Does not know: how
oxygen is given, limits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from fhir_adapter.domain.answers import Cause, decided, unknown
from fhir_adapter.domain.assess_finding import number_in, wrong_unit
from fhir_adapter.domain.evidence import of_finding
from fhir_adapter.domain.facts import Finding
from fhir_adapter.domain.intervals import interval_of, lies
from fhir_adapter.domain.judgement import CONFLICT, Side, side_of
from fhir_adapter.domain.logic import Truth, all_of
from fhir_adapter.domain.quantity import Quantity
from fhir_adapter.domain.queries import Limit, Operator, UnknownReason
from fhir_adapter.domain.records import Answer
from fhir_adapter.domain.scene import Scene
from fhir_adapter.domain.selection import Selection, select_current
from fhir_adapter.domain.suitability import LEAST_OXYGEN_PERCENT, ROOM_AIR_PERCENT
from fhir_adapter.domain.treatment_operators import OxygenSupply

_PERCENT: Final = "%"
_MOST: Final = Decimal(100)
_NONE: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class _Record:
    """One record: when, on which side, and whether it says that no oxygen is given.

    Attributes:
        is_air: None where the record does not say.
    """

    finding: Finding
    at: datetime
    side: Side
    is_air: bool | None


@dataclass(frozen=True, slots=True)
class _Latest:
    """What the latest records say: sides of the limit, and what stands in their way."""

    records: tuple[_Record, ...]
    causes: tuple[Cause, ...]

    @property
    def truth(self) -> Truth:
        """The side; UNKNOWN where something stands in its way."""
        sides = {each.side for each in self.records if isinstance(each.side, Truth)}
        return sides.pop() if len(sides) == 1 and not self.causes else Truth.UNKNOWN


def assess_oxygen_supply(node: OxygenSupply, scene: Scene) -> Answer:
    """Say whether the supplemental oxygen lies on this side of the limit.

    Does not estimate a flow from a concentration.

    Args:
        node: Queries of flow, room air and concentration, limits.
        scene: What it is assessed against.

    Returns:
        MET or NOT_MET by the latest record. UNKNOWN without any (MISSING, STALE), where records of one moment
        differ (CONFLICTING), where a later concentration says that oxygen is given but not how much (MISSING),
        where a limit on the concentration stands and it is not known, or is no percentage (UNIT_UNUSABLE).

    Source:
        reading A22; clinical review, section 12; rules sheet T7.
    """
    fractions = select_current(node.fraction, scene)
    flows = select_current(node.flow, scene)
    airs = select_current(node.saturation, scene) if node.saturation is not None else Selection()
    expires = scene.next_of([flows.expires, fractions.expires, airs.expires])
    supply = _supply(node, scene, flows, airs, fractions)
    checked = [supply]
    if node.fraction_limit is not None:
        checked.append(_concentration(node.fraction_limit, fractions, scene))
    truth = all_of(each.truth for each in checked)
    deciding = [each for each in checked if truth is not Truth.NOT_MET or each.truth is Truth.NOT_MET]
    evidence = [of_finding(record.finding) for each in deciding for record in each.records]
    causes = [cause for each in checked for cause in each.causes]
    if truth is Truth.UNKNOWN:
        return unknown(node, causes, what="supplemental oxygen", evidence=evidence, expires=expires)
    return decided(node, truth, evidence=evidence, expires=expires)


def _supply(node: OxygenSupply, scene: Scene, flows: Selection, airs: Selection, fractions: Selection) -> _Latest:
    enriched, records = list[_Record](), [*_flows(node.limit, flows, scene), *_airs(airs, scene)]
    if node.saturation is not None:
        breathed = list(_fractions(fractions, scene))
        records += [each for each in breathed if each.is_air]
        enriched = [each for each in breathed if not each.is_air]
    if not records:
        return _Latest((), tuple(_lacking(flows, airs, fractions, enriched)))
    moment = max(each.at for each in records)
    latest = tuple(each for each in records if each.at == moment)
    causes = [each.side for each in latest if isinstance(each.side, Cause)]
    causes += _in_the_way(flows, moment)
    if any(each.is_air for each in latest):
        causes += _in_the_way(fractions, moment)
        causes += [each.side for each in enriched if each.at >= moment and isinstance(each.side, Cause)]
    if len({each.side for each in latest if isinstance(each.side, Truth)}) > 1:
        causes.append(CONFLICT)
    return _Latest(latest, tuple(causes))


def _flows(limit: Limit, flows: Selection, scene: Scene) -> Iterator[_Record]:
    for finding, at in _timed(flows.current, scene):
        quantity = number_in(finding)
        if isinstance(quantity, Cause):
            yield _Record(finding, at, quantity, None)
        elif quantity.unit != limit.unit:
            yield _Record(finding, at, wrong_unit(finding, limit), None)
        else:
            side = side_of(lies(interval_of(quantity), limit.operator, limit.value), finding)
            yield _Record(finding, at, side, lies(interval_of(quantity), Operator.LESS_OR_EQUAL, _NONE))


def _airs(airs: Selection, scene: Scene) -> Iterator[_Record]:
    for finding, at in _timed(airs.current, scene):
        yield _Record(finding, at, Truth.MET, is_air=True)


def _fractions(fractions: Selection, scene: Scene) -> Iterator[_Record]:
    """Give what each concentration says of room air; a higher one says nothing of the flow."""
    for finding, at in _timed(fractions.current, scene):
        percent = _percent(finding)
        if isinstance(percent, Cause):
            yield _Record(finding, at, percent, is_air=None)
        elif lies(interval_of(percent), Operator.LESS_OR_EQUAL, ROOM_AIR_PERCENT):
            yield _Record(finding, at, Truth.MET, is_air=True)
        else:
            note = "oxygen is given, but its flow is not stated"
            cause = Cause(reason=UnknownReason.MISSING, note=note, evidence=(of_finding(finding),))
            yield _Record(finding, at, cause, is_air=False)


def _percent(finding: Finding) -> Quantity | Cause:
    """Give a concentration in percent; 0.40 sent as percent is a fraction, and 40 sent as one is none."""
    quantity = number_in(finding)
    if isinstance(quantity, Cause):
        return quantity
    if quantity.unit != _PERCENT or not LEAST_OXYGEN_PERCENT <= quantity.value <= _MOST:
        note = "an inspired oxygen concentration that is no percentage"
        return Cause(reason=UnknownReason.UNIT_UNUSABLE, note=note, evidence=(of_finding(finding),))
    return quantity


def _timed(findings: Iterable[Finding], scene: Scene) -> list[tuple[Finding, datetime]]:
    """Give current findings with their moment; without one none is current."""
    timed = ((finding, scene.start_of(finding.effective)) for finding in findings)
    return [(finding, at.first) for finding, at in timed if at is not None]


def _lacking(flows: Selection, airs: Selection, fractions: Selection, enriched: list[_Record]) -> Iterator[Cause]:
    """Say why there is no record; one that grew too old is named, whatever it said."""
    yield from flows.causes
    yield from (each.cause for each in fractions.obstacles)
    yield from (each.side for each in enriched if isinstance(each.side, Cause))
    if not enriched:
        yield from (each for each in (*airs.causes, *fractions.causes) if each.reason is UnknownReason.STALE)


def _in_the_way(selection: Selection, moment: datetime) -> list[Cause]:
    """Give what may be as late as the latest record and cannot be used."""
    return [each.cause for each in selection.obstacles if each.last is None or each.last >= moment]


def _concentration(limit: Limit, fractions: Selection, scene: Scene) -> _Latest:
    records: list[_Record] = []
    for finding, at in _timed(fractions.current, scene):
        percent = _percent(finding)
        side: Side = percent if isinstance(percent, Cause) else _limited(percent, limit, finding)
        records.append(_Record(finding, at, side, is_air=None))
    causes = [*fractions.causes, *(each.cause for each in fractions.obstacles if fractions.current)]
    causes += [each.side for each in records if isinstance(each.side, Cause)]
    if len({each.side for each in records if isinstance(each.side, Truth)}) > 1:
        causes.append(CONFLICT)
    return _Latest(tuple(records), tuple(causes))


def _limited(percent: Quantity, limit: Limit, finding: Finding) -> Side:
    return side_of(lies(interval_of(percent), limit.operator, limit.value), finding)
