"""Every result of one subject, graded by every term that speaks of it.

Knows: which results are graded, against which baseline, how parts of it come together. Does not know: any scale's
numbers, adverse events.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo

from fhir_adapter.domain.anchor import AS_OF, Anchor
from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.moments import FhirDateTime
from fhir_adapter.domain.safety.baseline import baseline_of, find_baselines, window_before
from fhir_adapter.domain.safety.combined import grade_combined
from fhir_adapter.domain.safety.corrected import grade_corrected
from fhir_adapter.domain.safety.grading_scene import GradingScene, Infusions
from fhir_adapter.domain.safety.recorded import NOTHING_RECORDED, InputBook
from fhir_adapter.domain.safety.usable import Usable
from fhir_adapter.domain.safety_model.episode_rule import EpisodeRule
from fhir_adapter.domain.safety_model.records import GradedResult
from fhir_adapter.domain.scene import Scene, utc
from fhir_adapter.domain.spans import clamped
from fhir_adapter.domain.timeline import Timeline
from fhir_adapter.domain.toxicity.measurement import as_upper_bound
from fhir_adapter.domain.toxicity.quick import grade_quickly
from fhir_adapter.domain.toxicity.scale import Scale, Term

CONFLICTING = "CONFLICTING: results of one moment differ"
BOUNDED = "not measured; it cannot exceed this result"


def grade_results(  # noqa: PLR0913 - one named part per thing results are graded against
    timeline: Timeline,
    scale: Scale,
    rule: EpisodeRule,
    *,
    infusions: Infusions,
    baseline_before: datetime | None,
    birth: FhirDateTime | None,
    gender: str | None,
    as_of: datetime,
    zone: tzinfo,
) -> tuple[GradedResult, ...]:
    """Grade every usable result of one subject from the baseline window on.

    Does not decide what is an adverse event. No combination of facts raises, the order of facts never shows, and a
    retracted result is as one never recorded.

    Args:
        timeline: The person's facts.
        scale: The scale.
        rule: Baseline window, corrections, combinations.
        infusions: 0..*; number and start of the cell infusions given.
        baseline_before: 0..1; start of the first conditioning drug (find_baseline_before).
        birth: 0..1; date of birth, may be partial.
        gender: 0..1; FHIR administrative gender.
        as_of: Clinical time, aware; later results do not exist yet.
        zone: The hospital's zone.

    Returns:
        Each usable result once per term that speaks of it, earliest first. Where it is not known when treatment
        began, from as many days before the first cell infusion; empty where nothing was given or planned.

    Source:
        clinical review, section 4, PUT-4 and PUT-6.
    """
    window = window_before(baseline_before, rule.baseline_days, zone) if baseline_before is not None else None
    if window is not None:
        since = window.since
    elif infusions:
        first = min(start for _, start in infusions).astimezone(zone).date()
        since = clamped(first) - timedelta(days=rule.baseline_days)
    else:
        return ()
    now = utc(as_of)
    today = now.astimezone(zone).date()
    scene = GradingScene(
        scale=scale,
        rule=rule,
        scene=Scene(
            timeline=timeline,
            anchor=Anchor(start=now, time=now, day=today, source=AS_OF),
            as_of=now,
            zone=zone,
            birth=birth,
            gender=gender,
        ),
        since=since,
        window=window,
        infusions=infusions,
    )
    return _in_order(_with_conflicts([*_plain(scene), *_special(scene), *_bounded(scene)]))


def _plain(scene: GradingScene) -> Iterator[GradedResult]:
    """Grade results that are graded by themselves, against the baseline of their concept."""
    special = {concept for each in scene.rule.corrections for concept in each.concepts}
    book = InputBook(scene)
    done: set[tuple[str, str, str]] = set()
    for concept in sorted(scene.timeline.findings):
        terms = scene.scale.terms_of(concept)
        if terms and concept not in special:
            for graded in _of_concept(scene, concept, terms, book):
                key = (graded.term, graded.reference, graded.path)
                if key not in done:
                    done.add(key)
                    yield graded


def _of_concept(
    scene: GradingScene, concept: ConceptId, terms: Sequence[Term], book: InputBook
) -> Iterator[GradedResult]:
    results = scene.usable((concept,))
    baselines = find_baselines(results, scene.window) if scene.window is not None else {}
    answers = {term.name: book.answers(term.name, results) for term in terms}
    for result in results:
        sample = scene.sample(result, baseline_of(result, baselines, scene.window))
        for term in terms:
            recorded = answers[term.name].get(result.key, NOTHING_RECORDED)
            grade = grade_quickly(term, sample.with_inputs(recorded.inputs))
            yield scene.build(sample, grade, evidence=tuple(recorded.evidence))


def _special(scene: GradingScene) -> Iterator[GradedResult]:
    for correction in scene.rule.corrections:
        yield from grade_corrected(scene, correction)
    for combination in scene.rule.combinations:
        yield from grade_combined(scene, combination)


def _bounded(scene: GradingScene) -> Iterator[GradedResult]:
    """Grade what a greater result bounds, where nobody measured it at that moment and the bound says something."""
    for term in scene.scale.terms:
        if not term.bounded_by:
            continue
        measured = {each.at for each in scene.usable(term.concepts)}
        for result in scene.usable(term.bounded_by):
            if result.at not in measured:
                yield from _bound(scene, term, result)


def _bound(scene: GradingScene, term: Term, result: Usable) -> Iterator[GradedResult]:
    sample = scene.sample(result, None)
    bound = as_upper_bound(sample.measurement)
    grade = grade_quickly(term, bound) if bound is not None else None
    if bound is not None and grade is not None and grade.grade:
        standard = result.standard
        value = replace(standard, comparator=bound.reported.comparator) if standard is not None else None
        yield scene.build(sample, replace(grade, notes=(*grade.notes, BOUNDED)), standard=value)


def _with_conflicts(results: Iterable[GradedResult]) -> Iterator[GradedResult]:
    """Say of results of one term and moment whose values differ that they do; all of them stand."""
    moments: dict[tuple[str, datetime, datetime | None], list[GradedResult]] = {}
    for result in results:
        moments.setdefault((result.term, result.at, result.until), []).append(result)
    for group in moments.values():
        if not _differ(group):
            yield from group
        else:
            for each in group:
                yield replace(each, grade=replace(each.grade, notes=(*each.grade.notes, CONFLICTING)))


def _differ(group: Sequence[GradedResult]) -> bool:
    """Say whether results of one moment contradict each other; those in different units are not compared."""
    if len(group) < 2:
        return False
    values = {each.standard for each in group if each.standard is not None}
    return len(values) > len({value.unit for value in values})


def _in_order(results: Iterable[GradedResult]) -> tuple[GradedResult, ...]:
    return tuple(sorted(results, key=lambda each: (each.at, each.term, each.reference, each.path)))
