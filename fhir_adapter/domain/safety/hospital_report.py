"""What a hospital says happened, whether as an AdverseEvent or as a problem on the list, in one shape.

Knows: which reports and problems are about the time under observation, what they say of start, end and grade. Does
not know: whether an event was derived too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from fhir_adapter.domain.chronology import start_of
from fhir_adapter.domain.codes import Coding
from fhir_adapter.domain.evidence import of_event, of_report
from fhir_adapter.domain.facts import Diagnosis
from fhir_adapter.domain.moments import FhirDateTime
from fhir_adapter.domain.records import Evidence
from fhir_adapter.domain.reported_event import ReportedEvent
from fhir_adapter.domain.safety_model.event_records import EventState
from fhir_adapter.domain.safety_model.reporting_rule import ReportedKind, ReportingRule
from fhir_adapter.domain.spans import Span, span
from fhir_adapter.domain.timeline import Timeline

REFUTED = "refuted"
_SURE = frozenset({"confirmed", None})
_OVER = frozenset({"resolved", "resolvedWithSequelae", "fatal"})
_GOES_ON = frozenset({"ongoing", "recovering"})
_ACTIVE = frozenset({"active", "recurrence", "relapse"})
_ENDS_FIRST = "it is said to end before it begins: when it ended is not known"


@dataclass(frozen=True, slots=True, kw_only=True)
class HospitalReport:
    """One statement of the hospital that something happened.

    Attributes:
        reference: `AdverseEvent/1` or `Condition/1`.
        name: What the event is called here.
        names: Every name of events it may be the same as, in lower case.
        kind: 0..1; what the trial says of such events.
        begun: 0..1; when it began, as written.
        at: 0..1; all that can mean.
        ended: 0..1; when it ended, as written; only where the hospital says so.
        ended_at: 0..1; all that can mean.
        state: What the hospital says of its end.
        grade: 0..1.
        results_in: 0..*; references of problems the report itself names as its result.
        notes: 0..*; in plain words.
    """

    reference: str
    name: str
    names: frozenset[str]
    kind: ReportedKind | None
    begun: FhirDateTime | None
    at: Span | None
    state: EventState
    ended: FhirDateTime | None = None
    ended_at: Span | None = None
    grade: int | None = None
    results_in: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()

    @property
    def is_problem(self) -> bool:
        """True where it stands on the list of problems only."""
        return self.reference.startswith("Condition/")


def find_reports(
    timeline: Timeline, rule: ReportingRule, *, since: datetime | None, as_of: datetime, zone: tzinfo
) -> tuple[HospitalReport, ...]:
    """Find what the hospital says happened under observation.

    Leaves out what we wrote ourselves, syndromes (they are compared with the proposal), problems no rule names,
    refuted ones, and what began earlier than the look-back before the first conditioning drug. What contests
    itself is kept without its grade.

    Args:
        timeline: The person's facts.
        rule: What reports mean.
        since: 0..1; start of the first conditioning drug; None = not known, then nothing is too early.
        as_of: Clinical time; what begins later does not exist.
        zone: The hospital's.

    Returns:
        AdverseEvents first, then problems, each earliest first; those without a time last.
    """
    events = {each.source.reference: each for each in reversed(timeline.reported_events) if not rule.is_own(each)}
    found = [_of_event(each, rule, zone) for each in events.values()]
    found += [_of_problem(each, kind, timeline, zone) for each, kind in _problems(timeline, rule)]
    earliest = None
    if since is not None:
        earliest = since.astimezone(zone).date() - timedelta(days=rule.look_back_days)
    named = (each for each in found if each is not None)
    kept = [each for each in named if _is_in_time(each, earliest, as_of)]
    return tuple(sorted(kept, key=_order))


def _problems(timeline: Timeline, rule: ReportingRule) -> Iterator[tuple[Diagnosis, ReportedKind]]:
    seen: set[str] = set()
    for kind in rule.kinds:
        for concept in kind.concepts if kind.from_problems else ():
            for problem in timeline.diagnoses.get(concept, ()):
                reference = problem.source.reference
                if reference not in seen and problem.verification_status != REFUTED:
                    seen.add(reference)
                    yield problem, kind


def _of_event(event: ReportedEvent, rule: ReportingRule, zone: tzinfo) -> HospitalReport | None:
    if rule.syndrome_of(event.concepts, event.terms) is not None:
        return None
    kind = rule.kind_of(event.concepts, event.terms)
    name = (
        kind.name if kind is not None else (event.terms[0] if event.terms else _words(event.codings, event.text))
    )
    begun = start_of(event.occurred) or event.detected
    over = event.outcome in _OVER
    ended = _end(event.recorded, begun, zone) if over else None
    notes = [*_notes_on(event), *([_ENDS_FIRST] if over and event.recorded is not None and ended is None else [])]
    return HospitalReport(
        reference=event.source.reference,
        name=name,
        names=_names(name, event.terms, kind),
        kind=kind,
        begun=begun,
        at=span(begun, zone) if begun is not None else None,
        state=_state(is_over=over, goes_on=event.outcome in _GOES_ON, end=ended),
        ended=ended,
        ended_at=span(ended, zone) if ended is not None else None,
        grade=None if event.contested else event.grade,
        results_in=event.conditions,
        notes=tuple(notes),
        evidence=(of_report(event),),
    )


def _notes_on(event: ReportedEvent) -> Iterator[str]:
    if event.occurred is None:
        yield "the report does not say when it happened"
    if event.grade is None and event.severity is not None:
        yield f"the hospital calls it {event.severity}, which is a severity and no grade"
    if event.outcome in _OVER:
        yield f"the hospital's outcome is {event.outcome}, on record by {_text(event.recorded)}"
    if event.serious is not None:
        yield f"the hospital calls it {'serious' if event.serious else 'not serious'}"
    if len(event.terms) > 1:
        yield f"its codes name several terms: {', '.join(event.terms)}"
    if event.contested:
        yield "two contents of the report contest each other; its grade does not count"


def _of_problem(problem: Diagnosis, kind: ReportedKind, timeline: Timeline, zone: tzinfo) -> HospitalReport:
    onset = start_of(problem.onset)
    begun = onset or problem.recorded
    end = problem.abatement
    over = problem.abated or problem.clinical_status not in {*_ACTIVE, None}
    stated = (end.end or end.start) if over and end is not None else None
    ended = _end(stated, onset, zone)
    notes = [] if problem.verification_status in _SURE else [f"the problem is {problem.verification_status}"]
    notes += ["by the day it was recorded"] if onset is None and begun is not None else []
    notes += ["two contents of the problem contest each other"] if problem.contested else []
    notes += [_ENDS_FIRST] if stated is not None and ended is None else []
    return HospitalReport(
        reference=problem.source.reference,
        name=kind.name,
        names=_names(kind.name, (), kind),
        kind=kind,
        begun=begun,
        at=span(begun, zone) if begun is not None else None,
        state=_state(is_over=over, goes_on=problem.clinical_status in _ACTIVE, end=ended),
        ended=ended,
        ended_at=span(ended, zone) if ended is not None else None,
        notes=tuple(notes),
        evidence=of_event(problem, timeline, role="reported"),
    )


def _end(end: FhirDateTime | None, begun: FhirDateTime | None, zone: tzinfo) -> FhirDateTime | None:
    """Give the end as stated; None where it certainly lies before the beginning."""
    if end is None or begun is None:
        return end
    return end if span(end, zone).last >= span(begun, zone).first else None


def _state(*, is_over: bool, goes_on: bool, end: FhirDateTime | None) -> EventState:
    """What is over without anybody saying when is not known to be over before any given moment."""
    if is_over:
        return EventState.RESOLVED if end is not None else EventState.UNKNOWN
    return EventState.ONGOING if goes_on else EventState.UNKNOWN


def _names(name: str, terms: Iterable[str], kind: ReportedKind | None) -> frozenset[str]:
    also = kind.terms if kind is not None else frozenset[str]()
    return frozenset(each.casefold() for each in (name, *terms, *also))


def _words(codings: tuple[Coding, ...], text: str | None) -> str:
    shown = [coding.display for coding in codings if coding.display]
    coded = [coding.code for coding in codings if coding.code]
    return (shown or ([text] if text else coded) or ["not named"])[0]


def _text(moment: FhirDateTime | None) -> str:
    return moment.text if moment is not None else "a day nobody wrote down"


def _is_in_time(report: HospitalReport, earliest: date | None, as_of: datetime) -> bool:
    if report.at is None:
        return True
    return report.at.first <= as_of and (earliest is None or report.at.last_day >= earliest)


def _order(report: HospitalReport) -> tuple[bool, bool, float, str]:
    when = report.at.first.timestamp() if report.at is not None else 0.0
    return report.is_problem, report.at is None, when, report.reference
