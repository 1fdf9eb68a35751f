"""A frozen verdict: whether the evidence it rests on was corrected since.

Knows: which cited sources no longer say what was cited. Does not know: what follows; a person reviews it. A
correction never changes a frozen status by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.evidence import (
    RECEIPT,
    SHOWN,
    Event,
    of_attestation,
    of_consent,
    of_event,
    of_finding,
    of_gap,
    of_limit,
    of_patient,
    of_specimen,
)
from fhir_adapter.domain.records import Amount, EligibilityRecord, Evidence
from fhir_adapter.domain.timeline import Timeline

_T = TypeVar("_T")

Saying = tuple[str, str, Amount | None, Amount | None, str | None, str | None]
"""Reference, path, value as reported and as standardised, time and note: what was cited, in any version."""


def find_corrections(frozen: EligibilityRecord, timeline: Timeline) -> tuple[str, ...]:
    """Find the resources that no longer say what a frozen record cites them for.

    New results that merely come later are no correction, and neither is a new version that says the same (a
    new address of the patient). What was only shown, and completeness receipts, are no evidence here.

    Args:
        frozen: The accepted record.
        timeline: The facts that hold today.

    Returns:
        References whose cited content was superseded, retracted or contested, in order; empty where the
        evidence stands.

    Source:
        clinical review, PUT-1; design contracts, Time: freeze.
    """
    cited = [each for each in _cited(frozen) if not _is_current(each, timeline)]
    if not cited:
        return ()
    said = {_saying(each) for each in _all_evidence(timeline) if each.reference not in timeline.contested}
    return tuple(sorted({each.reference for each in cited if _saying(each) not in said}))


def _cited(record: EligibilityRecord) -> Iterator[Evidence]:
    for result in record.criteria:
        for evidence in result.evidence:
            if evidence.role not in {RECEIPT, SHOWN}:
                yield evidence


def _is_current(evidence: Evidence, timeline: Timeline) -> bool:
    return evidence.version in timeline.versions.get(evidence.reference, frozenset())


def _saying(evidence: Evidence) -> Saying:
    return (
        evidence.reference,
        evidence.path,
        evidence.reported,
        evidence.standard,
        evidence.effective,
        evidence.note,
    )


def _all_evidence(timeline: Timeline) -> Iterator[Evidence]:
    """Give everything the facts of today can be cited for."""
    for finding in _each(timeline.findings.values()):
        yield of_finding(finding)
        yield from of_specimen(finding, timeline)
        if finding.uln is not None:
            yield of_limit(finding, finding.uln, finding.range_path or finding.path)
        for limits in finding.ranges:
            if limits.high is not None:
                yield of_limit(finding, limits.high, limits.path)
    shelves: tuple[Mapping[ConceptId, tuple[Event, ...]], ...] = (
        timeline.exposures,
        timeline.diagnoses,
        timeline.interventions,
    )
    for shelf in shelves:
        for event in _each(shelf.values()):
            yield from of_event(event, timeline)
    yield from map(of_consent, timeline.consents)
    yield from map(of_attestation, timeline.attestations)
    yield from map(of_gap, timeline.gaps)
    who = timeline.demographics
    if who is not None:
        yield from of_patient(timeline, "birthDate", who.birth_date.text if who.birth_date is not None else None)
        yield from of_patient(timeline, "gender", who.gender)


def _each(shelves: Iterable[tuple[_T, ...]]) -> Iterator[_T]:
    for shelf in shelves:
        yield from shelf
