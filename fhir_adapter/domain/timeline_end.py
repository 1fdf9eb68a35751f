"""A timeline that ends: what began after a moment is left out.

Knows: kinds of facts and when they began. Does not know: why nothing later counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, tzinfo
from typing import TypeVar

from fhir_adapter.domain.chronology import start_of
from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.moments import FhirDateTime
from fhir_adapter.domain.timeline import Timeline

_T = TypeVar("_T")
_Time = Callable[[_T], FhirDateTime | None]


def end_timeline(timeline: Timeline, last: datetime, zone: tzinfo) -> Timeline:
    """Leave out what was measured, given, done, diagnosed or reported after a moment, readable or not.

    Does not touch who the patient is, consents, statements of named persons, and what has no time at all.

    Args:
        timeline: The person's facts.
        last: The last moment that counts.
        zone: The hospital's, for facts dated by day.

    Returns:
        The same timeline with what began at or before it; what says only when it was noticed or written down,
        began by then.

    Source:
        clinical review, PUT-13: data before a withdrawal stay, later ones are not read.
    """

    def until(facts: Iterable[_T], time: _Time[_T]) -> tuple[_T, ...]:
        return tuple(each for each in facts if _began(time(each), last, zone))

    def filed(facts: Mapping[ConceptId, tuple[_T, ...]], time: _Time[_T]) -> Mapping[ConceptId, tuple[_T, ...]]:
        return {concept: until(found, time) for concept, found in facts.items()}

    return replace(
        timeline,
        findings=filed(timeline.findings, lambda fact: start_of(fact.effective)),
        exposures=filed(timeline.exposures, lambda fact: start_of(fact.effective)),
        diagnoses=filed(timeline.diagnoses, lambda fact: start_of(fact.onset) or fact.recorded),
        interventions=filed(timeline.interventions, lambda fact: start_of(fact.performed)),
        reported_events=until(
            timeline.reported_events, lambda fact: start_of(fact.occurred) or fact.detected or fact.recorded
        ),
        gaps=until(timeline.gaps, lambda gap: start_of(gap.rejection.effective)),
    )


def _began(start: FhirDateTime | None, last: datetime, zone: tzinfo) -> bool:
    return start is None or start.earliest(zone) <= last
