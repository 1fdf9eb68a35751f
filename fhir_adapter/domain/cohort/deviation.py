"""How the dose escalation departed from its rule: levels, places, holds, decisions.

Knows: when a level was open, who was assigned and infused when. Does not know: how grave a deviation is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from fhir_adapter.domain.cohort.cohort import Cohort, Trace
from fhir_adapter.domain.cohort.decision import EscalationDecision
from fhir_adapter.domain.cohort.hold import CohortHold, hold_spans
from fhir_adapter.domain.cohort.subject import Counted
from fhir_adapter.domain.escalation.rule import EscalationAction
from fhir_adapter.domain.source import SubjectId


class EscalationDeviation(StrEnum):
    """How the escalation departed from its rule. A closed list."""

    CLOSED_LEVEL = "CLOSED_LEVEL"
    SKIPPED_LEVEL = "SKIPPED_LEVEL"
    TOO_MANY = "TOO_MANY"
    TWO_OPEN_LEVELS = "TWO_OPEN_LEVELS"
    INFUSED_ON_HOLD = "INFUSED_ON_HOLD"
    INFUSED_AFTER_STOP = "INFUSED_AFTER_STOP"
    DECIDED_OTHERWISE = "DECIDED_OTHERWISE"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundDeviation:
    """One deviation.

    Attributes:
        subject: 0..1; whom it is about; None where it is about a level or a decision.
        level: 0..1; the level it is about.
        when: 0..1; the moment it happened.
        what: In plain words, without patient data.
    """

    kind: EscalationDeviation
    what: str
    subject: SubjectId | None = None
    level: int | None = None
    when: datetime | None = None


def find_deviations(cohort: Cohort, decisions: tuple[EscalationDecision, ...]) -> tuple[FoundDeviation, ...]:
    """Find how a trial's dose escalation departed from its rule.

    Args:
        cohort: As it stands.
        decisions: 0..*; every recorded decision.

    Returns:
        0..*; subjects first, by id, then levels, then decisions by time. An assignment of unknown time is judged
        by whether its level was ever open.

    Source:
        design contracts, Who is written (dose level); clinical review, section 2 (never) and PUT-3.
    """
    holds, stopped = hold_spans(cohort, decisions), _stopped_at(decisions)
    counted = [trace for trace in cohort.traces if trace.counted is not Counted.OTHER_PART]
    return (
        *(found for trace in counted for found in _of_subject(cohort, trace, holds, stopped)),
        *_of_levels(cohort),
        *(_of_decision(each) for each in sorted(decisions, key=lambda one: (one.at, one.id)) if each.deviation),
    )


def _of_subject(
    cohort: Cohort, trace: Trace, holds: tuple[CohortHold, ...], stopped: datetime | None
) -> Iterator[FoundDeviation]:
    yield from _of_assignment(cohort, trace)
    yield from _of_place(cohort, trace)
    yield from _of_infusions(trace, holds, stopped)


def _of_assignment(cohort: Cohort, trace: Trace) -> Iterator[FoundDeviation]:
    """Compare the assigned level with those open when it was assigned; where that is not known, with any ever."""
    subject, opened = trace.subject, cohort.opened
    level, assigned = subject.level, subject.assigned
    if level is None:
        return
    by = assigned[1] if assigned is not None else None
    if opened.was_ever(level) if assigned is None else opened.may_enrol(level, *assigned):
        return
    highest = opened.highest_by(by)
    is_skip = level > cohort.scheme.rule.start and (highest is None or level > highest + 1)
    yield FoundDeviation(
        kind=EscalationDeviation.SKIPPED_LEVEL if is_skip else EscalationDeviation.CLOSED_LEVEL,
        what=f"assigned to level {level}, which was not open then",
        subject=subject.subject,
        level=level,
        when=assigned[0] if assigned is not None else None,
    )


def _of_place(cohort: Cohort, trace: Trace) -> Iterator[FoundDeviation]:
    """Find somebody reserved at one level while another is open: two levels would be treated at once."""
    open_level = cohort.opened.level
    if trace.counted is Counted.RESERVED and open_level is not None and trace.subject.level != open_level:
        yield FoundDeviation(
            kind=EscalationDeviation.TWO_OPEN_LEVELS,
            what=f"reserved at level {trace.subject.level} while level {open_level} is open",
            subject=trace.subject.subject,
            level=trace.subject.level,
        )


def _of_infusions(
    trace: Trace, holds: tuple[CohortHold, ...], stopped: datetime | None
) -> Iterator[FoundDeviation]:
    subject = trace.subject
    for number, at in subject.infusions:
        if stopped is not None and at >= stopped:
            yield FoundDeviation(
                kind=EscalationDeviation.INFUSED_AFTER_STOP,
                what=f"infusion {number} after the study was stopped",
                subject=subject.subject,
                level=subject.level,
                when=at,
            )
        elif any(hold.holds(subject.level, at) for hold in holds):
            yield FoundDeviation(
                kind=EscalationDeviation.INFUSED_ON_HOLD,
                what=f"infusion {number} while the cohort was on hold",
                subject=subject.subject,
                level=subject.level,
                when=at,
            )


def _of_levels(cohort: Cohort) -> Iterator[FoundDeviation]:
    expanded = cohort.scheme.rule.expanded
    for level in sorted(cohort.state.counts):
        count = cohort.state.at(level)
        if count.evaluable + count.pending > expanded:
            yield FoundDeviation(
                kind=EscalationDeviation.TOO_MANY,
                what=f"{count.evaluable} evaluable and {count.pending} pending subjects, more than {expanded}",
                level=level,
            )


def _of_decision(decision: EscalationDecision) -> FoundDeviation:
    proposed = f"{decision.proposed_action} {_level_words(decision.proposed_level)}".strip()
    return FoundDeviation(
        kind=EscalationDeviation.DECIDED_OTHERWISE,
        what=f"{decision.action} {_level_words(decision.level)}".strip() + f" where the rule proposed {proposed}",
        level=decision.level,
        when=decision.at,
    )


def _level_words(level: int | None) -> str:
    return "" if level is None else f"level {level}"


def _stopped_at(decisions: tuple[EscalationDecision, ...]) -> datetime | None:
    return min((each.at for each in decisions if each.action == EscalationAction.STOP_STUDY), default=None)
