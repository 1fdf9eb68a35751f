"""The RecordStore port on SQL.

Knows: transactions of derivations and decisions, which record is current. Does not know: how records are derived.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, insert, select, update

from fhir_adapter.domain.cohort.decision import EscalationDecision
from fhir_adapter.domain.dosing.records import TreatmentRecord
from fhir_adapter.domain.records import EligibilityRecord
from fhir_adapter.domain.review import Decision, ItemState, ReviewItem
from fhir_adapter.domain.safety_model.records import SafetyRecord
from fhir_adapter.domain.source import HospitalId, PersonKey, SubjectId, TrialId
from fhir_adapter.errors import InvariantError, UsageError
from fhir_adapter.gateways.store.current import (
    SAFETY,
    TREATMENT,
    Choice,
    current_heads,
    current_records,
    current_safety,
    current_treatments,
)
from fhir_adapter.gateways.store.database import Database, utc_text
from fhir_adapter.gateways.store.derivation import add_freeze, save_derivation
from fhir_adapter.gateways.store.escalation import add_escalation_decision, escalation_decisions
from fhir_adapter.gateways.store.identity import patients_of, unseal
from fhir_adapter.gateways.store.stored_types import DECISIONS
from fhir_adapter.gateways.store.subject_rows import subject_columns, subject_row, upgrade_of
from fhir_adapter.gateways.store.trail import audit_entries, close_items, find_owner, review_items
from fhir_adapter.gateways.store.trial_schema import decision as decisions_table
from fhir_adapter.gateways.store.trial_schema import review_item, run, subject
from fhir_adapter.ports.rows import (
    AuditEntry,
    Derivation,
    RecordHead,
    StoredRecord,
    StoredSafety,
    StoredTreatment,
    SubjectRow,
)


class SqlRecordStore:
    """Keeps subjects, derived records, review items and decisions; records are versioned, never changed."""

    def __init__(self, database: Database) -> None:
        """Take the database; its tables exist."""
        self._database = database

    def ensure_subjects(self, rows: Sequence[SubjectRow], *, at: datetime) -> None:
        """Add subjects not yet known; a roster or group listing upgrades the scope of a known one."""
        with self._database.writing() as connection:
            for row in rows:
                query = select(subject).where(subject.c.subject == row.subject)
                known = connection.execute(query).one_or_none()
                if known is None:
                    connection.execute(insert(subject), subject_columns(row) | {"recorded_at": utc_text(at)})
                elif changes := upgrade_of(known, row):
                    change = update(subject).where(subject.c.subject == row.subject)
                    connection.execute(change.values(**changes, touched=True))

    def subjects(self, trial: TrialId, hospital: HospitalId | None = None) -> tuple[SubjectRow, ...]:
        """Give the subjects, ordered by subject id."""
        query = select(subject).where(subject.c.trial == trial)
        if hospital is not None:
            query = query.where(subject.c.hospital == hospital)
        with self._database.reading() as connection:
            rows = list(connection.execute(query))
            patients = patients_of(connection, [PersonKey(row.person) for row in rows])
        # Sorted here: databases differ in how they order text.
        return tuple(sorted((subject_row(row, patients[row.person]) for row in rows), key=lambda row: row.subject))

    def latest_record(self, subject: SubjectId) -> StoredRecord | None:
        """Give the newest record; a frozen one stays the newest until a person re-opens it."""
        with self._database.reading() as connection:
            return current_records(connection, Choice(subject=subject)).get(subject)

    def record_heads(self, trial: TrialId, hospital: HospitalId) -> Mapping[SubjectId, RecordHead]:
        """Give the head of each subject's newest record; subjects never derived are absent."""
        with self._database.reading() as connection:
            return current_heads(connection, Choice(trial=trial, hospital=hospital))

    def latest_treatment(self, subject: SubjectId) -> StoredTreatment | None:
        """Give the newest treatment record; it is never frozen."""
        with self._database.reading() as connection:
            return current_treatments(connection, Choice(kind=TREATMENT, subject=subject)).get(subject)

    def latest_treatments(self, trial: TrialId, hospital: HospitalId) -> Mapping[SubjectId, StoredTreatment]:
        """Give every subject's newest treatment record; subjects without one are absent."""
        with self._database.reading() as connection:
            return current_treatments(connection, Choice(kind=TREATMENT, trial=trial, hospital=hospital))

    def treatment_heads(self, trial: TrialId, hospital: HospitalId) -> Mapping[SubjectId, RecordHead]:
        """Give the head of each subject's newest treatment record; subjects without one are absent."""
        with self._database.reading() as connection:
            return current_heads(connection, Choice(kind=TREATMENT, trial=trial, hospital=hospital))

    def latest_safety(self, subject: SubjectId, *, with_results: bool = True) -> StoredSafety | None:
        """Give the newest safety record; it is never frozen.

        Args:
            subject: Whose.
            with_results: False leaves its graded results out: they are most of it, and slow to read.

        Returns:
            The record; None where there is none.
        """
        with self._database.reading() as connection:
            choice = Choice(kind=SAFETY, subject=subject, with_results=with_results)
            return current_safety(connection, choice).get(subject)

    def safety_heads(self, trial: TrialId, hospital: HospitalId) -> Mapping[SubjectId, RecordHead]:
        """Give the head of each subject's newest safety record; subjects without one are absent."""
        with self._database.reading() as connection:
            return current_heads(connection, Choice(kind=SAFETY, trial=trial, hospital=hospital))

    def latest_safety_records(
        self, trial: TrialId, hospital: HospitalId | None = None
    ) -> Mapping[SubjectId, StoredSafety]:
        """Give every subject's newest safety record, graded results left out; subjects without one are absent."""
        with self._database.reading() as connection:
            choice = Choice(kind=SAFETY, trial=trial, hospital=hospital, with_results=False)
            return current_safety(connection, choice)

    def records_of_run(self, run: str, trial: TrialId) -> Mapping[SubjectId, EligibilityRecord]:
        """Give the records that were current when a run ended (or now, if it did not end), for comparison.

        Args:
            run: The run's id.
            trial: The trial.

        Returns:
            Subject -> record; empty if the run came before any record.

        Raises:
            UsageError: There is no such run.
        """
        with self._database.reading() as connection:
            stored = current_records(connection, _choice_of_run(connection, run, Choice(trial=trial)))
        return {subject_id: entry.record for subject_id, entry in stored.items()}

    def treatments_of_run(self, run: str, trial: TrialId) -> Mapping[SubjectId, TreatmentRecord]:
        """Give the treatment records that were newest when a run ended (or now, if it did not end).

        Args:
            run: The run's id.
            trial: The trial.

        Returns:
            Subject -> treatment record; subjects without one are absent.

        Raises:
            UsageError: There is no such run.
        """
        with self._database.reading() as connection:
            choice = _choice_of_run(connection, run, Choice(kind=TREATMENT, trial=trial))
            stored = current_treatments(connection, choice)
        return {subject_id: entry.record for subject_id, entry in stored.items()}

    def safety_of_run(self, run: str, trial: TrialId) -> Mapping[SubjectId, SafetyRecord]:
        """Give the safety records that were newest when a run ended (or now, if it did not end).

        Args:
            run: The run's id.
            trial: The trial.

        Returns:
            Subject -> safety record; subjects without one are absent.

        Raises:
            UsageError: There is no such run.
        """
        with self._database.reading() as connection:
            stored = current_safety(connection, _choice_of_run(connection, run, Choice(kind=SAFETY, trial=trial)))
        return {subject_id: entry.record for subject_id, entry in stored.items()}

    def commit(self, run: str, derivation: Derivation, *, at: datetime) -> None:
        """Save one subject's derivation in one transaction."""
        with self._database.writing() as connection:
            owner = find_owner(connection, derivation.row.subject, run, at)
            save_derivation(connection, owner, derivation, at)

    def review_items(self, trial: TrialId, *, open_only: bool = True) -> tuple[ReviewItem, ...]:
        """Give review items, oldest first."""
        conditions: list[ColumnElement[bool]] = [review_item.c.trial == trial]
        if open_only:
            conditions.append(review_item.c.state == ItemState.OPEN.value)
        with self._database.reading() as connection:
            return review_items(connection, *conditions)

    def save_decision(
        self,
        decision: Decision,
        derivation: Derivation,
        *,
        freeze: bool | None = None,
        decided: str | None = None,
    ) -> None:
        """Record a person's decision with everything it changes, in one transaction.

        Args:
            decision: Who decided what, why, having seen what.
            derivation: What it changes.
            freeze: 0..1; True freezes the newest record, False re-opens it.
            decided: 0..1; id of the open review item it answers.

        Raises:
            InvariantError: The derivation has no audit entry, or there is no such open item, or no record.
        """
        if not derivation.audit:
            raise InvariantError("a decision was given to the store without its audit entry")
        at = decision.at
        with self._database.writing() as connection:
            owner = find_owner(connection, decision.subject, "", at)
            columns = {"item": decision.item, "payload": owner.seal(connection, DECISIONS.text(decision))}
            connection.execute(insert(decisions_table), owner.columns(at) | columns)
            if decided is not None and not close_items(connection, [decided], ItemState.DECIDED, at):
                raise InvariantError("a decision answers a review item that is not open")
            save_derivation(connection, owner, derivation, at, decided=True)
            if freeze is not None:
                add_freeze(connection, owner, at, frozen=freeze)

    def decisions(self, subject: SubjectId) -> tuple[Decision, ...]:
        """Give a subject's decisions, oldest first."""
        table = decisions_table.c
        query = select(table.payload).where(table.subject == subject).order_by(table.no)
        with self._database.reading() as connection:
            texts = unseal(connection, list(connection.execute(query).scalars()))
        return tuple(DECISIONS.value(text) for text in texts)

    def escalation_decisions(self, trial: TrialId) -> tuple[EscalationDecision, ...]:
        """Give the decisions on a trial's dose escalation, oldest first."""
        with self._database.reading() as connection:
            return escalation_decisions(connection, trial)

    def save_escalation_decision(self, decision: EscalationDecision, audit: AuditEntry) -> None:
        """Append a decision on the dose escalation with its audit entry, in one transaction."""
        with self._database.writing() as connection:
            add_escalation_decision(connection, decision, audit)

    def audit_entries(self, subject: SubjectId | None = None) -> tuple[AuditEntry, ...]:
        """Give the audit trail, oldest first."""
        with self._database.reading() as connection:
            return audit_entries(connection, subject)


def _choice_of_run(connection: Connection, run_id: str, choice: Choice) -> Choice:
    """Narrow a choice to what there was when a run ended."""
    query = select(run.c.last_record, run.c.last_freeze).where(run.c.id == run_id)
    found = connection.execute(query).one_or_none()
    if found is None:
        raise UsageError(f"there is no run {run_id} in this store (sync and derive print theirs)")
    return replace(choice, last_record=found.last_record, last_freeze=found.last_freeze)
