from __future__ import annotations

from datetime import date, datetime

from fhir_adapter.domain.regimen import AttestedValue
from tests.builders import ZONE
from tests.courses import HAPLOIDENTICAL, a_course, stated


def test_days_are_counted_by_the_calendar_and_none_is_skipped() -> None:
    course = a_course(day_zero=date(2026, 3, 25))
    assert course.date_of(-1) == date(2026, 3, 24)
    assert course.date_of(0) == date(2026, 3, 25)
    assert course.day_of(date(2026, 3, 24)) == -1
    assert course.day_of(date(2026, 3, 26)) == 1


def test_a_change_of_the_clocks_changes_no_day() -> None:
    course = a_course(day_zero=date(2026, 3, 25))
    assert course.date_of(5) == date(2026, 3, 30)  # the night of 29 March has 23 hours
    assert course.day_of(date(2026, 3, 30)) == 5


def test_a_leap_day_is_a_day() -> None:
    course = a_course(day_zero=date(2028, 3, 1))
    assert course.date_of(-1) == date(2028, 2, 29)
    assert course.date_of(-14) == date(2028, 2, 16)
    assert a_course(day_zero=date(2027, 3, 1)).date_of(-1) == date(2027, 2, 28)


def test_without_day_0_no_day_has_a_date() -> None:
    course = a_course(day_zero=None)
    assert course.date_of(0) is None
    assert course.day_of(date(2026, 3, 25)) is None


def test_today_is_the_hospitals() -> None:
    assert a_course(as_of=datetime.fromisoformat("2026-03-28T23:30:00+00:00")).today == date(2026, 3, 29)
    assert a_course(as_of=datetime(2026, 3, 28, 23, 30, tzinfo=ZONE)).today == date(2026, 3, 28)


def test_an_attested_value_holds_fails_or_was_never_stated() -> None:
    assert a_course().holds(None) is True
    assert a_course().holds(HAPLOIDENTICAL) is True
    assert a_course().holds(AttestedValue("donor-type", "matched-related")) is False
    assert a_course(said=stated(donor=None)).holds(HAPLOIDENTICAL) is None
