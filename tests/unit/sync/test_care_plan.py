"""The plan at the hospital follows the treatment record, is written once, and is never taken from anybody."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from fhir_adapter.domain.dosing.records import DosingStatus
from fhir_adapter.domain.review import ItemKind
from fhir_adapter.errors import RetryableTransportError
from fhir_adapter.ports.rows import Derivation
from fhir_adapter.sync.plan_writes import open_planner
from tests.planned_ward import PlannedWard, day_13, first_given
from tests.plans import PLANS, given, planned, record_of
from tests.study import IDS, make_traits, make_trial


@pytest.fixture
def ward() -> PlannedWard:
    """A ward whose subject has a plan at the hospital."""
    ward = PlannedWard().admit()
    ward.treat()
    return ward


def status_of(ward: PlannedWard, activity: str) -> Any:
    return ward.activities[activity]["detail"]["status"]


def test_a_plan_is_written_as_a_draft_with_our_identifier_for_the_patient_and_the_study(ward: PlannedWard) -> None:
    body, (study,) = ward.care_plan, ward.written("ResearchStudy")
    assert (body["status"], body["intent"]) == ("draft", "plan")
    assert body["identifier"] == [{"system": PLANS, "value": IDS.subject("p1")}]
    assert body["subject"] == {"reference": "Patient/p1"}
    assert body["supportingInfo"] == [{"reference": f"ResearchStudy/{study['id']}"}]
    assert list(ward.activities) == ["fludarabine-m14", "fludarabine-m13", "visit-30"]


def test_the_study_is_written_before_the_plan_even_at_the_first_delivery() -> None:
    ward = PlannedWard()
    ward.sync(write=False)
    ward.treat()
    assert [each for each in ward.held.writes if "Provenance" not in each] == [
        "create ResearchStudy",
        "create ResearchSubject",
        "create CarePlan",
    ]


def test_an_unchanged_plan_is_not_written_again(ward: PlannedWard) -> None:
    before = list(ward.held.writes)
    assert ward.plan(ward.record_with()) == ()
    assert ward.plan(ward.record_with(digest="t2")) == ()
    assert set(ward.deliver().as_dict().values()) == {0}
    assert ward.held.writes == before


def test_a_new_administration_updates_the_plan(ward: PlannedWard) -> None:
    delivered = ward.treat(first_given(), day_13(), digest="t2")
    assert delivered.updated == 1
    first = ward.activities["fludarabine-m14"]
    assert first["detail"]["status"] == "completed"
    assert first["outcomeReference"] == [{"reference": "MedicationAdministration/p1-flu-1"}]
    assert status_of(ward, "fludarabine-m13") == "not-started"


def test_the_assigned_arm_is_written_with_the_subject(ward: PlannedWard) -> None:
    assert "actualArm" not in ward.written_of("p1")
    ward.plan(ward.record_with(), arm="L1")
    ward.deliver()
    assert ward.written_of("p1")["actualArm"] == "L1"


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "off-study"},
        {"status": "withdrawn"},
        {"status": "not-registered"},
        {"withdrawn": True},
        {"deceased": True},
        {"status": None},
    ],
)
def test_nothing_automatic_is_planned_for_whoever_is_not_in_the_trial_any_more(changes: dict[str, Any]) -> None:
    ward = PlannedWard().admit()
    planner = open_planner(ward.store.outbox, ward.trial, ward.traits.id)
    assert planner.plan_care_plan(replace(ward.row("p1"), **changes), ward.record_with()) == ()


def test_without_treatment_or_a_dated_day_0_there_is_no_plan() -> None:
    ward = PlannedWard().admit()
    assert ward.plan(None) == ()
    assert ward.plan(ward.record_with(day_zero=None)) == ()


def test_a_trial_without_a_plan_to_be_written_writes_none() -> None:
    ward = PlannedWard()
    ward.trial = make_trial()
    ward.admit()
    assert ward.plan(ward.record_with()) == ()
    ward.trial = replace(ward.trial, care_plan=PlannedWard().trial.care_plan)
    assert ward.plan(ward.record_with()) == ()


def test_an_activity_planned_no_more_is_cancelled_at_the_hospital(ward: PlannedWard) -> None:
    ward.treat(first_given(), digest="t2")
    gone = ward.activities["fludarabine-m13"]["detail"]
    assert (gone["status"], gone["statusReason"]) == ("cancelled", {"text": "no longer planned"})
    assert ward.plan(ward.record_with(first_given(), digest="t2")) == ()
    ward.treat(first_given(), day_13(), digest="t3")
    assert status_of(ward, "fludarabine-m13") == "not-started"


def test_an_activity_that_never_reached_the_hospital_just_goes() -> None:
    ward = PlannedWard().admit()
    ward.plan(ward.record_with())
    ward.treat(first_given(), digest="t2")
    assert list(ward.activities) == ["fludarabine-m14", "visit-30"]


def test_a_plan_moves_with_day_0(ward: PlannedWard) -> None:
    ward.treat(record_of(), day_13(), day_zero=date(2026, 3, 26), day_zero_source="graft", digest="t2")
    periods = {name: each["detail"]["scheduledPeriod"]["start"] for name, each in ward.activities.items()}
    assert periods == {"fludarabine-m14": "2026-03-12", "fludarabine-m13": "2026-03-13", "visit-30": "2026-04-25"}


def test_an_activity_somebody_edited_is_kept_reported_once_and_the_others_follow_us(ward: PlannedWard) -> None:
    noted = [{"text": "family asked for another day"}]
    ward.edit_activity("fludarabine-m13", progress=noted)
    delivered = ward.treat(first_given(), record_of(planned(day=-13), status=DosingStatus.OVERDUE), digest="t2")
    assert (delivered.updated, delivered.for_review) == (1, 1)
    assert status_of(ward, "fludarabine-m14") == "completed"
    kept = ward.activities["fludarabine-m13"]
    assert (kept["progress"], kept["detail"]["status"]) == (noted, "not-started")
    item = ward.item(ItemKind.WRITE_CONFLICT)
    assert item.details == {"resource": "CarePlan", "elements": "activity[fludarabine-m13]"}
    assert (
        ward.plan(ward.record_with(first_given(), record_of(planned(day=-13), status=DosingStatus.OVERDUE))) == ()
    )
    ward.treat(first_given(), record_of(planned(day=-13), status=DosingStatus.GIVEN), digest="t3")
    assert ward.activities["fludarabine-m13"] == kept
    assert len(ward.items(ItemKind.WRITE_CONFLICT)) == 1


def test_a_second_edit_of_the_same_activity_is_asked_about_again(ward: PlannedWard) -> None:
    for number, digest in ((1, "t2"), (2, "t3")):
        ward.edit_activity("fludarabine-m13", progress=[{"text": f"note {number}"}])
        ward.treat(first_given(notes=(f"{number}",)), day_13(), digest=digest)
    assert len(ward.items(ItemKind.WRITE_CONFLICT)) == 2


def test_an_activity_somebody_removed_stays_removed(ward: PlannedWard) -> None:
    ward.edit_plan(activity=[each for each in ward.care_plan["activity"] if each["id"] != "visit-30"])
    for digest, dose in (("t2", first_given()), ("t3", first_given(notes=("again",)))):
        ward.treat(dose, day_13(), digest=digest)
        assert list(ward.activities) == ["fludarabine-m14", "fludarabine-m13"]
    assert ward.item(ItemKind.WRITE_CONFLICT).details == {"resource": "CarePlan", "elements": "activity[visit-30]"}


def test_an_activity_somebody_added_survives(ward: PlannedWard) -> None:
    theirs = {"detail": {"kind": "Task", "status": "scheduled", "description": "call the parents"}}
    ward.edit_plan(activity=[theirs, *ward.care_plan["activity"]])
    delivered = ward.treat(first_given(), day_13(), digest="t2")
    assert ward.care_plan["activity"][0] == theirs
    assert (delivered.updated, delivered.for_review) == (1, 0)


def test_a_status_somebody_set_is_kept_and_asked_about(ward: PlannedWard) -> None:
    ward.edit_plan(status="active")
    delivered = ward.treat(first_given(), day_13(), digest="t2")
    assert (ward.care_plan["status"], delivered.for_review) == ("active", 1)
    assert ward.item(ItemKind.WRITE_CONFLICT).details == {"resource": "CarePlan", "elements": "status"}
    ward.plan(ward.record_with(first_given(), day_13(), digest="t2"), plan_status="on-hold")
    ward.deliver()
    assert ward.care_plan["status"] == "active"


def test_edits_of_subject_and_plan_are_asked_about_apart(ward: PlannedWard) -> None:
    """Equal paths with equal contents in two resources are two questions."""
    ward.held.edit("ResearchSubject", ward.written_of("p1")["id"], period={"start": "2026-01-01"})
    ward.edit_plan(period={"start": "2026-01-01"})
    ward.plan(ward.record_with(first_given(), digest="t2"), since="2026-02-02", arm="L1")
    ward.deliver()
    asked = [item.details for item in ward.items(ItemKind.WRITE_CONFLICT)]
    assert {"resource": "ResearchSubject", "elements": "period.start"} in asked
    assert any(details is not None and details["resource"] == "CarePlan" for details in asked)


def test_a_plan_somebody_deleted_is_put_to_a_person(ward: PlannedWard) -> None:
    del ward.held.held["CarePlan", ward.care_plan["id"]]
    assert ward.treat(first_given(), digest="t2").conflicts == 1
    item = ward.item(ItemKind.WRITE_CONFLICT)
    assert (item.asked, item.details) == ("gone", {"resource": "CarePlan", "elements": "*"})
    assert ward.written("CarePlan") == []


def test_a_dry_run_shows_the_activities_that_would_change(ward: PlannedWard) -> None:
    ward.plan(ward.record_with(first_given(), day_13(), digest="t2"))
    (difference,) = ward.deliver(write=False).differences
    assert (difference.resource_type, difference.resource_id) == ("CarePlan", ward.care_plan["id"])
    (element,) = difference.elements
    assert element.path == "activity[fludarabine-m14]"
    assert element.hospital["detail"]["status"] == "not-started"
    assert element.ours["detail"]["status"] == "completed"
    assert status_of(ward, "fludarabine-m14") == "not-started"


def test_the_provenance_of_a_plan_names_what_its_doses_rest_on(ward: PlannedWard) -> None:
    ward.treat(first_given(), day_13(), digest="t2")
    about = [body for body in ward.written("Provenance") if body["target"][0]["reference"].startswith("CarePlan/")]
    assert [body["target"][0]["reference"].rpartition("/")[2] for body in about] == ["1", "2"]
    cited = [[entity["what"]["reference"] for entity in body["entity"]] for body in about]
    assert cited == [["Observation/p1-weight/_history/1"]] * 2


def test_the_provenance_of_an_outdated_plan_names_no_sources() -> None:
    ward = PlannedWard().admit()
    ward.plan(ward.record_with())
    newer = Derivation(row=ward.row("p1"), record=None, treatment=ward.record_with(digest="newer"))
    ward.store.records.commit(ward.store.runs.list_runs()[0].id, newer, at=ward.clock.now())
    ward.deliver()
    (body,) = [each for each in ward.written("Provenance") if "CarePlan" in each["target"][0]["reference"]]
    assert "entity" not in body


def test_a_plan_whose_answer_was_lost_stands_once() -> None:
    ward = PlannedWard().admit()
    ward.held.faults, ward.held.lost = [RetryableTransportError(action="create CarePlan", status=503)], True
    assert ward.treat().created == 1
    assert len(ward.written("CarePlan")) == 1
    assert set(ward.deliver().as_dict().values()) == {0}


def test_a_rebuilt_store_finds_the_plan_and_writes_nothing(ward: PlannedWard) -> None:
    rebuilt = PlannedWard()
    rebuilt.held = ward.held
    rebuilt.sink = ward.held
    rebuilt.admit()
    before = ward.care_plan
    assert rebuilt.treat().updated == 0
    assert ward.care_plan == before
    assert rebuilt.items(ItemKind.WRITE_CONFLICT) == []


def test_a_rebuilt_store_takes_no_active_plan_back_to_draft(ward: PlannedWard) -> None:
    ward.plan(ward.record_with(), plan_status="active")
    ward.deliver()
    rebuilt = PlannedWard()
    rebuilt.held = ward.held
    rebuilt.sink = ward.held
    rebuilt.admit()
    assert rebuilt.treat().for_review == 1
    assert ward.care_plan["status"] == "active"


def test_no_plan_is_written_where_writing_is_not_enabled() -> None:
    ward = PlannedWard()
    ward.traits = make_traits(writes_enabled=False)
    ward.admit()
    ward.plan(ward.record_with())
    assert ward.deliver(write=False).dry_run == 3
    assert ward.held.writes == []


def test_partial_doses_and_unknown_ones_are_said_as_they_are(ward: PlannedWard) -> None:
    unknown = record_of(planned(day=-13), status=DosingStatus.UNKNOWN)
    partial = record_of(status=DosingStatus.PARTIAL, administered=given())
    ward.treat(partial, unknown, digest="t2")
    assert (status_of(ward, "fludarabine-m14"), status_of(ward, "fludarabine-m13")) == ("in-progress", "unknown")
