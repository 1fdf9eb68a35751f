"""What the stores keep, as rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from fhir_adapter.domain.dosing.records import TreatmentRecord
from fhir_adapter.domain.records import EligibilityRecord
from fhir_adapter.domain.review import ReviewItem
from fhir_adapter.domain.safety_model.records import SafetyRecord
from fhir_adapter.domain.source import HospitalId, PersonKey, SubjectId, TrialId
from fhir_adapter.domain.writeback import IntentState, WriteIntent, WriteReceipt
from fhir_adapter.ports.source import ScopeKind


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectRow:
    """One patient in one trial.

    Attributes:
        scope: How the patient was chosen; a roster or group listing outranks prescreen and all.
        status: 0..1; participation status last set by the adapter's rule or a person.
        moved: True once a person moved the subject: automatic statuses end there.
        screening_number: 0..1; from the roster.
        touched: Given by the store only: something was saved since the subject's last commit.
        since: 0..1; start of participation, as FHIR date or dateTime text.
        until: 0..1; end of participation, the same way.
        consent: 0..1; reference of the research consent participation rests on.
        withdrawn: Consent is withdrawn: clinical resources are neither read nor written from then on.
        deceased: The patient died: nothing is written but what a person decides.
        recheck_on: 0..1; calendar day on which the subject must be derived again whatever was read.
        arm: 0..1; the arm the subject is assigned to, as derived last.
        plan_status: 0..1; CarePlan status set by a person's move or decision; None = the machine's draft.
    """

    subject: SubjectId
    trial: TrialId
    hospital: HospitalId
    person: PersonKey
    patient: str
    scope: ScopeKind
    status: str | None = None
    moved: bool = False
    screening_number: str | None = None
    touched: bool = True
    since: str | None = None
    until: str | None = None
    consent: str | None = None
    withdrawn: bool = False
    deceased: bool = False
    recheck_on: date | None = None
    arm: str | None = None
    plan_status: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedPage:
    """What saving readings changed: how many versions were new, and whose derivation may change by them."""

    new: int
    touched: frozenset[PersonKey]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRecord:
    """A derived record with its version in the store."""

    record: EligibilityRecord
    version: int
    frozen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordHead:
    """What a run must know of a subject's newest record to decide whether to derive again."""

    evidence_digest: str
    definitions_digest: str
    valid_until: datetime | None
    frozen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTreatment:
    """A treatment record with its version in the store."""

    record: TreatmentRecord
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSafety:
    """A safety record with its version in the store."""

    record: SafetyRecord
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Derivation:
    """Everything one derivation of one subject changes; saved in one transaction or not at all.

    Attributes:
        row: The subject's row with its new status.
        record: 0..1; the new record; None where unchanged.
        treatment: 0..1; the new treatment record; None where unchanged, or there is none.
        safety: 0..1; the new safety record; the same way.
        intents: New write intents; earlier pending ones for the same resource are replaced.
        opened: New review items.
        replaced: Ids of open items that no longer apply.
        audit: What to put on the audit trail.
    """

    row: SubjectRow
    record: EligibilityRecord | None
    intents: tuple[WriteIntent, ...] = ()
    opened: tuple[ReviewItem, ...] = ()
    replaced: tuple[str, ...] = ()
    audit: tuple[AuditEntry, ...] = ()
    treatment: TreatmentRecord | None = None
    safety: SafetyRecord | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One line of the append-only trail: who did what to whom, when, old and new value, why."""

    at: datetime
    who: str
    action: str
    subject: SubjectId | None
    old: str | None = None
    new: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """How the delivery of one intent ended; saved in one transaction.

    Attributes:
        hospital: Where it was delivered; two hospitals may have equal intents (the study itself).
        state: DELIVERED, FOR_REVIEW or REPLACED.
        receipt: 0..1; what the hospital stored.
        follow_up: 0..*; intents that only now can be planned (Provenance of the version written).
        item: 0..1; what a person must decide.
    """

    hospital: HospitalId
    intent: WriteIntent
    state: IntentState
    receipt: WriteReceipt | None = None
    follow_up: tuple[WriteIntent, ...] = ()
    item: ReviewItem | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """One run's manifest: started before the first request, finished after the last write."""

    id: str
    command: str
    hospital: HospitalId
    trial: TrialId
    started: datetime
    finished: datetime | None = None
    exit_code: int | None = None
    report: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRejection:
    """A rejection in the store, for `rejections`."""

    run: str
    resource_type: str
    reason: str
    path: str
    detail: str
    reference: str
    origin: str
