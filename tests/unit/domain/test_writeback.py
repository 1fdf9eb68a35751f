from __future__ import annotations

from typing import Any

import pytest

from fhir_adapter.domain.writeback import ElementDifference, list_differences, merge_three_way, without_elements

Json = dict[str, Any]
OURS: Json = {
    "resourceType": "ResearchSubject",
    "identifier": [{"system": "us", "value": "S-1"}],
    "status": "candidate",
    "study": {"reference": "ResearchStudy/1"},
}


def stored(**changes: Any) -> Json:
    return {**OURS, "id": "7", "meta": {"versionId": "1", "tag": [{"code": "theirs"}]}, **changes}


def test_our_element_follows_us_where_nobody_else_touched_it() -> None:
    merge = merge_three_way(stored(), stored(), OURS, {**OURS, "status": "screening"})
    assert merge.body == stored(status="screening")
    assert (merge.changed, merge.kept) == (True, ())


def test_what_we_do_not_own_survives() -> None:
    theirs = stored(text={"status": "generated"}, extension=[{"url": "x"}], consent={"reference": "Consent/1"})
    merge = merge_three_way(theirs, theirs, OURS, {**OURS, "status": "screening"})
    assert merge.body == {**theirs, "status": "screening"}


def test_an_edit_since_our_receipt_stays_and_is_reported() -> None:
    merge = merge_three_way(stored(), stored(status="eligible"), OURS, {**OURS, "status": "screening"})
    assert merge.body["status"] == "eligible"
    assert (merge.changed, merge.kept) == (False, ("status",))


def test_an_edit_is_reported_although_we_want_nothing_new_there() -> None:
    ours = {**OURS, "period": {"start": "2026-01-02"}}
    merge = merge_three_way(stored(), stored(status="eligible"), OURS, ours)
    assert merge.body == stored(status="eligible", period={"start": "2026-01-02"})
    assert (merge.changed, merge.kept) == (True, ("status",))


def test_an_edit_that_says_what_we_say_is_no_conflict() -> None:
    merge = merge_three_way(stored(), stored(status="screening"), OURS, {**OURS, "status": "screening"})
    assert (merge.changed, merge.kept) == (False, ())


def test_an_edit_once_kept_is_kept_again() -> None:
    edited = stored(status="eligible")
    merge = merge_three_way(edited, edited, without_elements(OURS, ("status",)), {**OURS, "status": "screening"})
    assert merge.body["status"] == "eligible"
    assert merge.kept == ("status",)


def test_an_element_somebody_removed_is_not_put_back() -> None:
    before = {**OURS, "period": {"start": "2026-01-02"}}
    merge = merge_three_way(stored(period={"start": "2026-01-02"}), stored(), before, before)
    assert "period" not in merge.body
    assert merge.kept == ("period",)


def test_an_element_we_no_longer_state_is_taken_out_again() -> None:
    before = {**OURS, "period": {"start": "2026-01-02"}}
    at_hospital = stored(period={"start": "2026-01-02"})
    assert merge_three_way(at_hospital, at_hospital, before, OURS).body == stored()


def test_an_element_we_no_longer_state_stays_where_somebody_changed_it() -> None:
    before = {**OURS, "period": {"start": "2026-01-02"}}
    edited = stored(period={"start": "2026-01-05"})
    merge = merge_three_way(stored(period={"start": "2026-01-02"}), edited, before, OURS)
    assert merge.body == edited
    assert merge.kept == ()


def test_additions_inside_our_element_survive() -> None:
    added = stored(study={"reference": "ResearchStudy/1", "display": "The trial"})
    merge = merge_three_way(stored(), added, OURS, {**OURS, "study": {"reference": "ResearchStudy/2"}})
    assert merge.body["study"] == {"reference": "ResearchStudy/2", "display": "The trial"}


def test_an_inner_element_is_reported_by_its_path() -> None:
    before = {**OURS, "period": {"start": "2026-01-02"}}
    edited = stored(period={"start": "2026-01-05"})
    ours = {**OURS, "period": {"start": "2026-01-02", "end": "2026-03-01"}}
    merge = merge_three_way(stored(period={"start": "2026-01-02"}), edited, before, ours)
    assert merge.body["period"] == {"start": "2026-01-05", "end": "2026-03-01"}
    assert merge.kept == ("period.start",)


def test_other_identifiers_survive_and_ours_is_added_where_it_is_missing() -> None:
    theirs = stored(identifier=[{"system": "them", "value": "9"}])
    merge = merge_three_way(None, theirs, None, OURS)
    assert merge.body["identifier"] == [{"system": "them", "value": "9"}, {"system": "us", "value": "S-1"}]


