"""What AdverseEvents of a hospital say of the two syndromes, to be compared with the proposal.

Knows: which reports name a syndrome, what makes one count. Does not know: the adapter's own proposal, problems on
the list.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo

from fhir_adapter.domain.astct.stated import Stated
from fhir_adapter.domain.chronology import start_of
from fhir_adapter.domain.evidence import of_report
from fhir_adapter.domain.reported_event import ReportedEvent
from fhir_adapter.domain.safety_model.reporting_rule import ReportingRule
from fhir_adapter.domain.safety_model.syndrome_records import Syndrome
from fhir_adapter.domain.spans import span
from fhir_adapter.domain.timeline import Timeline


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedSyndromes:
    """What AdverseEvents say of the two syndromes; problems on the list are looked at with the proposal."""

    crs: tuple[Stated, ...] = ()
    icans: tuple[Stated, ...] = ()


def reported_syndromes(
    timeline: Timeline, rule: ReportingRule, *, as_of: datetime, zone: tzinfo
) -> ReportedSyndromes:
    """Find what AdverseEvents say of CRS and ICANS, to be compared with the proposal.

    Does not change a proposal, and makes no adverse event of its own: a report's scale is not stated, and the
    toxicity scale's own grades of CRS are not those of the consensus.

    Args:
        timeline: The person's facts.
        rule: What reports mean.
        as_of: Clinical time; what begins later does not exist.
        zone: The hospital's.

    Returns:
        One statement per report, ours that came back left out. A contested report is shown and does not count.

    Source:
        rules sheet, traps T2 and T3; issue C, ASTCT: a disagreement is an item for review, not a silent choice.
    """
    found: dict[Syndrome, dict[str, Stated]] = {each: {} for each in Syndrome}
    for event in timeline.reported_events:
        syndrome = None if rule.is_own(event) else rule.syndrome_of(event.concepts, event.terms)
        stated = _state(event, zone)
        if syndrome is not None and (stated.first is None or stated.first <= as_of):
            found[syndrome].setdefault(stated.reference, stated)
    return ReportedSyndromes(crs=tuple(found[Syndrome.CRS].values()), icans=tuple(found[Syndrome.ICANS].values()))


def _state(event: ReportedEvent, zone: tzinfo) -> Stated:
    """Put a report as what the hospital says, by when it happened, else by when somebody noticed it."""
    begun = start_of(event.occurred) or event.detected
    at = span(begun, zone) if begun is not None else None
    why = ["the hospital reports it as an adverse event"]
    why += ["by when it was noticed"] if event.occurred is None and begun is not None else []
    why += ["the scale of its grade is not stated"] if event.grade is not None else []
    why += ["two contents contest each other"] if event.contested else []
    return Stated(
        reference=event.source.reference,
        first=at.first if at is not None else None,
        last=at.last if at is not None else None,
        grade=None if event.contested else event.grade,
        why="; ".join(why),
        begun_by=event.occurred is None,
        counts=not event.contested,
        evidence=(of_report(event),),
    )
