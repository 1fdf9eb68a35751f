"""Records what invented people decide, each at the moment it was decided, as if they sat at the command line.

Knows: which review item a scripted answer is about, what is on record already. Does not know: where scripts come
from, what an answer changes, how it is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from fhir_adapter.domain.review import Decision, ItemState, ReviewItem
from fhir_adapter.domain.scripted import ScriptedAnswer, ScriptedDecision, ScriptedEscalation
from fhir_adapter.domain.source import SubjectId
from fhir_adapter.errors import DecisionRefusedError, UsageError
from fhir_adapter.ports.clock import Clock
from fhir_adapter.sync.decide import DecideRequest, run_decide
from fhir_adapter.sync.desk import Desk, find_subject
from fhir_adapter.sync.escalation import DecideEscalationRequest, decide_escalation
from fhir_adapter.sync.judgements import ABOUT

TERM = "term"
"""Detail of a review item: the adverse event's term, by which a person knows it."""

ClockAt = Callable[[datetime], Clock]
"""Gives a clock that stands at a moment."""


class ReplayEnd(StrEnum):
    """What became of a scripted decision. NOTHING_WAITS: no item it could answer; nothing is recorded then."""

    RECORDED = "RECORDED"
    ON_RECORD = "ON_RECORD"
    NOTHING_WAITS = "NOTHING_WAITS"
    REFUSED = "REFUSED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """One scripted decision and what became of it.

    Attributes:
        subject: 0..1; whom it is about; None where it is about dose levels, or nobody was found.
        why: Why it was refused; empty else.
    """

    decision: ScriptedDecision
    end: ReplayEnd
    subject: SubjectId | None = None
    why: str = ""


def replay_decisions(desk: Desk, script: Iterable[ScriptedDecision], clock_at: ClockAt) -> tuple[Replayed, ...]:
    """Record scripted decisions, in their order, one by one; what is on record already stays as it is.

    Every check a person's decision passes is made here too. A crash between two leaves the first recorded; the
    same script again goes on with the second.

    Args:
        desk: Names trial, hospital and clinical time.
        script: 0..*; earliest first.
        clock_at: Gives the clock by which each of them is recorded.

    Returns:
        One per scripted decision, in their order.
    """
    return tuple(_replay(replace(desk, clock=clock_at(each.at)), each) for each in script)


def _replay(desk: Desk, decision: ScriptedDecision) -> Replayed:
    what = decision.decided
    try:
        if isinstance(what, ScriptedEscalation):
            return _escalate(desk, decision, what)
        return _answer(desk, decision, what)
    except (DecisionRefusedError, UsageError) as refused:
        return Replayed(decision=decision, end=ReplayEnd.REFUSED, why=str(refused))


def _escalate(desk: Desk, decision: ScriptedDecision, what: ScriptedEscalation) -> Replayed:
    wanted = (what.action, what.level, decision.by, decision.at)
    made = desk.store.records.escalation_decisions(desk.trial.id)
    if any((each.action, each.level, each.by, each.at) == wanted for each in made):
        return Replayed(decision=decision, end=ReplayEnd.ON_RECORD)
    request = DecideEscalationRequest(
        action=what.action, level=what.level, by=decision.by, reason=decision.reason, at=decision.at
    )
    decide_escalation(desk, request)
    return Replayed(decision=decision, end=ReplayEnd.RECORDED)


def _answer(desk: Desk, decision: ScriptedDecision, what: ScriptedAnswer) -> Replayed:
    subject = find_subject(desk, f"Patient/{what.patient}").subject
    items = [each for each in _items(desk, subject) if _is_about(each, what)]
    asked = {each.id for each in items}
    made = (each for each in desk.store.records.decisions(subject) if each.item in asked)
    if any(_is_same(each, decision, what) for each in made):
        return Replayed(decision=decision, end=ReplayEnd.ON_RECORD, subject=subject)
    waiting = [each.id for each in items if each.state is ItemState.OPEN]
    if not waiting:
        return Replayed(decision=decision, end=ReplayEnd.NOTHING_WAITS, subject=subject)
    if len(waiting) > 1:
        raise DecisionRefusedError(f"several items wait that the answer may be about: {', '.join(waiting)}")
    run_decide(desk, DecideRequest(item=waiting[0], values=what.values, by=decision.by, reason=decision.reason))
    return Replayed(decision=decision, end=ReplayEnd.RECORDED, subject=subject)


def _items(desk: Desk, subject: SubjectId) -> list[ReviewItem]:
    items = desk.store.records.review_items(desk.trial.id, open_only=False)
    return [each for each in items if each.subject == subject]


def _is_about(item: ReviewItem, what: ScriptedAnswer) -> bool:
    details = item.details or {}
    return item.kind is what.kind and what.about in {details.get(ABOUT), details.get(TERM)}


def _is_same(made: Decision, decision: ScriptedDecision, what: ScriptedAnswer) -> bool:
    return (made.by, made.at, dict(made.values)) == (decision.by, decision.at, dict(what.values))
