"""Provenance: who wrote what, from which versions; found again by its tag."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from fhir_adapter.domain.outgoing import (
    AgentRole,
    SourceVersion,
    WriteActivity,
    WriteAgent,
    WriteProvenance,
)
from fhir_adapter.errors import InvariantError
from fhir_adapter.r4.build_provenance import build_provenance, provenance_identifier

SOFTWARE = WriteAgent(
    role=AgentRole.ASSEMBLER, identifier=("https://example.org/software", "adapter"), display="adapter 1.0"
)
PERSON = WriteAgent(
    role=AgentRole.VERIFIER, identifier=("https://example.org/people", "jdoe"), display="J. Doe, investigator"
)
STATEMENT = WriteProvenance(
    intent="sha256:00ff",
    target="ResearchSubject/rs-1",
    target_version="2",
    recorded=datetime(2026, 3, 2, 9, 15, 30, 123456, tzinfo=timezone(timedelta(hours=-6))),
    activity=WriteActivity.UPDATE,
    agents=(SOFTWARE, PERSON),
    sources=(
        SourceVersion(reference="Observation/o-2", version="sha256:abcd"),
        SourceVersion(reference="Consent/c-1", version="3"),
        SourceVersion(reference="Attestation/a-1", version="sha256:ef"),
        SourceVersion(reference="Consent/c-1", version="3"),
        SourceVersion(reference="Patient/p_1", version="2026-01-01T00:00:00Z"),
    ),
)


def test_the_whole_provenance_as_it_is_sent() -> None:
    assert build_provenance(STATEMENT) == {
        "resourceType": "Provenance",
        "meta": {
            "tag": [{"system": "https://fhir-adapter.example/CodeSystem/write-intent", "code": "sha256:00ff"}]
        },
        "target": [{"reference": "ResearchSubject/rs-1/_history/2"}],
        "recorded": "2026-03-02T09:15:30.123-06:00",
        "activity": {
            "coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-DataOperation", "code": "UPDATE"}]
        },
        "agent": [
            {
                "type": {
                    "coding": [
                        {
                            "system": "http://terminology.hl7.org/CodeSystem/provenance-participant-type",
                            "code": "assembler",
                        }
                    ]
                },
                "who": {
                    "identifier": {"system": "https://example.org/software", "value": "adapter"},
                    "display": "adapter 1.0",
                },
            },
            {
                "type": {
                    "coding": [
                        {
                            "system": "http://terminology.hl7.org/CodeSystem/provenance-participant-type",
                            "code": "verifier",
                        }
                    ]
                },
                "who": {
                    "identifier": {"system": "https://example.org/people", "value": "jdoe"},
                    "display": "J. Doe, investigator",
                },
            },
        ],
        "entity": [
            {
                "role": "source",
                "what": {
                    "identifier": {"system": "https://fhir-adapter.example/attestation", "value": "a-1"},
                    "display": "Attestation",
                },
            },
            {"role": "source", "what": {"reference": "Consent/c-1/_history/3"}},
            {"role": "source", "what": {"reference": "Observation/o-2"}},
            {"role": "source", "what": {"reference": "Patient/p_1"}},
        ],
    }


def test_a_write_without_sources_or_versions_is_still_explained() -> None:
    body = build_provenance(
        replace(
            STATEMENT, target="ResearchStudy/st-1", target_version=None, activity=WriteActivity.CREATE, sources=()
        )
    )
    assert body["target"] == [{"reference": "ResearchStudy/st-1"}]
    assert body["activity"]["coding"][0]["code"] == "CREATE"
    assert "entity" not in body


def test_no_agent_refers_to_a_resource_somebody_would_have_to_create() -> None:
    assert all("reference" not in agent["who"] for agent in build_provenance(STATEMENT)["agent"])


def test_the_tag_it_is_found_by_is_the_tag_it_carries() -> None:
    system, code = provenance_identifier("sha256:00ff")
    assert build_provenance(STATEMENT)["meta"]["tag"] == [{"system": system, "code": code}]


def test_a_provenance_of_nobody_is_refused() -> None:
    with pytest.raises(InvariantError, match="agent"):
        build_provenance(replace(STATEMENT, agents=()))


@pytest.mark.parametrize("target", ["ResearchSubject", "urn:uuid:1", "ResearchSubject/1/_history/2", "receipt"])
def test_a_target_of_another_shape_is_refused(target: str) -> None:
    with pytest.raises(InvariantError, match="literal"):
        build_provenance(replace(STATEMENT, target=target))


def test_a_source_that_is_no_resource_is_refused() -> None:
    with pytest.raises(InvariantError, match="literal"):
        build_provenance(replace(STATEMENT, sources=(SourceVersion(reference="receipt", version="1"),)))
