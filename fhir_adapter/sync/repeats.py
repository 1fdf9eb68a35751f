"""Repeats within one run, found with a few bytes per version.

Knows: fingerprints of versions seen. Does not know: what a version holds.
"""

from __future__ import annotations

from array import array

from fhir_adapter.domain.source import ResourceVersion
from fhir_adapter.ports.store import FactStore

_FIRST_SLOTS = 1 << 12
_MASK = (1 << 64) - 1


class Fingerprints:
    """A set of 64-bit numbers in 8 bytes a slot; a set of Python integers takes ten times as much.

    Open addressing, at most half full. Zero marks a free slot, so zero itself is kept as one.
    """

    def __init__(self) -> None:
        """Begin empty."""
        self._slots = array("Q", bytes(8 * _FIRST_SLOTS))
        self._last = _FIRST_SLOTS - 1
        self._count = 0

    def add(self, number: int) -> bool:
        """Add a number; False if it was there before."""
        number = number & _MASK or 1
        slots, last = self._slots, self._last
        slot = number & last
        while found := slots[slot]:
            if found == number:
                return False
            slot = (slot + 1) & last
        slots[slot] = number
        self._count += 1
        if 2 * self._count > last:
            self._grow()
        return True

    def _grow(self) -> None:
        kept = self._slots
        self._slots = array("Q", bytes(16 * len(kept)))
        self._last = len(self._slots) - 1
        self._count = 0
        for number in kept:
            if number:
                self.add(number)


class Repeats:
    """Says whether an identical version was already read in this run.

    A new fingerprint proves that it was not. A known one may be another version's: then what still waits to
    be saved and the store, which holds every version read before, decide, so that nothing is ever lost.
    """

    def __init__(self, facts: FactStore, reading_digest: str) -> None:
        """Begin a run with nothing seen."""
        self._facts = facts
        self._digest = reading_digest
        self._seen = Fingerprints()
        self._unsaved: set[tuple[str, str, str]] = set()

    def is_repeat(self, version: ResourceVersion) -> bool:
        """Remember a version, and say whether this run has read it before."""
        key = (version.content, version.version, version.id)  # equal content says that the type is equal too
        is_new = self._seen.add(hash(key))
        if not is_new and (key in self._unsaved or self._facts.holds(version, reading_digest=self._digest)):
            return True
        self._unsaved.add(key)
        return False

    def saved(self) -> None:
        """Learn that everything read so far is in the store."""
        self._unsaved.clear()
