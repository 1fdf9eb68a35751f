from __future__ import annotations

import pytest

from fhir_adapter.domain.review import ItemKind
from fhir_adapter.errors import DecisionRefusedError, UsageError
from fhir_adapter.ports.rows import SubjectRow
from fhir_adapter.sync.attest import AttestRequest, run_attest
from fhir_adapter.sync.move import MoveRequest, roles_for, run_move
from tests.study import GRAPH, haemoglobin, patient, whole_patient
from tests.ward import Ward, roster


def move(
    ward: Ward, to: str, *, subject: str = "Patient/p1", by: str = "weber", day: str | None = None
) -> SubjectRow:
    return run_move(ward.desk, MoveRequest(subject=subject, to=to, by=by, reason="as discussed", day=day))


def screening() -> Ward:
    ward = Ward(*whole_patient("p1"))
    ward.sync()
    return ward


def test_a_moved_subject_is_written_with_its_new_status() -> None:
    ward = Ward(patient("p1"))
    ward.sync(roster("p1"))
    row = move(ward, "not-registered", by="kurz", day="2026-03-09")
    assert (row.status, row.moved, row.until) == ("not-registered", True, "2026-03-09")
    ward.sync(roster("p1"))
    assert ward.written_of("p1")["status"] == "not-registered"
    assert ward.written_of("p1")["period"] == {"end": "2026-03-09"}


def test_a_moved_subject_never_gets_an_automatic_status_again() -> None:
    ward = Ward(patient("p1"))
    ward.sync()
    move(ward, "candidate", by="kurz")
    ward.give(*whole_patient("p1")[1:])
    ward.sync()
    assert ward.row("p1").status == "candidate"


def test_the_move_is_kept_as_a_decision_with_what_was_seen() -> None:
    ward = screening()
    move(ward, "withdrawn", day="2026-03-10")
    (decision,) = ward.store.records.decisions(ward.row("p1").subject)
    assert decision.item == "move"
    assert decision.values == {"from": "screening", "status": "withdrawn", "date": "2026-03-10"}
    assert decision.seen == ward.record("p1").evidence_digest
    assert decision.by == "weber"


def test_a_move_to_withdrawn_closes_the_chart() -> None:
    ward = screening()
    assert move(ward, "withdrawn").withdrawn
    assert ward.sync().counts["Observation"].excluded_by == {"consent-withdrawn": 1}


def test_a_move_the_graph_does_not_have_names_those_it_has() -> None:
    with pytest.raises(DecisionRefusedError, match="allowed: eligible, ineligible, withdrawn"):
        move(screening(), "on-study")


@pytest.mark.parametrize(("by", "to"), [("kurz", "eligible"), ("data", "withdrawn"), ("guest", "withdrawn")])
def test_a_move_takes_a_suitable_role(by: str, to: str) -> None:
    with pytest.raises(DecisionRefusedError, match="takes one of"):
        move(screening(), to, by=by)


def test_staff_make_early_moves_and_investigators_every_move() -> None:
    early = {status for status in GRAPH if "coordinator" in roles_for(status)}
    assert early == {"potential-candidate", "candidate", "screening", "not-registered", "withdrawn"}
    assert all({"pi", "investigator"} <= roles_for(status) for status in GRAPH)


def test_a_move_to_eligible_accepts_and_freezes_the_verdict_on_file() -> None:
    ward = screening()
    run_attest(ward.desk, AttestRequest(subject="Patient/p1", link="I4", value="true", by="weber"))
    assert ward.item(ItemKind.ELIGIBILITY).asked == "ELIGIBLE"
    move(ward, "eligible", by="lang")
    assert ward.is_frozen("p1")
    assert ward.items() == []
    assert ward.deviations() == []


def test_a_move_to_eligible_against_the_verdict_is_a_deviation() -> None:
    ward = screening()
    move(ward, "eligible")
    entries = [entry for entry in ward.store.records.audit_entries() if entry.action == "deviation"]
    assert [(entry.old, entry.new, entry.reason) for entry in entries] == [
        ("UNDETERMINED", "eligible", "as discussed")
    ]


def test_a_rescreened_subject_has_an_open_verdict_again() -> None:
    ward = screening()
    ward.give(haemoglobin("p1", "60", version="2"))
    ward.sync()
    move(ward, "ineligible")
    assert ward.is_frozen("p1")
    ward.give(haemoglobin("p1", "120", version="3"))
    move(ward, "screening", by="kurz")
    assert not ward.is_frozen("p1")
    ward.sync()
    assert ward.record("p1").unknown == ("I4",)


def test_a_patient_nobody_wrote_may_be_entered_by_hand() -> None:
    ward = Ward(patient("p1"))
    ward.sync()
    assert ward.row("p1").status is None
    row = move(ward, "screening", by="kurz", day="2026-03-02")
    assert (row.status, row.since) == ("screening", "2026-03-02")
    ward.sync()
    assert ward.written_of("p1")["period"] == {"start": "2026-03-02"}


def test_a_subject_never_derived_can_still_be_moved() -> None:
    ward = Ward(patient("p1"))
    ward.sync()
    ward.memory_store.memory.records.clear()
    assert move(ward, "candidate").status == "candidate"


@pytest.mark.parametrize("text", ["Patient/p1", "https://ward.example/mrn|mrn-p1"])
def test_a_subject_is_found_by_patient_and_by_identifier(text: str) -> None:
    ward = screening()
    assert move(ward, "withdrawn", subject=text).patient == "p1"


def test_a_subject_is_found_by_its_own_id() -> None:
    ward = screening()
    assert move(ward, "withdrawn", subject=ward.row("p1").subject).patient == "p1"


def test_a_name_nobody_or_several_answer_to_is_refused() -> None:
    shared = [{"system": "https://ward.example/mrn", "value": "same"}]
    ward = Ward(patient("p1", identifier=shared), patient("p2", identifier=shared))
    ward.sync()
    with pytest.raises(UsageError, match="no subject"):
        move(ward, "candidate", subject="Patient/p7")
    with pytest.raises(UsageError, match="several"):
        move(ward, "candidate", subject="https://ward.example/mrn|same")
