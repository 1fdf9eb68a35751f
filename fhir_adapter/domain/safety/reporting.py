"""The clock of serious adverse events: what is due to whom by when, and what was not done in time.

Knows: how awareness, relatedness and expectedness make a due time. Does not know: how a report is sent.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from fhir_adapter.domain.moments import add_months
from fhir_adapter.domain.queries import UnknownReason, Window, WindowUnit
from fhir_adapter.domain.safety_model.event_records import AdverseEventRecord, EventState
from fhir_adapter.domain.safety_model.judgements import EventJudgement
from fhir_adapter.domain.safety_model.reporting_rule import ReportingRule, ReportRule, ReportWhen

UNTIMED = "due time unknown, needs"
"""Part of the note on a report that is due, nobody can say by when."""

NOT_ASSESSED = "not-assessed"
_UNEXPECTED = "unexpected"
_ASK_AWARE = "when the site became aware of it (date and time)"
_ASK_RELATED = "relatedness to the intervention"
_ASK_EXPECTED = "whether it was expected"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDue:
    """One report about one event.

    Attributes:
        event: Id of the event.
        report: Id of the report rule.
        title: What is to be done, and who has to see to it.
        due: 0..1; by when; None where that cannot be said.
        reason: 0..1; why not; set exactly where `due` is None.
        next_fact: 0..1; what would say it.
        sent: 0..1; when it was done, as a named person said.
    """

    event: str
    report: str
    title: str
    due: datetime | None
    reason: UnknownReason | None = None
    next_fact: str | None = None
    sent: str | None = None


def derive_reports_due(event: AdverseEventRecord, rule: ReportingRule, zone: tzinfo) -> tuple[ReportDue, ...]:
    """List what must be reported of an event, and by when.

    Reckons from awareness alone, never from onset: where nobody said when the site became aware, the report is
    listed without a time and asks for it. Where relatedness or expectedness was not assessed, a report that hangs
    on it is listed the same way. Does not decide that an event is serious: a named person does.

    Args:
        event: The event with its judgement.
        rule: The trial's reporting duties.
        zone: The hospital's; an awareness that is a date counts from its first moment.

    Returns:
        0..*; in the order of the rule; empty where no person called it serious.

    Source:
        clinical review, section 11, item 2: due from awareness; 24 h to the sponsor, 7 and 15 days for SUSARs.
    """
    judgement = event.judgement
    if judgement is None or not judgement.serious:
        return ()
    aware = read_awareness(judgement.aware, zone)
    sent = dict(judgement.sent)
    found: list[ReportDue] = []
    for report in rule.reports:
        holds, asks = _holds(report, judgement, rule)
        if holds is False:
            continue
        asks = asks or (_ASK_AWARE if aware is None else None)
        due = _add(aware, report.within) if aware is not None and asks is None else None
        found.append(
            ReportDue(
                event=event.id,
                report=report.id,
                title=_titled(report),
                due=due,
                reason=UnknownReason.NEEDS_ATTESTATION if asks is not None else None,
                next_fact=asks,
                sent=sent.get(report.id),
            )
        )
    return tuple(found)


def with_reports_due(event: AdverseEventRecord, rule: ReportingRule, zone: tzinfo) -> AdverseEventRecord:
    """Put on an event what is still to be reported of it.

    Args:
        event: The event with its judgement.
        rule: The trial's reporting duties.
        zone: The hospital's.

    Returns:
        The event with `due` as what is not sent yet and has a time, and a note per report without one.
        Asking again changes nothing: an event that was dissolved keeps its notes from record to record.
    """
    reports = [each for each in derive_reports_due(event, rule, zone) if each.sent is None]
    due = tuple((each.title, each.due) for each in reports if each.due is not None)
    asked = [f"{each.title}: {UNTIMED} {each.next_fact}" for each in reports if each.due is None]
    before = tuple(f"{_titled(each)}: {UNTIMED}" for each in rule.reports)
    said = (note for note in event.notes if not note.startswith(before))
    return replace(event, due=due, notes=(*said, *asked))


def list_overdue(
    events: Iterable[AdverseEventRecord], rule: ReportingRule, *, as_of: datetime, zone: tzinfo
) -> tuple[ReportDue, ...]:
    """List the reports that were due and that nobody said were sent.

    Args:
        events: Events of one or more subjects; dissolved ones are looked at too, for a judged event stays judged.
        rule: The trial's reporting duties.
        as_of: Clinical time, aware; a report is overdue after its due time, not at it.
        zone: The hospital's.

    Returns:
        Reports without a due time first (nobody can say that they are not overdue), then by due time and event.
    """
    found = [
        each
        for event in events
        for each in derive_reports_due(event, rule, zone)
        if each.sent is None and (each.due is None or each.due < as_of)
    ]
    return tuple(sorted(found, key=_urgency))


def needs_judgement(event: AdverseEventRecord) -> bool:
    """Say whether a named person still has to say whether an event is serious."""
    return event.judgement is None and event.state is not EventState.DISSOLVED


def read_awareness(text: str | None, zone: tzinfo) -> datetime | None:
    """Read when the site became aware.

    Args:
        text: 0..1; as a person wrote it: a date, or a time with its zone; a time without one is local time.
        zone: The hospital's.

    Returns:
        The moment, in the hospital's zone; the first of the day for a date; None where it says neither.

    >>> from datetime import UTC
    >>> read_awareness("2026-03-11", UTC)
    datetime.datetime(2026, 3, 11, 0, 0, tzinfo=datetime.timezone.utc)
    """
    if text is None:
        return None
    try:
        return datetime.combine(date.fromisoformat(text), time.min, zone)
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment.astimezone(zone)


def _holds(report: ReportRule, judgement: EventJudgement, rule: ReportingRule) -> tuple[bool | None, str | None]:
    """Say whether a report is due for a serious event; None, with what is missing, where nobody can say."""
    if report.when is ReportWhen.SERIOUS:
        return True, None
    if report.when is ReportWhen.UNEXPECTED_RELATED_FATAL and not rule.fatal.intersection((
        *judgement.criteria,
        judgement.outcome,
    )):
        return False, None
    if judgement.relatedness not in {*rule.related, NOT_ASSESSED} or judgement.expectedness not in {
        _UNEXPECTED,
        NOT_ASSESSED,
    }:
        return False, None
    if judgement.relatedness == NOT_ASSESSED:
        return None, _ASK_RELATED
    return (None, _ASK_EXPECTED) if judgement.expectedness == NOT_ASSESSED else (True, None)


def _add(aware: datetime, within: Window) -> datetime:
    """Add elapsed hours, or calendar days and months at the same time of day."""
    if within.unit is WindowUnit.HOUR:
        return (aware.astimezone(UTC) + timedelta(hours=within.amount)).astimezone(aware.tzinfo)
    if within.unit is WindowUnit.DAY:
        return aware + timedelta(days=within.amount)
    return datetime.combine(add_months(aware.date(), within.amount), aware.timetz())


def _titled(report: ReportRule) -> str:
    """Say what is to be done and whose it is: `SAE report to the sponsor (investigator)`."""
    return f"{report.title} ({' or '.join(report.who)})" if report.who else report.title


def _urgency(report: ReportDue) -> tuple[bool, float, str, str]:
    return (
        report.due is not None,
        report.due.timestamp() if report.due is not None else 0,
        report.event,
        report.report,
    )
