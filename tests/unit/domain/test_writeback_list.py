"""Activities of a plan: ours follow us, whoever edits one owns it, nobody else's is touched."""

from __future__ import annotations

from typing import Any

import pytest

from fhir_adapter.domain.writeback import ElementDifference, list_differences, merge_three_way, without_elements
from fhir_adapter.domain.writeback_list import is_entries, kept_entries, stands_at

Json = dict[str, Any]


def activity(name: str, day: str = "2026-03-11", *, code: str | None = None, **detail: Any) -> Json:
    body: Json = {
        "kind": "MedicationRequest",
        "code": {"coding": [{"system": "atc", "code": code or name}], "text": name},
        "status": "not-started",
        "scheduledPeriod": {"start": day, "end": day},
    }
    return {"id": name, "detail": body | detail}


def bare(entry: Json) -> Json:
    return {key: value for key, value in entry.items() if key != "id"}


def plan(*activities: Json, **more: Any) -> Json:
    return {"resourceType": "CarePlan", "status": "draft", "activity": list(activities)} | more


A, B, C = activity("a"), activity("b"), activity("c", "2026-03-12")
A_DONE = activity("a", status="completed")
A_NOTED = {**A, "progress": [{"text": "child was sick"}]}
THEIRS: Json = {"detail": {"kind": "Task", "status": "scheduled", "description": "call the parents"}}


def merged(stored: Json, now: Json, before: Json, ours: Json, **more: Any) -> tuple[list[Json], tuple[str, ...]]:
    merge = merge_three_way(stored, now, before, ours, **more)
    assert merge.changed == (merge.body != now)
    return merge.body.get("activity", []), merge.kept


def test_our_activity_follows_us_where_nobody_else_touched_it() -> None:
    assert merged(plan(A, B), plan(A, B), plan(A, B), plan(A_DONE, B)) == ([A_DONE, B], ())


def test_an_unchanged_plan_is_not_written() -> None:
    merge = merge_three_way(plan(A, B), plan(A, B), plan(A, B), plan(A, B))
    assert (merge.changed, merge.kept) == (False, ())


def test_an_edited_activity_is_kept_whole_and_reported_the_others_follow_us() -> None:
    b_done = activity("b", status="completed")
    found = merged(plan(A, B), plan(A_NOTED, B), plan(A, B), plan(A_DONE, b_done))
    assert found == ([A_NOTED, b_done], ("activity[a]",))


def test_an_edit_once_kept_is_kept_and_reported_again() -> None:
    stands = plan(A_NOTED, B)
    before = without_elements(plan(A, B), ("activity[a]",))
    assert before["activity"] == [B]
    found = merged(stands, stands, before, plan(A_DONE, B), kept=("activity[a]",))
    assert found == ([A_NOTED, B], ("activity[a]",))


def test_an_edit_that_was_undone_is_ours_again() -> None:
    before = without_elements(plan(A, B), ("activity[a]",))
    assert merged(plan(A_NOTED, B), plan(A, B), before, plan(A, B), kept=("activity[a]",)) == ([A, B], ())


def test_a_removed_activity_stays_removed_and_is_reported() -> None:
    assert merged(plan(A, B), plan(B), plan(A, B), plan(A_DONE, B)) == ([B], ("activity[a]",))


def test_a_removed_activity_stays_removed_at_every_later_write() -> None:
    before = without_elements(plan(A, B), ("activity[a]",))
    assert merged(plan(B), plan(B), before, plan(A_DONE, B), kept=("activity[a]",)) == ([B], ("activity[a]",))


def test_when_all_were_removed_all_are_reported() -> None:
    nothing = {"resourceType": "CarePlan", "status": "draft"}
    assert merged(plan(A, B), nothing, plan(A, B), plan(A, B)) == ([], ("activity[a]", "activity[b]"))


def test_a_person_may_decide_that_ours_replaces_the_edit_or_comes_back() -> None:
    chosen = ("activity[a]",)
    assert merged(plan(A, B), plan(A_NOTED, B), plan(A, B), plan(A_DONE, B), override=chosen) == ([A_DONE, B], ())
    assert merged(plan(A, B), plan(B), plan(A, B), plan(A, B), override=chosen) == ([B, A], ())


def test_activities_of_others_survive_where_they_stand() -> None:
    found = merged(plan(A, B), plan(THEIRS, A, B), plan(A, B), plan(A_DONE, B, C))
    assert found == ([THEIRS, A_DONE, B, C], ())


def test_a_new_activity_comes_last() -> None:
    assert merged(plan(B), plan(B), plan(B), plan(A, B)) == ([B, A], ())


def test_ours_that_nobody_touched_goes_when_it_is_not_ours_any_more() -> None:
    assert merged(plan(A, B), plan(A, B), plan(A, B), plan(B)) == ([B], ())
    assert merged(plan(A, B), plan(A_NOTED, B), plan(A, B), plan(B)) == ([A_NOTED, B], ())


def test_a_plan_without_activities_of_ours_takes_none_of_others_away() -> None:
    empty = {"resourceType": "CarePlan", "status": "draft"}
    assert merged(plan(A), plan(A, THEIRS), plan(A), empty) == ([THEIRS], ())
    assert merged(plan(A), plan(A), plan(A), empty) == ([], ())


def test_the_order_of_the_hospital_stays_and_is_no_change() -> None:
    merge = merge_three_way(plan(B, A), plan(B, A), plan(A, B), plan(A, B))
    assert (merge.changed, merge.kept) == (False, ())
    assert merged(plan(A, B), plan(B, A), plan(A, B), plan(A_DONE, B)) == ([B, A_DONE], ())


