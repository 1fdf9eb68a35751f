"""Times keep the precision and zone they were written with, or are refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from fhir_adapter.domain.moments import Effective, FhirDateTime, Precision
from fhir_adapter.domain.source import Rejection, RejectionReason
from fhir_adapter.r4.context import TimeProblem
from fhir_adapter.r4.datetimes import is_future, parse_moment, read_date, read_instant, read_period, read_time
from fhir_adapter.r4.wire import Period
from tests.unit.r4.laboratory import CONTEXT

EST = timezone(timedelta(hours=-5))


@pytest.mark.parametrize(
    ("text", "precision", "first_day", "instant"),
    [
        ("2026", Precision.YEAR, date(2026, 1, 1), None),
        ("2026-03", Precision.MONTH, date(2026, 3, 1), None),
        ("2024-02-29", Precision.DAY, date(2024, 2, 29), None),
        ("2026-03-01T23:30:00-05:00", Precision.TIME, date(2026, 3, 1), datetime(2026, 3, 1, 23, 30, tzinfo=EST)),
        ("2026-03-01T08:15:00Z", Precision.TIME, date(2026, 3, 1), datetime(2026, 3, 1, 8, 15, tzinfo=UTC)),
        ("2026-03-01T08:15:00.5Z", Precision.TIME, date(2026, 3, 1), datetime(2026, 3, 1, 8, 15, 0, 500000, UTC)),
        (
            "2026-03-01T08:15:00.1234567Z",
            Precision.TIME,
            date(2026, 3, 1),
            datetime(2026, 3, 1, 8, 15, 0, 123456, UTC),
        ),
        (
            "2016-12-31T23:59:60Z",
            Precision.TIME,
            date(2016, 12, 31),
            datetime(2016, 12, 31, 23, 59, 59, 999999, UTC),
        ),
        ("0002-01-01", Precision.DAY, date(2, 1, 1), None),
        ("9998-12-31", Precision.DAY, date(9998, 12, 31), None),
    ],
)
def test_a_valid_time_keeps_its_text_precision_and_zone(
    text: str, precision: Precision, first_day: date, instant: datetime | None
) -> None:
    assert parse_moment(text) == FhirDateTime(text, precision, first_day, instant)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " 2026",
        "2026-13",
        "2026-00",
        "2026-1-1",
        "2026-02-29",
        "2026-04-31",
        "20260301",
        "2026-W01",
        "2026-03-01T24:00:00Z",
        "2026-03-01T08:60:00Z",
        "2026-03-01T08:15Z",
        "2026-03-01 08:15:00Z",
        "2026-03-01T08:15:00z",
        "2026-03-01T08:15:61Z",
        "2026-03-01T08:15:00+14:01",
        "2026-03-01T08:15:00+0500",
        "2026-03-01T08:15:00+05:75",
        "2026-03-01T08:15:00-14:01",
        "2026-03-01T08:15:00.Z",
        "\uff12\uff10\uff12\uff16",
        "2026\n",
    ],
)
def test_what_is_not_in_the_grammar_is_no_time(text: str) -> None:
    assert parse_moment(text, "America/Chicago") == TimeProblem(RejectionReason.INVALID_RESOURCE, "time")


@pytest.mark.parametrize("text", ["0000", "0001-01-01", "9999-12-31", "9999-12-31T23:59:59Z"])
def test_placeholder_years_are_refused_because_nothing_can_be_reckoned_from_them(text: str) -> None:
    assert parse_moment(text) == TimeProblem(RejectionReason.INVALID_RESOURCE, "year")


def test_a_naive_time_is_refused_where_the_hospital_declared_no_zone() -> None:
    assert parse_moment("2026-01-02T10:00:00") == TimeProblem(RejectionReason.NAIVE_TIME, "no-zone")


def test_a_declared_zone_is_added_and_shown() -> None:
    assert parse_moment("2026-07-02T10:00:00", "America/Chicago") == FhirDateTime(
        "2026-07-02T10:00:00",
        Precision.TIME,
        date(2026, 7, 2),
        datetime(2026, 7, 2, 10, 0, tzinfo=timezone(timedelta(hours=-5))),
        "America/Chicago",
    )


def test_a_declared_zone_changes_no_time_that_has_one() -> None:
    moment = parse_moment("2026-07-02T10:00:00Z", "America/Chicago")
    assert isinstance(moment, FhirDateTime)
    assert moment.assumed_zone is None


@pytest.mark.parametrize(
    ("text", "is_usable"),
    [
        ("2026-03-08T01:59:59", True),
        ("2026-03-08T02:00:00", False),  # the clock skipped this hour
        ("2026-03-08T02:59:59", False),
        ("2026-03-08T03:00:00", True),
        ("2026-11-01T00:59:59", True),
        ("2026-11-01T01:00:00", False),  # the clock showed this hour twice
        ("2026-11-01T01:59:59", False),
        ("2026-11-01T02:00:00", True),
    ],
)
def test_a_naive_time_the_clock_showed_twice_or_never_is_refused(text: str, is_usable: bool) -> None:
    moment = parse_moment(text, "America/Chicago")
    expected = TimeProblem(RejectionReason.NAIVE_TIME, "ambiguous")
    assert isinstance(moment, FhirDateTime) if is_usable else moment == expected


def test_a_date_element_refuses_a_time_of_day() -> None:
    assert read_date("2010-05-01T00:00:00Z", "Patient.birthDate", CONTEXT) == Rejection(
        reason=RejectionReason.INVALID_RESOURCE, path="Patient.birthDate", detail="time"
    )


@pytest.mark.parametrize("text", ["2026-03-01", "2026-03-01T08:15:00", "yesterday"])
def test_nothing_is_ordered_by_what_is_no_instant(text: str) -> None:
    assert read_instant(text, CONTEXT) is None


def test_a_period_keeps_both_sides() -> None:
    period = read_period(Period(start="2026-01", end="2026-02-03"), "x", CONTEXT)
    assert isinstance(period, Effective)
    assert period.is_period
    assert period.start is not None
    assert period.end is not None
    assert (period.start.text, period.end.text) == ("2026-01", "2026-02-03")


@pytest.mark.parametrize(("start", "end"), [("", "2026-02-03"), ("2026-02-03", ""), ("", "")])
def test_a_period_may_be_open(start: str, end: str) -> None:
    period = read_period(Period(start=start, end=end), "x", CONTEXT)
    assert isinstance(period, Effective)
    assert (period.start is None, period.end is None) == (not start, not end)


@pytest.mark.parametrize(
    ("start", "end", "path", "detail"),
    [
        ("soon", "", "x.start", "time"),
        ("", "soon", "x.end", "time"),
        ("2026-02-04", "2026-02-03", "x", "end-before-start"),
    ],
)
def test_a_period_that_cannot_be_is_refused(start: str, end: str, path: str, detail: str) -> None:
    assert read_period(Period(start=start, end=end), "x", CONTEXT) == Rejection(
        reason=RejectionReason.INVALID_RESOURCE, path=path, detail=detail
    )


def test_a_period_may_end_on_the_day_it_starts() -> None:
    assert isinstance(read_period(Period(start="2026-02-03T10:00:00Z", end="2026-02-03"), "x", CONTEXT), Effective)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-02T15:30:00-06:00", False),
        ("2026-03-02T15:30:01-06:00", True),
        ("2026-03-02", False),
        ("2026-03-03", True),
        ("2026-02-27T23:00:00-14:00", False),
        ("2026-03-01T23:00:00-14:00", False),
        ("2026", False),
    ],
)
def test_only_what_certainly_lies_after_the_reading_is_future(text: str, expected: bool) -> None:
    moment = parse_moment(text)
    assert isinstance(moment, FhirDateTime)
    assert is_future(Effective(moment), CONTEXT) is expected


def test_what_has_no_time_is_not_future() -> None:
    assert not is_future(None, CONTEXT)
    assert not is_future(Effective(None), CONTEXT)


def test_a_naive_time_still_says_its_calendar_day() -> None:
    rejection = read_time("2019-05-10T08:00:00", "Observation.effective", CONTEXT)
    assert isinstance(rejection, Rejection)
    day = FhirDateTime("2019-05-10T08:00:00", Precision.DAY, date(2019, 5, 10))
    assert (rejection.reason, rejection.effective) == (RejectionReason.NAIVE_TIME, Effective(day))
