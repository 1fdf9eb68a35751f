from __future__ import annotations

from dataclasses import replace

import pytest

from fhir_adapter.domain.review import ItemKind, ItemState
from fhir_adapter.errors import DecisionRefusedError, InvariantError, UsageError
from fhir_adapter.sync.attest import AttestRequest, run_attest
from fhir_adapter.sync.decide import DecideRequest, decide_many, run_decide, short_answer, show_item
from fhir_adapter.sync.move import MoveRequest, run_move
from tests.study import condition, consent, haemoglobin, patient, whole_patient
from tests.ward import Ward, roster


def eligible(*names: str) -> Ward:
    ward = Ward(*(resource for name in names or ("p1",) for resource in whole_patient(name)))
    ward.sync()
    for name in names or ("p1",):
        run_attest(ward.desk, AttestRequest(subject=f"Patient/{name}", link="I4", value="true", by="weber"))
    return ward


def candidate_who_fails() -> Ward:
    ward = Ward(patient("p1"), haemoglobin("p1", "60"))
    ward.sync(roster("p1"))
    return ward


def request(item: str, *, by: str = "weber", reason: str = "checked", **values: str) -> DecideRequest:
    return DecideRequest(item=item, values=values or {"verdict": "accepted"}, by=by, reason=reason)


def refused(ward: Ward, asked: DecideRequest, match: str) -> None:
    before = repr(ward.memory_store.memory)
    with pytest.raises(DecisionRefusedError, match=match):
        run_decide(ward.desk, asked)
    assert repr(ward.memory_store.memory) == before, "a refused decision leaves no trace"


def test_an_accepted_verdict_carries_name_reason_time_and_what_was_seen() -> None:
    ward = eligible()
    item = ward.item(ItemKind.ELIGIBILITY)
    run_decide(ward.desk, request(item.id, by="Dr. Ada Weber", reason="  all criteria met "))
    (decision,) = ward.store.records.decisions(ward.row("p1").subject)
    assert (decision.by, decision.reason, decision.at) == ("weber", "all criteria met", ward.clock.now())
    assert decision.seen == item.digest == ward.record("p1").evidence_digest
    assert decision.values == {"verdict": "accepted"}
    entry = ward.store.records.audit_entries(ward.row("p1").subject)[-1]
    assert (entry.who, entry.action, entry.old, entry.new) == (
        "weber", "decide-eligibility", "screening", "eligible",
    )  # fmt: skip
    assert show_item(ward.desk, item.id).item.state is ItemState.DECIDED


def test_the_person_must_be_listed() -> None:
    ward = eligible()
    refused(ward, request(ward.item(ItemKind.ELIGIBILITY).id, by="nobody"), "not listed")


@pytest.mark.parametrize("by", ["kurz", "data", "guest"])
def test_only_investigators_accept_a_verdict(by: str) -> None:
    ward = eligible()
    refused(ward, request(ward.item(ItemKind.ELIGIBILITY).id, by=by), "one of: investigator, pi")


def test_a_decision_needs_a_reason() -> None:
    ward = eligible()
    refused(ward, request(ward.item(ItemKind.ELIGIBILITY).id, reason="  "), "reason")


def test_an_unknown_item_cannot_be_answered() -> None:
    with pytest.raises(UsageError, match="no review item R-none in this trial"):
        run_decide(eligible().desk, request("R-none"))


def test_an_item_is_answered_once() -> None:
    ward = eligible()
    item = ward.item(ItemKind.ELIGIBILITY).id
    run_decide(ward.desk, request(item))
    refused(ward, request(item), "the item is decided")


def test_an_item_that_was_replaced_is_refused() -> None:
    ward = eligible()
    item = ward.item(ItemKind.ELIGIBILITY).id
    ward.give(haemoglobin("p1", "70", version="2"))
    ward.sync()
    refused(ward, request(item), "the item is replaced")


def test_a_value_outside_the_list_is_refused() -> None:
    ward = eligible()
    refused(ward, request(ward.item(ItemKind.ELIGIBILITY).id, verdict="maybe"), "accepted|rejected")


