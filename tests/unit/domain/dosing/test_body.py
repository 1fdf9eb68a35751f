from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from fhir_adapter.domain.dosing.body import Body, Measured, end_of, reference_moment
from fhir_adapter.domain.facts import Fact, Reading
from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.source import RejectionReason
from tests.builders import ZONE, finding, patient, quantity, refused
from tests.courses import a_course, height, weight
from tests.scenes import AS_OF


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


NOON = at("2026-03-11T12:00")


def weighed(*facts: Fact | Reading, moment: datetime = NOON) -> Measured:
    return Body(a_course(*facts)).weight_at(moment)


def measured(*facts: Fact | Reading, moment: datetime = NOON) -> Measured:
    return Body(a_course(*facts)).height_at(moment)


def word(found: Measured) -> str:
    return found.reason.value if found.reason is not None else str(found.value)


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("2026-03-04T00:00", "12"),  # 7 days old
        ("2026-03-03T23:59", "STALE"),
        ("2026-03-11T12:00", "12"),
        ("2026-03-11T12:01", "MISSING"),
        ("2026-03-11", "12"),
        ("2026-03", "PARTIAL_DATE"),
        (None, "PARTIAL_DATE"),
    ],
)
def test_a_weight_counts_for_seven_days(when: str | None, expected: str) -> None:
    assert word(weighed(weight("12", when))) == expected


@pytest.mark.parametrize(
    ("born", "when", "expected"),
    [
        ("2018-05-20", "2025-12-11", "86"),  # 90 days old
        ("2018-05-20", "2025-12-10", "STALE"),
        ("2024-03-11", "2025-12-11", "86"),  # second birthday
        ("2024-03-12", "2026-02-09", "86"),  # 30 days old
        ("2024-03-12", "2026-02-08", "STALE"),
        (None, "2026-02-08", "STALE"),
        (None, "2026-02-09", "86"),
    ],
)
def test_a_height_counts_for_90_days_and_below_two_years_for_30(
    born: str | None, when: str, expected: str
) -> None:
    assert word(measured(patient(born), height("86", when))) == expected


def test_the_age_for_the_height_is_that_of_the_moment_looked_at() -> None:
    child, tall = patient("2024-03-11"), height("86", "2026-01-20")
    assert word(measured(child, tall)) == "86"
    assert word(measured(child, tall, moment=at("2026-03-10T12:00"))) == "STALE"


def test_seven_days_are_calendar_days_across_the_change_of_the_clocks() -> None:
    body = Body(a_course(weight("12", "2026-03-28T00:00"), as_of=at("2026-05-01T12:00")))
    assert word(body.weight_at(at("2026-04-04T23:59"))) == "12"
    assert word(body.weight_at(at("2026-04-05T00:00"))) == "STALE"


def test_the_latest_of_the_latest_day_holds() -> None:
    found = weighed(
        weight("12", "2026-03-10T08:00"), weight("12.2", "2026-03-10T18:00"), weight("14", "2026-03-09")
    )
    assert found.value == Fraction("12.2")
    assert [(each.reference, each.role) for each in found.evidence] == [
        ("Observation/body-weight-2026-03-10T18:00-12.2", "weight")
    ]


@pytest.mark.parametrize(
    ("second", "expected"), [("13.2", "66/5"), ("13.21", "CONFLICTING"), ("10.9", "CONFLICTING")]
)
def test_two_weights_of_one_day_may_differ_by_ten_percent(second: str, expected: str) -> None:
    assert word(weighed(weight("12", "2026-03-10T08:00"), weight(second, "2026-03-10T18:00"))) == expected


def test_weights_of_different_days_may_differ_by_anything() -> None:
    assert word(weighed(weight("12", "2026-03-09T08:00"), weight("16", "2026-03-10T08:00"))) == "16"


