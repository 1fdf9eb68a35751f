"""What a treatment record says, put down as the plan the hospital gets: one activity per planned dose and visit.

Knows: how a dosing record becomes an activity, its status, its words and its written amount. Does not know:
FHIR JSON, who may write when, what stands at the hospital already. What was given without being planned is no
activity: it stays in the record.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

from fhir_adapter.domain.care_plan import CarePlanRule, FollowUpVisit
from fhir_adapter.domain.dosing.records import (
    AdministeredDose,
    Deviation,
    Dose,
    DosingRecord,
    DosingStatus,
    PlannedDose,
    TreatmentRecord,
)
from fhir_adapter.domain.outgoing import ActivityKind, ActivityStatement, ActivityStatus, PlanStatement
from fhir_adapter.domain.quantity import Quantity
from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.regimen import ItemKind, PlannedItem, Regimen

_WRITTEN = Context(prec=6, rounding=ROUND_HALF_UP)
_KINDS: Mapping[str, ActivityKind] = {ItemKind.DRUG: ActivityKind.MEDICATION_REQUEST}
_PRODUCTS = frozenset({ItemKind.DRUG, ItemKind.CELLS})
_STATUSES: Mapping[DosingStatus, ActivityStatus] = {
    DosingStatus.GIVEN: ActivityStatus.COMPLETED,
    DosingStatus.PARTIAL: ActivityStatus.IN_PROGRESS,
    DosingStatus.NOT_GIVEN: ActivityStatus.CANCELLED,
    DosingStatus.NOT_YET_DUE: ActivityStatus.NOT_STARTED,
    DosingStatus.OVERDUE: ActivityStatus.NOT_STARTED,
    DosingStatus.UNKNOWN: ActivityStatus.UNKNOWN,
}
_DEVIATIONS: Mapping[Deviation, str] = {
    Deviation.DOSE_HIGH: "more than planned",
    Deviation.DOSE_LOW: "less than planned",
    Deviation.UNIT_SUSPECT: "so far off the plan that its unit is in doubt",
    Deviation.WRONG_DAY: "not on the planned day",
    Deviation.NEEDS_DECISION: "outside the days the protocol allows: needs a decision",
    Deviation.WRONG_ROUTE: "by another route than planned",
    Deviation.TOO_FAST: "faster than planned",
    Deviation.TOO_SLOW: "slower than planned",
    Deviation.DUPLICATE: "possibly recorded twice",
    Deviation.UNPLANNED: "not planned",
    Deviation.EXCLUSIVE_CONFLICT: "beside or instead of the chosen alternative",
    Deviation.LEVEL_MISMATCH: "not the assigned dose level",
    Deviation.DONOR_MISMATCH: "not from the donor of the graft",
    Deviation.INFUSED_ON_HOLD: "infused although the criteria to infuse said hold",
    Deviation.COURSE_TOTAL: "the course total is off its plan",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanHeading:
    """What a plan says beside its activities: identifier, status, whom and which study it is about."""

    identifier: tuple[str, str]
    status: str
    patient: str
    study: str


def derive_plan_statement(
    treatment: TreatmentRecord, regimen: Regimen, rule: CarePlanRule, heading: PlanHeading
) -> PlanStatement | None:
    """Put a treatment record down as a plan with absolute dates.

    Does not decide the plan's status, and computes no dose: what the record does not know is said in words.

    Args:
        treatment: The subject's treatment record.
        regimen: The trial's treatment plan: titles, kinds and codes of its items.
        rule: Intent, title, visits and end of the plan.
        heading: Identifier, status, patient and study.

    Returns:
        The statement; None where day 0 is not known: no activity would have a date.

    Source:
        design contracts, Who is written, who decides: CarePlan; clinical rules H.3, I.4; review PUT-13.
    """
    zero = treatment.day_zero
    if zero is None:
        return None
    items = {item.id: item for item in regimen.items}
    doses = [
        _dose(record, record.planned, items.get(record.item), zero)
        for record in treatment.records
        if record.planned is not None
    ]
    visits = [_visit(visit, zero, treatment.as_of.date()) for visit in rule.visits]
    return PlanStatement(
        identifier=heading.identifier,
        status=heading.status,
        intent=rule.intent,
        title=rule.title,
        patient=heading.patient,
        study=heading.study,
        first_day=zero + timedelta(days=regimen.day_zero.first_day),
        last_day=zero + timedelta(days=rule.last_day),
        activities=tuple(sorted((*doses, *visits), key=lambda activity: activity.first_day)),
        description=" ".join(_about(treatment)),
    )


def activity_id(item: str, day: int) -> str:
    """Name an activity: the item and its planned day, `m` for minus.

    Args:
        item: Id of the planned item, or `visit`.
        day: Day relative to day 0.

    Returns:
        An id that stays the same when dates move.

    >>> activity_id("fludarabine", -14), activity_id("visit", 30)
    ('fludarabine-m14', 'visit-30')
    """
    return f"{item}-{'m' if day < 0 else ''}{abs(day)}"


def written_number(value: Fraction) -> Decimal:
    """Round an exact amount for writing: at most six significant digits, halves away from zero.

    Args:
        value: Exact.

    Returns:
        The number without an exponent and without zeros that say nothing; nothing is computed from it.

    >>> written_number(Fraction(104, 5)), written_number(Fraction(200, 3)), written_number(Fraction(160))
    (Decimal('20.8'), Decimal('66.6667'), Decimal('160'))
    """
    rounded = _WRITTEN.divide(Decimal(value.numerator), Decimal(value.denominator))
    return Decimal(f"{rounded.normalize():f}")


def _dose(record: DosingRecord, planned: PlannedDose, item: PlannedItem | None, zero: date) -> ActivityStatement:
    start = zero + timedelta(days=planned.day)
    end = zero + timedelta(days=planned.last_day) if planned.last_day is not None else start
    given = record.administered
    is_due = planned.is_planned is True
    return ActivityStatement(
        id=activity_id(planned.item, planned.day),
        kind=_KINDS.get(record.kind, ActivityKind.SERVICE_REQUEST),
        title=record.title,
        codings=item.codings if item is not None else (),
        status=_status(record),
        first_day=start,
        last_day=end,
        is_product=record.kind in _PRODUCTS,
        quantity=_quantity(planned.dose) if is_due and planned.dose is not None else None,
        status_reason=", ".join(record.status_reasons) or None,
        description=" ".join(dict.fromkeys(_words(record, planned))) or None,
        fulfilled_by=tuple(dict.fromkeys(given.parts)) if given is not None else (),
    )


def _status(record: DosingRecord) -> ActivityStatus:
    """A part that was given is under way until it is said to be less than planned."""
    if record.status is DosingStatus.PARTIAL and Deviation.DOSE_LOW in record.deviations:
        return ActivityStatus.STOPPED
    return _STATUSES[record.status]


def _quantity(dose: Dose) -> Quantity:
    return Quantity(written_number(dose.value), dose.unit)


def _words(record: DosingRecord, planned: PlannedDose) -> Iterator[str]:
    """Say how the dose is reckoned, what was given, how that differs, what is missing."""
    if planned.calculation:
        yield _sentence(planned.calculation)
    if planned.is_planned is None:
        yield _unknown("Whether it is due is not known", planned.reason, planned.next_fact)
    elif planned.dose is None and planned.reason is not None:
        yield _unknown("The dose is not known", planned.reason, planned.next_fact)
    yield from map(_sentence, planned.notes)
    if record.administered is not None:
        yield from _given(record, record.administered)
    yield from _standing(record)
    if record.deviations:
        yield _sentence("Deviations: " + "; ".join(_DEVIATIONS[each] for each in record.deviations))
    yield from map(_sentence, record.notes)


def _given(record: DosingRecord, given: AdministeredDose) -> Iterator[str]:
    when = f" on {given.on.isoformat()}" if given.on is not None else ""
    if given.dose is not None:
        per_kg = f" ({_shown(given.per_kg)})" if given.per_kg is not None else ""
        compared = f", {_percent(record.difference)} against the plan" if record.difference is not None else ""
        yield _sentence(f"Given: {_shown(given.dose)}{per_kg}{when}{compared}")
    elif given.reason is not None:
        yield _unknown(f"The amount given{when} is not known", given.reason, given.next_fact)
    elif when:
        yield _sentence(f"Given{when}")


def _standing(record: DosingRecord) -> Iterator[str]:
    if record.status is DosingStatus.OVERDUE:
        yield "Nothing is recorded although its day has passed."
    elif record.status is DosingStatus.NOT_GIVEN:
        yield "Recorded as not given."
    elif record.status is DosingStatus.UNKNOWN and not _is_undecided(record):
        yield _unknown("Where it stands is not known", record.reason, record.next_fact)


def _is_undecided(record: DosingRecord) -> bool:
    """Whether it is due was said to be unknown already, and nothing was given."""
    return record.administered is None and record.planned is not None and record.planned.is_planned is None


def _visit(visit: FollowUpVisit, zero: date, today: date) -> ActivityStatement:
    """A visit that has passed, by as_of's own date, is unknown: whether it took place is read from nowhere."""
    on = zero + timedelta(days=visit.day)
    asked = "; ".join(filter(None, (coding.display or coding.code for coding in visit.observations)))
    return ActivityStatement(
        id=activity_id("visit", visit.day),
        kind=ActivityKind.APPOINTMENT,
        title=visit.title,
        codings=(),
        status=ActivityStatus.UNKNOWN if on < today else ActivityStatus.NOT_STARTED,
        first_day=on,
        last_day=on,
        description=_sentence(f"Asks for: {asked}") if asked else None,
    )


