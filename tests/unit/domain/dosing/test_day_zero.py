from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from fhir_adapter.domain.dosing.course import DayZero
from fhir_adapter.domain.dosing.day_zero import find_day_zero
from fhir_adapter.domain.dosing.stated import find_stated
from fhir_adapter.domain.facts import Fact
from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.regimen import DayZeroRule
from tests.builders import ZONE, attestation, exposure, procedure
from tests.courses import GRAFT
from tests.scenes import timeline

RULE = DayZeroRule(graft=(GRAFT,), plan_link="planned-day-0", first_day=-14)
MAY = datetime(2026, 5, 1, 12, 0, tzinfo=ZONE)
PLAN = attestation("planned-day-0", date(2026, 3, 25), at="2026-03-01T09:00")


def zero(*facts: Fact, as_of: datetime = MAY, assigned_on: date | None = None) -> DayZero:
    known = timeline(*facts)
    plan = find_stated(known.attestations, "planned-day-0", until=as_of, zone=ZONE)
    return find_day_zero(known, RULE, stated_plan=plan, assigned_on=assigned_on, as_of=as_of, zone=ZONE)


def day(*facts: Fact, as_of: datetime = MAY, assigned_on: date | None = None) -> tuple[str | None, str]:
    found = zero(*facts, as_of=as_of, assigned_on=assigned_on)
    return (found.day.isoformat() if found.day is not None else None, found.source)


def test_before_the_graft_day_0_is_the_planned_one() -> None:
    found = zero(PLAN)
    assert (found.day, found.source, found.reason) == (date(2026, 3, 25), "planned", None)
    assert [each.reference for each in found.evidence] == [PLAN.source.reference]


def test_the_graft_infusion_is_day_0_whatever_was_planned() -> None:
    found = zero(PLAN, procedure(GRAFT, "2026-03-27T14:00", id_="transplant"))
    assert (found.day, found.source) == (date(2026, 3, 27), "graft")
    assert [(each.reference, each.role) for each in found.evidence] == [("Procedure/transplant", "graft")]


def test_a_graft_recorded_as_given_counts_as_one_recorded_as_done() -> None:
    assert day(PLAN, exposure(GRAFT, "2026-03-26T10:00/2026-03-26T12:00")) == ("2026-03-26", "graft")


def test_a_boost_never_moves_day_0() -> None:
    graft, boost = procedure(GRAFT, "2026-03-25", id_="b"), procedure(GRAFT, "2026-04-20", id_="a")
    assert day(PLAN, graft, boost) == ("2026-03-25", "graft")
    assert day(PLAN, boost, graft) == ("2026-03-25", "graft")


def test_two_records_of_one_graft_give_the_same_evidence_in_any_order() -> None:
    twice = procedure(GRAFT, "2026-03-25", id_="x"), exposure(GRAFT, "2026-03-25T10:00", id_="y")
    assert zero(PLAN, *twice) == zero(*reversed(twice), PLAN)
    assert zero(PLAN, *twice).evidence[0].reference == "MedicationAdministration/y"


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("2026-03-11", "2026-03-11"),  # planned day -14 itself
        ("2026-03-10", "2026-03-25"),
        ("2025-06-01", "2026-03-25"),  # an earlier transplantation
    ],
)
def test_a_graft_before_the_planned_first_day_was_earlier_treatment(when: str, expected: str) -> None:
    assert day(PLAN, procedure(GRAFT, when))[0] == expected


@pytest.mark.parametrize(("when", "expected"), [("2026-03-02", "2026-03-02"), ("2026-03-01", None)])
def test_without_a_plan_a_graft_counts_from_the_assignment_on(when: str, expected: str | None) -> None:
    assert day(procedure(GRAFT, when), assigned_on=date(2026, 3, 2))[0] == expected


def test_without_plan_and_assignment_nothing_says_whose_treatment_a_graft_was() -> None:
    found = zero(procedure(GRAFT, "2026-03-25"))
    assert (found.day, found.source, found.reason) == (None, "", UnknownReason.NEEDS_ATTESTATION)
    assert found.next_fact == "planned date of the graft infusion (day 0)"


def test_several_planned_days_conflict_until_the_graft_is_there() -> None:
    other = attestation("planned-day-0", date(2026, 4, 1), by="dr-lang", at="2026-03-02T09:00")
    found = zero(PLAN, other)
    assert (found.day, found.reason) == (None, UnknownReason.CONFLICTING)
    assert len(found.evidence) == 2
    assert found.next_fact is not None
    assert day(PLAN, other, procedure(GRAFT, "2026-03-11")) == ("2026-03-11", "graft")


@pytest.mark.parametrize("status", ["completed", "in-progress", "stopped"])
def test_a_graft_counts_once_it_was_begun(status: str) -> None:
    assert day(PLAN, procedure(GRAFT, "2026-03-27", status=status)) == ("2026-03-27", "graft")


@pytest.mark.parametrize("status", ["not-done", "preparation", "on-hold", "unknown"])
def test_a_graft_not_begun_leaves_the_planned_day(status: str) -> None:
    assert day(PLAN, procedure(GRAFT, "2026-03-27", status=status)) == ("2026-03-25", "planned")


@pytest.mark.parametrize("when", ["2026-03", "2026", None, "/2026-03-27T10:00"])
def test_a_graft_without_its_day_leaves_the_planned_day(when: str | None) -> None:
    assert day(PLAN, procedure(GRAFT, when)) == ("2026-03-25", "planned")


def test_a_graft_two_contents_of_which_contradict_leaves_the_planned_day() -> None:
    assert day(PLAN, procedure(GRAFT, "2026-03-27", contested=True)) == ("2026-03-25", "planned")


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        (datetime(2026, 3, 27, 14, 0, tzinfo=ZONE), "graft"),
        (datetime(2026, 3, 27, 13, 59, tzinfo=ZONE), "planned"),
    ],
)
def test_a_graft_later_than_as_of_does_not_exist(as_of: datetime, expected: str) -> None:
    assert day(PLAN, procedure(GRAFT, "2026-03-27T14:00"), as_of=as_of)[1] == expected


def test_day_0_is_the_calendar_day_at_the_hospital() -> None:
    assert day(PLAN, procedure(GRAFT, "2026-03-28T23:30:00+00:00")) == ("2026-03-29", "graft")
    assert day(PLAN, procedure(GRAFT, "2026-03-29T22:30:00+00:00")) == ("2026-03-30", "graft")  # summer time


def test_other_procedures_never_are_the_graft() -> None:
    assert day(PLAN, procedure("radiotherapy", "2026-03-27")) == ("2026-03-25", "planned")


def test_a_plan_that_is_no_date_is_none() -> None:
    found = zero(replace(PLAN, value="soon"))
    assert (found.day, found.reason) == (None, UnknownReason.NEEDS_ATTESTATION)


def test_a_sentinel_date_stays_within_the_calendar() -> None:
    assert zero(replace(PLAN, value=date(9999, 12, 31))).day == date(2200, 12, 31)
    assert zero(replace(PLAN, value=date(1, 1, 1)), procedure(GRAFT, "2026-03-27")).day == date(2026, 3, 27)
