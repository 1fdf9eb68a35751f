"""Whether nothing recorded means that nothing was given, and what was recorded all that was given.

Knows: receipts, refused resources, procedures without a body site, administrations of unknown day. Does not know:
amounts, deviations.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from fhir_adapter.domain.answers import PRECEDENCE, Cause, in_words
from fhir_adapter.domain.completeness import MEDICATION_ADMINISTRATION
from fhir_adapter.domain.dosing.administrations import NOT_DONE, Administration
from fhir_adapter.domain.dosing.course import Course
from fhir_adapter.domain.dosing.matching import Slot
from fhir_adapter.domain.evidence import of_event, of_receipt
from fhir_adapter.domain.gaps import cause_of, is_unmapped_code, withheld
from fhir_adapter.domain.moments import Effective
from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.records import Evidence
from fhir_adapter.domain.regimen import ItemKind
from fhir_adapter.domain.spans import span
from fhir_adapter.domain.timeline import Gap

PROCEDURE = "Procedure"

_NEVER_DONE = frozenset({NOT_DONE, "preparation"})

_TYPES = {
    ItemKind.DRUG: (MEDICATION_ADMINISTRATION,),
    ItemKind.CELLS: (MEDICATION_ADMINISTRATION,),
    ItemKind.IRRADIATION: (PROCEDURE,),
    ItemKind.GRAFT: (PROCEDURE, MEDICATION_ADMINISTRATION),
}


def find_doubts(
    slot: Slot, undated: tuple[Administration, ...], course: Course, *, is_over: bool
) -> tuple[Cause, ...]:
    """Say why a planned dose of which nothing is recorded may have been given all the same.

    Args:
        slot: The planned dose.
        undated: 0..*; administrations of its concepts whose day is not known.
        course: For receipts and what could not be read.
        is_over: False while the dose may still be given in time: then only an administration of unknown day can
            be it, and none before its day has come.

    Returns:
        0..*, the weightiest first: an administration that may be it, a type withheld or not read to its end, a
        resource around its days that could not be read or whose code nobody has mapped. None: it was not recorded.

    Source:
        design contracts, Criteria and verdicts: absence counts only where everything was read.
    """
    causes = [
        cause
        for each in undated
        if _may_be(each, slot) and slot.first <= course.today
        for cause in _of_undated(each, course)
    ]
    if is_over:
        causes += _unseen(slot, course)
    return tuple(sorted(dict.fromkeys(causes), key=lambda cause: (PRECEDENCE[cause.reason], cause.note)))


def find_refused(slot: Slot, days: Iterable[date], course: Course) -> tuple[Cause, ...]:
    """Say which refused resources leave open how much of a planned dose was given.

    Does not look at what was refused on another day or on a day nobody knows, or as something else.

    Args:
        slot: The planned dose.
        days: 0..*; days on which something was given of it.
        course: For what could not be read.

    Returns:
        0..*; a cause for each: it may be more of the dose, or the same again.

    Source:
        issue B, dosing records; ADR 0017: nothing given is left out.
    """
    causes: dict[Cause, None] = {}
    on = frozenset(days)
    for gap in course.timeline.gaps:
        effective, is_it = gap.rejection.effective, not set(gap.rejection.concepts).isdisjoint(slot.item.concepts)
        if not is_it or effective is None or effective.start is None:
            continue
        at = span(effective.start, course.zone)
        if at.first_day == at.last_day and at.first_day in on:
            causes.update(dict.fromkeys(_of_gap(gap, slot, course)))
    return tuple(causes)


def _unseen(slot: Slot, course: Course) -> tuple[Cause, ...]:
    return (
        *withheld(course.timeline, _TYPES[slot.item.kind]),
        *(cause for kind in _TYPES[slot.item.kind] for cause in _unread(kind, course)),
        *(cause for gap in course.timeline.gaps for cause in _of_gap(gap, slot, course)),
        *_without_site(slot, course),
    )


def receipts_for(slot: Slot, course: Course) -> tuple[Evidence, ...]:
    """Cite the receipts that say nothing was recorded."""
    known = course.timeline.completeness
    return tuple(of_receipt(known[kind]) for kind in _TYPES[slot.item.kind] if kind in known)


def wanted_for(slot: Slot) -> str:
    """Say in clinical words what would tell."""
    return f"{in_words(slot.item.concepts[:1])} of {slot.first}: whether it was given"


def _may_be(given: Administration, slot: Slot) -> bool:
    """Say whether something of unknown day may be a dose; cells are told apart by day 0 alone."""
    if given.at is None:
        return True
    if slot.item.kind is ItemKind.CELLS:
        return slot.day >= 0 or given.at.first_day < slot.first - timedelta(days=slot.day)
    first, last = _days_around(slot)
    return given.at.first_day <= last and given.at.last_day >= first


def _days_around(slot: Slot) -> tuple[date, date]:
    """Give the first and the last day on which something may be this dose: in its reach or in its window."""
    item = slot.item
    before, after = max(item.reach, -item.in_window.first), max(item.reach, item.in_window.last)
    return slot.first - timedelta(days=before), slot.last + timedelta(days=after)


def _of_undated(given: Administration, course: Course) -> tuple[Cause, ...]:
    evidence = of_event(given.deed, course.timeline)
    note = "an administration has no usable date"
    return given.causes or (Cause(reason=UnknownReason.PARTIAL_DATE, note=note, evidence=evidence),)


def _unread(kind: str, course: Course) -> Iterator[Cause]:
    receipt = course.timeline.completeness.get(kind)
    wanted = f"a complete reading of {kind}"
    if receipt is None or not receipt.complete or receipt.truncated:
        yield Cause(reason=UnknownReason.MISSING, note=f"{kind} was not read completely", wanted=wanted)
    elif receipt.rejected and not any(gap.source.type == kind and not gap.is_part for gap in course.timeline.gaps):
        note = f"{receipt.rejected} {kind} resources were rejected"
        yield Cause(reason=UnknownReason.UNMAPPED, note=note, wanted=wanted)


def _of_gap(gap: Gap, slot: Slot, course: Course) -> Iterator[Cause]:
    """Give the cause of what could not be read and may have been this dose."""
    rejection = gap.rejection
    if gap.is_part or gap.source.type not in _TYPES[slot.item.kind]:
        return
    is_another = bool(rejection.concepts) and set(rejection.concepts).isdisjoint(slot.item.concepts)
    cause = cause_of(gap)
    if (
        cause is None
        or (is_another and not is_unmapped_code(gap))
        or not _lies_near(rejection.effective, slot, course)
    ):
        return
    yield cause


def _lies_near(effective: Effective | None, slot: Slot, course: Course) -> bool:
    if effective is None or effective.start is None:
        return True
    at = span(effective.start, course.zone)
    if at.first > course.as_of:
        return False
    first, last = _days_around(slot)
    return at.first_day <= last and at.last_day >= first


def _without_site(slot: Slot, course: Course) -> Iterator[Cause]:
    """Give the procedures that would be this dose if their body site were known."""
    if not slot.item.body_sites:
        return
    for concept in slot.item.concepts:
        for done in course.timeline.interventions.get(concept, ()):
            may_be = done.status not in _NEVER_DONE and not done.body_site and not done.elsewhere
            if may_be and _lies_near(done.performed, slot, course):
                evidence = of_event(done, course.timeline)
                note = "a procedure of this kind names no mapped body site"
                yield Cause(reason=UnknownReason.UNMAPPED, note=note, evidence=evidence)
