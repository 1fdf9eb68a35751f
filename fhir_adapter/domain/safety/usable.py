"""Which results can be graded: final, dated to the day, numbers, not contested, not later than as_of.

Knows: statuses, precision of dates. Does not know: scales, baselines, limits of normal.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.evidence import USABLE
from fhir_adapter.domain.facts import Finding
from fhir_adapter.domain.intervals import is_measurable
from fhir_adapter.domain.quantity import Quantity
from fhir_adapter.domain.spans import Span, span
from fhir_adapter.domain.timeline import Timeline


@dataclass(frozen=True, slots=True)
class Usable:
    """A result that can be graded, and all its time can mean."""

    finding: Finding
    reported: Quantity
    at: Span

    @property
    def key(self) -> tuple[str, str]:
        """Reference and path: what it is, whatever it says."""
        return self.finding.source.reference, self.finding.path

    @property
    def standard(self) -> Quantity | None:
        """The value in the concept's standard unit."""
        return self.finding.standard


def find_usable(
    timeline: Timeline, concepts: Iterable[ConceptId], *, since: date, as_of: datetime, zone: tzinfo
) -> tuple[Usable, ...]:
    """Find the results of some concepts that can be graded.

    Args:
        timeline: The person's facts.
        concepts: What was measured.
        since: First calendar day at the hospital.
        as_of: Clinical time, aware; later results do not exist yet.
        zone: The hospital's zone.

    Returns:
        Each result once, earliest first; those of a day without a time of day stand at its first moment.

    Source:
        design contracts, Criteria and verdicts: preliminary never decides, contested never decides.
    """
    found: dict[tuple[str, str], Usable] = {}
    for concept in concepts:
        for finding in timeline.findings.get(concept, ()):
            usable = _usable(finding, zone)
            if usable is not None and usable.at.first <= as_of and usable.at.first_day >= since:
                found[usable.key] = usable
    return tuple(sorted(found.values(), key=lambda each: (each.at.first, each.key)))


def _usable(finding: Finding, zone: tzinfo) -> Usable | None:
    reported, effective = finding.reported, finding.effective
    start = effective.start if effective is not None else None
    if start is None or finding.contested or finding.status not in USABLE:
        return None
    if not isinstance(reported, Quantity) or not is_measurable(reported.value) or start.day(zone) is None:
        return None
    return Usable(finding, reported, span(start, zone))
