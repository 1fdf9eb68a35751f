"""Subjects as rows of the store and back.

Knows: which fields stand in columns. Does not know: transactions.
"""

from __future__ import annotations

from typing import Any

from fhir_adapter.domain.source import HospitalId, PersonKey, SubjectId, TrialId
from fhir_adapter.gateways.store.stored_types import SUBJECTS
from fhir_adapter.ports.rows import SubjectRow
from fhir_adapter.ports.source import ScopeKind

_LISTED = frozenset({ScopeKind.ROSTER, ScopeKind.GROUP})


def subject_columns(row: SubjectRow) -> dict[str, Any]:
    """Give the columns of a subject not yet known."""
    return {
        "subject": row.subject,
        "trial": row.trial,
        "hospital": row.hospital,
        "person": row.person,
        "scope": row.scope.value,
        "status": row.status,
        "moved": row.moved,
        "screening_number": row.screening_number,
        "touched": True,
        "payload": SUBJECTS.text(row),
    }


def subject_row(row: Any, patient: str) -> SubjectRow:
    """Read a stored subject; `patient` is its logical id, kept in the identity table."""
    return SUBJECTS.value(
        row.payload,
        subject=SubjectId(row.subject),
        trial=TrialId(row.trial),
        hospital=HospitalId(row.hospital),
        person=PersonKey(row.person),
        patient=patient,
        scope=ScopeKind(row.scope),
        status=row.status,
        moved=row.moved,
        screening_number=row.screening_number,
        touched=row.touched,
    )


def upgrade_of(known: Any, row: SubjectRow) -> dict[str, Any]:
    """Say what a new listing changes of a known subject: its scope never sinks."""
    changes: dict[str, Any] = {}
    if row.scope in _LISTED and ScopeKind(known.scope) not in _LISTED:
        changes["scope"] = row.scope.value
    if row.screening_number not in {None, known.screening_number}:
        changes["screening_number"] = row.screening_number
    return changes
