"""When each condition of the decision table holds, and how it is written with the rule's own numbers.

Knows: the closed list of conditions. Does not know: the rows, what follows from them.
Meaning and wording stand side by side, so that the printed table is the one that decides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from fhir_adapter.domain.escalation.rule import Condition, EscalationAction, EscalationRule, TableRow
from fhir_adapter.domain.escalation.state import EMPTY_LEVEL, CohortState, LevelCount


@dataclass(frozen=True, slots=True)
class Situation:
    """A rule and the state it is asked about."""

    rule: EscalationRule
    state: CohortState

    @property
    def level(self) -> int | None:
        """The open level d; None where none is, or where it is none of the rule's."""
        level = self.state.open_level
        return level if level in self.rule.levels else None

    @property
    def count(self) -> LevelCount:
        """The counts at the open level."""
        return EMPTY_LEVEL if self.level is None else self.state.at(self.level)

    def is_too_toxic(self, level: int) -> bool:
        """Say whether a level must not be opened by the machine."""
        return level in self.state.too_toxic or self.state.at(level).dlts >= self.rule.too_toxic

    def is_cleared(self, level: int) -> bool:
        """Say whether a level was expanded and tolerated."""
        return self.state.at(level).evaluable >= self.rule.expanded and not self.is_too_toxic(level)

    @property
    def size(self) -> int:
        """How many subjects the open level takes now (T): the expanded size once the table expands it."""
        count, rule = self.count, self.rule
        if count.evaluable > rule.cohort:
            return rule.expanded
        settled = CohortState(
            open_level=self.state.open_level,
            counts={**self.state.counts, **self._settled()},
            too_toxic=self.state.too_toxic,
        )
        asked = (row for row in rule.rows if Condition.ROOM not in row.when)  # T itself cannot rest on T
        first = next((row for row in asked if applies(row, Situation(rule, settled))), None)
        return rule.expanded if first is not None and first.action is EscalationAction.EXPAND else rule.cohort

    def _settled(self) -> Mapping[int, LevelCount]:
        """Give the open level as it will be when nobody is waited for, if nothing more happens."""
        settled = LevelCount(evaluable=self.count.evaluable, dlts=self.count.dlts)
        return {} if self.level is None else {self.level: settled}

    @property
    def changed_levels(self) -> tuple[int, ...]:
        """Levels whose counts are no longer those they were left with."""
        left = (level for level in self.rule.levels if level != self.level)
        return tuple(level for level in left if self._changed(level))

    def _changed(self, level: int) -> bool:
        count = self.state.at(level)
        if count.left_with is None:
            return self.level is not None and not self._may_be_left(level, self.level)
        evaluable, dlts = count.left_with
        if level in self.state.too_toxic:  # more toxicities at it change nothing, fewer may
            return count.dlts < min(dlts, self.rule.too_toxic)
        return (count.evaluable, count.dlts) != (evaluable, dlts)

    def _may_be_left(self, level: int, opened: int) -> bool:
        """Say whether the rule can have left a level with these counts, where no decision says how it was left."""
        count = self.state.at(level)
        if count.evaluable == 0 and count.dlts == 0:
            return level > opened or level < self.rule.start
        if level > opened:
            return self.is_too_toxic(level)
        passed = count.evaluable == self.rule.cohort and count.dlts == 0
        return passed or self.is_cleared(level)

    @property
    def suspected_left_levels(self) -> tuple[int, ...]:
        """Levels already left, not too toxic, at which a toxicity is suspected."""
        left = (level for level in self.rule.levels if level != self.level and not self.is_too_toxic(level))
        return tuple(level for level in left if self.state.at(level).suspected)

    @property
    def hold_from(self) -> int | None:
        """The lowest level from which second infusions are on hold; None = none is.

        A level a named decision closed as too toxic holds nobody any more: the decision said how to go on.
        """
        return next((level for level in self.rule.levels if self._holds(level)), None)

    def _holds(self, level: int) -> bool:
        count = self.state.at(level)
        return level not in self.state.too_toxic and count.dlts + count.suspected >= self.rule.too_toxic


@dataclass(frozen=True, slots=True)
class _Meaning:
    """A condition's wording, with the rule's numbers, and when it holds at an open level."""

    text: Callable[[EscalationRule], str]
    holds: Callable[[Situation], bool]


def _tolerable(rule: EscalationRule) -> str:
    most = rule.too_toxic - 1
    return "t = 1" if most == 1 else f"1 <= t <= {most}"


