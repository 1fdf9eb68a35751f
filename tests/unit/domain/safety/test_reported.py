"""A hospital's report and the derived event it is about are one event; what is not joined is not lost."""

from __future__ import annotations

from itertools import permutations

import pytest

from fhir_adapter.domain.facts import Fact
from fhir_adapter.domain.moments import Effective
from fhir_adapter.domain.safety_model.event_records import EventOrigin, EventState, SpecialInterest
from tests.unit.domain.safety.reports import (
    ALT,
    GVHD,
    OURS,
    TMA,
    derived,
    judged,
    merged,
    moment,
    only,
    problem,
    report,
)


@pytest.mark.parametrize(
    ("on", "why"),
    [
        ("2026-03-06", None),
        ("2026-03-07", "same term, 2 days apart (up to 2 count as one event)"),
        ("2026-03-08", "same term, 1 day apart (up to 2 count as one event)"),
        ("2026-03-09", "same term, and the times overlap"),
        ("2026-03-14", "same term, and the times overlap"),
        ("2026-03-16", "same term, 2 days apart (up to 2 count as one event)"),
        ("2026-03-17", None),
    ],
)
def test_a_report_of_the_same_term_is_the_event_it_overlaps_within_two_days(on: str, why: str | None) -> None:
    events = merged(report(on=on, grade=3), events=(derived(),))
    if why is None:
        assert {each.origin for each in events} == {EventOrigin.DERIVED, EventOrigin.REPORTED}
        return
    event = only(events)
    assert (event.id, event.origin, event.grade) == ("AE-d1", EventOrigin.BOTH, 3)
    assert [(link.reference, link.grade, link.why) for link in event.reported] == [("AdverseEvent/1", 3, why)]
    assert event.notes == ()
    assert event.evidence[-1].reference == "AdverseEvent/1"


def test_an_ongoing_event_reaches_to_the_present() -> None:
    assert only(merged(report(on="2026-03-20"), events=(derived(until=None),))).origin is EventOrigin.BOTH


def test_another_term_is_another_event_whatever_the_time() -> None:
    events = merged(report(terms=("Sepsis",)), events=(derived(),))
    assert [(each.term, each.origin) for each in events] == [
        (ALT, EventOrigin.DERIVED),
        ("Sepsis", EventOrigin.REPORTED),
    ]


def test_the_case_of_a_term_does_not_matter() -> None:
    assert only(merged(report(terms=(ALT.upper(),)), events=(derived(),))).origin is EventOrigin.BOTH


def test_of_several_events_the_nearest_is_it_and_of_equally_near_ones_the_earlier() -> None:
    first, second = derived("AE-d1", on="2026-03-01", until="2026-03-05"), derived("AE-d2", on="2026-03-09")
    near = merged(report(on="2026-03-08"), events=(first, second))
    assert [each.id for each in near if each.reported] == ["AE-d2"]
    between = merged(report(on="2026-03-07"), events=(second, first))
    assert [each.id for each in between if each.reported] == ["AE-d1"]


def test_an_undated_report_is_the_only_event_of_its_term() -> None:
    event = only(merged(report(on=None), events=(derived(),)))
    assert event.reported[0].why == "same term; the report has no date, and there is one event of this term"
    assert event.notes == ("AdverseEvent/1: the report does not say when it happened",)


def test_an_undated_report_of_a_term_with_several_events_stands_alone_and_says_so() -> None:
    first, second = derived("AE-d1", on="2026-03-01", until="2026-03-05"), derived("AE-d2")
    events = merged(report(on=None), events=(first, second))
    alone = events[-1]
    assert (alone.origin, alone.onset, alone.onset_on, alone.changes) == (EventOrigin.REPORTED, "", None, ())
    assert alone.treatment_emergent is None
    assert alone.notes[-1] == "the report has no date and may be one of AE-d1, AE-d2"


def test_an_undated_report_of_nothing_derived_is_an_event() -> None:
    event = only(merged(report(on=None)))
    assert event.notes == ("AdverseEvent/1: the report does not say when it happened",)


def test_a_report_without_its_time_is_placed_by_when_it_was_detected() -> None:
    event = only(merged(report(on=None, detected=moment("2026-03-10T08:00:00+01:00")), events=(derived(),)))
    assert event.reported[0].why == "same term, and the times overlap"


def test_a_higher_grade_of_the_hospital_widens_what_is_possible_and_changes_no_grade() -> None:
    event = only(merged(report(grade=4), events=(derived(),)))
    assert (event.grade, event.worst_possible) == (3, 4)
    assert event.notes == ("AdverseEvent/1: the hospital says grade 4, the results say 3",)


def test_a_lower_grade_of_the_hospital_is_noted_and_lowers_nothing() -> None:
    event = only(merged(report(grade=1), events=(derived(at_least=True, worst_possible=4),)))
    assert (event.grade, event.worst_possible) == (3, 4)
    assert event.notes == ("AdverseEvent/1: the hospital says grade 1, the results say at least 3",)


