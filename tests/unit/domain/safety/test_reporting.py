"""The clock of serious events runs from awareness, never from onset, and asks where nobody said it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fhir_adapter.domain.queries import UnknownReason, Window, WindowUnit
from fhir_adapter.domain.safety.reporting import (
    derive_reports_due,
    list_overdue,
    needs_judgement,
    read_awareness,
    with_reports_due,
)
from fhir_adapter.domain.safety_model.event_records import AdverseEventRecord, EventState
from tests.unit.domain.safety.reports import RULE, ZONE, derived, judged


def event(**said: Any) -> AdverseEventRecord:
    return derived(judgement=judged(**said))


def dues(found: AdverseEventRecord) -> dict[str, str | None]:
    reports = derive_reports_due(found, RULE, ZONE)
    return {each.report: each.due.isoformat() if each.due is not None else each.next_fact for each in reports}


def test_a_serious_event_is_due_to_the_sponsor_24_hours_after_awareness_and_as_susar_after_15_days() -> None:
    assert dues(event()) == {
        "sae": "2026-03-12T18:30:00+01:00",
        "susar-15": "2026-03-26T18:30:00+01:00",
    }


@pytest.mark.parametrize(
    "said",
    [{"criteria": ("life-threatening",)}, {"criteria": ("death",)}, {"outcome": "fatal"}],
    ids=["life-threatening", "death", "fatal outcome"],
)
def test_a_fatal_or_life_threatening_one_is_due_after_7_days_too(said: dict[str, Any]) -> None:
    assert dues(event(**said)) == {
        "sae": "2026-03-12T18:30:00+01:00",
        "susar-7": "2026-03-18T18:30:00+01:00",
        "susar-15": "2026-03-26T18:30:00+01:00",
    }


@pytest.mark.parametrize(
    "said", [{"relatedness": "unlikely"}, {"relatedness": "not-related"}, {"expectedness": "expected"}]
)
def test_an_expected_or_unrelated_one_is_due_to_the_sponsor_only(said: dict[str, Any]) -> None:
    assert dues(event(**said)) == {"sae": "2026-03-12T18:30:00+01:00"}


def test_a_related_one_counts_as_a_possible_one() -> None:
    assert set(dues(event(relatedness="related"))) == {"sae", "susar-15"}


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ({"relatedness": "not-assessed"}, "relatedness to the intervention"),
        ({"expectedness": "not-assessed"}, "whether it was expected"),
        ({"relatedness": "not-assessed", "expectedness": "not-assessed"}, "relatedness to the intervention"),
    ],
)
def test_what_nobody_assessed_is_asked_for_and_not_taken_for_no(said: dict[str, Any], asked: str) -> None:
    assert dues(event(**said)) == {"sae": "2026-03-12T18:30:00+01:00", "susar-15": asked}


def test_what_is_settled_by_one_word_does_not_ask_for_the_other() -> None:
    assert set(dues(event(relatedness="not-assessed", expectedness="expected"))) == {"sae"}
    assert set(dues(event(relatedness="unlikely", expectedness="not-assessed"))) == {"sae"}


@pytest.mark.parametrize("aware", [None, "yesterday", "2026-13-01"])
def test_without_awareness_nothing_has_a_due_time_and_it_is_asked_for(aware: str | None) -> None:
    reports = derive_reports_due(event(aware=aware), RULE, ZONE)
    assert [each.report for each in reports] == ["sae", "susar-15"]
    assert {each.due for each in reports} == {None}
    assert {each.reason for each in reports} == {UnknownReason.NEEDS_ATTESTATION}
    assert {each.next_fact for each in reports} == {"when the site became aware of it (date and time)"}


def test_nothing_is_due_of_an_event_no_person_called_serious() -> None:
    assert derive_reports_due(derived(), RULE, ZONE) == ()
    assert derive_reports_due(event(serious=False), RULE, ZONE) == ()


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-03-11", "2026-03-11T00:00:00+01:00"),
        ("2026-03-11T18:30", "2026-03-11T18:30:00+01:00"),
        ("2026-03-11T17:30:00Z", "2026-03-11T18:30:00+01:00"),
    ],
)
def test_an_awareness_is_a_date_or_a_time_of_the_hospital(written: str, read: str) -> None:
    moment = read_awareness(written, ZONE)
    assert moment is not None
    assert moment.isoformat() == read


def test_hours_elapse_and_days_are_calendar_days_over_a_change_of_the_clocks() -> None:
    found = dues(event(aware="2026-03-28T18:30:00+01:00", criteria=("death",)))  # clocks change on 29 March
    assert found["sae"] == "2026-03-29T19:30:00+02:00"
    assert found["susar-7"] == "2026-04-04T18:30:00+02:00"


def test_months_are_calendar_months() -> None:
    monthly = replace(RULE, reports=(replace(RULE.reports[0], within=Window(1, WindowUnit.MONTH)),))
    (report,) = derive_reports_due(event(aware="2026-01-31T10:00:00+01:00"), monthly, ZONE)
    assert report.due is not None
    assert report.due.isoformat() == "2026-02-28T10:00:00+01:00"


def test_the_event_carries_what_is_still_to_be_done_and_what_is_asked() -> None:
    found = with_reports_due(event(expectedness="not-assessed"), RULE, ZONE)
    assert found.due == (("SAE to the sponsor (investigator)", datetime(2026, 3, 12, 17, 30, tzinfo=UTC)),)
    assert found.notes == ("SUSAR (pi): due time unknown, needs whether it was expected",)


def test_what_is_asked_is_said_once_however_often_an_event_is_looked_at() -> None:
    """A dissolved event is carried from record to record: deriving twice must be deriving once."""
    once = with_reports_due(event(aware=None), RULE, ZONE)
    assert with_reports_due(once, RULE, ZONE) == once


def test_what_was_answered_since_is_not_asked_any_more() -> None:
    before = with_reports_due(replace(event(aware=None), notes=("judged late",)), RULE, ZONE)
    answered = with_reports_due(replace(before, judgement=judged()), RULE, ZONE)
    assert answered.notes == ("judged late",)


def test_a_report_that_was_sent_is_not_due_any_more() -> None:
    found = with_reports_due(event(sent=(("sae", "2026-03-12T08:00"),)), RULE, ZONE)
    assert [title for title, _ in found.due] == ["SUSAR (pi)"]


def test_a_report_is_overdue_after_its_time_and_not_at_it() -> None:
    due = datetime(2026, 3, 12, 17, 30, tzinfo=UTC)
    assert list_overdue([event()], RULE, as_of=due, zone=ZONE) == ()
    (late,) = list_overdue([event()], RULE, as_of=due + timedelta(seconds=1), zone=ZONE)
    assert (late.event, late.report, late.due) == ("AE-d1", "sae", due)


def test_what_has_no_due_time_stands_first_among_the_overdue() -> None:
    events = [event(), replace(event(aware=None), id="AE-d2"), event(sent=(("sae", "2026-03-12T08:00"),))]
    found = list_overdue(events, RULE, as_of=datetime(2026, 3, 20, tzinfo=UTC), zone=ZONE)
    assert [(each.event, each.report, each.due is None) for each in found] == [
        ("AE-d2", "sae", True),
        ("AE-d2", "susar-15", True),
        ("AE-d1", "sae", False),
    ]


def test_whoever_has_not_judged_an_event_is_asked_but_not_of_a_dissolved_one() -> None:
    assert needs_judgement(derived())
    assert not needs_judgement(event())
    assert not needs_judgement(derived(state=EventState.DISSOLVED))


def test_a_report_says_who_has_to_see_to_it_where_the_trial_names_somebody() -> None:
    nobody = replace(RULE, reports=tuple(replace(each, who=()) for each in RULE.reports))
    both = replace(RULE, reports=tuple(replace(each, who=("pi", "investigator")) for each in RULE.reports))
    assert {each.title for each in derive_reports_due(event(), nobody, ZONE)} == {"SAE to the sponsor", "SUSAR"}
    assert [each.title for each in derive_reports_due(event(), both, ZONE)][1] == "SUSAR (pi or investigator)"
