"""`safety`: one subject's grades over time, syndromes, and whether the subject counts for the dose escalation.

Knows: safety records. Does not know: how a grade is found, where records are kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import tzinfo

from fhir_adapter.domain.safety_model.event_records import ReportedLink
from fhir_adapter.domain.safety_model.judgements import DeathJudgement
from fhir_adapter.domain.safety_model.records import GradedResult, SafetyRecord
from fhir_adapter.domain.safety_model.syndrome_records import SyndromeEpisode, SyndromeInterval, SyndromeRecord
from fhir_adapter.report.dose_limiting import DoseLimitingOut, build_dose_limiting, moment
from fhir_adapter.report.explain import EvidenceOut, build_evidence
from fhir_adapter.report.model import Result


class GradeOut(Result):
    """One result and its grade.

    `grade` is null where it cannot be graded; `worst` is the highest grade it can have. `needed` says what would
    make it certain, the next fact first. `after_infusion` is null before the first cell infusion.
    """

    at: str
    effective: str
    value: str
    status: str
    grade: int | None
    worst: int
    within_range: bool | None
    reason: str | None
    needed: list[str]
    notes: list[str]
    reference: str
    path: str
    baseline: str | None
    after_infusion: int | None


class TermOut(Result):
    """One term's grades, earliest first."""

    term: str
    direction: str | None
    grades: list[GradeOut]


class IntervalOut(Result):
    """A time in which one proposed grade holds; `grade` is null where nobody can tell."""

    start: str
    end: str | None
    status: str
    grade: int | None
    worst: int
    driver: str
    reason: str | None
    next_fact: str | None
    notes: list[str]
    evidence: list[EvidenceOut]


class ReportedOut(Result):
    """What the hospital itself says of it, and why that is the same event."""

    reference: str
    grade: int | None
    why: str


class JudgedOut(Result):
    """A named person's final grade; `stands` is false where later data went beyond it."""

    grade: int
    associated: bool
    by: str
    at: str
    reason: str
    stands: bool


class EpisodeOut(Result):
    """One syndrome after one cell infusion."""

    id: str
    after_infusion: int
    start: str
    end: str | None
    grade: int | None
    worst: int
    needs_attestation: bool
    disagrees_with_hospital: bool
    reported: list[ReportedOut]
    judged: JudgedOut | None


class DeathOut(Result):
    """What a named person said of the cause of death and its relation to the cells."""

    cause: str
    relatedness: str
    by: str
    at: str
    reason: str


class SyndromeOut(Result):
    """One syndrome: proposals over time, episodes to be judged, days without the assessment it needs.

    `unassessed_after` names infusions after which that assessment was never made so far.
    """

    syndrome: str
    intervals: list[IntervalOut]
    episodes: list[EpisodeOut]
    missing_days: list[str]
    unassessed_after: list[int]
    notes: list[str]


class InfusionOut(Result):
    """One cell infusion given."""

    number: int
    start: str


class SafetyResult(Result):
    """One subject's safety at one moment; after `ends` nobody looked any further."""

    subject: str
    as_of: str
    ends: str | None
    baseline_before: str | None
    infusions: list[InfusionOut]
    terms: list[TermOut]
    syndromes: list[SyndromeOut]
    dose_limiting: DoseLimitingOut
    death: DeathOut | None
    notes: list[str]


def build_safety(record: SafetyRecord, zone: tzinfo) -> SafetyResult:
    """Put a safety record into its result model.

    Args:
        record: The newest one on file.
        zone: The hospital's: times are told in it.

    Returns:
        Grades by term, those of the highest worst grade first; syndromes; dose-limiting toxicity.
    """
    by_term: dict[tuple[str, str | None], list[GradedResult]] = {}
    for result in record.results:
        by_term.setdefault((result.term, result.grade.direction), []).append(result)
    terms = [
        TermOut(term=term, direction=direction, grades=[build_grade(each) for each in graded])
        for (term, direction), graded in by_term.items()
    ]
    return SafetyResult(
        subject=record.subject,
        as_of=record.as_of.astimezone(zone).isoformat(),
        ends=record.ends.isoformat() if record.ends is not None else None,
        baseline_before=moment(record.baseline_before, zone),
        infusions=[
            InfusionOut(number=number, start=start.astimezone(zone).isoformat())
            for number, start in record.infusions
        ],
        terms=sorted(terms, key=lambda one: (-max(grade.worst for grade in one.grades), one.term)),
        syndromes=[build_syndrome(each, zone) for each in record.syndromes],
        dose_limiting=build_dose_limiting(record.subject, record.dose_limiting),
        death=_death(record.death, zone) if record.death is not None else None,
        notes=list(record.notes),
    )


def build_grade(result: GradedResult) -> GradeOut:
    """Put one graded result into its row."""
    grade = result.grade
    return GradeOut(
        at=result.at.isoformat(),
        effective=result.effective,
        value=result.value,
        status=grade.status,
        grade=grade.grade,
        worst=grade.worst,
        within_range=grade.within_range,
        reason=grade.reason,
        needed=list(grade.needed),
        notes=list(grade.notes),
        reference=result.reference,
        path=result.path,
        baseline=result.baseline,
        after_infusion=result.after_infusion,
    )


def build_syndrome(record: SyndromeRecord, zone: tzinfo) -> SyndromeOut:
    """Put one syndrome into its result model, with times at the hospital."""
    return SyndromeOut(
        syndrome=record.syndrome,
        intervals=[_interval(each, zone) for each in record.intervals],
        episodes=[_episode(each, zone) for each in record.episodes],
        missing_days=[day.isoformat() for day in record.missing],
        unassessed_after=list(record.unassessed),
        notes=list(record.notes),
    )


def build_reported(links: Iterable[ReportedLink]) -> list[ReportedOut]:
    """Put what the hospital says into rows."""
    return [ReportedOut(reference=each.reference, grade=each.grade, why=each.why) for each in links]


def _interval(interval: SyndromeInterval, zone: tzinfo) -> IntervalOut:
    return IntervalOut(
        start=interval.start.astimezone(zone).isoformat(),
        end=moment(interval.end, zone),
        status=interval.status,
        grade=interval.grade,
        worst=interval.worst,
        driver=interval.driver,
        reason=interval.reason,
        next_fact=interval.next_fact,
        notes=list(interval.notes),
        evidence=[build_evidence(each) for each in interval.evidence],
    )


def _episode(episode: SyndromeEpisode, zone: tzinfo) -> EpisodeOut:
    judged = episode.judgement
    return EpisodeOut(
        id=episode.id,
        after_infusion=episode.after_infusion,
        start=episode.start.astimezone(zone).isoformat(),
        end=moment(episode.end, zone),
        grade=episode.grade,
        worst=episode.worst,
        needs_attestation=episode.needs_attestation,
        disagrees_with_hospital=episode.disagrees,
        reported=build_reported(episode.reported),
        judged=JudgedOut(
            grade=judged.grade,
            associated=judged.associated,
            by=judged.by,
            at=judged.at.astimezone(zone).isoformat(),
            reason=judged.reason,
            stands=episode.stands,
        )
        if judged is not None
        else None,
    )


def _death(judged: DeathJudgement, zone: tzinfo) -> DeathOut:
    return DeathOut(
        cause=judged.cause,
        relatedness=judged.relatedness,
        by=judged.by,
        at=judged.at.astimezone(zone).isoformat(),
        reason=judged.reason,
    )