def test_a_server_that_drops_ids_inside_a_resource_causes_no_writes() -> None:
    stored = plan(bare(A), bare(B))
    for kept in ((), ("activity[a]",)):
        merge = merge_three_way(stored, stored, plan(A, B), plan(A, B), kept=kept)
        assert (merge.changed, merge.kept) == (False, ())


def test_without_ids_an_activity_is_found_by_kind_code_and_period() -> None:
    stored = plan(bare(A), bare(B))
    assert merged(stored, stored, plan(A, B), plan(A_DONE, B)) == ([A_DONE, bare(B)], ())


def test_without_ids_an_activity_is_found_although_its_day_moves() -> None:
    stored, moved = plan(bare(A)), activity("a", "2026-03-18")
    assert merged(stored, stored, plan(A), plan(moved)) == ([moved], ())


def test_without_ids_an_edited_activity_is_kept() -> None:
    edited = bare(activity("a", status="on-hold"))
    assert merged(plan(bare(A)), plan(edited), plan(A), plan(A_DONE)) == ([edited], ("activity[a]",))


def test_a_server_that_gives_ids_of_its_own_is_understood() -> None:
    renamed = {**A, "id": "17"}
    assert merged(plan(renamed), plan(renamed), plan(A), plan(A)) == ([renamed], ())
    assert merged(plan(renamed), plan(renamed), plan(A), plan(A_DONE)) == ([A_DONE], ())
    assert merged({}, plan(renamed), {}, plan(A)) == ([renamed], ())


def test_activities_without_codes_are_told_apart_by_their_words() -> None:
    one, other = (
        activity(name, code=None) | {"detail": {**activity(name)["detail"], "code": {"text": name}}}
        for name in "xy"
    )
    stored = plan(bare(other), bare(one))
    merge = merge_three_way(stored, stored, plan(one, other), plan(one, other))
    assert (merge.changed, merge.kept) == (False, ())


def test_a_copy_of_our_activity_that_somebody_added_is_theirs() -> None:
    copy = {**A, "id": "copied"}
    assert merged(plan(A), plan(A, copy), plan(A), plan(A_DONE)) == ([A_DONE, copy], ())
    twice = plan(A, A)
    assert merged(plan(A), twice, plan(A), plan(A_DONE)) == ([A_DONE, A], ())


def test_entries_without_details_are_nobody_of_ours() -> None:
    reference: Json = {"reference": {"reference": "Task/1"}}
    timed: Json = {"detail": {"kind": "Task", "status": "scheduled", "scheduledString": "daily"}}
    stands = plan(reference, timed, bare(A))
    assert merged(plan(bare(A)), stands, plan(A), plan(A_DONE)) == ([reference, timed, A_DONE], ())


def test_an_activity_the_server_did_not_keep_is_left_out_quietly() -> None:
    """The server wrote our list in its own way: it stored the rest. There is nothing to write again."""
    merge = merge_three_way(plan(B), plan(B), plan(A, B), plan(A, B))
    assert (merge.changed, merge.kept) == (False, ())


def test_without_a_receipt_what_stands_there_is_somebodys_edit_unless_it_says_the_same() -> None:
    assert merged({}, plan(A, B), {}, plan(A_DONE, B)) == ([A, B], ("activity[a]",))
    merge = merge_three_way(None, plan(bare(A), THEIRS), None, plan(A, B))
    assert (merge.body["activity"], merge.kept) == ([bare(A), THEIRS, B], ())


def test_additions_to_supporting_information_survive() -> None:
    study, theirs = {"reference": "ResearchStudy/1"}, {"reference": "Consent/1"}
    before = plan(A, supportingInfo=[study])
    stands = plan(A, supportingInfo=[theirs, study])
    moved = {"reference": "ResearchStudy/2"}
    merge = merge_three_way(before, stands, before, plan(A_DONE, supportingInfo=[study]))
    assert merge.body["supportingInfo"] == [theirs, study]
    assert merge.kept == ()
    again = merge_three_way(before, plan(A, supportingInfo=[theirs]), before, plan(A, supportingInfo=[study]))
    assert (again.body["supportingInfo"], again.kept) == ([theirs], ("supportingInfo",))
    added = merge_three_way(before, stands, before, plan(A, supportingInfo=[moved]))
    assert added.body["supportingInfo"] == [theirs, study, moved]


def test_differences_are_shown_activity_by_activity_and_ours_only() -> None:
    current, then = plan(A, bare(B), THEIRS), plan(A_DONE, bare(B), THEIRS, C)
    assert list_differences(current, then, plan(A_DONE, B, C)) == (
        ElementDifference("activity[a]", A, A_DONE),
        ElementDifference("activity[c]", None, C),
    )
    assert list_differences(None, plan(A), plan(A))[-1] == ElementDifference("activity[a]", None, A)


def test_an_element_of_one_object_is_no_list_of_entries() -> None:
    """Provenance.activity is a concept, not a list; a list without ids is one element."""
    assert not is_entries({"coding": [{"code": "CREATE"}]})
    assert not is_entries([{"reference": "Patient/1"}])
    assert not is_entries([])
    assert not is_entries([A, "text"])
    assert is_entries([A])


@pytest.mark.parametrize(
    ("path", "found"),
    [("activity[b]", B), ("activity[z]", None), ("status", "draft"), ("period.start", None), ("other[z]", None)],
)
def test_what_stands_at_a_path_is_an_activity_or_an_element(path: str, found: object) -> None:
    assert stands_at(plan(A, B), path) == found


def test_the_ids_of_kept_activities_are_read_from_their_paths() -> None:
    assert kept_entries("activity", ("status", "activity[a]", "activity[nk-infusion-2-5]")) == {
        "a",
        "nk-infusion-2-5",
    }
