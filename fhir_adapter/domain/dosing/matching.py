"""Which administration was which planned dose: by calendar days, never by amounts.

Knows: planned days, days something was given, how far it may lie off. Does not know: amounts, weights, deviations.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from fhir_adapter.domain.dosing.administrations import Administration, belongs, when_of
from fhir_adapter.domain.dosing.duration import period_of
from fhir_adapter.domain.dosing.records import PlannedDose
from fhir_adapter.domain.regimen import ItemKind, PlannedItem

Group = tuple[Administration, ...]
"""Administrations of one calendar day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One planned dose with its calendar days: a dose due on one, or a course due from the first to the last."""

    item: PlannedItem
    day: int
    first: date
    last: date

    @property
    def key(self) -> tuple[str, int]:
        """Item and planned day."""
        return self.item.id, self.day

    def distance(self, day: date) -> int:
        """Give how many days another day lies before the first or after the last planned one."""
        return max((self.first - day).days, (day - self.last).days, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Matches:
    """Administrations under the planned doses they belong to.

    Attributes:
        given: (Item id, planned day) -> 1..* administrations, earliest first.
        not_done: (Item id, planned day) -> 1..* that were said not to be done.
        unplanned: 0..*; by day: what belongs to no planned dose.
        undated: 0..*; what may belong to any: its day is not known.
    """

    given: Mapping[tuple[str, int], Group] = field(default_factory=dict)
    not_done: Mapping[tuple[str, int], Group] = field(default_factory=dict)
    unplanned: tuple[Group, ...] = ()
    undated: Group = ()


def slot_of(item: PlannedItem, planned: PlannedDose) -> Slot | None:
    """Give the calendar days of a planned dose; None where day 0 is not known."""
    if planned.date is None:
        return None
    length = planned.last_day - planned.day if planned.last_day is not None else 0
    return Slot(item=item, day=planned.day, first=planned.date, last=planned.date + timedelta(days=max(length, 0)))


def match(
    slots: Sequence[Slot],
    administrations: Sequence[Administration],
    day_zero: date | None,
    *,
    ends: date | None = None,
) -> Matches:
    """Match what was given to what was planned under the same concepts.

    A dose is first looked for on its own day, then up to its item's reach around it, the nearest first and of two
    equally near the earlier planned day. A bag that goes on over midnight where the day before left off stays with
    it, unless a dose is planned on its own day. Cells are matched in order of time: what was given before day 0
    is infusion 1, then 2; from day 0 on infusion 2. A course takes everything between its days. What is dated
    after the end of treatment is no planned dose.

    Args:
        slots: 0..*; planned doses of items with the same concepts.
        administrations: 0..*; of these concepts, earliest first.
        day_zero: 0..1; calendar date of day 0; None: nothing can be matched.
        ends: 0..1; last day on which anything is planned.

    Returns:
        Every administration once: under a planned dose, unplanned, or undated. One that was not done belongs to
        the dose it was not, and to nothing where there is none.

    Source:
        issue B, dosing records; clinical review 1.6; rules sheet I.4.
    """
    dated = [(each.on, each) for each in administrations if each.on is not None]
    groups = _by_day((day, each) for day, each in dated if not each.was_not_done)
    undated = tuple(each for each in administrations if each.on is None)
    if day_zero is None:
        return Matches(unplanned=tuple(groups[day] for day in sorted(groups)), undated=undated)
    late = {day: groups.pop(day) for day in sorted(groups) if ends is not None and day > ends}
    if any(slot.item.kind is ItemKind.CELLS for slot in slots):
        given = _in_order_of_time(slots, groups, day_zero)
    else:
        given = _by_planned_day(slots, groups)
    not_done = [(day, each) for day, each in dated if each.was_not_done and (ends is None or day <= ends)]
    return Matches(
        given={key: tuple(sorted(group, key=_day)) for key, group in given.items()},
        not_done=_not_done(slots, not_done, given, day_zero),
        unplanned=(*(groups[day] for day in sorted(groups)), *late.values()),
        undated=undated,
    )


def _day(given: Administration) -> date:
    return given.on or date.max


def _by_day(dated: Iterable[tuple[date, Administration]]) -> dict[date, Group]:
    found: dict[date, Group] = {}
    for day, each in dated:
        found[day] = (*found.get(day, ()), each)
    return found


def _by_planned_day(slots: Sequence[Slot], groups: dict[date, Group]) -> dict[tuple[str, int], Group]:
    """Take out of the groups what belongs to a planned day."""
    given: dict[tuple[str, int], Group] = {}
    _take(slots, groups, given, range(1))
    for day in sorted(groups):
        for slot in slots:
            before = given.get(slot.key, ())
            is_next = slot.distance(day) == 1 and slot.last < day
            if is_next and day in groups and _goes_on(groups[day], before) and _is_of(groups[day], slot):
                given[slot.key] = before + groups.pop(day)
    reach = max((slot.item.reach for slot in slots), default=0)
    _take(slots, groups, given, range(1, reach + 1))
    return given


def _take(
    slots: Sequence[Slot], groups: dict[date, Group], given: dict[tuple[str, int], Group], distances: range
) -> None:
    """Give each planned dose the nearest group at one of these distances; a course takes all of them."""
    pairs = sorted(
        ((slot.distance(day), slot.first, day, index) for index, slot in enumerate(slots) for day in groups),
    )
    for distance, _, day, index in pairs:
        slot = slots[index]
        is_near = distance in distances and distance <= slot.item.reach
        is_free = slot.item.as_course or slot.key not in given
        if is_near and is_free and day in groups and _is_of(groups[day], slot):
            given[slot.key] = (*given.get(slot.key, ()), *groups.pop(day))


def _is_of(group: Group, slot: Slot) -> bool:
    """Say whether everything given on a day is of a slot's item; what is mixed belongs to no planned dose."""
    return all(belongs(each.deed, slot.item) for each in group)


