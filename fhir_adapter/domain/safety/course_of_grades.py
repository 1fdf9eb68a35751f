"""What an episode's results say over time: grades, changes, gaps, evidence.

Knows: worst and possible grades, pauses between results. Does not know: names of terms, treatment.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import tzinfo
from itertools import pairwise
from typing import Final

from fhir_adapter.domain.records import Evidence
from fhir_adapter.domain.safety.episodes import Episode, Moment, is_zero_grade, lowest_of
from fhir_adapter.domain.safety_model.event_records import GradeChange
from fhir_adapter.domain.safety_model.records import GradedResult
from fhir_adapter.domain.toxicity.result import GradeStatus

RESOLUTION: Final = "resolution"
"""Role of the evidence that an event ended."""


def worst_result(episode: Episode) -> GradedResult:
    """Give the first result of the worst grade an event certainly reached."""
    return max(_by_worst(episode), key=lowest_of)


def worst_possible(episode: Episode) -> int:
    """Give the highest grade an event can have reached."""
    return max(highest_of(result) for result in episode.results)


def highest_of(result: GradedResult) -> int:
    """Give the highest grade a result can have; 0 within its own range."""
    return 0 if result.grade.within_range is True else result.grade.worst


def is_ungradable(moment: Moment) -> bool:
    """Say whether no result of a moment can be graded."""
    return all(result.grade.status is GradeStatus.UNGRADABLE for result in moment)


def list_changes(episode: Episode) -> tuple[GradeChange, ...]:
    """List the grade from one change to the next, the end of the event included.

    Args:
        episode: The event.

    Returns:
        1..*; a grade of None where only ungradable results are known; of results of one moment the worst counts.

    Source:
        issue C, adverse-event records: grade changes.
    """
    changes: list[GradeChange] = []
    closing = (episode.closing,) if episode.closing is not None else ()
    for moment in (*episode.points, *closing):
        change = _change(moment)
        if not changes or (changes[-1].grade, changes[-1].at_least) != (change.grade, change.at_least):
            changes.append(change)
    return tuple(changes)


def list_gaps(episode: Episode, days: int, zone: tzinfo) -> tuple[tuple[str, str], ...]:
    """List where nothing was measured for more than so many calendar days.

    Args:
        episode: The event.
        days: Longest pause that is no gap.
        zone: The hospital's zone.

    Returns:
        (last result before, first result after), as written; the results of its end count too.
    """
    closing = (episode.closing,) if episode.closing is not None else ()
    moments = [moment[0] for moment in (*episode.points, *closing)]
    return tuple(
        (before.effective, after.effective)
        for before, after in pairwise(moments)
        if (after.at.astimezone(zone).date() - before.at.astimezone(zone).date()).days > days
    )


def cite_results(episode: Episode) -> tuple[Evidence, ...]:
    """Cite every result an event is made of, what its worst grade rests on, and what ended it."""
    cited = [result.evidence[0] for result in episode.results]
    cited += [each for each in worst_result(episode).evidence[1:] if each not in cited]
    closing = episode.closing or ()
    return (*cited, *(replace(result.evidence[0], role=RESOLUTION) for result in closing))


def list_notes(episode: Episode) -> tuple[str, ...]:
    """Say what is not certain about an event's grades, each thing once."""
    needed = sorted({each.value for result in episode.results for each in result.grade.needed})
    notes = dict.fromkeys(note for result in episode.results for note in result.grade.notes)
    return (*([f"not certain without: {', '.join(needed)}"] if needed else ()), *notes)


def _by_worst(episode: Episode) -> Iterable[GradedResult]:
    """Give the results by moment, in the order of their references within one."""
    for moment in episode.points:
        yield from sorted(moment, key=lambda result: (result.reference, result.path))


def _change(moment: Moment) -> GradeChange:
    worst = min(moment, key=lambda each: (-_counted(each), each.reference, each.path))
    if is_ungradable(moment):
        return GradeChange(at=worst.at, grade=None, at_least=False, reference=worst.reference)
    grade = _counted(worst)
    highest = max(highest_of(result) for result in moment)
    return GradeChange(at=worst.at, grade=grade, at_least=highest > grade, reference=worst.reference)


def _counted(result: GradedResult) -> int:
    return 0 if is_zero_grade(result) else lowest_of(result)
