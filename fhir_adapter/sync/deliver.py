"""Deliver what is waiting in the outbox, once, or show what would be delivered.

Knows: intents, receipts, what a person must be asked. Does not know: HTTP, files, any rule of the trial.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from fhir_adapter.domain.digests import digest_of
from fhir_adapter.domain.outgoing import SourceVersion
from fhir_adapter.domain.protocol import Trial
from fhir_adapter.domain.review import ItemKind, ItemState, ReviewItem, item_id
from fhir_adapter.domain.source import SubjectId
from fhir_adapter.domain.writeback import (
    Body,
    IntentState,
    WriteIntent,
    WriteReceipt,
    list_differences,
)
from fhir_adapter.domain.writeback_list import stands_at
from fhir_adapter.events import Event, log
from fhir_adapter.ports.clock import Clock
from fhir_adapter.ports.hospital import HospitalTraits
from fhir_adapter.ports.rows import Settlement
from fhir_adapter.ports.sink import HospitalSink, StoredResource
from fhir_adapter.ports.store import Store
from fhir_adapter.r4.outgoing_reference import conditional_reference, replace_references
from fhir_adapter.sync.delivered import Delivered, Difference, receipt_of
from fhir_adapter.sync.place import ANYWAY, Outcome, Placed, Placement
from fhir_adapter.sync.plan_writes import ADVERSE_EVENT, CARE_PLAN, STUDY, STUDY_BOUND, SUBJECT
from fhir_adapter.sync.provenance import (
    PROVENANCE,
    event_sources,
    plan_provenance,
    record_sources,
    treatment_sources,
)

_NOT_OURS = frozenset({"resourceType", "identifier"})


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverRequest:
    """What one delivery is for.

    Attributes:
        write: True only where the hospital enabled writes and the caller asked for them.
        closed: Subjects about whom nothing automatic is written any more.
        withdrawn: Subjects who withdrew consent: nothing clinical is written, whoever decided it before.
        progress: Told the number of intents after each one.
    """

    run: str
    trial: Trial
    traits: HospitalTraits
    write: bool
    closed: frozenset[SubjectId] = frozenset()
    withdrawn: frozenset[SubjectId] = frozenset()
    progress: Callable[[int], None] = field(default=lambda _count: None)


def run_deliver(store: Store, sink: HospitalSink, clock: Clock, request: DeliverRequest) -> Delivered:
    """Bring every waiting intent to the hospital, dependencies first; or, in a dry run, only look.

    Args:
        store: Outbox, receipts, records.
        sink: Where resources are written.
        clock: The time deliveries are recorded at.
        request: For which hospital and trial, and whether to write.

    Returns:
        Counts, and in a dry run the differences in the elements we own.

    Raises:
        TransportError: The hospital could not be reached; what is not settled stays waiting.

    Source:
        design architecture, steps 7 and 8; design contracts, Writing.
    """
    return _Delivery(store, sink, clock, request).run()


class _Delivery:
    """The state of one delivery."""

    def __init__(self, store: Store, sink: HospitalSink, clock: Clock, request: DeliverRequest) -> None:
        self.store = store
        self.sink = sink
        self.clock = clock
        self.request = request
        self.delivered = Delivered()
        self.references: Mapping[str, str] = {}
        items = store.records.review_items(request.trial.id, open_only=False)
        self.asked = {item.id for item in items if item.state is not ItemState.REPLACED}

    def run(self) -> Delivered:
        """Take what waits, and what follows from it."""
        waiting = deque(self.store.outbox.pending(self.request.trial.id, self.request.traits.id))
        count = 0
        while waiting:
            intent = waiting.popleft()
            waiting.extend(self._take(intent))
            count += 1
            self.request.progress(count)
        return self.delivered

    def _take(self, intent: WriteIntent) -> tuple[WriteIntent, ...]:
        is_provenance = intent.resource_type == PROVENANCE
        is_closed = not is_provenance and self._is_closed(intent)
        if not self.request.write:
            if not is_closed and not is_provenance:
                self._preview(intent)
            return ()
        if is_closed:
            self._settle(Settlement(hospital=self.request.traits.id, intent=intent, state=IntentState.REPLACED))
            return ()
        if intent.resource_type in STUDY_BOUND and not self._references():
            return ()  # its study is not at the hospital yet: the next run tries again
        return self._deliver(self._placement(intent))

    def _is_closed(self, intent: WriteIntent) -> bool:
        """Say whether the subject is closed, or the plan lost its dates since it was planned."""
        if intent.by is not None:
            return intent.resource_type == ADVERSE_EVENT and intent.subject in self.request.withdrawn
        if intent.subject is None or intent.subject in self.request.closed:
            return intent.subject is not None
        stored = self.store.records.latest_treatment(intent.subject) if intent.resource_type == CARE_PLAN else None
        return stored is not None and stored.record.day_zero is None

    def _placement(self, intent: WriteIntent) -> Placement:
        """Resolve what the intent refers to."""
        receipt = self._receipt(intent.resource_type, intent.identifier)
        references = self._references()
        if receipt is not None:
            receipt = replace(receipt, owned=replace_references(receipt.owned, references))
        return Placement(
            sink=self.sink,
            intent=intent,
            body=replace_references(intent.body, references),
            receipt=receipt,
            automatic=self.request.trial.participation.automatic,
        )

    def _references(self) -> Mapping[str, str]:
        """Conditional reference to the study -> its reference at the hospital, once that is known."""
        study = self.request.trial.study
        identifier = (study.identifier_system, study.identifier_value)
        if not self.references and (receipt := self._receipt(STUDY, identifier)) is not None:
            self.references = {conditional_reference(STUDY, identifier): f"{STUDY}/{receipt.resource_id}"}
        return self.references

    def _receipt(self, resource_type: str, identifier: tuple[str, str]) -> WriteReceipt | None:
        return self.store.outbox.receipt(self.request.traits.id, resource_type, identifier)

    def _preview(self, intent: WriteIntent) -> None:
        placement = self._placement(intent)
        found = placement.current()
        current = found[0] if len(found) == 1 else None
        merged: Body = placement.body
        if current is not None:
            merged = current.body if self._adopt(placement) is not None else placement.merge(current).body
        self.delivered.dry_run += 1
        self.delivered.differences.append(
            Difference(
                subject=intent.subject,
                resource_type=intent.resource_type,
                resource_id=current.id if current is not None else None,
                elements=list_differences(current.body if current is not None else None, merged, placement.body),
            )
        )

    def _deliver(self, placement: Placement) -> tuple[WriteIntent, ...]:
        intent = placement.intent
        adopted = self._adopt(placement)
        placed = adopted if adopted is not None else placement.place()
        self._count(intent, placed)
        if placed.stored is None:
            self._ask_or_wait(intent, placed)
            return ()
        follow_up = self._follow_up(placement, placed, placed.stored)
        item = self._edit_item(intent, placed, placed.stored) if placed.kept and adopted is None else None
        self._settle(
            Settlement(
                hospital=self.request.traits.id,
                intent=intent,
                state=IntentState.DELIVERED,
                receipt=receipt_of(intent, placed.stored, placed.kept),
                follow_up=follow_up,
                item=item if item is not None and item.id not in self.asked else None,
            )
        )
        return follow_up

    def _adopt(self, placement: Placement) -> Placed | None:
        """Take a study the hospital made itself as it is: only our own resources are ever changed."""
        if placement.intent.resource_type != STUDY:
            return None
        everything = tuple(sorted(set(placement.body) - _NOT_OURS))
        receipt = placement.receipt
        if receipt is not None and receipt.kept != everything:
            return None
        found = placement.current()
        if len(found) != 1 or (receipt is None and placement.agrees_with(found[0])):
            return None
        return Placed(outcome=Outcome.UNCHANGED, stored=found[0], kept=everything)

    def _follow_up(self, placement: Placement, placed: Placed, stored: StoredResource) -> tuple[WriteIntent, ...]:
        intent = placement.intent
        if not placed.wrote or intent.resource_type == PROVENANCE or not self.request.traits.provenance:
            return ()
        return (
            plan_provenance(
                intent,
                stored,
                self._sources(intent),
                people=self.request.traits.people,
                is_new=placement.receipt is None,
                at=self.clock.now(),
            ),
        )

    def _sources(self, intent: WriteIntent) -> tuple[SourceVersion, ...]:
        """Name what the record rests on that the intent was planned from, as long as it is the latest."""
        if intent.subject is None or intent.record is None:
            return ()
        records = self.store.records
        if intent.resource_type == CARE_PLAN:
            given = records.latest_treatment(intent.subject)
            is_latest = given is not None and given.record.evidence_digest == intent.record
            return treatment_sources(given.record) if given is not None and is_latest else ()
        if intent.resource_type == ADVERSE_EVENT:
            safety = records.latest_safety(intent.subject)
            is_latest = safety is not None and safety.record.evidence_digest == intent.record
            return event_sources(safety.record, intent.identifier[1]) if safety is not None and is_latest else ()
        latest = records.latest_record(intent.subject)
        is_latest = latest is not None and latest.record.evidence_digest == intent.record
        return record_sources(latest.record) if latest is not None and is_latest else ()

    def _count(self, intent: WriteIntent, placed: Placed) -> None:
        log(
            Event.WRITE_DELIVERED,
            run=self.request.run,
            subject=intent.subject,
            resource_type=intent.resource_type,
            outcome=placed.outcome,
            intent=intent.id,
        )
        self.delivered.count(intent.resource_type, placed.outcome)

    def _ask_or_wait(self, intent: WriteIntent, placed: Placed) -> None:
        """Ask a person about a subject's resource; the study and Provenance are tried again by the next run."""
        if intent.subject is None or intent.resource_type == PROVENANCE:
            return
        seen = digest_of(placed.outcome, intent.id)
        item = self._item(intent, placed.outcome, seen, ANYWAY)
        self._settle(
            Settlement(hospital=self.request.traits.id, intent=intent, state=IntentState.FOR_REVIEW, item=item)
        )

    def _edit_item(self, intent: WriteIntent, placed: Placed, stored: StoredResource) -> ReviewItem | None:
        if intent.subject is None:
            return None
        self.delivered.for_review += 1
        theirs = [stands_at(stored.body, path) for path in placed.kept]
        # an item about a ResearchSubject keeps the id it had before there were other resources of a subject
        other = () if intent.resource_type == SUBJECT else (intent.resource_type, *_event_of(intent).values())
        return self._item(intent, "edited", digest_of(list(placed.kept), theirs, *other), " ".join(placed.kept))

    def _item(self, intent: WriteIntent, asked: str, seen: str, elements: str) -> ReviewItem:
        subject = intent.subject or SubjectId("")
        return ReviewItem(
            id=item_id(ItemKind.WRITE_CONFLICT, self.request.trial.id, subject, asked, seen),
            kind=ItemKind.WRITE_CONFLICT,
            trial=self.request.trial.id,
            subject=subject,
            asked=asked,
            digest=seen,
            opened_at=self.clock.now(),
            details={"resource": intent.resource_type, "elements": elements, **_event_of(intent)},
        )

    def _settle(self, settlement: Settlement) -> None:
        self.store.outbox.settle(self.request.run, settlement, at=self.clock.now())


def _event_of(intent: WriteIntent) -> dict[str, str]:
    """A subject has several adverse events: a question names the one it is about."""
    return {"event": intent.identifier[1]} if intent.resource_type == ADVERSE_EVENT else {}
