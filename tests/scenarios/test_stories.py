"""Every story ends as a clinician wrote it: each criterion not named under `then` must PASS."""

from __future__ import annotations

import pytest

from tests.scenarios.derive import derive_story, verdicts
from tests.scenarios.reading import definitions_for, reading_context
from tests.scenarios.safety import SAFETY, differences_of_safety
from tests.scenarios.story import Story, load_stories
from tests.scenarios.treatment import TREATMENT, differences

TRIAL = "nct07256210"
STORIES = load_stories(TRIAL)
OF_ELIGIBILITY = [story for story in STORIES if "verdict" in story.then]
OF_TREATMENT = [story for story in STORIES if not TREATMENT.isdisjoint(story.then)]
OF_SAFETY = [story for story in STORIES if not SAFETY.isdisjoint(story.then)]


@pytest.mark.parametrize("story", OF_ELIGIBILITY, ids=lambda story: story.id)
def test_story_ends_as_told(story: Story) -> None:
    definitions = definitions_for(TRIAL)
    record = derive_story(story, definitions, reading_context(definitions))
    told = {criterion.id: story.then.get(criterion.id, "PASS") for criterion in definitions.trial.criteria}
    assert verdicts(record) == told
    assert record.verdict == story.then["verdict"]


@pytest.mark.parametrize("story", OF_TREATMENT, ids=lambda story: story.id)
def test_treatment_ends_as_told(story: Story) -> None:
    definitions = definitions_for(TRIAL)
    assert differences(story, definitions, reading_context(definitions)) == []


@pytest.mark.parametrize("story", OF_SAFETY, ids=lambda story: story.id)
def test_safety_ends_as_told(story: Story) -> None:
    definitions = definitions_for(TRIAL)
    assert differences_of_safety(story, definitions, reading_context(definitions)) == []


def test_every_story_says_how_it_ends() -> None:
    named = (
        {criterion.id for criterion in definitions_for(TRIAL).trial.criteria} | {"verdict"} | TREATMENT | SAFETY
    )
    assert {story.id for story in STORIES if not story.then or not named.issuperset(story.then)} == set()


NEVER_FAILS = {"I1"}
"""A consent that is missing or incomplete can still be given; refusal and withdrawal are E1's."""


def test_every_criterion_fails_and_is_unknown_somewhere() -> None:
    definitions = definitions_for(TRIAL)
    seen: dict[str, set[str]] = {criterion.id: set() for criterion in definitions.trial.criteria}
    for story in STORIES:
        for criterion, answer in story.then.items():
            if criterion in seen:
                seen[criterion].add(answer.split()[0])
    open_ends = {criterion for criterion, answers in seen.items() if not answers >= {"FAIL", "UNKNOWN"}}
    assert open_ends == NEVER_FAILS


def test_every_unknown_reason_has_a_story() -> None:
    told = {
        answer.split()[1]
        for story in OF_ELIGIBILITY
        for answer in story.then.values()
        if isinstance(answer, str) and answer.startswith("UNKNOWN")
    }
    assert told == {
        "HIDDEN",
        "CONFLICTING",
        "UNIT_UNUSABLE",
        "NO_REFERENCE_RANGE",
        "CENSORED",
        "PARTIAL_DATE",
        "UNMAPPED",
        "STALE",
        "NOT_YET_DUE",
        "NEEDS_ATTESTATION",
        "MISSING",
    }
