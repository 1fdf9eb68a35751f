"""Whether a finding may carry a statement, apart from its date and its value.

Knows: status, method, specimen, oxygen beside a saturation, order against treatment. Does not know: windows,
limits.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from fhir_adapter.domain.anchor import GIVEN
from fhir_adapter.domain.answers import Cause, in_words
from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.evidence import USABLE, of_event, of_finding
from fhir_adapter.domain.exposure import Exposure
from fhir_adapter.domain.facts import Component, Finding
from fhir_adapter.domain.gaps import about, cause_of
from fhir_adapter.domain.intervals import interval_of, lies
from fhir_adapter.domain.quantity import Quantity
from fhir_adapter.domain.queries import FindingQuery, Operator, UnknownReason
from fhir_adapter.domain.scene import Scene
from fhir_adapter.domain.spans import Span
from fhir_adapter.domain.vocabulary import INHALED_OXYGEN_CONCENTRATION, INHALED_OXYGEN_FLOW, ROOM_AIR

ROOM_AIR_PERCENT = Decimal(21)
"""Oxygen in room air [%]; rules sheet A.11, SpO2."""

LEAST_OXYGEN_PERCENT = Decimal(20)
"""Nobody is given less [%]: 0.40 sent as percent is a fraction, and no proof of room air; rules sheet T7."""

_PER_PERCENT = {"%": Decimal(1), "1": Decimal("0.01")}

_MAY_BE_GIVEN = GIVEN | {"on-hold", "unknown"}
"""Statuses of an exposure that cannot be taken for one that never happened."""


@dataclass(frozen=True, slots=True)
class Unsuitable:
    """Why a finding may not carry the statement.

    Attributes:
        may_be_current: True where it may all the same be the latest value asked for, so that an earlier one
            must not decide in its place; False where it is simply not what is asked for.
        speaks: True where its value says enough to do no harm on the side of the current ones.
    """

    cause: Cause
    may_be_current: bool
    speaks: bool = False


def fault_of(finding: Finding, at: Span | None, query: FindingQuery, scene: Scene) -> Unsuitable | None:
    """Say what is wrong with a finding; None where nothing is.

    Args:
        finding: Of one of the query's concepts.
        at: 0..1; all its time can mean.
        query: What a finding must fulfil.
        scene: For exposures it must come after.

    Returns:
        The first fault: contested contents (CONFLICTING), not final (MISSING), method or specimen absent or
        unmapped or another one (UNMAPPED), oxygen given or unknown (MISSING), taken before the end of the last
        exposure (STALE; PARTIAL_DATE where that end is open, UNMAPPED where it may not have been given).

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
        or (_not_on_room_air(finding, scene) if query.room_air else None)
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


def _not_on_room_air(finding: Finding, scene: Scene) -> Unsuitable | None:
    unread = _unread_oxygen(finding, scene)
    if unread is not None:
        return _spoken(Unsuitable(unread, may_be_current=True))
    flow = _component(finding, INHALED_OXYGEN_FLOW)
    fraction = _component(finding, INHALED_OXYGEN_CONCENTRATION)
    flows = None if flow is None else _exceeds(flow, Decimal(0))
    enriched = None if fraction is None else _is_enriched(fraction)
    if flows or enriched:
        note = "a saturation with supplemental oxygen does not count"
        return _spoken(_fault(finding, UnknownReason.MISSING, note))
    proven = enriched is False and (flow is None or flows is False)
    if proven or ROOM_AIR in finding.qualifiers:
        return None
    wanted = f"oxygen supply beside {in_words(finding.concepts[:1])}"
    return _spoken(_fault(finding, UnknownReason.MISSING, "the oxygen supply is not stated", wanted=wanted))


def _spoken(fault: Unsuitable) -> Unsuitable:
    """Let a later saturation stand in the way where it is low: breathing more oxygen it would be lower still."""
    return replace(fault, may_be_current=True, speaks=True)


def _unread_oxygen(finding: Finding, scene: Scene) -> Cause | None:
    """Give what could not be read of the oxygen stated beside a saturation: it may have been given."""
    concepts = (INHALED_OXYGEN_FLOW, INHALED_OXYGEN_CONCENTRATION)
    beside = (gap for gap in scene.timeline.gaps if gap.source == finding.source)
    return next(filter(None, map(cause_of, about(beside, concepts, (finding.source.type,)))), None)


def _component(finding: Finding, concept: ConceptId) -> Component | None:
    return next((each for each in finding.components if concept in each.concepts), None)


def _exceeds(component: Component, limit: Decimal) -> bool | None:
    """Say whether a component lies above a limit; None where it is unreadable."""
    standard: Quantity | None = component.standard
    if standard is None or not standard.value.is_finite():
        return None
    return lies(interval_of(standard), Operator.GREATER, limit)


def _is_enriched(fraction: Component) -> bool | None:
    """Say whether more oxygen was breathed than is in room air; None where the number cannot say so."""
    standard: Quantity | None = fraction.standard
    scale = _PER_PERCENT.get(standard.unit or "") if standard is not None else None
    if standard is None or scale is None or not standard.value.is_finite():
        return None
    if standard.value < LEAST_OXYGEN_PERCENT * scale:
        return None
    return lies(interval_of(standard), Operator.GREATER, ROOM_AIR_PERCENT * scale)


def _before_treatment(
    finding: Finding, at: Span | None, drugs: tuple[ConceptId, ...], scene: Scene
) -> Unsuitable | None:
    if at is None:
        return None
    for exposure in _exposures(drugs, scene):
        given = scene.start_of(exposure.effective)
        if given is None:
            return _treated(finding, exposure, UnknownReason.PARTIAL_DATE, scene)
        over = _end_of(exposure, given, scene)
        if over is None or at.first <= over.last:
            return _treated(finding, exposure, _reason_after(exposure, over), scene)
    return None


def _end_of(exposure: Exposure, given: Span, scene: Scene) -> Span | None:
    """Say when a course was over; None where it may still be going on."""
    end = scene.span_of(exposure.effective.end) if exposure.effective is not None else None
    if end is not None:
        return end
    is_open = exposure.effective is not None and exposure.effective.is_period
    return None if is_open and exposure.status in {"in-progress", "on-hold", "unknown"} else given


def _reason_after(exposure: Exposure, over: Span | None) -> UnknownReason:
    """Say why a finding is not clearly after this exposure."""
    if exposure.contested:
        return UnknownReason.CONFLICTING
    if exposure.status == "unknown":
        return UnknownReason.UNMAPPED
    is_placed = over is not None and (over.first == over.last or over.first_day == over.last_day)
    return UnknownReason.STALE if is_placed else UnknownReason.PARTIAL_DATE


def _exposures(drugs: tuple[ConceptId, ...], scene: Scene) -> Iterable[Exposure]:
    """Give the exposures before the anchor, the latest first; the trial's own first drug is none of them."""
    for drug in drugs:
        for exposure in reversed(scene.timeline.exposures.get(drug, ())):
            given = scene.start_of(exposure.effective)
            if exposure.status in _MAY_BE_GIVEN and (given is None or given.first < scene.anchor.start):
                yield exposure


def _treated(finding: Finding, exposure: Exposure, reason: UnknownReason, scene: Scene) -> Unsuitable:
    evidence = (of_finding(finding), *of_event(exposure, scene.timeline, role="treatment"))
    note = f"not clearly after the last {in_words(exposure.concepts[:1])}"
    return Unsuitable(Cause(reason=reason, note=note, evidence=evidence), reason is not UnknownReason.STALE)
