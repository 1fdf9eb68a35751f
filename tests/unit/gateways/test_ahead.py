from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial

import pytest

from fhir_adapter.gateways.ahead import read_ahead


def numbers(start: int, count: int) -> Iterator[int]:
    yield from range(start, start + count)


def test_items_come_in_the_order_of_the_iterators() -> None:
    starts = [partial(numbers, n * 10, 5) for n in range(7)]
    assert list(read_ahead(starts, workers=3)) == [n * 10 + k for n in range(7) for k in range(5)]


def test_no_more_iterators_run_at_a_time_than_there_are_workers() -> None:
    lock = threading.Lock()
    running: list[int] = []
    most: list[int] = []

    def slow(number: int) -> Iterator[int]:
        with lock:
            running.append(number)
            most.append(len(running))
        yield number
        with lock:
            running.remove(number)

    starts = [partial(slow, n) for n in range(20)]
    assert list(read_ahead(starts, workers=4)) == list(range(20))
    assert max(most) <= 4


def test_an_error_is_raised_when_its_turn_comes() -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise ValueError("scripted")

    given: list[int] = []
    with pytest.raises(ValueError, match="scripted"):
        given.extend(read_ahead([lambda: numbers(0, 1), broken, lambda: numbers(5, 1)], workers=2))
    assert given == [0, 1]


def test_leaving_early_ends_the_threads() -> None:
    before = threading.active_count()
    items = read_ahead([partial(numbers, n, 1000) for n in range(9)], workers=4)
    assert next(items) == 0
    items.close()  # type: ignore[attr-defined]
    assert threading.active_count() == before


def test_nothing_to_read_gives_nothing() -> None:
    assert list(read_ahead([], workers=4)) == []
