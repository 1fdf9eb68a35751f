from __future__ import annotations

from fhir_adapter.ports.source import PatientMatch, ResolvedScope, RosterRow, ScopeKind
from fhir_adapter.sync.scope import build_scope, plan_scope, prescreen_codes, subject_rows
from tests.fakes.memory_store import MemoryStore
from tests.study import IDS, SNOMED, TERMINOLOGY, make_traits, make_trial


def resolved(*patients: str) -> ResolvedScope:
    return ResolvedScope(
        matches=tuple(PatientMatch(patient=each, screening_number=f"N{each}") for each in patients)
    )


def test_a_prescreen_looks_for_the_codes_of_the_trials_diagnoses() -> None:
    assert prescreen_codes(make_trial(), TERMINOLOGY) == ((SNOMED, "93143009"),)
    scope = build_scope("prescreen", make_trial(), TERMINOLOGY)
    assert (scope.kind, scope.codes) == (ScopeKind.PRESCREEN, ((SNOMED, "93143009"),))


def test_a_group_is_named_by_its_id_and_a_roster_by_its_rows() -> None:
    assert build_scope("group:ward-3", make_trial(), TERMINOLOGY).group == "ward-3"
    rows = (RosterRow("mrn", "1"),)
    assert build_scope("roster:list.csv", make_trial(), TERMINOLOGY, rows).roster == rows
    assert build_scope("all", make_trial(), TERMINOLOGY, rows).roster == ()


def test_records_merged_with_a_patient_are_read_with_it() -> None:
    scope = plan_scope(ScopeKind.ROSTER, resolved("1"), {"1": "3", "2": "3"}, frozenset({"2"}))
    assert scope.patients == {"1", "2", "3"}
    assert scope.withdrawn == {"1", "2", "3"}
    assert scope.screening_numbers == {"3": "N1"}
    assert not scope.everybody
    assert plan_scope(ScopeKind.ALL, resolved("1"), {}, frozenset()).everybody


def test_a_person_has_one_row_under_the_surviving_record() -> None:
    store = MemoryStore()
    scope = plan_scope(ScopeKind.GROUP, resolved("1", "9"), {"1": "3"}, frozenset())
    rows = subject_rows(scope, {"1": "3"}, IDS, store.facts, make_traits())
    assert {row.patient for row in rows} == {"3", "9"}
    assert [row.subject for row in rows] == sorted(row.subject for row in rows)
    by_patient = {row.patient: row for row in rows}
    assert by_patient["3"].subject == IDS.subject("3")
    assert by_patient["3"].screening_number == "N1"
