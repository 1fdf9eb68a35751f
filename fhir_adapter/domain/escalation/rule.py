"""A trial's dose-escalation rule as data: levels, sizes, and the rows of its decision table.

Knows: the shape of such a rule. Does not know: any particular trial, the YAML it was written in, what a row means
for a cohort (situation.py).
Letters as in the table: d the open level, n evaluable subjects at it, t of these with a dose-limiting toxicity,
u suspected and not yet judged, p treated or reserved with an open window (u included), T how many d takes now.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class EscalationAction(StrEnum):
    """What the rule says comes next. A proposal: a named person decides."""

    ENROL = "ENROL"
    WAIT = "WAIT"
    ESCALATE = "ESCALATE"
    EXPAND = "EXPAND"
    DE_ESCALATE = "DE_ESCALATE"
    DECLARE_MTD = "DECLARE_MTD"
    STOP_STUDY = "STOP_STUDY"
    NEEDS_DECISION = "NEEDS_DECISION"


class Place(StrEnum):
    """Which level an action names, seen from the open one."""

    HERE = "here"
    ABOVE = "above"
    BELOW = "below"


PLACES: Final[Mapping[EscalationAction, tuple[Place, ...]]] = {
    EscalationAction.ENROL: (Place.HERE,),
    EscalationAction.EXPAND: (Place.HERE,),
    EscalationAction.ESCALATE: (Place.ABOVE,),
    EscalationAction.DE_ESCALATE: (Place.BELOW,),
    EscalationAction.DECLARE_MTD: (Place.HERE, Place.BELOW),
}
"""Action -> the levels it may name; the others name none."""

TREATING: Final = frozenset({
    EscalationAction.ENROL,
    EscalationAction.EXPAND,
    EscalationAction.ESCALATE,
    EscalationAction.DE_ESCALATE,
})
"""Actions after which somebody is treated at the level they name."""


class Condition(StrEnum):
    """A closed statement about the cohort; situation.py says when it holds and how it is written."""

    NO_DLT = "no-dlt"
    TOLERABLE_DLTS = "tolerable-dlts"
    TOO_MANY_DLTS = "too-many-dlts"
    LOWEST_TOO_TOXIC = "lowest-too-toxic"
    LOWEST_NOT_EXPANDED = "lowest-not-expanded"
    COHORT_COMPLETE = "cohort-complete"
    LEVEL_COMPLETE = "level-complete"
    NO_OPEN_WINDOW = "no-open-window"
    SUSPECTED = "suspected"
    ROOM = "room"
    NOWHERE_UP = "nowhere-up"
    BELOW_CLEARED = "below-cleared"
    LEFT_LEVEL_CHANGED = "left-level-changed"
    LEFT_LEVEL_SUSPECTED = "left-level-suspected"
    TOO_MANY_WITHHELD = "too-many-withheld"
    QUESTION_OPEN = "question-open"
    NOT_KNOWN_YET = "not-known-yet"
    NO_LEVEL_OPEN = "no-level-open"


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
    """One row of the decision table; the first whose conditions all hold decides.

    Attributes:
        row: Its name; rows that belong together share it (`3`).
        when: 0..*; all must hold; none = always.
        level: 0..1; only where this level is open.
        level_from: 0..1; only where this level or a higher one is open.
        action: What follows.
        at: The level the action names; without meaning for actions that name none.
        text: The conditions in plain words.
    """

    row: str
    action: EscalationAction
    text: str
    when: tuple[Condition, ...] = ()
    level: int | None = None
    level_from: int | None = None
    at: Place = Place.HERE


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationRule:
    """How a trial finds its dose.

    Attributes:
        levels: 1..*; dose levels, rising, without gaps.
        start: The level the study starts at.
        cohort: Evaluable subjects a level needs first.
        expanded: Evaluable subjects of an expanded level; never more are treated towards it.
        too_toxic: Dose-limiting toxicities at which a level is too toxic.
        withheld: Second infusions withheld at a level, for toxicity that is not dose-limiting, at which a person
            is asked.
        rows: 1..*; the decision table, in order; the last has no condition.
        source: Where it stands.
    """

    levels: tuple[int, ...]
    start: int
    cohort: int
    expanded: int
    too_toxic: int
    withheld: int
    rows: tuple[TableRow, ...]
    source: str = ""

    @property
    def lowest(self) -> int:
        """The lowest dose level."""
        return self.levels[0]

    @property
    def highest(self) -> int:
        """The highest dose level."""
        return self.levels[-1]
