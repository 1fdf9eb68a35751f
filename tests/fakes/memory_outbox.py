"""The Outbox port in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from fhir_adapter.domain.source import HospitalId, TrialId
from fhir_adapter.domain.writeback import IntentState, WriteIntent, WriteReceipt
from fhir_adapter.errors import InvariantError
from fhir_adapter.ports.rows import Settlement
from tests.fakes.memory import Memory
from tests.fakes.memory_records import open_item, queue


class MemoryOutbox:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def pending(self, trial: TrialId, hospital: HospitalId) -> tuple[WriteIntent, ...]:
        waiting = [
            queued.intent
            for queued in self._memory.intents
            if (queued.trial, queued.hospital, queued.state) == (trial, hospital, IntentState.PENDING)
        ]
        return tuple(
            {step.id: step for intent in waiting for step in _with_dependencies(intent, waiting)}.values()
        )

    def receipt(
        self, hospital: HospitalId, resource_type: str, identifier: tuple[str, str]
    ) -> WriteReceipt | None:
        found = [
            receipt
            for where, receipt in self._memory.receipts
            if (where, receipt.resource_type, receipt.identifier) == (hospital, resource_type, identifier)
        ]
        return found[-1] if found else None

    def settle(self, run: str, settlement: Settlement, *, at: datetime) -> None:
        wanted = (settlement.intent.id, settlement.hospital, IntentState.PENDING)
        found = [
            queued
            for queued in self._memory.intents
            if (queued.intent.id, queued.hospital, queued.state) == wanted
        ]
        if not found:
            raise InvariantError("an intent was settled that is not pending")
        if settlement.item is not None and settlement.item.subject not in self._memory.subjects:
            raise InvariantError("the store does not know the subject")
        found[0].state = settlement.state
        if settlement.receipt is not None:
            self._memory.receipts.append((settlement.hospital, settlement.receipt))
        queue(self._memory, found[0].trial, settlement.hospital, settlement.follow_up, again=False)
        if settlement.item is not None:
            open_item(self._memory, settlement.item)


def _with_dependencies(intent: WriteIntent, waiting: Sequence[WriteIntent]) -> Iterator[WriteIntent]:
    for other in waiting:
        if other.id in intent.depends_on:
            yield from _with_dependencies(other, waiting)
    yield intent
