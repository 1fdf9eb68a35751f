"""A frozen verdict: whether the evidence it rests on was corrected since.

Knows: which cited versions no longer hold. Does not know: what follows; a person reviews it. A correction never
changes a frozen status by itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from fhir_adapter.domain.evidence import RECEIPT, SHOWN
from fhir_adapter.domain.records import EligibilityRecord
from fhir_adapter.domain.timeline import Timeline


def find_corrections(frozen: EligibilityRecord, timeline: Timeline) -> tuple[str, ...]:
    """Find the resources a frozen record cites in a version that no longer holds.

    New results that merely come later are no correction. What was only shown to the person, and completeness
    receipts, are no evidence here. A version that repeats the cited content is no correction either.

    Args:
        frozen: The accepted record.
        timeline: The facts that hold today.

    Returns:
        References whose cited version was superseded, retracted or contested, in order; empty where the
        evidence stands.

    Source:
        clinical review, PUT-1; design contracts, Time: freeze.
    """
    return tuple(
        sorted({reference for reference, version in _cited(frozen) if not _holds(reference, version, timeline)})
    )


def _cited(record: EligibilityRecord) -> Iterator[tuple[str, str]]:
    for result in record.criteria:
        for evidence in result.evidence:
            if evidence.role not in {RECEIPT, SHOWN}:
                yield evidence.reference, evidence.version


def _holds(reference: str, version: str, timeline: Timeline) -> bool:
    return version in timeline.versions.get(reference, frozenset())
