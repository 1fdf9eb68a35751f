"""The time."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The time now."""

    def now(self) -> datetime:
        """Give the time now, aware."""
        ...
