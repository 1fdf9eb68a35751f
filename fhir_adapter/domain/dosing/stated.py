"""What named people stated under one link, where they agree.

Knows: standing statements of one link. Does not know: what a value decides.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from decimal import Decimal

from fhir_adapter.domain.evidence import of_attestation
from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.records import Evidence
from fhir_adapter.domain.spoken import standing
from fhir_adapter.domain.statements import Attestation


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What people said, or why that does not settle anything.

    Attributes:
        value: 0..1; what everybody says who said anything.
        reason: 0..1; CONFLICTING where they disagree, NEEDS_ATTESTATION where nobody said anything.
        authored: 0..1; when the latest of them was made.
    """

    value: bool | date | Decimal | str | None = None
    reason: UnknownReason | None = None
    evidence: tuple[Evidence, ...] = ()
    authored: date | None = None


def find_stated(attestations: Iterable[Attestation], link_id: str, *, until: datetime, zone: tzinfo) -> Stated:
    """Find what was stated under a link until a moment.

    Args:
        attestations: 0..*; all of the person's.
        link_id: The link asked for.
        until: Statements made later are not looked at.
        zone: The hospital's zone.

    Returns:
        The value with its evidence; CONFLICTING where standing statements differ or one is contested.

    Source:
        design contracts, Attestations.
    """
    made = standing(attestations, link_id, until=until, zone=zone)
    if not made:
        return Stated(reason=UnknownReason.NEEDS_ATTESTATION)
    evidence = tuple(map(of_attestation, made))
    authored = made[-1].authored.day(zone)
    if len({each.value for each in made}) > 1 or any(each.contested for each in made):
        return Stated(reason=UnknownReason.CONFLICTING, evidence=evidence, authored=authored)
    return Stated(value=made[-1].value, evidence=evidence, authored=authored)