def test_a_rejection_moves_nobody() -> None:
    ward = eligible()
    item = ward.item(ItemKind.ELIGIBILITY).id
    refused(ward, request(item, verdict="rejected", status="eligible"), "accepted proposal only")
    run_decide(ward.desk, request(item, verdict="rejected"))
    assert ward.row("p1").status == "screening"
    assert not ward.is_frozen("p1")


def test_an_accepted_eligible_leads_to_eligible_only() -> None:
    ward = eligible()
    item = ward.item(ItemKind.ELIGIBILITY).id
    refused(ward, request(item, verdict="accepted", status="ineligible"), "leads to: eligible")


def test_a_failed_candidate_without_consent_is_not_registered() -> None:
    ward = candidate_who_fails()
    row = ward.answer(ward.item(ItemKind.ELIGIBILITY).id)
    assert (row.status, row.until) == ("not-registered", "2026-03-11")
    assert ward.is_frozen("p1")


def test_a_failed_candidate_cannot_be_called_ineligible_because_the_graph_has_no_such_arrow() -> None:
    ward = candidate_who_fails()
    item = ward.item(ItemKind.ELIGIBILITY).id
    refused(ward, request(item, verdict="accepted", status="ineligible"), "allowed: screening, not-registered")


def test_a_failed_verdict_in_screening_leads_to_ineligible() -> None:
    ward = Ward(*whole_patient("p1"))
    ward.give(haemoglobin("p1", "60"))
    ward.sync()
    assert ward.answer(ward.item(ItemKind.ELIGIBILITY).id).status == "ineligible"


def test_a_verdict_in_which_the_graph_has_nowhere_to_go_is_refused_by_name() -> None:
    ward = eligible()
    subject = ward.row("p1").subject
    ward.answer(ward.item(ItemKind.ELIGIBILITY).id)
    for status in ("pending-on-study", "on-study"):
        run_move(ward.desk, MoveRequest(subject=subject, to=status, by="weber", reason="slot"))
    ward.give(haemoglobin("p1", "60", version="2"))
    ward.sync()
    ward.answer(ward.item(ItemKind.FROZEN_EVIDENCE).id)
    item = ward.item(ItemKind.ELIGIBILITY).id
    refused(ward, request(item), "no move from on-study to ineligible; allowed: on-study-intervention, off-study")


def test_accepting_again_after_a_reopening_needs_no_move() -> None:
    ward = eligible()
    ward.answer(ward.item(ItemKind.ELIGIBILITY).id)
    ward.give(haemoglobin("p1", "105", version="2"))
    ward.sync()
    ward.answer(ward.item(ItemKind.FROZEN_EVIDENCE).id)
    assert ward.item(ItemKind.ELIGIBILITY).asked == "ELIGIBLE"
    row = ward.answer(ward.item(ItemKind.ELIGIBILITY).id)
    assert row.status == "eligible"
    assert ward.is_frozen("p1")


def test_a_move_dated_in_the_future_is_refused() -> None:
    ward = candidate_who_fails()
    item = ward.item(ItemKind.ELIGIBILITY).id
    refused(ward, request(item, verdict="accepted", date="2026-03-12"), "future")
    refused(ward, request(item, verdict="accepted", date="tomorrow"), "YYYY-MM-DD")


def test_who_withdrew_as_a_candidate_is_not_registered() -> None:
    ward = Ward(patient("p1"), consent("p1", status="inactive"))
    ward.sync(roster("p1"))
    assert ward.row("p1").status is None
    ward = Ward(patient("p1"))
    ward.sync(roster("p1"))
    ward.give(consent("p1", status="rejected"))
    ward.sync(roster("p1"))
    row = ward.answer(ward.item(ItemKind.CONSENT_WITHDRAWN).id, by="data")
    assert (row.status, row.withdrawn) == ("not-registered", True)


