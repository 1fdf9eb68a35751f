"""An event only the hospital reports keeps its id, because judgements hang on it; nothing vanishes."""

from __future__ import annotations

from dataclasses import replace

from fhir_adapter.domain.safety_model.event_records import EventOrigin, EventState
from tests.unit.domain.safety.reports import derived, judged, merged, only, problem, report


def test_the_same_reports_give_the_same_events() -> None:
    before = merged(report())
    assert merged(report(), previous=before) == before


def test_a_problem_that_an_event_is_filed_for_later_keeps_its_id() -> None:
    before = only(merged(problem("sepsis")))
    after = only(merged(problem("sepsis"), report(terms=("Sepsis",)), previous=(before,)))
    assert (after.id, after.reported[0].reference) == (before.id, "AdverseEvent/1")


def test_a_judgement_goes_with_the_id() -> None:
    before = only(merged(problem("sepsis")))
    judgement = judged(about=before.id)
    after = only(
        merged(problem("sepsis"), report(terms=("Sepsis",)), previous=(before,), judgements={before.id: judgement})
    )
    assert after.judgement == judgement


def test_a_report_that_was_taken_back_leaves_its_event_dissolved() -> None:
    before = only(merged(report()))
    gone = only(merged(previous=(before,)))
    assert (gone.id, gone.state) == (before.id, EventState.DISSOLVED)
    assert gone.lineage == ("the hospital's report of it is not there any more",)
    assert merged(previous=(gone,)) == (gone,)


def test_a_report_that_comes_back_is_the_event_it_was() -> None:
    before = only(merged(report()))
    gone = only(merged(previous=(before,)))
    back = only(merged(report(), previous=(gone,)))
    assert (back.id, back.state, back.lineage) == (before.id, EventState.UNKNOWN, gone.lineage)


def test_results_found_later_take_over_the_id_of_the_report_they_belong_to() -> None:
    before = only(merged(report()))
    after = only(merged(report(), events=(derived(),), previous=(before,)))
    assert (after.id, after.origin) == (before.id, EventOrigin.BOTH)
    assert after.lineage == ("results were found to its report",)


def test_a_report_joined_to_an_event_that_was_there_leaves_a_line_on_both() -> None:
    first, second = derived("AE-d1", on="2026-03-01", until="2026-03-05"), derived("AE-d2")
    before = merged(report(on=None), events=(first, second))
    alone = before[-1]
    after = merged(report(), events=(first, second), previous=before)
    assert [(each.id, each.state, each.lineage) for each in after] == [
        ("AE-d1", EventState.RESOLVED, ()),
        ("AE-d2", EventState.RESOLVED, (f"joined by {alone.id}",)),
        (alone.id, EventState.DISSOLVED, ("joined to AE-d2",)),
    ]
    again = merged(report(), events=(first, replace(second, lineage=after[1].lineage)), previous=after)
    assert again == after


def test_an_event_whose_results_are_gone_goes_on_as_its_report() -> None:
    before = only(merged(report(), events=(derived(),)))
    dissolved = replace(derived(), state=EventState.DISSOLVED, resolved=None)
    after = only(merged(report(), events=(dissolved,), previous=(before,)))
    assert (after.id, after.origin, after.state) == ("AE-d1", EventOrigin.REPORTED, EventState.UNKNOWN)


def test_an_event_whose_results_and_report_are_gone_is_told_by_its_results() -> None:
    before = only(merged(report(), events=(derived(),)))
    dissolved = replace(derived(), state=EventState.DISSOLVED, resolved=None, lineage=("nothing is left",))
    assert merged(events=(dissolved,), previous=(before,)) == (dissolved,)


def test_a_reported_event_the_results_call_dissolved_is_not_taken_over_from_them() -> None:
    before = only(merged(report()))
    wrongly = replace(before, state=EventState.DISSOLVED, lineage=("nothing is left",))
    assert merged(report(), events=(wrongly,), previous=(before,)) == (before,)


def test_a_dissolved_event_of_results_hands_no_id_on() -> None:
    old = replace(only(merged(report(), events=(derived("AE-d0"),))), state=EventState.DISSOLVED)
    fresh = only(merged(report(), previous=(old,)))
    assert fresh.id == only(merged(report())).id


def test_of_two_old_events_one_report_shares_the_earlier_hands_its_id_on() -> None:
    one, other = merged(report("1"), report("2", on="2026-03-13"))
    together = merged(report("1"), report("2", on="2026-03-12"), previous=(other, one))
    assert [(each.id, each.state) for each in together] == [
        (one.id, EventState.UNKNOWN),
        (other.id, EventState.DISSOLVED),
    ]
