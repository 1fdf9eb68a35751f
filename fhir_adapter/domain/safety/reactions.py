"""What a subject's safety record says about reactions since the first cell infusion, for one criterion.

Knows: which events, syndromes and results may speak against a further infusion. Does not know: what they decide
(assess_reactions), how the record was derived.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from fhir_adapter.domain.safety.records import (
    AdverseEventRecord,
    EventState,
    GradedResult,
    SafetyRecord,
    SpecialInterest,
    SyndromeEpisode,
)
from fhir_adapter.domain.toxicity.result import GradeStatus

_SYNDROMES = frozenset({SpecialInterest.CRS, SpecialInterest.ICANS})

NOT_RELATED = "not-related"
UNLIKELY = "unlikely"
NOT_ASSESSED = "not-assessed"
"""Relatedness a person may choose; see judgements."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactionsView:
    """The part of a safety record a criterion to receive cells looks at.

    Attributes:
        as_of: The moment the record was derived for.
        first_infusion: 0..1; start of the first cell infusion; None where none was given by then.
        episodes: 0..*; syndromes after a cell infusion.
        events: 0..*; adverse events that are not hematologic and not dissolved, syndromes the hospital coded
            included.
        ungradable: 0..*; nonhematologic results since that infusion that cannot be graded.
    """

    as_of: datetime
    first_infusion: datetime | None
    episodes: tuple[SyndromeEpisode, ...] = ()
    events: tuple[AdverseEventRecord, ...] = ()
    ungradable: tuple[GradedResult, ...] = ()


Reactions = Callable[[datetime], ReactionsView | None]
"""Gives what is known of a subject's reactions at one moment; None where there is no safety record."""


def view_reactions(record: SafetyRecord, hematologic: Callable[[str], bool]) -> ReactionsView:
    """Take out of a safety record what a criterion to receive cells looks at.

    Args:
        record: Derived for the moment asked about.
        hematologic: Says of a term of the scale whether the criterion leaves it out.

    Returns:
        The view. Dissolved events are left out, and a hospital's statement of a syndrome where the syndrome
        itself carries it.

    Source:
        clinical review, PUT-2 and section 3.
    """
    first = min((at for _, at in record.infusions), default=None)
    episodes = tuple(episode for syndrome in record.syndromes for episode in syndrome.episodes)
    joined = {link.reference for episode in episodes for link in episode.reported}
    return ReactionsView(
        as_of=record.as_of,
        first_infusion=first,
        episodes=episodes,
        events=tuple(
            event
            for event in record.events
            if not event.hematologic
            and event.state is not EventState.DISSOLVED
            and not (is_syndrome(event) and any(link.reference in joined for link in event.reported))
        ),
        ungradable=tuple(
            result
            for result in record.results
            if result.grade.status is GradeStatus.UNGRADABLE
            and result.after_infusion is not None
            and not hematologic(result.term)
        ),
    )


def is_syndrome(event: AdverseEventRecord) -> bool:
    """Say whether an adverse event is one of the syndromes, as a hospital coded it."""
    return event.special_interest in _SYNDROMES


def grade_bounds(event: AdverseEventRecord, since: datetime | None, as_of: datetime) -> tuple[int, int]:
    """Give the lowest and the highest grade an event can have reached since a moment.

    Args:
        event: With its grade changes.
        since: 0..1; grades before it do not count, the one that held then does; None = every grade counts.
        as_of: A person's grade said later does not count.

    Returns:
        Both equal where the grade is certain. A person's own grade settles what is not certain, and never lowers
        what is.
    """
    lowest, highest = _machine_bounds(event, since)
    judged = event.judgement
    if judged is None or judged.grade is None or judged.at > as_of:
        return lowest, highest
    settled = max(lowest, judged.grade)
    return settled, settled


def _machine_bounds(event: AdverseEventRecord, since: datetime | None) -> tuple[int, int]:
    lowest = event.grade or 0
    if since is None or not event.changes:
        return lowest, max(lowest, event.worst_possible)
    before = [change for change in event.changes if change.at < since]
    counted = [*before[-1:], *(change for change in event.changes if change.at >= since)]
    reached = max(change.grade or 0 for change in counted)
    is_open = any(change.at_least or change.grade is None for change in counted)
    return reached, max(reached, event.worst_possible) if is_open else reached


def relatedness_of(event: AdverseEventRecord, as_of: datetime) -> str:
    """Give what a person had said by then about its relation to the cells; nobody's word is `not-assessed`."""
    judged = event.judgement
    return judged.relatedness if judged is not None and judged.at <= as_of else NOT_ASSESSED
