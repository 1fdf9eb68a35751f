"""Writing to a real FHIR server over a network that loses answers, beside people who edit."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from fhir_adapter.errors import ConflictError
from fhir_adapter.gateways.fhir_http import FhirConnection
from fhir_adapter.gateways.retry import RetryPolicy
from fhir_adapter.gateways.server_sink import ServerSink
from tests.fakes.fixed_clock import FixedClock
from tests.fakes.unreliable_transport import UnreliableTransport
from tests.server.running import RunningServer

pytestmark = pytest.mark.server

SYSTEM = "https://fhir-adapter.example/subjects"
OURS = (SYSTEM, "S-1")


def subject(**elements: Any) -> dict[str, Any]:
    return {
        "resourceType": "ResearchSubject",
        "identifier": [{"system": SYSTEM, "value": "S-1"}],
        "status": "candidate",
        "study": {"display": "T-1"},
        "individual": {"reference": "Patient/p1"},
    } | elements


@pytest.fixture
def network() -> UnreliableTransport:
    return UnreliableTransport()


@pytest.fixture
def sink(fhir_server: RunningServer, network: UnreliableTransport) -> ServerSink:
    clock = FixedClock()
    retry = RetryPolicy(attempts=3, sleep=clock.sleep, clock=clock)
    return ServerSink(FhirConnection(fhir_server.base, retry=retry, transport=network))


def all_subjects(server: RunningServer) -> list[dict[str, Any]]:
    bundle = httpx.get(f"{server.base}/ResearchSubject", trust_env=False).json()
    return [entry["resource"] for entry in bundle.get("entry", [])]


def test_a_create_whose_answer_was_lost_stands_once(
    fhir_server: RunningServer, sink: ServerSink, network: UnreliableTransport
) -> None:
    network.lose.append("POST")
    created = sink.create(subject(), OURS)
    assert network.sent == ["POST", "GET"]
    assert [body["id"] for body in all_subjects(fhir_server)] == [created.id]


def test_an_update_whose_answer_was_lost_is_made_once(
    fhir_server: RunningServer, sink: ServerSink, network: UnreliableTransport
) -> None:
    created = sink.create(subject(), OURS)
    network.lose.append("PUT")
    updated = sink.update(created.id, subject(status="screening"), created)
    assert network.sent == ["POST", "PUT", "GET"]
    (stands,) = all_subjects(fhir_server)
    assert (stands["status"], stands["meta"]["versionId"]) == ("screening", updated.version)


def test_an_edit_by_a_person_is_never_overwritten(fhir_server: RunningServer, sink: ServerSink) -> None:
    created = sink.create(subject(), OURS)
    edited = {**created.body, "status": "withdrawn"}
    httpx.put(f"{fhir_server.base}/ResearchSubject/{created.id}", json=edited, trust_env=False).raise_for_status()
    with pytest.raises(ConflictError):
        sink.update(created.id, subject(status="screening"), created)
    assert [body["status"] for body in all_subjects(fhir_server)] == ["withdrawn"]


def test_the_server_is_r4(sink: ServerSink) -> None:
    assert sink.describe().fhir_version == "4.0.1"
