"""Which record of a subject is current, now or when a run ended.

Knows: kinds of record, versions and freezes. Does not know: who froze a record and why.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select

from fhir_adapter.domain.safety_model.records import SafetyRecord
from fhir_adapter.domain.source import HospitalId, SubjectId, TrialId
from fhir_adapter.gateways.store.identity import unseal
from fhir_adapter.gateways.store.stored_types import (
    RECORDS,
    RESULTS,
    SAFETY_RECORDS,
    TREATMENTS,
    WHOLE_SAFETY_RECORDS,
)
from fhir_adapter.gateways.store.trial_schema import record, record_freeze
from fhir_adapter.ports.rows import RecordHead, StoredRecord, StoredSafety, StoredTreatment

ELIGIBILITY = "eligibility"
TREATMENT = "treatment"
SAFETY = "safety"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Whose records, of which kind, and until where in the store's history they count; None = all.

    Attributes:
        with_results: False leaves the graded results of safety records out: they are many.
    """

    kind: str = ELIGIBILITY
    subject: SubjectId | None = None
    trial: TrialId | None = None
    hospital: HospitalId | None = None
    last_record: int | None = None
    last_freeze: int | None = None
    with_results: bool = True


def current_records(connection: Connection, choice: Choice) -> dict[SubjectId, StoredRecord]:
    """Give the current record of each subject chosen.

    Args:
        connection: Any transaction.
        choice: Whose, and until when.

    Returns:
        Subject -> its newest record, or the one frozen at that moment.
    """
    rows, texts, frozen = _current_texts(connection, choice)
    return {
        SubjectId(row.subject): StoredRecord(
            record=RECORDS.value(text), version=row.version, frozen=row.subject in frozen
        )
        for row, text in zip(rows, texts, strict=True)
    }


def current_treatments(connection: Connection, choice: Choice) -> dict[SubjectId, StoredTreatment]:
    """Give the newest treatment record of each subject chosen.

    Args:
        connection: Any transaction.
        choice: Whose, and until when; of kind `treatment`.

    Returns:
        Subject -> its newest treatment record; it is never frozen.
    """
    rows, texts, _ = _current_texts(connection, choice)
    return {
        SubjectId(row.subject): StoredTreatment(record=TREATMENTS.value(text), version=row.version)
        for row, text in zip(rows, texts, strict=True)
    }


def current_safety(connection: Connection, choice: Choice) -> dict[SubjectId, StoredSafety]:
    """Give the newest safety record of each subject chosen.

    Args:
        connection: Any transaction.
        choice: Whose, and until when; of kind `safety`.

    Returns:
        Subject -> its newest safety record; it is never frozen.
    """
    rows, texts, _ = _current_texts(connection, choice, *(("results",) if choice.with_results else ()))
    results = unseal(connection, [row.results or "" for row in rows]) if choice.with_results else [""] * len(rows)
    return {
        SubjectId(row.subject): StoredSafety(record=_safety(text, given, choice), version=row.version)
        for row, text, given in zip(rows, texts, results, strict=True)
    }


def _safety(text: str, results: str, choice: Choice) -> SafetyRecord:
    if choice.with_results and not results:
        return WHOLE_SAFETY_RECORDS.value(text)
    return SAFETY_RECORDS.value(text, results=RESULTS.value(results) if results else ())


def current_heads(connection: Connection, choice: Choice) -> dict[SubjectId, RecordHead]:
    """Give the heads of the current records, without reading the records."""
    names = ("subject", "evidence_digest", "definitions_digest", "valid_until")
    rows, frozen = _current(connection, choice, *names)
    return {
        SubjectId(row.subject): RecordHead(
            evidence_digest=row.evidence_digest,
            definitions_digest=row.definitions_digest,
            valid_until=None if row.valid_until is None else datetime.fromisoformat(row.valid_until),
            frozen=row.subject in frozen,
        )
        for row in rows
    }


def _current_texts(connection: Connection, choice: Choice, *names: str) -> tuple[list[Any], list[str], set[str]]:
    """Give the rows of current records with their texts and further columns, and which subjects' are frozen."""
    rows, frozen = _current(connection, choice, "subject", "version", "payload", *names)
    return rows, unseal(connection, [row.payload for row in rows]), frozen


def _current(connection: Connection, choice: Choice, *names: str) -> tuple[list[Any], set[str]]:
    """Give the rows of current records, and which subjects' are frozen."""
    columns = [record.c[name] for name in names]
    newest = select(*columns).where(record.c.no.in_(_last(record, choice, choice.last_record)))
    chosen = {row.subject: row for row in connection.execute(newest)}
    frozen = {row.subject: row for row in connection.execute(_frozen(choice, columns))}
    return list((chosen | frozen).values()), set(frozen)


def _frozen(choice: Choice, columns: list[Any]) -> Select[Any]:
    freeze = record_freeze.c
    same = (
        (freeze.subject == record.c.subject)
        & (freeze.kind == record.c.kind)
        & (freeze.version == record.c.version)
    )
    last = _last(record_freeze, choice, choice.last_freeze)
    return select(*columns).join(record_freeze, same).where(freeze.no.in_(last), freeze.frozen.is_(True))


def _last(table: Any, choice: Choice, until: int | None) -> Any:
    conditions: list[ColumnElement[bool]] = [table.c.kind == choice.kind]
    wanted = {"subject": choice.subject, "trial": choice.trial, "hospital": choice.hospital}
    conditions.extend(table.c[name] == value for name, value in wanted.items() if value is not None)
    if until is not None:
        conditions.append(table.c.no <= until)
    return select(func.max(table.c.no)).where(*conditions).group_by(table.c.subject)
