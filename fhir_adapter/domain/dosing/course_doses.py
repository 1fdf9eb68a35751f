"""Every dose of a course: planned ones with what became of them, and whatever else was given.

Knows: which items share concepts, what is recorded first. Does not know: clearance, the donor, totals.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from fhir_adapter.domain.dosing.administrations import Administration, belongs, find_administrations
from fhir_adapter.domain.dosing.body import Body
from fhir_adapter.domain.dosing.course import Course
from fhir_adapter.domain.dosing.dose_records import (
    Pool,
    record_given,
    record_nothing,
    record_undated,
    record_unplanned,
    record_without_day,
)
from fhir_adapter.domain.dosing.matching import Group, Matches, Slot, match, slot_of
from fhir_adapter.domain.dosing.planned import plan_doses
from fhir_adapter.domain.dosing.records import DosingRecord, PlannedDose
from fhir_adapter.domain.regimen import PlannedItem

Key = tuple[str, int]
"""Item and planned day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseDoses:
    """The doses of a course.

    Attributes:
        records: Planned doses by day, in the order of the protocol; then what was given unplanned, by day; then
            what was given on a day nobody knows.
        begun: (Item id, planned day) -> start of what was first given under it [UTC], the first it can mean.
        begun_by: The same -> the last that start can mean [UTC].
        has_undated: True where something was given, or not, on a day nobody knows.
    """

    records: tuple[DosingRecord, ...]
    begun: Mapping[Key, datetime]
    begun_by: Mapping[Key, datetime]
    has_undated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pooled:
    """Items given under the same concepts, with everything that was given under them."""

    items: tuple[PlannedItem, ...]
    every: tuple[Administration, ...]
    slots: Mapping[Key, Slot]
    matches: Matches


def record_doses(course: Course) -> CourseDoses:
    """Record every dose of a course.

    Doses are matched by their days before anything is computed, for the weight a dose is planned from depends on
    when it was given.

    Args:
        course: The subject's course.

    Returns:
        The records; every administration of the plan's drugs, cells and procedures within the course's time is in
        exactly one of them.

    Source:
        issue B, dosing records.
    """
    body = Body(course)
    outline = plan_doses(course, {}, body)
    pools = [_pool(items, outline, course) for items in share_concepts(course.regimen.items)]
    begun = {
        key: group[0].at.first
        for pooled in pools
        for key, group in pooled.matches.given.items()
        if group[0].at is not None
    }
    begun_by = {
        key: min(each.at.last for each in group if each.at is not None)
        for pooled in pools
        for key, group in pooled.matches.given.items()
        if key in begun
    }
    by_item = {item.id: (pooled, item) for pooled in pools for item in pooled.items}
    records = [_planned(planned, *by_item[planned.item], body) for planned in plan_doses(course, begun, body)]
    apart = [each for pooled in pools for each in _apart(pooled, body)]
    undated = any(pooled.matches.undated for pooled in pools)
    every = (*records, *sorted(apart, key=_apart_order))
    return CourseDoses(records=every, begun=begun, begun_by=begun_by, has_undated=undated)


def share_concepts(items: Iterable[PlannedItem]) -> tuple[tuple[PlannedItem, ...], ...]:
    """Group items that are given under the same concepts: what was given may be of any of a group.

    Args:
        items: 0..*; in the order of the protocol.

    Returns:
        Groups of 1..* items, both in that order.
    """
    groups: list[list[PlannedItem]] = []
    for item in items:
        joined = [group for group in groups if any(set(item.concepts) & set(each.concepts) for each in group)]
        groups = [group for group in groups if group not in joined]
        groups.append([*(each for group in joined for each in group), item])
    return tuple(map(tuple, groups))


def _pool(items: tuple[PlannedItem, ...], outline: Sequence[PlannedDose], course: Course) -> _Pooled:
    every = find_administrations(course, items)
    by_id = {item.id: item for item in items}
    slots = [
        slot for dose in outline if dose.item in by_id and (slot := slot_of(by_id[dose.item], dose)) is not None
    ]
    matches = match(slots, every, course.day_zero.day, ends=course.ends)
    return _Pooled(items=items, every=every, slots={slot.key: slot for slot in slots}, matches=matches)


def _planned(planned: PlannedDose, pooled: _Pooled, item: PlannedItem, body: Body) -> DosingRecord:
    key = (planned.item, planned.day)
    slot, matches = pooled.slots.get(key), pooled.matches
    if slot is None:
        return record_without_day(item, planned, body.course)
    given, not_done = matches.given.get(key, ()), matches.not_done.get(key, ())
    pool = Pool(body=body, undated=matches.undated, every=pooled.every)
    return (
        record_given(slot, planned, given, not_done, pool)
        if given
        else record_nothing(slot, planned, not_done, pool)
    )


def _apart(pooled: _Pooled, body: Body) -> Iterable[DosingRecord]:
    """Record what belongs to no planned dose."""
    pool = Pool(body=body, undated=pooled.matches.undated, every=pooled.every)
    for group in pooled.matches.unplanned:
        yield record_unplanned(_nearest(pooled.items, group, body.course), group, pool)
    for given in pooled.matches.undated:
        if not given.was_not_done:
            yield record_undated(_nearest(pooled.items, (given,), body.course), given, pool)


def _nearest(items: Sequence[PlannedItem], group: Group, course: Course) -> PlannedItem:
    """Give the item something would belong to: the one planned nearest to its day, the earlier of two."""
    mine = [item for item in items if belongs(group[0].deed, item)] or list(items)
    on = group[0].on
    day = course.day_of(on) if on is not None else None
    if day is None:
        return mine[0]
    return min(mine, key=lambda item: min(abs(due.day - day) for due in item.days))


def _apart_order(record: DosingRecord) -> tuple[bool, date, str, tuple[str, ...]]:
    parts = record.administered.parts if record.administered is not None else ()
    return record.date is None, record.date or date.max, record.item, parts
