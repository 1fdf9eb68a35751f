"""What the escalation rule looks at: which level is open, and the counts at every level.

Knows: counts and what named persons decided about levels. Does not know: whose they are, how a subject is judged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelCount:
    """Phase I subjects of one dose level, counted.

    Attributes:
        evaluable: n; subjects who count, those with a dose-limiting toxicity included.
        dlts: t; adjudicated dose-limiting toxicities among them.
        suspected: u; syndromes of a grade that may be dose-limiting, not judged yet.
        pending: p; treated or reserved subjects who may still become evaluable: open window, suspected, or not
            decided whether they count.
        withheld: Second infusions withheld for toxicity that is not dose-limiting, as far as nobody decided yet
            how to go on.
        left_with: 0..1; (n, t) as they were when a named person left this level for another one.
    """

    evaluable: int = 0
    dlts: int = 0
    suspected: int = 0
    pending: int = 0
    withheld: int = 0
    left_with: tuple[int, int] | None = None


EMPTY_LEVEL = LevelCount()


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortState:
    """Where the dose escalation stands.

    Attributes:
        open_level: 0..1; the one level subjects are enrolled at; None where a decision closed all of them.
        counts: Level -> its counts; a level that is not named has none.
        too_toxic: Levels a named decision closed as too toxic; those with too many toxicities are so anyway.
        questions: 0..*; what only a named person can answer before anybody is enrolled, in plain words.
        waits: 0..*; what must be known first, in plain words (`S-1: nobody said which part of the study`).
    """

    open_level: int | None
    counts: Mapping[int, LevelCount] = field(default_factory=dict)
    too_toxic: frozenset[int] = frozenset()
    questions: tuple[str, ...] = ()
    waits: tuple[str, ...] = ()

    def at(self, level: int) -> LevelCount:
        """Give the counts of a level."""
        return self.counts.get(level, EMPTY_LEVEL)

    @property
    def here(self) -> LevelCount:
        """The counts of the open level; none where no level is open."""
        return EMPTY_LEVEL if self.open_level is None else self.at(self.open_level)
