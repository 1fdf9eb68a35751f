"""What stood before and what stands now: the smallest piece of a comparison."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pair:
    """What stood before and what stands now; None = nothing."""

    old: str | None
    new: str | None

    @property
    def is_changed(self) -> bool:
        """Say whether both differ."""
        return self.old != self.new
