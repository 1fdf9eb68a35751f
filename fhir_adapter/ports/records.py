"""Port of the record store: subjects, what was derived for them, what persons decided.

Knows: what every record store promises. Does not know: SQL, how records are derived.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from fhir_adapter.domain.cohort.decision import EscalationDecision
from fhir_adapter.domain.dosing.records import TreatmentRecord
from fhir_adapter.domain.records import EligibilityRecord
from fhir_adapter.domain.review import Decision, ReviewItem
from fhir_adapter.domain.safety_model.records import SafetyRecord
from fhir_adapter.domain.source import HospitalId, SubjectId, TrialId
from fhir_adapter.ports.rows import (
    AuditEntry,
    Derivation,
    RecordHead,
    StoredRecord,
    StoredSafety,
    StoredTreatment,
    SubjectRow,
)


class RecordStore(Protocol):
    """Keeps subjects, derived records, review items and decisions; records are versioned, never changed.

    Eligibility, treatment and safety records are versioned apart; only the first are frozen.
    """

    def ensure_subjects(self, rows: Sequence[SubjectRow], *, at: datetime) -> None:
        """Add subjects not yet known; a roster or group listing upgrades the scope of a known one.

        A screening number given for a known subject is taken over; status and moves are not.
        """
        ...

    def subjects(self, trial: TrialId, hospital: HospitalId | None = None) -> tuple[SubjectRow, ...]:
        """Give the subjects, ordered by subject id.

        `touched` is True from the moment facts, receipts, attestations or decisions were saved until the next
        commit of the subject: a run that died in between leaves it True.
        """
        ...

    def latest_record(self, subject: SubjectId) -> StoredRecord | None:
        """Give the newest record; a frozen one stays the newest until a person re-opens it."""
        ...

    def record_heads(self, trial: TrialId, hospital: HospitalId) -> Mapping[SubjectId, RecordHead]:
        """Give the head of each subject's newest record; subjects never derived are absent."""
        ...

    def latest_treatment(self, subject: SubjectId) -> StoredTreatment | None:
        """Give the newest treatment record; it is never frozen."""
        ...

    def treatment_heads(self, trial: TrialId, hospital: HospitalId) -> Mapping[SubjectId, RecordHead]:
        """Give the head of each subject's newest treatment record; subjects without one are absent."""
        ...

    def latest_treatments(self, trial: TrialId, hospital: HospitalId) -> Mapping[SubjectId, StoredTreatment]:
        """Give every subject's newest treatment record; subjects without one are absent."""
        ...

    def latest_safety(self, subject: SubjectId, *, with_results: bool = True) -> StoredSafety | None:
        """Give the newest safety record; it is never frozen.

        Args:
            subject: Whose.
            with_results: False leaves its graded results out: they are most of it, and slow to read.

        Returns:
            The record; None where there is none.
        """
        ...

    def safety_heads(self, trial: TrialId, hospital: HospitalId) -> Mapping[SubjectId, RecordHead]:
        """Give the head of each subject's newest safety record; subjects without one are absent."""
        ...

    def latest_safety_records(
        self, trial: TrialId, hospital: HospitalId | None = None
    ) -> Mapping[SubjectId, StoredSafety]:
        """Give every subject's newest safety record, graded results left out; subjects without one are absent."""
        ...

    def records_of_run(self, run: str, trial: TrialId) -> Mapping[SubjectId, EligibilityRecord]:
        """Give the records that were current when a run ended (or now, if it did not end), for comparison.

        Raises:
            UsageError: There is no such run.
        """
        ...

    def treatments_of_run(self, run: str, trial: TrialId) -> Mapping[SubjectId, TreatmentRecord]:
        """Give the treatment records that were newest when a run ended (or now, if it did not end).

        Raises:
            UsageError: There is no such run.
        """
        ...

    def safety_of_run(self, run: str, trial: TrialId) -> Mapping[SubjectId, SafetyRecord]:
        """Give the safety records that were newest when a run ended (or now, if it did not end).

        Raises:
            UsageError: There is no such run.
        """
        ...

    def commit(self, run: str, derivation: Derivation, *, at: datetime) -> None:
        """Save one subject's derivation in one transaction.

        An intent equal to the last one for its resource is not queued again; a different one replaces those
        pending. An open review item with the same id is replaced only where it differs.

        Raises:
            InvariantError: The status changes without an audit entry, or the subject is not known.
        """
        ...

    def review_items(self, trial: TrialId, *, open_only: bool = True) -> tuple[ReviewItem, ...]:
        """Give review items, oldest first."""
        ...

    def save_decision(
        self,
        decision: Decision,
        derivation: Derivation,
        *,
        freeze: bool | None = None,
        decided: str | None = None,
    ) -> None:
        """Record a person's decision with everything it changes, in one transaction.

        `freeze`: True freezes the newest record (the derivation's, if it has one), False re-opens it, None
        leaves it. `decided`: id of the open review item this answers. Intents are queued even where an equal
        one waits for review.

        Raises:
            InvariantError: The derivation has no audit entry, or there is no such open item, or no record.
        """
        ...

    def decisions(self, subject: SubjectId) -> tuple[Decision, ...]:
        """Give a subject's decisions, oldest first."""
        ...

    def escalation_decisions(self, trial: TrialId) -> tuple[EscalationDecision, ...]:
        """Give the decisions on a trial's dose escalation, oldest first."""
        ...

    def save_escalation_decision(self, decision: EscalationDecision, audit: AuditEntry) -> None:
        """Append a decision on the dose escalation with its audit entry, in one transaction.

        The same decision again changes nothing.
        """
        ...

    def audit_entries(self, subject: SubjectId | None = None) -> tuple[AuditEntry, ...]:
        """Give the audit trail, oldest first."""
        ...
