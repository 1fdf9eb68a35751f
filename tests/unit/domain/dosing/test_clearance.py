"""Clearance to infuse, by small criteria that show the moment, the combination and the passing of time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from fhir_adapter.domain.criterion import ClearanceCriterion
from fhir_adapter.domain.dosing.clearance import derive_clearance
from fhir_adapter.domain.dosing.records import Clearance, ClearanceRecord
from fhir_adapter.domain.facts import Fact
from fhir_adapter.domain.operators import Attested, Node
from fhir_adapter.domain.protocol import Trial
from fhir_adapter.domain.queries import UnknownReason, Window, WindowUnit
from fhir_adapter.domain.records import Verdict
from fhir_adapter.domain.source import Completeness, SubjectId
from tests.builders import ZONE, attestation, exposure, finding, moment
from tests.scenes import AS_OF, FIRST_DRUG, criterion, timeline, trial
from tests.steroids import LOAD, READ, WEIGHT, given

DAY = Window(24, WindowUnit.HOUR)
INFECTION = Attested(link_id="N2", valid_for=DAY)
REACTIONS = Attested(link_id="N3", valid_for=DAY)


def asked(id_: str, rule: Node, *infusions: int) -> ClearanceCriterion:
    return ClearanceCriterion(criterion=criterion(id_, rule), infusions=infusions)


TRIAL: Trial = replace(
    trial(),
    clearance=(asked("N1", LOAD, 1, 2), asked("N2", INFECTION, 1, 2), asked("N3", REACTIONS, 2)),
)
NO_INFECTION = attestation("N2", at="2026-03-11T09:00")
NO_REACTION = attestation("N3", at="2026-03-11T09:30")


def clearance(
    *facts: Fact | Completeness,
    infusion: int = 1,
    as_of: datetime = AS_OF,
    infused_at: str | None = None,
    infused_by: str | None = None,
    of: Trial = TRIAL,
    stopped_dose: str = "unknown",
) -> ClearanceRecord:
    return derive_clearance(
        timeline(READ, WEIGHT, *facts),
        of,
        subject=SubjectId("S-1"),
        infusion=infusion,
        as_of=as_of,
        zone=ZONE,
        infused_at=moment(infused_at).instant if infused_at is not None else None,
        infused_by=moment(infused_by).instant if infused_by is not None else None,
        stopped_dose=stopped_dose,
    )


def verdicts(record: ClearanceRecord) -> dict[str, str]:
    return {each.id: each.verdict.value for each in record.criteria}


def test_everything_passed_is_clear() -> None:
    record = clearance(NO_INFECTION, given("prednisone", "5"))
    assert record.verdict is Clearance.CLEAR
    assert verdicts(record) == {"N1": "PASS", "N2": "PASS"}
    assert (record.as_of, record.is_retrospective) == (AS_OF, False)


def test_one_failure_holds_the_infusion_although_others_are_unknown() -> None:
    record = clearance(given("prednisone", "11"))
    assert record.verdict is Clearance.HOLD
    assert verdicts(record) == {"N1": "FAIL", "N2": "UNKNOWN"}


def test_without_a_statement_it_is_unknown_and_says_what_is_missing() -> None:
    record = clearance()
    assert record.verdict is Clearance.UNKNOWN
    assert record.criteria[1].unknown_reason is UnknownReason.NEEDS_ATTESTATION
    assert record.criteria[1].next_fact == "a person's statement"


def test_adverse_reactions_are_asked_at_the_second_infusion_only() -> None:
    assert verdicts(clearance(NO_INFECTION)) == {"N1": "PASS", "N2": "PASS"}
    second = clearance(NO_INFECTION, infusion=2)
    assert (second.verdict, verdicts(second)["N3"]) == (Clearance.UNKNOWN, "UNKNOWN")
    assert clearance(NO_INFECTION, NO_REACTION, infusion=2).verdict is Clearance.CLEAR
    assert clearance(NO_INFECTION, attestation("N3", value=False), infusion=2).verdict is Clearance.HOLD


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-03-10T12:00", Verdict.PASS),
        ("2026-03-10T11:59", Verdict.UNKNOWN),
        ("2026-03-11T12:01", Verdict.UNKNOWN),
    ],
)
def test_a_statement_is_at_most_twenty_four_hours_old(at: str, expected: Verdict) -> None:
    assert clearance(attestation("N2", at=at)).criteria[1].verdict is expected


def test_nothing_asked_is_nobody_cleared() -> None:
    assert clearance(infusion=3).verdict is Clearance.UNKNOWN
    assert clearance(of=trial()).criteria == ()


def test_an_infusion_given_is_judged_for_its_start_whatever_came_later() -> None:
    later = given("prednisone", "40", "2026-03-11T10:30")
    facts = (NO_INFECTION, later)
    before = clearance(*facts, infused_at="2026-03-11T10:00")
    assert before.verdict is Clearance.CLEAR
    assert before.is_retrospective
    assert before.as_of == moment("2026-03-11T10:00").instant
    assert before.expires is None
    assert clearance(*facts, infused_at="2026-03-11T10:30").verdict is Clearance.HOLD


def test_a_statement_made_after_the_infusion_began_does_not_clear_it() -> None:
    assert clearance(NO_INFECTION, infused_at="2026-03-11T08:59").verdict is Clearance.UNKNOWN


def test_an_infusion_that_begins_now_was_given() -> None:
    assert clearance(NO_INFECTION, infused_at="2026-03-11T12:00").is_retrospective


def test_an_infusion_that_lies_ahead_is_judged_for_now() -> None:
    record = clearance(NO_INFECTION, infused_at="2026-03-11T12:01")
    assert (record.as_of, record.is_retrospective) == (AS_OF, False)


@pytest.mark.parametrize(
    ("dose_at", "expected", "n1"),
    [
        ("2026-03-11T10:30", Clearance.UNKNOWN, "UNKNOWN"),  # between: before the infusion, or after it
        ("2026-03-11T10:00", Clearance.HOLD, "FAIL"),
        ("2026-03-11T11:01", Clearance.CLEAR, "PASS"),
    ],
)
def test_an_infusion_whose_hour_is_not_known_is_judged_at_both_ends(
    dose_at: str, expected: Clearance, n1: str
) -> None:
    facts = NO_INFECTION, given("prednisone", "40", dose_at)
    record = clearance(*facts, infused_at="2026-03-11T10:00", infused_by="2026-03-11T11:00")
    assert (record.verdict, verdicts(record)) == (expected, {"N1": n1, "N2": "PASS"})
    assert (record.as_of, record.infused_by) == (
        moment("2026-03-11T10:00").instant,
        moment("2026-03-11T11:00").instant,
    )


def test_where_the_hour_would_decide_it_is_asked_for() -> None:
    facts = NO_INFECTION, given("prednisone", "40", "2026-03-11T10:30")
    judged = clearance(*facts, infused_at="2026-03-11T10:00", infused_by="2026-03-11T11:00").criteria[0]
    assert judged.unknown_reason is UnknownReason.PARTIAL_DATE
    assert judged.next_fact == "the exact time the infusion began"
    assert judged.notes[-1] == (
        "the infusion began between 2026-03-11 10:00 and 2026-03-11 11:00: PASS for the first, FAIL for the last"
    )
    assert {each.reference for each in judged.evidence} >= {f"MedicationAdministration/{facts[1].source.id}"}


def test_of_a_day_not_yet_over_only_what_has_passed_is_judged() -> None:
    ahead = given("prednisone", "40", "2026-03-11T12:30")
    record = clearance(NO_INFECTION, ahead, infused_at="2026-03-11T10:00", infused_by="2026-03-11T23:00")
    assert (record.verdict, record.infused_by) == (Clearance.CLEAR, AS_OF)


def test_an_exact_start_is_judged_once() -> None:
    at = "2026-03-11T10:00"
    assert clearance(NO_INFECTION, infused_at=at, infused_by=at).infused_by is None


def test_the_moment_of_eligibility_plays_no_part() -> None:
    """The trial's first drug on 9 March fixes eligibility there; steroids of 10 March count all the same."""
    plan = attestation("planned-day-0", moment("2026-03-23").first_day, at="2026-03-01T09:00")
    drug = exposure(FIRST_DRUG, "2026-03-09T08:00")
    assert clearance(NO_INFECTION, plan, drug, given("prednisone", "11")).verdict is Clearance.HOLD


def test_it_expires_with_the_first_that_grows_too_old() -> None:
    record = clearance(NO_INFECTION, given("prednisone", "5", "2026-03-09T08:00"))
    assert record.expires == moment("2026-03-12T08:01").instant
    assert clearance(NO_INFECTION).expires == moment("2026-03-12T09:00:00.000001").instant


def test_it_expires_when_a_fact_that_lies_ahead_comes_into_view() -> None:
    ahead = given("prednisone", "1", "2026-03-11T20:00")
    assert clearance(NO_INFECTION, ahead).expires == moment("2026-03-11T20:00").instant


@pytest.mark.parametrize(
    ("meaning", "expected"), [("administered", Clearance.HOLD), ("ordered", Clearance.UNKNOWN)]
)
def test_a_stopped_dose_counts_as_the_hospital_records_it(meaning: str, expected: Clearance) -> None:
    stopped = given("prednisone", "11", status="stopped")
    assert clearance(NO_INFECTION, stopped, stopped_dose=meaning).verdict is expected


def test_the_weight_is_that_of_the_moment() -> None:
    weight = finding("body-weight", "30", "kg", at="2026-03-11T11:00")
    assert clearance(NO_INFECTION, weight, given("prednisone", "14")).verdict is Clearance.CLEAR
