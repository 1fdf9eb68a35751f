"""Events only the hospital reports keep their id, whatever is read later: judgements hang on it.

Knows: which event of the record before is which one now. Does not know: how either came about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from fhir_adapter.domain.safety_model.event_records import AdverseEventRecord, EventOrigin, EventState


def keep_identity(
    *,
    joined: Sequence[AdverseEventRecord],
    made: Sequence[AdverseEventRecord],
    gone: Sequence[AdverseEventRecord],
    previous: Sequence[AdverseEventRecord],
) -> tuple[AdverseEventRecord, ...]:
    """Give events the ids they had before.

    An event of the record before whose report is now an event of its own, or part of a derived event that was not
    there before, hands its id on. Where the derived event was there before, both say so and the reported one stays
    as dissolved. Where the report is gone, it stays as dissolved.

    Args:
        joined: 0..*; derived events, reports joined.
        made: 0..*; events only the hospital reports, with fresh ids.
        gone: 0..*; derived events that were dissolved.
        previous: 0..*; events of the record before.

    Returns:
        All of them, and the events of the record before that nothing is left of.

    Source:
        issue C: stable identity across re-runs and corrections, history kept.
    """
    keeping = _Keeping(joined, made, previous)
    standing = {each.id for each in joined}
    for old in sorted(previous, key=lambda each: (each.onset_on or date.max, each.id)):
        if old.id not in standing and old.reported:
            keeping.hand_on(old)
    events = [*keeping.joined, *keeping.made]
    taken = {each.id for each in events}
    return (*events, *(each for each in (*gone, *keeping.left) if each.id not in taken))


class _Keeping:
    def __init__(
        self,
        joined: Sequence[AdverseEventRecord],
        made: Sequence[AdverseEventRecord],
        previous: Sequence[AdverseEventRecord],
    ) -> None:
        self.joined = list(joined)
        self.made = list(made)
        self.left: list[AdverseEventRecord] = []
        self.known = {each.id for each in previous}
        self.claimed: set[int] = set()

    def hand_on(self, old: AdverseEventRecord) -> None:
        """Find who goes on as an event of the record before."""
        if old.state is EventState.DISSOLVED and old.origin is not EventOrigin.REPORTED:
            return
        place = _most_shared(old, self.made, self.claimed)
        if place is not None:
            self.claimed.add(place)
            self.made[place] = replace(self.made[place], id=old.id, lineage=old.lineage)
            return
        place = _most_shared(old, self.joined, set())
        if place is None:
            self._leave(old, "the hospital's report of it is not there any more")
            return
        event = self.joined[place]
        if event.id not in self.known:
            self.known.add(old.id)
            lineage = (*old.lineage, "results were found to its report")
            self.joined[place] = replace(event, id=old.id, lineage=lineage)
            return
        line = f"joined by {old.id}"
        if line not in event.lineage:
            self.joined[place] = replace(event, lineage=(*event.lineage, line))
        self._leave(old, f"joined to {event.id}")

    def _leave(self, old: AdverseEventRecord, line: str) -> None:
        if old.origin is not EventOrigin.REPORTED:
            return  # what its results left behind is told with the derived events
        if old.state is EventState.DISSOLVED:
            self.left.append(old)
            return
        dissolved = replace(
            old,
            state=EventState.DISSOLVED,
            resolved=None,
            resolved_on=None,
            resolved_by=None,
            lineage=(*old.lineage, line),
        )
        self.left.append(dissolved)


def _most_shared(old: AdverseEventRecord, events: Sequence[AdverseEventRecord], claimed: set[int]) -> int | None:
    references = {link.reference for link in old.reported}
    shared = [
        (len(references.intersection(link.reference for link in each.reported)), -place)
        for place, each in enumerate(events)
        if place not in claimed
    ]
    most, place = max(shared, default=(0, 0))
    return -place if most else None
