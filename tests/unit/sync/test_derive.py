from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from fhir_adapter.domain.records import Eligibility
from fhir_adapter.domain.review import ItemKind, ItemState
from fhir_adapter.ports.source import PatientScope, ScopeKind
from fhir_adapter.sync.attest import AttestRequest, run_attest
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
from tests.ward import Ward, roster

REPLACED_BY_NEW = [{"other": {"reference": "Patient/new"}, "type": "replaced-by"}]


def attested(ward: Ward, name: str) -> None:
    run_attest(ward.desk, AttestRequest(subject=f"Patient/{name}", link="I4", value="true", by="weber"))


def eligible(name: str = "p1") -> Ward:
    """A ward with one patient of whom every criterion is met."""
    ward = Ward(*whole_patient(name))
    ward.sync()
    attested(ward, name)
    return ward


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


# Freeze


def frozen() -> Ward:
    ward = eligible()
    ward.answer(ward.item(ItemKind.ELIGIBILITY).id)
    return ward


def test_an_accepted_verdict_is_frozen_and_written() -> None:
    ward = frozen()
    assert ward.row("p1").status == "eligible"
    assert ward.is_frozen("p1")
    ward.sync()
    assert ward.written_of("p1")["status"] == "eligible"


def test_a_frozen_verdict_does_not_grow_stale() -> None:
    ward = frozen()
    ward.wait(days=60)
    ward.sync()
    assert ward.record("p1").verdict is Eligibility.ELIGIBLE
    assert ward.items() == []


def test_a_later_result_is_no_correction_of_a_frozen_verdict() -> None:
    ward = frozen()
    ward.give({**haemoglobin("p1", "60", day="2026-03-10"), "id": "later"})
    ward.sync()
    assert ward.items() == []
    assert ward.deviations() == []


def test_a_corrected_result_behind_a_frozen_verdict_opens_an_item_and_notes_a_deviation() -> None:
    ward = frozen()
    ward.give(haemoglobin("p1", "60", version="2"))
    ward.sync()
    item = ward.item(ItemKind.FROZEN_EVIDENCE)
    assert item.details == {"corrected": "Observation/p1-hb", "frozen": "ELIGIBLE", "now": "INELIGIBLE"}
    assert ward.deviations() == ["evidence of an accepted verdict was corrected"]
    assert ward.row("p1").status == "eligible", "never a new automatic status"
    assert ward.record("p1").verdict is Eligibility.ELIGIBLE
    ward.sync()
    assert len(ward.deviations()) == 1


def test_a_kept_verdict_is_not_asked_about_again_until_more_is_corrected() -> None:
    ward = frozen()
    ward.give(haemoglobin("p1", "60", version="2"))
    ward.sync()
    ward.answer(ward.item(ItemKind.FROZEN_EVIDENCE).id, accept=False)
    ward.sync()
    assert ward.items() == []
    assert ward.is_frozen("p1")
    ward.give(haemoglobin("p1", "65", version="3"))
    ward.sync()
    assert ward.item(ItemKind.FROZEN_EVIDENCE).asked == "EVIDENCE_CORRECTED"


def test_a_reopened_verdict_is_derived_again_and_asked_about() -> None:
    ward = frozen()
    ward.give(haemoglobin("p1", "60", version="2"))
    ward.sync()
    ward.answer(ward.item(ItemKind.FROZEN_EVIDENCE).id)
    assert not ward.is_frozen("p1")
    assert ward.record("p1").verdict is Eligibility.INELIGIBLE
    assert ward.item(ItemKind.ELIGIBILITY).asked == "INELIGIBLE"
    assert ward.row("p1").status == "eligible", "only a person moves the subject on"


# Withdrawal, death, renewed consent


def withdraw(ward: Ward) -> None:
    ward.give(consent("p1", status="inactive", version="2"))


