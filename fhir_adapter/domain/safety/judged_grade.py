"""Grades of syndromes and events by data and by what persons had said of them at one moment.

Knows: proposed, reported and judged grades. Does not know: what a grade decides.
"""

from __future__ import annotations

from datetime import datetime

from fhir_adapter.domain.safety_model.event_records import AdverseEventRecord, SpecialInterest
from fhir_adapter.domain.safety_model.judgements import SyndromeJudgement
from fhir_adapter.domain.safety_model.syndrome_records import SyndromeEpisode

_SYNDROMES = frozenset({SpecialInterest.CRS, SpecialInterest.ICANS})

NOT_ASSESSED = "not-assessed"
"""Relatedness of what nobody judged."""


def is_syndrome(event: AdverseEventRecord) -> bool:
    """Say whether an adverse event is one of the syndromes, as a hospital coded it."""
    return event.special_interest in _SYNDROMES


def judged_by(episode: SyndromeEpisode, as_of: datetime) -> SyndromeJudgement | None:
    """Give what a person had said of an episode by a moment."""
    judged = episode.judgement
    return judged if judged is not None and judged.at <= as_of else None


def lowest_known(episode: SyndromeEpisode) -> int:
    """Give the grade an episode has by the table, or by the hospital's own statement where that is higher."""
    return max([episode.grade or 0, *(link.grade or 0 for link in episode.reported)])


def highest_possible(episode: SyndromeEpisode) -> int:
    """Give the highest grade an episode can have reached by what is proposed and what the hospital stated."""
    return max(lowest_known(episode), episode.worst)


def is_overtaken(episode: SyndromeEpisode, judged: SyndromeJudgement) -> bool:
    """Say whether data known now go beyond what a person judged; not associated covers no later grade."""
    return not episode.stands and highest_possible(episode) > (judged.grade if judged.associated else 0)


def bounds_of_syndrome(episode: SyndromeEpisode, as_of: datetime) -> tuple[int, int]:
    """Give the lowest and the highest grade of a syndrome that may be associated with the intervention.

    Args:
        episode: As proposed and judged.
        as_of: Judgements made later do not exist.

    Returns:
        Both 0 where a person called it not associated; the judged grade where there is one; else from what is
        proposed or reported to what is possible, and not below what was judged before.
    """
    judged = judged_by(episode, as_of)
    if judged is None:
        return lowest_known(episode), highest_possible(episode)
    settled = judged.grade if judged.associated else 0
    if is_overtaken(episode, judged):
        return max(settled, lowest_known(episode)), max(settled, highest_possible(episode))
    return settled, settled


def bounds_of_event(event: AdverseEventRecord, since: datetime | None, as_of: datetime) -> tuple[int, int]:
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
    """Give what a person had said by then about its relation to the cells.

    Args:
        event: With its grade changes.
        as_of: What was said later does not count.

    Returns:
        The person's word; `not-assessed` where there is none, or where the event became worse after it was said:
        nobody has seen that yet.
    """
    judged = event.judgement
    if judged is None or judged.at > as_of or _became_worse(event, judged.at):
        return NOT_ASSESSED
    return judged.relatedness


def _became_worse(event: AdverseEventRecord, said: datetime) -> bool:
    """Say whether an event reached a higher grade after a moment than it had by then."""
    before = [change.grade or 0 for change in event.changes if change.at <= said]
    later = (change.grade or 0 for change in event.changes if change.at > said)
    return bool(before) and any(grade > max(before) for grade in later)
