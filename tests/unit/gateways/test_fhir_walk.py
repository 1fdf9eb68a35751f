"""Paging, and faults on the way: what a server does with links, time and its own word."""

from __future__ import annotations

import json
from collections.abc import Callable

import httpx
import pytest

from fhir_adapter.errors import (
    FatalTransportError,
    RetryableTransportError,
)
from fhir_adapter.ports.source import (
    IssueKind,
    ReadPlan,
    ScopeReceipt,
    SourcePage,
)
from tests.fakes.fake_hospital import BASE, Fault
from tests.fakes.server_ward import ALL_FIVE, Ward


@pytest.fixture
def ward() -> Ward:
    return Ward()


@pytest.mark.parametrize(
    "hostile",
    [
        lambda url: url.replace("hospital.example", "evil.example"),
        lambda url: url.replace("https://", "http://"),
        lambda url: url.replace("hospital.example", "hospital.example:8443"),
        lambda url: url.replace("https://", "https://user:secret@"),
        lambda url: "//evil.example/fhir/Observation",
        lambda url: "file:///etc/passwd",
        lambda url: "https://[",
    ],
    ids=["host", "scheme", "port", "user", "no scheme", "file", "broken"],
)
def test_a_next_link_to_another_origin_is_never_followed(ward: Ward, hostile: Callable[[str], str]) -> None:
    ward.hospital.next_link = hostile
    with pytest.raises(FatalTransportError):
        ward.read()
    assert {request.url.host for request in ward.hospital.requests} == {"hospital.example"}
    assert len(ward.paths()) == 2


def test_a_relative_next_link_is_followed(ward: Ward) -> None:
    ward.hospital.next_link = lambda url: url.removeprefix(f"{BASE}/")
    assert ward.read()[0] == ALL_FIVE


def test_paging_in_a_circle_ends(ward: Ward) -> None:
    ward.hospital.next_link = lambda url: f"{BASE}/Observation?_page=0&_offset=2"
    with pytest.raises(FatalTransportError, match="circle"):
        ward.read()


@pytest.mark.parametrize("status", [404, 410])
def test_a_paging_session_that_expired_is_begun_again_once(ward: Ward, status: int) -> None:
    ward.source.describe()
    plan = ReadPlan(resource_types=("Observation",), patients=("anna",))
    expired = Fault(status=status, path="Observation")
    answers = 0

    def expire_second(request: httpx.Request) -> None:
        nonlocal answers
        answers += 1
        if answers == 2:
            ward.hospital.faults.append(expired)

    hospital = ward.hospital
    handle = hospital._answer

    def answer(request: httpx.Request, path: str) -> httpx.Response:
        response = handle(request, path)
        expire_second(request)
        return response

    hospital._answer = answer  # type: ignore[method-assign]
    items = list(ward.source.pages(plan))
    assert [len(item.resources) for item in items if isinstance(item, SourcePage)] == [2, 2, 2, 2, 1]
    assert [item.complete for item in items if isinstance(item, ScopeReceipt)] == [True]


@pytest.mark.parametrize(
    "fault",
    [
        Fault(path="Observation", status=429, headers={"Retry-After": "3"}),
        Fault(path="Observation", status=503),
        Fault(path="Observation", error=httpx.ReadTimeout),
        Fault(path="Observation", error=httpx.RemoteProtocolError),
        Fault(path="Observation", body=b'{"resourceType":"Bundle","entry":[{"resour'),
    ],
    ids=str,
)
def test_a_fault_that_passes_costs_only_time(ward: Ward, fault: Fault) -> None:
    ward.hospital.faults.append(fault)
    keys, _, receipts = ward.read()
    assert (keys, [receipt.complete for receipt in receipts]) == (ALL_FIVE, [True])
    assert len(ward.clock.slept) == 1


def test_a_fault_that_stays_ends_the_run(ward: Ward) -> None:
    ward.hospital.faults += [Fault(path="Observation", status=503) for _ in range(3)]
    with pytest.raises(RetryableTransportError):
        ward.read()


def test_a_login_page_instead_of_results_ends_the_run(ward: Ward) -> None:
    page = Fault(path="Observation", body=b"<html>Log in</html>", content_type="text/html; charset=utf-8")
    ward.hospital.faults.append(page)
    with pytest.raises(FatalTransportError, match="login"):
        ward.read()


def test_a_bundle_that_is_no_search_result_is_never_taken_for_an_empty_one(ward: Ward) -> None:
    body = b'{"resourceType":"Bundle","type":"collection"}'
    ward.hospital.faults.append(Fault(path="Observation", body=body))
    with pytest.raises(FatalTransportError, match="searchset"):
        ward.read()


@pytest.mark.parametrize("body", [b"{}", b"[]", b'{"resourceType":"OperationOutcome","issue":[]}'])
def test_an_answer_that_is_no_bundle_is_never_taken_for_an_empty_one(ward: Ward, body: bytes) -> None:
    ward.hospital.faults += [Fault(path="Observation", body=body) for _ in range(3)]
    with pytest.raises(RetryableTransportError):
        ward.read()


@pytest.mark.parametrize("link", ["https://[", "?" + "&".join("a" * 3 for _ in range(5))])
def test_a_self_link_that_makes_no_sense_is_a_search_not_honoured(ward: Ward, link: str) -> None:
    body = {"resourceType": "Bundle", "type": "searchset", "link": [{"relation": "self", "url": link}]}
    ward.hospital.faults.append(Fault(path="Observation", body=json.dumps(body).encode()))
    _, issues, receipts = ward.read()
    assert [issue.kind for issue in issues] == [IssueKind.IGNORED_PARAMETER]
    assert [receipt.complete for receipt in receipts] == [False]


def test_a_patient_cut_off_is_read_again(ward: Ward) -> None:
    ward.hospital.faults.append(Fault(path="Patient/anna", body=b'{"resourceType": "Pat'))
    keys, _, receipts = ward.read("Patient")
    assert (keys, [receipt.complete for receipt in receipts]) == (["anna"], [True])


def test_a_login_page_is_not_answered_by_asking_without_codes(ward: Ward) -> None:
    page = Fault(path="Observation", body=b"<html>Log in</html>", content_type="text/html")
    ward.hospital.faults.append(page)
    with pytest.raises(FatalTransportError, match="login"):
        ward.read(codes=("718-7",))
