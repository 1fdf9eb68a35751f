"""What a named person may decide: never less careful than the rule."""

from __future__ import annotations

from typing import Any

import pytest

from fhir_adapter.domain.cohort.cohort import Cohort
from fhir_adapter.domain.cohort.deciding import Choice, check_choice
from fhir_adapter.domain.escalation.rule import EscalationAction
from fhir_adapter.domain.safety_model.observation_rule import Reopening
from fhir_adapter.errors import DecisionRefusedError
from tests.cohorts import cohort_of, decided, decided_on

UP = decided_on(cohort_of("1NNN"), "ESCALATE", 2)
DOWN = decided_on(cohort_of("1TT"), "DE_ESCALATE", 0)
EXPANDED = decided_on(cohort_of("1NNTNNN"), "ESCALATE", 2)
STOP = decided("STOP_STUDY", when="04-20")


def outcome(cohort: Cohort, words: str) -> str:
    """`as proposed`, `otherwise`, or why it is refused."""
    action, _, level = words.partition(" ")
    choice = Choice(action=EscalationAction(action), level=int(level) if level else None)
    try:
        return "otherwise" if check_choice(cohort, choice) else "as proposed"
    except DecisionRefusedError as refused:
        return str(refused).split(": ", 1)[1].rsplit("; the rule proposes", 1)[0]


@pytest.mark.parametrize(
    ("path", "words", "expected"),
    [
        ("1NN", "ENROL 1", "as proposed"),
        ("1NN", "EXPAND 1", "as proposed"),
        ("1NN", "WAIT", "otherwise"),
        ("1NN", "STOP_STUDY", "otherwise"),
        ("1NN", "DE_ESCALATE 0", "otherwise"),
        ("1NN", "ENROL 2", "level 2 is closed: level 1 is open, and never two at once"),
        ("1NN", "ENROL 4", "--level must be one of 0, 1, 2, 3"),
        ("1NN", "ENROL", "--level must be one of 0, 1, 2, 3"),
        ("1NN", "WAIT 1", "it names no level"),
        ("1NN", "NEEDS_DECISION", "it is a question, not an answer"),
        ("1NN", "ESCALATE 2", "level 1 is not finished"),
        ("1NN", "ESCALATE 1", "level 1 is closed: level 1 is open, and never two at once"),
        ("1NN", "DE_ESCALATE 1", "level 1 is closed: level 1 is open, and never two at once"),
        ("1NN", "DECLARE_MTD 1", "level 1 does not have 6 evaluable subjects observed to the end"),
        ("1NN", "DECLARE_MTD 2", "level 2 was never treated to the end"),
        ("1NNN", "ESCALATE 2", "as proposed"),
        ("1NNN", "EXPAND 1", "otherwise"),
        ("1NNN", "ESCALATE 3", "it skips level 2"),
        ("1NNNO", "ESCALATE 2", "level 1 is not finished"),
        ("1NNT", "EXPAND 1", "as proposed"),
        ("1NNT", "ESCALATE 2", "level 1 is not finished"),
        ("1NNT", "DE_ESCALATE 0", "otherwise"),
        ("1NNTNNN", "ESCALATE 2", "as proposed"),
        ("1NNTNNN", "ENROL 1", "level 1 has its 6 evaluable or pending subjects"),
        ("1NNTNNN", "DECLARE_MTD 1", "otherwise"),
        ("1NNTOO", "ENROL 1", "as proposed"),
        ("1NNTOOO", "ENROL 1", "level 1 has its 6 evaluable or pending subjects"),
        ("1NNU", "ENROL 1", "the rule waits"),
        ("1NNU", "WAIT", "as proposed"),
        ("1TT", "DE_ESCALATE 0", "as proposed"),
        ("1TT", "ENROL 1", "level 1 is too toxic"),
        ("1TT", "WAIT", "otherwise"),
        ("1TT", "DECLARE_MTD 1", "level 1 is too toxic"),
        ("1TT", "ESCALATE 2", "level 1 is not finished"),
        ("1NWW", "ENROL 1", "as proposed"),
        ("1NWW", "WAIT", "as proposed"),
        ("1NWW", "ESCALATE 2", "level 1 is not finished"),
    ],
)
def test_at_the_start_level(path: str, words: str, expected: str) -> None:
    assert outcome(cohort_of(path), words) == expected


