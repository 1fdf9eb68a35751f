"""What was given to a patient as a drug or as a procedure: transfusions, rescue drugs.

Knows: statuses and times of administrations and procedures, whether all of them were read. Does not know: why
something was given, what it is good for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from fhir_adapter.domain.anchor import GIVEN
from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.completeness import MEDICATION_ADMINISTRATION
from fhir_adapter.domain.exposure import Exposure
from fhir_adapter.domain.facts import Intervention
from fhir_adapter.domain.moments import Effective
from fhir_adapter.domain.spans import FIRST_DAY, Span, span
from fhir_adapter.domain.timeline import Gap, Timeline

_NEVER = frozenset({"not-done", "preparation"})
"""Statuses of what certainly was not given."""

_READ = (MEDICATION_ADMINISTRATION, "Procedure")
"""Types that have to be read to their end before nothing recorded means nothing given."""


@dataclass(frozen=True, slots=True)
class Given:
    """Something given, or that may have been.

    Attributes:
        at: 0..1; all its start can mean; None where it has no date.
        end: 0..1; its last moment, that of its start where no end was written; None where it goes on.
        is_certain: True where it was given, on a known day.
    """

    event: Exposure | Intervention
    at: Span | None
    end: datetime | None
    is_certain: bool

    @property
    def reference(self) -> str:
        """Literal reference of the resource."""
        return self.event.source.reference

    @property
    def written(self) -> str:
        """Its start as written; empty where it has none."""
        when = _effective(self.event)
        return when.start.text if when is not None and when.start is not None else ""


def find_given(
    timeline: Timeline, concepts: Iterable[ConceptId], *, as_of: datetime, zone: tzinfo
) -> tuple[Given, ...]:
    """Find what was given of some concepts, and what may have been.

    Args:
        timeline: The person's facts.
        concepts: Drugs or procedures.
        as_of: Clinical time, aware; what begins later does not exist yet.
        zone: The hospital's zone.

    Returns:
        Each administration or procedure once, earliest first; those without a date first of all. Never what was
        not done.

    Source:
        R4 MedicationAdministration.status and Procedure.status.
    """
    found: dict[tuple[str, str], Given] = {}
    for concept in concepts:
        events: tuple[Exposure | Intervention, ...] = timeline.exposures.get(concept, ())
        events += timeline.interventions.get(concept, ())
        for event in events:
            one = _given(event, zone)
            if event.status not in _NEVER and (one.at is None or one.at.first <= as_of):
                found[event.source.reference, event.source.version] = one
    return tuple(found[key] for key in sorted(found, key=lambda key: (begin_of(found[key]), key)))


def may_be_unread(timeline: Timeline, first: date, last: date, zone: tzinfo) -> bool:
    """Say whether something may have been given in these days that nobody could read.

    Args:
        timeline: Receipts and gaps.
        first: First calendar day.
        last: Last calendar day.
        zone: The hospital's zone.

    Returns:
        True where drugs or procedures were not read to their end, are withheld, or one that could not be read may
        lie in these days: then nothing recorded does not mean that nothing was given.

    Source:
        design contracts, Criteria and verdicts: absence.
    """
    receipts = [timeline.completeness.get(kind) for kind in _READ]
    if any(each is None or not each.complete or each.hidden or each.truncated for each in receipts):
        return True
    return any(_may_lie(gap, first, last, zone) for gap in timeline.gaps)


def _may_lie(gap: Gap, first: date, last: date, zone: tzinfo) -> bool:
    if gap.is_part or gap.source.type not in _READ:
        return False
    when = gap.rejection.effective
    if when is None or when.start is None:
        return True
    at = span(when.start, zone)
    return at.first_day <= last and (when.is_period or at.last_day >= first)


def _given(event: Exposure | Intervention, zone: tzinfo) -> Given:
    when = _effective(event)
    start = when.start if when is not None else None
    if when is None or start is None:
        return Given(event, None, None, is_certain=False)
    at = span(start, zone)
    goes_on = when.is_period and event.status == "in-progress"
    end = span(when.end, zone).last if when.end is not None else None if goes_on else at.last
    is_certain = event.status in GIVEN and not event.contested and start.day(zone) is not None
    return Given(event, at, end, is_certain)


def _effective(event: Exposure | Intervention) -> Effective | None:
    return event.effective if isinstance(event, Exposure) else event.performed


def begin_of(given: Given) -> tuple[date, float]:
    """Give what things given are ordered by: when they began; those without a date come first."""
    return (given.at.first_day, given.at.first.timestamp()) if given.at is not None else (FIRST_DAY, 0.0)
