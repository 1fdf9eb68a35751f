"""`adverse-events`: every adverse event, what it rests on, what a person said of it, what is due.

Knows: safety records. Does not know: how events are derived or merged, where records are kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from fhir_adapter.domain.safety.reporting import UNTIMED
from fhir_adapter.domain.safety_model.event_records import AdverseEventRecord, EventState
from fhir_adapter.domain.safety_model.judgements import EventJudgement
from fhir_adapter.domain.safety_model.records import SafetyRecord
from fhir_adapter.domain.source import SubjectId
from fhir_adapter.report.explain import EvidenceOut, build_evidence
from fhir_adapter.report.model import NOTICE, Result
from fhir_adapter.report.safety import ReportedOut, build_reported
from fhir_adapter.report.style import DEVIATION, styled


class GradeChangeOut(Result):
    """The grade from one moment on."""

    at: str
    grade: int | None
    at_least: bool
    reference: str


class ActionOut(Result):
    """What was done about an event, as recorded; not that it helped."""

    title: str
    role: str
    at: str
    reference: str


class DoseLinkOut(Result):
    """A trial dose given before an event began."""

    item: str
    title: str
    day: int | None
    days_before: int
    references: list[str]


class EventJudgementOut(Result):
    """What a named person said of an event."""

    serious: bool
    criteria: list[str]
    relatedness: str
    expectedness: str
    outcome: str
    grade: int | None
    aware: str | None
    by: str
    at: str
    reason: str


class DueOut(Result):
    """A report that is due, and whether its time has passed."""

    report: str
    due: str
    overdue: bool


class AdverseEventOut(Result):
    """One adverse event.

    `grade` is the worst reached, or the lowest it can have been (`at_least`); null = not graded. Truth values that
    are null are not known. `lineage` says what a correction did to it.
    """

    subject: str
    id: str
    term: str
    meddra: str | None
    soc: str | None
    scale: str
    state: str
    origin: str
    grade: int | None
    at_least: bool
    worst_possible: int
    worst_on: str | None
    onset: str
    onset_date: str | None
    onset_day: int | None
    resolved: str | None
    resolved_by: str | None
    baseline_grade: int | None
    treatment_emergent: bool | None
    worsened: bool
    pre_existing: bool
    expected: str | None
    hematologic: bool
    after_infusion: int | None
    special_interest: str | None
    changes: list[GradeChangeOut]
    gaps: list[list[str]]
    doses: list[DoseLinkOut]
    actions: list[ActionOut]
    reported: list[ReportedOut]
    judgement: EventJudgementOut | None
    due: list[DueOut]
    lineage: list[str]
    notes: list[str]
    evidence: list[EvidenceOut]


class AdverseEventsResult(Result):
    """Adverse events; as JSON the list alone."""

    events: list[AdverseEventOut]


def build_adverse_events(records: Iterable[SafetyRecord], *, now: datetime) -> AdverseEventsResult:
    """Put adverse events into rows.

    Args:
        records: One per subject, in the order to show.
        now: What is due before it is overdue.

    Returns:
        Rows by subject, each subject's in the order of the record.
    """
    return AdverseEventsResult(
        events=[build_event(record.subject, event, now=now) for record in records for event in record.events]
    )


def build_event(subject: SubjectId, event: AdverseEventRecord, *, now: datetime) -> AdverseEventOut:
    """Put one adverse event into its row.

    Args:
        subject: Whose it is.
        event: The event.
        now: What is due before it is overdue.

    Returns:
        The row.
    """
    return AdverseEventOut(
        subject=subject,
        id=event.id,
        term=event.term,
        meddra=event.meddra,
        soc=event.soc,
        scale=event.scale,
        state=event.state,
        origin=event.origin,
        grade=event.grade,
        at_least=event.at_least,
        worst_possible=event.worst_possible,
        worst_on=event.worst_on,
        onset=event.onset,
        onset_date=event.onset_on.isoformat() if event.onset_on is not None else None,
        onset_day=event.onset_day,
        resolved=event.resolved,
        resolved_by=event.resolved_by,
        baseline_grade=event.baseline_grade,
        treatment_emergent=event.treatment_emergent,
        worsened=event.worsened,
        pre_existing=event.pre_existing,
        expected=event.expected,
        hematologic=event.hematologic,
        after_infusion=event.after_infusion,
        special_interest=event.special_interest,
        changes=[
            GradeChangeOut(
                at=each.at.isoformat(), grade=each.grade, at_least=each.at_least, reference=each.reference
            )
            for each in event.changes
        ],
        gaps=[list(gap) for gap in event.gaps],
        doses=[
            DoseLinkOut(
                item=each.item,
                title=each.title,
                day=each.day,
                days_before=each.days_before,
                references=list(each.references),
            )
            for each in event.doses
        ],
        actions=[
            ActionOut(title=each.title, role=each.role, at=each.at, reference=each.reference)
            for each in event.actions
        ],
        reported=build_reported(event.reported),
        judgement=_judgement(event.judgement) if event.judgement is not None else None,
        due=[DueOut(report=report, due=at.isoformat(), overdue=at < now) for report, at in event.due],
        lineage=list(event.lineage),
        notes=list(event.notes),
        evidence=[build_evidence(each) for each in event.evidence],
    )


def _judgement(judged: EventJudgement) -> EventJudgementOut:
    return EventJudgementOut(
        serious=judged.serious,
        criteria=list(judged.criteria),
        relatedness=judged.relatedness,
        expectedness=judged.expectedness,
        outcome=judged.outcome,
        grade=judged.grade,
        aware=judged.aware,
        by=judged.by,
        at=judged.at.isoformat(),
        reason=judged.reason,
    )


def render_adverse_events(result: AdverseEventsResult) -> RenderableType:
    """Show adverse events as a table; what is to be reported of them stands below it."""
    table = Table(
        "subject", "event", "term", "grade", "onset", "day", "resolved", "emergent", "state", "said of it"
    )
    for event in result.events:
        table.add_row(
            event.subject,
            event.id,
            Text(event.term, style="dim" if event.state == EventState.DISSOLVED else ""),
            _grade(event),
            event.onset_date or event.onset,
            "-" if event.onset_day is None else f"{event.onset_day:+d}",
            (event.resolved or "-")[:10],
            _emergent(event),
            styled(event.state),
            _said(event),
        )
    waiting = [line for event in result.events for line in _waiting(event)]
    return Group(table, *waiting, Text(NOTICE, style="dim"))


def is_current(event: AdverseEventOut) -> bool:
    """Say whether an event is to be seen: a dissolved one only while a report of it is due."""
    return event.state != EventState.DISSOLVED or bool(event.due) or any(_untimed(event))


def _waiting(event: AdverseEventOut) -> Iterator[Text]:
    """Say what is to be reported of an event: what has no time may be late already."""
    where = f"of {event.id} ({event.subject})"
    for due in event.due:
        if due.overdue:
            yield Text(f"overdue: {due.report} {where}, was due {due.due}", style=DEVIATION)
        else:
            yield Text(f"due: {due.report} {where}, by {due.due}")
    for note in _untimed(event):
        yield Text(f"{where}: {note}", style=DEVIATION)


def _untimed(event: AdverseEventOut) -> Iterator[str]:
    return (note for note in event.notes if f": {UNTIMED} " in note)


def _grade(event: AdverseEventOut) -> str:
    if event.grade is None:
        return f"? to {event.worst_possible}" if event.worst_possible else "?"
    return f"{event.grade}{'+' if event.at_least else ''}"


def _emergent(event: AdverseEventOut) -> str:
    if event.worsened:
        return "worsened"
    if event.pre_existing:
        return "no, before"
    return {True: "yes", False: "no", None: "not known"}[event.treatment_emergent]


def _said(event: AdverseEventOut) -> str:
    parts = [event.expected or ""]
    parts += [f"special interest: {event.special_interest}"] if event.special_interest else []
    parts += [f"the hospital: {each.reference}" for each in event.reported]
    if event.judgement is not None:
        judged = event.judgement
        parts.append(f"{'serious' if judged.serious else 'not serious'}, {judged.relatedness} (by {judged.by})")
    parts += event.lineage
    return "; ".join(part for part in parts if part)
