"""Sedation: when it was recorded as done, or a sedative was given.

Knows: procedures and administrations, how long they act on. Does not know: how awake the patient was.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from fhir_adapter.domain.astct.observed import Watched
from fhir_adapter.domain.evidence import of_event
from fhir_adapter.domain.exposure import Exposure
from fhir_adapter.domain.facts import Intervention
from fhir_adapter.domain.records import Evidence
from fhir_adapter.domain.safety_model.icans_rule import SedationRule
from fhir_adapter.domain.spans import Span, span

_DONE: Final = frozenset({"completed", "in-progress", "on-hold", "stopped"})
_OVER: Final = frozenset({"completed", "stopped"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sedation:
    """A time in which sedation acts.

    Attributes:
        last: 0..1; None = it goes on.
        is_recorded: True where the sedation itself was recorded, not only a sedative.
    """

    first: datetime
    last: datetime | None
    is_recorded: bool
    evidence: tuple[Evidence, ...]

    def meets(self, at: Span) -> bool:
        """Say whether it can have acted at a moment."""
        return self.first <= at.last and (self.last is None or at.first <= self.last)


def find_sedation(watched: Watched, rule: SedationRule) -> tuple[Sedation, ...]:
    """Find every time in which sedation acts.

    Does not judge a dose: a sedative given is a sedative that may explain a depressed level.

    Args:
        watched: Whom.
        rule: Procedures, drugs, how long either acts on.

    Returns:
        0..*; nothing for what was not done, is not dated, or contests itself.
    """
    events: list[Intervention | Exposure] = []
    for concept in rule.procedures:
        events += watched.timeline.interventions.get(concept, ())
    for concept in rule.drugs:
        events += watched.timeline.exposures.get(concept, ())
    found = (_sedation(event, watched, rule) for event in events)
    return tuple(each for each in found if each is not None)


def _sedation(event: Intervention | Exposure, watched: Watched, rule: SedationRule) -> Sedation | None:
    effective = event.performed if isinstance(event, Intervention) else event.effective
    if event.contested or event.status not in _DONE or effective is None or effective.start is None:
        return None
    first = span(effective.start, watched.zone)
    last = span(effective.end, watched.zone) if effective.end is not None else first
    goes_on = effective.end is None and event.status not in _OVER
    return Sedation(
        first=first.first,
        last=None if goes_on else last.last + rule.lasts,
        is_recorded=isinstance(event, Intervention),
        evidence=of_event(event, watched.timeline, "sedation"),
    )
