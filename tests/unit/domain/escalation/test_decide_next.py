"""Every row of the decision table, both sides of each of its limits, and what no row may do."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fhir_adapter.domain.escalation.decide_next import NextAction, decide_next
from fhir_adapter.domain.escalation.rule import Condition, EscalationAction
from fhir_adapter.domain.escalation.state import CohortState
from tests.escalation import Answer, answer_of, by_hand, cohort, cohort_at, count, shipped_rule


def said(state: CohortState) -> NextAction:
    return decide_next(shipped_rule(), state)


ROWS: list[tuple[str, CohortState, Answer]] = [
    ("1 two of two at level 0", cohort(0, "2/2", l1="2/2"), ("STOP_STUDY", None, "1")),
    ("1 two of three at level 0", cohort(0, "3/2", l1="2/2"), ("STOP_STUDY", None, "1")),
    ("1 two of six at level 0", cohort(0, "6/2", l1="2/2"), ("STOP_STUDY", None, "1")),
    ("1 whatever is open or suspected", cohort(0, "2/2", 2, 4, l1="2/2"), ("STOP_STUDY", None, "1")),
    ("1 not with one", cohort(0, "2/1", l1="2/2"), ("ENROL", 0, "8")),
    ("2 two at level 1", cohort(1, "2/2"), ("DE_ESCALATE", 0, "2")),
    ("2 three at level 1", cohort(1, "6/3"), ("DE_ESCALATE", 0, "2")),
    ("2 before row 4", cohort(1, "2/2", 1, 1), ("DE_ESCALATE", 0, "2")),
    ("2 not with one", cohort(1, "2/1"), ("ENROL", 1, "8")),
    ("3 level below has three", cohort(2, "2/2", l1="3/0"), ("DE_ESCALATE", 1, "3")),
    ("3 level below has six and none", cohort(2, "2/2", l1="6/0"), ("DECLARE_MTD", 1, "3")),
    ("3 level below has six and one", cohort(3, "3/2", l1="3/0", l2="6/1"), ("DECLARE_MTD", 2, "3")),
    ("3 from the top down", cohort(3, "3/2", l1="6/1", l2="3/0"), ("DE_ESCALATE", 2, "3")),
    ("3 before row 4", cohort(2, "2/2", 1, 1, l1="6/0"), ("DECLARE_MTD", 1, "3")),
    ("4 one suspected", cohort(1, "2/0", 1, 1), ("WAIT", None, "4")),
    ("4 although the cohort is complete", cohort(1, "3/0", 1, 1), ("WAIT", None, "4")),
    ("4 not with none", cohort(1, "1/0", 0, 1), ("ENROL", 1, "8")),
    ("5 level 0 is asked", cohort(0, "6/1", l1="2/2"), ("NEEDS_DECISION", None, "5")),
    ("5 the top", cohort(3, "6/1", l1="3/0", l2="3/0"), ("DECLARE_MTD", 3, "5")),
    ("5 below one too toxic", cohort(1, "6/1", l2="3/2"), ("DECLARE_MTD", 1, "5")),
    ("5 below one not treated", cohort(1, "6/1"), ("ESCALATE", 2, "5")),
    ("5 not with five", cohort(1, "5/1"), ("ENROL", 1, "8")),
    ("6 level 1", cohort(1, "3/0"), ("ESCALATE", 2, "6")),
    ("6 level 2", cohort(2, "3/0", l1="3/0"), ("ESCALATE", 3, "6")),
    ("6 level 0", cohort(0, "3/0", l1="2/2"), ("EXPAND", 0, "6")),
    ("6 the top", cohort(3, "3/0", l1="3/0", l2="3/0"), ("EXPAND", 3, "6")),
    ("6 below one too toxic", cohort(2, "3/0", l1="3/0", l3="2/2"), ("EXPAND", 2, "6")),
    ("6 not with two", cohort(1, "2/0"), ("ENROL", 1, "8")),
    ("6 not with an open window", cohort(1, "3/0", 0, 1), ("WAIT", None, "9")),
    ("7 one of three", cohort(1, "3/1"), ("EXPAND", 1, "7")),
    ("7 one of three at level 0", cohort(0, "3/1", l1="2/2"), ("EXPAND", 0, "7")),
    ("7 with an open window it is row 8", cohort(1, "3/1", 0, 1), ("ENROL", 1, "8")),
    ("8 the first", cohort(1), ("ENROL", 1, "8")),
    ("8 two waited for", cohort(1, "0/0", 0, 2), ("ENROL", 1, "8")),
    ("8 the last of six", cohort(1, "4/1", 0, 1), ("ENROL", 1, "8")),
    ("8 the third at level 0 still open", cohort(0, "3/0", 0, 2, l1="2/2"), ("ENROL", 0, "8")),
    ("9 three waited for", cohort(1, "0/0", 0, 3), ("WAIT", None, "9")),
    ("9 two and one", cohort(1, "2/1", 0, 1), ("WAIT", None, "9")),
    ("9 six", cohort(1, "4/1", 0, 2), ("WAIT", None, "9")),
    ("9 six at level 0", cohort(0, "3/0", 0, 3, l1="2/2"), ("WAIT", None, "9")),
]


@pytest.mark.parametrize(("state", "expected"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_a_row_decides_on_its_side_of_its_limits(state: CohortState, expected: Answer) -> None:
    assert answer_of(said(state)) == expected


def test_every_count_of_every_level_is_answered_as_the_table_by_hand() -> None:
    differing = []
    for d in range(4):
        for n in range(7):
            for t in range(min(n, 3) + 1):
                for u, p in ((0, 0), (0, 1), (0, 2), (0, 6 - n), (1, 1), (2, 3)):
                    for up in (False, True)[: 1 + (d in {1, 2})]:
                        for below in ("3/0", "6/0", "6/1")[: 1 + 2 * (d > 1)]:
                            answer = answer_of(said(cohort_at(d, f"{n}/{t}", u, p, up=up, below=below)))
                            expected = by_hand(d, n, t, u, p, up=up, below=below)
                            differing += [(d, n, t, u, p, up, below)] if answer != expected else []
    assert differing == []


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (cohort(2, "2/0", l1="3/1"), ("NEEDS_DECISION", None, "left")),
        (cohort(2, "2/0", l1="2/0"), ("NEEDS_DECISION", None, "left")),
        (cohort(2, "2/2", l1="6/2"), ("NEEDS_DECISION", None, "left")),
        (cohort(1, "3/0", l2="3/1"), ("NEEDS_DECISION", None, "left")),
        (cohort(0, "3/0", l1="3/1"), ("NEEDS_DECISION", None, "left")),
        (cohort(0, "2/2", l1="3/1"), ("STOP_STUDY", None, "1")),
    ],
)
def test_a_count_with_which_no_level_is_left_is_a_question(state: CohortState, expected: Answer) -> None:
    """A late or corrected adjudication; only two toxicities at the lowest level come before it."""
    assert answer_of(said(state)) == expected


@pytest.mark.parametrize(
    ("left", "now", "row"),
    [
        ((6, 0), "6/0", "8"),
        ((6, 0), "6/1", "left"),
        ((6, 1), "6/0", "left"),
        ((3, 0), "4/0", "left"),
        ((3, 1), "3/1", "8"),
    ],
)
def test_a_count_other_than_the_one_a_level_was_left_with_is_a_question(
    left: tuple[int, int], now: str, row: str
) -> None:
    """What a named person left a level with is not questioned again, even where the rule would not have."""
    state = CohortState(open_level=2, counts={1: count(now, left=left)})
    assert said(state).row == row


@pytest.mark.parametrize(("now", "row"), [("3/2", "8"), ("4/2", "8"), ("4/3", "8"), ("3/1", "left")])
def test_at_a_level_closed_as_too_toxic_only_fewer_toxicities_are_a_question(now: str, row: str) -> None:
    """Subjects treated before it was closed finish their windows there."""
    state = CohortState(open_level=0, counts={1: count(now, left=(3, 2))}, too_toxic=frozenset({1}))
    assert said(state).row == row


def test_a_level_a_person_closed_with_one_toxicity_stays_closed() -> None:
    state = CohortState(
        open_level=1, counts={1: count("6/1"), 2: count("3/1", left=(3, 1))}, too_toxic=frozenset({2})
    )
    assert answer_of(said(state)) == ("DECLARE_MTD", 1, "5")


def test_level_0_is_expanded_also_where_a_person_opened_it_although_level_1_was_tolerated() -> None:
    state = CohortState(open_level=0, counts={0: count("3/0"), 1: count("3/1", left=(3, 1))})
    assert answer_of(said(state)) == ("EXPAND", 0, "6")


def test_a_suspected_toxicity_at_a_level_left_upwards_lets_nobody_in() -> None:
    state = CohortState(open_level=2, counts={1: count("3/0", 1, 1)})
    assert answer_of(said(state)) == ("WAIT", None, "left")
    assert "level 1 was left and a toxicity is suspected" in said(state).reason


def test_a_suspected_toxicity_at_a_level_already_too_toxic_changes_nothing() -> None:
    state = CohortState(open_level=0, counts={1: count("2/2", 1, 1)})
    assert answer_of(said(state)) == ("ENROL", 0, "8")


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (CohortState(open_level=1, questions=("S-1 died",)), ("NEEDS_DECISION", None, "asked")),
        (CohortState(open_level=1, counts={1: count("2/2")}, questions=("S-1 died",)), ("DE_ESCALATE", 0, "2")),
        (CohortState(open_level=1, counts={1: count("3/0", withheld=2)}), ("NEEDS_DECISION", None, "asked")),
        (CohortState(open_level=1, counts={1: count("3/0", withheld=1)}), ("ESCALATE", 2, "6")),
        (CohortState(open_level=1, waits=("S-1: part not known",)), ("WAIT", None, "asked")),
        (CohortState(open_level=None), ("WAIT", None, "open")),
        (CohortState(open_level=7), ("WAIT", None, "open")),
        (CohortState(open_level=None, counts={0: count("3/2")}), ("STOP_STUDY", None, "1")),
        (CohortState(open_level=None, counts={1: count("3/1", left=(3, 0))}), ("NEEDS_DECISION", None, "left")),
    ],
)
def test_what_only_a_person_knows_comes_before_anybody_is_enrolled(state: CohortState, expected: Answer) -> None:
    assert answer_of(said(state)) == expected


def test_a_reason_names_what_stands_in_the_way() -> None:
    state = CohortState(
        open_level=1, counts={1: count("2/1", 1, 2, withheld=1)}, questions=("S-1 died",), waits=("S-2: part",)
    )
    assert said(state).reason == (
        "S-1 died; S-2: part; level 1: 2 evaluable, 1 with a dose-limiting toxicity, 1 suspected, "
        "2 still observed, 1 withheld; a question only a person can answer is open: "
        "a named person decides; nobody is enrolled until then; second infusions from level 1 upwards are on hold"
    )


@pytest.mark.parametrize(
    ("state", "hold_from"),
    [
        (cohort(1, "2/1", 1, 1), 1),
        (cohort(1, "2/1"), None),
        (cohort(1, "2/0", 1, 1), None),
        (cohort(1, "2/0", 2, 2), 1),
        (cohort(2, "2/2", l1="3/0"), 2),
        (cohort(0, "2/2", l1="2/2"), 0),
        (CohortState(open_level=2, counts={1: count("3/1", 1, 1, left=(3, 1)), 2: count("1/0")}), 1),
        (CohortState(open_level=1, counts={2: count("2/2", left=(2, 2))}, too_toxic=frozenset({2})), None),
    ],
)
def test_second_infusions_are_on_hold_from_the_level_of_a_second_toxicity(
    state: CohortState, hold_from: int | None
) -> None:
    """PUT-3; the decision that closes a level says how to go on, so a closed level holds nobody."""
    assert said(state).hold_from == hold_from


@pytest.mark.parametrize(
    ("state", "row", "why"),
    [
        (cohort(1, "3/2", l0="6/1"), "2", "level 0 has its 6 evaluable subjects"),
        (
            CohortState(open_level=2, counts={1: count("3/2", left=(3, 2)), 2: count("2/2")}),
            "3",
            "level 1 is too toxic",
        ),
        (CohortState(open_level=1, too_toxic=frozenset({1})), "8", "level 1 is too toxic"),
    ],
)
def test_the_machine_reopens_no_level_that_is_too_toxic_or_full(state: CohortState, row: str, why: str) -> None:
    proposal = said(state)
    assert answer_of(proposal) == ("NEEDS_DECISION", None, row)
    assert proposal.refused
    assert why in proposal.reason


def test_a_table_that_names_a_level_there_is_not_is_refused() -> None:
    rule = replace(shipped_rule(), levels=(1, 2, 3))
    proposal = decide_next(rule, cohort(2, "3/0", l1="3/0"))
    assert answer_of(proposal) == ("ESCALATE", 3, "6")
    down = decide_next(rule, replace(cohort(1, "1/0"), counts={1: count("3/1", 0, 0)}))
    assert answer_of(down) == ("EXPAND", 1, "7")
    rows = tuple(row for row in rule.rows if row.row != "1")
    gone = decide_next(replace(rule, rows=rows), cohort(1, "2/2"))
    assert (gone.action, gone.refused) == (EscalationAction.NEEDS_DECISION, True)
    assert "there is no such level" in gone.reason


def test_a_table_without_an_answer_asks_a_person() -> None:
    proposal = decide_next(replace(shipped_rule(), rows=shipped_rule().rows[:1]), cohort(1))
    assert answer_of(proposal) == ("NEEDS_DECISION", None, "none")
    assert proposal.refused


@pytest.mark.parametrize(
    ("setting", "value", "state", "before", "after"),
    [
        ("minimum-level-toxic", "NEEDS_DECISION", cohort(0, "3/2", l1="2/2"), "STOP_STUDY", "NEEDS_DECISION"),
        ("minimum-level-toxic", "NEEDS_DECISION", cohort(0, "4/2", l1="2/2"), "STOP_STUDY", "STOP_STUDY"),
        ("minimum-level-cleared", "DECLARE_MTD", cohort(0, "6/1", l1="2/2"), "NEEDS_DECISION", "DECLARE_MTD"),
        ("level-below-not-expanded", "DECLARE_MTD", cohort(2, "2/2", l1="3/0"), "DE_ESCALATE", "DECLARE_MTD"),
        ("no-level-left-above", "DECLARE_MTD", cohort(3, "3/0", l1="3/0", l2="3/0"), "EXPAND", "DECLARE_MTD"),
        ("no-level-left-above", "DECLARE_MTD", cohort(1, "3/0"), "ESCALATE", "ESCALATE"),
    ],
)
def test_another_reading_of_an_ambiguity_answers_otherwise(
    setting: str, value: str, state: CohortState, before: str, after: str
) -> None:
    assert said(state).action == before
    assert decide_next(shipped_rule(setting, value), state).action == after


COUNTS = st.builds(
    lambda n, t, u, p, left: count(f"{n}/{min(n, t)}", min(u, p), p, left=left),
    st.integers(0, 8),
    st.integers(0, 4),
    st.integers(0, 3),
    st.integers(0, 6),
    st.none() | st.tuples(st.integers(0, 6), st.integers(0, 3)),
)
STATES = st.builds(
    CohortState,
    open_level=st.none() | st.integers(-1, 5),
    counts=st.dictionaries(st.integers(-1, 5), COUNTS),
    too_toxic=st.frozensets(st.integers(0, 3)),
    questions=st.just(()),
    waits=st.just(()),
)


@settings(max_examples=50, deadline=None)
@given(state=STATES)
def test_whatever_the_state_no_proposal_breaks_a_law(state: CohortState) -> None:
    """Total; never a level that is too toxic, never more than six, never a jump, never anybody while u > 0."""
    proposal = said(state)
    if proposal.level is None:
        assert proposal.action in {"WAIT", "STOP_STUDY", "NEEDS_DECISION"}
        return
    there = state.at(proposal.level)
    assert there.dlts < 2
    assert proposal.level not in state.too_toxic
    assert proposal.level in {0, 1, 2, 3}
    assert abs(proposal.level - (state.open_level or 0)) <= 1
    if proposal.action == EscalationAction.ENROL:
        assert (there.evaluable + there.pending < 6, there.suspected) == (True, 0)


def test_the_conditions_of_the_shipped_table_are_all_that_there_are() -> None:
    assert {condition for row in shipped_rule().rows for condition in row.when} == set(Condition)
