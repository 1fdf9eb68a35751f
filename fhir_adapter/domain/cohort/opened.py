"""Which dose level was open when, by what named persons decided.

Knows: what each decision opens or closes. Does not know: whether it was allowed, who was treated.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from fhir_adapter.domain.cohort.decision import EscalationDecision
from fhir_adapter.domain.escalation.rule import TREATING, EscalationAction, EscalationRule

_CLOSING = frozenset({EscalationAction.DECLARE_MTD.value, EscalationAction.STOP_STUDY.value})
_OPENING = frozenset(action.value for action in TREATING)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSpan:
    """A stretch of time in which one level was open, or none.

    Attributes:
        since: 0..1; None = from the beginning: the protocol's own start level.
        until: 0..1; None = still.
        level: 0..1; None = nobody is enrolled.
    """

    since: datetime | None
    until: datetime | None
    level: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """Where the levels stand by decision.

    Attributes:
        spans: 1..*; in order, without gaps.
        too_toxic: Levels left downwards: a named person closed them.
        mtd: 0..1; the declared maximum tolerated dose.
        stopped: A named person stopped the study.
        waiting: 0..1; the decision to wait that stands.
        last: 0..1; the newest decision.
        settled: 0..1; the newest decision other than to wait: waiting settles no count that changed.
    """

    spans: tuple[OpenSpan, ...]
    too_toxic: frozenset[int]
    mtd: int | None
    stopped: bool
    waiting: EscalationDecision | None
    last: EscalationDecision | None
    settled: EscalationDecision | None = None

    @property
    def level(self) -> int | None:
        """The level open now; a decision to wait leaves it open and enrols nobody."""
        return self.spans[-1].level

    def may_enrol(self, level: int, first: datetime, last: datetime) -> bool:
        """Say whether a level was open at any moment between two."""
        return any(
            span.level == level
            and (span.since is None or span.since <= last)
            and (span.until is None or span.until > first)
            for span in self.spans
        )

    def was_ever(self, level: int) -> bool:
        """Say whether a level was open at any time."""
        return any(span.level == level for span in self.spans)

    def highest_by(self, moment: datetime | None) -> int | None:
        """Give the highest level that had ever been opened by a moment; by now where none is named."""
        opened = (
            span.level
            for span in self.spans
            if span.level is not None and (span.since is None or moment is None or span.since <= moment)
        )
        return max(opened, default=None)


def read_opened(rule: EscalationRule, decisions: Iterable[EscalationDecision]) -> Opened:
    """Read which level was open when.

    The protocol's start level is open from the beginning: it is the protocol's own. Everything after it is
    opened by a named person.

    Args:
        rule: The trial's rule.
        decisions: 0..*; in any order.

    Returns:
        The levels over time. Levels above one that was de-escalated to, or declared, and opened before are too
        toxic by that decision; opening one again takes that back.

    Source:
        design contracts, Who is written, who decides; registry page: level 1 is the start.
    """
    ordered = sorted(decisions, key=lambda each: (each.at, each.id))
    spans = [OpenSpan(since=None, until=None, level=rule.start)]
    too_toxic: set[int] = set()
    waiting: EscalationDecision | None = None
    for each in ordered:
        level, waiting = _after(each, spans[-1].level), None
        if each.action == EscalationAction.WAIT:
            waiting = each
            continue
        before = spans[-1]
        if each.action in {EscalationAction.DE_ESCALATE, EscalationAction.DECLARE_MTD}:
            left = before.level if before.level is not None else each.from_level
            too_toxic |= {
                one
                for one in rule.levels
                if each.level is not None and left is not None and each.level < one <= left
            }
        if level is not None:
            too_toxic.discard(level)
        if level != before.level:
            spans[-1] = OpenSpan(since=before.since, until=each.at, level=before.level)
            spans.append(OpenSpan(since=each.at, until=None, level=level))
    return Opened(
        spans=tuple(spans),
        too_toxic=frozenset(too_toxic),
        mtd=_declared(ordered),
        stopped=any(each.action == EscalationAction.STOP_STUDY for each in ordered),
        waiting=waiting,
        last=ordered[-1] if ordered else None,
        settled=next((each for each in reversed(ordered) if each.action != EscalationAction.WAIT), None),
    )


def _after(decision: EscalationDecision, level: int | None) -> int | None:
    """Give the level open after a decision."""
    if decision.action in _CLOSING:
        return None
    return decision.level if decision.action in _OPENING else level


def _declared(ordered: Sequence[EscalationDecision]) -> int | None:
    """Give the declared maximum tolerated dose, unless somebody was to be treated for the escalation since."""
    found: int | None = None
    for each in ordered:
        if each.action == EscalationAction.DECLARE_MTD:
            found = each.level
        elif each.action in _OPENING:
            found = None
    return found
