"""The record of one planned dose, of something given unplanned, or of something given on a day nobody knows.

Knows: what each record says and cites. Does not know: which administrations are whose, other doses of the course.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from fhir_adapter.domain.answers import PRECEDENCE, Cause, in_order, next_fact
from fhir_adapter.domain.dosing.administrations import Administration
from fhir_adapter.domain.dosing.amount import GIVEN_AMOUNT, Reckoning
from fhir_adapter.domain.dosing.body import Body, Measured
from fhir_adapter.domain.dosing.body_size import Size, find_size
from fhir_adapter.domain.dosing.citing import cite
from fhir_adapter.domain.dosing.compare import compare
from fhir_adapter.domain.dosing.course import Course
from fhir_adapter.domain.dosing.manner import deviations_of_day, deviations_of_manner, notes_of_route
from fhir_adapter.domain.dosing.matching import Group, Slot
from fhir_adapter.domain.dosing.records import Deviation, DosingRecord, DosingStatus, PlannedDose
from fhir_adapter.domain.dosing.sums import Sum, sum_up
from fhir_adapter.domain.dosing.unrecorded import find_doubts, find_refused, receipts_for, wanted_for
from fhir_adapter.domain.exposure import Exposure
from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.records import Evidence
from fhir_adapter.domain.regimen import PlannedItem

_NO_DAY: Final = Measured(value=None, reason=UnknownReason.PARTIAL_DATE, next_fact="the exact date it was given")
_NO_SIZE: Final = Size(weight=_NO_DAY, area=_NO_DAY)
_RANK: Final = {deviation: rank for rank, deviation in enumerate(Deviation)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Everything administered under the concepts of one or several items, and the body it is reckoned for.

    Attributes:
        undated: 0..*; administrations whose day is not known.
        every: 0..*; all administrations under the same concepts, these included.
    """

    body: Body
    undated: Group
    every: Group

    @property
    def course(self) -> Course:
        """The subject's course."""
        return self.body.course

    def sum(self, item: PlannedItem, day: int | None, group: Group) -> Sum:
        """Add up some of the administrations; where their day is not known, no weight holds for them."""
        course = self.course
        began = min((each.began for each in group if each.began is not None), default=None)

        def size() -> Size:
            return find_size(self.body, item, day, began) if day is not None else _NO_SIZE

        by = Reckoning(item=item, units=course.regimen.dose_units, size=size, stopped_dose=course.stopped_dose)
        others = [each for each in self.every if each not in group and not each.was_not_done]
        return sum_up(group, others, course, by)


def record_given(slot: Slot, planned: PlannedDose, group: Group, not_done: Group, pool: Pool) -> DosingRecord:
    """Record a planned dose of which something was given.

    Args:
        slot: The planned dose with its days.
        planned: What was due.
        group: 1..*; what was given.
        not_done: 0..*; what was also said not to be done.
        pool: For units, weights, evidence.

    Returns:
        The record; its status UNKNOWN where it is not known whether the dose was due, or how much was given: an
        administration of the same day that could not be read may be more of it.

    Source:
        issue B, dosing records.
    """
    item, course = slot.item, pool.course
    total = pool.sum(item, slot.day, group)
    found = compare(item, planned, total, course)
    deviations = [*found.deviations, *deviations_of_day(slot, group, course), *deviations_of_manner(item, total)]
    on = found.administered.on
    record = replace(
        _start(item, planned),
        administered=found.administered,
        status=found.status,
        difference=found.difference,
        day_offset=(on - slot.first).days if on is not None else None,
        deviations=in_rank(deviations),
        status_reasons=reasons_of((*group, *not_done)),
        notes=(*found.notes, *notes_of_route(item, total), *(["also recorded as not done"] if not_done else [])),
        evidence=cite((*group, *not_done), course.timeline),
    )
    refused = find_refused(slot, [each.on for each in group if each.on is not None], course)
    causes = [*([found.cause] if found.cause is not None else []), *refused]
    return _unknown(record, causes) if causes else record


def record_nothing(slot: Slot, planned: PlannedDose, not_done: Group, pool: Pool) -> DosingRecord:
    """Record a planned dose of which nothing was given.

    Args:
        slot: The planned dose with its days.
        planned: What is due.
        not_done: 0..*; what was said not to be done.
        pool: For what may have been given unrecorded.

    Returns:
        NOT_GIVEN where somebody recorded that; NOT_YET_DUE to the end of its window; then OVERDUE, with the
        receipts of a complete reading, or UNKNOWN where something unread may be it, or it is not known whether it
        is due.

    Source:
        issue B, dosing records; design contracts, absence.
    """
    course = pool.course
    start = _start(slot.item, planned)
    if planned.is_planned is None:
        return _unknown(start, [_undecided(planned)], evidence=cite(not_done, course.timeline))
    if not_done:
        return replace(
            start,
            status=DosingStatus.NOT_GIVEN,
            status_reasons=reasons_of(not_done),
            evidence=cite(not_done, course.timeline),
        )
    is_open = slot.last + timedelta(days=slot.item.in_window.last) >= course.today
    doubts = find_doubts(slot, pool.undated, course, is_over=not is_open)
    if doubts:
        return _unknown(start, doubts, wanted=wanted_for(slot))
    if is_open:
        return start
    return replace(start, status=DosingStatus.OVERDUE, evidence=receipts_for(slot, course))