def test_who_withdraws_on_study_goes_off_study() -> None:
    ward = eligible()
    ward.answer(ward.item(ItemKind.ELIGIBILITY).id)
    for status in ("pending-on-study", "on-study"):
        run_move(ward.desk, MoveRequest(subject="Patient/p1", to=status, by="weber", reason="slot"))
    ward.give(consent("p1", status="inactive", version="2"))
    ward.sync()
    row = ward.answer(ward.item(ItemKind.CONSENT_WITHDRAWN).id, by="kurz")
    assert row.status == "off-study"
    ward.sync()
    assert ward.written_of("p1")["status"] == "off-study"


def test_a_death_in_screening_is_noted_and_the_next_step_left_to_a_person() -> None:
    ward = Ward(*whole_patient("p1"))
    ward.sync()
    ward.give(patient("p1", version="2", deceasedBoolean=True))
    ward.sync()
    row = ward.answer(ward.item(ItemKind.DECEASED).id, by="kurz")
    assert (row.status, row.deceased) == ("screening", True)
    assert ward.items(ItemKind.DECEASED) == []


def test_a_merge_is_confirmed_by_staff() -> None:
    merged = [{"other": {"reference": "Patient/new"}, "type": "replaced-by"}]
    ward = Ward(patient("old", link=merged), condition("old"), patient("new"))
    ward.sync()
    ward.answer(ward.item(ItemKind.PATIENT_MERGED).id, by="kurz")
    ward.sync()
    assert ward.items() == []
    assert ward.row("new").status == "potential-candidate"


def test_many_answers_are_all_checked_before_the_first_is_saved() -> None:
    ward = eligible("p1", "p2")
    first, second = (item.id for item in ward.items(ItemKind.ELIGIBILITY))
    with pytest.raises(DecisionRefusedError, match="row 2: an item of kind eligibility"):
        decide_many(ward.desk, [request(first), request(second, verdict="perhaps")])
    assert len(ward.items(ItemKind.ELIGIBILITY)) == 2
    rows = decide_many(ward.desk, [request(first), request(second, verdict="rejected")])
    assert sorted(str(row.status) for row in rows) == ["eligible", "screening"]


def test_one_item_is_not_answered_twice_in_one_list() -> None:
    ward = eligible()
    item = ward.item(ItemKind.ELIGIBILITY).id
    with pytest.raises(DecisionRefusedError, match="twice"):
        decide_many(ward.desk, [request(item), request(item)])


def test_the_short_forms_stand_for_a_field_and_a_value() -> None:
    ward = eligible()
    item = ward.item(ItemKind.ELIGIBILITY).id
    assert short_answer(ward.desk, item, accept=True) == {"verdict": "accepted"}
    assert short_answer(ward.desk, item, accept=False) == {"verdict": "rejected"}


def test_a_shown_item_comes_with_record_and_earlier_decisions() -> None:
    ward = eligible()
    item = ward.item(ItemKind.ELIGIBILITY).id
    ward.answer(item, accept=False)
    shown = show_item(ward.desk, item)
    assert shown.stored is not None
    assert shown.row.patient == "p1"
    assert [decision.item for decision in shown.decisions] == [item]


def test_evidence_that_changed_under_an_open_item_is_refused() -> None:
    ward = eligible()
    item = ward.item(ItemKind.ELIGIBILITY).id
    records = ward.memory_store.memory.records
    records.append(replace(records[-1], version=9, record=replace(records[-1].record, evidence_digest="other")))
    refused(ward, request(item), "evidence has changed")


def test_a_conflict_without_elements_is_our_own_fault() -> None:
    ward = Ward(patient("p1"))
    ward.sync(roster("p1"))
    ward.held.edit("ResearchSubject", ward.written_of("p1")["id"], status="eligible")
    ward.give(consent("p1"))
    ward.sync(roster("p1"))
    memory = ward.memory_store.memory
    item = ward.item(ItemKind.WRITE_CONFLICT)
    (item.details or {}).clear()  # type: ignore[attr-defined]
    assert memory.items
    with pytest.raises(InvariantError, match="which elements"):
        ward.answer(item.id, by="kurz")
