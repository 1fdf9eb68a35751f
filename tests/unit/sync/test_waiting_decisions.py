"""What a person decided and no run has delivered yet outlives newer data about the same subject."""

from __future__ import annotations

from fhir_adapter.domain.dosing.records import DosingStatus
from fhir_adapter.domain.review import ItemKind
from fhir_adapter.sync.move_plan import PlanMoveRequest, run_plan_move
from tests.planned_ward import PlannedWard, day_13, first_given
from tests.plans import planned, record_of

OVERDUE = record_of(planned(day=-13), status=DosingStatus.OVERDUE)
NOTE = [{"text": "family asked for another day"}]


def edited() -> PlannedWard:
    """A ward whose plan had an activity edited, about which a person is asked."""
    ward = PlannedWard().admit()
    ward.treat()
    ward.edit_activity("fludarabine-m13", progress=NOTE)
    ward.treat(first_given(), OVERDUE, digest="t2")
    assert ward.activities["fludarabine-m13"]["progress"] == NOTE
    return ward


def authors(ward: PlannedWard) -> list[str]:
    """Who is named beside the software in the Provenance of each version of the plan."""
    about = [body for body in ward.written("Provenance") if body["target"][0]["reference"].startswith("CarePlan/")]
    return [" ".join(agent["who"]["identifier"]["value"] for agent in body["agent"][1:]) for body in about]


def test_ours_stays_chosen_when_the_plan_changes_before_the_next_delivery() -> None:
    ward = edited()
    ward.answer(ward.item(ItemKind.WRITE_CONFLICT).id)
    ward.treat(first_given(notes=("a later remark",)), OVERDUE, digest="t3")
    assert "progress" not in ward.activities["fludarabine-m13"]
    assert authors(ward) == ["", "", "weber"]


def test_a_plan_that_changes_before_its_activation_was_delivered_still_names_who_activated_it() -> None:
    ward = PlannedWard().admit()
    ward.treat()
    run_plan_move(
        ward.desk, PlanMoveRequest(subject="Patient/p1", to="active", by="weber", reason="treatment begins")
    )
    ward.treat(first_given(), day_13(), digest="t2")
    assert ward.care_plan["status"] == "active"
    assert authors(ward) == ["", "weber"]


def test_a_delivered_decision_is_not_named_again() -> None:
    ward = edited()
    ward.answer(ward.item(ItemKind.WRITE_CONFLICT).id)
    ward.deliver()
    ward.edit_activity("fludarabine-m13", progress=NOTE)
    ward.treat(first_given(notes=("a later remark",)), OVERDUE, digest="t3")
    assert ward.activities["fludarabine-m13"]["progress"] == NOTE
    assert authors(ward) == ["", "", "weber", ""]


def test_a_plan_that_lost_its_day_0_before_it_was_delivered_is_not_written() -> None:
    ward = PlannedWard().admit()
    ward.plan(ward.record_with())
    ward.plan(ward.record_with(day_zero=None, digest="t2"))
    assert ward.deliver(write=False).dry_run == 0
    ward.deliver()
    assert ward.written("CarePlan") == []
    ward.treat(digest="t3")
    assert ward.care_plan["status"] == "draft"


def test_a_persons_decision_about_a_plan_that_lost_its_day_0_is_delivered() -> None:
    ward = PlannedWard().admit()
    ward.treat()
    ward.plan(ward.record_with(day_zero=None, digest="t2"))
    run_plan_move(
        ward.desk, PlanMoveRequest(subject="Patient/p1", to="revoked", by="weber", reason="nobody is treated")
    )
    ward.deliver()
    assert ward.care_plan["status"] == "revoked"
