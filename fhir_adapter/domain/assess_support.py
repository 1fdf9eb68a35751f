"""Assess `UnderWay`: whether a kind of support goes on at the anchor.

Knows: periods that cover a moment, momentary notes, findings that show support. Does not know: which procedures
are support, what follows from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from fhir_adapter.domain.answers import Cause, decided, in_words, unknown
from fhir_adapter.domain.completeness import Sought, find_unread
from fhir_adapter.domain.evidence import USABLE, of_event, of_finding
from fhir_adapter.domain.facts import Finding, Intervention
from fhir_adapter.domain.gaps import about, cause_of, says_not_measured, withheld
from fhir_adapter.domain.logic import Truth
from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.records import Answer, Evidence
from fhir_adapter.domain.scene import Place, Scene
from fhir_adapter.domain.selection import OBSERVATION
from fhir_adapter.domain.spans import Span
from fhir_adapter.domain.treatment_operators import UnderWay

_PROCEDURE = "Procedure"
_NEVER_BEGAN = frozenset({"not-done", "preparation"})
_NOT_OVER = frozenset({"in-progress", "on-hold"})
_OVER = frozenset({"completed", "stopped"})
_TICK = timedelta(microseconds=1)


@dataclass(slots=True)
class _Found:
    """What was found, sorted by what it says of the anchor."""

    going_on: list[Evidence] = field(default_factory=list)
    over: list[Evidence] = field(default_factory=list)
    causes: list[Cause] = field(default_factory=list)
    turns: list[datetime] = field(default_factory=list)


def assess_under_way(node: UnderWay, scene: Scene) -> Answer:
    """Say whether one of these procedures goes on at the anchor.

    Something in progress or on hold has begun and is not over. A completed one without an end counts as noted at
    its start.

    Args:
        node: Concepts, findings that show it, how long a note without an end counts.
        scene: What it is assessed against.

    Returns:
        MET with what shows it. NOT_MET only if every procedure was read and nothing refused may be one. Else
        UNKNOWN: PARTIAL_DATE without a usable time, CONFLICTING for contested contents, UNMAPPED for a status
        that says nothing, MISSING for a finding that is not final.

    Source:
        reading A22; clinical review, sections 10 and 12.
    """
    found = _Found()
    for done in _procedures(node, scene):
        _sort(done, node, scene, found)
    for sign in _signs(node, scene):
        _sort_sign(sign, node, scene, found)
    turns = scene.next_of(found.turns) if scene.is_moving else None
    if found.going_on:
        return decided(node, Truth.MET, evidence=found.going_on, expires=turns)
    what = in_words(node.concepts)
    unread = find_unread(scene, Sought(types=(_PROCEDURE,), window=node.within, what=what, lasting=True))
    causes = [*found.causes, *unread.causes, *_unread_signs(node, scene)]
    expires = scene.next_of([turns, unread.expires])
    evidence = [*found.over, *unread.receipts]
    if causes:
        return unknown(node, causes, what=what, evidence=evidence, expires=expires)
    return decided(node, Truth.NOT_MET, evidence=evidence, expires=expires)


def _procedures(node: UnderWay, scene: Scene) -> Iterator[Intervention]:
    seen: set[Intervention] = set()
    for concept in node.concepts:
        for done in scene.timeline.interventions.get(concept, ()):
            if done not in seen:
                seen.add(done)
                yield done


def _sort(done: Intervention, node: UnderWay, scene: Scene, found: _Found) -> None:
    at = scene.start_of(done.performed)
    if done.status in _NEVER_BEGAN or (at is not None and scene.place(at, None) is Place.LATER):
        return
    evidence = of_event(done, scene.timeline)
    goes_on = _goes_on(done, at, node, scene, found)
    if goes_on is False:
        found.over += evidence
        return
    doubt = _doubt(done, goes_on=goes_on)
    if doubt is None:
        found.going_on += evidence
    else:
        reason, note = doubt
        found.causes.append(Cause(reason=reason, note=note, evidence=evidence))


def _doubt(done: Intervention, *, goes_on: bool | None) -> tuple[UnknownReason, str] | None:
    """Say what keeps a procedure that may go on from showing that it does."""
    if done.contested:
        return UnknownReason.CONFLICTING, "two contents of one procedure"
    if done.status not in _NOT_OVER | _OVER:
        return UnknownReason.UNMAPPED, "the procedure's status does not say whether it goes on"
    if goes_on is None:
        return UnknownReason.PARTIAL_DATE, "it is not stated when the procedure began or ended"
    return None


def _goes_on(done: Intervention, at: Span | None, node: UnderWay, scene: Scene, found: _Found) -> bool | None:
    """Say whether its time covers the anchor; None where that is open."""
    anchor = scene.anchor.time
    begun = at is not None and at.last <= anchor
    if done.status in _NOT_OVER:
        return True if begun else None
    end = scene.span_of(done.performed.end) if done.performed is not None else None
    if end is not None:
        found.turns += [end.first + _TICK, end.last + _TICK]
        if end.last < anchor:
            return False
        return True if begun and end.first >= anchor else None
    if done.performed is not None and done.performed.is_period and done.status not in _OVER:
        return True if begun else None
    if at is None:
        return None
    hours = timedelta(hours=node.within.amount)
    found.turns += [at.first + hours + _TICK, at.last + hours + _TICK]
    return {Place.INSIDE: True, Place.OUTSIDE: False}.get(scene.place(at, node.within))


def _signs(node: UnderWay, scene: Scene) -> Iterator[Finding]:
    for concept in node.shown_by:
        yield from scene.timeline.findings.get(concept, ())


def _sort_sign(sign: Finding, node: UnderWay, scene: Scene, found: _Found) -> None:
    at, evidence = scene.start_of(sign.effective), of_finding(sign)
    place = scene.place(at, node.within) if at is not None else Place.UNCERTAIN
    if place in {Place.LATER, Place.OUTSIDE}:
        return
    if at is not None:
        hours = timedelta(hours=node.within.amount)
        found.turns += [at.first + hours + _TICK, at.last + hours + _TICK]
    doubt = _doubt_of_sign(sign, place)
    if doubt is None:
        found.going_on.append(evidence)
    else:
        reason, note = doubt
        found.causes.append(Cause(reason=reason, note=note, evidence=(evidence,)))


def _doubt_of_sign(sign: Finding, place: Place) -> tuple[UnknownReason, str] | None:
    what = in_words(sign.concepts[:1])
    if sign.contested:
        return UnknownReason.CONFLICTING, f"two contents of one result of {what}"
    if sign.status not in USABLE:
        return UnknownReason.MISSING, f"a {what} that is not final ({sign.status})"
    return (UnknownReason.PARTIAL_DATE, f"a {what} without a usable time") if place is Place.UNCERTAIN else None


def _unread_signs(node: UnderWay, scene: Scene) -> list[Cause]:
    """Give a cause for each refused finding that may show it, and for results withheld."""
    if not node.shown_by:
        return []
    causes = list(withheld(scene.timeline, (OBSERVATION,)))
    for gap in about(scene.timeline.gaps, node.shown_by, (OBSERVATION,)):
        at = scene.start_of(gap.rejection.effective)
        is_placed = at is None or scene.place(at, node.within) in {Place.INSIDE, Place.UNCERTAIN}
        cause = cause_of(gap) if is_placed and not says_not_measured(gap) else None
        causes += [cause] if cause is not None else []
    return causes
