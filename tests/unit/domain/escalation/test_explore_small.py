"""All stages and paths of a small dose escalation by hand: one subject per level, one toxicity is too many."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fhir_adapter.domain.escalation import explore as exploring
from fhir_adapter.domain.escalation.decide_next import decide_next
from fhir_adapter.domain.escalation.explore import (
    Stage,
    count_answers,
    count_situations,
    explore,
    list_paths,
)
from fhir_adapter.domain.escalation.rule import Condition, EscalationAction, EscalationRule, Place, TableRow
from fhir_adapter.domain.escalation.simulate import simulate_runs
from fhir_adapter.domain.escalation.state import CohortState
from tests.escalation import count

RULE = EscalationRule(
    levels=(1, 2),
    start=1,
    cohort=1,
    expanded=2,
    too_toxic=1,
    withheld=1,
    rows=(
        TableRow(row="a", action=EscalationAction.STOP_STUDY, text="toxic", when=(Condition.TOO_MANY_DLTS,)),
        TableRow(
            row="b",
            action=EscalationAction.ESCALATE,
            text="tolerated",
            when=(Condition.COHORT_COMPLETE,),
            level=1,
            at=Place.ABOVE,
        ),
        TableRow(row="c", action=EscalationAction.DECLARE_MTD, text="the top", when=(Condition.COHORT_COMPLETE,)),
        TableRow(row="d", action=EscalationAction.ENROL, text="room"),
    ),
)
PASSED = count("1/0", left=(1, 0))
STATES = (
    CohortState(open_level=1),
    CohortState(open_level=1, counts={1: count("1/0")}),
    CohortState(open_level=1, counts={1: count("1/1")}),
    CohortState(open_level=2, counts={1: PASSED, 2: count("1/0")}),
    CohortState(open_level=2, counts={1: PASSED, 2: count("1/1")}),
)
FOLLOWING = ((1, 2), (3, 4), (None, None), (None, None), (None, None))


def test_every_stage_is_found_once_with_what_follows_it() -> None:
    assert explore(RULE) == tuple(
        Stage(state=state, next=decide_next(RULE, state), without_dlt=without, with_dlt=with_dlt)
        for state, (without, with_dlt) in zip(STATES, FOLLOWING, strict=True)
    )


def test_every_path_is_listed_from_its_level_to_its_end() -> None:
    listed = [(outcome.path, outcome.state, outcome.next) for outcome in list_paths(explore(RULE))]
    assert listed == [
        ("1N 2N", STATES[3], decide_next(RULE, STATES[3])),
        ("1N 2T", STATES[4], decide_next(RULE, STATES[4])),
        ("1T", STATES[2], decide_next(RULE, STATES[2])),
    ]


def test_a_subject_more_at_the_same_level_opens_no_group() -> None:
    pairs = replace(RULE, cohort=2, expanded=3)
    assert [outcome.path for outcome in list_paths(explore(pairs))] == [
        "1NN 2NN",
        "1NN 2NT",
        "1NN 2T",
        "1NT",
        "1T",
    ]


def test_ends_and_situations_are_counted() -> None:
    stages = explore(RULE)
    assert count_answers(stages) == {
        (EscalationAction.DECLARE_MTD, 2): 1,
        (EscalationAction.STOP_STUDY, None): 2,
    }
    assert count_situations(stages) == 5
    assert count_situations((stages[0], stages[0])) == 1


def test_states_are_listed_up_to_the_most_there_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exploring, "MOST_STATES", 5)
    assert len(explore(RULE)) == 5
    monkeypatch.setattr(exploring, "MOST_STATES", 4)
    assert explore(RULE) == ()


@pytest.mark.parametrize(
    ("action", "refused", "expected"),
    [
        (EscalationAction.WAIT, False, True),
        (EscalationAction.NEEDS_DECISION, True, True),
        (EscalationAction.NEEDS_DECISION, False, False),
        (EscalationAction.STOP_STUDY, False, False),
    ],
)
def test_a_dead_end_is_a_wait_for_nobody_or_what_must_not_be_proposed(
    action: EscalationAction, refused: bool, expected: bool
) -> None:
    proposal = replace(decide_next(RULE, STATES[2]), action=action, refused=refused)
    assert Stage(state=STATES[2], next=proposal).is_dead_end is expected


def test_toxicities_of_runs_with_different_ends_are_added() -> None:
    """Two runs of three end after the first subject, one after the second: 1T, 1T, 1N 2T."""
    found = simulate_runs(explore(RULE), {1: 0.5, 2: 0.5}, 3, iter([0.0, 0.0, 0.9, 0.0]).__next__)
    assert (found.mtd, found.without_mtd, found.unrated) == ({}, {EscalationAction.STOP_STUDY: 3}, 0)
    assert {level: share * 3 for level, share in found.treated.items()} == {1: 3, 2: 1}
    assert {level: share * 3 for level, share in found.dlts.items()} == {1: 2, 2: 1}


def test_toxicities_at_one_level_are_added_over_ends() -> None:
    """1N 2T and 1T after it: level 1 has none in the first run and one in the second; then the other way round."""
    for draws in ([0.9, 0.0, 0.0], [0.0, 0.9, 0.0]):
        found = simulate_runs(explore(RULE), {1: 0.5, 2: 0.5}, 2, iter(draws).__next__)
        assert {level: share * 2 for level, share in found.dlts.items()} == {1: 1, 2: 1}
