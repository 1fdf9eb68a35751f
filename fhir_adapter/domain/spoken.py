"""Which of many attestations stands.

Knows: replacing by the same author, superseding by anybody. Does not know: what a statement decides; whether
its author may make it (that is checked where it is entered).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, tzinfo

from fhir_adapter.domain.spans import span
from fhir_adapter.domain.statements import Attestation


def standing(
    attestations: Iterable[Attestation], link_id: str, *, until: datetime, zone: tzinfo
) -> tuple[Attestation, ...]:
    """Give the statements that stand under one link at a moment.

    A later statement by the same author replaces the earlier ones; one that names another as superseded
    replaces that, whoever wrote it. Two statements of one author that cannot be ordered both stand.

    Args:
        attestations: 0..*; all of the person's.
        link_id: The link asked for.
        until: Statements made later are not looked at.
        zone: The hospital's zone, for statements dated by day.

    Returns:
        0..*; ordered by time of authoring.

    Source:
        design contracts, Attestations.
    """
    made = [each for each in attestations if each.link_id == link_id and span(each.authored, zone).first <= until]
    superseded = {each.supersedes for each in made if each.supersedes is not None}
    latest = (each for each in made if _is_latest(each, made, zone))
    return tuple(each for each in latest if not {each.source.id, each.source.reference} & superseded)


def _is_latest(attestation: Attestation, among: Sequence[Attestation], zone: tzinfo) -> bool:
    last = span(attestation.authored, zone).last
    return not any(
        other.author == attestation.author and span(other.authored, zone).first > last for other in among
    )
