from __future__ import annotations

from fhir_adapter.domain.patient_links import merged_into, same_people, surviving


def test_a_chain_of_merges_ends_at_the_last_record() -> None:
    assert surviving("a", {"a": "b", "b": "c"}) == "c"


def test_a_record_that_was_not_merged_survives() -> None:
    assert surviving("c", {"a": "b"}) == "c"


def test_links_in_a_circle_merge_nobody() -> None:
    circle = {"a": "b", "b": "a"}
    assert (surviving("a", circle), surviving("b", circle)) == ("a", "b")
    assert merged_into("a", circle) == ()


def test_a_record_that_points_into_a_circle_merges_into_nobody() -> None:
    assert surviving("x", {"x": "a", "a": "b", "b": "a"}) == "x"


def test_every_record_along_the_chain_was_merged_into_the_survivor() -> None:
    assert merged_into("c", {"a": "b", "b": "c", "x": "y"}) == ("a", "b")


def test_naming_any_record_of_a_person_names_all_of_them() -> None:
    merges = {"a": "c", "b": "c", "x": "y"}
    for named in ("a", "b", "c"):
        assert same_people({named}, merges) == {"a", "b", "c"}
    assert same_people((), merges) == frozenset()
