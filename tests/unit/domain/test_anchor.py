from __future__ import annotations

from datetime import date, datetime

import pytest

from fhir_adapter.domain.anchor import Anchor, find_anchor
from fhir_adapter.domain.facts import Fact
from tests.builders import ZONE, attestation, exposure
from tests.scenes import ANCHOR, AS_OF, timeline


def anchor(*facts: Fact, as_of: datetime = AS_OF) -> Anchor:
    return find_anchor(timeline(*facts), ANCHOR, as_of=as_of, zone=ZONE)


def plan(day_0: date, **more: str) -> Fact:
    return attestation("planned-day-0", day_0, **{"by": "planner", "at": "2026-02-01T09:00", **more})


def test_without_a_plan_the_anchor_is_the_present() -> None:
    found = anchor(exposure("first-drug", "2026-03-10T09:00"))
    assert (found.time, found.start, found.source, found.planned) == (AS_OF, AS_OF, "as-of", None)


def test_a_planned_day_that_lies_ahead_leaves_the_present_as_anchor() -> None:
    found = anchor(plan(date(2026, 3, 26)))
    assert (found.time, found.source, found.planned) == (AS_OF, "as-of", date(2026, 3, 12))


def test_on_the_planned_day_everything_up_to_now_counts() -> None:
    found = anchor(plan(date(2026, 3, 25)))
    assert (found.source, found.day, found.planned) == ("planned-day", date(2026, 3, 11), None)
    assert (found.start, found.time) == (datetime(2026, 3, 11, tzinfo=ZONE), AS_OF)


def test_after_the_planned_day_the_whole_of_it_counts() -> None:
    found = anchor(plan(date(2026, 3, 20)))
    assert found.start == datetime(2026, 3, 6, tzinfo=ZONE)
    assert found.time == datetime(2026, 3, 6, 23, 59, 59, 999999, tzinfo=ZONE)


def test_the_first_trial_drug_near_the_plan_is_the_anchor() -> None:
    found = anchor(
        plan(date(2026, 3, 24)),
        exposure("first-drug", "2026-03-10T09:00"),
        exposure("first-drug", "2026-03-10T14:00"),
    )
    assert (found.source, found.time) == ("first-trial-drug", datetime(2026, 3, 10, 9, 0, tzinfo=ZONE))


@pytest.mark.parametrize(("day", "source"), [("2026-03-07", "first-trial-drug"), ("2026-03-06", "planned-day")])
def test_the_same_drug_longer_before_the_plan_was_earlier_treatment(day: str, source: str) -> None:
    assert anchor(plan(date(2026, 3, 24)), exposure("first-drug", day)).source == source


def test_a_first_drug_dated_by_day_counts_to_the_end_of_that_day() -> None:
    found = anchor(plan(date(2026, 3, 24)), exposure("first-drug", "2026-03-10"))
    assert (found.start, found.source) == (datetime(2026, 3, 10, tzinfo=ZONE), "first-trial-drug")
    assert found.time == datetime(2026, 3, 10, 23, 59, 59, 999999, tzinfo=ZONE)


@pytest.mark.parametrize(
    "drug",
    [
        exposure("first-drug", "2026-03-10T09:00", status="not-done"),
        exposure("first-drug", "2026-03-10T09:00", contested=True),
        exposure("first-drug", "2026-03-11T12:01"),
        exposure("first-drug", "2026-03"),
        exposure("first-drug", None),
        exposure("first-drug", "/2026-03-10"),
        exposure("other-drug", "2026-03-10T09:00"),
    ],
)
def test_what_is_no_first_drug(drug: Fact) -> None:
    assert anchor(plan(date(2026, 3, 24)), drug).source == "planned-day"


def test_of_conflicting_plans_the_latest_day_holds() -> None:
    found = anchor(plan(date(2026, 3, 30), by="other"), plan(date(2026, 3, 26)))
    assert found.planned == date(2026, 3, 16)


def test_a_plan_that_is_no_date_or_made_later_is_no_plan() -> None:
    later = attestation("planned-day-0", date(2026, 3, 26), at="2026-03-11T12:01")
    assert anchor(later, attestation("planned-day-0", "soon")).planned is None


@pytest.mark.parametrize("day", [date(1, 1, 1), date(9999, 12, 31)])
def test_absurd_plans_raise_nothing(day: date) -> None:
    assert anchor(plan(day)).time <= AS_OF