_AT_OPEN_LEVEL: Final[Mapping[Condition, _Meaning]] = {
    Condition.NO_DLT: _Meaning(lambda _: "t = 0", lambda now: now.count.dlts == 0),
    Condition.TOLERABLE_DLTS: _Meaning(_tolerable, lambda now: 0 < now.count.dlts < now.rule.too_toxic),
    Condition.TOO_MANY_DLTS: _Meaning(
        lambda rule: f"t >= {rule.too_toxic}", lambda now: now.count.dlts >= now.rule.too_toxic
    ),
    Condition.COHORT_COMPLETE: _Meaning(
        lambda rule: f"n = {rule.cohort}", lambda now: now.count.evaluable == now.rule.cohort
    ),
    Condition.LEVEL_COMPLETE: _Meaning(
        lambda rule: f"n = {rule.expanded}", lambda now: now.count.evaluable >= now.rule.expanded
    ),
    Condition.NO_OPEN_WINDOW: _Meaning(lambda _: "p = 0", lambda now: now.count.pending == 0),
    Condition.SUSPECTED: _Meaning(lambda _: "u >= 1", lambda now: now.count.suspected > 0),
    Condition.ROOM: _Meaning(
        lambda _: "n + p < T", lambda now: now.count.evaluable + now.count.pending < now.size
    ),
    Condition.NOWHERE_UP: _Meaning(
        lambda rule: f"d = {rule.highest} or d+1 too toxic",
        lambda now: now.level == now.rule.highest or now.is_too_toxic((now.level or 0) + 1),
    ),
    Condition.BELOW_CLEARED: _Meaning(
        lambda rule: f"d-1 has n = {rule.expanded}, t <= {rule.too_toxic - 1}",
        lambda now: now.is_cleared((now.level or 0) - 1),
    ),
    Condition.TOO_MANY_WITHHELD: _Meaning(
        lambda rule: f"{rule.withheld} second infusions withheld",
        lambda now: now.count.withheld >= now.rule.withheld,
    ),
}
"""Conditions about the open level: none of them holds where no level is open."""

_AT_ANY_TIME: Final[Mapping[Condition, _Meaning]] = {
    Condition.LOWEST_TOO_TOXIC: _Meaning(
        lambda rule: f"t >= {rule.too_toxic} at level {rule.lowest}",
        lambda now: now.state.at(now.rule.lowest).dlts >= now.rule.too_toxic,
    ),
    Condition.LOWEST_NOT_EXPANDED: _Meaning(
        lambda rule: f"n <= {rule.cohort} at level {rule.lowest}",
        lambda now: now.state.at(now.rule.lowest).evaluable <= now.rule.cohort,
    ),
    Condition.LEFT_LEVEL_CHANGED: _Meaning(
        lambda _: "the count at a level already left has changed", lambda now: bool(now.changed_levels)
    ),
    Condition.LEFT_LEVEL_SUSPECTED: _Meaning(
        lambda _: "u >= 1 at a level already left", lambda now: bool(now.suspected_left_levels)
    ),
    Condition.QUESTION_OPEN: _Meaning(
        lambda _: "only a named person can answer", lambda now: bool(now.state.questions)
    ),
    Condition.NOT_KNOWN_YET: _Meaning(
        lambda _: "something must be known first", lambda now: bool(now.state.waits)
    ),
    Condition.NO_LEVEL_OPEN: _Meaning(lambda _: "no level is open", lambda now: now.level is None),
}
"""Conditions that hold or not whichever level is open."""


def applies(row: TableRow, now: Situation) -> bool:
    """Say whether every condition of a row holds.

    Args:
        row: A row of the rule's table.
        now: What it is asked about.

    Returns:
        True where it would decide if no row before it did.
    """
    if row.level is not None and now.level != row.level:
        return False
    if row.level_from is not None and (now.level is None or now.level < row.level_from):
        return False
    return all(_holds(condition, now) for condition in row.when)


def _holds(condition: Condition, now: Situation) -> bool:
    if condition in _AT_ANY_TIME:
        return _AT_ANY_TIME[condition].holds(now)
    return now.level is not None and _AT_OPEN_LEVEL[condition].holds(now)


def condition_text(condition: Condition, rule: EscalationRule) -> str:
    """Write a condition with the rule's numbers.

    Args:
        condition: One of the closed list.
        rule: Whose numbers.

    Returns:
        For example `t >= 2`.
    """
    return {**_AT_ANY_TIME, **_AT_OPEN_LEVEL}[condition].text(rule)
