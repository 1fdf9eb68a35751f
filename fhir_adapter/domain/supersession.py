"""Which version of a resource holds.

Knows: ordering by lastUpdated, retraction, contents that cannot be ordered. Does not know: what the facts
mean, the trial.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fhir_adapter.domain.facts import Reading


@dataclass(frozen=True, slots=True)
class Settled:
    """What holds of one resource.

    Attributes:
        current: 0..*; the reading that holds; several only where they contest each other; none where retracted.
        contested: True where two contents, or a content and a retraction, cannot be ordered.
        versions: Every version that carries the content which holds; empty where retracted or contested.
    """

    current: tuple[Reading, ...]
    contested: bool
    versions: frozenset[str]


def settle(readings: Sequence[Reading]) -> Settled:
    """Decide which reading of one resource holds.

    Versions are ordered by meta.lastUpdated alone: version ids are opaque, and most files carry none. A
    retraction voids every version at or before its own lastUpdated; a later version holds again. Equal
    contents are one content, whatever their versions. Order of the readings does not matter.

    Args:
        readings: 1..*; every reading of one resource, in any order.

    Returns:
        What holds; `contested` where lastUpdated is absent or equal and the contents differ.

    Source:
        design contracts, Facts, versions, counts.
    """
    if len(readings) == 1 and not readings[0].retracts:
        only = readings[0]
        return Settled((only,), contested=False, versions=frozenset((only.source.version,)))
    standing = [reading for reading in readings if not any(_outdates(other, reading) for other in readings)]
    contents = {reading.source.content for reading in standing if not reading.retracts}
    if not contents:
        return Settled((), contested=False, versions=frozenset())
    chosen = tuple(_newest(standing, content) for content in sorted(contents))
    if len(contents) > 1 or any(reading.retracts for reading in standing):
        return Settled(chosen, contested=True, versions=frozenset())
    same = frozenset(reading.source.version for reading in readings if reading.source.content in contents)
    return Settled(chosen, contested=False, versions=same)


def _outdates(newer: Reading, older: Reading) -> bool:
    new, old = _updated(newer), _updated(older)
    if new is None or old is None:
        return False
    return new > old or (new == old and newer.retracts and not older.retracts)


def _updated(reading: Reading) -> datetime | None:
    stamp = reading.source.last_updated
    return stamp.instant if stamp is not None else None


def _newest(standing: Sequence[Reading], content: str) -> Reading:
    same = (reading for reading in standing if reading.source.content == content and not reading.retracts)
    return max(same, key=lambda reading: (_order(reading), reading.source.version))


def _order(reading: Reading) -> float:
    updated = _updated(reading)
    return updated.timestamp() if updated is not None else float("-inf")