def test_withdrawn_consent_opens_an_item_and_stops_reading() -> None:
    ward = eligible()
    withdraw(ward)
    ward.sync()
    assert ward.item(ItemKind.CONSENT_WITHDRAWN).asked == "WITHDRAWN"
    assert ward.row("p1").withdrawn
    ward.give(haemoglobin("p1", "60", version="3"))
    report = ward.sync()
    assert report.counts["Observation"].excluded_by == {"consent-withdrawn": 1}
    assert report.counts["Consent"].mapped == 1


def test_a_person_who_says_no_lets_reading_go_on() -> None:
    ward = eligible()
    withdraw(ward)
    ward.sync()
    ward.answer(ward.item(ItemKind.CONSENT_WITHDRAWN).id, accept=False)
    assert not ward.row("p1").withdrawn
    assert ward.sync().counts["Observation"].mapped == 1
    assert ward.items(ItemKind.CONSENT_WITHDRAWN) == []


def test_a_confirmed_withdrawal_in_screening_moves_the_subject_to_withdrawn_and_is_written() -> None:
    ward = eligible()
    withdraw(ward)
    ward.sync()
    row = ward.answer(ward.item(ItemKind.CONSENT_WITHDRAWN).id, by="kurz", date="2026-03-10")
    assert (row.status, row.until, row.withdrawn) == ("withdrawn", "2026-03-10", True)
    ward.sync()
    assert ward.written_of("p1")["status"] == "withdrawn"
    assert ward.written_of("p1")["period"] == {"start": "2026-02-01", "end": "2026-03-10"}
    assert ward.items() == []


def test_a_new_consent_after_a_withdrawal_opens_the_chart_again() -> None:
    ward = eligible()
    withdraw(ward)
    ward.sync()
    ward.give(consent("p1", number="2", signed="2026-03-09T10:00:00+01:00"))
    ward.sync()
    assert not ward.row("p1").withdrawn
    assert ward.items(ItemKind.CONSENT_WITHDRAWN) == []


def test_nothing_automatic_is_written_after_withdrawal() -> None:
    ward = Ward(patient("p1"), condition("p1"), consent("p1", status="inactive"))
    ward.sync(write=False)
    assert ward.row("p1").withdrawn
    ward.sync()
    assert ward.written() == []


def test_what_was_waiting_to_be_written_is_dropped_at_withdrawal() -> None:
    ward = Ward(*whole_patient("p1"))
    ward.sync(write=False)
    assert [intent.resource_type for intent in ward.store.outbox.pending(ward.trial.id, ward.traits.id)] == [
        "ResearchStudy",
        "ResearchSubject",
    ]
    withdraw(ward)
    ward.sync()
    assert ward.written() == []
    assert ward.store.outbox.pending(ward.trial.id, ward.traits.id) == ()


def test_a_death_opens_an_item_and_stops_automatic_writes() -> None:
    ward = Ward(patient("p1"), condition("p1"))
    ward.sync()
    ward.give(patient("p1", version="2", deceasedBoolean=True), consent("p1"))
    ward.sync()
    assert ward.item(ItemKind.DECEASED).asked == "DECEASED"
    assert ward.row("p1").deceased
    assert ward.written_of("p1")["status"] == "potential-candidate"


def test_a_confirmed_death_ends_participation() -> None:
    ward = Ward(patient("p1", deceasedDateTime="2026-03-01T04:00:00+01:00"), condition("p1"))
    ward.sync(roster("p1"))
    assert ward.row("p1").status is None, "nobody is entered after death"
    ward = Ward(patient("p1"), condition("p1"))
    ward.sync(roster("p1"))
    ward.give(patient("p1", version="2", deceasedDateTime="2026-03-01T04:00:00+01:00"))
    ward.sync(roster("p1"))
    row = ward.answer(ward.item(ItemKind.DECEASED).id, by="kurz")
    assert (row.status, row.deceased) == ("not-registered", True)
    ward.sync(roster("p1"))
    assert ward.written_of("p1")["status"] == "not-registered"


