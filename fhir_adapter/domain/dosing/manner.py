"""On which day, by which route and how fast something was given, against the plan.

Knows: windows, routes, durations, order of infusions and graft. Does not know: amounts.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction

from fhir_adapter.domain.answers import in_words
from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.dosing.administrations import STOPPED
from fhir_adapter.domain.dosing.course import Course
from fhir_adapter.domain.dosing.day_zero import GRAFT
from fhir_adapter.domain.dosing.matching import Group, Slot
from fhir_adapter.domain.dosing.records import Deviation
from fhir_adapter.domain.dosing.sums import Sum
from fhir_adapter.domain.dosing.tolerance import is_above, is_below
from fhir_adapter.domain.exposure import Exposure
from fhir_adapter.domain.regimen import DayRange, ItemKind, PlannedItem


def deviations_of_day(slot: Slot, group: Group, course: Course) -> Iterator[Deviation]:
    """Say whether something was given on a day it should not have been.

    Does not block anything: what lies outside its window is said, what lies further out waits for a person.

    Args:
        slot: The planned dose.
        group: 1..*; what was given under it.
        course: For day 0 and whether the graft was given.

    Yields:
        WRONG_DAY outside the window; NEEDS_DECISION outside the days the protocol leaves undecided, and for cells
        due after the graft that were given before it, or with no graft on record.

    Source:
        clinical review 1.6; rules sheet A25.
    """
    if _is_outside(slot, group, slot.item.in_window):
        yield Deviation.WRONG_DAY
    undecided = slot.item.undecided_outside
    if (undecided is not None and _is_outside(slot, group, undecided)) or _is_before_graft(slot, group, course):
        yield Deviation.NEEDS_DECISION


def deviations_of_manner(item: PlannedItem, total: Sum) -> Iterator[Deviation]:
    """Say whether something was given by another route, faster or slower than planned.

    What was stopped, or still runs, is not too fast.

    Args:
        item: What was planned.
        total: What was given.

    Yields:
        WRONG_ROUTE where a mapped route is none of the planned ones; TOO_FAST, TOO_SLOW outside the tolerance.

    Source:
        rules sheet I.4: infusions over one or two hours.
    """
    routes = [set(route) for route in _routes(total) if route]
    if item.routes and any(route.isdisjoint(item.routes) for route in routes):
        yield Deviation.WRONG_ROUTE
    if item.minutes is None or total.minutes is None or total.running:
        return
    planned = Fraction(item.minutes)
    was_stopped = any(each.status == STOPPED for each in total.counted)
    if is_below(total.minutes, planned, item.duration_tolerance) and not was_stopped:
        yield Deviation.TOO_FAST
    if is_above(total.minutes, planned, item.duration_tolerance):
        yield Deviation.TOO_SLOW


def notes_of_route(item: PlannedItem, total: Sum) -> Iterator[str]:
    """Say where a route could not be compared; a route not stated is no deviation."""
    found = _routes(total)
    if item.routes and any(route is None for route in found):
        yield f"route not stated; planned: {in_words(item.routes)}"
    if item.routes and any(route == () for route in found):
        yield f"route not mapped; planned: {in_words(item.routes)}"


def _is_outside(slot: Slot, group: Group, window: DayRange) -> bool:
    """Say whether a dose began, or any part of a course took place, outside a window."""
    first, last = slot.first + timedelta(days=window.first), slot.last + timedelta(days=window.last)
    days = sorted(each.on for each in group if each.on is not None)
    return any(not first <= day <= last for day in (days if slot.item.as_course else days[:1]))


def _is_before_graft(slot: Slot, group: Group, course: Course) -> bool:
    """Say whether cells due after the graft were given before it, as far as the record shows."""
    zero = course.day_zero
    if slot.item.kind is not ItemKind.CELLS or slot.day < 0 or zero.day is None:
        return False
    return zero.source != GRAFT or any(each.on is not None and each.on < zero.day for each in group)


def _routes(total: Sum) -> list[tuple[ConceptId, ...] | None]:
    every = (each.deed for each in (*total.counted, *total.running))
    return [deed.route for deed in every if isinstance(deed, Exposure)]
