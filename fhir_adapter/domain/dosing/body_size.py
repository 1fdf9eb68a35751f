"""From which weight and body surface one planned dose is computed: the locked ones, or newer ones.

Knows: when the weight is locked, how far a later one may differ. Does not know: amounts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from fhir_adapter.domain.answers import in_order
from fhir_adapter.domain.dosing.amount_words import in_digits, in_percent
from fhir_adapter.domain.dosing.body import Body, Measured, earliest, end_of, reference_moment
from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.regimen import Basis, PlannedItem
from fhir_adapter.domain.spans import midnight


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """The weight locked for the course.

    Attributes:
        weight: What holds at the end of the lock day, or now where that lies ahead.
        ahead: 0..1; the lock day where its end lies ahead: the weight is provisional.
    """

    weight: Measured
    ahead: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """Weight and body surface one dose rests on.

    Attributes:
        weight: [kg].
        area: [m2]; from that weight and the height of the moment.
        replanned: True where a later weight replaced the locked one.
        notes: Which weight it is, where that is not plain.
        expires: 0..1; when the passing of time alone may change what the item is reckoned by.
    """

    weight: Measured
    area: Measured
    replanned: bool = False
    notes: tuple[str, ...] = ()
    expires: datetime | None = None


def find_lock(body: Body) -> Lock:
    """Find the weight that is locked for the course.

    Args:
        body: The subject's body over the course.

    Returns:
        The weight current at the end of the lock day, whatever was given before on that day; provisional where
        that lies ahead. Its value is unknown where none was current, or day 0 is not known.

    Source:
        clinical review, section 12: NK weight is locked at day -14; its age limit applies at locking.
    """
    course = body.course
    on = course.date_of(course.regimen.body.lock_day)
    if on is None:
        zero = course.day_zero
        reason = zero.reason or UnknownReason.NEEDS_ATTESTATION
        wanted = zero.next_fact or "planned date of the graft infusion (day 0)"
        return Lock(weight=Measured(value=None, reason=reason, next_fact=wanted, evidence=zero.evidence))
    end = end_of(on, course.zone)
    if end <= course.as_of:
        return Lock(weight=body.weight_at(end))
    weight = body.weight_at(course.as_of)
    return Lock(weight=replace(weight, expires=earliest(weight.expires, _after(on, body))), ahead=on)


def find_size(body: Body, item: PlannedItem, day: int, given: datetime | None) -> Size:
    """Find the weight and body surface a planned dose is computed from.

    Does not round. A later weight within the share keeps the locked one; one beyond re-plans, never an item
    whose weight is locked. One so far off that one of the two must be wrong plans nothing until it is confirmed.

    Args:
        body: The subject's body over the course.
        item: What is planned.
        day: Planned day, relative to day 0.
        given: 0..1; start of the first administration under it.

    Returns:
        Weight [kg] and surface [m2], each with its reason where it is not known: stale weights are not computed
        with, and nothing is where day 0 is not known.

    Source:
        issue B, planned doses: a weight change beyond a set share re-plans only what is not yet given.
    """
    lock = find_lock(body)
    moment = reference_moment(body.course, day, given)
    if item.locked_weight or body.course.day_zero.day is None:
        chosen = _Chosen(lock.weight, _provisional(body, lock))
        expires = lock.weight.expires
    else:
        chosen = _of_the_day(body, lock, body.weight_at(moment))
        expires = earliest(chosen.weight.expires, lock.weight.expires, _past(body, day, moment))
    area = body.area_at(moment, chosen.weight)
    return Size(
        weight=chosen.weight,
        area=area,
        replanned=chosen.replanned,
        notes=chosen.notes,
        expires=earliest(expires, area.expires) if item.basis is Basis.M2 else expires,
    )


@dataclass(frozen=True, slots=True)
class _Chosen:
    weight: Measured
    notes: tuple[str, ...] = ()
    replanned: bool = False


def _of_the_day(body: Body, lock: Lock, now: Measured) -> _Chosen:
    """Choose between the locked weight and the one that holds when the dose is given."""
    rule = body.course.regimen.body
    locked, current = lock.weight.value, now.value
    if current is None:
        return _Chosen(now)
    if locked is None:
        return _Chosen(now, (f"no weight was locked on day {rule.lock_day}: the weight of the day is used",))
    both = in_order([*lock.weight.evidence, *now.evidence])
    expires = earliest(lock.weight.expires, now.expires)
    change = current / locked - 1
    if abs(change) <= rule.replan_share:
        return _Chosen(replace(lock.weight, evidence=both, expires=expires), _provisional(body, lock))
    words = f"weight changed from {in_digits(locked)} kg to {in_digits(current)} kg ({in_percent(change)})"
    weight = replace(now, evidence=both, expires=expires)
    if rule.doubt_share is not None and abs(change) > rule.doubt_share:
        wanted = f"body weight confirmed: the latest one, or the one locked on day {rule.lock_day}, is wrong"
        doubted = replace(weight, value=None, reason=UnknownReason.CONFLICTING, next_fact=wanted)
        return _Chosen(doubted, (f"doubted: {words}",))
    return _Chosen(weight, (f"re-planned: {words}",), replanned=True)


def _provisional(body: Body, lock: Lock) -> tuple[str, ...]:
    if lock.ahead is None or lock.weight.value is None:
        return ()
    day = body.course.regimen.body.lock_day
    return (f"provisional: the weight is locked at the end of day {day} ({lock.ahead.isoformat()})",)


def _past(body: Body, day: int, moment: datetime) -> datetime | None:
    """Give when the planned day will be over, where the dose still follows the weight of the moment."""
    on = body.course.date_of(day)
    return _after(on, body) if on is not None and moment == body.course.as_of else None


def _after(day: date, body: Body) -> datetime | None:
    over = midnight(day + timedelta(days=1), body.course.zone)
    return over if over > body.course.as_of else None
