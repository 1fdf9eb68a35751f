from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from fhir_adapter.domain.records import Eligibility
from fhir_adapter.domain.review import ItemKind, ItemState
from fhir_adapter.ports.source import PatientScope, ScopeKind
from tests.study import (
    AS_OF,
    SNOMED,
    condition,
    consent,
    haemoglobin,
    make_trial,
    patient,
    whole_patient,
)
from tests.ward import Ward, eligible, roster


def test_a_patient_with_everything_but_an_attestation_is_undetermined_and_in_screening() -> None:
    ward = Ward(*whole_patient("p1"))
    report = ward.sync()
    assert ward.record("p1").verdict is Eligibility.UNDETERMINED
    assert ward.record("p1").unknown == ("I4",)
    assert ward.row("p1").status == "screening"
    assert report.records.as_dict() == {"created": 1, "changed": 0, "unchanged": 0}
    assert ward.items() == []


def test_an_attestation_makes_the_verdict_and_the_verdict_asks_a_person() -> None:
    ward = eligible()
    assert ward.record("p1").verdict is Eligibility.ELIGIBLE
    item = ward.item(ItemKind.ELIGIBILITY)
    assert (item.asked, item.digest) == ("ELIGIBLE", ward.record("p1").evidence_digest)
    assert ward.row("p1").status == "screening", "nobody is eligible before a person says so"


def test_a_second_derivation_changes_nothing() -> None:
    ward = eligible()
    before = repr(ward.memory_store.memory)
    derived = ward.derive(everyone=True)
    assert derived.as_dict() == {"created": 0, "changed": 0, "unchanged": 1}
    ward.memory_store.memory.runs.popitem()
    assert repr(ward.memory_store.memory) == before


def test_a_record_is_unchanged_although_as_of_moved_a_day() -> None:
    ward = eligible()
    ward.wait(days=1)
    assert ward.derive(everyone=True).as_dict()["unchanged"] == 1
    assert ward.record("p1").as_of == AS_OF


def test_a_subject_is_derived_again_once_its_record_has_run_out() -> None:
    ward = eligible()
    assert ward.derive().records == {}
    ward.wait(days=9)
    derived = ward.derive()
    assert derived.as_dict()["changed"] == 1
    assert ward.record("p1").unknown == ("I7",)
    assert ward.items() == [], "an undetermined verdict asks nobody"


def test_the_same_definitions_derive_nobody_again_and_changed_ones_everybody() -> None:
    ward = eligible()
    assert ward.derive().records == {}
    ward.trial = make_trial(least_haemoglobin="110", digest="definitions-2")
    assert ward.derive().as_dict()["changed"] == 1
    assert ward.record("p1").verdict is Eligibility.INELIGIBLE


def test_a_changed_verdict_replaces_the_open_item() -> None:
    ward = eligible()
    first = ward.item(ItemKind.ELIGIBILITY)
    ward.give(haemoglobin("p1", "70", version="2"))
    ward.sync()
    second = ward.item(ItemKind.ELIGIBILITY)
    assert (first.asked, second.asked) == ("ELIGIBLE", "INELIGIBLE")
    states = {item.id: item.state for item in ward.items(open_only=False)}
    assert states == {first.id: ItemState.REPLACED, second.id: ItemState.OPEN}
    assert (second.details or {})["failing"] == "I7"


def test_new_evidence_for_the_same_verdict_asks_anew_so_that_nobody_accepts_what_they_did_not_see() -> None:
    ward = eligible()
    first = ward.item(ItemKind.ELIGIBILITY)
    ward.give(haemoglobin("p1", "102", version="2"))
    ward.sync()
    second = ward.item(ItemKind.ELIGIBILITY)
    assert second.asked == "ELIGIBLE"
    assert second.id != first.id


def test_a_verdict_that_comes_back_is_asked_again() -> None:
    ward = eligible()
    first = ward.item(ItemKind.ELIGIBILITY)
    trial = ward.trial
    ward.trial = make_trial(least_haemoglobin="110", digest="definitions-2")
    ward.derive()
    ward.trial = trial
    ward.derive()
    assert ward.item(ItemKind.ELIGIBILITY).id == first.id