def test_a_death_that_was_recorded_by_mistake_is_answered_once() -> None:
    ward = Ward(patient("p1", deceasedBoolean=True), condition("p1"))
    ward.sync(roster("p1"))
    assert ward.items() == []
    ward.give(patient("p1", version="2"))
    ward.sync(roster("p1"))
    ward.give(patient("p1", version="3", deceasedBoolean=True))
    ward.sync(roster("p1"))
    ward.answer(ward.item(ItemKind.DECEASED).id, accept=False)
    ward.sync(roster("p1"))
    assert not ward.row("p1").deceased
    assert ward.items() == []


def test_a_death_after_as_of_has_not_happened_yet() -> None:
    ward = Ward(patient("p1", deceasedDateTime="2026-03-11T09:00:00+01:00"), condition("p1"))
    ward.sync(as_of=AS_OF - timedelta(days=1))
    assert not ward.row("p1").deceased


def test_a_child_who_turns_fourteen_is_asked_for_renewed_consent_and_a_month_later_it_is_a_deviation() -> None:
    ward = Ward(*whole_patient("p1", birth="2012-03-15"))
    ward.sync()
    assert ward.items(ItemKind.RENEWED_CONSENT) == []
    assert str(ward.row("p1").recheck_on) == "2026-03-15"
    ward.wait(days=4)
    ward.derive()
    assert ward.item(ItemKind.RENEWED_CONSENT).asked == "CONSENT_DUE_AT_14"
    assert ward.deviations() == []
    ward.wait(days=31)
    ward.derive()
    assert ward.item(ItemKind.RENEWED_CONSENT).asked == "CONSENT_OVERDUE_AT_14"
    assert ward.deviations() == ["renewed consent is overdue"]
    ward.give(consent("p1", number="2", signed="2026-04-16T10:00:00+02:00", by=("Patient/p1", "RelatedPerson/m")))
    ward.wait(days=5)
    ward.sync()
    assert ward.items(ItemKind.RENEWED_CONSENT) == []


def test_an_answer_about_renewed_consent_holds_although_the_days_of_grace_pass() -> None:
    ward = Ward(*whole_patient("p1", birth="2012-03-01"))
    ward.sync()
    ward.answer(ward.item(ItemKind.RENEWED_CONSENT).id, accept=False, by="kurz")
    ward.wait(days=40)
    ward.derive(everyone=True)
    assert ward.items(ItemKind.RENEWED_CONSENT) == []
    assert ward.deviations() == []


# Merged records


def test_facts_of_a_merged_record_count_for_the_surviving_person() -> None:
    ward = Ward(patient("old"), condition("old"), haemoglobin("old"), patient("new"), consent("new"))
    ward.sync()
    assert {row.patient for row in ward.store.records.subjects(ward.trial.id)} == {"old", "new"}
    ward.give(patient("old", version="2", link=REPLACED_BY_NEW))
    ward.sync()
    assert ward.record("new").unknown == ("I4",)
    item = ward.item(ItemKind.PATIENT_MERGED)
    assert item.subject == ward.row("new").subject
    assert item.details == {"merged": ward.row("old").subject, "written": "yes"}


def test_a_merge_a_person_calls_wrong_is_undone() -> None:
    ward = Ward(patient("old", link=REPLACED_BY_NEW), condition("old"), patient("new"), consent("new"))
    ward.sync()
    assert [row.patient for row in ward.store.records.subjects(ward.trial.id)] == ["new"]
    assert "I2" not in ward.record("new").unknown
    ward.answer(ward.item(ItemKind.PATIENT_MERGED).id, accept=False, by="kurz")
    assert "I2" in ward.record("new").unknown
    ward.sync()
    assert {row.patient for row in ward.store.records.subjects(ward.trial.id)} == {"old", "new"}
    assert ward.items(ItemKind.PATIENT_MERGED) == []


def test_the_questions_about_a_record_that_was_merged_are_closed() -> None:
    ward = eligible("old")
    ward.give(patient("new"))
    ward.give(patient("old", version="2", link=REPLACED_BY_NEW))
    ward.sync()
    open_subjects = {item.subject for item in ward.items()}
    assert open_subjects == {ward.row("new").subject}


# What is not saved


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
