"""What is due of every planned item on every day, in exact amounts, for this subject.

Knows: for whom an item is due, how its amount is reckoned. Does not know: what was given, which weight holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from fractions import Fraction

from fhir_adapter.domain.answers import PRECEDENCE, Cause, in_order, next_fact
from fhir_adapter.domain.dosing.amount_words import in_digits, in_words
from fhir_adapter.domain.dosing.body import Body, Measured
from fhir_adapter.domain.dosing.body_size import Size, find_size
from fhir_adapter.domain.dosing.course import Course
from fhir_adapter.domain.dosing.dose_level import AssignedLevel, find_level
from fhir_adapter.domain.dosing.records import Dose, PlannedDose
from fhir_adapter.domain.dosing.stated import Stated
from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.records import Amount, Computation
from fhir_adapter.domain.regimen import AttestedValue, Basis, PlannedDay, PlannedItem


def plan_doses(
    course: Course, first_given: Mapping[tuple[str, int], datetime], body: Body | None = None
) -> tuple[PlannedDose, ...]:
    """Plan every dose of a course for this subject.

    Does not round and never computes with a weight that is stale, contradicted or not known. Nothing is planned
    after the course ends.

    Args:
        course: The subject's course.
        first_given: (Item id, planned day) -> start of the first administration under it, aware; 0..*.
        body: 0..1; the body over the same course, with what was measured before.

    Returns:
        0..*; by day, within a day in the order of the protocol. An amount that cannot be computed is None with
        its reason; a dose that depends on a statement nobody made, or people contradict each other about, has
        `is_planned` None; what a statement rules out is left out.

    Source:
        rules sheet I.4 and G.1; issue B, planned doses.
    """
    body, level = body or Body(course), find_level(course)
    planned = [
        dose
        for item in course.regimen.items
        for due in _days_of(item)
        for dose in _plan_day(body, level, item, due, first_given.get((item.id, due.day)))
    ]
    return tuple(sorted(planned, key=lambda dose: dose.day))


def _days_of(item: PlannedItem) -> tuple[PlannedDay, ...]:
    """Give the days planned doses start on; a course whose split is free is one dose."""
    return item.days[:1] if item.as_course else item.days


def _plan_day(
    body: Body, level: AssignedLevel, item: PlannedItem, due: PlannedDay, given: datetime | None
) -> Iterator[PlannedDose]:
    course = body.course
    conditions = [each for each in (item.only_if, due.only_if) if each is not None]
    if _is_over(course, due.day) or any(course.holds(each) is False for each in conditions):
        return
    start = PlannedDose(
        item=item.id, day=due.day, last_day=_last_day(course, item), date=course.date_of(due.day), dose=None
    )
    dose = _amount(body, level, item, start, given)
    evidence = [each for wanted in conditions for each in course.stated[wanted.link_id].evidence]
    dose = replace(dose, evidence=in_order([*dose.evidence, *evidence]))
    for wanted in conditions:
        if course.holds(wanted) is None:
            dose = _undecided(dose, wanted, course.stated[wanted.link_id])
            break
    yield dose


def _is_over(course: Course, day: int) -> bool:
    """Say whether the course ended before a day; after its end nothing undated is planned either."""
    on = course.date_of(day)
    return course.ends is not None and (on is None or on > course.ends)


def _last_day(course: Course, item: PlannedItem) -> int | None:
    if not item.as_course:
        return None
    last = item.days[-1].day
    end = course.day_of(course.ends) if course.ends is not None else None
    return last if end is None else min(last, end)


def _undecided(dose: PlannedDose, wanted: AttestedValue, said: Stated) -> PlannedDose:
    """Say that a dose is due only where somebody states so; its amount then is not a plan."""
    cause = Cause(reason=said.reason or UnknownReason.NEEDS_ATTESTATION)
    return replace(
        dose,
        dose=None,
        per_kg=None,
        calculation="",
        computations=(),
        reason=cause.reason,
        next_fact=next_fact(cause, f"statement of the {wanted.link_id.replace('-', ' ')}"),
        is_planned=None,
    )


def _amount(
    body: Body, level: AssignedLevel, item: PlannedItem, start: PlannedDose, given: datetime | None
) -> PlannedDose:
    """Add the amount, or why it is not known, and everything it rests on."""
    if item.amount is None or item.basis is Basis.NONE:
        return start
    if item.basis is Basis.ABSOLUTE:
        dose = Dose(item.amount, item.unit)
        return _warned(item, replace(start, dose=dose, calculation=f"{in_words(dose)}, the same for everybody"))
    size = find_size(body, item, start.day, given)
    resting = replace(
        start,
        weight=size.weight.value,
        replanned=size.replanned,
        notes=size.notes,
        expires=size.expires,
        evidence=size.weight.evidence,
    )
    if item.basis is Basis.LEVEL:
        return _of_level(item, item.amount, level, size, resting)
    if item.basis is Basis.M2:
        resting = replace(
            resting,
            area=size.area.value,
            evidence=in_order([*size.weight.evidence, *size.area.evidence]),
            computations=size.area.computations,
        )
        return _times(item, item.amount, size.area, "m2", resting)
    return _times(item, item.amount, size.weight, "kg", resting)


def _times(item: PlannedItem, amount: Fraction, measured: Measured, per: str, resting: PlannedDose) -> PlannedDose:
    """Multiply the planned amount by the weight or the body surface."""
    if measured.value is None:
        return replace(resting, reason=measured.reason, next_fact=measured.next_fact)
    dose = Dose(amount * measured.value, item.unit)
    rate = Dose(amount, f"{item.unit}/{per}")
    calculation = f"{in_words(rate)} x {in_digits(measured.value)} {per} = {in_words(dose)}"
    shown = _computation(item, f"dose-per-{per}", (rate, Dose(measured.value, per)), dose)
    computations = (*resting.computations, shown)
    return _warned(item, replace(resting, dose=dose, calculation=calculation, computations=computations))


def _of_level(
    item: PlannedItem, share: Fraction, level: AssignedLevel, size: Size, resting: PlannedDose
) -> PlannedDose:
    """Take the item's share of the level's cells per kilogram, and with the weight how many cells that is."""
    resting = replace(resting, evidence=in_order([*resting.evidence, *level.evidence]))
    total, weight = level.total, size.weight
    if total is not None:
        resting = replace(resting, per_kg=Dose(share * total.value, total.unit))
    if total is None or weight.value is None:
        reason, wanted = _weightiest(level, weight)
        return replace(resting, reason=reason, next_fact=wanted)
    dose = Dose(share * total.value * weight.value, item.unit)
    words = f"{share} x {in_words(total)} (level {level.level}) x {in_digits(weight.value)} kg"
    shown = _computation(item, "dose-of-level", (Dose(share, "1"), total, Dose(weight.value, "kg")), dose)
    calculation = f"{words} = {in_words(dose)}"
    return _warned(item, replace(resting, dose=dose, calculation=calculation, computations=(shown,)))


def _weightiest(level: AssignedLevel, weight: Measured) -> tuple[UnknownReason | None, str | None]:
    """Give the reason that comes first by precedence, with its next fact."""
    known = [(each.reason, each.next_fact) for each in (level, weight) if each.reason is not None]
    return min(known, key=lambda each: PRECEDENCE[each[0]])


_NAMES = {"1": "share", "kg": "weight", "m2": "area"}


def _computation(item: PlannedItem, formula: str, factors: tuple[Dose, ...], result: Dose) -> Computation:
    """Record a multiplication; what is neither a share nor a measure of the body is the planned amount."""
    return Computation(
        formula=formula,
        source=item.source,
        inputs=tuple((_NAMES.get(each.unit, "amount"), Amount(_exact(each), each.unit)) for each in factors),
        result=Amount(in_digits(result.value), result.unit),
    )


def _exact(factor: Dose) -> str:
    return str(factor.value) if factor.unit == "1" else in_digits(factor.value)


def _warned(item: PlannedItem, dose: PlannedDose) -> PlannedDose:
    """Remind of an amount above the usual; the plan has no cap."""
    amount, limit = dose.dose, item.warn_above
    if amount is None or limit is None or amount.value <= limit:
        return dose
    note = f"above {in_words(Dose(limit, item.unit))}: a reminder, the plan has no cap"
    return replace(dose, notes=(*dose.notes, note))
