"""Whom the demo hospital treats, at which level and in which order: one that a 3+3 escalation allows."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from tests.demo_export import donors, patients
from tests.scenarios.export import demo_stories
from tests.scenarios.story import Story

COHORTS = (
    ("treated-l1-boy-7", "treated-l1-girl-11", "treated-l1-boy-17-months"),
    ("treated-l1-girl-15", "treated-l1-boy-4", "treated-l1-man-22"),
    (
        "treated-l2-girl-9",
        "treated-l2-boy-12",
        "treated-l2-girl-6",
        "treated-l2-boy-3",
        "treated-l2-boy-16",
        "treated-l2-girl-8",
    ),
)
"""Three at level 1, three more as one had a toxicity; then level 2, those replaced included."""

FIRST_DAY = timedelta(days=-14)
WINDOW = timedelta(days=28)
"""How long after the last cells infused a toxicity may limit the dose."""

GIVEN = {"completed", "stopped"}
TREATED = {story.id: story for story in demo_stories() if "level" in story.given}


def day_zero(story: Story) -> date:
    assert story.day_zero is not None
    return story.day_zero


def infusions(story: Story) -> list[date]:
    """Days on which cells were infused."""
    given = [each for each in story.given.values() if each.get("drug") == "nk-cells"]
    return [date.fromisoformat(each["at"][:10]) for each in given if each.get("status", "completed") in GIVEN]


def limiting(story: Story) -> list[date]:
    """Days on which a cytokine release of grade 3 set in within the window."""
    onsets = [
        date.fromisoformat(each["since"][:10])
        for each in story.given.values()
        if each.get("condition") == "crs-grade-3"
    ]
    last = max(infusions(story))
    return [onset for onset in onsets if last <= onset <= last + WINDOW]


def words(entry: dict[str, Any]) -> set[str]:
    return {f"{key}: {value}" for key, value in entry.items() if isinstance(value, str)}


def test_twelve_children_are_under_treatment_six_at_level_1_and_six_at_level_2() -> None:
    assert set(TREATED) == {name for cohort in COHORTS for name in cohort}
    levels = [[TREATED[name].given["level"]["answer"] for name in cohort] for cohort in COHORTS]
    assert levels == [["1"] * 3, ["1"] * 3, ["2"] * 6]


def test_nobody_of_a_cohort_begins_before_the_windows_of_the_one_before_closed() -> None:
    for before, after in pairwise(COHORTS):
        closed = max(max(infusions(TREATED[name])) + WINDOW for name in before)
        begins = min(day_zero(TREATED[name]) + FIRST_DAY for name in after)
        assert begins > closed


def test_exactly_one_child_of_level_1_has_a_toxicity_that_limits_the_dose() -> None:
    assert [name for name in TREATED if limiting(TREATED[name])] == ["treated-l1-girl-11"]


def test_nothing_is_recorded_later_than_the_noon_the_stories_are_told_for() -> None:
    for story in TREATED.values():
        times = [entry[key] for entry in story.given.values() for key in ("at", "since") if key in entry]
        assert max(time[:16] for time in times) < "2026-03-11T12:00", story.id


def test_every_way_of_conditioning_donor_and_recording_cells_is_there() -> None:
    told = {word for story in TREATED.values() for entry in story.given.values() for word in words(entry)}
    assert told >= {
        *("answer: treosulfan", "answer: busulfan", "answer: tbi"),
        *("answer: haploidentical", "answer: matched-related"),
        *("unit: 10*6/kg", "unit: 10*6", "unit: {cells}"),
        *("status: stopped", "status: not-done", "unit: Gy", "unit: cGy", "unit: mL", "unit: {tbl}"),
    }


def test_the_donors_with_a_record_of_their_own_are_nobody_under_treatment() -> None:
    known = set(patients())
    assert len(known & donors()) == 4
    assert donors().isdisjoint(TREATED)
