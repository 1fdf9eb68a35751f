"""Several slow iterators worked on at a time, their items given in the order of the iterators.

Knows: threads, bounded queues. Does not know: what the items are.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from queue import Full, Queue
from threading import Event
from typing import Generic, TypeVar

T = TypeVar("T")

_PAGES_AHEAD = 2
_LOOK_UP_SECONDS = 0.1


class _Lane(Generic[T]):
    """One iterator on its way: its items wait here, at most a few."""

    def __init__(self, start: Callable[[], Iterator[T]], stopped: Event) -> None:
        self._start = start
        self._stopped = stopped
        self._queue: Queue[tuple[T] | BaseException | None] = Queue(maxsize=_PAGES_AHEAD)

    def work(self) -> None:
        try:
            for item in self._start():
                if not self._put((item,)):
                    return
        except BaseException as error:  # noqa: BLE001 - handed to the reader of the lane, who raises it
            self._put(error)
        else:
            self._put(None)

    def items(self) -> Iterator[T]:
        while (item := self._queue.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item[0]

    def _put(self, item: tuple[T] | BaseException | None) -> bool:
        while not self._stopped.is_set():
            try:
                self._queue.put(item, timeout=_LOOK_UP_SECONDS)
            except Full:
                continue
            return True
        return False


def read_ahead(starts: Iterable[Callable[[], Iterator[T]]], *, workers: int) -> Iterator[T]:
    """Work on several iterators at a time and give their items one iterator after the other.

    Memory stays bounded: each iterator may be a few items ahead, and only the next few iterators are started.

    Args:
        starts: 0..*; each makes one iterator, which lives in one thread.
        workers: How many are worked on at a time.

    Yields:
        The items of the first iterator, then of the second, and so on.

    Raises:
        BaseException: Whatever an iterator raised, when its turn comes.

    >>> list(read_ahead([lambda: iter("ab"), lambda: iter("c")], workers=2))
    ['a', 'b', 'c']
    """
    stopped = Event()
    remaining = iter(starts)
    lanes: deque[_Lane[T]] = deque()
    pool = ThreadPoolExecutor(max_workers=workers, thread_name_prefix="source")

    def start_next() -> None:
        for start in remaining:
            lane = _Lane(start, stopped)
            lanes.append(lane)
            pool.submit(lane.work)
            return

    try:
        for _ in range(workers):
            start_next()
        while lanes:
            yield from lanes[0].items()
            lanes.popleft()
            start_next()
    finally:
        stopped.set()
        pool.shutdown(wait=True, cancel_futures=True)
