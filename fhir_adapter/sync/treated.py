"""Subjects under treatment with their newest treatment record, for whoever looks at them.

Knows: subjects, merged records, the store. Does not know: how a treatment record is derived or shown.
"""

from __future__ import annotations

from dataclasses import dataclass

from fhir_adapter.domain.dosing.records import TreatmentRecord
from fhir_adapter.domain.patient_links import surviving
from fhir_adapter.domain.protocol import Trial
from fhir_adapter.domain.regimen import Regimen
from fhir_adapter.errors import UsageError
from fhir_adapter.ports.rows import SubjectRow
from fhir_adapter.sync.desk import Desk, find_subject
from fhir_adapter.sync.merges import known_merges


@dataclass(frozen=True, slots=True, kw_only=True)
class Treated:
    """One subject under treatment."""

    row: SubjectRow
    record: TreatmentRecord


def require_regimen(trial: Trial) -> Regimen:
    """Give a trial's treatment plan.

    Args:
        trial: Its definitions.

    Returns:
        The plan.

    Raises:
        UsageError: The definitions hold none.
    """
    if trial.regimen is None:
        raise UsageError(f"the definitions of {trial.id} hold no treatment plan (dosing.yaml beside trial.yaml)")
    return trial.regimen


def infusion_numbers(regimen: Regimen) -> tuple[int, ...]:
    """Give the numbers of the cell infusions of a treatment plan, rising."""
    return tuple(sorted({item.infusion for item in regimen.items if item.infusion is not None}))


def find_carried(desk: Desk, text: str) -> SubjectRow:
    """Find a subject no other record carries on for.

    Args:
        desk: Names trial and hospital.
        text: As given on the command line.

    Returns:
        The subject's row.

    Raises:
        UsageError: Nobody, or more than one, answers to it; or another record carries on for the subject.
    """
    row = find_subject(desk, text)
    survivor = surviving(row.patient, known_merges(desk.store, desk.ids))
    if survivor != row.patient:
        raise UsageError(
            f"this record was merged into another one of the same person; ask for {desk.ids.subject(survivor)}"
        )
    return row


def find_treated(desk: Desk, text: str) -> Treated:
    """Find one subject's newest treatment record.

    Args:
        desk: Names trial and hospital.
        text: As given on the command line.

    Returns:
        The subject with the record.

    Raises:
        UsageError: There is no such subject, no treatment plan, or no treatment record yet; the message says how
            one comes about.
    """
    regimen = require_regimen(desk.trial)
    row = find_carried(desk, text)
    stored = desk.store.records.latest_treatment(row.subject)
    if stored is None:
        raise UsageError(
            f"{row.subject} has no treatment record yet: one is derived once a dose level is assigned "
            f"(fhir-adapter attest {row.subject} {regimen.levels.link_id} LEVEL --by PERSON), a conditioning is "
            "chosen, or the cells were given"
        )
    return Treated(row=row, record=stored.record)


def list_treated(desk: Desk) -> tuple[Treated, ...]:
    """Give everybody under treatment, by subject id; a person with several records once.

    Args:
        desk: Names trial and hospital.

    Returns:
        Subjects with a treatment record.
    """
    records, merges = desk.store.records, known_merges(desk.store, desk.ids)
    return tuple(
        Treated(row=row, record=stored.record)
        for row in records.subjects(desk.trial.id, desk.traits.id)
        if surviving(row.patient, merges) == row.patient
        and (stored := records.latest_treatment(row.subject)) is not None
    )