def _goes_on(group: Group, before: Group) -> bool:
    """Say whether a day's administrations go on where the day before left off, each without a pause."""
    periods = [period_of(when_of(each.deed)) for each in before]
    ends = [period[1] for period in periods if period is not None]
    for each in group:
        period = period_of(when_of(each.deed))
        if period is None or not ends or period[0] > max(ends):
            return False
        ends.append(period[1])
    return True


def _in_order_of_time(
    slots: Sequence[Slot], groups: dict[date, Group], day_zero: date
) -> dict[tuple[str, int], Group]:
    """Give the infusions their groups in order of time; from day 0 on only to those planned from day 0 on."""
    _join_over_midnight(groups)
    given: dict[tuple[str, int], Group] = {}
    ordered = sorted(slots, key=lambda slot: (slot.first, slot.item.infusion or 0, slot.item.id))
    for day in sorted(groups):
        for slot in ordered:
            is_its_time = day < day_zero or slot.day >= 0
            if slot.key not in given and is_its_time and _is_of(groups[day], slot):
                given[slot.key] = groups.pop(day)
                break
    return given


def _join_over_midnight(groups: dict[date, Group]) -> None:
    for day in sorted(groups):
        before = day - timedelta(days=1)
        if before in groups and _goes_on(groups[day], groups[before]):
            groups[before] += groups.pop(day)


def _not_done(
    slots: Sequence[Slot],
    not_done: Iterable[tuple[date, Administration]],
    given: Mapping[tuple[str, int], Group],
    day_zero: date,
) -> dict[tuple[str, int], Group]:
    """Give what was not done to the dose it was not: its own day's, or one near that nothing was given of."""
    found: dict[tuple[str, int], Group] = {}
    for day, each in not_done:
        for slot in sorted(slots, key=lambda one: (one.distance(day), one.first)):
            if slot.item.kind is ItemKind.CELLS:
                is_it = (slot.day < 0) == (day < day_zero)
            else:
                distance = slot.distance(day)
                is_it = distance == 0 or (distance <= slot.item.reach and slot.key not in given)
            if is_it and _is_of((each,), slot):
                found[slot.key] = (*found.get(slot.key, ()), each)
                break
    return found
