"""What the escalation rule says comes next for a cohort.

Knows: first match wins, and what no row may do. Does not know: who decides, whose counts these are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from fhir_adapter.domain.escalation.rule import PLACES, EscalationAction, EscalationRule, Place, TableRow
from fhir_adapter.domain.escalation.situation import Situation, applies
from fhir_adapter.domain.escalation.state import CohortState

NO_ROW: Final = "none"
"""Name given where no row applies: a table without a last row that always does."""

_STEPS: Final[Mapping[Place, int]] = {Place.HERE: 0, Place.ABOVE: 1, Place.BELOW: -1}

_WORDS: Final[Mapping[EscalationAction, str]] = {
    EscalationAction.ENROL: "enrol the next subject at level {level}",
    EscalationAction.WAIT: "wait: nobody is enrolled",
    EscalationAction.ESCALATE: "escalate to level {level}",
    EscalationAction.EXPAND: "expand level {level} to {expanded}",
    EscalationAction.DE_ESCALATE: "de-escalate to level {level}",
    EscalationAction.DECLARE_MTD: "level {level} is the maximum tolerated dose",
    EscalationAction.STOP_STUDY: "stop the study",
    EscalationAction.NEEDS_DECISION: "a named person decides; nobody is enrolled until then",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NextAction:
    """What comes next by the rule. A proposal: a named person decides.

    Attributes:
        level: 0..1; where the next subject goes, or the maximum tolerated dose; None where nobody goes anywhere.
        row: Name of the row of the table that decided.
        reason: Counts, condition and consequence in plain words.
        refused: True where a row applies, but its action must not be proposed, or where no row does.
        hold_from: 0..1; second infusions at this level and above are on hold until a named decision.
    """

    action: EscalationAction
    level: int | None
    row: str
    reason: str
    refused: bool = False
    hold_from: int | None = None


def decide_next(rule: EscalationRule, state: CohortState) -> NextAction:
    """Say what the rule proposes for a cohort.

    Nothing is decided here: a named person's decision opens, keeps or closes a level.

    Args:
        rule: The trial's rule.
        state: Open level, counts, and what named persons decided; any combination is answered.

    Returns:
        The proposal of the first row that applies. Where a row would open a level that is too toxic, full or not
        there, a person is asked instead.

    Source:
        Registry page, DONOR NK-CELL INFUSIONS (3+3); clinical review, section 2.
    """
    now = Situation(rule, state)
    row = next((row for row in rule.rows if applies(row, now)), None)
    if row is None:
        return _asked(now, NO_ROW, "no row of the table applies")
    level = target_of(row, now.level)
    refused = _refusal(now, row, level)
    if refused:
        return _asked(now, row.row, f"{row.text}, but {refused}")
    return NextAction(
        action=row.action,
        level=level,
        row=row.row,
        reason=_reason(now, row.action, level, row.text),
        hold_from=now.hold_from,
    )


def target_of(row: TableRow, open_level: int | None) -> int | None:
    """Give the level a row's action names; None where it names none.

    Args:
        row: A row of the table.
        open_level: 0..1.

    Returns:
        The level, whether or not the trial has it.
    """
    if row.action not in PLACES or open_level is None:
        return None
    return open_level + _STEPS[row.at]


def _refusal(now: Situation, row: TableRow, level: int | None) -> str:
    # Whatever a table says, the machine reopens no level that is too toxic, fills none beyond the expanded size,
    # and names none there is not.
    if row.action not in PLACES:
        return ""
    if level not in now.rule.levels or level is None:
        return "there is no such level"
    if now.is_too_toxic(level):
        return f"level {level} is too toxic"
    full = now.state.at(level).evaluable >= now.rule.expanded
    if full and row.action is not EscalationAction.DECLARE_MTD:
        return f"level {level} has its {now.rule.expanded} evaluable subjects"
    return ""


def _asked(now: Situation, row: str, why: str) -> NextAction:
    action = EscalationAction.NEEDS_DECISION
    reason = _reason(now, action, None, why)
    return NextAction(action=action, level=None, row=row, reason=reason, refused=True, hold_from=now.hold_from)


def _reason(now: Situation, action: EscalationAction, level: int | None, why: str) -> str:
    then = _WORDS[action].format(level=level, expanded=now.rule.expanded)
    held = [] if now.hold_from is None else [f"second infusions from level {now.hold_from} upwards are on hold"]
    return "; ".join([*_named(now), *_counts(now), f"{why}: {then}", *held])


def _named(now: Situation) -> list[str]:
    """Name what stands in the way besides the counts at the open level."""
    changed = [f"level {level} was left and its count has changed" for level in now.changed_levels]
    suspected = [f"level {level} was left and a toxicity is suspected" for level in now.suspected_left_levels]
    return [*changed, *suspected, *now.state.questions, *now.state.waits]


def _counts(now: Situation) -> list[str]:
    if now.level is None:
        return []
    count = now.count
    parts = [f"{count.evaluable} evaluable", f"{count.dlts} with a dose-limiting toxicity"]
    further = ((count.suspected, "suspected"), (count.pending, "still observed"), (count.withheld, "withheld"))
    parts += [f"{number} {word}" for number, word in further if number]
    return [f"level {now.level}: {', '.join(parts)}"]
