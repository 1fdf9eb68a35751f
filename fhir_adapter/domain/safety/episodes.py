"""Graded results of one term cut into episodes: where an adverse event begins, goes on and ends.

Knows: which results open, carry and close an episode. Does not know: names of terms, what an episode means.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import groupby

from fhir_adapter.domain.safety.recovery import Recovery
from fhir_adapter.domain.safety_model.episode_rule import Resolution
from fhir_adapter.domain.safety_model.records import GradedResult
from fhir_adapter.domain.toxicity.result import GradeStatus

Moment = tuple[GradedResult, ...]
"""Results of one term and one moment; several only where the hospital sent several."""

GRADE_0 = "grade 0"
WITHIN_RANGE = "within its own range"
BASELINE_GRADE = "grade before treatment"


class Verdict(Enum):
    """What the results of one moment say."""

    NORMAL = "normal"
    ABNORMAL = "abnormal"
    UNGRADABLE = "ungradable"


@dataclass(slots=True)
class Episode:
    """One adverse event as its results tell it.

    Attributes:
        points: 1..*; its results by moment, earliest first; the first moment opened it.
        baseline_grade: 0..1; the grade before treatment.
        closing: 0..1; the results that ended it; None while it goes on.
        resolved_by: 0..1; why it ended, in plain words; set exactly where `closing` is.
    """

    points: list[Moment]
    baseline_grade: int | None = None
    closing: Moment | None = None
    resolved_by: str | None = None

    @property
    def results(self) -> Iterator[GradedResult]:
        """Every result in it, earliest first; the closing ones are none of them."""
        return (result for moment in self.points for result in moment)

    @property
    def opening(self) -> GradedResult:
        """The result it began with; of one moment the worst, then the first by its reference."""
        return min(self.points[0], key=lambda each: (-lowest_of(each), each.reference, each.path))


BaselineGrades = Callable[[GradedResult], int | None]
"""Gives the grade of a result's baseline under the same term, where it has one."""


class _Cutter:
    """Walks along the results of one term, earliest first."""

    def __init__(self, resolution: Resolution, recovery: Recovery | None, baseline_grades: BaselineGrades) -> None:
        self.found: list[Episode] = []
        self._resolution = resolution
        self._recovery = recovery
        self._baseline_grades = baseline_grades
        self._open: Episode | None = None
        self._was_low = False
        self._has_recovered = False

    def take(self, moment: Moment) -> None:
        """Take in the results of one moment."""
        verdict = judge_moment(moment, self._resolution, self._baseline_grades)
        is_low = self._recovery is not None and self._recovery.is_low(moment)
        title = self._recovery.title if self._recovery is not None and self._recovery.follow(moment) else None
        if self._open is None:
            self._outside(moment, verdict, is_low=is_low)
        elif verdict is Verdict.NORMAL:
            self._close(self._open, moment, _why(moment))
        elif title is not None and self._was_low:
            self._close(self._open, moment, title)
            self._has_recovered = True
        else:
            self._open.points.append(moment)
            self._was_low = self._was_low or is_low

    def _outside(self, moment: Moment, verdict: Verdict, *, is_low: bool) -> None:
        if verdict is Verdict.NORMAL or is_low:
            self._has_recovered = False
        if verdict is Verdict.ABNORMAL and not self._has_recovered:
            grades = [grade for result in moment if (grade := self._baseline_grades(result)) is not None]
            self._open = Episode([moment], max(grades, default=None))
            self._was_low = is_low
            self.found.append(self._open)

    def _close(self, episode: Episode, moment: Moment, why: str) -> None:
        episode.closing, episode.resolved_by = moment, why
        self._open = None


def cut_episodes(
    results: Iterable[GradedResult],
    resolution: Resolution,
    recovery: Recovery | None,
    baseline_grades: BaselineGrades,
) -> list[Episode]:
    """Cut the graded results of one term into episodes.

    Args:
        results: 0..*; of one term, earliest first.
        resolution: What ends an episode.
        recovery: 0..1; follows the counts, for terms whose counts can recover.
        baseline_grades: Gives the grade of a result's baseline under the same term, where it has one.

    Returns:
        The episodes, earliest first. Ungradable results neither open nor close one. Counts recover only after they
        had been low; from then on those at or above the limit open none until a normal or a low one was seen.

    Source:
        clinical review, PUT-4 (c): within range opens none; section 11.10: recovery closes cytopenias.
    """
    cutter = _Cutter(resolution, recovery, baseline_grades)
    for moment in by_moment(results):
        cutter.take(moment)
    return cutter.found


def by_moment(results: Iterable[GradedResult]) -> Iterator[Moment]:
    """Put results of one term, earliest first, together by the moment they are of."""
    return (tuple(group) for _, group in groupby(results, key=lambda result: (result.at, result.until)))


def _why(moment: Moment) -> str:
    if not any(lowest_of(result) for result in moment):
        return GRADE_0
    return WITHIN_RANGE if all(is_zero_grade(result) for result in moment) else BASELINE_GRADE


def judge_moment(moment: Moment, resolution: Resolution, baseline_grades: BaselineGrades) -> Verdict:
    """Judge the results of one moment together: the worst of them counts.

    Args:
        moment: 1..*; results of one term and moment.
        resolution: Whether the grade before treatment counts as normal.
        baseline_grades: Gives the grade of a result's baseline.

    Returns:
        ABNORMAL if one of them is; else UNGRADABLE if one of them is; else NORMAL.
    """
    if len(moment) == 1:  # as nearly every moment has it
        return _judge(moment[0], resolution, baseline_grades)
    verdicts = {_judge(result, resolution, baseline_grades) for result in moment}
    return next(each for each in (Verdict.ABNORMAL, Verdict.UNGRADABLE, Verdict.NORMAL) if each in verdicts)


def _judge(result: GradedResult, resolution: Resolution, baseline_grades: BaselineGrades) -> Verdict:
    if result.grade.status is GradeStatus.UNGRADABLE:
        return Verdict.UNGRADABLE
    if is_zero_grade(result):
        return Verdict.NORMAL
    if resolution is Resolution.BASELINE_GRADE and result.grade.worst <= (baseline_grades(result) or 0):
        return Verdict.NORMAL
    return Verdict.ABNORMAL


def is_zero_grade(result: GradedResult) -> bool:
    """Say whether a graded result is of grade 0, or within its own range, which NCI counts as grade 0."""
    return result.grade.within_range is True or not result.grade.grade


def lowest_of(result: GradedResult) -> int:
    """Give the lowest grade a result can have; 0 where it cannot be graded."""
    return result.grade.grade or 0
