"""The machine writes drafts; every other status of a plan is a named person's, and ends with the subject."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from fhir_adapter.domain.review import ItemKind
from fhir_adapter.errors import DecisionRefusedError, UsageError
from fhir_adapter.ports.rows import SubjectRow
from fhir_adapter.sync.move import MoveRequest, run_move
from fhir_adapter.sync.move_plan import PlanMoveRequest, has_plan, run_plan_move
from tests.planned_ward import PlannedWard, day_13, first_given
from tests.study import IDS, condition, consent, patient
from tests.ward import Ward


@pytest.fixture
def ward() -> PlannedWard:
    """A ward whose subject has a plan at the hospital; nothing of its treatment is on file."""
    ward = PlannedWard().admit()
    ward.treat(first_given(), day_13(), on_file=False)
    return ward


def move_plan(ward: Ward, to: str, *, by: str = "lang", reason: str = "as discussed") -> SubjectRow:
    request = PlanMoveRequest(subject="Patient/p1", to=to, by=by, reason=reason)
    return run_plan_move(ward.desk, request)


def move(ward: Ward, to: str) -> SubjectRow:
    return run_move(ward.desk, MoveRequest(subject="Patient/p1", to=to, by="weber", reason="as discussed"))


def reach(ward: Ward, *statuses: str) -> None:
    for status in statuses:
        move(ward, status)
    ward.sync()


ENROLLED = ("eligible", "pending-on-study", "on-study")


def test_a_person_moves_the_plan_along_its_graph(ward: PlannedWard) -> None:
    for to in ("active", "on-hold", "active", "completed"):
        assert move_plan(ward, to).plan_status == to
        ward.sync()
        assert ward.care_plan["status"] == to
    assert "progress" not in ward.activities["fludarabine-m14"]


def test_only_the_status_changes_where_nothing_is_on_file(ward: PlannedWard) -> None:
    before = ward.care_plan
    move_plan(ward, "active")
    ward.sync()
    unchanged = [key for key in before if key not in {"status", "meta"}]
    assert {key: ward.care_plan[key] for key in unchanged} == {key: before[key] for key in unchanged}


def test_a_plan_not_delivered_yet_is_moved_too() -> None:
    ward = PlannedWard().admit()
    ward.plan(ward.record_with())
    move_plan(ward, "active")
    ward.deliver()
    assert ward.care_plan["status"] == "active"
    assert [each for each in ward.held.writes if "CarePlan" in each] == ["create CarePlan"]


def test_a_refused_move_names_the_allowed_ones(ward: PlannedWard) -> None:
    with pytest.raises(DecisionRefusedError, match="from draft to completed; allowed: active, revoked"):
        move_plan(ward, "completed")
    assert ward.row("p1").plan_status is None


@pytest.mark.parametrize("by", ["kurz", "data", "guest", "nobody"])
def test_it_takes_an_investigator(ward: PlannedWard, by: str) -> None:
    with pytest.raises(DecisionRefusedError):
        move_plan(ward, "active", by=by)


def test_it_takes_a_reason(ward: PlannedWard) -> None:
    with pytest.raises(DecisionRefusedError, match="reason"):
        move_plan(ward, "active", reason=" ")


def test_a_subject_without_a_plan_has_none_to_move() -> None:
    ward = PlannedWard().admit()
    with pytest.raises(DecisionRefusedError, match="no plan yet"):
        move_plan(ward, "active")
    ward.plan(ward.record_with(day_zero=None))
    assert not has_plan(ward.desk, ward.row("p1"))
    with pytest.raises(UsageError):
        run_plan_move(ward.desk, PlanMoveRequest(subject="Patient/p9", to="active", by="lang", reason="x"))


def test_whoever_is_in_no_written_state_has_no_plan(ward: PlannedWard) -> None:
    assert has_plan(ward.desk, ward.row("p1"))
    assert not has_plan(ward.desk, replace(ward.row("p1"), status=None))


def test_the_move_is_kept_as_a_decision_and_on_the_audit_trail(ward: PlannedWard) -> None:
    move_plan(ward, "active")
    (decision,) = ward.store.records.decisions(IDS.subject("p1"))
    assert (decision.item, dict(decision.values)) == ("plan", {"from": "draft", "status": "active"})
    assert (decision.by, decision.reason) == ("lang", "as discussed")
    (entry,) = [each for each in ward.store.records.audit_entries() if each.action == "plan-status"]
    assert (entry.who, entry.old, entry.new, entry.reason) == ("lang", "draft", "active", "as discussed")


def test_the_person_is_an_agent_of_the_provenance(ward: PlannedWard) -> None:
    move_plan(ward, "active")
    ward.sync()
    agents = [
        [agent["who"]["display"] for agent in body["agent"]]
        for body in ward.written("Provenance")
        if body["target"][0]["reference"].startswith("CarePlan/")
    ]
    assert agents == [["fhir-adapter"], ["fhir-adapter", "Dr. Ben Lang"]]


def test_a_move_to_intervention_makes_the_plan_active(ward: PlannedWard) -> None:
    reach(ward, *ENROLLED)
    assert ward.care_plan["status"] == "draft"
    reach(ward, "on-study-intervention")
    assert (ward.care_plan["status"], ward.row("p1").plan_status) == ("active", "active")


def test_the_end_of_participation_ends_the_plan_and_nothing_automatic_follows(ward: PlannedWard) -> None:
    reach(ward, *ENROLLED, "on-study-intervention", "off-study")
    assert ward.care_plan["status"] == "completed"
    assert ward.plan(ward.record_with(digest="t9")) == ()
    with pytest.raises(DecisionRefusedError, match="the plan has ended"):
        move_plan(ward, "active")


def test_a_plan_not_delivered_before_the_end_is_written_as_it_ended() -> None:
    ward = PlannedWard().admit()
    for status in (*ENROLLED, "on-study-intervention"):
        move(ward, status)
    ward.sync()
    ward.plan(ward.record_with(), on_file=False)
    move(ward, "off-study")
    ward.sync()
    assert ward.care_plan["status"] == "completed"


def test_withdrawal_by_move_revokes_the_plan_as_it_stands(ward: PlannedWard) -> None:
    before = ward.care_plan["activity"]
    ward.plan(ward.record_with(day_13(), digest="t2"), on_file=False)
    reach(ward, "withdrawn")
    assert (ward.care_plan["status"], ward.care_plan["activity"]) == ("revoked", before)


def test_an_accepted_withdrawal_revokes_the_plan_of_a_subject_on_study(ward: PlannedWard) -> None:
    """Off-study completes a plan; withdrawn consent revokes it."""
    reach(ward, *ENROLLED, "on-study-intervention")
    ward.give(consent("p1", status="inactive", version="2"))
    ward.sync()
    ward.answer(ward.item(ItemKind.CONSENT_WITHDRAWN).id)
    ward.sync()
    assert (ward.row("p1").status, ward.care_plan["status"]) == ("off-study", "revoked")
    assert set(ward.sync().writes.as_dict().values()) == {0}


def test_an_accepted_death_revokes_the_plan(ward: PlannedWard) -> None:
    reach(ward, *ENROLLED, "on-study-intervention")
    ward.give(patient("p1", version="2", deceasedBoolean=True), condition("p1"))
    ward.sync()
    assert ward.care_plan["status"] == "active"
    ward.answer(ward.item(ItemKind.DECEASED).id)
    ward.sync()
    assert (ward.row("p1").status, ward.care_plan["status"]) == ("off-study", "revoked")


def test_a_death_denied_leaves_the_plan_alone(ward: PlannedWard) -> None:
    ward.give(patient("p1", version="2", deceasedBoolean=True))
    ward.sync()
    ward.answer(ward.item(ItemKind.DECEASED).id, accept=False)
    assert ward.row("p1").plan_status is None


def test_after_withdrawal_a_plan_can_only_be_revoked(ward: PlannedWard) -> None:
    ward.give(consent("p1", status="inactive", version="2"))
    ward.sync()
    assert ward.row("p1").withdrawn
    with pytest.raises(DecisionRefusedError, match="allowed: revoked"):
        move_plan(ward, "active")
    move_plan(ward, "revoked")
    ward.sync()
    assert ward.care_plan["status"] == "revoked"


def test_the_end_of_a_subject_who_never_had_a_plan_writes_none() -> None:
    ward = PlannedWard().admit()
    reach(ward, "withdrawn")
    assert ward.written("CarePlan") == []
    assert [each for each in ward.store.records.audit_entries() if each.action == "plan-status"] == []


def test_a_person_may_decide_that_ours_replaces_an_edited_activity(ward: PlannedWard) -> None:
    ward.edit_activity("fludarabine-m13", progress=[{"text": "note"}])
    moved = {"day_zero": date(2026, 3, 26), "digest": "t2"}
    ward.treat(first_given(), day_13(), on_file=False, **moved)
    item = ward.item(ItemKind.WRITE_CONFLICT)
    assert item.details == {"resource": "CarePlan", "elements": "activity[fludarabine-m13]"}
    assert "progress" in ward.activities["fludarabine-m13"]
    subject = ward.written_of("p1")
    ward.answer(item.id, by="kurz")
    ward.sync()
    ours = ward.activities["fludarabine-m13"]
    assert "progress" not in ours
    assert ours["detail"]["scheduledPeriod"]["start"] == "2026-03-13"
    assert ward.written_of("p1") == subject
    assert ward.items(ItemKind.WRITE_CONFLICT) == []


def test_a_person_may_leave_an_edited_activity_to_whoever_edited_it(ward: PlannedWard) -> None:
    ward.edit_activity("fludarabine-m13", progress=[{"text": "note"}])
    ward.treat(first_given(), day_13(), on_file=False, day_zero=date(2026, 3, 26), digest="t2")
    ward.answer(ward.item(ItemKind.WRITE_CONFLICT).id, accept=False, by="kurz")
    ward.sync()
    assert "progress" in ward.activities["fludarabine-m13"]
    assert ward.items(ItemKind.WRITE_CONFLICT) == []


def test_a_person_may_have_a_deleted_plan_written_again(ward: PlannedWard) -> None:
    del ward.held.held["CarePlan", ward.care_plan["id"]]
    ward.treat(first_given(), on_file=False, digest="t2")
    ward.answer(ward.item(ItemKind.WRITE_CONFLICT).id, by="kurz")
    ward.sync()
    assert ward.care_plan["status"] == "draft"
