"""What counts as something the hospital says happened under observation, and what it says of its end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from fhir_adapter.domain.codes import Coding, ConceptId
from fhir_adapter.domain.facts import Fact
from fhir_adapter.domain.moments import Effective
from fhir_adapter.domain.safety.hospital_report import HospitalReport, find_reports
from fhir_adapter.domain.safety_model.event_records import EventState
from fhir_adapter.domain.timeline import build_timeline
from tests.unit.domain.safety.reports import (
    AS_OF,
    LOCAL_CODE,
    RULE,
    SINCE,
    ZONE,
    contesting,
    merged,
    moment,
    only,
    problem,
    report,
    timeline_of,
)


def found(*facts: Fact, **changes: Any) -> tuple[HospitalReport, ...]:
    given = {"since": SINCE, "as_of": AS_OF, "zone": ZONE, **changes}
    return find_reports(timeline_of(*facts), RULE, **given)


def one(*facts: Fact) -> HospitalReport:
    (reported,) = found(*facts)
    return reported


@pytest.mark.parametrize(("on", "counts"), [("2026-02-05", False), ("2026-02-06", True), ("2026-02", True)])
def test_what_began_more_than_14_days_before_the_first_drug_is_history(on: str, counts: bool) -> None:
    assert bool(found(report(on=on))) is counts
    assert bool(found(problem("gvhd", on=on))) is counts


def test_without_a_first_drug_nothing_is_too_early_and_an_undated_report_never_is() -> None:
    assert len(found(report(on="2020-01-01"), since=None)) == 1
    assert len(found(report(on=None))) == 1


def test_what_begins_after_the_moment_looked_at_does_not_exist() -> None:
    late = report(on="2026-03-20T12:00:00+01:00")
    assert len(found(late)) == 1
    assert found(late, as_of=AS_OF - timedelta(seconds=1)) == ()


def test_a_problem_no_rule_names_is_none_of_ours_and_a_fever_on_the_list_is_not_enough() -> None:
    assert found(problem("leukemia"), problem("fever", "c2")) == ()
    assert one(report(concepts=(ConceptId("fever"),), terms=())).name == "Fever"


def test_syndromes_are_compared_elsewhere() -> None:
    assert found(problem("crs"), report(concepts=(ConceptId("icans"),), terms=())) == ()
    assert found(report(terms=("Cytokine release syndrome",))) == ()


@pytest.mark.parametrize(
    ("status", "notes"),
    [("confirmed", ()), (None, ()), ("provisional", ("the problem is provisional",)), ("refuted", None)],
)
def test_a_refuted_problem_is_none_and_an_unsure_one_says_so(status: str | None, notes: Any) -> None:
    reported = found(problem("gvhd", verification_status=status))
    assert [each.notes for each in reported] == ([] if notes is None else [notes])


def test_a_problem_of_two_kinds_is_told_once() -> None:
    both = problem("gvhd", concepts=(ConceptId("gvhd"), ConceptId("tma")))
    assert one(both).name == "Graft-versus-host disease"


@pytest.mark.parametrize(
    ("said", "state", "ended"),
    [
        ({"clinical_status": "active"}, EventState.ONGOING, None),
        ({"clinical_status": "recurrence"}, EventState.ONGOING, None),
        ({"clinical_status": None}, EventState.UNKNOWN, None),
        ({"clinical_status": "resolved"}, EventState.UNKNOWN, None),
        ({"clinical_status": "remission"}, EventState.UNKNOWN, None),
        ({"clinical_status": None, "abated": True}, EventState.UNKNOWN, None),
        (
            {"clinical_status": "resolved", "abated": True, "abatement": Effective(moment("2026-03-12"))},
            EventState.RESOLVED,
            "2026-03-12",
        ),
        (
            {
                "clinical_status": "resolved",
                "abated": True,
                "abatement": Effective(moment("2026-03-12"), moment("2026-03-14"), is_period=True),
            },
            EventState.RESOLVED,
            "2026-03-14",
        ),
    ],
)
def test_a_problem_is_over_only_where_the_hospital_dates_its_end(
    said: dict[str, Any], state: EventState, ended: str | None
) -> None:
    reported = one(problem("gvhd", **said))
    assert (reported.state, reported.ended.text if reported.ended is not None else None) == (state, ended)


@pytest.mark.parametrize(
    ("outcome", "recorded", "state"),
    [
        ("ongoing", "2026-03-12", EventState.ONGOING),
        ("recovering", None, EventState.ONGOING),
        ("resolved", "2026-03-12", EventState.RESOLVED),
        ("resolvedWithSequelae", "2026-03-12", EventState.RESOLVED),
        ("fatal", "2026-03-12", EventState.RESOLVED),
        ("resolved", None, EventState.UNKNOWN),
        ("unknown", "2026-03-12", EventState.UNKNOWN),
        (None, "2026-03-12", EventState.UNKNOWN),
    ],
)
def test_a_report_is_over_by_the_day_it_was_written_that_it_is(
    outcome: str | None, recorded: str | None, state: EventState
) -> None:
    written = moment(recorded) if recorded is not None else None
    event = only(merged(report(outcome=outcome, recorded=written)))
    assert (event.state, event.resolved) == (state, recorded if state is EventState.RESOLVED else None)
    assert (event.resolved_on is not None) is (state is EventState.RESOLVED)
    assert event.resolved_by == ("the hospital says so" if state is EventState.RESOLVED else None)


def test_an_event_goes_on_as_long_as_one_of_its_reports_says_so() -> None:
    over = report(terms=("Sepsis",), outcome="resolved", recorded=moment("2026-03-12"))
    assert only(merged(over, problem("sepsis"))).state is EventState.ONGOING


def test_the_latest_end_of_several_reports_holds() -> None:
    early = report("1", outcome="resolved", recorded=moment("2026-03-12"))
    late = report("2", outcome="resolved", recorded=moment("2026-03-15"))
    assert only(merged(early, late)).resolved == "2026-03-15"


def test_what_a_report_says_beside_the_grade_is_told_in_words() -> None:
    said = one(
        report(severity="severe", outcome="resolved", serious=True, terms=("Sepsis", "Febrile neutropenia"))
    )
    assert said.notes == (
        "the hospital calls it severe, which is a severity and no grade",
        "the hospital's outcome is resolved, on record by a day nobody wrote down",
        "the hospital calls it serious",
        "its codes name several terms: Sepsis, Febrile neutropenia",
    )
    graded = one(report(severity="severe", grade=3, serious=False, outcome="fatal", recorded=moment("2026-03-12")))
    assert graded.notes == (
        "the hospital's outcome is fatal, on record by 2026-03-12",
        "the hospital calls it not serious",
    )


@pytest.mark.parametrize(
    ("codings", "text", "name"),
    [
        ((Coding(LOCAL_CODE, "A1", "Skin trouble"),), "text", "Skin trouble"),
        ((Coding(LOCAL_CODE, "A1"),), "felt itchy", "felt itchy"),
        ((Coding(LOCAL_CODE, "A1"),), None, "A1"),
        ((), None, "not named"),
    ],
)
def test_what_has_no_term_is_called_as_the_hospital_calls_it(
    codings: tuple[Coding, ...], text: str | None, name: str
) -> None:
    event = only(merged(report(terms=(), concepts=(ConceptId("skin"),), codings=codings, text=text)))
    assert (event.term, event.meddra, event.soc) == (name, None, None)


def test_a_problem_without_onset_is_placed_by_when_it_was_recorded() -> None:
    recorded = one(problem("gvhd", on=None, recorded=moment("2026-03-11")))
    assert (recorded.begun, recorded.notes) == (moment("2026-03-11"), ("by the day it was recorded",))
    assert one(problem("gvhd", on=None)).notes == ()


def test_two_contents_that_contest_each_other_are_one_report_without_a_grade() -> None:
    readings = contesting(report(grade=4), report(grade=2))
    (reported,) = find_reports(build_timeline(readings, ()), RULE, since=SINCE, as_of=AS_OF, zone=ZONE)
    assert reported.grade is None
    assert reported.notes[-1] == "two contents of the report contest each other; its grade does not count"


def test_a_contested_problem_is_one_report_and_says_so() -> None:
    readings = contesting(problem("gvhd"), problem("gvhd", clinical_status="resolved"))
    (reported,) = find_reports(build_timeline(readings, ()), RULE, since=SINCE, as_of=AS_OF, zone=ZONE)
    assert reported.notes[-1] == "two contents of the problem contest each other"


@pytest.mark.parametrize(
    ("recorded", "state", "ended"),
    [
        ("2026-03-09", EventState.UNKNOWN, None),
        ("2026-03-10", EventState.RESOLVED, "2026-03-10"),
        ("2026-03", EventState.RESOLVED, "2026-03"),
    ],
)
def test_nothing_ends_before_it_begins(recorded: str, state: EventState, ended: str | None) -> None:
    """A form opened before the event, or a slip in a date, is no end: nobody knows when it was over."""
    for reported in (
        one(report(on="2026-03-10", outcome="resolved", recorded=moment(recorded))),
        one(problem("gvhd", clinical_status="resolved", abatement=Effective(moment(recorded)))),
    ):
        assert (reported.state, reported.ended.text if reported.ended is not None else None) == (state, ended)
        assert (reported.ended_at is None) is (ended is None)
        assert ("it is said to end before it begins: when it ended is not known" in reported.notes) is (
            ended is None
        )


def test_what_has_no_beginning_ends_when_it_is_said_to() -> None:
    reported = one(report(on=None, outcome="resolved", recorded=moment("2026-03-09")))
    assert reported.state is EventState.RESOLVED
