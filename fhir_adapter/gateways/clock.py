"""The time of this machine.

Knows: the operating system's clock. Does not know: hospitals and their zones.
"""

from __future__ import annotations

from datetime import UTC, datetime


class SystemClock:
    """The one place that asks the operating system for the time."""

    def now(self) -> datetime:
        """Give the time now, aware, in UTC."""
        return datetime.now(tz=UTC)  # noqa: TID251 - this is the Clock port's real side
