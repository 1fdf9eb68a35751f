"""Who a run is about: the patients chosen, their merged records, and who may no longer be read.

Knows: scopes, merged records, withdrawn consent. Does not know: how patients are found, what is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fhir_adapter.domain.codes import Terminology
from fhir_adapter.domain.patient_links import same_people, surviving
from fhir_adapter.domain.protocol import Trial
from fhir_adapter.ports.hospital import HospitalTraits
from fhir_adapter.ports.rows import SubjectRow
from fhir_adapter.ports.source import PatientScope, ResolvedScope, RosterRow, ScopeKind
from fhir_adapter.ports.store import FactStore
from fhir_adapter.sync.subject_ids import SubjectIds

LISTED = frozenset({ScopeKind.ROSTER, ScopeKind.GROUP})
"""Scopes that name patients one by one: their members are candidates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunScope:
    """The patients of one run.

    Attributes:
        kind: How they were chosen.
        everybody: True: everything in the source is read; `patients` then only names the trial's.
        patients: Logical ids, records merged with them included.
        withdrawn: Of these, those whose clinical resources are no longer read.
        screening_numbers: Patient -> screening number, where the roster has one.
    """

    kind: ScopeKind
    everybody: bool
    patients: frozenset[str]
    withdrawn: frozenset[str]
    screening_numbers: Mapping[str, str]


def prescreen_codes(trial: Trial, terminology: Terminology) -> tuple[tuple[str, str], ...]:
    """List the codes a prescreen searches for.

    Args:
        trial: Names the diagnosis concepts.
        terminology: Gives their codes, the hospital's mapped ones included.

    Returns:
        (system, code) pairs, sorted.
    """
    wanted = set(trial.prescreen_concepts)
    return tuple(sorted(key for key, meaning in terminology.meanings.items() if wanted & set(meaning.concepts)))


def build_scope(
    text: str, trial: Trial, terminology: Terminology, roster: tuple[RosterRow, ...] = ()
) -> PatientScope:
    """Turn a choice of patients into what a source understands.

    Args:
        text: `all`, `prescreen`, `group:ID` or `roster:FILE` (the file's rows come in `roster`).
        trial: Names what a prescreen looks for.
        terminology: Gives the codes.
        roster: 0..*; rows of the roster.

    Returns:
        The scope.
    """
    name, _, rest = text.partition(":")
    kind = ScopeKind(name)
    return PatientScope(
        kind=kind,
        roster=roster if kind is ScopeKind.ROSTER else (),
        group=rest if kind is ScopeKind.GROUP else None,
        codes=prescreen_codes(trial, terminology) if kind is ScopeKind.PRESCREEN else (),
    )


def plan_scope(
    kind: ScopeKind, resolved: ResolvedScope, merges: Mapping[str, str], withdrawn: frozenset[str]
) -> RunScope:
    """Complete the patients found by the records merged with them.

    Args:
        kind: How they were chosen.
        resolved: What the source found.
        merges: Merged patient -> the one it was merged into.
        withdrawn: Patients whose consent is known to be withdrawn.

    Returns:
        The patients of the run; all records of a person who withdrew are closed.
    """
    named = [match.patient for match in resolved.matches]
    patients = same_people(named, merges)
    return RunScope(
        kind=kind,
        everybody=kind is ScopeKind.ALL,
        patients=patients,
        withdrawn=same_people(withdrawn, merges),
        screening_numbers={
            surviving(match.patient, merges): match.screening_number
            for match in resolved.matches
            if match.screening_number is not None
        },
    )


def subject_rows(
    scope: RunScope, merges: Mapping[str, str], ids: SubjectIds, facts: FactStore, traits: HospitalTraits
) -> tuple[SubjectRow, ...]:
    """Give each person of the scope a row: the surviving record's.

    Args:
        scope: The patients of the run.
        merges: Merged patient -> the one it was merged into.
        ids: Makes subject ids.
        facts: Gives persons their surrogate keys.
        traits: Of the hospital.

    Returns:
        One row per person, ordered by subject id.
    """
    survivors = sorted({surviving(patient, merges) for patient in scope.patients})
    persons = facts.persons(traits.id, survivors)
    rows = [
        SubjectRow(
            subject=ids.subject(patient),
            trial=ids.trial,
            hospital=traits.id,
            person=persons[patient],
            patient=patient,
            scope=scope.kind,
            screening_number=scope.screening_numbers.get(patient),
        )
        for patient in survivors
    ]
    return tuple(sorted(rows, key=lambda row: row.subject))
