"""One FHIR server over HTTP: origin, token, size, content type, refusals, another try.

Knows: HTTP. Does not know: searches, Bundles, what is written. No message carries a URL's query or a body.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from types import TracebackType
from typing import NoReturn, Self, TypeVar
from weakref import finalize

import httpx

from fhir_adapter.errors import (
    AuthorizationError,
    ConfigurationError,
    ConflictError,
    FatalTransportError,
    RetryableTransportError,
)
from fhir_adapter.gateways.retry import RETRYABLE, RetryPolicy, read_retry_after

T = TypeVar("T")

CONNECTIONS = 4
"""At most so many requests at a time; hospitals share their servers with care."""

ANSWER_LIMIT = 64 * 1024 * 1024
"""Bytes of one answer, unpacked."""

FHIR_JSON = "application/fhir+json"
_TIMEOUT = httpx.Timeout(connect=10.0, read=120.0, write=60.0, pool=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request.

    Attributes:
        action: In words, for messages: `search Observation`.
        url: Absolute; refused unless on the server's own origin.
        accepts: 0..*; statuses beside 2xx that are answers, not refusals.
    """

    action: str
    url: str
    method: str = "GET"
    content: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    accepts: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the server answered: status, headers (lower-case names), body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class FhirConnection:
    """Talks to one FHIR base URL and to nothing else."""

    def __init__(
        self,
        base: str,
        *,
        token: str | None = None,
        retry: RetryPolicy | None = None,
        transport: httpx.BaseTransport | None = None,
        answer_limit: int = ANSWER_LIMIT,
    ) -> None:
        """Check the base URL; nothing is sent yet.

        Args:
            base: Base URL of the FHIR endpoint, without user name, query or fragment.
            token: 0..1; static bearer token, sent to this origin only, and never in clear over a network.
            retry: How patient to be.
            transport: For tests.
            answer_limit: Bytes of one answer, unpacked.

        Raises:
            ConfigurationError: The base URL cannot be used, or the token would travel in clear.
        """
        self.base = _checked_base(base)
        if token is not None and self.base.scheme == "http" and not _is_loopback(self.base):
            raise ConfigurationError("a bearer token is not sent over http; give the server's https URL")
        if token is not None and not (token.isascii() and token.isprintable() and " " not in token):
            raise ConfigurationError("the bearer token holds characters that cannot be sent")
        self.retry = retry or RetryPolicy()
        self._token = token
        self._limit = answer_limit
        self._client = httpx.Client(
            timeout=_TIMEOUT,
            limits=httpx.Limits(max_connections=CONNECTIONS),
            transport=transport,
            trust_env=not _is_loopback(self.base),
        )
        self._close = finalize(self, self._client.close)  # also where nobody says close

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back."""
        self._close()

    @property
    def place(self) -> str:
        """The base URL as a person may see it."""
        return str(self.base)

    def url(self, path: str, query: str = "") -> str:
        """Give the absolute URL of a path below the base."""
        return f"{self.base}/{path}?{query}" if query else f"{self.base}/{path}"

    def is_own(self, url: str) -> bool:
        """Say whether a URL is on the server's own origin: scheme, host and port."""
        try:
            other = httpx.URL(url)
        except httpx.InvalidURL:
            return False
        return _origin(other) == _origin(self.base) and not other.userinfo

    def send(self, request: Request, read: Callable[[Answer], T]) -> T:
        """Send a request, again where that can help, and read the answer.

        Args:
            request: What to send.
            read: Reads the answer; may ask for another try by RetryableTransportError.

        Returns:
            What `read` made of the answer.

        Raises:
            FatalTransportError: The server refused, left the protocol, or the URL is on another origin.
            AuthorizationError: 401 or 403.
            ConflictError: 409 or 412.
            RetryableTransportError: Still no usable answer after the last try.
        """
        return self.retry.run(lambda: read(self.send_once(request)))

    def send_once(self, request: Request) -> Answer:
        """Send a request exactly once.

        Args:
            request: What to send.

        Returns:
            The answer: 2xx, or a status the request accepts.

        Raises:
            FatalTransportError: As for `send`.
            AuthorizationError: 401 or 403.
            ConflictError: 409 or 412.
            RetryableTransportError: No answer, a broken one, or a refusal that may pass.
        """
        if not self.is_own(request.url):
            raise FatalTransportError(action=request.action, detail="the URL leaves the server's origin")
        try:
            answer = self._exchange(request)
        except httpx.TimeoutException:
            raise RetryableTransportError(action=request.action, detail="timed out") from None
        except httpx.DecodingError:
            raise RetryableTransportError(action=request.action, detail="the answer cannot be unpacked") from None
        except httpx.TransportError as error:
            if "CERTIFICATE_VERIFY_FAILED" in str(error):
                raise FatalTransportError(action=request.action, detail="certificate not trusted") from None
            raise RetryableTransportError(action=request.action, detail="connection failed") from None
        if not 200 <= answer.status < 300 and answer.status not in request.accepts:
            self._refuse(request, answer)
        if answer.body and not _is_json(answer):
            raise FatalTransportError(
                action=request.action, status=answer.status, detail="the answer is not FHIR JSON; a login page?"
            )
        return answer

    def _exchange(self, request: Request) -> Answer:
        headers = {"Accept": FHIR_JSON, **request.headers}
        if self._token is not None:
            headers["Authorization"] = f"Bearer {self._token}"
        body = bytearray()
        with self._client.stream(
            request.method, request.url, content=request.content or None, headers=headers, follow_redirects=False
        ) as response:
            for chunk in response.iter_bytes(65_536):
                body += chunk
                if len(body) > self._limit:
                    raise FatalTransportError(
                        action=request.action, status=response.status_code, detail="the answer is too large"
                    )
            names = {name.lower(): value for name, value in response.headers.items()}
            return Answer(status=response.status_code, headers=names, body=bytes(body))

    def _refuse(self, request: Request, answer: Answer) -> NoReturn:
        action, status = request.action, answer.status
        if status in RETRYABLE:
            wait = read_retry_after(answer.headers.get("retry-after"), self.retry.clock.now())
            raise RetryableTransportError(action=action, status=status, retry_after=wait)
        if status in {401, 403}:
            raise AuthorizationError(action=action, status=status)
        if status in {409, 412}:
            raise ConflictError(action=action, status=status)
        detail = "a redirect is not followed" if 300 <= status < 400 else ""
        raise FatalTransportError(action=action, status=status, detail=detail)


def _checked_base(text: str) -> httpx.URL:
    try:
        base = httpx.URL(text.rstrip("/"))
    except httpx.InvalidURL:
        raise ConfigurationError("the FHIR server's URL cannot be read") from None
    if base.scheme not in {"http", "https"} or not base.host:
        raise ConfigurationError("the FHIR server's URL must begin with https:// or http:// and name a host")
    if base.userinfo or base.query or base.fragment:
        raise ConfigurationError("the FHIR server's URL carries no user name, query or fragment")
    return base


def _is_loopback(url: httpx.URL) -> bool:
    if url.host == "localhost":
        return True
    try:
        return ip_address(url.host).is_loopback
    except ValueError:
        return False


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _is_json(answer: Answer) -> bool:
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind in {"application/json", "text/json"} or kind.endswith("+json")