def test_an_identifier_of_ours_that_somebody_removed_is_reported() -> None:
    without = stored(identifier=[{"system": "them", "value": "9"}])
    merge = merge_three_way(stored(), without, OURS, OURS)
    assert merge.kept == ("identifier",)
    again = merge_three_way(stored(), without, OURS, OURS, override=("identifier",))
    assert again.body["identifier"][-1] == {"system": "us", "value": "S-1"}


def test_without_identifiers_on_either_side_there_are_none() -> None:
    bare = {"resourceType": "ResearchSubject", "identifier": [], "status": "candidate"}
    assert "identifier" not in merge_three_way(None, {"status": "candidate"}, None, bare).body


def test_a_server_that_writes_our_element_in_its_own_way_is_left_alone() -> None:
    own_way = stored(phase={"coding": [{"code": "phase-1", "display": "Phase 1"}]})
    ours = {**OURS, "phase": {"coding": [{"code": "phase-1"}]}}
    assert not merge_three_way(own_way, own_way, ours, ours).changed


def test_without_a_receipt_what_stands_there_is_not_ours() -> None:
    merge = merge_three_way(None, stored(status="eligible"), None, OURS)
    assert (merge.changed, merge.kept) == (False, ("status",))


def test_without_a_receipt_what_is_missing_is_added() -> None:
    found = stored()
    del found["study"]
    assert merge_three_way(None, found, None, OURS).body == stored()


@pytest.mark.parametrize("override", [("status",), ("period", "status")])
def test_a_person_may_decide_that_ours_replaces_an_edit(override: tuple[str, ...]) -> None:
    merge = merge_three_way(
        stored(), stored(status="eligible"), OURS, {**OURS, "status": "screening"}, override=override
    )
    assert merge.body["status"] == "screening"
    assert merge.kept == ()


def test_an_override_of_an_element_covers_what_is_inside_it() -> None:
    before = {**OURS, "period": {"start": "2026-01-02"}}
    merge = merge_three_way(
        stored(period={"start": "2026-01-02"}),
        stored(period={"start": "2026-01-05"}),
        before,
        before,
        override=("period",),
    )
    assert merge.body["period"] == {"start": "2026-01-02"}


def test_our_reference_is_added_to_an_element_somebody_wrote_anew() -> None:
    merge = merge_three_way(stored(study="x"), stored(study={"display": "y"}), {**OURS, "study": "x"}, OURS)
    assert merge.body["study"] == {"display": "y", "reference": "ResearchStudy/1"}


def test_differences_show_only_elements_we_own() -> None:
    now = stored(note="theirs", period={"start": "2026-01-02", "end": "2026-02-02"})
    owned = {**OURS, "status": "screening", "period": {"start": "2026-01-03"}}
    merged = {**now, "status": "screening", "period": {"start": "2026-01-03", "end": "2026-02-02"}}
    assert list_differences(now, merged, owned) == (
        ElementDifference("status", "candidate", "screening"),
        ElementDifference("period.start", "2026-01-02", "2026-01-03"),
    )


def test_against_nothing_every_element_is_a_difference() -> None:
    paths = [difference.path for difference in list_differences(None, OURS, OURS)]
    assert paths == ["identifier", "status", "study.reference"]


def test_equal_resources_have_no_difference() -> None:
    assert list_differences(stored(), stored(), OURS) == ()


def test_elements_kept_are_left_out_of_what_is_ours() -> None:
    owned = {"status": "candidate", "period": {"start": "a", "end": "b"}, "study": "x"}
    assert without_elements(owned, ("status", "period.end", "study.reference")) == {
        "period": {"start": "a"},
        "study": "x",
    }


def test_an_element_somebody_removed_stays_removed_at_the_next_write_too() -> None:
    ours = {"status": "screening", "period": {"start": "2026-03-02"}}
    first = merge_three_way(ours, {"status": "screening"}, ours, ours)
    assert (first.body, first.kept) == ({"status": "screening"}, ("period",))
    ours_later = {"status": "eligible", "period": {"start": "2026-03-02"}}
    second = merge_three_way(
        first.body, first.body, without_elements(ours, first.kept), ours_later, kept=first.kept
    )
    assert (second.body, second.kept) == ({"status": "eligible"}, ("period",))


def test_a_person_may_decide_that_a_removed_element_comes_back() -> None:
    ours = {"status": "eligible", "period": {"start": "2026-03-02"}}
    merge = merge_three_way(
        {"status": "eligible"},
        {"status": "eligible"},
        {"status": "eligible"},
        ours,
        kept=("period",),
        override=("period",),
    )
    assert merge.body == ours
