"""Every path of the dose escalation, one subject after the other, against the table written by hand."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache
from itertools import pairwise

import pytest

from fhir_adapter.domain.escalation import explore as exploring
from fhir_adapter.domain.escalation.explore import Stage, count_answers, count_situations, explore, list_paths
from fhir_adapter.domain.escalation.paths import PathOutcome, replay_path
from fhir_adapter.domain.escalation.rule import Condition
from tests.escalation import answer_of, shipped_rule, walk_by_hand


@cache
def stages() -> tuple[Stage, ...]:
    return explore(shipped_rule())


@cache
def paths() -> tuple[PathOutcome, ...]:
    return tuple(list_paths(stages()))


def letters(path: str) -> str:
    """`1NNN 2T` as `1N1N1N2T`."""
    return "".join(f"{group[0]}{letter}" for group in path.split() for letter in group[1:])


def test_the_paths_are_those_of_the_table_by_hand_and_end_as_it_says() -> None:
    expected = {told: (outcomes, answer) for told, outcomes, answer in walk_by_hand()}
    found = {letters(outcome.path): outcome for outcome in paths()}
    assert found.keys() == expected.keys()
    for told, (outcomes, answer) in expected.items():
        assert answer_of(found[told].next) == answer
        assert found[told].treated(shipped_rule()) == {level: len(text) for level, text in outcomes.items()}
        assert found[told].dlts(shipped_rule()) == {level: text.count("T") for level, text in outcomes.items()}


def test_there_are_as_many_paths_as_counting_says() -> None:
    """At a level that can be left upwards: NNN passes with three (1 way), one T among the first three and NNN pass
    with six (3), two T fail: TT, NTT, TNT (3) or after one of three T, NT, NNT (3 x 3), together 12.
    Where three without toxicity are expanded: passes NNN + up to one T of three (4) and 3, fails 3 + 9 + 3.
    """
    lowest = 7 + 15  # to a decision or to the stop
    fill = 4  # three more at a level already at 3/0; TT, NTT, TNT (3 ways) make it too toxic
    fill_1 = fill + 3 * lowest
    level_2_failed = {3: 12 * fill_1, 6: 12}  # by how many level 1 has
    level_3 = {3: 7 + 15 * (fill + 3 * fill_1) + 3 * (7 + 15), 6: 7 + 15 * (fill + 3) + 3 * (7 + 15)}
    after_1 = {size: level_2_failed[size] + level_3[size] for size in (3, 6)}
    assert 12 * lowest + after_1[3] + 3 * after_1[6] == 4957
    assert len(paths()) == 4957
    assert len({outcome.path for outcome in paths()}) == 4957


def test_there_are_81_states_of_the_open_level_with_its_answer() -> None:
    """A fresh level that can be left upwards has 15: 1 + 2 + 3 + 3 up to three, then t = 1 and 2 at four to six.
    One that is expanded from 3/0 too: 18. A level is only asked about once somebody was treated, but the first.

    Level 0: 18 - 1. Level 1: 15, filled from 3/0 also 4/0, 5/0, 6/0, and 6/1 with another answer: 19.
    Level 2: 14 and those 4; its five states with t = 2 go to level 1 or declare it: 23. Level 3: 17 and 5.
    """
    assert 17 + 19 + 23 + 22 == 81
    assert count_situations(stages()) == 81


def test_the_ends_are_counted() -> None:
    """Level 3: passed in 7 ways after level 2 and level 1 were each passed in 4."""
    ends = {(str(action), level): number for (action, level), number in count_answers(stages()).items()}
    assert ends[("DECLARE_MTD", 3)] == 7 * 4 * 4
    assert ends == {
        ("DECLARE_MTD", 1): 399,
        ("DECLARE_MTD", 2): 420,
        ("DECLARE_MTD", 3): 112,
        ("NEEDS_DECISION", None): 1281,
        ("STOP_STUDY", None): 2745,
    }


def test_no_path_is_a_dead_end() -> None:
    assert [stage for stage in stages() if stage.is_dead_end] == []
    assert {str(outcome.next.action) for outcome in paths()} == {"DECLARE_MTD", "STOP_STUDY", "NEEDS_DECISION"}


def test_no_path_skips_a_level_exceeds_six_or_reopens_a_level_too_toxic() -> None:
    for outcome in paths():
        levels = [int(letter) for letter in letters(outcome.path)[::2]]
        marks = letters(outcome.path)[1::2]
        assert levels[0] == 1
        assert all(abs(one - other) <= 1 for one, other in pairwise(levels))
        assert max(Counter(levels).values()) <= 6
        toxic: Counter[int] = Counter()
        for level, mark in zip(levels, marks, strict=True):
            assert toxic[level] < 2
            toxic[level] += mark == "T"


def test_a_listed_path_can_be_followed_and_leads_to_the_same() -> None:
    for outcome in paths()[::200]:
        again = replay_path(shipped_rule(), outcome.path)
        assert (again.path, again.next, again.state) == (outcome.path, outcome.next, outcome.state)


def test_paths_are_listed_without_toxicity_first() -> None:
    assert paths()[0].path == "1NNN 2NNN 3NNN 3NNN"
    assert paths()[-1].path == "1TT 0TT"


def test_a_table_that_stops_expanding_ends_in_a_dead_end() -> None:
    """One toxicity of three, and no row says what follows: everybody is observed, and the table waits."""
    rule = shipped_rule()
    without = replace(rule, rows=tuple(row for row in rule.rows if Condition.TOLERABLE_DLTS not in row.when))
    stuck = [stage for stage in explore(without) if stage.is_dead_end]
    assert {(stage.next.action, stage.next.row) for stage in stuck} == {("WAIT", "9")}


def test_a_rule_with_too_many_states_is_not_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(stages()) == 906
    monkeypatch.setattr(exploring, "MOST_STATES", 905)
    assert explore(shipped_rule()) == ()
    assert list(list_paths(())) == []


def test_where_no_level_is_open_nothing_can_be_listed() -> None:
    rule = replace(shipped_rule(), start=9)
    (only,) = explore(rule)
    assert only.is_dead_end
    assert count_situations((only,)) == 1