def test_an_event_that_cannot_be_graded_keeps_no_grade_when_the_hospital_has_one() -> None:
    event = only(merged(report(grade=2), events=(derived(grade=None, worst_possible=1),)))
    assert (event.grade, event.worst_possible) == (None, 2)
    assert event.notes == ("AdverseEvent/1: the hospital says grade 2, the results say none",)


def test_a_problem_an_event_names_as_its_result_follows_it_whatever_its_term() -> None:
    named = report(conditions=("Condition/c1",))
    event = only(merged(named, problem("sepsis", on="2026-03-18"), events=(derived(),)))
    assert [(link.reference, link.why) for link in event.reported] == [
        ("AdverseEvent/1", "same term, and the times overlap"),
        ("Condition/c1", "an AdverseEvent of this event names it as its result"),
    ]


def test_a_report_and_a_problem_of_one_thing_make_one_event() -> None:
    event = only(merged(report(terms=("Sepsis",)), problem("sepsis", on="2026-03-12")))
    assert [(link.reference, link.why) for link in event.reported] == [
        ("AdverseEvent/1", "only the hospital reports it"),
        ("Condition/c1", "the same thing as AdverseEvent/1"),
    ]


def test_a_report_and_the_problem_it_names_make_one_event() -> None:
    event = only(merged(report(terms=("Rash",), conditions=("Condition/c1",)), problem("sepsis", on=None)))
    assert [link.why for link in event.reported] == [
        "only the hospital reports it",
        "AdverseEvent/1 names it as its result",
    ]


@pytest.mark.parametrize(("on", "count"), [("2026-03-12", 1), ("2026-03-13", 2)])
def test_two_reports_of_one_term_are_one_event_within_two_days(on: str, count: int) -> None:
    assert len(merged(report("1"), report("2", on=on))) == count


def test_a_problem_lasts_to_its_end() -> None:
    lasting = problem("sepsis", on="2026-03-01", abatement=Effective(moment("2026-03-10")), abated=True)
    assert len(merged(lasting, report(terms=("Sepsis",), on="2026-03-12"))) == 1
    assert len(merged(lasting, report(terms=("Sepsis",), on="2026-03-13"))) == 2


def test_undated_reports_of_one_term_are_not_taken_for_one() -> None:
    assert len(merged(report("1", on=None), report("2", on=None))) == 2


def test_our_own_report_come_back_is_no_evidence() -> None:
    assert merged(report(identifiers=((OURS, "AE-d1"),))) == ()
    assert len(merged(report(identifiers=(("https://clinic.example", "AE-d1"),)))) == 1


def test_the_order_of_the_facts_never_matters() -> None:
    facts: list[Fact] = [
        report("1"),
        report("2", on="2026-03-12"),
        problem("sepsis"),
        report("3", terms=("Sepsis",)),
    ]
    events = (derived(on="2026-03-12"),)
    assert len({merged(*order, events=events) for order in permutations(facts)}) == 1


def test_special_events_are_marked_and_gvhd_is_graded_by_a_person() -> None:
    events = merged(problem("gvhd", "g"), problem("tma", "t"))
    assert {(each.term, each.special_interest, each.scale) for each in events} == {
        (GVHD, SpecialInterest.GVHD, "MAGIC"),
        (TMA, SpecialInterest.TMA, "CTCAE 5.0"),
    }
    (gvhd,) = (each for each in events if each.term == GVHD)
    assert (gvhd.grade, gvhd.worst_possible, gvhd.notes) == (None, 4, ("graded by MAGIC, by a person",))


def test_terms_of_one_special_event_are_one_event() -> None:
    event = only(merged(report(terms=("Hemolytic uremic syndrome",)), problem("tma", on="2026-03-11")))
    assert (event.term, event.special_interest) == (TMA, SpecialInterest.TMA)


def test_a_derived_event_becomes_special_by_its_report() -> None:
    event = only(merged(problem("tma"), events=(derived(term=TMA),)))
    assert event.special_interest is SpecialInterest.TMA


def test_dissolved_events_stand_last_and_join_nothing() -> None:
    gone = derived("AE-d0", state=EventState.DISSOLVED, resolved=None)
    events = merged(report(), events=(gone,))
    assert [(each.state, each.origin) for each in events] == [
        (EventState.UNKNOWN, EventOrigin.REPORTED),
        (EventState.DISSOLVED, EventOrigin.DERIVED),
    ]


def test_judgements_are_put_on_events_by_id_and_make_their_due_times() -> None:
    event = only(merged(events=(derived(),), judgements={"AE-d1": judged()}))
    assert event.judgement == judged()
    assert [title for title, _ in event.due] == ["SAE to the sponsor (investigator)", "SUSAR (pi)"]


def test_a_judgement_that_is_there_stays() -> None:
    assert only(merged(events=(derived(judgement=judged()),))).judgement == judged()
