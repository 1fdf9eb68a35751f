"""Which answers are worth another try, and how long to wait for it.

Knows: the one table of retryable answers, Retry-After in all its forms, the waiting budget. Does not know:
what is asked or written. A wait is asked for through `sleep`, so that tests never wait.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception_type
from tenacity.nap import sleep as nap

from fhir_adapter.errors import RetryableTransportError
from fhir_adapter.events import Event, log
from fhir_adapter.gateways.clock import SystemClock
from fhir_adapter.ports.clock import Clock

T = TypeVar("T")

RETRYABLE: Mapping[int, str] = {
    408: "the server gave up waiting for the request",
    429: "the server asks for fewer requests",
    500: "many servers answer so while they restart or when a database connection broke",
    502: "a proxy did not reach the server",
    503: "the server is overloaded or in maintenance",
    504: "a proxy waited too long for the server",
}
"""HTTP status -> why the same request may succeed later. Any other refusal is final."""

NO_ANSWER = "no connection, or it broke before the answer was complete"
LONGEST_WAIT = 300.0
"""Seconds; one server sent epoch milliseconds as Retry-After."""

_FIRST_WAIT = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How patient the adapter is with one request.

    Attributes:
        attempts: Tries in all, the first included.
        budget: Seconds of waiting one request may use up.
        sleep: Waits that many seconds.
        clock: For Retry-After given as a date.
    """

    attempts: int = 6
    budget: float = 900.0
    sleep: Callable[[float], None] = nap
    clock: Clock = field(default_factory=SystemClock)

    def run(self, attempt: Callable[[], T]) -> T:
        """Try until it succeeds, fails for good, or patience is used up.

        Args:
            attempt: One try; a RetryableTransportError asks for another one.

        Returns:
            What the first successful try gave.

        Raises:
            RetryableTransportError: Every try failed, or the server asks to wait longer than the budget.

        >>> RetryPolicy().run(lambda: "answer")
        'answer'
        """
        retrying = Retrying(
            sleep=self.sleep,
            wait=wait_seconds,
            stop=self._is_spent,
            retry=retry_if_exception_type(RetryableTransportError),
            before_sleep=_tell,
            reraise=True,
        )
        return retrying(attempt)

    def _is_spent(self, state: RetryCallState) -> bool:
        return state.attempt_number >= self.attempts or state.idle_for + state.upcoming_sleep > self.budget


def wait_seconds(state: RetryCallState) -> float:
    """Say how long to wait before the next try [s]: as the server asked, else twice as long each time."""
    error = state.outcome.exception() if state.outcome is not None else None
    if isinstance(error, RetryableTransportError) and error.retry_after is not None:
        return error.retry_after
    return float(min(LONGEST_WAIT, _FIRST_WAIT * 2 ** (state.attempt_number - 1)))


def read_retry_after(header: str | None, now: datetime) -> float | None:
    """Read a Retry-After header.

    Args:
        header: 0..1; seconds, or an HTTP date.
        now: The time now, aware.

    Returns:
        Seconds to wait, at most 300; None where the header is absent or absurd (then we wait by our own rule).

    Source:
        RFC 9110 section 10.2.3; design fhir-servers, Bulk data.

    >>> from datetime import UTC
    >>> read_retry_after("120", datetime(2026, 3, 11, tzinfo=UTC))
    120.0
    >>> read_retry_after("Wed, 11 Mar 2026 00:00:30 GMT", datetime(2026, 3, 11, tzinfo=UTC))
    30.0
    >>> read_retry_after("soon", datetime(2026, 3, 11, tzinfo=UTC)) is None
    True
    """
    if header is None:
        return None
    text = header.strip()
    if text.isascii() and text.isdigit():
        return float(min(LONGEST_WAIT, int(text[:18])))
    try:
        moment = parsedate_to_datetime(text)
        wait = (moment - now).total_seconds()
    except (TypeError, ValueError, OverflowError):  # TypeError: a date without a zone
        return None
    return min(LONGEST_WAIT, max(0.0, wait))


def _tell(state: RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome is not None else None
    if isinstance(error, RetryableTransportError):
        reason = RETRYABLE.get(error.status, "") if error.status is not None else NO_ANSWER
        log(
            Event.REQUEST_RETRIED,
            action=error.action,
            status=error.status,
            attempt=state.attempt_number,
            wait_seconds=state.upcoming_sleep,
            reason=reason,
        )
