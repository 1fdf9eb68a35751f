"""The decision table in plain text, written from the rows that decide.

Knows: how a row reads. Does not know: how tables are drawn.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from fhir_adapter.domain.escalation.decide_next import target_of
from fhir_adapter.domain.escalation.rule import PLACES, EscalationAction, EscalationRule, Place, TableRow
from fhir_adapter.domain.escalation.situation import condition_text

LETTERS: Final = (
    ("d", "the open level"),
    ("n", "evaluable subjects at it"),
    ("t", "of these, subjects with an adjudicated dose-limiting toxicity"),
    ("u", "subjects with a suspected one, not judged yet"),
    ("p", "subjects treated or reserved with an open window, those of u included"),
    ("T", "how many subjects the level takes now"),
)
"""The table's letters and what they count."""

_PLACES: Final = {Place.HERE: "d", Place.ABOVE: "d+1", Place.BELOW: "d-1"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TableLine:
    """One row as it is read.

    Attributes:
        row: Its name.
        condition: With the table's letters, for example `n = 6, d = 0`; `else` for the last.
        action: What follows, for example `ESCALATE d+1`.
        text: The condition in plain words.
    """

    row: str
    condition: str
    action: str
    text: str


def table_lines(rule: EscalationRule) -> tuple[TableLine, ...]:
    """Write the decision table.

    Args:
        rule: The trial's rule.

    Returns:
        Its rows in the order they are tried; the first that holds decides.
    """
    return tuple(
        TableLine(
            row=row.row,
            condition=", ".join(_conditions(rule, row)) or "else",
            action=_action(rule, row),
            text=row.text,
        )
        for row in rule.rows
    )


def _conditions(rule: EscalationRule, row: TableRow) -> Iterator[str]:
    yield from (condition_text(condition, rule) for condition in row.when)
    if row.level is not None:
        yield f"d = {row.level}"
    if row.level_from is not None:
        yield f"d >= {row.level_from}"


def _action(rule: EscalationRule, row: TableRow) -> str:
    if row.action not in PLACES:
        return str(row.action)
    level = target_of(row, row.level)
    place = _PLACES[row.at] if level is None else f"level {level}"
    filled = f" to {rule.expanded}" if row.action is EscalationAction.EXPAND else ""
    return f"{row.action} {place}{filled}"


def table_notes(rule: EscalationRule) -> tuple[str, ...]:
    """Write what holds beside the rows.

    Args:
        rule: The trial's rule.

    Returns:
        How large a level is, when second infusions are on hold, what is never proposed.
    """
    cohort, expanded, limit = rule.cohort, rule.expanded, rule.too_toxic
    expands = f"n > {cohort}, or n = {cohort} and the table expands the level"
    return (
        f"T = {expanded} once {expands}; else {cohort}.",
        f"Second infusions are on HOLD from the lowest level with t + u >= {limit} upwards, until a decision.",
        f"Never proposed: opening a level with t >= {limit}, n + p > {expanded}, two open levels.",
    )
