"""What was really administered or done, each once, however many resources tell of it.

Knows: which facts belong to a planned item, shared identifiers, records that contradict each other, the day
something was given. Does not know: planned doses, amounts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from fhir_adapter.domain.answers import Cause
from fhir_adapter.domain.dosing.course import Course
from fhir_adapter.domain.dosing.duration import period_of
from fhir_adapter.domain.exposure import Exposure
from fhir_adapter.domain.facts import Intervention
from fhir_adapter.domain.moments import Effective, FhirDateTime
from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.regimen import PlannedItem
from fhir_adapter.domain.spans import Span, clamped, midnight, span
from fhir_adapter.domain.spoken import standing

Deed = Exposure | Intervention
"""Something administered to or done with a patient."""

COMPLETED: Final = "completed"
STOPPED: Final = "stopped"
NOT_DONE: Final = "not-done"
UNDER_WAY: Final = frozenset({"in-progress", "on-hold"})

_PREPARED: Final = "preparation"
_RANK: Final = {COMPLETED: 0, STOPPED: 1, "in-progress": 2, "on-hold": 3, NOT_DONE: 5}
_UNRANKED: Final = 4
_ENDS: Final = frozenset({COMPLETED, STOPPED, NOT_DONE})
"""What can become of an administration: one of these."""

_NEVER: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Administration:
    """One administration, from every resource that tells of it.

    Attributes:
        deeds: 1..*; the one that counts first.
        start: 0..1; when it began, as written.
        at: 0..1; all that start can mean.
        on: 0..1; its calendar date at the hospital; None where the day is not known.
        causes: 0..*; what keeps it from being known: contested contents, a status that says nothing, several days.
    """

    deeds: tuple[Deed, ...]
    start: FhirDateTime | None
    at: Span | None
    on: date | None
    causes: tuple[Cause, ...]

    @property
    def deed(self) -> Deed:
        """The fact that counts."""
        return self.deeds[0]

    @property
    def status(self) -> str:
        """The status of the fact that counts."""
        return self.deed.status

    @property
    def was_not_done(self) -> bool:
        """True where it is said, and not contested, that it was not done."""
        return self.status == NOT_DONE and not self.causes

    @property
    def began(self) -> datetime | None:
        """The first instant it can have begun [UTC]; None without a start."""
        return self.at.first if self.at is not None else None


def belongs(deed: Deed, item: PlannedItem) -> bool:
    """Say whether something done is of a planned item: one of its concepts, at one of its body sites."""
    if set(item.concepts).isdisjoint(deed.concepts):
        return False
    if isinstance(deed, Exposure) or not item.body_sites:
        return True
    # A procedure's code may name the body site itself (total body irradiation).
    return not set(item.body_sites).isdisjoint((*deed.body_site, *deed.concepts))


def find_administrations(course: Course, items: Sequence[PlannedItem]) -> tuple[Administration, ...]:
    """Find what was administered of some items during the course.

    Does not look before the course began, after a withdrawal, nor past the course's time. What is dated after a
    death is found: the date of death may be what is wrong. Two resources that share an identifier are one
    administration, unless they are of different days: an identifier over several days is an order's. One completed
    for one resource and stopped or not done for another is a conflict, and so are bags that followed one another
    under one identifier.

    Args:
        course: The subject's course.
        items: 1..*; items given under the same concepts.

    Returns:
        0..*; earliest first, those of unknown day last; the order of the facts never shows.

    Source:
        issue B, administered doses: duplicates recognised by identifier.
    """
    concepts = dict.fromkeys(concept for item in items for concept in item.concepts)
    timeline = course.timeline
    every: dict[Deed, None] = {}
    for concept in concepts:
        every.update(dict.fromkeys(timeline.exposures.get(concept, ())))
        every.update(dict.fromkeys(timeline.interventions.get(concept, ())))
    mine = [deed for deed in every if any(belongs(deed, item) for item in items) and _is_seen(deed, course)]
    found = [_administration(group, course) for group in _together(sorted(mine, key=_order), course)]
    begins = course_begins(course)
    return tuple(sorted((each for each in found if _is_inside(each, begins, course.read_until)), key=_when))


def course_begins(course: Course) -> date | None:
    """Give the first day of the trial's time, days of tolerance included.

    Args:
        course: The subject's course.

    Returns:
        The planned first day less the days a first drug may be early, by day 0 or by a plan whose first day had
        come before anybody moved it: a graft that is late takes nothing away that was given as planned. Where
        day 0 is not known, the day on which somebody first stated anything about the course; None where nobody
        did: then nothing is too early.

    Source:
        clinical review, PUT-1: the same drugs given earlier were earlier treatment.
    """
    first = course.date_of(course.regimen.day_zero.first_day)
    if first is not None:
        return min([first, *_first_days_reached(course)]) - timedelta(days=course.early_days)
    authored = [said.authored for said in course.stated.values() if said.authored is not None]
    return min(authored, default=None)


def _first_days_reached(course: Course) -> Iterator[date]:
    """Give the first days of the plans that stood when that day came, moved or not since."""
    rule, made = course.regimen.day_zero, course.timeline.attestations
    for plan in made:
        if plan.link_id != rule.plan_link or not isinstance(plan.value, date):
            continue
        first = clamped(plan.value) + timedelta(days=rule.first_day)
        reached = max(midnight(first, course.zone), span(plan.authored, course.zone).first)
        is_reached = reached <= course.as_of
        if is_reached and plan in standing(made, rule.plan_link, until=reached, zone=course.zone):
            yield first


def when_of(deed: Deed) -> Effective | None:
    """Give when something was administered or done."""
    return deed.effective if isinstance(deed, Exposure) else deed.performed


def _start(deed: Deed) -> FhirDateTime | None:
    effective = when_of(deed)
    return effective.start if effective is not None else None


def _is_seen(deed: Deed, course: Course) -> bool:
    """Say whether something exists at the course's time and was more than prepared."""
    start = _start(deed)
    return deed.status != _PREPARED and (start is None or span(start, course.zone).first <= course.as_of)