def _about(treatment: TreatmentRecord) -> Iterator[str]:
    known = "is" if treatment.day_zero_source == "graft" else "is planned for"
    yield f"Day 0 {known} {treatment.day_zero}."
    if treatment.arm is not None:
        yield f"Dose level {treatment.arm}."
    for total in treatment.totals:
        if Deviation.COURSE_TOTAL in total.deviations and total.difference is not None:
            yield f"The course of {total.title} differs from its plan by {_percent(total.difference)}."
    yield from map(_sentence, treatment.notes)
    yield "A proposal reckoned from the record: the treating physicians decide."


def _unknown(what: str, reason: UnknownReason | None, next_fact: str | None) -> str:
    because = f" ({reason.value})" if reason is not None else ""
    needed = f": needed is {next_fact}" if next_fact is not None else ""
    return _sentence(f"{what}{because}{needed}")


def _shown(dose: Dose) -> str:
    return f"{written_number(dose.value):f} {dose.unit}"


def _percent(share: Fraction) -> str:
    tenths = (Decimal((share * 1000).numerator) / Decimal((share * 1000).denominator)).to_integral_value(
        ROUND_HALF_UP
    )
    return f"{tenths / 10:+f} %" if tenths else "0 %"


def _sentence(text: str) -> str:
    whole = text if text.endswith((".", "!", "?")) else f"{text}."
    return whole[0].upper() + whole[1:]
