from __future__ import annotations

import gzip
from collections.abc import Callable

import httpx
import pytest

from fhir_adapter.errors import (
    AuthorizationError,
    ConfigurationError,
    ConflictError,
    FatalTransportError,
    RetryableTransportError,
    TransportError,
)
from fhir_adapter.gateways.fhir_http import FhirConnection, Request
from fhir_adapter.gateways.retry import RetryPolicy
from tests.fakes.fixed_clock import FixedClock

BASE = "https://hospital.example/fhir"
CANARY = "Canary-Jane-1944"
JSON = {"Content-Type": "application/fhir+json"}


def connect(
    handle: Callable[[httpx.Request], httpx.Response],
    *,
    base: str = BASE,
    token: str | None = None,
    limit: int = 1000,
) -> FhirConnection:
    clock = FixedClock()
    return FhirConnection(
        base,
        token=token,
        retry=RetryPolicy(attempts=3, sleep=clock.sleep, clock=clock),
        transport=httpx.MockTransport(handle),
        answer_limit=limit,
    )


def answering(response: httpx.Response) -> Callable[[httpx.Request], httpx.Response]:
    return lambda request: response


def search(connection: FhirConnection) -> Request:
    return Request(action="search Patient", url=connection.url("Patient", f"name={CANARY}"))


@pytest.mark.parametrize(
    "base",
    [
        "",
        "hospital.example/fhir",
        "ftp://hospital.example/fhir",
        "https://",
        "https://user:secret@hospital.example/fhir",
        "https://hospital.example/fhir?tenant=1",
        "https://hospital.example/fhir#here",
        "https://hospital.example:port/fhir",
    ],
)
def test_a_base_url_that_cannot_be_used_is_refused(base: str) -> None:
    with pytest.raises(ConfigurationError):
        FhirConnection(base)


def test_a_token_never_travels_in_clear_over_a_network() -> None:
    with pytest.raises(ConfigurationError):
        FhirConnection("http://hospital.example/fhir", token="t0ken")


@pytest.mark.parametrize("base", ["http://127.0.0.1:8080/fhir", "http://localhost/fhir", "http://[::1]/fhir"])
def test_a_token_may_go_to_this_machine_itself(base: str) -> None:
    seen: list[str | None] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers.get("Authorization"))
        return httpx.Response(200, json={}, headers=JSON)

    connection = connect(handle, base=base, token="t0ken")
    connection.send_once(search(connection))
    assert seen == ["Bearer t0ken"]


@pytest.mark.parametrize("token", ["with space", "line\nbreak", "ümlaut", "a\r\nX-Evil: 1"])
def test_a_token_that_would_break_the_header_is_refused_without_being_shown(token: str) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        FhirConnection(BASE, token=token)
    assert token not in str(refusal.value)


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/fhir/Patient",
        "http://hospital.example/fhir/Patient",
        "https://hospital.example:8443/fhir/Patient",
        "https://user@hospital.example/fhir/Patient",
        "https://hospital.example.evil.example/fhir/Patient",
        "Patient?x=1",
        "https://[",
    ],
)
def test_nothing_is_sent_to_another_origin(url: str) -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        pytest.fail("a request left the origin")

    with pytest.raises(FatalTransportError):
        connect(handle, token="t0ken").send_once(Request(action="search Patient", url=url))


def test_the_default_port_is_the_same_origin() -> None:
    assert connect(answering(httpx.Response(200))).is_own("https://hospital.example:443/fhir/Patient")


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (301, FatalTransportError),
        (400, FatalTransportError),
        (401, AuthorizationError),
        (403, AuthorizationError),
        (404, FatalTransportError),
        (408, RetryableTransportError),
        (409, ConflictError),
        (410, FatalTransportError),
        (412, ConflictError),
        (422, FatalTransportError),
        (429, RetryableTransportError),
        (500, RetryableTransportError),
        (501, FatalTransportError),
        (502, RetryableTransportError),
        (503, RetryableTransportError),
        (504, RetryableTransportError),
    ],
)
def test_each_refusal_has_its_class_and_tells_neither_query_nor_body(status: int, kind: type[Exception]) -> None:
    connection = connect(answering(httpx.Response(status, json={"issue": CANARY}, headers=JSON)))
    with pytest.raises(kind) as refusal:
        connection.send_once(search(connection))
    assert str(status) in str(refusal.value)
    assert CANARY not in str(refusal.value)
    assert type(refusal.value) is kind