@pytest.mark.parametrize(
    ("value", "when", "expected"),
    [
        ("12.1", "2026-03-10T08:00", "CONFLICTING"),  # the same minute
        ("12.1", "2026-03-10", "CONFLICTING"),  # some time of that day
        ("12.0", "2026-03-10", "12"),
        ("12.1", "2026-03-10T07:59", "12"),
    ],
)
def test_different_weights_none_of_which_is_surely_the_latest_conflict(
    value: str, when: str, expected: str
) -> None:
    assert word(weighed(weight("12", "2026-03-10T08:00", id_="a"), weight(value, when, id_="b"))) == expected


def test_a_measured_weight_is_taken_over_a_stated_one_of_the_day() -> None:
    said = weight("15", "2026-03-10T18:00", qualifiers=frozenset())
    assert word(weighed(weight("12"), said)) == "12"
    assert word(weighed(weight("12", "2026-03-09T08:00"), said)) == "15"


def test_a_weight_known_only_as_a_limit_is_none() -> None:
    limit = weight("12", standard=quantity("<12", "kg"), reported=quantity("<12", "kg"))
    assert word(weighed(limit)) == "CENSORED"
    assert word(weighed(limit, weight("12.5", "2026-03-10T09:00"))) == "25/2"


def test_a_limit_earlier_on_the_day_does_not_hide_that_exact_weights_differ() -> None:
    limit = weight("5", "2026-03-10T06:00", standard=quantity("<5", "kg"), reported=quantity("<5", "kg"))
    assert word(weighed(limit, weight("12", "2026-03-10T09:00"))) == "12"


@pytest.mark.parametrize(
    ("bad", "expected"),
    [
        (finding("body-weight", "26", "[lb_av]", "2026-03-10T08:00", category="vital-signs"), "UNIT_UNUSABLE"),
        (weight("0"), "UNMAPPED"),
        (weight("-12"), "UNMAPPED"),
        (weight("NaN"), "UNMAPPED"),
        (weight("12", contested=True), "CONFLICTING"),
        (weight("12", status="preliminary"), "MISSING"),
        (refused(RejectionReason.UNKNOWN_UNIT, "body-weight", category="vital-signs"), "UNIT_UNUSABLE"),
        (refused(RejectionReason.VALUE_ABSENT, "body-weight", detail="masked"), "HIDDEN"),
    ],
)
def test_what_is_no_usable_weight_gives_none(bad: Fact | Reading, expected: str) -> None:
    found = weighed(bad)
    assert (found.value, word(found)) == (None, expected)
    assert found.next_fact is not None


@pytest.mark.parametrize(("when", "expected"), [("2026-03-10T10:00", "UNIT_UNUSABLE"), ("2026-03-09T10:00", "12")])
def test_an_unreadable_weight_of_the_same_or_a_later_day_stands_in_the_way(when: str, expected: str) -> None:
    gap = refused(RejectionReason.UNKNOWN_UNIT, "body-weight", at=when, category="vital-signs")
    assert word(weighed(weight("12"), gap)) == expected


def test_no_weight_at_all() -> None:
    found = weighed()
    assert (found.value, found.reason, found.next_fact) == (None, UnknownReason.MISSING, "body weight")
    assert found.evidence == ()


def test_what_is_asked_for_follows_the_reason() -> None:
    stale = weight("12", "2026-03-01T08:00")
    assert weighed(stale).next_fact == "body weight: a newer one"
    assert [each.role for each in weighed(stale).evidence] == ["value"]
    two = weight("12", id_="a"), weight("13", id_="b")
    assert weighed(*two).next_fact == "body weight: the conflict settled by a person"
    assert len(weighed(*two).evidence) == 2


def test_once_the_moment_has_passed_a_new_weight_no_longer_helps() -> None:
    moment = at("2026-03-10T12:00")
    assert weighed(moment=moment).next_fact == "body weight that still counts on 2026-03-10"
    assert (
        weighed(weight("12", "2026-02-10"), moment=moment).next_fact
        == "body weight that still counts on 2026-03-10"
    )


