"""The mutants of the rules of safety, and which stories are asked about them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fhir_adapter.definitions.load import Definitions
from tests.mutation.rule_mutants import with_trial
from tests.mutation.safety_mutants import safety_mutants
from tests.mutation.setting_places import changed_places
from tests.mutation.story_deriver import StoryDeriver
from tests.scenarios.reading import definitions_for
from tests.scenarios.story import load_stories

TRIAL = "nct07256210"
ASKED = ("event-with-gaps", "aml-boy-7", "reaction-of-grade-3")


@pytest.fixture(scope="module")
def definitions() -> Definitions:
    return definitions_for(TRIAL)


@pytest.fixture(scope="module")
def deriver(definitions: Definitions) -> StoryDeriver:
    told = {story.id: story for story in load_stories(TRIAL)}
    found = StoryDeriver(tuple(told[name] for name in ASKED), definitions)
    dict(found(definitions, None, None))
    return found


def mutated(definitions: Definitions, name: str) -> Definitions:
    (found,) = (one for one in safety_mutants(definitions) if one.id == name)
    return found.build()


@pytest.mark.parametrize(
    "name",
    [
        "safety.episodes.gap_days:7>8",
        "safety.episodes.recoveries.0.limit:0.5>0.4",
        "safety.episodes.combinations.0.lasting_from:38.0>38.1",
        "safety.episodes.actions.4.concepts:drop tocilizumab",
        "safety.episodes.expected.0.terms:drop Anemia",
        "safety.reporting.hematologic:drop Anemia",
        "safety.reporting.reports:drop susar",
        "safety.observation.window_days:28>29",
        "safety.judged_from_grade:3>4",
    ],
)
def test_every_number_list_and_row_is_changed(definitions: Definitions, name: str) -> None:
    assert name in {one.id for one in safety_mutants(definitions)}


def test_what_the_loader_refuses_is_no_change(definitions: Definitions) -> None:
    names = {one.id for one in safety_mutants(definitions)}
    assert "safety.episodes.actions.0.concepts:drop red-cell-transfusion" not in names


def test_places_a_setting_fills_are_known_by_name(definitions: Definitions) -> None:
    changed = mutated(definitions, "safety.episodes.gap_days:7>8").trial
    assert changed_places(definitions.trial, changed) == {"safety.episodes.gap_days:7>8"}


def test_a_change_of_what_safety_says_is_told_by_stories_of_safety_alone(
    definitions: Definitions, deriver: StoryDeriver
) -> None:
    asked = dict(deriver(mutated(definitions, "safety.episodes.gap_days:7>8"), None, None))
    assert set(asked) == {"event-with-gaps"}
    assert asked["event-with-gaps"] != deriver.outcomes["event-with-gaps"]


def test_how_the_syndromes_are_graded_is_left_to_their_cases(
    definitions: Definitions, deriver: StoryDeriver
) -> None:
    safety = definitions.trial.safety
    assert safety is not None
    icans = replace(safety, icans=replace(safety.icans, ice_from=13))
    assert dict(deriver(with_trial(definitions, "safety", icans), None, None)) == {}


def test_where_names_of_reported_events_change_resources_are_read_anew(definitions: Definitions) -> None:
    systems = [one for one in safety_mutants(definitions) if "term_systems:drop" in one.id]
    assert {one.build().reading_digest for one in systems} == {"mutant of events"}
    assert mutated(definitions, "safety.reporting.hematologic:drop Anemia").reading_digest == (
        definitions.reading_digest
    )
