"""What one derivation changes: record, status, review items, write intents. It proposes; a person commits.

Knows: the adapter's own rules for one subject. Does not know: how facts are kept or resources delivered.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from fhir_adapter.domain.anchor import PLANNED_DAY
from fhir_adapter.domain.dosing.records import TreatmentRecord
from fhir_adapter.domain.participation import FINAL_STATUSES, Standing, derive_status
from fhir_adapter.domain.records import EligibilityRecord
from fhir_adapter.domain.review import ItemKind, ItemState, ReviewItem
from fhir_adapter.domain.safety_model.records import SafetyRecord
from fhir_adapter.domain.spans import clamped
from fhir_adapter.ports.rows import AuditEntry, Derivation, RecordHead, SubjectRow
from fhir_adapter.sync.case import Case
from fhir_adapter.sync.plan_adverse_events import plan_adverse_events
from fhir_adapter.sync.plan_writes import WritePlanner
from fhir_adapter.sync.questions import DERIVED_KINDS, ask, is_deceased, is_withdrawn
from fhir_adapter.sync.scope import LISTED

_Derived = EligibilityRecord | TreatmentRecord | SafetyRecord

ADAPTER = "fhir-adapter"
"""Who acts where no person does, on the audit trail."""


def propose(case: Case, planner: WritePlanner) -> Derivation:
    """Say everything that changes for one subject.

    A frozen verdict is never replaced: a correction of its evidence opens an item and is noted as a deviation.

    Args:
        case: The subject's case.
        planner: Plans writes.

    Returns:
        The derivation; see `is_empty` for one that changes nothing.

    Source:
        design contracts, Time, Who is written, who decides; clinical review PUT-1, PUT-13.
    """
    row = _next_row(case)
    questions = ask(case, row, is_concerned=_is_concerned(case, row))
    opened, replaced = _compare_items(case, questions)
    record = None if _is_unchanged(case) else case.record
    basis = case.head if case.head is not None and record is None else case.record
    treatment = case.treatment
    seen = treatment.evidence_digest if treatment is not None else None
    intents = (
        *planner.plan(row, record=basis.evidence_digest),
        *planner.plan_care_plan(row, treatment, record=seen),
        *plan_adverse_events(planner, row, case.safety, treatment),
    )
    return Derivation(
        row=row,
        record=record,
        treatment=None if treatment is None or _is_on_file(treatment, case.treatment_head) else treatment,
        safety=None if case.safety is None or _is_on_file(case.safety, case.safety_head) else case.safety,
        intents=tuple({intent.id: intent for intent in intents}.values()),  # each begins with the study
        opened=opened,
        replaced=replaced,
        audit=tuple(_audit(case, row, opened)),
    )


def is_empty(derivation: Derivation, row: SubjectRow) -> bool:
    """Say whether saving a derivation would change nothing."""
    return (
        derivation.record is None
        and derivation.treatment is None
        and derivation.safety is None
        and not derivation.intents
        and not derivation.opened
        and not derivation.replaced
        and derivation.row == row
    )


def _is_unchanged(case: Case) -> bool:
    return case.is_frozen or _is_on_file(case.record, case.head)


def _is_on_file(record: _Derived, head: RecordHead | None) -> bool:
    return head is not None and _digests(head) == _digests(record)


def _digests(record: _Derived | RecordHead) -> tuple[str, str]:
    return record.evidence_digest, record.definitions_digest


def _next_row(case: Case) -> SubjectRow:
    row = replace(case.row, withdrawn=is_withdrawn(case), deceased=is_deceased(case))
    standing = _standing(case, row)
    arm = case.treatment.arm if case.treatment is not None else None
    row = replace(row, status=derive_status(case.trial.participation, standing, case.record), arm=arm)
    if row.status is None or row.status in FINAL_STATUSES:
        return replace(row, recheck_on=None)
    return _with_recheck(case, _with_consent(case, row))


def _standing(case: Case, row: SubjectRow) -> Standing:
    return Standing(
        status=row.status,
        moved=row.moved or case.is_frozen,
        listed=row.scope in LISTED,
        stopped=row.withdrawn or row.deceased,
    )


def _is_concerned(case: Case, row: SubjectRow) -> bool:
    """Say whether the patient is in the trial's books, or would be but for withdrawal or death."""
    otherwise = replace(_standing(case, row), stopped=False)
    return derive_status(case.trial.participation, otherwise, case.record) is not None


def _with_consent(case: Case, row: SubjectRow) -> SubjectRow:
    """Note the consent participation rests on, and its day as the start."""
    consent = case.valid_consent()
    if consent is not None and not row.withdrawn:
        signed = consent.signed.day(case.zone) if consent.signed is not None else None
        since = row.since or (signed.isoformat() if signed is not None else None)
        row = replace(row, consent=consent.source.reference, since=since)
    return row


def _with_recheck(case: Case, row: SubjectRow) -> SubjectRow:
    """Note the next day that changes something by itself: consent to be renewed, a planned first day over."""
    renewal = case.renewal.recheck_on if row.consent is not None else None
    days = [day for day in (renewal, _first_day_over(case)) if day is not None]
    return replace(row, recheck_on=min(days, default=None))


def _first_day_over(case: Case) -> date | None:
    """Give the day after the planned first day, as long as it lies ahead."""
    anchor = case.anchor
    planned = anchor.day if anchor.source == PLANNED_DAY else anchor.planned
    return clamped(planned + timedelta(days=1)) if planned is not None and planned >= case.today else None


def _compare_items(
    case: Case, questions: tuple[ReviewItem, ...]
) -> tuple[tuple[ReviewItem, ...], tuple[str, ...]]:
    """Open what is asked for the first time or again; close what nobody asks any more."""
    states = {item.id: item.state for item in case.items}
    asked = {item.id for item in questions}
    opened = tuple(item for item in questions if states.get(item.id, ItemState.REPLACED) is ItemState.REPLACED)
    replaced = tuple(
        item.id
        for item in case.items
        if item.state is ItemState.OPEN and item.kind in DERIVED_KINDS and item.id not in asked
    )
    return opened, replaced


def _audit(case: Case, row: SubjectRow, opened: tuple[ReviewItem, ...]) -> Iterator[AuditEntry]:
    if row.status != case.row.status:
        yield _entry(case, "status", case.row.status, row.status)
    if row.withdrawn != case.row.withdrawn:
        yield _entry(case, "clinical-reading", *(("on", "stopped") if row.withdrawn else ("stopped", "on")))
    for item in opened:
        if item.kind is ItemKind.FROZEN_EVIDENCE:
            frozen = case.frozen.evidence_digest if case.frozen is not None else None
            yield _entry(
                case,
                "deviation",
                frozen,
                case.record.evidence_digest,
                "evidence of an accepted verdict was corrected",
            )
        if item.kind is ItemKind.TREATMENT:
            yield _entry(case, "deviation", None, item.asked, "treatment departs from the plan")
        if item.kind is ItemKind.RENEWED_CONSENT and case.renewal.overdue:
            yield _entry(case, "deviation", None, item.asked, "renewed consent is overdue")


def _entry(case: Case, action: str, old: str | None, new: str | None, reason: str | None = None) -> AuditEntry:
    return AuditEntry(
        at=case.now, who=ADAPTER, action=action, subject=case.row.subject, old=old, new=new, reason=reason
    )