def test_a_rejected_proposal_is_not_asked_again_on_the_same_evidence() -> None:
    ward = eligible()
    ward.answer(ward.item(ItemKind.ELIGIBILITY).id, accept=False)
    ward.derive(everyone=True)
    assert ward.items() == []
    assert ward.row("p1").status == "screening"
    ward.give(haemoglobin("p1", "102", version="2"))
    ward.sync()
    assert ward.item(ItemKind.ELIGIBILITY).asked == "ELIGIBLE"


def test_nobody_is_asked_about_a_patient_in_no_written_state() -> None:
    ward = Ward(patient("p1"), haemoglobin("p1", "60"))
    ward.sync()
    assert ward.record("p1").verdict is Eligibility.INELIGIBLE
    assert ward.row("p1").status is None
    assert ward.items() == []


@pytest.mark.parametrize(
    ("scope", "given", "status"),
    [
        (roster("p1"), [patient("p1")], "candidate"),
        (roster("p1"), [patient("p1"), condition("p1")], "candidate"),
        (PatientScope(kind=ScopeKind.ALL), [patient("p1")], None),
        (PatientScope(kind=ScopeKind.ALL), [patient("p1"), condition("p1")], "potential-candidate"),
        (
            PatientScope(kind=ScopeKind.PRESCREEN, codes=((SNOMED, "93143009"),)),
            [patient("p1"), condition("p1", verification="unconfirmed")],
            None,
        ),
        (PatientScope(kind=ScopeKind.ALL), [patient("p1"), consent("p1")], "screening"),
        (roster("p1"), whole_patient("p1"), "screening"),
    ],
)
def test_who_is_written_depends_on_listing_diagnosis_and_consent(
    scope: PatientScope, given: list[dict[str, object]], status: str | None
) -> None:
    ward = Ward(*given)
    ward.sync(scope)
    assert ward.row("p1").status == status
    assert len(ward.written()) == (status is not None)


def test_participation_starts_on_the_day_the_consent_was_signed_and_names_it() -> None:
    ward = Ward(*whole_patient("p1"))
    ward.sync()
    body = ward.written_of("p1")
    assert body["period"] == {"start": "2026-02-01"}
    assert body["consent"] == {"reference": "Consent/p1-consent"}
    assert body["individual"] == {"reference": "Patient/p1"}


def test_every_change_of_status_is_on_the_audit_trail() -> None:
    ward = Ward(patient("p1"))
    ward.sync(roster("p1"))
    ward.give(consent("p1"))
    ward.sync(roster("p1"))
    moves = [(entry.who, entry.old, entry.new) for entry in ward.store.records.audit_entries()]
    assert moves == [("fhir-adapter", None, "candidate"), ("fhir-adapter", "candidate", "screening")]


def test_what_was_known_earlier_is_derived_and_not_saved() -> None:
    ward = eligible()
    ward.wait(hours=1)
    ward.give(haemoglobin("p1", "60", version="2"))
    ward.sync()
    earlier: datetime = AS_OF + timedelta(minutes=1)
    derived = ward.derive(known_at=earlier, everyone=True)
    assert derived.records[ward.row("p1").subject].verdict is Eligibility.ELIGIBLE
    assert ward.record("p1").verdict is Eligibility.INELIGIBLE


def test_only_the_subject_asked_for_is_derived() -> None:
    ward = Ward(*whole_patient("p1"), *whole_patient("p2"))
    ward.sync()
    subject = ward.row("p2").subject
    assert set(ward.derive(everyone=True, only=frozenset({subject})).records) == {subject}


def test_an_as_of_asked_for_derives_everybody_for_that_moment() -> None:
    ward = eligible()
    ward.sync(as_of=AS_OF + timedelta(days=20))
    assert ward.record("p1").unknown == ("I7",)
