"""Which patients a roster, a group or a diagnosis names, whatever place the resources came from.

Knows: identifiers, group members, subjects. Does not know: servers, folders.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from fhir_adapter.errors import UsageError
from fhir_adapter.gateways.fhir_json import write_body
from fhir_adapter.ports.source import PatientMatch, ResolvedScope, RosterRow
from fhir_adapter.r4.context import PageContext
from fhir_adapter.r4.read_group import read_group

Json = dict[str, Any]
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_PATIENT = re.compile(r"Patient/([A-Za-z0-9\-.]{1,64})(?:/_history/[A-Za-z0-9\-.]{1,64})?")


class Roster:
    """Matches roster rows to patients as these come along."""

    def __init__(self, rows: tuple[RosterRow, ...]) -> None:
        """Keep the rows; their order decides which of two rows for one patient counts."""
        self._rows = rows
        self._wanted = {(row.system, row.value) for row in rows}
        self._found: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)

    def add(self, patient: Mapping[str, Any]) -> None:
        """Look at one Patient; only its own identifiers count, whatever it was found by."""
        patient_id = patient.get("id")
        if not isinstance(patient_id, str) or not is_logical_id(patient_id):
            return
        for entry in _objects(patient.get("identifier")):
            key = entry.get("system"), entry.get("value")
            if key in self._wanted:
                self._found[key][patient_id] = None

    def resolved(self) -> ResolvedScope:
        """Give the matches.

        Returns:
            A row that fits several patients, or a patient of an earlier row, is doubled and matches nobody.
        """
        matches: dict[str, PatientMatch] = {}
        unmatched: list[int] = []
        doubled: list[int] = []
        for number, row in enumerate(self._rows, start=1):
            found = list(self._found.get((row.system, row.value), ()))
            if not found:
                unmatched.append(number)
            elif len(found) > 1 or found[0] in matches:
                doubled.append(number)
            else:
                matches[found[0]] = PatientMatch(patient=found[0], screening_number=row.subject)
        return ResolvedScope(
            matches=tuple(matches.values()), unmatched_rows=tuple(unmatched), doubled_rows=tuple(doubled)
        )


def group_members(
    group: Mapping[str, Any], bases: Sequence[str], references: Mapping[str, str] | None = None
) -> ResolvedScope:
    """Give the patients of a Group.

    Args:
        group: The resource.
        bases: 0..*; base URLs its absolute references may carry.
        references: fullUrl -> `Type/id`.

    Returns:
        Members that are patients and not inactive; the others are counted among `unmatched_rows`, by position.

    Raises:
        UsageError: The group is no list of actual persons, or says something nobody understands.
    """
    reading = read_group(write_body(group), PageContext(references=references or {}), tuple(bases))
    if reading.refused is not None:
        refused = reading.refused
        raise UsageError(f"the group cannot be used: {refused.reason} at {refused.path}")
    members = (member.patient for member in reading.members if not member.inactive)
    return ResolvedScope(matches=as_matches(members).matches, unmatched_rows=reading.unread)


def patient_of(
    body: Mapping[str, Any], bases: Sequence[str], references: Mapping[str, str] | None = None
) -> str | None:
    """Give the logical id of the patient a resource is about; None where it names none of this place."""
    return _patient(body.get("subject"), bases, references or {})


def has_code(body: Mapping[str, Any], wanted: frozenset[tuple[str, str]]) -> bool:
    """Say whether one of a resource's codings is wanted."""
    code = body.get("code")
    codings = _objects(code.get("coding")) if isinstance(code, dict) else ()
    return any((coding.get("system"), coding.get("code")) in wanted for coding in codings)


def as_matches(patients: Iterable[Any]) -> ResolvedScope:
    """Give patients as a scope, each once, in the order they came; what is no logical id is left out."""
    unique = dict.fromkeys(patient for patient in patients if isinstance(patient, str) and is_logical_id(patient))
    return ResolvedScope(matches=tuple(PatientMatch(patient=patient) for patient in unique))


def is_logical_id(text: str) -> bool:
    """Say whether a text can be a FHIR id."""
    return _ID.fullmatch(text) is not None


def _patient(reference: Any, bases: Sequence[str], references: Mapping[str, str]) -> str | None:
    text = reference.get("reference") if isinstance(reference, dict) else None
    if not isinstance(text, str):
        return None
    text = references.get(text, text)
    for base in bases:
        text = text.removeprefix(f"{base.rstrip('/')}/")
    match = _PATIENT.fullmatch(text)
    return match[1] if match is not None else None


def _objects(entries: Any) -> Iterator[Json]:
    return (entry for entry in entries if isinstance(entry, dict)) if isinstance(entries, list) else iter(())
