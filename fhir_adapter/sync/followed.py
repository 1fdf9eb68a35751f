"""Subjects with their newest safety record, for whoever looks at them.

Knows: subjects, merged records, the store. Does not know: how a safety record is derived or shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fhir_adapter.domain.patient_links import surviving
from fhir_adapter.domain.protocol import Trial
from fhir_adapter.domain.safety_model.records import SafetyRecord
from fhir_adapter.domain.safety_model.rule import SafetyRule
from fhir_adapter.errors import UsageError
from fhir_adapter.sync.desk import Desk
from fhir_adapter.sync.merges import known_merges
from fhir_adapter.sync.plan_adverse_events import export_adverse_events
from fhir_adapter.sync.treated import find_treated


def require_safety(trial: Trial) -> SafetyRule:
    """Give a trial's rules of safety.

    Args:
        trial: Its definitions.

    Returns:
        The rules.

    Raises:
        UsageError: The definitions hold none.
    """
    if trial.safety is None:
        raise UsageError(f"the definitions of {trial.id} hold no rules of safety (safety.yaml beside trial.yaml)")
    return trial.safety


def find_safety(desk: Desk, text: str) -> SafetyRecord:
    """Find one subject's newest safety record.

    Args:
        desk: Names trial and hospital.
        text: As given on the command line.

    Returns:
        The record.

    Raises:
        UsageError: There is no such subject, no rule of safety, or no record yet; the message says how one comes
            about.
    """
    require_safety(desk.trial)
    treated = find_treated(desk, text)
    stored = desk.store.records.latest_safety(treated.row.subject)
    if stored is None:
        raise UsageError(
            f"{treated.row.subject} has no safety record yet; `fhir-adapter derive` derives it from stored facts"
        )
    return stored.record


def list_safety(desk: Desk) -> tuple[SafetyRecord, ...]:
    """Give the newest safety record of everybody who has one, by subject id; a person with several records once.

    Args:
        desk: Names trial and hospital.

    Returns:
        0..*.
    """
    require_safety(desk.trial)
    merges, records = known_merges(desk.store, desk.ids), desk.store.records
    found = records.latest_safety_records(desk.trial.id, desk.traits.id)
    return tuple(
        found[row.subject].record
        for row in records.subjects(desk.trial.id, desk.traits.id)
        if surviving(row.patient, merges) == row.patient and row.subject in found
    )


def export_judged(desk: Desk, records: Iterable[SafetyRecord]) -> tuple[dict[str, Any], ...]:
    """Give the adverse events named persons judged as FHIR R4 resources.

    Args:
        desk: Names trial and hospital.
        records: Whose.

    Returns:
        0..*; by subject.
    """
    rows = {row.subject: row for row in desk.store.records.subjects(desk.trial.id, desk.traits.id)}
    treatments = desk.store.records.latest_treatments(desk.trial.id, desk.traits.id)
    return tuple(
        resource
        for record in records
        for resource in export_adverse_events(
            desk.trial,
            rows[record.subject],
            record,
            treatments[record.subject].record if record.subject in treatments else None,
        )
    )