def record_without_day(item: PlannedItem, planned: PlannedDose, course: Course) -> DosingRecord:
    """Record a planned dose whose calendar day is not known, for day 0 is not: nothing can be matched to it."""
    zero = course.day_zero
    cause = _undecided(planned) if planned.is_planned is None else _of_day_zero(course)
    return _unknown(_start(item, planned), [cause], evidence=zero.evidence)


def record_unplanned(item: PlannedItem, group: Group, pool: Pool) -> DosingRecord:
    """Record something given of a planned item's concepts that belongs to no planned dose.

    Args:
        item: The item it would belong to.
        group: 1..*; what was given on one day.
        pool: For units, weights, evidence.

    Returns:
        The record, marked UNPLANNED; where day 0 is not known it is not known either whether it was planned.

    Source:
        issue B, dosing records: administrations of trial drugs that match no planned dose are records too.
    """
    cause = _of_day_zero(pool.course) if pool.course.day_zero.day is None else None
    return _record_apart(item, group, pool, cause)


def record_undated(item: PlannedItem, given: Administration, pool: Pool) -> DosingRecord:
    """Record something given on a day nobody knows: it may be any of its planned doses, or none."""
    note = "the date is missing or too coarse to match it to a planned dose"
    wanted = f"{item.title}: the exact date it was given"
    return _record_apart(item, (given,), pool, Cause(reason=UnknownReason.PARTIAL_DATE, note=note, wanted=wanted))


def in_rank(deviations: Iterable[Deviation]) -> tuple[Deviation, ...]:
    """Give deviations once each, in the order of their list."""
    return tuple(sorted(set(deviations), key=lambda each: _RANK[each]))


def reasons_of(given: Iterable[Administration]) -> tuple[str, ...]:
    """Give the codes of why something was not given, or not to its end, as the hospital wrote them."""
    deeds = [deed for each in given for deed in each.deeds if isinstance(deed, Exposure)]
    codes = [coding.code or coding.display for deed in deeds for coding in deed.reasons]
    return tuple(dict.fromkeys(code for code in codes if code))


def _record_apart(item: PlannedItem, group: Group, pool: Pool, cause: Cause | None) -> DosingRecord:
    course = pool.course
    on = group[0].on
    day = course.day_of(on) if on is not None else None
    total = pool.sum(item, day, group)
    found = compare(item, None, total, course)
    causes = [each for each in (found.cause, cause) if each is not None]
    record = DosingRecord(
        item=item.id,
        title=item.title,
        kind=item.kind.value,
        day=day,
        date=on,
        planned=None,
        administered=found.administered,
        status=found.status,
        deviations=in_rank([*found.deviations, *([Deviation.UNPLANNED] if cause is None else [])]),
        status_reasons=reasons_of(group),
        notes=(*found.notes, *_notes_of_end(group[0], course)),
        evidence=cite(group, course.timeline),
    )
    return _unknown(record, causes) if causes else record


def _notes_of_end(given: Administration, course: Course) -> Iterator[str]:
    """Say that something is dated after the death: one of the two dates is wrong."""
    if course.ends is not None and given.at is not None and given.at.first_day > course.ends:
        yield f"dated after death ({course.ends.isoformat()})"


def _start(item: PlannedItem, planned: PlannedDose) -> DosingRecord:
    return DosingRecord(
        item=item.id,
        title=item.title,
        kind=item.kind.value,
        day=planned.day,
        date=planned.date,
        planned=planned,
        administered=None,
        status=DosingStatus.NOT_YET_DUE,
    )


def _unknown(
    record: DosingRecord, causes: Sequence[Cause], *, wanted: str = GIVEN_AMOUNT, evidence: Iterable[Evidence] = ()
) -> DosingRecord:
    """Make a record UNKNOWN by the weightiest of its causes, and cite all of them."""
    first = min(causes, key=lambda each: (PRECEDENCE[each.reason], each.note, each.wanted))
    cited = [*record.evidence, *evidence, *(each for cause in causes for each in cause.evidence)]
    notes = [*record.notes, *(cause.note for cause in causes if cause.note)]
    return replace(
        record,
        status=DosingStatus.UNKNOWN,
        reason=first.reason,
        next_fact=next_fact(first, wanted),
        notes=tuple(dict.fromkeys(notes)),
        evidence=in_order(cited),
    )


def _undecided(planned: PlannedDose) -> Cause:
    return Cause(reason=planned.reason or UnknownReason.NEEDS_ATTESTATION, wanted=planned.next_fact or "")


def _of_day_zero(course: Course) -> Cause:
    zero = course.day_zero
    wanted = zero.next_fact or "planned date of the graft infusion (day 0)"
    return Cause(reason=zero.reason or UnknownReason.NEEDS_ATTESTATION, note="day 0 is not known", wanted=wanted)
