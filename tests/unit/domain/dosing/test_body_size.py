from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction

import pytest

from fhir_adapter.domain.dosing.body import Body
from fhir_adapter.domain.dosing.body_size import Size, find_lock, find_size
from fhir_adapter.domain.facts import Fact
from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.regimen import PlannedItem
from tests.builders import ZONE
from tests.courses import a_course, an_item, cells, height, weight

DRUG = an_item("fludarabine", -14, -3)
CELLS = cells(2, 5, Fraction(1, 3))
DAY_5 = "2026-03-30T10:00"
LOCKED = weight("12", "2026-03-11T08:00")
TALL = height("86", "2026-03-10")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


def size(
    *facts: Fact, item: PlannedItem = DRUG, day: int = 5, as_of: str = DAY_5, given: str | None = None
) -> Size:
    body = Body(a_course(*facts, as_of=at(as_of)))
    return find_size(body, item, day, at(given) if given is not None else None)


def test_before_the_end_of_day_minus_14_the_lock_is_provisional() -> None:
    lock = find_lock(Body(a_course(weight("12"))))
    assert (lock.weight.value, lock.ahead) == (Fraction(12), date(2026, 3, 11))
    assert lock.weight.expires == at("2026-03-12T00:00")


@pytest.mark.parametrize(
    ("as_of", "ahead"),
    [
        (datetime(2026, 3, 11, 23, 59, 59, 999998, tzinfo=ZONE), date(2026, 3, 11)),
        (datetime(2026, 3, 11, 23, 59, 59, 999999, tzinfo=ZONE), None),
        (datetime(2026, 3, 12, tzinfo=ZONE), None),
    ],
)
def test_the_weight_is_locked_at_the_end_of_day_minus_14(as_of: datetime, ahead: date | None) -> None:
    assert find_lock(Body(a_course(weight("12"), as_of=as_of))).ahead == ahead


def test_the_lock_is_of_the_end_of_the_day_whatever_was_given_before() -> None:
    later = weight("12.6", "2026-03-11T20:00")
    assert find_lock(Body(a_course(LOCKED, later, as_of=at(DAY_5)))).weight.value == Fraction("12.6")
    next_day = weight("12.6", "2026-03-12T00:00")
    assert find_lock(Body(a_course(LOCKED, next_day, as_of=at(DAY_5)))).weight.value == Fraction(12)


@pytest.mark.parametrize(("when", "known"), [("2026-03-04", True), ("2026-03-03", False)])
def test_the_age_limit_of_the_weight_applies_at_locking(when: str, known: bool) -> None:
    lock = find_lock(Body(a_course(weight("12", when), as_of=at(DAY_5))))
    assert (lock.weight.value is not None) is known


def test_cells_keep_the_locked_weight_for_ever() -> None:
    found = size(LOCKED, weight("16", "2026-03-29"), item=CELLS)
    assert (found.weight.value, found.replanned, found.notes, found.expires) == (Fraction(12), False, (), None)
    assert len(found.weight.evidence) == 1


def test_cells_do_not_ask_for_a_new_weight() -> None:
    assert size(LOCKED, item=CELLS).weight.value == Fraction(12)
    assert size(LOCKED).weight.reason is UnknownReason.STALE


def test_cells_without_a_locked_weight_are_not_computed_from_a_later_one() -> None:
    found = size(weight("12", "2026-03-12T08:00"), item=CELLS)
    assert (found.weight.value, found.weight.reason) == (None, UnknownReason.MISSING)
    assert found.weight.next_fact == "body weight that still counts on 2026-03-11"


@pytest.mark.parametrize(
    ("later", "used", "replanned"),
    [
        ("13.2", "12", False),  # exactly 10 %
        ("13.201", "13.201", True),
        ("10.8", "12", False),
        ("10.799", "10.799", True),
    ],
)
def test_a_weight_changed_by_more_than_ten_percent_replans(later: str, used: str, replanned: bool) -> None:
    found = size(LOCKED, weight(later, "2026-03-29"), TALL)
    assert (found.weight.value, found.replanned) == (Fraction(used), replanned)
    assert len(found.weight.evidence) == 2
    assert found.area.value is not None
    assert abs(found.area.value**2 - Fraction(used) * 86 / 3600) < Fraction(1, 10**40)


def test_a_replanned_dose_says_so() -> None:
    found = size(LOCKED, weight("13.4", "2026-03-29"))
    assert found.notes == ("re-planned: weight changed from 12 kg to 13.4 kg (+11.7 %)",)


