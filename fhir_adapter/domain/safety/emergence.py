"""Whether an adverse event came, or became worse, after the first cell infusion.

Knows: moments before and after an infusion, grades that are not certain. Does not know: causes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from fhir_adapter.domain.safety.episodes import Episode, is_zero_grade, lowest_of
from fhir_adapter.domain.safety_model.records import GradedResult
from fhir_adapter.domain.toxicity.result import GradeStatus


@dataclass(frozen=True, slots=True)
class Emergence:
    """How an event stands to the first cell infusion.

    Attributes:
        treatment_emergent: 0..1; began or worsened after it; None where that is not known.
        worsened: True where it began before and is worse by at least a grade since.
        pre_existing: True where it was there before and did not worsen since.
    """

    treatment_emergent: bool | None
    worsened: bool = False
    pre_existing: bool = False


NOT_KNOWN = Emergence(None)
PRE_EXISTING = Emergence(treatment_emergent=False, pre_existing=True)
WORSENED = Emergence(treatment_emergent=True, worsened=True)
EMERGED = Emergence(treatment_emergent=True)


def judge_emergence(
    episode: Episode, results: Sequence[GradedResult], first_infusion: datetime | None
) -> Emergence:
    """Say whether an event came or worsened after the first cell infusion.

    Does not say that the infusion caused it.

    Args:
        episode: The event.
        results: 1..*; every graded result of its term, earliest first.
        first_infusion: 0..1; its start; None where none was given.

    Returns:
        Emerged where it began after the infusion and a gradable result before shows that it was not there;
        not known without such a result, or where it is not certain which came first. Worsened where it began
        before and a result since is certainly worse than the last one before by a grade or more; not known where
        that is possible only. Else pre-existing, as is everything before any cells were given.

    Source:
        clinical review, PUT-6 (pre_infusion) and PUT-2 (new or worsened by a grade).
    """
    if first_infusion is None:
        return PRE_EXISTING
    begin = episode.opening
    before = [each for each in results if _is_before(each, first_infusion) and _is_gradable(each)]
    if begin.at > first_infusion:
        return EMERGED if before else NOT_KNOWN
    if not _is_before(begin, first_infusion):
        return NOT_KNOWN
    since = [each for each in episode.results if not _is_before(each, first_infusion)]
    return _against(_last(before), since, first_infusion)


def _against(pre: Sequence[GradedResult], since: Iterable[GradedResult], first_infusion: datetime) -> Emergence:
    """Compare results since the infusion with the worst and the best the last ones before it can have been."""
    highest = max(0 if is_zero_grade(each) else each.grade.worst for each in pre)
    lowest = min(0 if is_zero_grade(each) else lowest_of(each) for each in pre)
    is_possible = False
    for each in since:
        if each.at > first_infusion and lowest_of(each) > highest:
            return WORSENED
        is_possible |= each.grade.worst > lowest
    return NOT_KNOWN if is_possible else PRE_EXISTING


def _last(results: Sequence[GradedResult]) -> list[GradedResult]:
    """Give the results of the last moment."""
    return [each for each in results if each.at == results[-1].at]


def _is_before(result: GradedResult, moment: datetime) -> bool:
    return (result.until or result.at) < moment


def _is_gradable(result: GradedResult) -> bool:
    return result.grade.status is not GradeStatus.UNGRADABLE
