"""An event keeps its id over re-derivations and corrections; what a correction did to it is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from fhir_adapter.domain.facts import Finding
from fhir_adapter.domain.safety.identity import BACK, DISSOLVED, event_id
from fhir_adapter.domain.safety_model.event_records import (
    AdverseEventRecord,
    EventOrigin,
    EventState,
    ReportedLink,
)
from fhir_adapter.domain.safety_model.judgements import EventJudgement
from tests.graded import SUBJECT, events, hemoglobin, only, platelets
from tests.small_scale import PLATELETS

LOW = tuple(platelets("60", f"{day}T08:00") for day in (14, 15, 16, 17, 18))
"""Five low counts, 14 to 18 March: one event."""

JUDGED = EventJudgement(
    about="x",
    by="dr-weber",
    at=datetime(2026, 4, 1, tzinfo=UTC),
    reason="r",
    seen="s",
    serious=True,
    relatedness="possible",
)


def corrected(counts: tuple[Finding, ...], *places: int) -> tuple[Finding, ...]:
    """The same counts, some of them corrected to normal ones."""
    normal = platelets("200", "14T08:00")
    return tuple(
        replace(each, reported=normal.reported, standard=normal.standard, status="corrected")
        if place in places
        else each
        for place, each in enumerate(counts)
    )


def told(found: tuple[AdverseEventRecord, ...]) -> list[tuple[str, tuple[str, ...]]]:
    """State and history of each event."""
    return [(event.state.value, event.lineage) for event in found]


FIRST = only(events(*LOW))


def test_a_new_event_is_named_after_the_result_that_opened_it() -> None:
    assert FIRST.id == event_id(SUBJECT, PLATELETS, "Observation/platelets-14T08.00-60")
    assert FIRST.id.startswith("AE-")
    assert len(FIRST.id) == len("AE-") + 12


def test_equal_facts_give_equal_events_whatever_the_record_before() -> None:
    again = events(*LOW, previous=[FIRST])
    assert again == (FIRST,)
    assert events(*LOW, previous=again) == again


def test_an_event_that_goes_on_keeps_its_id() -> None:
    assert only(events(*LOW, platelets("30", "19T08:00"), previous=[FIRST])).id == FIRST.id


def test_an_event_whose_first_result_is_withdrawn_keeps_its_id() -> None:
    event = only(events(*LOW[1:], previous=[FIRST]))
    assert (event.id, event.onset[8:10], event.lineage) == (FIRST.id, "15", ())


def test_a_corrected_result_splits_an_event_and_the_greater_part_keeps_the_id() -> None:
    small, great = events(*corrected(LOW, 1), previous=[FIRST])
    assert (small.onset[8:10], great.onset[8:10]) == ("14", "16")
    assert great.id == FIRST.id
    assert small.id not in {FIRST.id, ""}
    assert (small.lineage, great.lineage) == ((f"split from {FIRST.id}",), ())


def test_of_equal_parts_the_earlier_keeps_the_id() -> None:
    first, second = events(*corrected(LOW, 2), previous=[FIRST])
    assert (first.id, second.lineage) == (FIRST.id, (f"split from {FIRST.id}",))


def test_a_split_is_told_once_however_often_it_is_derived() -> None:
    split = events(*corrected(LOW, 1), previous=[FIRST])
    assert events(*corrected(LOW, 1), previous=split) == split


def test_the_part_that_lost_the_id_gets_another_than_a_taken_one() -> None:
    """It opened with the same result, so that its own id would be the same again."""
    small, _ = events(*corrected(LOW, 1), previous=[FIRST])
    assert small.id == event_id(SUBJECT, PLATELETS, "Observation/platelets-14T08.00-60", 1)


def test_a_corrected_result_merges_two_events_and_what_is_left_of_the_other_is_kept() -> None:
    small, great = events(*corrected(LOW, 1))
    judged = replace(small, judgement=JUDGED)
    merged, gone = events(*LOW, previous=[judged, great])
    assert (merged.id, gone.id) == (great.id, small.id)
    assert told((merged, gone)) == [
        ("ONGOING", (f"joined by {small.id}",)),
        ("DISSOLVED", (f"joined to {great.id}",)),
    ]
    assert gone.judgement == JUDGED


def test_a_merge_is_told_once_however_often_it_is_derived() -> None:
    merged = events(*LOW, previous=events(*corrected(LOW, 1)))
    assert events(*LOW, previous=merged) == merged


def test_of_two_events_that_share_as_much_the_earlier_gives_the_id() -> None:
    first, second = events(*corrected(LOW, 2))
    merged, _ = events(*LOW, previous=[second, first])
    assert merged.id == first.id


def test_an_event_of_which_nothing_is_left_dissolves_and_stays_so() -> None:
    other = hemoglobin("9", "15T08:00")
    found = events(*corrected(LOW, 0, 1, 2, 3, 4), other, previous=[FIRST])
    assert told(found)[1] == ("DISSOLVED", (DISSOLVED,))
    assert [event.term for event in found] == ["Anemia", PLATELETS]
    assert events(*corrected(LOW, 0, 1, 2, 3, 4), other, previous=found) == found


def test_an_event_whose_results_stand_again_is_back() -> None:
    gone = events(previous=[FIRST])
    assert told(gone) == [("DISSOLVED", (DISSOLVED,))]
    back = only(events(*LOW, previous=gone))
    assert (back.id, back.state, back.lineage) == (FIRST.id, EventState.ONGOING, (DISSOLVED, BACK))
    assert events(*LOW, previous=[back]) == (back,)


def test_of_equal_former_events_one_that_stands_goes_before_a_dissolved_one() -> None:
    gone = replace(FIRST, id="AE-gone", state=EventState.DISSOLVED)
    found = events(*LOW, previous=[gone, FIRST])
    assert [event.id for event in found] == [FIRST.id, "AE-gone"]


def test_results_that_move_from_one_event_to_another_are_told() -> None:
    """Normal on the 17th, then corrected to normal on the 15th instead: the 16th goes over to the second event."""
    days = tuple(platelets("60", f"{day}T08:00") for day in range(14, 21))
    before = events(*corrected(days, 3))
    after = events(*corrected(days, 1), previous=before)
    assert [event.id for event in after] == [event.id for event in before]
    assert [event.lineage for event in after] == [(), (f"took results of {before[0].id}",)]
    assert events(*corrected(days, 1), previous=after) == after


def test_what_the_hospital_reported_by_itself_is_left_alone() -> None:
    reported = replace(FIRST, id="AE-reported", origin=EventOrigin.REPORTED, evidence=())
    assert events(previous=[reported]) == ()


def test_of_an_event_both_derived_and_reported_only_the_derived_part_dissolves_here() -> None:
    link = ReportedLink(reference="AdverseEvent/1", grade=2, why="same term")
    both = replace(FIRST, origin=EventOrigin.BOTH, reported=(link,), due=(("sae", JUDGED.at),))
    gone = only(events(previous=[both]))
    assert (gone.id, gone.origin, gone.reported, gone.due) == (FIRST.id, EventOrigin.DERIVED, (), ())
    assert only(events(*LOW, previous=[both])).id == FIRST.id


def test_an_earlier_event_without_a_known_course_is_compared_all_the_same() -> None:
    bare = replace(FIRST, changes=())
    assert only(events(*LOW, previous=[bare])).id == FIRST.id


def test_results_of_another_term_share_nothing() -> None:
    other = replace(FIRST, id="AE-other", term="Anemia")
    found = events(*LOW, previous=[other])
    assert [(event.id, event.lineage) for event in found] == [(FIRST.id, ()), ("AE-other", (DISSOLVED,))]
