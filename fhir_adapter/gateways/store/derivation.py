"""Saving one derivation: everything it changes, in the caller's transaction.

Knows: the order of its parts. Does not know: transactions, how records are derived.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from fhir_adapter.domain.dosing.records import TreatmentRecord
from fhir_adapter.domain.records import EligibilityRecord
from fhir_adapter.domain.review import ItemState
from fhir_adapter.domain.safety_model.records import SafetyRecord
from fhir_adapter.domain.source import HospitalId, SubjectId, TrialId
from fhir_adapter.errors import InvariantError
from fhir_adapter.gateways.store.codec import Codec
from fhir_adapter.gateways.store.current import ELIGIBILITY, SAFETY, TREATMENT
from fhir_adapter.gateways.store.outbox import Queue, queue_intents
from fhir_adapter.gateways.store.stored_types import RECORDS, RESULTS, SAFETY_RECORDS, SUBJECTS, TREATMENTS
from fhir_adapter.gateways.store.trail import Owner, append_audit, close_items, open_items
from fhir_adapter.gateways.store.trial_schema import record, record_freeze, subject
from fhir_adapter.ports.rows import Derivation


def save_derivation(
    connection: Connection, owner: Owner, derivation: Derivation, at: datetime, *, decided: bool = False
) -> None:
    """Save the subject's row, records, review items, intents and audit entries.

    Args:
        connection: A writing transaction.
        owner: The subject.
        derivation: What changes.
        at: When.
        decided: True where a person's decision is its cause: intents waiting for review are queued again, and
            without a new record the subject is to be derived again.

    Raises:
        InvariantError: The status changes without an audit entry.
    """
    wanted, stored = derivation.row, owner.row
    if (wanted.status, wanted.moved) != (stored.status, stored.moved) and not derivation.audit:
        raise InvariantError("a subject's status changes without an audit entry")
    touched = decided and derivation.record is None
    values = {
        "status": wanted.status,
        "moved": wanted.moved,
        "touched": touched,
        "payload": SUBJECTS.text(wanted),
    }
    if any(getattr(stored, name) != value for name, value in values.items()):
        connection.execute(update(subject).where(subject.c.subject == wanted.subject).values(**values))
    if derivation.record is not None:
        verdict = derivation.record.verdict.value
        _add_record(connection, owner, _Kind(ELIGIBILITY, RECORDS, verdict), derivation.record, at)
    if derivation.treatment is not None:
        _add_record(connection, owner, _Kind(TREATMENT, TREATMENTS), derivation.treatment, at)
    if derivation.safety is not None:
        _add_record(connection, owner, _Kind(SAFETY, SAFETY_RECORDS), derivation.safety, at)
    close_items(connection, derivation.replaced, ItemState.REPLACED, at)
    open_items(connection, owner, derivation.opened, at)
    hospital = HospitalId(stored.hospital)
    queue = Queue(TrialId(stored.trial), hospital, owner.keeper.run, at)
    queue_intents(connection, queue, derivation.intents, again=decided)
    append_audit(connection, hospital, derivation.audit)


def add_freeze(connection: Connection, owner: Owner, at: datetime, *, frozen: bool) -> None:
    """Freeze a subject's newest record, or re-open it.

    Args:
        connection: A writing transaction.
        owner: The subject.
        at: When.
        frozen: False re-opens.

    Raises:
        InvariantError: The subject has no record.
    """
    version = _newest_version(connection, SubjectId(owner.row.subject), ELIGIBILITY)
    if not version:
        raise InvariantError("a decision freezes or re-opens a record, but the subject has none")
    columns = {"kind": ELIGIBILITY, "version": version, "frozen": frozen}
    connection.execute(insert(record_freeze), owner.columns(at) | columns)


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of record: its name, its codec, and the verdict its rows show; empty where it has none."""

    name: str
    codec: Codec[Any]
    verdict: str = ""


def _add_record(
    connection: Connection,
    owner: Owner,
    kind: _Kind,
    new: EligibilityRecord | TreatmentRecord | SafetyRecord,
    at: datetime,
) -> None:
    results = owner.seal(connection, RESULTS.text(new.results)) if isinstance(new, SafetyRecord) else None
    columns: dict[str, Any] = {
        "kind": kind.name,
        "version": _newest_version(connection, new.subject, kind.name) + 1,
        "run": owner.keeper.run,
        "verdict": kind.verdict,
        "definitions_digest": new.definitions_digest,
        "evidence_digest": new.evidence_digest,
        "valid_until": None if new.valid_until is None else new.valid_until.isoformat(),
        "payload": owner.seal(connection, kind.codec.text(new)),
        "results": results,
    }
    connection.execute(insert(record), owner.columns(at) | columns)


def _newest_version(connection: Connection, subject_id: SubjectId, kind: str) -> int:
    table = record.c
    query = select(func.max(table.version)).where(table.subject == subject_id, table.kind == kind)
    return int(connection.execute(query).scalar() or 0)
