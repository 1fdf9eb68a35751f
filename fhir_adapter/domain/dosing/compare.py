"""What was given against what was planned: amount, status, deviations of one dose.

Knows: tolerances, what makes a status UNKNOWN, dose levels. Does not know: which administrations are whose, other
doses of the course.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

from fhir_adapter.domain.answers import PRECEDENCE, Cause, next_fact
from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.dosing.administrations import COMPLETED, STOPPED, Administration
from fhir_adapter.domain.dosing.amount import GIVEN_AMOUNT
from fhir_adapter.domain.dosing.course import Course
from fhir_adapter.domain.dosing.dose_level import find_level
from fhir_adapter.domain.dosing.records import AdministeredDose, Deviation, Dose, DosingStatus, PlannedDose
from fhir_adapter.domain.dosing.repeats import is_recorded_twice
from fhir_adapter.domain.dosing.sums import Sum
from fhir_adapter.domain.dosing.tolerance import is_above, is_below, is_within
from fhir_adapter.domain.exposure import Exposure
from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.regimen import Basis, PlannedItem

_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What was given against its plan.

    Attributes:
        difference: 0..1; (administered - planned) / planned, exact share.
        cause: 0..1; why the status is UNKNOWN; set exactly where it is.
    """

    administered: AdministeredDose
    status: DosingStatus
    difference: Fraction | None
    deviations: tuple[Deviation, ...]
    cause: Cause | None
    notes: tuple[str, ...]


def compare(item: PlannedItem, planned: PlannedDose | None, total: Sum, course: Course) -> Comparison:
    """Compare what was given with what was planned.

    A dose so far off its plan that a unit must be in doubt is never recorded as given. What still runs, and a
    course that may go on to its last day, is partial and not yet low; its amount is that of the parts that ended.

    Args:
        item: What was planned, or what an unplanned administration would belong to.
        planned: 0..1; None where nothing was planned.
        total: What was given.
        course: For the dose levels and the limit of plausibility.

    Returns:
        GIVEN within the tolerance or above it, PARTIAL below it or while it runs; UNKNOWN where contents contest
        each other, a status says nothing, the amount or the plan is not known, the amount is implausible, or one
        administration may have been recorded twice: then no amount is stated.

    Source:
        issue B, dosing records; clinical review, section 12: tolerances.
    """
    plan = planned.dose.value if planned is not None and planned.dose is not None else None
    twice = is_recorded_twice(total.stretches, plan, item.tolerance)
    given = None if twice else total.amount.value
    until = _goes_on_until(item, planned, course) if _is_low(item, plan, given) else None
    is_open = bool(total.running) or until is not None
    found = list(_of_amount(item, plan, given, total, course.regimen.implausible, is_open=is_open))
    causes = [*_causes(item, planned, total), *_suspicion(found)]
    if twice:
        found.append(Deviation.DUPLICATE)
        causes.append(Cause(reason=UnknownReason.CONFLICTING, note="possibly one administration recorded twice"))
    per_kg = None if twice else total.amount.per_kg
    level = _level_of(item, per_kg, course) if planned is not None else None
    if level is not None and find_level(course).level not in {level, None}:
        found.append(Deviation.LEVEL_MISMATCH)
    cause = min(causes, key=_weight, default=None)
    return Comparison(
        administered=replace(
            _administered(total, item, given, cause),
            per_kg=Dose(per_kg, course.regimen.levels.unit) if per_kg is not None else None,
            matched_level=level,
        ),
        status=_status(cause, found, is_open=is_open),
        difference=given / plan - 1 if given is not None and plan and not is_open else None,
        deviations=tuple(found),
        cause=cause,
        notes=tuple(dict.fromkeys([*(each.note for each in causes if each.note), *_notes(total, until)])),
    )


def _goes_on_until(item: PlannedItem, planned: PlannedDose | None, course: Course) -> date | None:
    """Give the last day on which more of a course over several days may come; None once it is over."""
    on = course.date_of(planned.last_day) if planned is not None and planned.last_day is not None else None
    last = on + timedelta(days=item.in_window.last) if on is not None else None
    return last if last is not None and last >= course.today else None


def _is_low(item: PlannedItem, plan: Fraction | None, given: Fraction | None) -> bool:
    return plan is not None and given is not None and is_below(given, plan, item.tolerance)


