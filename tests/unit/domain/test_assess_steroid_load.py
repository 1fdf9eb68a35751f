"""Rolling totals: a child of 20 kg; 0.5 mg/kg is 10 mg of prednisone. The decision is on 11 March 2026, noon."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given as cases
from hypothesis import strategies as st

from fhir_adapter.domain.exposure import Exposure
from fhir_adapter.domain.facts import Fact, Reading
from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.source import Completeness, RejectionReason
from tests.builders import (
    ZONE,
    finding,
    moment,
    receipt,
    refused,
)
from tests.scenes import AS_OF, ask, causes, verdict
from tests.steroids import GIVEN, LOAD, READ, WEIGHT, given, load, outcome


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("2026-03-09T08:00", "2026-03-10T08:00", "MET"),  # 24 h apart: two totals
        ("2026-03-09T08:00", "2026-03-10T07:59", "NOT_MET"),
        ("2026-03-09T08:00:59", "2026-03-10T08:00:00", "MET"),  # the same minute
        ("2026-03-09T08:00", "2026-03-09T08:00", "NOT_MET"),
    ],
)
def test_every_rolling_day_is_half_open_and_judged_to_the_minute(first: str, second: str, expected: str) -> None:
    assert outcome(given("prednisone", "6", first), given("prednisone", "5", second)) == expected


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-03-08T12:00", "NOT_MET"),  # exactly 72 h before counts
        ("2026-03-08T11:59", "MET"),
        ("2026-03-11T12:00", "NOT_MET"),
        ("2026-03-11T12:01", "MET"),  # later than the decision
        ("2026-03-08", "PARTIAL_DATE"),
        ("2026-03-07", "MET"),
        ("2026-03", "PARTIAL_DATE"),
        ("2026-02", "MET"),
        (None, "PARTIAL_DATE"),
        ("/2026-03-08T12:00", "MET"),
        ("/2026-03-08T12:01", "PARTIAL_DATE"),
        ("2026-03-08T11:00/2026-03-08T12:00", "MET"),  # ended at the edge
        ("2026-03-08T11:00/2026-03-08T12:01", "NOT_MET"),  # ran into the window: whole
        ("2026-03-11T11:00/2026-03-11T13:00", "NOT_MET"),  # running
        ("2026-03-08T11:00/", "MET"),  # completed, without an end: at its start
    ],
)
def test_the_window_is_seventy_two_hours(at: str | None, expected: str) -> None:
    assert outcome(given("prednisone", "11", at)) == expected


def test_an_infusion_in_progress_since_before_the_window_counts() -> None:
    assert outcome(given("prednisone", "11", "2026-03-08T11:00/", status="in-progress")) == "NOT_MET"


def test_a_change_of_the_clocks_does_not_lengthen_the_window() -> None:
    """From 26 March 11:00 to 29 March 12:00 are 73 hours on the clock and 72 elapsed."""
    decision = datetime(2026, 3, 29, 12, 0, tzinfo=ZONE)
    weight = finding("body-weight", "20", "kg", at="2026-03-28T07:00")
    early, late = given("prednisone", "11", "2026-03-26T10:59"), given("prednisone", "11", "2026-03-26T11:00")
    assert verdict(load(weight, late, as_of=decision)) == "NOT_MET"
    assert verdict(load(weight, early, as_of=decision)) == "MET"


def test_daily_infusions_at_one_time_of_day_are_not_added_up() -> None:
    daily = [given("prednisone", "10", f"2026-03-{day:02}T08:00/2026-03-{day:02}T08:30") for day in (9, 10, 11)]
    assert outcome(*daily) == "MET"


def test_a_long_infusion_and_a_later_dose_meet_in_one_day() -> None:
    """6 mg over 12 h from 00:00 and 8 mg at 05:00 the next day: from 05:00 on 3.5 + 8 = 11.5 mg lie in 24 h."""
    long = given("prednisone", "6", "2026-03-09T00:00/2026-03-09T12:00")
    answer = load(WEIGHT, long, given("prednisone", "8", "2026-03-10T05:00"))
    assert verdict(answer) == "NOT_MET"
    assert answer.computations[0].inputs[0][1].value == "2026-03-09T05:01+01:00"


def test_a_dose_after_half_of_a_long_infusion_stays_within_the_limit() -> None:
    long = given("prednisone", "6", "2026-03-09T00:00/2026-03-09T12:00")
    assert outcome(long, given("prednisone", "6", "2026-03-10T06:00")) == "MET"


def test_an_infusion_counts_whole_at_its_start() -> None:
    """11 mg over 48 h are never more than 5.5 mg in 24 h, yet it is the dose of the day it was begun."""
    assert outcome(given("prednisone", "11", "2026-03-09T00:00/2026-03-11T00:00")) == "NOT_MET"


def test_the_worst_day_is_shown_with_its_start_milligrams_and_milligrams_per_kilogram() -> None:
    answer = load(
        WEIGHT, given("dexamethasone", "1", "2026-03-09T08:00"), given("prednisone", "2", "2026-03-09T20:00")
    )
    shown = answer.computations[0]
    assert shown.formula == "prednisone-equivalent"
    assert [(name, amount.value, amount.unit) for name, amount in shown.inputs] == [
        ("worst 24 h, from", "2026-03-09T08:00+01:00", None),
        ("given in 24 h", "8.6666667", "mg"),
        ("weight", "20", "kg"),
    ]
    assert (shown.result.value, shown.result.unit) == ("0.43333333", "mg/kg")


def test_every_administration_counted_is_evidence_with_its_dose() -> None:
    answer = load(WEIGHT, given("prednisone", "2", id_="a"), given("prednisone", "3", "2026-03-09T09:00", id_="b"))
    doses = [
        (each.reference, each.reported.value) for each in answer.evidence if each.role == "dose" and each.reported
    ]
    assert doses == [("MedicationAdministration/a", "2"), ("MedicationAdministration/b", "3")]
    assert {"weight", "receipt", "value"} <= {each.role for each in answer.evidence}


def test_without_any_steroid_the_receipt_is_the_evidence_and_no_weight_is_needed() -> None:
    answer = load()
    assert verdict(answer) == "MET"
    assert [each.role for each in answer.evidence] == ["receipt"]
    assert answer.computations == ()


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ((), "MISSING"),
        ((receipt(GIVEN, complete=False),), "MISSING"),
        ((receipt(GIVEN, hidden=True),), "HIDDEN"),
        ((receipt(GIVEN, rejected=2),), "UNMAPPED"),
        ((READ, refused(RejectionReason.UNMAPPED_CODE, kind=GIVEN)), "UNMAPPED"),
        (
            (READ, refused(RejectionReason.UNMAPPED_CODE, kind=GIVEN, at="2026-03-08T11:59")),
            "MET",
        ),
        (
            (READ, refused(RejectionReason.UNKNOWN_STATUS, "prednisone", kind=GIVEN)),
            "UNMAPPED",
        ),
        ((READ, refused(RejectionReason.UNMAPPED_CODE, kind="Observation")), "MET"),
    ],
)
@pytest.mark.parametrize("doses", [(), (given("prednisone", "1"),)])
def test_silence_is_no_abstinence(
    facts: tuple[Reading | Completeness, ...], doses: tuple[Exposure, ...], expected: str
) -> None:
    assert verdict(ask(LOAD, WEIGHT, *doses, *facts)) == expected


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-03-08T09:00/2026-03-08T12:01", "UNMAPPED"),
        ("2026-03-08T09:00/2026-03-08T11:59", "MET"),
        ("2026-03-08T09:00/", "UNMAPPED"),
        ("2026-03-08T09:00/2026-03-12T09:00", "UNMAPPED"),
        ("/2026-03-01T09:00", "UNMAPPED"),
    ],
)
def test_a_refused_infusion_that_may_have_run_into_the_window_counts(at: str, expected: str) -> None:
    unread = refused(RejectionReason.UNMAPPED_CODE, kind=GIVEN, at=at)
    assert outcome(unread) == expected


def test_what_is_known_beyond_the_limit_decides_although_not_everything_was_read() -> None:
    assert verdict(ask(LOAD, WEIGHT, given("prednisone", "11"))) == "NOT_MET"


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        ((), "MISSING"),
        ((finding("body-weight", "20", "kg", at="2026-03-04"),), "MET"),  # 7 days old
        ((finding("body-weight", "20", "kg", at="2026-03-03"),), "STALE"),
        ((finding("body-weight", "10", "kg"),), "NOT_MET"),
        ((finding("body-weight", ">20", "kg"),), "CENSORED"),
        ((finding("body-weight", "20000", "g"),), "UNIT_UNUSABLE"),
        ((finding("body-weight", "0", "kg"),), "UNMAPPED"),
        ((WEIGHT, finding("body-weight", "19", "kg", at="2026-03-10T09:00")), "MET"),
        ((WEIGHT, finding("body-weight", "17", "kg", at="2026-03-10T09:00")), "CONFLICTING"),
        ((WEIGHT, finding("body-weight", "25", "kg", at="2026-03-10T09:00", contested=True)), "CONFLICTING"),
    ],
)
def test_milligrams_need_the_current_weight(weights: tuple[Fact, ...], expected: str) -> None:
    """9 mg: 0.45 mg/kg at 20 kg, 0.474 at 19 kg, 0.529 at 17 kg."""
    assert verdict(load(*weights, given("prednisone", "9"))) == expected


@pytest.mark.parametrize(("dose", "expected"), [("0.5", "MET"), ("0.6", "NOT_MET")])
def test_a_dose_per_kilogram_needs_no_weight(dose: str, expected: str) -> None:
    answer = load(given("prednisone", dose, unit="mg/kg"))
    assert verdict(answer) == expected
    assert [name for name, _ in answer.computations[0].inputs] == ["worst 24 h, from"]


def test_doses_per_kilogram_beyond_the_limit_decide_although_nobody_was_weighed() -> None:
    small = given("prednisone", "1", "2026-03-09T09:00")
    answer = load(small, given("prednisone", "0.6", unit="mg/kg"))
    assert verdict(answer) == "NOT_MET"
    assert answer.computations == ()


def test_weight_and_dose_missing_are_both_named() -> None:
    answer = load(given("prednisone", "1"), given("prednisone", None, "2026-03-09T09:00"))
    assert causes(answer) == {UnknownReason.MISSING}
    assert [part.next_fact for part in answer.parts] == ["dose of prednisone actually given", "body weight"]


def test_it_expires_when_the_first_dose_leaves_the_window_or_the_weight_grows_old() -> None:
    early = given("prednisone", "1", "2026-03-09T08:00")
    answer = load(WEIGHT, early)
    assert answer.expires == moment("2026-03-12T08:01").instant
    assert load().expires is None
    assert load(given("prednisone", "1"), finding("body-weight", "20", "kg", at="2026-03-05")).expires == (
        moment("2026-03-13T00:00").instant
    )


def test_judged_for_a_planned_day_nothing_expires() -> None:
    judged = load(WEIGHT, given("prednisone", "1", "2026-03-09T08:00"), planned="2026-03-11")
    assert judged.expires is None


HOURS = st.integers(min_value=0, max_value=70)
DOSES = st.lists(st.tuples(HOURS, st.integers(min_value=0, max_value=12)), max_size=5)


@cases(DOSES)
def test_the_total_is_that_of_the_worst_day_counted_by_hand(doses: list[tuple[int, int]]) -> None:
    """Every dose in whole hours: the worst of the sums over hour h to h + 23."""
    by_hour = [0] * 100
    facts = []
    for place, (hour, dose) in enumerate(doses):
        by_hour[hour] += dose
        at = AS_OF.replace(day=8 + (12 + hour) // 24, hour=(12 + hour) % 24).isoformat()
        facts.append(given("prednisone", str(dose), at, id_=f"dose-{place}"))
    worst = max(sum(by_hour[hour : hour + 24]) for hour in range(73))
    assert outcome(*facts) == ("MET" if worst <= 10 else "NOT_MET")


@cases(DOSES, HOURS, st.integers(min_value=1, max_value=12))
def test_one_more_dose_never_lets_anybody_in(doses: list[tuple[int, int]], hour: int, dose: int) -> None:
    facts = [
        given("prednisone", str(amount), AS_OF.replace(day=8 + (12 + at) // 24, hour=(12 + at) % 24).isoformat(),
              id_=f"dose-{place}")
        for place, (at, amount) in enumerate(doses)
    ]  # fmt: skip
    more = AS_OF.replace(day=8 + (12 + hour) // 24, hour=(12 + hour) % 24).isoformat()
    if outcome(*facts) == "NOT_MET":
        assert outcome(*facts, given("prednisone", str(dose), more, id_="more")) == "NOT_MET"