@pytest.mark.parametrize(
    ("path", "made", "words", "expected"),
    [
        ("1NNN 2NNN", UP, "ESCALATE 3", "as proposed"),
        ("1NNN 2NN", UP, "DE_ESCALATE 1", "otherwise"),
        ("1NNN 2NN", UP, "DE_ESCALATE 0", "it skips level 1"),
        ("1NNN 2TT", UP, "DE_ESCALATE 1", "as proposed"),
        ("1NNTNNN 2TT", EXPANDED, "DECLARE_MTD 1", "as proposed"),
        ("1NNTNNN 2TT", EXPANDED, "DE_ESCALATE 1", "level 1 has its 6 subjects"),
        ("1TTN 2NN", UP, "DE_ESCALATE 0", "as proposed"),
        ("1TTN 2NN", UP, "DE_ESCALATE 1", "level 1 is too toxic"),
        ("1TT 0NNNNNN", DOWN, "DECLARE_MTD 0", "as proposed"),
        ("1TT 0NNNNNN", DOWN, "ESCALATE 1", "level 1 is too toxic"),
        ("1TT 0NNNNNN", DOWN, "ENROL 1", "level 1 is closed: level 0 is open, and never two at once"),
        ("1NTN 0NNNNNN", DOWN, "ESCALATE 1", "as proposed"),
        ("1NTN 0NNN", DOWN, "ESCALATE 1", "level 0 is not finished"),
        ("1TT 0TT", DOWN, "STOP_STUDY", "as proposed"),
        ("1TT 0TT", DOWN, "WAIT", "otherwise"),
        ("1TT 0TT", DOWN, "ENROL 0", "the stopping rule is met"),
        ("1TT 0TT", DOWN, "ESCALATE 1", "the stopping rule is met"),
        ("1NN", STOP, "ENROL 1", "the study is stopped"),
        ("1NN", STOP, "STOP_STUDY", "the study is stopped"),
    ],
)
def test_after_a_decision(path: str, made: Any, words: str, expected: str) -> None:
    assert outcome(cohort_of(path, made), words) == expected


def test_a_trial_may_let_a_person_reopen_a_toxic_level_where_the_rule_asks_one() -> None:
    cleared = cohort_of("1TT 0NNNNNN", DOWN, reopening=Reopening.PERSON)
    assert outcome(cleared, "ESCALATE 1") == "otherwise"
    running = cohort_of("1TT 0NN", DOWN, reopening=Reopening.PERSON)
    assert outcome(running, "ESCALATE 1") == "level 1 is too toxic"


class TestAfterADeclaredDose:
    MTD = decided_on(cohort_of("1NNTNNN 2NNTNNN", EXPANDED), "DECLARE_MTD", 2, "04-20")

    def test_it_may_be_confirmed_or_lowered_and_nobody_is_enrolled(self) -> None:
        cohort = cohort_of("1NNTNNN 2NNTNNN", EXPANDED, self.MTD)
        assert outcome(cohort, "DECLARE_MTD 2") == "as proposed"
        assert outcome(cohort, "DECLARE_MTD 1") == "otherwise"
        assert outcome(cohort, "ENROL 2") == "level 2 is closed: no level is open"
        assert outcome(cohort, "ESCALATE 3") == "level 3 is closed: no level is open"

    def test_a_late_toxicity_at_it_is_answered_downwards(self) -> None:
        cohort = cohort_of("1NNT 2NNTNNT", EXPANDED, self.MTD)
        assert outcome(cohort, "DE_ESCALATE 1") == "as proposed"
        assert outcome(cohort, "DECLARE_MTD 2") == "level 2 is too toxic"

    def test_waiting_for_a_person_does_not_bind_the_person(self) -> None:
        waiting = cohort_of("1NN", decided("WAIT", when="03-03"))
        assert outcome(waiting, "ENROL 1") == "as proposed"


def test_the_refusal_names_the_choice_and_what_the_rule_proposes() -> None:
    with pytest.raises(DecisionRefusedError) as refused:
        check_choice(cohort_of("1NNN"), Choice(action=EscalationAction.ESCALATE, level=3))
    assert (
        str(refused.value) == "ESCALATE level 3 is refused: it skips level 2; the rule proposes ESCALATE level 2"
    )
    with pytest.raises(DecisionRefusedError) as stopped:
        check_choice(cohort_of("", STOP), Choice(action=EscalationAction.WAIT, level=None))
    assert str(stopped.value) == "WAIT is refused: the study is stopped; the rule proposes STOP_STUDY"
