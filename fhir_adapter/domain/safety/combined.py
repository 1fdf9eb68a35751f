"""Grades that take two results: a temperature and the neutrophils make febrile neutropenia.

Knows: which results belong together, how long a temperature lasted. Does not know: the numbers they are compared
with, which are the scale's.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.evidence import of_finding
from fhir_adapter.domain.intervals import interval_of, lies
from fhir_adapter.domain.queries import Operator, UnknownReason
from fhir_adapter.domain.safety.grading_scene import GradingScene, Sample, shown
from fhir_adapter.domain.safety.usable import Usable
from fhir_adapter.domain.safety_model.episode_rule import CombinationRule
from fhir_adapter.domain.safety_model.records import GradedResult
from fhir_adapter.domain.toxicity.grade import grade_combination
from fhir_adapter.domain.toxicity.measurement import Measurement
from fhir_adapter.domain.toxicity.result import GradeStatus, ToxicityGrade
from fhir_adapter.domain.toxicity.scale import ClinicalInput, Term

_LASTED: Final[Mapping[ClinicalInput, bool]] = {ClinicalInput.DURATION: True}


def grade_combined(scene: GradingScene, rule: CombinationRule) -> Iterator[GradedResult]:
    """Grade every leading result together with the other result nearest to it.

    Args:
        scene: What results are graded against.
        rule: Which results belong together.

    Yields:
        One graded result per leading one; without the other result near enough only what the leading one decides
        alone. UNGRADABLE where other results of one moment give different grades.

    Source:
        clinical review, section 4 (febrile neutropenia); CTCAE v5.0, "Febrile neutropenia".
    """
    term = scene.scale.term(rule.term)
    if term is None:
        return
    beside = scene.usable((rule.beside,))
    times = [each.at.first for each in beside]
    reach, minutes = timedelta(hours=rule.hours), timedelta(minutes=rule.lasting_minutes)
    run: _Run | None = None
    alone = _Alone(term, rule.leading)
    for result in scene.usable((rule.leading,)):
        run = _run(result, run, rule.lasting_from, reach)
        sample = scene.sample(result, None)
        lasted = run is not None and run[1] - run[0] > minutes
        others = _beside(result, beside, times, reach)
        inputs = _LASTED if lasted else {}
        grade = alone.grade(sample.with_inputs(inputs))
        if others and not alone.decides(grade):
            grade = _grade(scene, term, rule, sample, others, inputs)
        yield _build(scene, sample, grade, others)


class _Alone:
    """Grades leading results as if there were no other one; temperatures repeat, so each is graded once."""

    def __init__(self, term: Term, leading: ConceptId) -> None:
        self._term = term
        self._leading = leading
        self._known: dict[tuple[object, ...], ToxicityGrade] = {}

    def grade(self, one: Measurement) -> ToxicityGrade:
        """Grade a leading result, which has no baseline."""
        key = (one.reported, one.standard, one.lln, one.uln, one.age_years, *one.inputs.items())
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = grade_combination(self._term, {self._leading: one})
        return known

    def decides(self, grade: ToxicityGrade) -> bool:
        """Say whether no other result can change a grade: a certain one of a term made for everybody."""
        return grade.status is GradeStatus.GRADED and self._term.age is None


def _grade(
    scene: GradingScene,
    term: Term,
    rule: CombinationRule,
    sample: Sample,
    others: Sequence[Usable],
    inputs: Mapping[ClinicalInput, bool],
) -> ToxicityGrade:
    """Grade a leading result with each of the others; UNGRADABLE where they give different grades."""
    leading = sample.with_inputs(inputs)
    grades = [
        grade_combination(term, _results(rule, leading, scene.sample(other, None).with_inputs(inputs)))
        for other in others
    ]
    grade = max(grades, key=lambda each: each.worst)
    return _conflicting(grade) if any(each != grades[0] for each in grades) else grade


def _build(scene: GradingScene, sample: Sample, grade: ToxicityGrade, others: Sequence[Usable]) -> GradedResult:
    evidence = tuple(of_finding(other.finding, "beside") for other in others)
    notes = (*grade.notes, *(f"together with {shown(other.reported)} of {_written(other)}" for other in others))
    return scene.build(sample, replace(grade, notes=notes, within_range=None), evidence=evidence)


def _results(rule: CombinationRule, leading: Measurement, other: Measurement) -> dict[ConceptId, Measurement]:
    return {rule.leading: leading, rule.beside: other}


def _conflicting(grade: ToxicityGrade) -> ToxicityGrade:
    return replace(grade, status=GradeStatus.UNGRADABLE, grade=None, reason=UnknownReason.CONFLICTING)


def _beside(
    result: Usable, beside: Sequence[Usable], times: Sequence[datetime], reach: timedelta
) -> Sequence[Usable]:
    """Give the last other results before a result, all of one moment, else the first after it."""
    at = result.at.first
    place = bisect_right(times, at)
    if place and at - times[place - 1] <= reach:
        return beside[bisect_left(times, times[place - 1]) : place]
    if place < len(times) and times[place] - at <= reach:
        return beside[place : bisect_right(times, times[place])]
    return ()


_Run = tuple[datetime, datetime]
"""The first and the last moment of leading results that were all high enough."""


def _run(result: Usable, run: _Run | None, lasting_from: Decimal, reach: timedelta) -> _Run | None:
    """Go on with a run of high results, or begin one; a pause in which anything can have been ends it."""
    standard, at = result.standard, result.at.first
    if standard is None or lies(interval_of(standard), Operator.GREATER_OR_EQUAL, lasting_from) is not True:
        return None
    return (at, at) if run is None or at - run[1] > reach else (run[0], at)


def _written(other: Usable) -> str:
    effective = other.finding.effective
    return effective.start.text if effective is not None and effective.start is not None else ""
