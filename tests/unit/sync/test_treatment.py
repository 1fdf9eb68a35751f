"""Treatment is derived, kept and written beside eligibility: when, for whom, and until when."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

from fhir_adapter.domain.dosing.records import DosingStatus
from fhir_adapter.domain.review import ItemKind
from fhir_adapter.sync.compare import compare_definitions, compare_with_run
from fhir_adapter.sync.move import MoveRequest, run_move
from fhir_adapter.sync.pair import Pair
from fhir_adapter.sync.treating import ENDED
from tests.study import AS_OF, IDS, consent, haemoglobin, make_trial, patient, whole_patient
from tests.treated_ward import (
    accepted,
    assigned,
    dose,
    fludarabine,
    height,
    state,
    treating,
    treating_trial,
    treatment,
    weight,
)
from tests.ward import Ward

P1 = IDS.subject("p1")


def test_nobody_is_under_treatment_before_a_level_is_assigned() -> None:
    ward = assigned(level=None)
    assert ward.store.records.latest_treatment(P1) is None
    assert ward.row("p1").arm is None
    derived = ward.derive(everyone=True)
    assert derived.treatments.as_dict() == {"created": 0, "changed": 0, "unchanged": 0}
    ward.sync()
    assert ward.written("CarePlan") == []


def test_an_assignment_begins_treatment_plans_doses_and_names_the_arm() -> None:
    ward = assigned()
    record = treatment(ward)
    assert (record.level, record.arm, record.day_zero) == (1, "L1", date(2026, 3, 25))
    assert ward.row("p1").arm == "L1"
    planned = dose(ward).planned
    assert planned is not None
    assert planned.dose is not None
    assert (planned.dose.value, planned.dose.unit) == (Fraction(104, 5), "mg")
    ward.sync()
    assert ward.written_of("p1")["actualArm"] == "L1"
    (plan,) = ward.written("CarePlan")
    assert plan["status"] == "draft"


def test_a_dose_given_becomes_part_of_the_record_and_of_the_plan_at_the_hospital() -> None:
    ward = accepted()
    ward.sync()
    ward.wait(hours=3)
    ward.give(fludarabine("p1"))
    report = ward.sync()
    assert dose(ward).status is DosingStatus.GIVEN
    assert report.as_dict()["treatments"] == {"created": 0, "changed": 1, "unchanged": 0}
    assert report.records.as_dict() == {"created": 0, "changed": 0, "unchanged": 1}
    (plan,) = ward.written("CarePlan")
    statuses = {each["id"]: each["detail"]["status"] for each in plan["activity"]}
    assert statuses["fludarabine-m14"] == "completed"


def test_a_second_derivation_changes_nothing() -> None:
    ward = accepted()
    before = repr(ward.memory_store.memory)
    derived = ward.derive(everyone=True)
    assert derived.treatments.as_dict() == {"created": 0, "changed": 0, "unchanged": 1}
    ward.memory_store.memory.runs.popitem()
    assert repr(ward.memory_store.memory) == before


def test_who_is_not_due_keeps_the_treatment_on_file() -> None:
    ward = accepted()
    derived = ward.derive()
    assert derived.records == {}
    assert derived.treatments.as_dict() == {"created": 0, "changed": 0, "unchanged": 1}


def test_a_frozen_verdict_does_not_keep_treatment_from_running_out() -> None:
    ward = accepted()
    assert dose(ward).status is DosingStatus.NOT_YET_DUE
    ward.wait(days=2)
    derived = ward.derive()
    assert derived.treatments.as_dict() == {"created": 0, "changed": 1, "unchanged": 0}
    assert derived.counts.as_dict() == {"created": 0, "changed": 0, "unchanged": 1}
    assert dose(ward).status is not DosingStatus.NOT_YET_DUE
    assert ward.is_frozen("p1")


def test_a_day_whose_window_is_over_is_derived_again_by_itself() -> None:
    ward = accepted()
    ward.wait(hours=3)
    ward.give(fludarabine("p1"))
    ward.sync()
    assert dose(ward, day=-13).status is DosingStatus.NOT_YET_DUE
    ward.wait(hours=12)
    assert ward.derive().treatments.changed == 1, "the weight is locked with the end of day -14"
    assert ward.derive().records == {}, "12 March has only begun"
    ward.wait(hours=24)
    assert ward.derive().treatments.changed == 1
    assert dose(ward, day=-13).status is not DosingStatus.NOT_YET_DUE


def test_changed_definitions_derive_treatment_again_although_the_verdict_is_frozen() -> None:
    ward = accepted()
    version = ward.store.records.latest_treatment(P1)
    ward.trial = treating_trial(digest="definitions-2")
    assert ward.derive().treatments.changed == 1
    stored = ward.store.records.latest_treatment(P1)
    assert version is not None
    assert stored is not None
    assert (stored.version, stored.record.definitions_digest) == (version.version + 1, "definitions-2")
    assert ward.derive().records == {}


def test_definitions_that_first_bring_a_treatment_plan_reach_frozen_subjects() -> None:
    ward = accepted()
    plain = replace(treating_trial(), regimen=None, care_plan=None)
    ward = treating(*whole_patient("p1"), weight("p1"), height("p1"))
    ward.trial = plain
    ward.sync()
    state(ward, "p1", "I4", "true")
    state(ward, "p1", "dose-level", "2")
    ward.answer(ward.item(ItemKind.ELIGIBILITY).id)
    assert ward.store.records.latest_treatment(P1) is None
    ward.trial = treating_trial(digest="definitions-2")
    assert ward.derive().treatments.created == 1
    assert treatment(ward).level == 2


def test_a_frozen_subject_without_assignment_costs_nothing_under_the_same_definitions() -> None:
    ward = accepted(level=None)
    ward.wait(days=400)
    ward.derive()
    assert ward.derive().records == {}


def withdrawn() -> Ward:
    ward = accepted()
    ward.wait(hours=3)
    ward.give(fludarabine("p1"))
    ward.sync()
    ward.give(consent("p1", status="inactive", version="2"))
    ward.sync()
    assert ward.row("p1").withdrawn
    return ward


def test_nothing_is_planned_after_the_day_consent_was_withdrawn_and_what_was_given_stays() -> None:
    ward = withdrawn()
    assert {record.date for record in treatment(ward).records} == {date(2026, 3, 11)}
    assert dose(ward).status is DosingStatus.GIVEN
    assert ward.row("p1").arm == "L1"


def test_treatment_is_derived_no_further_once_consent_is_withdrawn() -> None:
    ward = withdrawn()
    before = ward.store.records.latest_treatment(P1)
    ward.give(fludarabine("p1", "500"), haemoglobin("p1", "70", version="3"))
    ward.wait(days=30)
    ward.trial = treating_trial(digest="definitions-3")
    ward.sync()
    assert ward.derive().records == {}, "and nobody looks whether it ran out"
    ward.derive(everyone=True)
    assert ward.store.records.latest_treatment(P1) == before


def test_a_person_who_moves_a_subject_to_withdrawn_ends_the_plan_on_that_day() -> None:
    ward = accepted()
    ward.wait(days=5)
    run_move(
        ward.desk, MoveRequest(subject="Patient/p1", to="withdrawn", by="weber", reason="asked", day="2026-03-12")
    )
    days = {record.date for record in treatment(ward).records}
    assert days == {date(2026, 3, 11), date(2026, 3, 12)}
    stored = ward.store.records.latest_treatment(P1)
    ward.wait(days=5)
    ward.trial = treating_trial(digest="definitions-3")
    ward.derive(everyone=True)
    assert ward.store.records.latest_treatment(P1) == stored


def test_a_person_who_denies_the_withdrawal_lets_treatment_go_on() -> None:
    ward = withdrawn()
    ward.answer(ward.item(ItemKind.CONSENT_WITHDRAWN).id, accept=False)
    assert not ward.row("p1").withdrawn
    assert date(2026, 3, 12) in {record.date for record in treatment(ward).records}


def test_a_subject_withdrawn_before_any_treatment_never_gets_a_record() -> None:
    ward = assigned(level=None)
    ward.give(consent("p1", status="inactive", version="2"))
    ward.sync()
    state(ward, "p1", "dose-level", "1")
    assert ward.store.records.latest_treatment(P1) is None


def test_nothing_is_planned_after_death_unless_a_person_says_it_did_not_happen() -> None:
    ward = accepted()
    ward.wait(days=1)
    ward.give(patient("p1", version="2", deceasedDateTime="2026-03-12"))
    ward.sync()
    assert {record.date for record in treatment(ward).records} == {date(2026, 3, 11), date(2026, 3, 12)}
    ward.answer(ward.item(ItemKind.DECEASED).id, accept=False)
    assert date(2026, 3, 21) in {record.date for record in treatment(ward).records}


def test_an_assignment_that_no_longer_stands_leaves_a_record_that_says_so_and_comes_back() -> None:
    ward = accepted()
    first = treatment(ward)
    ward.derive(as_of=AS_OF - timedelta(days=1), everyone=True)
    ended = treatment(ward)
    assert (ended.level, ended.arm, ended.records, ended.notes) == (None, None, (), (ENDED,))
    assert ward.row("p1").arm is None
    before = ward.store.records.latest_treatment(P1)
    ward.derive(as_of=AS_OF - timedelta(hours=30), everyone=True)
    assert ward.store.records.latest_treatment(P1) == before, "it already says so"
    assert ward.derive().treatments.changed == 1
    assert treatment(ward).evidence_digest == first.evidence_digest
    assert ward.row("p1").arm == "L1"


def test_what_was_known_earlier_is_derived_and_not_saved() -> None:
    ward = accepted()
    ward.wait(hours=3)
    ward.give(fludarabine("p1"))
    ward.sync()
    stored = ward.store.records.latest_treatment(P1)
    ward.derive(known_at=AS_OF + timedelta(minutes=1), everyone=True)
    assert ward.store.records.latest_treatment(P1) == stored


def test_a_comparison_names_doses_given_since_a_run() -> None:
    ward = accepted()
    run = ward.sync().run
    ward.wait(hours=3)
    ward.give(fludarabine("p1"))
    ward.sync()
    (change,) = compare_with_run(ward.store, ward.clock, ward.derive_request(), run)
    changed = {(each.item, each.day): (each.status, each.administered) for each in change.doses}
    assert changed["fludarabine", -14] == (Pair("NOT_YET_DUE", "GIVEN"), Pair(None, "20.8 mg"))


def test_a_comparison_of_definitions_names_doses_they_plan_differently() -> None:
    ward = assigned()
    before = repr(ward.memory_store.memory)
    trial = treating_trial(digest="definitions-2")
    assert trial.regimen is not None
    fewer = replace(trial, regimen=replace(trial.regimen, items=trial.regimen.items[1:]))
    old, new = ward.derive_request(), ward.derive_request(trial=fewer)
    (change,) = compare_definitions(ward.store, ward.clock, old, new)
    assert {(each.item, each.status.new) for each in change.doses} == {("fludarabine", None)}
    assert repr(ward.memory_store.memory) == before


def test_a_trial_without_treatment_plan_derives_none() -> None:
    ward = assigned()
    ward.trial = make_trial(digest="definitions-2")
    ward.derive()
    assert treatment(ward).notes == (ENDED,)
