"""The folder sink's transaction, loaded into a real FHIR server as a hospital would."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from fhir_adapter.gateways.folder_sink import FolderSink
from tests.server.running import RunningServer

pytestmark = pytest.mark.server

SYSTEM = "https://fhir-adapter.example/subjects"
STUDY = ("https://fhir-adapter.example/study", "T-1")
INTENT = ("https://fhir-adapter.example/CodeSystem/write-intent", "0a1b")


def fill(root: Path) -> FolderSink:
    sink = FolderSink(root)
    identifier = [{"system": STUDY[0], "value": STUDY[1]}]
    study = sink.create({"resourceType": "ResearchStudy", "identifier": identifier, "status": "active"}, STUDY)
    for value in ("S-1", "S-2"):
        body = {
            "resourceType": "ResearchSubject",
            "identifier": [{"system": SYSTEM, "value": value}],
            "status": "candidate",
            "study": {"reference": f"ResearchStudy/{study.id}"},
            "individual": {"reference": "Patient/p1"},
        }
        sink.create(body, (SYSTEM, value))
    (target,) = sink.find("ResearchSubject", (SYSTEM, "S-2"))
    sink.create(
        {
            "resourceType": "Provenance",
            "meta": {"tag": [{"system": INTENT[0], "code": INTENT[1]}]},
            "target": [{"reference": f"ResearchSubject/{target.id}/_history/1"}],
            "recorded": "2026-03-11T09:30:00+01:00",
            "agent": [{"who": {"display": "fhir-adapter"}}],
        },
        INTENT,
    )
    return sink


def load(server: RunningServer, root: Path) -> None:
    content = (root / "transaction.json").read_bytes()
    answer = httpx.post(
        server.base, content=content, headers={"Content-Type": "application/fhir+json"}, trust_env=False
    )
    answer.raise_for_status()
    body = answer.json()
    assert body["type"] == "transaction-response"
    assert all(entry["response"]["status"].startswith("2") for entry in body["entry"])


def stands(server: RunningServer) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for resource_type in ("ResearchStudy", "ResearchSubject", "Provenance"):
        bundle = httpx.get(f"{server.base}/{resource_type}", trust_env=False).json()
        bodies = [entry["resource"] for entry in bundle.get("entry", [])]
        found[resource_type] = sorted(bodies, key=lambda body: json.dumps(body, sort_keys=True))
    return found


def test_loading_the_transaction_twice_leaves_the_same_resources(
    fhir_server: RunningServer, tmp_path: Path
) -> None:
    fhir_server.load([{"resourceType": "Patient", "id": "p1"}])
    fill(tmp_path)
    load(fhir_server, tmp_path)
    first = stands(fhir_server)
    load(fhir_server, tmp_path)
    assert stands(fhir_server) == first
    assert {name: len(bodies) for name, bodies in first.items()} == {
        "ResearchStudy": 1,
        "ResearchSubject": 2,
        "Provenance": 1,
    }
    study = f"ResearchStudy/{first['ResearchStudy'][0]['id']}"
    assert {body["study"]["reference"] for body in first["ResearchSubject"]} == {study}
    target = first["Provenance"][0]["target"][0]["reference"]
    assert target in {f"ResearchSubject/{body['id']}" for body in first["ResearchSubject"]}


def test_a_changed_subject_reaches_the_hospital_with_the_next_loading(
    fhir_server: RunningServer, tmp_path: Path
) -> None:
    sink = fill(tmp_path)
    load(fhir_server, tmp_path)
    (stored,) = sink.find("ResearchSubject", (SYSTEM, "S-1"))
    sink.update(stored.id, {**stored.body, "status": "screening"}, stored)
    load(fhir_server, tmp_path)
    load(fhir_server, tmp_path)
    subjects = stands(fhir_server)["ResearchSubject"]
    assert sorted((body["identifier"][0]["value"], body["status"]) for body in subjects) == [
        ("S-1", "screening"),
        ("S-2", "candidate"),
    ]
