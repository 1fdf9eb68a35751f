"""Whether a finding may carry a statement, apart from its date and its value.

Knows: status, method, specimen, oxygen beside a saturation, order against treatment. Does not know: windows,
limits.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from fhir_adapter.domain.anchor import GIVEN
from fhir_adapter.domain.answers import Cause, in_words
from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.evidence import USABLE, of_event, of_finding
from fhir_adapter.domain.facts import Component, Exposure, Finding
from fhir_adapter.domain.intervals import interval_of, lies
from fhir_adapter.domain.quantity import Quantity
from fhir_adapter.domain.queries import FindingQuery, Operator, UnknownReason
from fhir_adapter.domain.scene import Scene
from fhir_adapter.domain.spans import Span
from fhir_adapter.domain.vocabulary import INHALED_OXYGEN_CONCENTRATION, INHALED_OXYGEN_FLOW, ROOM_AIR

ROOM_AIR_PERCENT = Decimal(21)
"""Oxygen in room air [%]; rules sheet A.11, SpO2."""

_ROOM_AIR_BY_UNIT = {"%": ROOM_AIR_PERCENT, "1": ROOM_AIR_PERCENT.scaleb(-2)}


@dataclass(frozen=True, slots=True)
class Unsuitable:
    """Why a finding may not carry the statement.

    Attributes:
        may_be_current: True where it may all the same be the latest value asked for, so that an earlier one
            must not decide in its place; False where it is simply not what is asked for.
    """

    cause: Cause
    may_be_current: bool


def fault_of(finding: Finding, at: Span | None, query: FindingQuery, scene: Scene) -> Unsuitable | None:
    """Say what is wrong with a finding; None where nothing is.

    Args:
        finding: Of one of the query's concepts.
        at: 0..1; all its time can mean.
        query: What a finding must fulfil.
        scene: For exposures it must come after.

    Returns:
        The first fault: contested contents (CONFLICTING), not final (MISSING), method or specimen absent or
        unmapped or another one (UNMAPPED), oxygen given or unknown (MISSING), taken before the last
        exposure (STALE).

    Source:
        rules sheet A.11; clinical review, section 10.
    """
    if finding.contested:
        return _fault(finding, UnknownReason.CONFLICTING, "two contents of one result", may_be_current=True)
    if finding.status not in USABLE:
        note = f"a result that is not final ({finding.status}) never decides"
        return _fault(finding, UnknownReason.MISSING, note)
    return (
        _wrong(finding, finding.method, query.methods, "method")
        or _wrong(finding, finding.specimen, query.specimens, "specimen")
        or (_not_on_room_air(finding) if query.room_air else None)
        or (_before_treatment(finding, at, query.after_last, scene) if query.after_last else None)
    )


def _fault(
    finding: Finding, reason: UnknownReason, note: str, *, wanted: str = "", may_be_current: bool = False
) -> Unsuitable:
    cause = Cause(reason=reason, note=note, wanted=wanted, evidence=(of_finding(finding),))
    return Unsuitable(cause, may_be_current)


def _wrong(
    finding: Finding, known: tuple[ConceptId, ...] | None, wanted: tuple[ConceptId, ...], word: str
) -> Unsuitable | None:
    if not wanted or (known and not set(wanted).isdisjoint(known)):
        return None
    if known:
        return _fault(finding, UnknownReason.UNMAPPED, f"a result by another {word} does not count")
    note = f"the {word} is {'not stated' if known is None else 'not mapped'}"
    return _fault(finding, UnknownReason.UNMAPPED, note, may_be_current=True)


def _not_on_room_air(finding: Finding) -> Unsuitable | None:
    flow = _component(finding, INHALED_OXYGEN_FLOW)
    fraction = _component(finding, INHALED_OXYGEN_CONCENTRATION)
    flows = None if flow is None else _exceeds(flow, Decimal(0))
    enriched = None if fraction is None else _exceeds(fraction, None)
    if flows or enriched:
        return _fault(finding, UnknownReason.MISSING, "a saturation with supplemental oxygen does not count")
    proven = enriched is False and (flow is None or flows is False)
    if proven or ROOM_AIR in finding.qualifiers:
        return None
    wanted = f"oxygen supply beside {in_words(finding.concepts[:1])}"
    return _fault(finding, UnknownReason.MISSING, "the oxygen supply is not stated", wanted=wanted)


def _component(finding: Finding, concept: ConceptId) -> Component | None:
    return next((each for each in finding.components if concept in each.concepts), None)


def _exceeds(component: Component, limit: Decimal | None) -> bool | None:
    """Say whether a component lies above a limit, by default that of room air; None where it is unreadable."""
    standard: Quantity | None = component.standard
    if standard is None or not standard.value.is_finite():
        return None
    bound = limit if limit is not None else _ROOM_AIR_BY_UNIT.get(standard.unit or "")
    return None if bound is None else lies(interval_of(standard), Operator.GREATER, bound)


def _before_treatment(
    finding: Finding, at: Span | None, drugs: tuple[ConceptId, ...], scene: Scene
) -> Unsuitable | None:
    if at is None:
        return None
    for exposure in _exposures(drugs, scene):
        given = scene.start_of(exposure.effective)
        if given is None or (given.first != given.last and given.first_day != given.last_day):
            if given is None or at.first <= given.last:
                return _treated(finding, exposure, UnknownReason.PARTIAL_DATE, scene)
        elif at.first <= given.last:
            reason = UnknownReason.CONFLICTING if exposure.contested else UnknownReason.STALE
            return _treated(finding, exposure, reason, scene)
    return None


def _exposures(drugs: tuple[ConceptId, ...], scene: Scene) -> Iterable[Exposure]:
    """Give the exposures before the anchor, the latest first; the trial's own first drug is none of them."""
    for drug in drugs:
        for exposure in reversed(scene.timeline.exposures.get(drug, ())):
            given = scene.start_of(exposure.effective)
            if exposure.status in GIVEN and (given is None or given.first < scene.anchor.start):
                yield exposure


def _treated(finding: Finding, exposure: Exposure, reason: UnknownReason, scene: Scene) -> Unsuitable:
    evidence = (of_finding(finding), *of_event(exposure, scene.timeline, role="treatment"))
    note = f"not clearly after the last {in_words(exposure.concepts[:1])}"
    return Unsuitable(Cause(reason=reason, note=note, evidence=evidence), reason is not UnknownReason.STALE)
