"""Values that are graded only once they are corrected for albumin: total calcium.

Knows: which albumin belongs to a sample, the worst case without one. Does not know: the
formula, which is the scale's, grades.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from fhir_adapter.domain.evidence import of_finding
from fhir_adapter.domain.quantity import Quantity
from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.records import Evidence
from fhir_adapter.domain.safety.grading_scene import GradingScene, Sample, shown
from fhir_adapter.domain.safety.usable import Usable
from fhir_adapter.domain.safety_model.episode_rule import CorrectionRule
from fhir_adapter.domain.safety_model.records import GradedResult
from fhir_adapter.domain.toxicity.corrected_calcium import correct_calcium
from fhir_adapter.domain.toxicity.measurement import Measurement
from fhir_adapter.domain.toxicity.quick import grade_quickly
from fhir_adapter.domain.toxicity.result import GradeStatus, Needed, ToxicityGrade
from fhir_adapter.domain.toxicity.scale import Term

ALBUMIN_UNIT: Final = "g/dL"
"""Unit the believable albumins are written in."""


@dataclass(frozen=True, slots=True)
class _Paired:
    """The albumin of a sample, or why none can be used."""

    albumin: Usable | None = None
    value: Quantity | None = None
    reason: UnknownReason = UnknownReason.MISSING


def grade_corrected(scene: GradingScene, rule: CorrectionRule) -> Iterator[GradedResult]:
    """Grade values that need an albumin, each with the albumin nearest to it.

    Does not take a normal albumin for granted.

    Args:
        scene: What results are graded against.
        rule: What is corrected, and with what.

    Yields:
        One graded result per value and term of the corrected concept. UNGRADABLE where no albumin lies near
        enough, it is censored, or albumins of one moment differ: the worst case is then that of the least and the
        most albumin that can be believed. UNGRADABLE too where the value itself is censored or its unit is one
        the formula is not printed for.

    Source:
        rules sheet D9; clinical review, section 4 (calcium) and section 10: same sample, at most 24 h.
    """
    terms = scene.scale.terms_of(rule.graded_as)
    albumins = scene.usable(rule.albumin)
    times = [each.at.first for each in albumins]
    for result in scene.usable(rule.concepts):
        sample = scene.sample(result, None)
        paired = _pair(result, albumins, times, rule)
        for term in terms:
            yield _grade(scene, sample, paired, term, rule)


def _grade(scene: GradingScene, sample: Sample, paired: _Paired, term: Term, rule: CorrectionRule) -> GradedResult:
    albumin = paired.albumin
    cited = () if albumin is None else (_cited(albumin, sample.result),)
    if albumin is None or paired.value is None:
        return scene.build(sample, _without(sample, paired.reason, term, rule), evidence=cited)
    corrected = _correct(sample, paired.value)
    if corrected is None:
        reason, needed = _fault(sample.result.reported)
        return scene.build(sample, _ungradable(term, reason, needed, term.highest_worded), evidence=cited)
    grade = grade_quickly(term, corrected)
    note = f"corrected for albumin {shown(albumin.reported)}, {_apart(albumin, sample.result)}"
    standard = sample.result.standard
    in_standard = (
        None if standard is None or corrected.standard is None else Quantity(corrected.standard, standard.unit)
    )
    return scene.build(
        sample,
        replace(grade, notes=(*grade.notes, note)),
        value=f"{shown(corrected.reported)} corrected ({shown(sample.result.reported)} measured)",
        standard=in_standard,
        evidence=cited,
    )


def _pair(result: Usable, albumins: Sequence[Usable], times: Sequence[datetime], rule: CorrectionRule) -> _Paired:
    """Find the albumin nearest to a sample; of two equally near ones the earlier."""
    reach, at = timedelta(hours=rule.hours), result.at.first
    near = albumins[bisect_left(times, at - reach) : bisect_right(times, at + reach)]
    if not near:
        return _Paired()
    nearest = min(near, key=lambda each: (abs(each.at.first - at), each.at.first, each.key))
    if len({each.standard for each in near if each.at == nearest.at}) > 1:
        return _Paired(nearest, reason=UnknownReason.CONFLICTING)
    value = nearest.standard or nearest.reported
    if value.comparator is not None:
        return _Paired(nearest, reason=UnknownReason.CENSORED)
    return _Paired(nearest, value)


def _correct(sample: Sample, albumin: Quantity) -> Measurement | None:
    """Correct a value in its own unit, and in the standard one, which its limits are in."""
    reported = correct_calcium(sample.result.reported, albumin)
    if reported is None:
        return None
    if sample.result.standard is None:
        return replace(sample.measurement, reported=reported.corrected)
    standard = correct_calcium(sample.result.standard, albumin)
    if standard is None:
        return None
    return replace(sample.measurement, reported=reported.corrected, standard=standard.corrected.value)


def _without(sample: Sample, reason: UnknownReason, term: Term, rule: CorrectionRule) -> ToxicityGrade:
    """Leave a value without albumin ungradable; its worst case lies at one end of what is believed."""
    ends = (_correct(sample, Quantity(each, ALBUMIN_UNIT)) for each in (rule.lowest, rule.highest))
    worst = max(term.highest_worded if end is None else grade_quickly(term, end).worst for end in ends)
    return _ungradable(term, reason, Needed.ALBUMIN, worst)


def _fault(reported: Quantity) -> tuple[UnknownReason, Needed]:
    if reported.comparator is not None:
        return UnknownReason.CENSORED, Needed.UNCENSORED_VALUE
    return UnknownReason.UNIT_UNUSABLE, Needed.UNIT


def _ungradable(term: Term, reason: UnknownReason, needed: Needed, worst: int) -> ToxicityGrade:
    return ToxicityGrade(
        term=term.name,
        direction=term.direction,
        status=GradeStatus.UNGRADABLE,
        grade=None,
        worst=worst,
        reason=reason,
        needed=(needed,),
    )


def _cited(albumin: Usable, result: Usable) -> Evidence:
    cited = of_finding(albumin.finding, "albumin")
    age = _apart(albumin, result)
    return replace(cited, note=f"{cited.note}; {age}" if cited.note else age)


def _apart(albumin: Usable, result: Usable) -> str:
    """Say how long before or after the value the albumin was taken."""
    between = result.at.first - albumin.at.first
    if not between:
        return "of the same time"
    minutes = abs(between) // timedelta(minutes=1)
    return f"taken {minutes // 60} h {minutes % 60} min {'before' if between > timedelta(0) else 'after'} it"
