"""From a safety record to the reactions a criterion to receive cells looks at.

Knows: which events, syndromes and results may speak against a further infusion. Does not know: what they decide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, tzinfo

from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.reactions import Reaction, ReactionKind, ReactionsView
from fhir_adapter.domain.safety.judged_grade import (
    bounds_of_event,
    bounds_of_syndrome,
    is_syndrome,
    relatedness_of,
)
from fhir_adapter.domain.safety.unread_results import list_unread
from fhir_adapter.domain.safety_model.event_records import AdverseEventRecord, EventState
from fhir_adapter.domain.safety_model.records import GradedResult, SafetyRecord
from fhir_adapter.domain.safety_model.syndrome_records import SyndromeEpisode
from fhir_adapter.domain.timeline import Timeline
from fhir_adapter.domain.toxicity.result import GradeStatus
from fhir_adapter.domain.toxicity.scale import Scale

NOT_RELATED = "not-related"
"""What a person says of an event whose cause the cells certainly are not."""


def read_reactions(record: SafetyRecord, timeline: Timeline, scale: Scale, zone: tzinfo) -> ReactionsView:
    """Tell what a criterion to receive cells looks at: what is on record, and what could not be read.

    Args:
        record: Derived for the moment asked about.
        timeline: The person's facts.
        scale: Of the record's results.
        zone: The hospital's.

    Returns:
        What view_reactions gives, and every result since the first infusion that nobody can grade.

    Source:
        clinical review, PUT-2 and section 3.
    """
    hematologic = {term.name for term in scale.terms if term.hematologic}
    view = view_reactions(record, hematologic.__contains__)
    unread = list_unread(
        timeline,
        scale.terms,
        hematologic.__contains__,
        since=view.first_infusion,
        as_of=record.as_of,
        zone=zone,
    )
    return replace(view, reactions=(*view.reactions, *unread))


def view_reactions(record: SafetyRecord, hematologic: Callable[[str], bool]) -> ReactionsView:
    """Take out of a safety record what a criterion to receive cells looks at.

    Args:
        record: Derived for the moment asked about; judgements made after it do not count.
        hematologic: Says of a term of the scale whether the criterion leaves it out.

    Returns:
        Syndromes, nonhematologic events and ungradable results since the first infusion. Left out are dissolved
        events, those a person called not related, those that were there before and are no worse, and a
        hospital's statement of a syndrome where the syndrome itself carries it. Results of a term that no number
        grades in this patient say nothing: the term is named apart.

    Source:
        clinical review, PUT-2 and section 3.
    """
    first = min((at for _, at in record.infusions), default=None)
    episodes = [episode for syndrome in record.syndromes for episode in syndrome.episodes]
    joined = {link.reference for episode in episodes for link in episode.reported}
    open_ones = [result for result in record.results if _is_open(result, hematologic)]
    return ReactionsView(
        first_infusion=first,
        reactions=(
            *(_of_syndrome(episode, record.as_of) for episode in episodes),
            *(_of_event(event, first, record.as_of) for event in _events(record, joined)),
            *(_of_result(result) for result in open_ones if not result.grade.by_person),
        ),
        by_person=tuple(sorted({result.term for result in open_ones if result.grade.by_person})),
    )


def _of_syndrome(episode: SyndromeEpisode, as_of: datetime) -> Reaction:
    lowest, highest = bounds_of_syndrome(episode, as_of)
    return Reaction(
        name=f"{episode.id} after infusion {episode.after_infusion}",
        kind=ReactionKind.SYNDROME,
        lowest=lowest,
        highest=highest,
        wanted=f"the judged grade and association of {episode.id}",
        lasts=episode.end is None,
        evidence=tuple(each for interval in episode.intervals for each in interval.evidence),
    )


def _events(record: SafetyRecord, joined: set[str]) -> Iterator[AdverseEventRecord]:
    for event in record.events:
        is_told = is_syndrome(event) and any(link.reference in joined for link in event.reported)
        is_out = event.hematologic or event.pre_existing or event.state is EventState.DISSOLVED
        if not (is_told or is_out or relatedness_of(event, record.as_of) == NOT_RELATED):
            yield event


def _of_event(event: AdverseEventRecord, first: datetime | None, as_of: datetime) -> Reaction:
    lowest, highest = bounds_of_event(event, first, as_of)
    last = event.changes[-1] if event.changes else None
    is_certain = last is not None and not last.at_least and not event.unresolved_ungradable
    return Reaction(
        name=f"{event.id} {event.term}",
        kind=ReactionKind.SYNDROME if is_syndrome(event) else ReactionKind.EVENT,
        lowest=lowest,
        highest=highest,
        wanted=f"what a person says about {event.id}: its grade and its relation to the cells",
        lasts=event.state is not EventState.RESOLVED,
        now=last.grade if last is not None and is_certain else None,
        is_new=True if event.worsened else event.treatment_emergent,
        relatedness=relatedness_of(event, as_of),
        until=last.at if last is not None else None,
        evidence=event.evidence,
    )


def _is_open(result: GradedResult, hematologic: Callable[[str], bool]) -> bool:
    is_ungradable = result.grade.status is GradeStatus.UNGRADABLE
    return is_ungradable and result.after_infusion is not None and not hematologic(result.term)


def _of_result(result: GradedResult) -> Reaction:
    needed = result.grade.needed
    what = needed[0].value.replace("-", " ") if needed else "what its grade takes"
    return Reaction(
        name=f"{result.term}, which cannot be graded",
        kind=ReactionKind.RESULT,
        lowest=0,
        highest=result.grade.worst,
        wanted=f"{result.term}: {what}",
        reason=result.grade.reason or UnknownReason.MISSING,
        evidence=result.evidence,
    )