@pytest.mark.parametrize(
    ("later", "used", "reason"),
    [
        ("16.8", "16.8", None),  # exactly 40 %
        ("16.801", None, UnknownReason.CONFLICTING),
        ("7.2", "7.2", None),
        ("7.199", None, UnknownReason.CONFLICTING),
    ],
)
def test_a_weight_changed_by_more_than_forty_percent_is_doubted(
    later: str, used: str | None, reason: UnknownReason | None
) -> None:
    found = size(LOCKED, weight(later, "2026-03-29"), TALL)
    assert (found.weight.value, found.weight.reason) == (Fraction(used) if used else None, reason)
    assert (found.area.reason, found.replanned) == (reason, reason is None)
    assert len(found.weight.evidence) == 2


def test_a_doubted_weight_says_what_would_settle_it() -> None:
    found = size(LOCKED, weight("26.5", "2026-03-29"), TALL)
    assert found.notes == ("doubted: weight changed from 12 kg to 26.5 kg (+120.8 %)",)
    wanted = "body weight confirmed: the latest one, or the one locked on day -14, is wrong"
    assert found.weight.next_fact == wanted
    assert found.area.next_fact == wanted
    assert found.weight.expires == at("2026-04-06T00:00")


def test_cells_keep_the_locked_weight_whatever_is_recorded_later() -> None:
    assert size(LOCKED, weight("26.5", "2026-03-29"), item=CELLS).weight.value == Fraction(12)


def test_without_a_bound_every_change_replans() -> None:
    course = a_course(LOCKED, weight("26.5", "2026-03-29"), as_of=at(DAY_5))
    boundless = replace(course.regimen, body=replace(course.regimen.body, doubt_share=None))
    found = find_size(Body(replace(course, regimen=boundless)), DRUG, 5, None)
    assert (found.weight.value, found.replanned) == (Fraction("26.5"), True)


def test_a_dose_already_given_keeps_the_weight_of_its_time() -> None:
    heavier = weight("16", "2026-03-13T08:00")
    assert size(LOCKED, heavier, day=-13, given="2026-03-12T09:00").weight.value == Fraction(12)
    assert size(LOCKED, heavier, day=-13).weight.value == Fraction(12)  # its day has passed
    assert size(LOCKED, heavier, day=-4, as_of="2026-03-14T09:00").weight.value == Fraction(16)


def test_a_stale_weight_is_not_computed_with_although_one_was_locked() -> None:
    assert size(LOCKED, day=-7, as_of="2026-03-18T12:00").weight.value == Fraction(12)  # 7 days old
    found = size(LOCKED, day=-6, as_of="2026-03-19T12:00")
    assert (found.weight.value, found.weight.reason) == (None, UnknownReason.STALE)
    assert found.area.reason is UnknownReason.STALE
    assert found.weight.next_fact == "body weight: a newer one"


def test_where_no_weight_was_locked_that_of_the_day_is_used_and_said() -> None:
    found = size(weight("12", "2026-03-29"))
    assert (found.weight.value, found.replanned) == (Fraction(12), False)
    assert found.notes == ("no weight was locked on day -14: the weight of the day is used",)


def test_a_provisional_weight_says_so() -> None:
    note = "provisional: the weight is locked at the end of day -14 (2026-03-11)"
    assert size(LOCKED, as_of="2026-03-11T12:00").notes == (note,)
    assert size(LOCKED, item=CELLS, as_of="2026-03-11T12:00").notes == (note,)


def test_without_day_0_no_weight_is_chosen() -> None:
    found = find_size(Body(a_course(LOCKED, TALL, day_zero=None)), DRUG, -14, None)
    assert (found.weight.value, found.area.value) == (None, None)
    assert found.weight.reason is UnknownReason.NEEDS_ATTESTATION
    assert found.weight.next_fact == "planned date of the graft infusion (day 0)"


def test_the_height_is_that_of_the_dose_not_of_the_lock() -> None:
    grown = height("88", "2026-03-29")
    found = size(LOCKED, weight("12", "2026-03-29"), TALL, grown, item=DRUG)
    assert found.area.value is not None
    assert abs(found.area.value**2 - Fraction(12 * 88, 3600)) < Fraction(1, 10**40)


@pytest.mark.parametrize(
    ("as_of", "day", "expires"),
    [
        ("2026-03-11T12:00", -14, "2026-03-12T00:00"),  # the day and the lock
        ("2026-03-12T12:00", -13, "2026-03-13T00:00"),  # the day
        ("2026-03-12T12:00", 5, "2026-03-19T00:00"),  # the weight
        ("2026-03-14T12:00", -13, None),
    ],
)
def test_a_size_holds_until_time_alone_changes_it(as_of: str, day: int, expires: str | None) -> None:
    found = size(LOCKED, TALL, day=day, as_of=as_of)
    assert found.expires == (at(expires) if expires is not None else None)
