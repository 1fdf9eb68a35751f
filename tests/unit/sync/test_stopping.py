from __future__ import annotations

from datetime import timedelta

from fhir_adapter.domain.review import ItemKind
from tests.study import (
    AS_OF,
    condition,
    consent,
    haemoglobin,
    patient,
    whole_patient,
)
from tests.ward import Ward, eligible, roster


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


def test_a_withdrawal_found_at_first_sight_is_asked_about_and_nothing_is_written() -> None:
    ward = Ward(patient("p1"), condition("p1"), consent("p1", status="inactive"))
    ward.sync()
    assert [(item.kind, item.asked) for item in ward.items()] == [(ItemKind.CONSENT_WITHDRAWN, "WITHDRAWN")]
    assert (ward.row("p1").status, ward.written()) == (None, [])
    row = ward.answer(ward.items()[0].id, by="kurz")
    assert (row.status, row.withdrawn) == (None, True)
    ward.sync()
    assert (ward.items(), ward.written()) == ([], [])


def test_nobody_is_asked_about_the_death_of_a_patient_the_trial_never_looked_at() -> None:
    ward = Ward(patient("p1", deceasedBoolean=True))
    ward.sync()
    assert ward.items() == []


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
    assert ward.item(ItemKind.DECEASED).subject == ward.row("p1").subject
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
    assert ward.item(ItemKind.DECEASED).asked == "DECEASED"
    ward.give(patient("p1", version="2"))
    ward.sync(roster("p1"))
    assert (ward.items(), ward.row("p1").status) == ([], "candidate")
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
