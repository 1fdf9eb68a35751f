"""A clock that stands still until it is told to go on; neither UTC nor midnight."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

ANY_MORNING = datetime(2026, 3, 11, 9, 30, tzinfo=ZoneInfo("Europe/Berlin"))


class FixedClock:
    """The Clock port for tests; `sleep` moves it instead of waiting."""

    def __init__(self, now: datetime = ANY_MORNING) -> None:
        self._now = now
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self._now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self._now += timedelta(seconds=seconds)
