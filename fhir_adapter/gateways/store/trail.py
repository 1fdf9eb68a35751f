"""The audit trail and the review items: what waits for a person and what persons did.

Knows: their tables, sealing. Does not know: who decides what.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from fhir_adapter.domain.review import ItemState, ReviewItem
from fhir_adapter.domain.source import HospitalId, PersonKey, SubjectId
from fhir_adapter.errors import InvariantError
from fhir_adapter.gateways.store.database import utc_text
from fhir_adapter.gateways.store.identity import Keeper, seal, secrets_of, unseal
from fhir_adapter.gateways.store.secret_texts import Secrets
from fhir_adapter.gateways.store.stored_types import AUDIT, ITEMS
from fhir_adapter.gateways.store.trial_schema import audit, review_item, subject
from fhir_adapter.ports.rows import AuditEntry


@dataclass(frozen=True, slots=True)
class Owner:
    """The subject a transaction writes about, and how its texts are sealed."""

    row: Any
    keeper: Keeper
    secrets: Secrets

    def columns(self, at: datetime) -> dict[str, Any]:
        """Give the columns every row about the subject has."""
        return {
            "trial": self.row.trial,
            "hospital": self.row.hospital,
            "subject": self.row.subject,
            "recorded_at": utc_text(at),
        }

    def seal(self, connection: Connection, text: str) -> str:
        """Keep what identifies the patient apart from a text."""
        return seal(connection, self.keeper, text, self.secrets)


def find_owner(connection: Connection, subject_id: SubjectId, run: str, at: datetime) -> Owner:
    """Find the subject a transaction writes about.

    Args:
        connection: A writing transaction.
        subject_id: The subject.
        run: 0..1 as text; the run that writes.
        at: When.

    Returns:
        Its row and how to seal its texts.

    Raises:
        InvariantError: The subject is not known.
    """
    row = connection.execute(select(subject).where(subject.c.subject == subject_id)).one_or_none()
    if row is None:
        raise InvariantError(f"the store does not know the subject {subject_id}")
    person = PersonKey(row.person)
    keeper = Keeper(HospitalId(row.hospital), person, run, at)
    return Owner(row, keeper, secrets_of(connection, person))


def append_audit(
    connection: Connection, hospital: HospitalId, entries: Iterable[AuditEntry], *, trial: str = ""
) -> None:
    """Append lines to the audit trail, in the transaction of what they tell; `trial` of lines about no subject."""
    for entry in entries:
        columns = {"trial": trial, "hospital": hospital, "subject": None, "recorded_at": utc_text(entry.at)}
        text = AUDIT.text(entry)
        if entry.subject is not None:
            owner = find_owner(connection, entry.subject, "", entry.at)
            columns, text = owner.columns(entry.at), owner.seal(connection, text)
        connection.execute(insert(audit), columns | {"who": entry.who, "action": entry.action, "payload": text})


def audit_entries(connection: Connection, subject_id: SubjectId | None) -> tuple[AuditEntry, ...]:
    """Give the audit trail, of one subject or of all, oldest first."""
    query = select(audit.c.payload).order_by(audit.c.no)
    if subject_id is not None:
        query = query.where(audit.c.subject == subject_id)
    texts = unseal(connection, list(connection.execute(query).scalars()))
    return tuple(AUDIT.value(text) for text in texts)


def open_items(connection: Connection, owner: Owner, items: Iterable[ReviewItem], at: datetime) -> None:
    """Open review items; one open under the same id is replaced where it asks something else."""
    for item in items:
        standing = _open_item(connection, item.id)
        if standing is not None and replace(standing, opened_at=item.opened_at) == item:
            continue
        close_items(connection, [item.id], ItemState.REPLACED, at)
        columns = {
            "id": item.id,
            "kind": item.kind.value,
            "state": ItemState.OPEN.value,
            "payload": owner.seal(connection, ITEMS.text(item)),
        }
        connection.execute(insert(review_item), owner.columns(at) | columns)


def close_items(connection: Connection, ids: Sequence[str], state: ItemState, at: datetime) -> int:
    """Close open review items; gives how many were open."""
    if not ids:
        return 0
    table = review_item.c
    close = update(review_item).where(table.id.in_(ids), table.state == ItemState.OPEN.value)
    return int(connection.execute(close.values(state=state.value, closed_at=utc_text(at))).rowcount)


def review_items(connection: Connection, *conditions: Any) -> tuple[ReviewItem, ...]:
    """Give the review items that meet the conditions, oldest first."""
    query = select(review_item.c.payload, review_item.c.state).where(*conditions).order_by(review_item.c.no)
    rows = list(connection.execute(query))
    texts = unseal(connection, [row.payload for row in rows])
    return tuple(
        replace(ITEMS.value(text), state=ItemState(row.state)) for row, text in zip(rows, texts, strict=True)
    )


def _open_item(connection: Connection, item_id: str) -> ReviewItem | None:
    found = review_items(connection, review_item.c.id == item_id, review_item.c.state == ItemState.OPEN.value)
    return found[-1] if found else None
