"""One subject's treatment: what was planned, what was given, what is due, whether the cells may be infused.

Knows: how the parts of a treatment record come together. Does not know: any particular trial, the store, who
decides. The result is a proposal: a named person decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta, tzinfo
from functools import partial

from fhir_adapter.domain.anchor import AS_OF, Anchor
from fhir_adapter.domain.answers import in_order
from fhir_adapter.domain.derived_digest import digest_derived
from fhir_adapter.domain.dosing.clearance import derive_clearance
from fhir_adapter.domain.dosing.course import Course
from fhir_adapter.domain.dosing.course_doses import CourseDoses, Key, record_doses
from fhir_adapter.domain.dosing.donor import derive_donor, is_same_donor
from fhir_adapter.domain.dosing.dose_level import find_level
from fhir_adapter.domain.dosing.feasibility import assess_feasibility
from fhir_adapter.domain.dosing.marks import mark
from fhir_adapter.domain.dosing.open_course import end_course, open_course
from fhir_adapter.domain.dosing.records import ClearanceRecord, DosingRecord, DosingStatus, TreatmentRecord
from fhir_adapter.domain.dosing.totals import add_up
from fhir_adapter.domain.eligibility import find_valid_until
from fhir_adapter.domain.protocol import Trial
from fhir_adapter.domain.reactions import ReactionsView
from fhir_adapter.domain.records import Evidence
from fhir_adapter.domain.regimen import PlannedItem
from fhir_adapter.domain.scene import Scene
from fhir_adapter.domain.source import SubjectId
from fhir_adapter.domain.spans import midnight
from fhir_adapter.domain.timeline import Timeline

_WAITING = frozenset({DosingStatus.NOT_YET_DUE, DosingStatus.UNKNOWN})

Infusions = tuple[tuple[int, datetime], ...]
"""(Number, start) of the cell infusions given."""

TreatmentReactions = Callable[[tuple[DosingRecord, ...], Infusions, datetime], ReactionsView | None]
"""Gives what is known of reactions at a moment, from the doses recorded and the infusions given."""


def derive_treatment(  # noqa: PLR0913 - one named part per thing it is derived from
    timeline: Timeline,
    trial: Trial,
    *,
    subject: SubjectId,
    as_of: datetime,
    zone: tzinfo,
    stopped_dose: str = "unknown",
    donor: Timeline | None = None,
    withdrawn_on: date | None = None,
    reactions: TreatmentReactions | None = None,
) -> TreatmentRecord | None:
    """Derive one subject's treatment at one clinical time.

    Does not decide anything about the patient. No combination of facts raises, the order of facts never shows, and
    a retracted administration is as one never recorded.

    Args:
        timeline: The person's facts.
        trial: The trial's definitions.
        subject: Whose record it is.
        as_of: Clinical time, aware.
        zone: The hospital's zone; calendar days are judged in it.
        stopped_dose: What the dose of a stopped administration means here (`administered`, `ordered`, `unknown`).
        donor: 0..1; the donor's own facts, never mixed into the subject's.
        withdrawn_on: 0..1; last day on which the subject's data are read.
        reactions: 0..1; gives what is known of the subject's adverse reactions; None = nothing is.

    Returns:
        The record: every planned dose with what became of it, what was given unplanned, course totals, clearance
        of the infusions given, feasibility, donor; until when it is valid by the passing of time alone; the digest
        of what it says. None for whom no dose level or conditioning was stated and no trial cells were given.

    Source:
        issue B, dosing records; design contracts, Time; clinical review, PUT-13 and PUT-15.
    """
    course = open_course(timeline, trial, subject=subject, as_of=as_of, zone=zone, stopped_dose=stopped_dose)
    if course is None:
        return None
    if withdrawn_on is not None:
        course = end_course(course, withdrawn_on)
    doses = record_doses(course)
    clearances = tuple(_clearances(course, trial, doses, reactions))
    records = mark(doses.records, course, clearances, is_same_donor=is_same_donor(course))
    level = find_level(course)
    record = TreatmentRecord(
        subject=subject,
        trial=trial.id,
        as_of=as_of.astimezone(zone),
        day_zero=course.day_zero.day,
        day_zero_source=course.day_zero.source,
        level=level.level,
        arm=f"{course.regimen.levels.arm}{level.level}" if level.level is not None else None,
        records=records,
        totals=add_up(records, course.regimen),
        clearances=clearances,
        feasibility=assess_feasibility(course, records),
        donor=derive_donor(course, donor),
        valid_until=_valid_until(course, doses),
        definitions_digest=trial.digest,
        evidence_digest="",
        notes=tuple(_notes(course)),
        evidence=_evidence(course),
    )
    return replace(record, evidence_digest=digest_derived(record))


def _clearances(
    course: Course, trial: Trial, doses: CourseDoses, reactions: TreatmentReactions | None
) -> Iterator[ClearanceRecord]:
    """Judge every infusion given at the moment it began, or at both ends of its day where only that is known."""
    given = find_infusions(course, doses)
    tell = partial(reactions, doses.records) if reactions is not None else None
    for item in course.regimen.items:
        begun = _earliest(doses.begun, item)
        if item.infusion is not None and begun is not None:
            yield derive_clearance(
                course.timeline,
                trial,
                subject=course.subject,
                infusion=item.infusion,
                as_of=course.as_of,
                zone=course.zone,
                infused_at=begun,
                infused_by=_earliest(doses.begun_by, item),
                stopped_dose=course.stopped_dose,
                reactions=partial(tell, before(item.infusion, given)) if tell is not None else None,
            )


def before(infusion: int, given: Infusions) -> Infusions:
    """Give the infusions whose reactions speak about another one: its own come after it."""
    return tuple(each for each in given if each[0] != infusion)


def find_infusions(course: Course, doses: CourseDoses) -> Infusions:
    """Give number and start of the cell infusions given, the earliest first."""
    begun = ((item.infusion, _earliest(doses.begun, item)) for item in course.regimen.items)
    given = ((number, at) for number, at in begun if number is not None and at is not None)
    return tuple(sorted(given, key=lambda each: (each[1], each[0])))


def _earliest(moments: Mapping[Key, datetime], item: PlannedItem) -> datetime | None:
    return min((at for (item_id, _), at in moments.items() if item_id == item.id), default=None)


def _notes(course: Course) -> Iterator[str]:
    zero = course.day_zero
    if zero.day is None:
        yield f"day 0 is not known: needed is {zero.next_fact}"
    ends, until = course.ends, course.read_until
    if ends is not None:
        yield f"nothing is {'planned or read' if until == ends else 'planned'} after {ends.isoformat()}"
    if until is not None and until != ends:
        yield f"nothing is read after {until.isoformat()}"


def _evidence(course: Course) -> tuple[Evidence, ...]:
    """Cite what the whole course rests on: day 0, and what was stated about level, donor and conditioning."""
    said = (each for link in sorted(course.stated) for each in course.stated[link].evidence)
    return in_order([*course.day_zero.evidence, *said])


def _valid_until(course: Course, doses: CourseDoses) -> datetime | None:
    """Give the next moment at which time alone may change the record."""
    moments = [at for record in doses.records for at in _turns(course, record, has_undated=doses.has_undated)]
    moments += [_earliest(doses.begun_by, item) for item in course.regimen.items if item.infusion is not None]
    now = Anchor(start=course.as_of, time=course.as_of, day=course.today, source=AS_OF)
    scene = Scene(timeline=course.timeline, anchor=now, as_of=course.as_of, zone=course.zone)
    until = scene.next_of([*moments, find_valid_until(scene, ())])
    return until.astimezone(course.zone) if until is not None else None


def _turns(course: Course, record: DosingRecord, *, has_undated: bool) -> Iterator[datetime | None]:
    """Give when a planned dose changes by itself: its weight grows old, its day comes, its window ends."""
    planned = record.planned
    if planned is None:
        return
    yield planned.expires
    is_waiting = record.status in _WAITING and record.administered is None
    is_course = planned.last_day is not None  # until it is over, what was given of it is not yet too little
    if planned.date is None or not (is_waiting or is_course):
        return
    window = next(item.in_window for item in course.regimen.items if item.id == planned.item)
    length = (planned.last_day or planned.day) - planned.day
    yield midnight(planned.date + timedelta(days=length + window.last + 1), course.zone)
    if has_undated:
        yield midnight(planned.date, course.zone)
