"""Assess `EventWithin`: a procedure, exposure or problem that happened less than so long before the anchor.

Knows: events of three kinds, their dates, what an undated one means. Does not know: which events matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from fhir_adapter.domain.answers import Cause, decided, in_words, unknown
from fhir_adapter.domain.assess_condition import CONDITION, REFUTED
from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.completeness import MEDICATION_ADMINISTRATION, Sought, answer_absence
from fhir_adapter.domain.evidence import Event, of_event
from fhir_adapter.domain.facts import Diagnosis, Intervention
from fhir_adapter.domain.gaps import about, cause_of, is_unmapped_code
from fhir_adapter.domain.logic import Truth
from fhir_adapter.domain.moments import Effective
from fhir_adapter.domain.operators import EventSource, EventWithin
from fhir_adapter.domain.queries import UnknownReason, Window, WindowUnit
from fhir_adapter.domain.records import Answer, Evidence
from fhir_adapter.domain.scene import Place, Scene
from fhir_adapter.domain.spans import Span, last_fresh_day, midnight

_TYPES = {
    EventSource.INTERVENTION: "Procedure",
    EventSource.EXPOSURE: MEDICATION_ADMINISTRATION,
    EventSource.DIAGNOSIS: CONDITION,
}

_NEVER_HAPPENED = frozenset({"not-done", "preparation"})
_HAPPENED = frozenset({"completed", "in-progress", "stopped", "on-hold"})


@dataclass(slots=True)
class _Found:
    """Events of the concepts asked for, sorted by where they lie."""

    inside: list[Event] = field(default_factory=list)
    outside: list[Event] = field(default_factory=list)
    causes: list[Cause] = field(default_factory=list)
    turns: list[datetime] = field(default_factory=list)


def assess_event(node: EventWithin, scene: Scene) -> Answer:
    """Say whether one of these events happened less than so long before the anchor.

    Exactly that long before does not count. An event after the anchor (the trial's own graft) never counts; one
    under way at the anchor does. A period counts from its end.

    Args:
        node: Concepts, kinds of fact, window, what absence means.
        scene: What it is assessed against.

    Returns:
        MET with the events. NOT_MET by complete absence, older events cited. UNKNOWN: PARTIAL_DATE without a
        usable date, CONFLICTING for contested contents, NOT_YET_DUE where the event counts today but no longer
        on the planned day, NEEDS_ATTESTATION for an unconfirmed problem, UNMAPPED for an unknown status.

    Source:
        readings A14 and A15; clinical review, section 12.
    """
    found = _Found()
    what = in_words(node.concepts)
    for event in _events(node, scene):
        _sort(event, node, scene, found)
    turns = scene.next_of(found.turns) if scene.is_moving else None
    if found.inside:
        return decided(node, Truth.MET, evidence=_cite(found.inside, scene), expires=turns)
    types = tuple(_TYPES[source] for source in node.sources)
    hidden, spans = _gaps(node, scene, types)
    found.causes += hidden
    expires = scene.next_of([turns, scene.edges(spans, [node.within])])
    seen = _cite(found.outside, scene)
    if found.causes:
        return unknown(node, found.causes, what=what, evidence=seen, expires=expires)
    sought = Sought(types=types, window=node.within, what=what)
    return answer_absence(node, node.absence, scene, sought, seen=seen)


def _cite(events: Iterable[Event], scene: Scene) -> tuple[Evidence, ...]:
    return tuple(each for event in events for each in of_event(event, scene.timeline))


def _events(node: EventWithin, scene: Scene) -> Iterator[Event]:
    timeline = scene.timeline
    shelves: dict[EventSource, Mapping[ConceptId, tuple[Event, ...]]] = {
        EventSource.INTERVENTION: timeline.interventions,
        EventSource.EXPOSURE: timeline.exposures,
        EventSource.DIAGNOSIS: timeline.diagnoses,
    }
    seen: set[Event] = set()
    for source, shelf in shelves.items():
        wanted = (*node.concepts, *node.undated) if source in node.sources else node.undated
        for concept in wanted:
            for event in shelf.get(concept, ()):
                if event not in seen:
                    seen.add(event)
                    yield event


def _sort(event: Event, node: EventWithin, scene: Scene, found: _Found) -> None:
    if _did_not_happen(event):
        return
    place = _place(event, node, scene, found)
    if place is Place.LATER:
        return
    if place is Place.OUTSIDE:
        found.outside.append(event)
        return
    doubt = _doubt(event, place)
    if doubt is None:
        found.inside.append(event)
        return
    reason, note = doubt
    wanted = ""
    if reason is UnknownReason.NOT_YET_DUE:
        wanted = f"an assessment once {in_words(event.concepts[:1])} is long enough ago"
    found.causes.append(Cause(reason=reason, note=note, wanted=wanted, evidence=of_event(event, scene.timeline)))


def _did_not_happen(event: Event) -> bool:
    if isinstance(event, Diagnosis):
        return event.verification_status in REFUTED
    return event.status in _NEVER_HAPPENED


def _doubt(event: Event, place: Place) -> tuple[UnknownReason, str] | None:
    """Say what keeps an event that may lie in the window from counting."""
    if event.contested:
        return UnknownReason.CONFLICTING, "two contents of one event"
    if isinstance(event, Diagnosis) and event.verification_status not in {None, "confirmed"}:
        return UnknownReason.NEEDS_ATTESTATION, f"the event is {event.verification_status}, not confirmed"
    if not isinstance(event, Diagnosis) and event.status not in _HAPPENED:
        return UnknownReason.UNMAPPED, "the event's status does not say whether it happened"
    if place is Place.UNCERTAIN:
        return UnknownReason.PARTIAL_DATE, "the event has no usable date"
    if place is Place.EXPIRING:
        return UnknownReason.NOT_YET_DUE, "the event counts today, but no longer on the planned day"
    return None


def _place(event: Event, node: EventWithin, scene: Scene, found: _Found) -> Place:
    effective = _effective(event)
    start = scene.start_of(effective)
    if start is None:
        recorded = scene.span_of(event.recorded) if isinstance(event, Diagnosis) else None
        is_later = recorded is not None and scene.place(recorded, None) is Place.LATER
        return Place.LATER if is_later else Place.UNCERTAIN
    begun = scene.place(start, None)
    if begun is Place.LATER:
        return begun
    if set(node.concepts).isdisjoint(event.concepts):
        return Place.UNCERTAIN  # a status that outlives its event: its date is not the event's
    at = (scene.span_of(effective.end) if effective is not None else None) or start
    found.turns += _turns(at, node.within, scene)
    if begun is Place.UNCERTAIN and not scene.is_moving:
        return begun
    place = _against_window(at, node.within, scene)
    return Place.UNCERTAIN if place is Place.OUTSIDE and _is_going_on(event) else place


def _is_going_on(event: Event) -> bool:
    """Say whether an event that began long ago may not be over: a period without end, and not said to be over."""
    effective = _effective(event)
    is_open = effective is not None and effective.is_period and effective.end is None
    return is_open and not isinstance(event, Diagnosis) and event.status not in {"completed", "stopped"}


def _effective(event: Event) -> Effective | None:
    if isinstance(event, Diagnosis):
        return event.onset
    return event.performed if isinstance(event, Intervention) else event.effective


def _against_window(at: Span, window: Window, scene: Scene) -> Place:
    anchor = scene.anchor
    today = _counts(at, window, anchor.start, anchor.day)
    if anchor.planned is None:
        return today
    then = _counts(at, window, midnight(anchor.planned, scene.zone), anchor.planned)
    return Place.EXPIRING if then is Place.OUTSIDE and today is Place.INSIDE else then


def _counts(at: Span, window: Window, moment: datetime, day: date) -> Place:
    if _is_within(at.first, at.first_day, window, moment, day):
        return Place.INSIDE
    return Place.UNCERTAIN if _is_within(at.last, at.last_day, window, moment, day) else Place.OUTSIDE


def _is_within(first: datetime, day: date, window: Window, moment: datetime, on: date) -> bool:
    if window.unit is WindowUnit.HOUR:
        return first + timedelta(hours=window.amount) > moment
    return last_fresh_day(day, window) > on


def _turns(at: Span, window: Window, scene: Scene) -> list[datetime]:
    """Give the moments from which the event no longer counts, read at its earliest and at its latest."""
    if window.unit is WindowUnit.HOUR:
        return [each + timedelta(hours=window.amount) for each in (at.first, at.last)]
    return [midnight(last_fresh_day(day, window), scene.zone) for day in (at.first_day, at.last_day)]


def _gaps(node: EventWithin, scene: Scene, types: Iterable[str]) -> tuple[list[Cause], list[Span]]:
    """Give the causes of events that were recognised but could not be read, and when they were."""
    found: list[Cause] = []
    spans: list[Span] = []
    for gap in about(scene.timeline.gaps, (*node.concepts, *node.undated), types):
        at = scene.start_of(gap.rejection.effective)
        cause = cause_of(gap)
        is_placed = at is None or scene.place(at, node.within) in {Place.INSIDE, Place.UNCERTAIN}
        if cause is not None and is_placed and not gap.is_part and not is_unmapped_code(gap):
            found.append(cause)
            spans += [at] if at is not None else []
    return found, spans
