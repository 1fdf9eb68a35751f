from __future__ import annotations

import itertools

import pytest

from fhir_adapter.domain.facts import Reading
from fhir_adapter.domain.supersession import settle
from tests.builders import source

EARLY, LATE, LATEST = "2026-03-01T08:00:00Z", "2026-03-02T08:00:00Z", "2026-03-03T08:00:00Z"


def version(content: str, updated: str | None, *, name: str = "1", retracts: bool = False) -> Reading:
    return Reading(
        source=source("Observation", "a", version=name, updated=updated, content=content),
        patient="child",
        retracts=retracts,
    )


def kept(*readings: Reading) -> tuple[list[str], bool]:
    """The contents that hold and whether they contest each other, the same for every order of reading."""
    outcomes = {
        (tuple(each.source.content for each in settled.current), settled.contested)
        for order in itertools.permutations(readings)
        for settled in [settle(order)]
    }
    [(contents, contested)] = outcomes
    return list(contents), contested


def test_a_single_version_holds() -> None:
    assert kept(version("a", None)) == (["a"], False)


def test_the_latest_of_ordered_versions_holds() -> None:
    assert kept(version("a", EARLY), version("b", LATE)) == (["b"], False)


def test_version_ids_order_nothing() -> None:
    assert kept(version("a", LATE, name="1"), version("b", EARLY, name="2")) == (["a"], False)


def test_two_contents_without_last_updated_contest_each_other() -> None:
    assert kept(version("a", None), version("b", None)) == (["a", "b"], True)


def test_two_contents_with_equal_last_updated_contest_each_other() -> None:
    assert kept(version("a", EARLY), version("b", EARLY)) == (["a", "b"], True)


def test_an_undated_content_contests_a_dated_one() -> None:
    assert kept(version("a", None), version("b", LATE)) == (["a", "b"], True)


def test_a_date_without_time_orders_nothing() -> None:
    assert kept(version("a", "2026-03-01"), version("b", LATE)) == (["a", "b"], True)


def test_equal_contents_are_one_whatever_their_versions() -> None:
    assert kept(version("a", None, name="1"), version("a", LATE, name="2")) == (["a"], False)


def test_the_newest_version_of_equal_contents_is_cited_and_all_are_known() -> None:
    settled = settle([version("a", None, name="1"), version("a", LATE, name="2"), version("a", EARLY, name="0")])
    assert settled.current[0].source.version == "2"
    assert settled.versions == {"0", "1", "2"}


def test_versions_of_a_content_that_no_longer_holds_are_forgotten() -> None:
    assert settle([version("a", EARLY, name="1"), version("b", LATE, name="2")]).versions == {"2"}


@pytest.mark.parametrize("updated", [EARLY, LATE])
def test_a_retraction_voids_versions_at_or_before_it(updated: str) -> None:
    assert kept(version("a", updated), version("r", LATE, retracts=True)) == ([], False)


def test_a_version_after_a_retraction_holds_again() -> None:
    assert kept(version("r", LATE, retracts=True), version("a", LATEST)) == (["a"], False)


def test_a_retraction_that_cannot_be_ordered_contests_the_content() -> None:
    assert kept(version("a", LATE), version("r", None, retracts=True)) == (["a"], True)


def test_a_lone_retraction_leaves_nothing() -> None:
    settled = settle([version("r", None, retracts=True)])
    assert (settled.current, settled.contested, settled.versions) == ((), False, frozenset())
