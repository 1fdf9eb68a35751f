"""A reason is told in whole: what stands in the way, counts, the condition, the consequence, what is on hold."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fhir_adapter.domain.escalation.decide_next import NextAction, decide_next
from fhir_adapter.domain.escalation.rule import EscalationAction
from fhir_adapter.domain.escalation.state import CohortState
from tests.escalation import cohort, count, shipped_rule

NOTHING = "0 evaluable, 0 with a dose-limiting toxicity"
ASKED = "a named person decides; nobody is enrolled until then"


REASONS: list[tuple[CohortState, tuple[str, ...]]] = [
    (cohort(1), (f"level 1: {NOTHING}", "there is room at the level: enrol the next subject at level 1")),
    (
        cohort(1, "3/0"),
        (
            "level 1: 3 evaluable, 0 with a dose-limiting toxicity",
            "nobody of the cohort had a dose-limiting toxicity: escalate to level 2",
        ),
    ),
    (
        cohort(1, "3/1"),
        (
            "level 1: 3 evaluable, 1 with a dose-limiting toxicity",
            "one of the cohort had a dose-limiting toxicity: expand level 1 to 6",
        ),
    ),
    (
        cohort(2, "2/2", l1="3/0"),
        (
            "level 2: 2 evaluable, 2 with a dose-limiting toxicity",
            "the level is too toxic and the one below is not expanded yet: de-escalate to level 1",
            "second infusions from level 2 upwards are on hold",
        ),
    ),
    (
        CohortState(
            open_level=1, counts={1: count("6/1"), 2: count("2/2", left=(2, 2))}, too_toxic=frozenset({2})
        ),
        (
            "level 1: 6 evaluable, 1 with a dose-limiting toxicity",
            "the level is expanded and tolerated and none is left above it: level 1 is the maximum tolerated dose",
        ),
    ),
    (CohortState(open_level=None), ("no level is open; a named decision opens one: wait: nobody is enrolled",)),
    (
        CohortState(open_level=2, counts={1: count("3/1", left=(3, 0)), 2: count("1/0", 1, 1)}),
        (
            "level 1 was left and its count has changed",
            "level 2: 1 evaluable, 0 with a dose-limiting toxicity, 1 suspected, 1 still observed",
            f"a late or corrected adjudication changed the count at a level already left: {ASKED}",
        ),
    ),
]


@pytest.mark.parametrize(("state", "parts"), REASONS)
def test_a_reason_is_told_in_whole(state: CohortState, parts: tuple[str, ...]) -> None:
    assert decide_next(shipped_rule(), state).reason == "; ".join(parts)


def test_a_refused_proposal_says_what_it_would_have_been_and_keeps_what_is_on_hold() -> None:
    """Level 1 has two toxicities, but the level below is full: nobody is sent there, nobody gets infusion 2."""
    assert decide_next(shipped_rule(), cohort(1, "3/2", l0="6/1")) == NextAction(
        action=EscalationAction.NEEDS_DECISION,
        level=None,
        row="2",
        reason=(
            "level 1: 3 evaluable, 2 with a dose-limiting toxicity; level 1 is too toxic, but level 0 has its 6 "
            "evaluable subjects: a named person decides; nobody is enrolled until then; second infusions from "
            "level 1 upwards are on hold"
        ),
        refused=True,
        hold_from=1,
    )


def test_a_level_the_trial_does_not_have_is_named_as_missing() -> None:
    rule = replace(shipped_rule(), levels=(1, 2, 3))
    without = replace(rule, rows=tuple(row for row in rule.rows if row.row != "1"))
    assert decide_next(without, cohort(1, "2/2")).reason == (
        "level 1: 2 evaluable, 2 with a dose-limiting toxicity; level 1 is too toxic, but there is no such level: "
        "a named person decides; nobody is enrolled until then; second infusions from level 1 upwards are on hold"
    )


def test_a_table_without_an_answer_says_so() -> None:
    proposal = decide_next(replace(shipped_rule(), rows=shipped_rule().rows[:1]), cohort(1))
    assert proposal.reason == (
        f"level 1: {NOTHING}; no row of the table applies: a named person decides; nobody is enrolled until then"
    )