@pytest.mark.parametrize(
    ("error", "detail"),
    [
        (httpx.ConnectError, "connection failed"),
        (httpx.ReadError, "connection failed"),
        (httpx.RemoteProtocolError, "connection failed"),
        (httpx.ConnectTimeout, "timed out"),
        (httpx.ReadTimeout, "timed out"),
        (httpx.PoolTimeout, "timed out"),
    ],
)
def test_no_answer_may_come_later_and_is_told_without_the_url(
    error: type[httpx.TransportError], detail: str
) -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        raise error(f"while asking {request.url}", request=request)

    connection = connect(handle)
    with pytest.raises(RetryableTransportError) as failure:
        connection.send_once(search(connection))
    assert str(failure.value) == f"search Patient: no answer ({detail})"
    assert failure.value.__cause__ is None


def test_a_certificate_nobody_trusts_is_final() -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed", request=request)

    with pytest.raises(FatalTransportError):
        connect(handle).send_once(Request(action="read CapabilityStatement", url=f"{BASE}/metadata"))


@pytest.mark.parametrize("kind", ["text/html", "text/plain", "", "application/xml", "application/fhir+xml"])
def test_a_login_page_is_not_an_answer(kind: str) -> None:
    page = httpx.Response(200, content=b"<html>Please log in</html>", headers={"Content-Type": kind})
    connection = connect(answering(page))
    with pytest.raises(FatalTransportError):
        connection.send_once(search(connection))


@pytest.mark.parametrize("kind", ["application/fhir+json; charset=utf-8", "application/json", "Application/JSON"])
def test_json_comes_under_several_names(kind: str) -> None:
    connection = connect(answering(httpx.Response(200, content=b"{}", headers={"Content-Type": kind})))
    assert connection.send_once(search(connection)).body == b"{}"


@pytest.mark.parametrize(("size", "fits"), [(1000, True), (1001, False)])
def test_an_answer_beyond_the_limit_is_refused(size: int, fits: bool) -> None:
    connection = connect(answering(httpx.Response(200, content=b"1" * size, headers=JSON)), limit=1000)
    if fits:
        assert len(connection.send_once(search(connection)).body) == 1000
        return
    with pytest.raises(FatalTransportError, match="too large"):
        connection.send_once(search(connection))


def test_the_limit_holds_for_the_unpacked_answer() -> None:
    packed = gzip.compress(b" " * 5_000_000)
    connection = connect(
        answering(httpx.Response(200, content=packed, headers={**JSON, "Content-Encoding": "gzip"})), limit=100_000
    )
    with pytest.raises(FatalTransportError, match="too large"):
        connection.send_once(search(connection))


def test_an_answer_that_cannot_be_unpacked_is_asked_for_again() -> None:
    answers = [
        httpx.Response(200, stream=httpx.ByteStream(b"not gzip"), headers={**JSON, "Content-Encoding": "gzip"}),
        httpx.Response(200, content=b"{}", headers=JSON),
    ]
    connection = connect(lambda request: answers.pop(0))
    assert connection.send(search(connection), lambda answer: answer.body) == b"{}"


def test_a_redirect_is_not_followed() -> None:
    sent: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        sent.append(str(request.url))
        return httpx.Response(302, headers={"Location": "https://evil.example/"})

    with pytest.raises(FatalTransportError, match="redirect"):
        connect(handle, token="t0ken").send_once(
            Request(action="read CapabilityStatement", url=f"{BASE}/metadata")
        )
    assert len(sent) == 1


def test_retry_after_travels_with_the_refusal() -> None:
    response = httpx.Response(429, json={}, headers={**JSON, "Retry-After": "12"})
    with pytest.raises(RetryableTransportError) as refusal:
        connect(answering(response)).send_once(Request(action="read CapabilityStatement", url=f"{BASE}/metadata"))
    assert refusal.value.retry_after == 12.0


def test_a_status_the_request_accepts_is_an_answer() -> None:
    connection = connect(answering(httpx.Response(404, json={}, headers=JSON)))
    request = Request(action="read Patient", url=f"{BASE}/Patient/1", accepts=frozenset({404}))
    assert connection.send_once(request).status == 404


def test_leaving_the_connection_gives_it_back() -> None:
    with connect(answering(httpx.Response(200, json={}, headers=JSON))) as connection:
        connection.send_once(search(connection))
    with pytest.raises((RuntimeError, TransportError)):
        connection.send_once(search(connection))
