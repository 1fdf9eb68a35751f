"""The time of this machine, and a time that stands still.

Knows: the operating system's clock. Does not know: hospitals and their zones.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime


class SystemClock:
    """The one place that asks the operating system for the time."""

    def now(self) -> datetime:
        """Give the time now, aware, in UTC."""
        return datetime.now(tz=UTC)  # noqa: TID251 - this is the Clock port's real side


@dataclass(frozen=True, slots=True)
class StandingClock:
    """A clock that stands at a moment: what was decided then is recorded as of then.

    Attributes:
        moment: Aware.
    """

    moment: datetime

    def now(self) -> datetime:
        """Give the moment."""
        return self.moment
