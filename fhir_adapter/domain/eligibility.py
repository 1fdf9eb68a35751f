"""A subject's eligibility, derived from the facts and the trial's criteria.

Knows: verdicts, the record, its validity and its digest. Does not know: any particular trial, the store, who
decides. The result is a proposal: a named person decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo

from fhir_adapter.domain.anchor import find_anchor
from fhir_adapter.domain.answers import in_order
from fhir_adapter.domain.assess_consent import are_of_several_studies, in_force
from fhir_adapter.domain.assessment import assess, walk
from fhir_adapter.domain.criterion import Criterion, Kind
from fhir_adapter.domain.exposure import Exposure
from fhir_adapter.domain.facts import Diagnosis, Finding, Intervention
from fhir_adapter.domain.judgement import show
from fhir_adapter.domain.logic import Truth, all_of
from fhir_adapter.domain.moments import FhirDateTime
from fhir_adapter.domain.operators import ConsentSigned
from fhir_adapter.domain.protocol import Trial
from fhir_adapter.domain.record_digest import digest_record
from fhir_adapter.domain.records import Answer, CriterionResult, Eligibility, EligibilityRecord, Verdict
from fhir_adapter.domain.scene import Memo, Scene, utc
from fhir_adapter.domain.source import SubjectId
from fhir_adapter.domain.spans import midnight, span
from fhir_adapter.domain.timeline import Timeline

_PASSING = {Kind.INCLUSION: Truth.MET, Kind.EXCLUSION: Truth.NOT_MET}

_OVERALL = {
    Truth.MET: Eligibility.ELIGIBLE,
    Truth.NOT_MET: Eligibility.INELIGIBLE,
    Truth.UNKNOWN: Eligibility.UNDETERMINED,
}


def derive_eligibility(
    timeline: Timeline, trial: Trial, *, subject: SubjectId, as_of: datetime, zone: tzinfo
) -> EligibilityRecord:
    """Derive one subject's eligibility at one clinical time.

    Does not decide anything about the patient: every verdict waits for a named person. No combination of facts
    raises.

    Args:
        timeline: The person's facts.
        trial: The trial's definitions.
        subject: Whose record it is.
        as_of: Clinical time, aware.
        zone: The hospital's zone; calendar days are judged in it.

    Returns:
        The record: every criterion with verdict, reason, evidence and parts; ELIGIBLE if all PASS, INELIGIBLE
        if one FAILs, else UNDETERMINED; until when it is valid by the passing of time alone; the digest of
        what it says, equal where nothing a person sees has changed.

    Source:
        design contracts, Criteria and verdicts, Time; clinical review, PUT-1.
    """
    scene = build_scene(timeline, trial, as_of=as_of, zone=zone)
    judged = [judge_criterion(criterion, scene) for criterion in trial.criteria]
    results = tuple(result for result, _ in judged)
    record = EligibilityRecord(
        subject=subject,
        trial=trial.id,
        as_of=as_of.astimezone(zone),
        anchor=scene.anchor.start.astimezone(zone),
        anchor_source=scene.anchor.source,
        verdict=_OVERALL[all_of(_TRUTHS[result.verdict] for result in results)],
        criteria=results,
        valid_until=find_valid_until(scene, (answer for _, answer in judged)),
        definitions_digest=trial.digest,
        evidence_digest="",
    )
    return replace(record, evidence_digest=digest_record(record))


def build_scene(timeline: Timeline, trial: Trial, *, as_of: datetime, zone: tzinfo) -> Scene:
    """Set the scene for one subject: anchor, age, sex, when consent was signed.

    Args:
        timeline: The person's facts.
        trial: For the anchor's rule, and the policies its consent criterion names.
        as_of: Clinical time, aware.
        zone: The hospital's zone.

    Returns:
        What every statement is assessed against.

    Source:
        design contracts, Time: AGE and A2 at the signing of consent, else as_of.
    """
    who = timeline.demographics
    scene = Scene(
        timeline=timeline,
        anchor=find_anchor(timeline, trial.anchor, as_of=as_of, zone=zone),
        as_of=utc(as_of),
        zone=zone,
        birth=who.birth_date if who is not None else None,
        gender=who.gender if who is not None else None,
    )
    first, last = _signed(scene, trial)
    return replace(scene, consent_signed=first, consent_signed_last=last, memo=Memo())


def judge_criterion(criterion: Criterion, scene: Scene) -> tuple[CriterionResult, Answer]:
    """Judge one criterion: an inclusion PASSes when its statement is MET, an exclusion when it is NOT_MET.

    Args:
        criterion: The criterion with its rule.
        scene: What it is assessed against.

    Returns:
        The result, and the answer it rests on.

    Source:
        design contracts, Criteria and verdicts.
    """
    passing = _PASSING[criterion.kind]
    answer = assess(criterion.rule, scene.steering(passing))
    verdict = Verdict.UNKNOWN
    if answer.truth is not Truth.UNKNOWN:
        verdict = Verdict.PASS if answer.truth is passing else Verdict.FAIL
    result = CriterionResult(
        id=criterion.id,
        kind=criterion.kind,
        mode=criterion.mode,
        verdict=verdict,
        unknown_reason=answer.reason,
        next_fact=answer.next_fact,
        parts=(answer,) if answer.part is not None else answer.parts,
        evidence=in_order([*answer.evidence, *show(criterion.shows, scene)]),
        computations=answer.computations,
        notes=answer.notes,
    )
    return result, answer


def find_part(record: EligibilityRecord, part: str) -> Answer | None:
    """Find a statement by its part id in any criterion; None where no criterion has it."""
    pending = [answer for result in record.criteria for answer in result.parts]
    while pending:
        answer = pending.pop(0)
        if answer.part == part:
            return answer
        pending += answer.parts
    return None


def find_valid_until(scene: Scene, answers: Iterable[Answer]) -> datetime | None:
    """Find the next moment at which time alone may change what was judged: an edge, the planned day, a later fact.

    Args:
        scene: What it was judged against.
        answers: 0..*; what it rests on.

    Returns:
        The moment at the hospital; None where nothing will change by itself.

    Source:
        design contracts, Time: each record has `valid_until`, the next window edge.
    """
    planned = scene.anchor.planned
    edges = [answer.expires for answer in answers]
    edges.append(midnight(planned, scene.zone) if planned is not None else None)
    today = scene.today
    ahead = [
        span(moment, scene.zone).first
        for moment in _moments(scene.timeline)
        if moment.last_day >= today - _ONE_DAY
    ]
    until = scene.next_of([*edges, *ahead])
    return until.astimezone(scene.zone) if until is not None else None


_ONE_DAY = timedelta(days=1)  # the calendar day of a moment elsewhere is at most one away from ours

_TRUTHS = {Verdict.PASS: Truth.MET, Verdict.FAIL: Truth.NOT_MET, Verdict.UNKNOWN: Truth.UNKNOWN}


def _signed(scene: Scene, trial: Trial) -> tuple[FhirDateTime | None, FhirDateTime | None]:
    """Give when the first research consent in force was signed, and the last where of several studies."""
    policies = (
        node.policies
        for criterion in trial.criteria
        for node in walk(criterion.rule)
        if isinstance(node, ConsentSigned)
    )
    consents = in_force(scene, next(policies, ()))
    dated = [each.signed for each in consents if each.signed is not None]
    if not dated:
        return None, None
    dated.sort(key=lambda signed: (span(signed, scene.zone).first, signed.text))
    return dated[0], dated[-1] if are_of_several_studies(consents) else dated[0]


def _moments(timeline: Timeline) -> Iterator[FhirDateTime]:
    """Give the moment of every fact; on a record derived for the past, later ones come into view in time."""
    for shelf in (timeline.findings, timeline.exposures, timeline.interventions, timeline.diagnoses):
        for facts in shelf.values():
            for fact in facts:
                yield from _moments_of(fact)
    for consent in timeline.consents:
        yield from (each for each in (consent.signed,) if each is not None)
    for attestation in timeline.attestations:
        yield attestation.authored
    for gap in timeline.gaps:
        effective = gap.rejection.effective
        yield from (each for each in (effective.start if effective is not None else None,) if each is not None)


def _moments_of(fact: Finding | Exposure | Intervention | Diagnosis) -> Iterator[FhirDateTime]:
    if isinstance(fact, Diagnosis):
        effective, others = (
            fact.onset,
            [fact.recorded, fact.abatement.start if fact.abatement is not None else None],
        )
    else:
        effective, others = (fact.performed if isinstance(fact, Intervention) else fact.effective), []
    starts = [effective.start if effective is not None else None, *others]
    yield from (each for each in starts if each is not None)
