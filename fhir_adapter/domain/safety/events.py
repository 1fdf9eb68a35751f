"""Adverse events of one subject, made of its graded results.

Knows: how an episode becomes a record. Does not know: seriousness, relatedness, outcome, which a named person
judges; what the hospital reported itself, which is merged later.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from fhir_adapter.domain.dosing.records import DosingRecord
from fhir_adapter.domain.safety.actions import ActionBook
from fhir_adapter.domain.safety.course_of_grades import (
    cite_results,
    is_ungradable,
    list_changes,
    list_gaps,
    list_notes,
    worst_possible,
    worst_result,
)
from fhir_adapter.domain.safety.dose_links import TrialDose, link_doses, list_trial_doses
from fhir_adapter.domain.safety.emergence import judge_emergence
from fhir_adapter.domain.safety.episodes import BaselineGrades, Episode, cut_episodes, is_zero_grade, lowest_of
from fhir_adapter.domain.safety.expected import judge_expected
from fhir_adapter.domain.safety.grading_scene import Infusions
from fhir_adapter.domain.safety.identity import keep_identity
from fhir_adapter.domain.safety.recovery import Recovery
from fhir_adapter.domain.safety_model.episode_rule import EpisodeRule
from fhir_adapter.domain.safety_model.event_records import AdverseEventRecord, EventOrigin, EventState
from fhir_adapter.domain.safety_model.records import GradedResult, SafetyRecord
from fhir_adapter.domain.source import SubjectId
from fhir_adapter.domain.timeline import Timeline
from fhir_adapter.domain.toxicity.result import GradeStatus
from fhir_adapter.domain.toxicity.scale import Scale


def derive_events(  # noqa: PLR0913 - one named part per thing they are derived from
    results: Sequence[GradedResult],
    scale: Scale,
    rule: EpisodeRule,
    *,
    timeline: Timeline,
    subject: SubjectId,
    infusions: Infusions,
    doses: Sequence[DosingRecord],
    day_zero: date | None,
    baseline_before: datetime | None,
    zone: tzinfo,
    as_of: datetime,
    previous: SafetyRecord | None,
) -> tuple[AdverseEventRecord, ...]:
    """Derive one subject's adverse events from its graded results.

    Does not judge seriousness or relatedness. Results within their own range open none, ungradable ones neither
    open nor close one.

    Args:
        results: 0..*; as grade_results gives them.
        scale: The scale they are graded by.
        rule: What opens, carries and closes an event.
        timeline: The person's facts, for what was given.
        subject: Whose events they are.
        infusions: 0..*; number and start of the cell infusions given.
        doses: 0..*; the subject's treatment record.
        day_zero: 0..1; calendar day of day 0.
        baseline_before: 0..1; start of the first conditioning drug.
        zone: The hospital's zone.
        as_of: Clinical time, aware.
        previous: 0..1; the record before: events keep the ids they had there.

    Returns:
        The events by onset; those of the record before that dissolved come last.

    Source:
        issue C, adverse-event records; clinical review, PUT-2, PUT-4, PUT-6 and section 11.
    """
    parts = _Parts(
        scale=scale,
        rule=rule,
        first_infusion=min((start for _, start in infusions), default=None),
        doses=list_trial_doses(doses, zone),
        actions=ActionBook(timeline, rule, planned=_planned(doses), as_of=as_of, zone=zone),
        day_zero=day_zero,
        baseline_before=baseline_before,
        zone=zone,
        as_of=as_of,
    )
    drafts = sorted(
        _drafts(results, parts, timeline), key=lambda each: (each[0].changes[0].at, each[0].term, each[1])
    )
    former = previous.events if previous is not None else ()
    return keep_identity(subject, [each for each, _ in drafts], [opening for _, opening in drafts], former)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """Everything the events of one subject have in common."""

    scale: Scale
    rule: EpisodeRule
    first_infusion: datetime | None
    doses: tuple[TrialDose, ...]
    actions: ActionBook
    day_zero: date | None
    baseline_before: datetime | None
    zone: tzinfo
    as_of: datetime


def _planned(doses: Iterable[DosingRecord]) -> Iterator[str]:
    """Name what was given by plan; a trial drug nobody planned was given for something."""
    by_plan = (dose.administered for dose in doses if dose.planned is not None)
    return (part for given in by_plan if given is not None for part in given.parts)


def _drafts(
    results: Sequence[GradedResult], parts: _Parts, timeline: Timeline
) -> Iterator[tuple[AdverseEventRecord, str]]:
    """Give every event without its id, and the reference of the result it began with."""
    grades = _grades(results)
    by_term: dict[str, list[GradedResult]] = {}
    for result in results:
        by_term.setdefault(result.term, []).append(result)
    for term, own in by_term.items():
        recovery = next(
            (
                Recovery(each, timeline, as_of=parts.as_of, zone=parts.zone)
                for each in parts.rule.recoveries
                if each.term == term
            ),
            None,
        )
        for episode in cut_episodes(own, parts.rule.resolution, recovery, grades):
            yield _build(episode, own, parts), episode.opening.reference


def _grades(results: Iterable[GradedResult]) -> BaselineGrades:
    """Know the grade of every baseline under the term of the result that is compared with it."""
    known: dict[tuple[str, str], int] = {}
    for result in results:
        if result.grade.status is not GradeStatus.UNGRADABLE:
            key = (result.term, result.reference)
            known[key] = max(known.get(key, 0), 0 if is_zero_grade(result) else lowest_of(result))

    def grade_of_baseline(result: GradedResult) -> int | None:
        return known.get((result.term, result.baseline)) if result.baseline is not None else None

    return grade_of_baseline


def _build(episode: Episode, own: Sequence[GradedResult], parts: _Parts) -> AdverseEventRecord:
    opening, worst = episode.opening, worst_result(episode)
    closing = episode.closing[0] if episode.closing is not None else None
    onset_on = opening.at.astimezone(parts.zone).date()
    term = parts.scale.term(opening.term)
    emergence = judge_emergence(episode, own, parts.first_infusion)
    expectation = judge_expected(
        episode,
        parts.rule,
        baseline_before=parts.baseline_before,
        day_zero=parts.day_zero,
        as_of=parts.as_of,
        zone=parts.zone,
    )
    highest = worst_possible(episode)
    return AdverseEventRecord(
        id="",
        term=opening.term,
        meddra=term.meddra if term is not None else None,
        soc=term.soc if term is not None else None,
        scale=parts.scale.title,
        state=EventState.ONGOING if closing is None else EventState.RESOLVED,
        origin=EventOrigin.DERIVED,
        onset=opening.effective,
        onset_on=onset_on,
        onset_day=(onset_on - parts.day_zero).days if parts.day_zero is not None else None,
        grade=lowest_of(worst),
        worst_possible=highest,
        at_least=highest > lowest_of(worst),
        resolved=closing.effective if closing is not None else None,
        resolved_on=closing.at.astimezone(parts.zone).date() if closing is not None else None,
        resolved_by=episode.resolved_by,
        worst_on=worst.effective,
        changes=list_changes(episode),
        gaps=list_gaps(episode, parts.rule.gap_days, parts.zone),
        baseline_grade=episode.baseline_grade,
        treatment_emergent=emergence.treatment_emergent,
        worsened=emergence.worsened,
        pre_existing=emergence.pre_existing,
        expected=expectation.text,
        hematologic=term is not None and term.hematologic,
        after_infusion=opening.after_infusion,
        unresolved_ungradable=closing is None and is_ungradable(episode.points[-1]),
        doses=link_doses(
            parts.doses, opening, days=parts.rule.dose_days, day_zero=parts.day_zero, zone=parts.zone
        ),
        actions=parts.actions.during(
            opening.term, opening.at, _end(closing) if closing is not None else parts.as_of
        ),
        notes=(*expectation.notes, *list_notes(episode), *((term.note,) if term and term.note else ())),
        evidence=cite_results(episode),
    )


def _end(closing: GradedResult) -> datetime:
    return closing.until or closing.at