def _of_amount(
    item: PlannedItem,
    plan: Fraction | None,
    given: Fraction | None,
    total: Sum,
    times: Fraction,
    *,
    is_open: bool,
) -> Iterator[Deviation]:
    if plan is None or given is None:
        return
    is_whole = not is_open and all(each.status == COMPLETED for each in total.counted)
    if given >= plan * times or (is_whole and given * times <= plan):
        yield Deviation.UNIT_SUSPECT
    elif is_above(given, plan, item.tolerance):
        yield Deviation.DOSE_HIGH
    elif _is_low(item, plan, given) and not is_open:
        yield Deviation.DOSE_LOW


def _suspicion(found: Iterable[Deviation]) -> Iterator[Cause]:
    if Deviation.UNIT_SUSPECT in found:
        note = "the amount is so far off its plan that its unit is in doubt"
        wanted = f"{GIVEN_AMOUNT}, its unit checked"
        yield Cause(reason=UnknownReason.UNIT_UNUSABLE, note=note, wanted=wanted)


def _causes(item: PlannedItem, planned: PlannedDose | None, total: Sum) -> Iterator[Cause]:
    """Give what keeps a status from being known, apart from the amount's size."""
    for each in (*total.counted, *total.running):
        yield from each.causes
    if planned is not None and planned.is_planned is None:
        yield _of_plan(planned)
    if total.running or item.basis is Basis.NONE:
        return
    yield from total.amount.causes
    if planned is not None and planned.is_planned and planned.dose is None:
        yield _of_plan(planned)


def _of_plan(planned: PlannedDose) -> Cause:
    return Cause(reason=planned.reason or UnknownReason.MISSING, wanted=planned.next_fact or "planned dose")


def _status(cause: Cause | None, found: Iterable[Deviation], *, is_open: bool) -> DosingStatus:
    if cause is not None:
        return DosingStatus.UNKNOWN
    if is_open or Deviation.DOSE_LOW in found:
        return DosingStatus.PARTIAL
    return DosingStatus.GIVEN


def _level_of(item: PlannedItem, per_kg: Fraction | None, course: Course) -> int | None:
    """Give the dose level whose share for this infusion was given, the nearest of several."""
    if item.basis is not Basis.LEVEL or item.amount is None or per_kg is None:
        return None
    shares = {level: item.amount * total for level, total in course.regimen.levels.totals.items()}
    fitting = [level for level, share in shares.items() if is_within(per_kg, share, item.tolerance)]
    return min(fitting, key=lambda level: (abs(shares[level] - per_kg), level), default=None)


def _administered(total: Sum, item: PlannedItem, given: Fraction | None, cause: Cause | None) -> AdministeredDose:
    every = (*total.counted, *total.running)
    first = min(every, key=_beginning)
    why = min(total.amount.causes, key=_weight, default=cause)
    if given is not None or item.basis is Basis.NONE:
        why = None
    return AdministeredDose(
        dose=Dose(given, item.unit) if given is not None else None,
        started=first.start.text if first.start is not None else None,
        on=first.on,
        minutes=total.minutes,
        routes=tuple(sorted({route for each in every for route in _routes(each)})),
        parts=tuple(dict.fromkeys(each.deed.source.reference for each in every)),
        reason=why.reason if why is not None else None,
        next_fact=next_fact(why, GIVEN_AMOUNT) if why is not None else None,
    )


def _beginning(given: Administration) -> tuple[bool, datetime, str]:
    began = given.began
    return began is None, began or _NEVER, given.deed.source.reference


def _routes(given: Administration) -> tuple[ConceptId, ...]:
    return given.deed.route or () if isinstance(given.deed, Exposure) else ()


def _weight(cause: Cause) -> tuple[int, str, str]:
    return PRECEDENCE[cause.reason], cause.note, cause.wanted


def _notes(total: Sum, until: date | None) -> Iterator[str]:
    """Say what a person should know of the parts."""
    if until is not None:
        yield f"more of the course may follow until {until.isoformat()}"
    for each in total.running:
        yield f"not ended: {each.status}"
    for each in total.counted:
        if each.status == STOPPED:
            yield "stopped before its end"
        if len({deed.source.reference for deed in each.deeds}) > 1:
            yield "recorded more than once under one identifier: counted once"