def test_a_later_weight_never_counts_for_an_earlier_moment() -> None:
    body = Body(a_course(weight("12", "2026-03-09T08:00"), weight("13", "2026-03-10T08:00")))
    assert word(body.weight_at(at("2026-03-10T07:59"))) == "12"
    assert word(body.weight_at(at("2026-03-10T08:00"))) == "13"


def test_a_weight_of_now_grows_old_one_of_the_past_does_not() -> None:
    assert weighed(weight("12", "2026-03-10T08:00")).expires == at("2026-03-18T00:00")
    assert weighed(weight("12", "2026-03-09T08:00"), moment=at("2026-03-10T12:00")).expires is None


def test_the_body_surface_is_computed_without_rounding() -> None:
    body = Body(a_course(weight("12"), height("86")))
    found = body.area_at(NOON, body.weight_at(NOON))
    assert found.value is not None
    assert abs(found.value**2 - Fraction(86 * 12, 3600)) < Fraction(1, 10**48)
    assert str(Decimal(found.value.numerator) / Decimal(found.value.denominator)).startswith(
        "0.53541261347363368468"
    )
    assert [each.role for each in found.evidence] == ["height", "weight"]
    (shown,) = found.computations
    assert (shown.formula, shown.source) == ("bsa-mosteller", "Mosteller 1987; rules sheet D6")
    assert [(name, amount.value, amount.unit) for name, amount in shown.inputs] == [
        ("weight", "12", "kg"),
        ("height", "86", "cm"),
    ]
    assert (shown.result.value, shown.result.unit) == ("0.53541261", "m2")


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ((weight("12"),), "MISSING"),
        ((height("86"),), "MISSING"),
        ((weight("12", "2026-03-01"),), "STALE"),  # comes before MISSING
        ((weight("12"), height("86", "2025-11-01")), "STALE"),
        ((weight("12"), height("86", id_="a"), height("87", id_="b")), "CONFLICTING"),
        ((weight("12"), height("86", "2026-03-10T07:00"), height("95", "2026-03-10T08:00")), "CONFLICTING"),
    ],
)
def test_without_weight_or_height_there_is_no_body_surface(facts: tuple[Fact, ...], expected: str) -> None:
    body = Body(a_course(*facts))
    found = body.area_at(NOON, body.weight_at(NOON))
    assert (found.value, word(found), found.computations) == (None, expected, ())


def test_the_surface_asks_for_what_is_missing_first() -> None:
    body = Body(a_course(weight("12")))
    assert body.area_at(NOON, body.weight_at(NOON)).next_fact == "body height"


@pytest.mark.parametrize(
    ("day", "given", "expected"),
    [
        (-14, "2026-03-11T08:00", "2026-03-11T08:00"),
        (-14, None, "2026-03-11T12:00"),  # today is not over
        (-15, None, "2026-03-10T23:59:59.999999"),
        (-15, "2026-03-11T09:00", "2026-03-11T09:00"),  # given a day late
        (5, None, "2026-03-11T12:00"),
        (-14, "2026-03-11T13:00", "2026-03-11T12:00"),  # never after as_of
    ],
)
def test_doses_rest_on_the_start_the_end_of_the_planned_day_or_now(
    day: int, given: str | None, expected: str
) -> None:
    start = at(given) if given is not None else None
    assert reference_moment(a_course(), day, start) == at(expected)


def test_without_day_0_the_moment_is_now() -> None:
    assert reference_moment(a_course(day_zero=None), -14, None) == AS_OF


def test_a_day_ends_at_the_hospitals_midnight_also_when_it_is_short() -> None:
    assert end_of(date(2026, 3, 28), ZONE).isoformat() == "2026-03-28T22:59:59.999999+00:00"
    assert end_of(date(2026, 3, 29), ZONE).isoformat() == "2026-03-29T21:59:59.999999+00:00"
