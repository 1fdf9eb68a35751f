"""Why one of our resources was written, as FHIR R4 Provenance.

Knows: the elements of Provenance we own. Does not know: when it is written. Nobody is created for it: agents
are logical references, because a Device or Practitioner of ours does not belong into a hospital's registry.
"""

from __future__ import annotations

from typing import Any

from fhir_adapter.domain.outgoing import SourceVersion, WriteAgent, WriteProvenance
from fhir_adapter.r4.outgoing import validate_outgoing
from fhir_adapter.r4.outgoing_reference import literal_reference, versioned_reference
from fhir_adapter.r4.participation_codes import ProvenanceEntityRole

INTENT_SYSTEM = "https://fhir-adapter.example/CodeSystem/write-intent"
"""System of the tag our Provenance is found by; R4 Provenance has no identifier."""

ATTESTATION_SYSTEM = "https://fhir-adapter.example/attestation"
"""Identifier system of attestations made in the adapter; they are no resources of the hospital."""

ACTIVITY_SYSTEM = "http://terminology.hl7.org/CodeSystem/v3-DataOperation"
AGENT_ROLE_SYSTEM = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
_ATTESTATION = "Attestation/"


def provenance_identifier(intent: str) -> tuple[str, str]:
    """Give the (system, code) of the tag a write intent's Provenance is found by."""
    return INTENT_SYSTEM, intent


def build_provenance(provenance: WriteProvenance) -> dict[str, Any]:
    """Write down who made which version of our resource, when, and from which sources.

    Does not carry a signature: a person's decision is kept on the adapter's own audit trail.

    Args:
        provenance: What happened. Sources are listed once each, in the order of their references.

    Returns:
        FHIR JSON to be sent as it is, with a tag that carries the intent's digest.

    Raises:
        InvariantError: A reference is malformed, or the model refuses the body.

    Source:
        http://hl7.org/fhir/R4/provenance.html; design contracts, Writing.
    """
    target = literal_reference(provenance.target)
    system, code = provenance_identifier(provenance.intent)
    sources = sorted(set(provenance.sources), key=lambda source: (source.reference, source.version))
    body: dict[str, Any] = {
        "resourceType": "Provenance",
        "meta": {"tag": [{"system": system, "code": code}]},
        "target": [{"reference": versioned_reference(target, provenance.target_version)}],
        "recorded": provenance.recorded.isoformat(timespec="milliseconds"),
        "activity": {"coding": [{"system": ACTIVITY_SYSTEM, "code": provenance.activity.value}]},
        "agent": [_agent(agent) for agent in provenance.agents],
    }
    if sources:
        body["entity"] = [{"role": ProvenanceEntityRole.SOURCE.value, "what": _what(source)} for source in sources]
    validate_outgoing(body)
    return body


def _agent(agent: WriteAgent) -> dict[str, Any]:
    system, value = agent.identifier
    return {
        "type": {"coding": [{"system": AGENT_ROLE_SYSTEM, "code": agent.role.value}]},
        "who": {"identifier": {"system": system, "value": value}, "display": agent.display},
    }


def _what(source: SourceVersion) -> dict[str, Any]:
    if source.reference.startswith(_ATTESTATION):
        value = source.reference.removeprefix(_ATTESTATION)
        return {"identifier": {"system": ATTESTATION_SYSTEM, "value": value}, "display": "Attestation"}
    return {"reference": versioned_reference(literal_reference(source.reference), source.version)}
