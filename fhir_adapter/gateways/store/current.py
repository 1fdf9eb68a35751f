"""Which record of a subject is current, now or when a run ended.

Knows: versions and freezes. Does not know: who froze a record and why.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from fhir_adapter.domain.source import SubjectId, TrialId
from fhir_adapter.gateways.store.identity import unseal
from fhir_adapter.gateways.store.stored_types import RECORDS
from fhir_adapter.gateways.store.trial_schema import record, record_freeze
from fhir_adapter.ports.rows import StoredRecord

ELIGIBILITY = "eligibility"


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in the store's history: the last record and the last freeze that count; None = all."""

    last_record: int | None
    last_freeze: int | None


NOW = Moment(None, None)


def current_records(
    connection: Connection,
    moment: Moment,
    *,
    subject: SubjectId | None = None,
    trial: TrialId | None = None,
) -> dict[SubjectId, StoredRecord]:
    """Give the current record of one subject or of all subjects of a trial.

    Args:
        connection: Any transaction.
        moment: Until when records count.
        subject: 0..1.
        trial: 0..1.

    Returns:
        Subject -> its newest record, or the one frozen at that moment.
    """
    newest = _last(record, moment.last_record, subject, trial)
    rows = connection.execute(select(record).where(record.c.no.in_(newest)))
    chosen = {SubjectId(row.subject): row for row in rows}
    frozen = _frozen(connection, moment, subject, trial)
    for row in frozen.values():
        chosen[SubjectId(row.subject)] = row
    texts = unseal(connection, [row.payload for row in chosen.values()])
    return {
        subject_id: StoredRecord(record=RECORDS.value(text), version=row.version, frozen=subject_id in frozen)
        for (subject_id, row), text in zip(chosen.items(), texts, strict=True)
    }


def _frozen(
    connection: Connection, moment: Moment, subject: SubjectId | None, trial: TrialId | None
) -> dict[SubjectId, Any]:
    freeze = record_freeze.c
    last = _last(record_freeze, moment.last_freeze, subject, trial)
    query = (
        select(record)
        .join(
            record_freeze,
            (freeze.subject == record.c.subject)
            & (freeze.kind == record.c.kind)
            & (freeze.version == record.c.version),
        )
        .where(freeze.no.in_(last), freeze.frozen.is_(True))
    )
    return {SubjectId(row.subject): row for row in connection.execute(query)}


def _last(table: Any, until: int | None, subject: SubjectId | None, trial: TrialId | None) -> Any:
    conditions: list[ColumnElement[bool]] = [table.c.kind == ELIGIBILITY]
    if until is not None:
        conditions.append(table.c.no <= until)
    if subject is not None:
        conditions.append(table.c.subject == subject)
    if trial is not None:
        conditions.append(table.c.trial == trial)
    return select(func.max(table.c.no)).where(*conditions).group_by(table.c.subject)
