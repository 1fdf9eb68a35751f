"""Hospital reports joined to derived adverse events, so that nothing is counted twice and nothing is lost.

Knows: which report is which event and why, which reports make events of their own, how those keep their identity.
Does not know: how events are derived from results, FHIR JSON.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, tzinfo

from fhir_adapter.domain.safety.death import find_death
from fhir_adapter.domain.safety.hospital_report import HospitalReport, find_reports
from fhir_adapter.domain.safety.reported_identity import keep_identity
from fhir_adapter.domain.safety.reported_record import Setting, build_reported
from fhir_adapter.domain.safety.reporting import with_reports_due
from fhir_adapter.domain.safety_model.event_records import (
    AdverseEventRecord,
    EventOrigin,
    EventState,
    ReportedLink,
)
from fhir_adapter.domain.safety_model.judgements import EventJudgement
from fhir_adapter.domain.safety_model.reporting_rule import ReportingRule
from fhir_adapter.domain.source import SubjectId
from fhir_adapter.domain.spans import Span
from fhir_adapter.domain.timeline import Timeline
from fhir_adapter.domain.toxicity.catalogue import Catalogue


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportScene:
    """What joining reports needs beside the facts and the rule.

    Attributes:
        since: 0..1; start of the first conditioning drug.
        infusions: 0..*; (number, start) of the cell infusions given.
        day_zero: 0..1.
        scale: Title of the scale the terms are of.
        terms: 0..1; every term of the scale; without it nothing is said of codes and organ classes.
        judgements: Id of an event -> what a named person said of it.
        previous: Events of the record before, so that an event keeps its id.
    """

    subject: SubjectId
    as_of: datetime
    zone: tzinfo
    since: datetime | None
    infusions: tuple[tuple[int, datetime], ...] = ()
    day_zero: date | None = None
    scale: str = ""
    terms: Catalogue | None = None
    judgements: Mapping[str, EventJudgement] = field(default_factory=dict)
    previous: tuple[AdverseEventRecord, ...] = ()


def merge_reported(
    events: Sequence[AdverseEventRecord], timeline: Timeline, rule: ReportingRule, scene: ReportScene
) -> tuple[AdverseEventRecord, ...]:
    """Join what the hospital reports to the derived events, and add what it reports alone.

    A report is a derived event where both have the same term and overlap within the rule's days; of several the
    nearest, then the earlier. An undated one is the only event of its term, or else stands alone and says what it
    may be. A problem an AdverseEvent names as its result follows it. Two reports of one thing make one event. Does
    not change a derived grade: a hospital's higher one widens what is possible and is noted.

    Args:
        events: 0..*; derived events, dissolved ones too.
        timeline: The person's facts.
        rule: What reports mean.
        scene: Times, terms, judgements, the record before.

    Returns:
        Derived events (origin `both` where reported too), events only the hospital reports, a death; by onset,
        dissolved ones last. Each with its judgement and what is due of it.

    Source:
        issue C, adverse-event records: merged with, never double-counted against, derived ones; explained.
    """
    shelf = _Shelf(rule, scene, events)
    for report in find_reports(timeline, rule, since=scene.since, as_of=scene.as_of, zone=scene.zone):
        shelf.place(report)
    death = find_death(timeline, rule, scene.subject, as_of=scene.as_of, zone=scene.zone, day_zero=scene.day_zero)
    merged = keep_identity(
        joined=shelf.joined, made=shelf.made_records(), gone=shelf.dissolved, previous=scene.previous
    )
    found = [*merged, *([death] if death is not None else [])]
    return tuple(sorted((_judged(each, rule, scene) for each in found), key=_order))


def _judged(event: AdverseEventRecord, rule: ReportingRule, scene: ReportScene) -> AdverseEventRecord:
    judgement = scene.judgements.get(event.id, event.judgement)
    return with_reports_due(replace(event, judgement=judgement), rule, scene.zone)


def _order(event: AdverseEventRecord) -> tuple[bool, date, str, str]:
    return event.state is EventState.DISSOLVED, event.onset_on or date.max, event.term, event.id


class _Shelf:
    """Derived events, and what the reports make of them.

    Attributes:
        joined: Derived events that stand, with the reports joined so far.
        dissolved: Derived events that do not stand any more.
        made: Reports that are no derived event, one list per event.
    """

    def __init__(self, rule: ReportingRule, scene: ReportScene, events: Iterable[AdverseEventRecord]) -> None:
        self.rule = rule
        self.scene = scene
        self.joined: list[AdverseEventRecord] = []
        self.dissolved: list[AdverseEventRecord] = []
        for each in events:
            if each.state is not EventState.DISSOLVED:
                self.joined.append(each)
            elif each.origin is not EventOrigin.REPORTED:
                self.dissolved.append(each)
        self.made: list[list[HospitalReport]] = []
        self.results: dict[str, int] = {}

    def made_records(self) -> list[AdverseEventRecord]:
        """Build the events only the hospital reports."""
        scene = self.scene
        setting = Setting(
            subject=scene.subject,
            as_of=scene.as_of,
            zone=scene.zone,
            infusions=scene.infusions,
            day_zero=scene.day_zero,
            scale=scene.scale,
            terms=scene.terms,
            hematologic=self.rule.hematologic,
        )
        return [build_reported(reports, self._unclear(reports[0]), setting) for reports in self.made]

    def place(self, report: HospitalReport) -> None:
        """Find where a report belongs."""
        followed = self.results.get(report.reference)
        why = "an AdverseEvent of this event names it as its result"
        place = followed
        if place is None:
            place, why = self._derived(report)
        if place is not None:
            self.joined[place] = _join(self.joined[place], report, why)
            self.results |= dict.fromkeys(report.results_in, place)
            return
        for reports in self.made:
            if any(_is_one(report, each, self.rule) for each in reports):
                reports.append(report)
                return
        self.made.append([report])

    def _derived(self, report: HospitalReport) -> tuple[int | None, str]:
        """Find the derived event a report is, and why."""
        same = [place for place, each in enumerate(self.joined) if each.term.casefold() in report.names]
        if report.at is None:
            if len(same) == 1:
                return same[0], "same term; the report has no date, and there is one event of this term"
            return None, ""
        tolerance = self.rule.overlap_days
        reach = _reach(report, report.at)
        apart = [(_days_apart(reach, _extent(self.joined[place], self.scene)), place) for place in same]
        near = [(days, place) for days, place in apart if days <= tolerance]
        if not near:
            return None, ""
        days, place = min(near, key=lambda each: (each[0], self.joined[each[1]].onset_on or date.max, each[1]))
        return place, _overlap(days, tolerance)

    def _unclear(self, report: HospitalReport) -> str | None:
        """Say which derived events an undated report may be."""
        if report.at is not None:
            return None
        same = [each.id for each in self.joined if each.term.casefold() in report.names]
        return f"the report has no date and may be one of {', '.join(sorted(same))}" if same else None


Days = tuple[date, date]
"""First and last calendar day."""


def _join(event: AdverseEventRecord, report: HospitalReport, why: str) -> AdverseEventRecord:
    notes = [f"{report.reference}: {note}" for note in report.notes]
    if report.grade is not None and report.grade != event.grade:
        derived = "none" if event.grade is None else f"{'at least ' if event.at_least else ''}{event.grade}"
        notes.append(f"{report.reference}: the hospital says grade {report.grade}, the results say {derived}")
    return replace(
        event,
        origin=EventOrigin.BOTH,
        worst_possible=max(event.worst_possible, report.grade or 0),
        special_interest=event.special_interest or (report.kind.special if report.kind is not None else None),
        reported=(*event.reported, ReportedLink(reference=report.reference, grade=report.grade, why=why)),
        notes=(*event.notes, *notes),
        evidence=(*event.evidence, *report.evidence),
    )


def _is_one(report: HospitalReport, other: HospitalReport, rule: ReportingRule) -> bool:
    """Say whether two reports are about one thing; undated ones only where one names the other."""
    if report.reference in other.results_in:
        return True
    if report.names.isdisjoint(other.names) or report.at is None or other.at is None:
        return False
    return _days_apart(_reach(report, report.at), _reach(other, other.at)) <= rule.overlap_days


def _reach(report: HospitalReport, at: Span) -> Days:
    """Give the days a report covers: what its beginning can mean, and to the dated end of a problem."""
    ended = report.ended_at if report.is_problem else None
    return at.first_day, max(at.last_day, ended.last_day if ended is not None else at.last_day)


def _extent(event: AdverseEventRecord, scene: ReportScene) -> Days:
    first = event.onset_on or date.min
    last = event.resolved_on if event.resolved_on is not None else scene.as_of.astimezone(scene.zone).date()
    return first, max(first, last)


def _days_apart(one: Days, other: Days) -> int:
    """Count the days between two stretches; 0 where they share a day."""
    return max((max(one[0], other[0]) - min(one[1], other[1])).days, 0)


def _overlap(days: int, tolerance: int) -> str:
    if days == 0:
        return "same term, and the times overlap"
    return f"same term, {days} day{'s' if days > 1 else ''} apart (up to {tolerance} count as one event)"
