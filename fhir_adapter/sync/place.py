"""Bring one resource to the hospital: find, create or merge, and what to do when the answer is lost.

Knows: the order of looking up and writing, one re-read after a conflict. Does not know: outbox, receipts'
storage, review items.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from fhir_adapter.domain.writeback import Body, Merge, WriteIntent, WriteReceipt, merge_three_way, without_elements
from fhir_adapter.errors import ConflictError, RetryableTransportError
from fhir_adapter.ports.sink import HospitalSink, StoredResource

ANYWAY = "*"
"""In an intent's override: a person decided that it is to be tried again although it failed."""


class Outcome(StrEnum):
    """How bringing one resource to the hospital ended."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    SEVERAL = "several"
    GONE = "gone"
    CHANGED_MEANWHILE = "changed-meanwhile"


CONFLICTS = frozenset({Outcome.SEVERAL, Outcome.GONE, Outcome.CHANGED_MEANWHILE})
"""Outcomes in which nothing was written and a person must decide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """How it ended.

    Attributes:
        stored: 0..1; the resource as the hospital holds it now; None in a conflict.
        kept: 0..*; elements in which somebody else's edit stands.
        wrote: True where this intent made the version that stands, now or in a run that died before it knew.
    """

    outcome: Outcome
    stored: StoredResource | None = None
    kept: tuple[str, ...] = ()
    wrote: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """What is to stand at the hospital.

    Attributes:
        body: The elements we own, references resolved.
        receipt: 0..1; what the hospital stored after our last write, references of `owned` resolved.
        automatic: The adapter's own statuses in rising order.
    """

    sink: HospitalSink
    intent: WriteIntent
    body: Body
    receipt: WriteReceipt | None
    automatic: tuple[str, ...] = ()

    def current(self) -> tuple[StoredResource, ...]:
        """Look our resource up: by id where we know it, else by identifier."""
        if self.receipt is not None:
            read = self.sink.read(self.intent.resource_type, self.receipt.resource_id)
            if read is not None:
                return (read,)
        return self.sink.find(self.intent.resource_type, self.intent.identifier)

    def merge(self, current: StoredResource) -> Merge:
        """Bring our elements into what stands there."""
        override = self.intent.override
        if self.receipt is None:
            return merge_three_way(None, current.body, self._adopted(current.body), self.body, override=override)
        kept = self.receipt.kept
        owned = without_elements(self.receipt.owned, kept)
        return merge_three_way(self.receipt.body, current.body, owned, self.body, override=override, kept=kept)

    def agrees_with(self, found: StoredResource) -> bool:
        """Say whether what stands there already says all of ours."""
        merge = self.merge(found)
        return not merge.changed and not merge.kept

    def _adopted(self, found: Body) -> Body:
        """Without a receipt nothing found counts as ours, but for an earlier one of our own statuses."""
        now, ours = found.get("status"), self.body.get("status")
        known = now in self.automatic and ours in self.automatic
        return {"status": now} if known and self.automatic.index(now) < self.automatic.index(ours) else {}

    def place(self) -> Placed:
        """Write what has to be written; at most one second attempt.

        Returns:
            The outcome.

        Raises:
            TransportError: The hospital could not be reached; whether it wrote is looked up by the next run.
        """
        found = self.current()
        if len(found) > 1:
            return Placed(outcome=Outcome.SEVERAL)
        if found:
            return self._bring_in(found[0])
        if self.receipt is not None and ANYWAY not in self.intent.override:
            return Placed(outcome=Outcome.GONE)
        return self._create()

    def _create(self) -> Placed:
        try:
            stored = self._create_or_find()
        except ConflictError:
            return Placed(outcome=Outcome.SEVERAL)
        if stored is None:
            return Placed(outcome=Outcome.SEVERAL)
        if stored.body.get("status") == self.body.get("status"):  # a server may write the rest in its own way
            return Placed(outcome=Outcome.CREATED, stored=stored, wrote=True)
        return self._bring_in(stored)

    def _create_or_find(self) -> StoredResource | None:
        """Create; where the answer is lost, look before writing again. None = there are several."""
        intent = self.intent
        try:
            return self.sink.create(self.body, intent.identifier)
        except RetryableTransportError:
            found = self.sink.find(intent.resource_type, intent.identifier)
            if len(found) > 1:
                return None
            return found[0] if found else self.sink.create(self.body, intent.identifier)

    def _bring_in(self, current: StoredResource) -> Placed:
        merge = self.merge(current)
        if not merge.changed:
            return self._as_it_stands(current, merge)
        try:
            stored = self.sink.update(current.id, merge.body, current)
        except (ConflictError, RetryableTransportError):
            return self._bring_in_again(current)
        return Placed(outcome=Outcome.UPDATED, stored=stored, kept=merge.kept, wrote=True)

    def _bring_in_again(self, before: StoredResource) -> Placed:
        """Re-read and re-plan once: somebody else changed it, or our own answer was lost."""
        current = self.sink.read(self.intent.resource_type, before.id)
        if current is None:
            return Placed(outcome=Outcome.GONE)
        merge = self.merge(current)
        if not merge.changed:
            wrote = current.version != before.version
            return Placed(
                outcome=Outcome.UPDATED if wrote else Outcome.UNCHANGED,
                stored=current,
                kept=merge.kept,
                wrote=wrote,
            )
        try:
            stored = self.sink.update(current.id, merge.body, current)
        except ConflictError:
            return Placed(outcome=Outcome.CHANGED_MEANWHILE, stored=None)
        return Placed(outcome=Outcome.UPDATED, stored=stored, kept=merge.kept, wrote=True)

    def _as_it_stands(self, current: StoredResource, merge: Merge) -> Placed:
        """Nothing to write. Without a newer receipt it was a run that died after writing that made it so."""
        known = self.receipt.version if self.receipt is not None else None
        wrote = not merge.kept and (self.receipt is None or current.version != known)
        return Placed(outcome=Outcome.UNCHANGED, stored=current, kept=merge.kept, wrote=wrote)
