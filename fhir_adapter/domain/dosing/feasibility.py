"""The trial's primary objective: did the product reach the level, was each infusion given, in its window?

Knows: dosing records of cell infusions. Does not know: how an amount was reckoned, toxicity.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fhir_adapter.domain.dosing.course import Course
from fhir_adapter.domain.dosing.dose_level import AssignedLevel, find_level
from fhir_adapter.domain.dosing.records import (
    DosingRecord,
    DosingStatus,
    FeasibilityRecord,
    InfusionFeasibility,
)
from fhir_adapter.domain.regimen import PlannedItem

_OPEN = frozenset({DosingStatus.NOT_YET_DUE, DosingStatus.UNKNOWN})
_NOT_GIVEN = frozenset({DosingStatus.NOT_GIVEN, DosingStatus.OVERDUE})


@dataclass(frozen=True, slots=True, kw_only=True)
class FeasibilityCount:
    """The primary objective at one dose level, in subjects.

    Attributes:
        level: 0..1; None for subjects whose level is not known.
        given: Number of the infusion -> subjects who got it; every infusion any subject is planned.
        all_given: Subjects who got every infusion.
        in_window: Of those, subjects who got each in its window.
        reached_level: Subjects who got every infusion, and whose product reached the level in each.
        unknown: Subjects of whom something is not known, or not due yet.
    """

    level: int | None
    subjects: int
    given: tuple[tuple[int, int], ...]
    all_given: int
    in_window: int
    reached_level: int
    unknown: int


def assess_feasibility(course: Course, records: Iterable[DosingRecord]) -> FeasibilityRecord:
    """Say for one subject which infusions were given, in their window, at the level.

    Does not count what was given without a plan.

    Args:
        course: With the assigned level, and when treatment ended.
        records: 0..*; dosing records of the subject.

    Returns:
        One entry per infusion of the plan. None means not known, or not due yet; `in_window` and
        `reached_level` are None for an infusion not given.

    Source:
        clinical review, PUT-15: feasibility is the primary objective; 1.2: how it is reported.
    """
    level, known = find_level(course), tuple(records)
    items = sorted((item.infusion, item) for item in course.regimen.items if item.infusion is not None)
    infusions = tuple(_infusion(number, item, course, level, known) for number, item in items)
    # What was not given reached nothing that anybody measured: the level is reached by all infusions together.
    reached = [each.reached_level for each in infusions]
    return FeasibilityRecord(level=level.level, reached_level=_all(reached), infusions=infusions)


def count_feasibility(records: Iterable[FeasibilityRecord]) -> tuple[FeasibilityCount, ...]:
    """Count the primary objective per dose level.

    Args:
        records: 0..*; one per subject.

    Returns:
        One count per level that has subjects, by rising level, the unknown level last.

    Source:
        clinical review, PUT-15.
    """
    every = tuple(records)
    levels = sorted({each.level for each in every if each.level is not None})
    groups = [(level, [each for each in every if each.level == level]) for level in levels]
    unknown = [each for each in every if each.level is None]
    return tuple(_count(level, group) for level, group in [*groups, *([(None, unknown)] if unknown else [])])


def _infusion(
    number: int, item: PlannedItem, course: Course, level: AssignedLevel, records: Sequence[DosingRecord]
) -> InfusionFeasibility:
    record = next((each for each in records if each.item == item.id and each.planned is not None), None)
    if record is None:
        return _without(number, item, course, records)
    given = _was_given(record)
    if not given:
        return InfusionFeasibility(
            infusion=number, given=given, in_window=None, reached_level=None, reason=_why_not(record)
        )
    return InfusionFeasibility(
        infusion=number,
        given=True,
        in_window=_is_in_window(record, item),
        reached_level=_has_reached(record, item, level),
        reason=None,
    )


def _without(
    number: int, item: PlannedItem, course: Course, records: Sequence[DosingRecord]
) -> InfusionFeasibility:
    """Say why there is no planned dose: treatment ended before it, or nobody knows when it is due."""
    ends, given = course.ends, None
    reason = "it is not known whether and when it is planned"
    if ends is not None:
        mine = [each for each in records if each.item == item.id and each.administered is not None]
        is_late = any(each.date is None or each.date > ends for each in mine)
        given = None if is_late else False
        reason = f"treatment ended on {ends}{', and it is recorded after that day' if is_late else ''}"
    return InfusionFeasibility(infusion=number, given=given, in_window=None, reached_level=None, reason=reason)


def _was_given(record: DosingRecord) -> bool | None:
    if record.status in _OPEN:
        return None
    if record.status in _NOT_GIVEN:
        return False
    dose = record.administered.dose if record.administered is not None else None
    if dose is None:
        return True if record.status is DosingStatus.GIVEN else None
    return dose.value > 0


def _why_not(record: DosingRecord) -> str:
    words = record.status.value.lower().replace("_", " ")
    reasons = ", ".join(record.status_reasons) or record.next_fact
    return f"{words}: {reasons}" if reasons else words


def _is_in_window(record: DosingRecord, item: PlannedItem) -> bool | None:
    if record.day_offset is None:
        return None
    return item.in_window.first <= record.day_offset <= item.in_window.last


def _has_reached(record: DosingRecord, item: PlannedItem, level: AssignedLevel) -> bool | None:
    """Say whether the product held the level's share, less what the tolerance allows; more reaches it too."""
    given = record.administered
    if given is None or level.total is None or item.amount is None:
        return None
    if given.matched_level == level.level:
        return True
    if given.per_kg is None:
        return None
    return given.per_kg.value >= level.total.value * item.amount * (1 - item.tolerance.below)


def _all(answers: Sequence[bool | None]) -> bool | None:
    """Say whether all hold; None where there is none, or one is not known and none fails."""
    if False in answers:
        return False
    return None if not answers or None in answers else True


def _count(level: int | None, records: Sequence[FeasibilityRecord]) -> FeasibilityCount:
    numbers = sorted({each.infusion for record in records for each in record.infusions})
    complete = [record for record in records if _all([each.given for each in record.infusions])]
    return FeasibilityCount(
        level=level,
        subjects=len(records),
        given=tuple((number, sum(_got(record, number) for record in records)) for number in numbers),
        all_given=len(complete),
        in_window=sum(_all([each.in_window for each in record.infusions]) is True for record in complete),
        reached_level=sum(record.reached_level is True for record in records),
        unknown=sum(map(_is_open, records)),
    )


def _got(record: FeasibilityRecord, number: int) -> bool:
    return any(each.infusion == number and each.given for each in record.infusions)


def _is_open(record: FeasibilityRecord) -> bool:
    given = [each for each in record.infusions if each.given]
    is_unsaid = any(each.given is None for each in record.infusions)
    return is_unsaid or any(None in {each.in_window, each.reached_level} for each in given)
