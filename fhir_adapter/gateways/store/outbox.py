"""The Outbox port on SQL.

Knows: which intents replace or repeat others, in which order they go. Does not know: HTTP, what is in a body.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, insert, select, update

from fhir_adapter.domain.source import HospitalId, TrialId
from fhir_adapter.domain.writeback import IntentState, WriteIntent, WriteReceipt
from fhir_adapter.errors import InvariantError
from fhir_adapter.gateways.store.database import Database, utc_text
from fhir_adapter.gateways.store.stored_types import INTENTS, RECEIPTS
from fhir_adapter.gateways.store.trail import find_owner, open_items
from fhir_adapter.gateways.store.trial_schema import intent as intents_table
from fhir_adapter.gateways.store.trial_schema import receipt as receipts_table
from fhir_adapter.ports.rows import Settlement


@dataclass(frozen=True, slots=True)
class Queue:
    """Where and when intents are queued."""

    trial: TrialId
    hospital: HospitalId
    run: str
    at: datetime


class SqlOutbox:
    """Keeps what is still to be written and what was."""

    def __init__(self, database: Database) -> None:
        """Take the database; its tables exist."""
        self._database = database

    def pending(self, trial: TrialId, hospital: HospitalId) -> tuple[WriteIntent, ...]:
        """Give intents still to be delivered, dependencies first, else in the order they were queued."""
        table = intents_table.c
        query = (
            select(table.payload)
            .where(table.trial == trial, table.hospital == hospital, table.state == IntentState.PENDING.value)
            .order_by(table.no)
        )
        with self._database.reading() as connection:
            return in_order(INTENTS.value(text) for text in connection.execute(query).scalars())

    def receipt(
        self, hospital: HospitalId, resource_type: str, identifier: tuple[str, str]
    ) -> WriteReceipt | None:
        """Give the last receipt for our resource at this hospital."""
        table = receipts_table.c
        query = (
            select(table.payload)
            .where(*_resource(table, hospital, resource_type, identifier))
            .order_by(table.no.desc())
            .limit(1)
        )
        with self._database.reading() as connection:
            text = connection.execute(query).scalar_one_or_none()
        return None if text is None else RECEIPTS.value(text)

    def settle(self, run: str, settlement: Settlement, *, at: datetime) -> None:
        """Record how a delivery ended, with its receipt, follow-up (Provenance) or review item, at once.

        Args:
            run: The run that delivered.
            settlement: How it ended.
            at: When.

        Raises:
            InvariantError: The intent is not pending.
        """
        table = intents_table.c
        waiting = (
            table.hospital == settlement.hospital,
            table.id == settlement.intent.id,
            table.state == IntentState.PENDING.value,
        )
        with self._database.writing() as connection:
            row = connection.execute(select(table.trial, table.hospital).where(*waiting)).first()
            if row is None:
                raise InvariantError("an intent was settled that is not pending")
            connection.execute(
                update(intents_table).where(*waiting).values(state=settlement.state.value, settled_at=utc_text(at))
            )
            queue = Queue(TrialId(row.trial), settlement.hospital, run, at)
            if settlement.receipt is not None:
                _insert_receipt(connection, queue, settlement.receipt)
            queue_intents(connection, queue, settlement.follow_up)
            if settlement.item is not None:
                owner = find_owner(connection, settlement.item.subject, run, at)
                open_items(connection, owner, [settlement.item], at)


def queue_intents(
    connection: Connection, queue: Queue, intents: Iterable[WriteIntent], *, again: bool = False
) -> None:
    """Queue intents in the caller's transaction.

    One equal to the last for its resource is not queued again, unless that one was replaced; a different one
    replaces those pending.

    Args:
        connection: A writing transaction.
        queue: Where and when.
        intents: 0..*.
        again: True queues also what waits for review, because a person decided.
    """
    table = intents_table.c
    repeats = {IntentState.PENDING.value, IntentState.DELIVERED.value}
    if not again:
        repeats.add(IntentState.FOR_REVIEW.value)
    for wanted in intents:
        same = _resource(table, queue.hospital, wanted.resource_type, wanted.identifier)
        last = connection.execute(
            select(table.id, table.state).where(*same).order_by(table.no.desc()).limit(1)
        ).one_or_none()
        if last is not None and last.id == wanted.id and last.state in repeats:
            continue
        connection.execute(
            update(intents_table)
            .where(*same, table.state == IntentState.PENDING.value)
            .values(state=IntentState.REPLACED.value, settled_at=utc_text(queue.at))
        )
        columns = {"id": wanted.id, "state": IntentState.PENDING.value, "payload": INTENTS.text(wanted)}
        connection.execute(insert(intents_table), _columns(queue, wanted) | columns)


def in_order(intents: Iterable[WriteIntent]) -> tuple[WriteIntent, ...]:
    """Put intents after those they depend on, else leave them as they are.

    Args:
        intents: 0..*; each id once.

    Returns:
        The same intents; dependencies that are not among them are ignored.
    """
    waiting: dict[str, WriteIntent] = {intent.id: intent for intent in intents}
    ordered: dict[str, WriteIntent] = {}

    def place(intent: WriteIntent) -> None:
        if waiting.pop(intent.id, None) is None:
            return
        for dependency in intent.depends_on:
            if dependency in waiting:
                place(waiting[dependency])
        ordered[intent.id] = intent

    for intent in list(waiting.values()):
        place(intent)
    return tuple(ordered.values())


def _insert_receipt(connection: Connection, queue: Queue, receipt: WriteReceipt) -> None:
    connection.execute(insert(receipts_table), _columns(queue, receipt) | {"payload": RECEIPTS.text(receipt)})


def _columns(queue: Queue, about: WriteIntent | WriteReceipt) -> dict[str, Any]:
    system, value = about.identifier
    return {
        "trial": queue.trial,
        "hospital": queue.hospital,
        "subject": about.subject,
        "resource_type": about.resource_type,
        "identifier_system": system,
        "identifier_value": value,
        "run": queue.run,
        "recorded_at": utc_text(queue.at),
    }


def _resource(
    table: Any, hospital: HospitalId, resource_type: str, identifier: tuple[str, str]
) -> tuple[ColumnElement[bool], ...]:
    system, value = identifier
    return (
        table.hospital == hospital,
        table.identifier_value == value,
        table.identifier_system == system,
        table.resource_type == resource_type,
    )
