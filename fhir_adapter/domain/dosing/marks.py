"""Deviations that no dose shows by itself: alternatives both given, order of infusions, donor, infusion on hold.

Knows: a course's doses together. Does not know: amounts, days.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from fhir_adapter.domain.dosing.course import Course
from fhir_adapter.domain.dosing.dose_records import in_rank
from fhir_adapter.domain.dosing.records import Clearance, ClearanceRecord, Deviation, DosingRecord
from fhir_adapter.domain.regimen import ItemKind, PlannedItem


def mark(
    records: Iterable[DosingRecord],
    course: Course,
    clearances: Iterable[ClearanceRecord],
    *,
    is_same_donor: bool | None,
) -> tuple[DosingRecord, ...]:
    """Mark the doses that are deviations beside others, or by what held when they were given.

    Args:
        records: 0..*; of one course.
        course: For the chosen alternative.
        clearances: 0..*; of infusions given, judged at their start.
        is_same_donor: Whether the cells come from the graft's donor; None where that is not known: no mark.

    Returns:
        The records in their order, with EXCLUSIVE_CONFLICT, NEEDS_DECISION, DONOR_MISMATCH and INFUSED_ON_HOLD
        added.

    Source:
        rules sheet A29; clinical review 1.3 and 1.6; issue B, clearance to infuse.
    """
    every = tuple(records)
    given = frozenset(record.item for record in every if record.administered is not None)
    held = frozenset(each.infusion for each in clearances if each.verdict is Clearance.HOLD)
    items = {item.id: item for item in course.regimen.items}
    marked: list[DosingRecord] = []
    for record in every:
        found = [*record.deviations]
        if record.administered is not None:
            item = items[record.item]
            found += _of_choice(item, given, course)
            found += _of_order(record, item, given, course)
            found += [Deviation.DONOR_MISMATCH] if item.kind is ItemKind.CELLS and is_same_donor is False else []
            found += [Deviation.INFUSED_ON_HOLD] if record.planned is not None and item.infusion in held else []
        marked.append(replace(record, deviations=in_rank(found)))
    return tuple(marked)


def _of_choice(item: PlannedItem, given: frozenset[str], course: Course) -> Iterator[Deviation]:
    """Say whether something was given beside, or instead of, the chosen one of several alternatives."""
    if item.exclusive is None:
        return
    others = [each.id for each in course.regimen.items if each.exclusive == item.exclusive and each.id != item.id]
    if not given.isdisjoint(others) or course.holds(item.only_if) is False:
        yield Deviation.EXCLUSIVE_CONFLICT


def _of_order(
    record: DosingRecord, item: PlannedItem, given: frozenset[str], course: Course
) -> Iterator[Deviation]:
    """Say whether a cell infusion was given and the one before it never was."""
    if record.planned is None or item.infusion is None:
        return
    before = [
        each.id for each in course.regimen.items if each.infusion is not None and each.infusion < item.infusion
    ]
    if not given.issuperset(before):
        yield Deviation.NEEDS_DECISION
