"""The plain table is written from the rows that decide."""

from __future__ import annotations

from dataclasses import replace

from fhir_adapter.domain.escalation.rule import Condition
from fhir_adapter.domain.escalation.situation import condition_text
from fhir_adapter.domain.escalation.table import LETTERS, table_lines, table_notes
from tests.escalation import shipped_rule

NUMBERED = [
    ("1", "t >= 2 at level 0, n <= 3 at level 0", "STOP_STUDY"),
    ("1", "t >= 2 at level 0", "STOP_STUDY"),
    ("2", "t >= 2, d = 1", "DE_ESCALATE level 0"),
    ("3", "t >= 2, d-1 has n = 6, t <= 1, d >= 2", "DECLARE_MTD d-1"),
    ("3", "t >= 2, d >= 2", "DE_ESCALATE d-1"),
    ("4", "u >= 1", "WAIT"),
    ("5", "n = 6, d = 0", "NEEDS_DECISION"),
    ("5", "n = 6, d = 3 or d+1 too toxic", "DECLARE_MTD d"),
    ("5", "n = 6", "ESCALATE d+1"),
    ("6", "n = 3, p = 0, t = 0, d = 0", "EXPAND level 0 to 6"),
    ("6", "n = 3, p = 0, t = 0, d = 3 or d+1 too toxic", "EXPAND d to 6"),
    ("6", "n = 3, p = 0, t = 0", "ESCALATE d+1"),
    ("7", "n = 3, p = 0, t = 1", "EXPAND d to 6"),
    ("8", "n + p < T", "ENROL d"),
    ("9", "else", "WAIT"),
]


def test_the_numbered_rows_read_as_in_the_review_of_the_protocol() -> None:
    lines = [(line.row, line.condition, line.action) for line in table_lines(shipped_rule())]
    assert [line for line in lines if line[0].isdigit()] == NUMBERED


def test_the_other_rows_stand_where_they_come_first() -> None:
    lines = [(line.row, line.condition, line.action) for line in table_lines(shipped_rule())]
    assert [line for line in lines if not line[0].isdigit()] == [
        ("left", "the count at a level already left has changed", "NEEDS_DECISION"),
        ("left", "u >= 1 at a level already left", "WAIT"),
        ("open", "no level is open", "WAIT"),
        ("asked", "only a named person can answer", "NEEDS_DECISION"),
        ("asked", "2 second infusions withheld", "NEEDS_DECISION"),
        ("asked", "something must be known first", "WAIT"),
    ]
    assert [line[0] for line in lines].index("left") == 2


def test_the_table_carries_the_numbers_of_the_rule() -> None:
    other = replace(shipped_rule(), cohort=4, expanded=8, too_toxic=3, levels=(0, 1))
    lines = [(line.row, line.condition, line.action) for line in table_lines(other)]
    assert ("7", "n = 4, p = 0, 1 <= t <= 2", "EXPAND d to 8") in lines
    assert ("5", "n = 8, d = 1 or d+1 too toxic", "DECLARE_MTD d") in lines
    assert table_notes(other)[0] == "T = 8 once n > 4, or n = 4 and the table expands the level; else 4."


def test_what_holds_beside_the_rows_is_said() -> None:
    assert table_notes(shipped_rule()) == (
        "T = 6 once n > 3, or n = 3 and the table expands the level; else 3.",
        "Second infusions are on HOLD from the lowest level with t + u >= 2 upwards, until a decision.",
        "Never proposed: opening a level with t >= 2, n + p > 6, two open levels.",
    )


def test_every_letter_and_every_condition_has_words() -> None:
    assert [letter for letter, _ in LETTERS] == ["d", "n", "t", "u", "p", "T"]
    assert all(condition_text(condition, shipped_rule()) for condition in Condition)


def test_every_row_is_read_with_its_own_words() -> None:
    assert [(line.row, line.text) for line in table_lines(shipped_rule()) if line.row in {"7", "8"}] == [
        ("7", "one of the cohort had a dose-limiting toxicity"),
        ("8", "there is room at the level"),
    ]
