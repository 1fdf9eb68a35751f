"""What a named person looks at before a subject counts, though it ends no observation: a relapse, a graft failure.

Knows: problems on the list, when they began. Does not know: observation windows, what the person says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from fhir_adapter.domain.answers import in_words
from fhir_adapter.domain.chronology import start_of
from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.facts import Diagnosis
from fhir_adapter.domain.spans import Span, span
from fhir_adapter.domain.timeline import Timeline

_REFUTED = "refuted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """Something to be reviewed.

    Attributes:
        first: The first day it can have begun.
        last: The last.
        said: What and when, in plain words.
    """

    first: date
    last: date
    said: str


def find_reviewed(
    timeline: Timeline, concepts: Iterable[ConceptId], *, as_of: datetime, zone: tzinfo
) -> tuple[Happened, ...]:
    """Find problems that a named person looks at before the subject counts.

    Does not say whether they began inside a window. What is not confirmed is looked at too; what states neither
    onset nor when it was recorded cannot be placed and is left out.

    Args:
        timeline: The person's facts.
        concepts: The problems.
        as_of: Clinical time; what begins later does not exist.
        zone: The hospital's.

    Returns:
        One per problem that is not refuted, by its onset, else by when it was recorded; earliest first.

    Source:
        clinical review, section 2: death, relapse, graft failure in the window without a dose-limiting toxicity.
    """
    found = {each for concept in concepts for each in _of(timeline, concept, as_of, zone)}
    return tuple(sorted(found, key=lambda each: (each.first, each.last, each.said)))


def _of(timeline: Timeline, concept: ConceptId, as_of: datetime, zone: tzinfo) -> Iterator[Happened]:
    for problem in timeline.diagnoses.get(concept, ()):
        at = _begun(problem, zone)
        if at is not None and at.first <= as_of and problem.verification_status != _REFUTED:
            days = dict.fromkeys((at.first_day.isoformat(), at.last_day.isoformat()))
            said = f"{in_words((concept,))} on {' to '.join(days)}"
            yield Happened(first=at.first_day, last=at.last_day, said=said)


def _begun(problem: Diagnosis, zone: tzinfo) -> Span | None:
    moment = start_of(problem.onset) or problem.recorded
    return span(moment, zone) if moment is not None else None
