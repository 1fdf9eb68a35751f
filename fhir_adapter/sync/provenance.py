"""Why a resource was written: planned once the hospital has told which version the write made.

Knows: agents and sources of a write. Does not know: delivery, FHIR JSON.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from fhir_adapter.domain.digests import digest_of
from fhir_adapter.domain.dosing.records import TreatmentRecord
from fhir_adapter.domain.outgoing import AgentRole, SourceVersion, WriteActivity, WriteAgent, WriteProvenance
from fhir_adapter.domain.records import EligibilityRecord, Evidence
from fhir_adapter.domain.safety_model.records import SafetyRecord
from fhir_adapter.domain.writeback import WriteIntent
from fhir_adapter.ports.hospital import Person
from fhir_adapter.ports.sink import StoredResource
from fhir_adapter.r4.build_provenance import build_provenance, provenance_identifier

PROVENANCE = "Provenance"
AGENT_SYSTEM = "https://fhir-adapter.example/agent"
PERSON_SYSTEM = "https://fhir-adapter.example/person"
_SOFTWARE = WriteAgent(role=AgentRole.ASSEMBLER, identifier=(AGENT_SYSTEM, "fhir-adapter"), display="fhir-adapter")


def plan_provenance(
    intent: WriteIntent,
    stored: StoredResource,
    sources: tuple[SourceVersion, ...],
    *,
    people: Mapping[str, Person],
    is_new: bool,
    at: datetime,
) -> WriteIntent:
    """Plan the Provenance of one write.

    Args:
        intent: What was written.
        stored: The version the write made.
        sources: 0..*; what the record it was planned from rests on.
        people: Person id -> person, for the one who decided.
        is_new: True for a create.
        at: When it was written.

    Returns:
        An intent of its own, found by a tag that carries the intent's digest.
    """
    body = build_provenance(
        WriteProvenance(
            intent=intent.id,
            target=f"{stored.resource_type}/{stored.id}",
            target_version=stored.version,
            recorded=at,
            activity=WriteActivity.CREATE if is_new else WriteActivity.UPDATE,
            agents=(_SOFTWARE, *_deciders(intent, people)),
            sources=sources,
        )
    )
    return WriteIntent(
        id=digest_of(PROVENANCE, intent.id),
        subject=intent.subject,
        resource_type=PROVENANCE,
        identifier=provenance_identifier(intent.id),
        body=body,
        record=intent.record,
    )


def _deciders(intent: WriteIntent, people: Mapping[str, Person]) -> tuple[WriteAgent, ...]:
    person = people.get(intent.by) if intent.by is not None else None
    if person is None:
        return ()
    return (WriteAgent(role=AgentRole.AUTHOR, identifier=(PERSON_SYSTEM, person.id), display=person.name),)


def record_sources(record: EligibilityRecord) -> tuple[SourceVersion, ...]:
    """Give every resource version an eligibility record rests on, each once, in order."""
    return _sources(evidence for result in record.criteria for evidence in result.evidence)


def treatment_sources(record: TreatmentRecord) -> tuple[SourceVersion, ...]:
    """Give every resource version a treatment plan rests on; not what clearances and facts of the donor rest on.

    Args:
        record: The record the plan was built from.

    Returns:
        0..*; each once, in order.
    """
    cited = list(record.evidence)
    for dose in record.records:
        cited += [*dose.evidence, *(dose.planned.evidence if dose.planned is not None else ())]
    return _sources(cited)


def event_sources(record: SafetyRecord, event: str) -> tuple[SourceVersion, ...]:
    """Give every resource version one adverse event of a safety record rests on.

    Args:
        record: The record the event was written from.
        event: Its id.

    Returns:
        0..*; each once, in order.
    """
    return _sources(evidence for each in record.events if each.id == event for evidence in each.evidence)


def _sources(cited: Iterable[Evidence]) -> tuple[SourceVersion, ...]:
    sources = {
        SourceVersion(reference=evidence.reference, version=evidence.version)
        for evidence in cited
        if "/" in evidence.reference
    }
    return tuple(sorted(sources, key=lambda source: (source.reference, source.version)))
