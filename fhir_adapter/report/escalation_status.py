"""`escalation status` and `escalation decide`: where the dose escalation stands, traced to subjects; a decision.

Knows: views of the cohort, decisions. Does not know: how they come about, who may decide.
"""

from __future__ import annotations

from datetime import datetime, tzinfo

from fhir_adapter.domain.cohort.board import BoardLine
from fhir_adapter.domain.cohort.cohort import Trace
from fhir_adapter.domain.cohort.decision import EscalationDecision
from fhir_adapter.domain.cohort.deviation import FoundDeviation
from fhir_adapter.domain.cohort.view import EscalationView
from fhir_adapter.report.model import NOTICE, Result


class TraceOut(Result):
    """One subject behind a count: what it counts as, and the syndromes and events that say so."""

    subject: str
    hospital: str
    level: int | None
    part: str
    counted: str
    events: list[str]
    why: str


class LevelStateOut(Result):
    """The counts of one dose level, and every subject behind them."""

    level: int
    evaluable: int
    dlt: int
    suspected: int
    pending: int
    withheld: int
    too_toxic: bool
    subjects: list[TraceOut]


class HoldOut(Result):
    """A hold of the cohort: the lowest level held, since when, whom it keeps from an infusion."""

    level: int
    since: str | None
    why: str
    subjects: list[str]


class EscalationDeviationOut(Result):
    """One departure from the rule of the dose escalation."""

    kind: str
    subject: str | None
    level: int | None
    when: str | None
    what: str


class EscalationDecisionOut(Result):
    """A named person's decision, with what the rule proposed then; `deviation` where the two differ."""

    id: str
    action: str
    level: int | None
    by: str
    reason: str
    at: str
    seen: str
    proposed_action: str
    proposed_level: int | None
    deviation: bool


class BoardOut(Result):
    """One subject's observation; `day` and `last_day` count from the day of infusion 1."""

    subject: str
    level: int | None
    part: str
    counted: str
    state: str
    day: int | None
    last_day: int | None
    ends: str | None
    next_assessment: str | None
    missing: list[str]
    events: list[str]
    why: str
    held: bool


class EscalationStatusResult(Result):
    """Where the dose escalation stands. `action` and `level` are the rule's proposal; `alarm` = stop the study.

    `open_level` is the one level subjects may be enrolled at, `mtd` the declared maximum tolerated dose. `others`
    are subjects no level counts; `outdated` those about whom something is known that no record was derived with.
    """

    trial: str
    as_of: str
    alarm: bool
    action: str
    level: int | None
    row: str
    reason: str
    open_level: int | None
    mtd: int | None
    stopped: bool
    questions: list[str]
    waits: list[str]
    levels: list[LevelStateOut]
    others: list[TraceOut]
    hold: HoldOut | None
    deviations: list[EscalationDeviationOut]
    decisions: list[EscalationDecisionOut]
    board: list[BoardOut]
    outdated: list[str]
    seen: str
    notice: str = NOTICE


def build_status(trial: str, view: EscalationView, zone: tzinfo) -> EscalationStatusResult:
    """Put the view of the dose escalation into a result.

    Args:
        trial: Id of the trial.
        view: As a person sees it.
        zone: Zone in which moments are written.

    Returns:
        The result model; every level of the rule is listed, and any other somebody was assigned to.
    """
    cohort = view.cohort
    proposal, state = cohort.proposal, cohort.state
    levels = sorted({*cohort.scheme.rule.levels, *state.counts})
    counted = {trace.subject.subject for level in levels for trace in cohort.at_level(level)}
    return EscalationStatusResult(
        trial=trial,
        as_of=view.as_of.isoformat(),
        alarm=view.is_alarm,
        action=proposal.action,
        level=proposal.level,
        row=proposal.row,
        reason=proposal.reason,
        open_level=cohort.opened.level,
        mtd=cohort.opened.mtd,
        stopped=cohort.opened.stopped,
        questions=list(state.questions),
        waits=list(state.waits),
        levels=[_level(view, level) for level in levels],
        others=[_trace(each) for each in cohort.traces if each.subject.subject not in counted],
        hold=_hold(view, zone),
        deviations=[_deviation(each, zone) for each in view.deviations],
        decisions=[build_decision(each) for each in view.decisions],
        board=[_line(each) for each in view.board],
        outdated=list(view.outdated),
        seen=cohort.digest,
    )


def build_decision(decision: EscalationDecision) -> EscalationDecisionOut:
    """Put a decision into a result."""
    return EscalationDecisionOut(
        id=decision.id,
        action=decision.action,
        level=decision.level,
        by=decision.by,
        reason=decision.reason,
        at=decision.at.isoformat(),
        seen=decision.seen,
        proposed_action=decision.proposed_action,
        proposed_level=decision.proposed_level,
        deviation=decision.deviation,
    )


def _level(view: EscalationView, level: int) -> LevelStateOut:
    cohort = view.cohort
    count, traces = cohort.state.at(level), cohort.at_level(level)
    withheld = sum(each.subject.record is not None and each.subject.record.withheld for each in traces)
    return LevelStateOut(
        level=level,
        evaluable=count.evaluable,
        dlt=count.dlts,
        suspected=count.suspected,
        pending=count.pending,
        withheld=withheld,
        too_toxic=level in cohort.state.too_toxic or count.dlts >= cohort.scheme.rule.too_toxic,
        subjects=[_trace(each) for each in traces],
    )


def _trace(trace: Trace) -> TraceOut:
    subject = trace.subject
    return TraceOut(
        subject=subject.subject,
        hospital=subject.hospital,
        level=subject.level,
        part=subject.part,
        counted=trace.counted,
        events=list(trace.events),
        why=subject.record.why if subject.record is not None else "",
    )


def _hold(view: EscalationView, zone: tzinfo) -> HoldOut | None:
    hold = view.hold
    if hold is None:
        return None
    return HoldOut(level=hold.level, since=_moment(hold.since, zone), why=hold.why, subjects=list(view.held))


def _deviation(found: FoundDeviation, zone: tzinfo) -> EscalationDeviationOut:
    return EscalationDeviationOut(
        kind=found.kind,
        subject=found.subject,
        level=found.level,
        when=_moment(found.when, zone),
        what=found.what,
    )


def _line(line: BoardLine) -> BoardOut:
    return BoardOut(
        subject=line.subject,
        level=line.level,
        part=line.part,
        counted=line.counted,
        state=line.state,
        day=line.day,
        last_day=line.last_day,
        ends=line.ends.isoformat() if line.ends is not None else None,
        next_assessment=line.next_assessment,
        missing=[day.isoformat() for day in line.missing],
        events=list(line.events),
        why=line.why,
        held=line.held,
    )


def _moment(at: datetime | None, zone: tzinfo) -> str | None:
    return at.astimezone(zone).isoformat() if at is not None else None
