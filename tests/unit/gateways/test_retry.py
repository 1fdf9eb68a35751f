from __future__ import annotations

import logging
from datetime import UTC, datetime

import pytest

from fhir_adapter.errors import FatalTransportError, RetryableTransportError
from fhir_adapter.gateways.retry import RETRYABLE, RetryPolicy, read_retry_after
from tests.fakes.fixed_clock import FixedClock

NOW = datetime(2026, 3, 11, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("0", 0.0),
        ("7", 7.0),
        (" 7 ", 7.0),
        ("300", 300.0),
        ("301", 300.0),
        ("1773216000000", 300.0),  # epoch milliseconds, seen on a real server
        ("9" * 400, 300.0),
        ("Wed, 11 Mar 2026 08:30:20 GMT", 20.0),
        ("Wed, 11 Mar 2026 08:29:00 GMT", 0.0),
        ("Wed, 11 Mar 2026 10:00:00 GMT", 300.0),
        ("Wed, 11 Mar 2026 08:30:20", None),  # no zone: not an HTTP date
    ],
)
def test_retry_after_is_seconds_or_a_date_and_capped(header: str | None, seconds: float | None) -> None:
    assert read_retry_after(header, NOW) == seconds


def test_the_table_names_exactly_the_refusals_that_may_pass() -> None:
    assert sorted(RETRYABLE) == [408, 429, 500, 502, 503, 504]
    assert all(reason for reason in RETRYABLE.values())


class Attempts:
    """Fails as often as told, then answers."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.count = 0

    def __call__(self) -> str:
        self.count += 1
        if self.errors:
            raise self.errors.pop(0)
        return "answer"


def busy(retry_after: float | None = None) -> RetryableTransportError:
    return RetryableTransportError(action="search Observation", status=503, retry_after=retry_after)


def test_waiting_doubles_where_the_server_says_nothing() -> None:
    clock = FixedClock()
    attempts = Attempts(busy(), busy(), busy())
    assert RetryPolicy(sleep=clock.sleep, clock=clock).run(attempts) == "answer"
    assert clock.slept == [1.0, 2.0, 4.0]


def test_waiting_is_as_long_as_the_server_asks() -> None:
    clock = FixedClock()
    assert RetryPolicy(sleep=clock.sleep, clock=clock).run(Attempts(busy(17.0))) == "answer"
    assert clock.slept == [17.0]


def test_the_last_failure_is_told_when_the_attempts_are_used_up() -> None:
    clock = FixedClock()
    attempts = Attempts(*(busy() for _ in range(9)))
    with pytest.raises(RetryableTransportError) as failure:
        RetryPolicy(attempts=3, sleep=clock.sleep, clock=clock).run(attempts)
    assert (attempts.count, failure.value.status) == (3, 503)


@pytest.mark.parametrize(("budget", "tries"), [(600.0, 3), (599.0, 2)])
def test_no_request_waits_longer_than_its_budget(budget: float, tries: int) -> None:
    clock = FixedClock()
    attempts = Attempts(*(busy(300.0) for _ in range(9)))
    with pytest.raises(RetryableTransportError):
        RetryPolicy(attempts=9, budget=budget, sleep=clock.sleep, clock=clock).run(attempts)
    assert attempts.count == tries


def test_a_final_refusal_is_not_tried_again() -> None:
    attempts = Attempts(FatalTransportError(action="search Observation", status=400))
    with pytest.raises(FatalTransportError):
        RetryPolicy(sleep=FixedClock().sleep).run(attempts)
    assert attempts.count == 1


def test_every_wait_is_logged_with_its_reason_and_nothing_else(caplog: pytest.LogCaptureFixture) -> None:
    clock = FixedClock()
    lost = RetryableTransportError(action="create ResearchSubject", detail="timed out")
    with caplog.at_level(logging.WARNING, logger="fhir_adapter"):
        RetryPolicy(sleep=clock.sleep, clock=clock).run(Attempts(busy(2.0), lost))
    fields = [vars(record)["fields"] for record in caplog.records]
    assert fields == [
        {
            "action": "search Observation",
            "status": 503,
            "attempt": 1,
            "wait_seconds": 2.0,
            "reason": "the server is overloaded or in maintenance",
        },
        {
            "action": "create ResearchSubject",
            "status": None,
            "attempt": 2,
            "wait_seconds": 2.0,
            "reason": "no connection, or it broke before the answer was complete",
        },
    ]
