"""What the sink does when servers behave as real ones do: lost answers, odd headers, ignored searches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from fhir_adapter.errors import ConflictError, FatalTransportError, RetryableTransportError
from fhir_adapter.gateways.fhir_http import FhirConnection
from fhir_adapter.gateways.retry import RetryPolicy
from fhir_adapter.gateways.server_sink import ServerSink
from fhir_adapter.ports.sink import StoredResource
from tests.fakes.fake_hospital import BASE, FakeHospital, Fault
from tests.fakes.fixed_clock import FixedClock

SYSTEM = "https://fhir-adapter.example/subjects"
OURS = (SYSTEM, "S-1")
LOST = [
    Fault(error=httpx.ReadTimeout, lost=True),
    Fault(error=httpx.ReadError, lost=True),
    Fault(status=502, lost=True),
    Fault(status=500, lost=True),
    Fault(status=504, lost=True),
]
REFUSED = [
    Fault(error=httpx.ConnectError),
    Fault(error=httpx.ReadTimeout),
    Fault(status=429, headers={"Retry-After": "7"}),
    Fault(status=503),
]


def subject(value: str = "S-1", **elements: Any) -> dict[str, Any]:
    identifier = [{"system": SYSTEM, "value": value}]
    return {"resourceType": "ResearchSubject", "identifier": identifier, "status": "candidate", **elements}


class Ward:
    """A fake hospital with a sink that never waits."""

    def __init__(self) -> None:
        self.clock = FixedClock()
        self.hospital = FakeHospital()
        policy = RetryPolicy(attempts=3, sleep=self.clock.sleep, clock=self.clock)
        self.sink = ServerSink(FhirConnection(BASE, retry=policy, transport=self.hospital.transport))

    def fault(self, template: Fault, method: str) -> None:
        fault = Fault(**{**vars(template), "method": method})
        self.hospital.faults.append(fault)

    def sent(self) -> list[str]:
        return [request.method for request in self.hospital.requests]

    def held(self) -> list[dict[str, Any]]:
        return self.hospital.held("ResearchSubject")


@pytest.fixture
def ward() -> Ward:
    return Ward()


@pytest.mark.parametrize("fault", LOST, ids=str)
def test_a_create_whose_answer_was_lost_is_looked_up_and_not_repeated(ward: Ward, fault: Fault) -> None:
    ward.fault(fault, "POST")
    created = ward.sink.create(subject(), OURS)
    assert ward.sent() == ["POST", "GET"]
    assert [body["id"] for body in ward.held()] == [created.id]


@pytest.mark.parametrize("fault", REFUSED, ids=str)
def test_a_create_that_never_happened_is_repeated_after_the_look_up(ward: Ward, fault: Fault) -> None:
    ward.fault(fault, "POST")
    created = ward.sink.create(subject(), OURS)
    assert ward.sent() == ["POST", "GET", "POST", "GET"]
    assert [body["id"] for body in ward.held()] == [created.id]


def test_a_create_is_conditional_on_its_identifier_with_everything_encoded(ward: Ward) -> None:
    ward.sink.create(subject(), OURS)
    (request,) = ward.hospital.requests
    assert request.headers["If-None-Exist"] == "identifier=https%3A%2F%2Ffhir-adapter.example%2Fsubjects%7CS-1"
    assert request.headers["Content-Type"] == "application/fhir+json"
    assert request.headers["Prefer"] == "return=representation"


def test_an_outcome_nobody_can_find_out_is_told_as_retryable(ward: Ward) -> None:
    for _ in range(3):
        ward.fault(Fault(error=httpx.ReadTimeout), "POST")
    with pytest.raises(RetryableTransportError) as failure:
        ward.sink.create(subject(), OURS)
    assert failure.value.action == "create ResearchSubject"


def test_waiting_follows_the_server(ward: Ward) -> None:
    ward.fault(Fault(status=503, headers={"Retry-After": "42"}), "POST")
    ward.sink.create(subject(), OURS)
    assert ward.clock.slept == [42.0]


def test_two_resources_with_our_identifier_are_a_conflict(ward: Ward) -> None:
    ward.hospital.add(subject(id="a"), subject(id="b"))
    assert len(ward.sink.find("ResearchSubject", OURS)) == 2
    with pytest.raises(ConflictError):
        ward.sink.create(subject(), OURS)


def test_two_resources_found_after_a_lost_answer_are_a_conflict(ward: Ward) -> None:
    ward.hospital.add(subject(id="a"), subject(id="b"))
    ward.fault(Fault(error=httpx.ReadTimeout), "POST")
    with pytest.raises(ConflictError):
        ward.sink.create(subject(), OURS)


@pytest.mark.parametrize("with_self", [True, False])
def test_a_server_that_ignores_the_identifier_search_is_refused(ward: Ward, with_self: bool) -> None:
    ward.hospital.add(subject(id="a", value="S-2"))
    ward.hospital.ignored = frozenset({"identifier"})
    ward.hospital.with_self = with_self
    with pytest.raises(FatalTransportError):
        ward.sink.find("ResearchSubject", OURS)


@pytest.mark.parametrize("body", [b"{}", b'{"resourceType": "OperationOutcome"}'])
def test_an_answer_that_is_no_search_result_is_never_taken_for_an_empty_one(ward: Ward, body: bytes) -> None:
    ward.fault(Fault(body=body), "GET")
    with pytest.raises(FatalTransportError):
        ward.sink.find("ResearchSubject", OURS)


@pytest.mark.parametrize(
    "etag",
    [lambda v: f'W/"{v}"', lambda v: f'"{v}"', lambda v: v, lambda v: None],
    ids=["weak", "strong", "bare", "none"],
)
@pytest.mark.parametrize(
    "location",
    [
        "{base}/{type}/{id}/_history/{version}",
        "{base}/{type}/{id}",
        "{type}/{id}/_history/{version}",
        "/fhir/{type}/{id}",
        "",
    ],
)
@pytest.mark.parametrize("returns_body", [True, False])
def test_id_and_version_are_understood_in_every_form(
    ward: Ward, etag: Callable[[str], str | None], location: str, returns_body: bool
) -> None:
    ward.hospital.etag, ward.hospital.location, ward.hospital.returns_body = etag, location, returns_body
    created = ward.sink.create(subject(), OURS)
    assert (created.id, created.version) == ("server-1", "1")
    updated = ward.sink.update(created.id, subject(status="screening"), created)
    assert (updated.id, updated.version) == ("server-1", "2")
    with pytest.raises(ConflictError):
        ward.sink.update(created.id, subject(status="withdrawn"), created)


@pytest.mark.parametrize("fault", LOST, ids=str)
def test_an_update_whose_answer_was_lost_is_looked_at_and_not_repeated(ward: Ward, fault: Fault) -> None:
    created = ward.sink.create(subject(), OURS)
    ward.fault(fault, "PUT")
    updated = ward.sink.update(created.id, subject(status="screening"), created)
    assert (updated.version, updated.body["status"]) == ("2", "screening")
    assert ward.sent() == ["POST", "PUT", "GET"]


@pytest.mark.parametrize("fault", REFUSED, ids=str)
def test_an_update_that_never_happened_is_repeated(ward: Ward, fault: Fault) -> None:
    created = ward.sink.create(subject(), OURS)
    ward.fault(fault, "PUT")
    updated = ward.sink.update(created.id, subject(status="screening"), created)
    assert (updated.version, updated.body["status"]) == ("2", "screening")
    assert ward.sent() == ["POST", "PUT", "GET", "PUT"]


def test_an_update_that_somebody_else_overtook_is_a_conflict(ward: Ward) -> None:
    created = ward.sink.create(subject(), OURS)
    ward.fault(Fault(error=httpx.ReadTimeout), "PUT")
    ward.hospital.put(subject(id=created.id, status="withdrawn"))
    with pytest.raises(ConflictError):
        ward.sink.update(created.id, subject(status="screening"), created)
    assert [body["status"] for body in ward.held()] == ["withdrawn"]


def test_an_update_whose_resource_vanished_is_a_conflict(ward: Ward) -> None:
    created = ward.sink.create(subject(), OURS)
    ward.fault(Fault(error=httpx.ReadTimeout), "PUT")
    ward.hospital.remove("ResearchSubject", created.id)
    with pytest.raises(ConflictError):
        ward.sink.update(created.id, subject(status="screening"), created)


def test_without_any_version_what_stands_there_is_compared_before_writing(ward: Ward) -> None:
    created = ward.sink.create(subject(), OURS)
    blind = StoredResource(
        resource_type="ResearchSubject", id=created.id, version=None, etag=None, body=ward.held()[0]
    )
    assert ward.sink.update(created.id, subject(status="screening"), blind).version == "2"
    with pytest.raises(ConflictError):
        ward.sink.update(created.id, subject(status="withdrawn"), blind)


@pytest.mark.parametrize("status", [404, 410])
def test_what_is_gone_reads_as_nothing(ward: Ward, status: int) -> None:
    ward.fault(Fault(status=status), "GET")
    assert ward.sink.read("ResearchSubject", "1") is None


def test_an_answer_cut_off_is_read_again(ward: Ward) -> None:
    created = ward.sink.create(subject(), OURS)
    ward.fault(Fault(body=b'{"resourceType": "ResearchSub'), "GET")
    read = ward.sink.read("ResearchSubject", created.id)
    assert read is not None
    assert read.id == created.id


def test_an_answer_that_is_another_resource_is_refused(ward: Ward) -> None:
    ward.fault(Fault(body=b'{"resourceType": "OperationOutcome"}'), "GET")
    with pytest.raises(FatalTransportError):
        ward.sink.read("ResearchSubject", "1")


def test_digits_survive_the_way_there_and_back(ward: Ward) -> None:
    created = ward.sink.create(subject(), OURS)
    body = b'{"resourceType": "ResearchSubject", "id": "1", "value": 1.50}'
    ward.fault(Fault(body=body), "GET")
    read = ward.sink.read("ResearchSubject", "1")
    assert read is not None
    ward.sink.update(created.id, read.body, created)
    assert b'"value":1.50' in ward.hospital.requests[-1].content


def test_nothing_is_ever_deleted(ward: Ward) -> None:
    created = ward.sink.create(subject(), OURS)
    ward.sink.update(created.id, subject(status="screening"), created)
    assert set(ward.sent()) <= {"GET", "POST", "PUT"}


def test_a_server_that_keeps_nothing_of_what_it_accepted_is_refused(ward: Ward) -> None:
    ward.fault(Fault(status=201, body=b""), "POST")
    with pytest.raises(FatalTransportError, match="give back"):
        ward.sink.create(subject(), OURS)


def test_an_updated_resource_that_is_gone_at_once_is_a_conflict(ward: Ward) -> None:
    created = ward.sink.create(subject(), OURS)
    ward.fault(Fault(status=200, body=b""), "PUT")
    ward.hospital.remove("ResearchSubject", created.id)
    with pytest.raises(ConflictError):
        ward.sink.update(created.id, subject(status="screening"), created)