def _is_inside(given: Administration, begins: date | None, until: date | None) -> bool:
    if given.at is None:
        return True
    return (begins is None or given.at.last_day >= begins) and (until is None or given.at.first_day <= until)


def _order(deed: Deed) -> tuple[int, int, str, str, str, str]:
    source = deed.source
    richness = sum(part is None for part in _told(deed))
    return _RANK.get(deed.status, _UNRANKED), richness, source.reference, source.version, source.content, deed.path


def _told(deed: Deed) -> tuple[object, ...]:
    """Give what a fact may tell beside that it happened, the more of it the richer."""
    effective = when_of(deed)
    when = (effective, effective.end if effective is not None else None)
    if isinstance(deed, Intervention):
        return (deed.radiation, *when)
    return (deed.dose, deed.rate, deed.route, *when)


def _together(deeds: Sequence[Deed], course: Course) -> Iterator[list[Deed]]:
    """Group the facts of one administration: contents of one resource, or resources that share an identifier."""
    left = list(deeds)
    while left:
        group = [left.pop(0)]
        for known in group:  # grows while it is walked
            same = [each for each in left if _is_same(known, each, course)]
            group += same
            left = [each for each in left if each not in same]
        yield sorted(group, key=_order)


def _is_same(one: Deed, other: Deed, course: Course) -> bool:
    if one.source.reference == other.source.reference:
        return True
    if set(one.identifiers).isdisjoint(other.identifiers):
        return False
    first, second = _day(one, course), _day(other, course)
    return first is None or second is None or first == second


def _day(deed: Deed, course: Course) -> date | None:
    start = _start(deed)
    at = span(start, course.zone) if start is not None else None
    return at.first_day if at is not None and at.first_day == at.last_day else None


def _administration(deeds: list[Deed], course: Course) -> Administration:
    starts = [(start, span(start, course.zone)) for deed in deeds if (start := _start(deed)) is not None]
    days = {day for deed in deeds if (day := _day(deed, course)) is not None}
    start, at = starts[0] if starts else (None, None)
    if at is not None and len(days) > 1:
        at = Span(
            min(each.first for _, each in starts),
            max(each.last for _, each in starts),
            min(each.first_day for _, each in starts),
            max(each.last_day for _, each in starts),
        )
    return Administration(
        deeds=tuple(deeds),
        start=start,
        at=at,
        on=next(iter(days)) if len(days) == 1 else None,
        causes=tuple(_doubts(deeds, days)),
    )


def _doubts(deeds: Sequence[Deed], days: set[date]) -> Iterator[Cause]:
    status = deeds[0].status
    if any(deed.contested for deed in deeds) or len(days) > 1:
        yield Cause(reason=UnknownReason.CONFLICTING, note="two contents of one administration")
    elif len(_ENDS.intersection(deed.status for deed in deeds)) > 1 or _is_apart(deeds):
        note = "records of one administration that cannot all be true"
        yield Cause(reason=UnknownReason.CONFLICTING, note=note)
    if status not in _RANK:
        yield Cause(
            reason=UnknownReason.UNMAPPED,
            note="the status does not say whether it was given",
            wanted="whether it was given, and how much",
        )


def _is_apart(deeds: Iterable[Deed]) -> bool:
    """Say whether one of them began when another had ended: bags of one order rather than one administration."""
    periods = [period for deed in deeds if (period := period_of(when_of(deed))) is not None]
    return bool(periods) and max(began for began, _ in periods) >= min(ended for _, ended in periods)


def _when(given: Administration) -> tuple[bool, datetime, tuple[int, int, str, str, str, str]]:
    began = given.began
    return began is None, began or _NEVER, _order(given.deed)
