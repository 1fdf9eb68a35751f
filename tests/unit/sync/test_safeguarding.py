"""Safety is derived and kept beside treatment: when, for whom, and until which day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from fhir_adapter.domain.review import ItemKind
from fhir_adapter.domain.safety_model.event_records import EventState
from fhir_adapter.domain.safety_model.records import WindowState
from fhir_adapter.ports.rows import StoredSafety
from tests.guarded_ward import (
    P1,
    SEVERE,
    alt,
    decide,
    guard,
    guarding_trial,
    infused,
    sick,
    watching,
)
from tests.study import IDS, patient, whole_patient
from tests.treated_ward import state, treatment
from tests.ward import Ward

ALT = "Alanine aminotransferase increased"
UNCHANGED = {"created": 0, "changed": 0, "unchanged": 1}


def stored(ward: Ward) -> StoredSafety:
    found = ward.store.records.latest_safety(P1)
    assert found is not None
    return found


def states(ward: Ward) -> dict[str, list[EventState]]:
    """Term -> states of its events."""
    found: dict[str, list[EventState]] = {}
    for event in guard(ward).events:
        found.setdefault(event.term, []).append(event.state)
    return found


class TestWho:
    def test_a_record_begins_with_treatment(self) -> None:
        record = guard(watching())
        assert (record.infusions, record.dose_limiting.state) == ((), WindowState.NOT_STARTED)
        assert (record.dose_limiting.level, record.dose_limiting.part) == (1, "phase1")

    def test_nobody_has_one_who_is_not_under_treatment(self) -> None:
        ward = watching()
        ward.give(*whole_patient("p2"))
        report = ward.sync()
        assert report.as_dict()["safety"] == UNCHANGED
        assert {each.record.subject for each in ward.memory_store.memory.safety} == {P1}

    def test_nobody_has_one_in_a_trial_without_rules_of_safety(self) -> None:
        ward = watching()
        ward.trial = replace(ward.trial, safety=None)
        ward.give(*whole_patient("p2"))
        ward.sync()
        state(ward, "p2", "dose-level", "1")
        assert ward.store.records.latest_treatment(IDS.subject("p2")) is not None
        assert ward.store.records.latest_safety(IDS.subject("p2")) is None

    def test_rules_that_come_later_reach_who_is_treated_already(self) -> None:
        ward = watching()
        ward.trial = replace(guarding_trial(digest="definitions-2"), safety=None)
        ward.derive()
        assert stored(ward).record.definitions_digest == "definitions-1", "the record stays as it was"
        ward.trial = guarding_trial(digest="definitions-3")
        assert ward.derive().safety.changed == 1
        assert guard(ward).definitions_digest == "definitions-3"


class TestWhen:
    def test_infusions_results_and_drugs_reach_the_record_with_the_run_that_reads_them(self) -> None:
        ward = infused()
        assert [number for number, _ in guard(ward).infusions] == [1]
        ward.give(*SEVERE)
        report = ward.sync()
        assert report.as_dict()["safety"] == {"created": 0, "changed": 1, "unchanged": 0}
        assert guard(ward).dose_limiting.events == ("CRS-1",)

    def test_a_second_run_or_derivation_saves_nothing(self) -> None:
        ward = sick()
        before = repr(ward.memory_store.memory.safety), repr(ward.items(open_only=False))
        assert ward.sync().as_dict()["safety"] == UNCHANGED
        assert ward.derive(everyone=True).safety.as_dict() == UNCHANGED
        assert (repr(ward.memory_store.memory.safety), repr(ward.items(open_only=False))) == before

    def test_an_open_window_is_looked_at_again_every_day_by_itself(self) -> None:
        ward = sick()
        ward.wait(hours=14)
        assert ward.derive().safety.as_dict() == UNCHANGED
        ward.wait(hours=1)
        assert ward.derive().safety.changed == 1
        assert date(2026, 3, 16) in guard(ward).syndromes[0].missing

    def test_a_window_that_is_over_is_left_alone(self) -> None:
        ward = sick()
        ward.wait(days=40)
        ward.derive()
        assert guard(ward).dose_limiting.state is WindowState.COMPLETE
        ward.wait(days=40)
        assert ward.derive().records == {}
        assert ward.derive(everyone=True).safety.as_dict() == UNCHANGED

    def test_changed_definitions_derive_it_again(self) -> None:
        ward = sick()
        ward.wait(days=8)
        ward.derive()
        ward.trial = guarding_trial(digest="definitions-2", window_days=7)
        assert ward.derive().safety.changed == 1
        assert guard(ward).dose_limiting.state is WindowState.COMPLETE

    def test_what_was_known_earlier_is_derived_and_not_saved(self) -> None:
        ward = sick()
        before = stored(ward)
        ward.derive(known_at=ward.clock.now() - timedelta(days=4), everyone=True)
        assert stored(ward) == before

    def test_looking_at_an_earlier_day_and_back_keeps_every_id(self) -> None:
        ward = sick()
        ids = {event.id: event.state for event in guard(ward).events}
        ward.derive(as_of=ward.clock.now() - timedelta(days=2), everyone=True)
        assert states(ward)[ALT] == [EventState.DISSOLVED]
        ward.derive(everyone=True)
        assert {event.id: event.state for event in guard(ward).events} == ids


class TestCorrection:
    def test_a_corrected_result_dissolves_its_event_and_nothing_else_changes(self) -> None:
        ward = sick()
        before = guard(ward)
        ward.give(alt("30", "03-15T08", version="2"))
        ward.sync()
        after = guard(ward)
        assert states(ward)[ALT] == [EventState.DISSOLVED]
        assert (after.syndromes, after.dose_limiting) == (before.syndromes, before.dose_limiting)
        assert [each.id for each in after.events if each.term == ALT] == [
            each.id for each in before.events if each.term == ALT
        ]

    def test_a_result_taken_back_is_as_if_it_had_never_been_recorded(self) -> None:
        never = infused(alt("30", "03-10T08"), *SEVERE)
        ward = sick()
        ward.give(alt("300", "03-15T08", version="2", status="entered-in-error"))
        ward.sync()
        alive = tuple(each for each in guard(ward).events if each.state is not EventState.DISSOLVED)
        assert replace(guard(ward), events=alive, evidence_digest="") == replace(guard(never), evidence_digest="")

    def test_a_judgement_stays_with_its_event_over_a_correction(self) -> None:
        ward = sick()
        decide(ward, ward.item(ItemKind.ADVERSE_EVENT), serious="no", relatedness="unlikely")
        ward.give(alt("260", "03-14T08"), alt("310", "03-15T08", version="2"))
        ward.sync()
        (event,) = (each for each in guard(ward).events if each.term == ALT)
        assert (event.onset, event.judgement and event.judgement.relatedness) == (
            "2026-03-14T08:00:00+01:00",
            "unlikely",
        )


def dead(**how: Any) -> Ward:
    """The child died on 18 March, or as told; it is known on the 20th."""
    ward = sick()
    decide(ward, ward.item(ItemKind.SYNDROME), grade="3", associated="no")
    ward.wait(days=4)
    ward.give(patient("p1", version="2", **(how or {"deceasedDateTime": "2026-03-18"})))
    ward.sync()
    return ward


class TestDeath:
    def test_it_closes_the_window_and_asks_for_cause_and_relation_and_who_counts(self) -> None:
        ward = dead()
        limiting = guard(ward).dose_limiting
        assert (limiting.state, limiting.evaluable) == (WindowState.CLOSED, None)
        assert limiting.why == "death on 2026-03-18, inside the window: named review"
        assert ward.item(ItemKind.CAUSE_OF_DEATH).details == {"about": "death", "evidence": "Patient/p1"}
        assert (ward.item(ItemKind.EVALUABILITY).details or {})["why"] == limiting.why

    def test_a_person_says_the_cause_and_that_the_subject_counts(self) -> None:
        ward = dead()
        decide(ward, ward.item(ItemKind.CAUSE_OF_DEATH), cause="infection", relatedness="not-related")
        decide(ward, ward.item(ItemKind.EVALUABILITY), replaced="no")
        record = guard(ward)
        assert record.death is not None
        assert (record.death.cause, record.dose_limiting.evaluable) == ("infection", True)
        assert ward.items(ItemKind.CAUSE_OF_DEATH) == ward.items(ItemKind.EVALUABILITY) == []

    def test_a_death_a_person_denies_opens_the_window_again(self) -> None:
        ward = dead()
        ward.answer(ward.item(ItemKind.DECEASED).id, accept=False)
        assert guard(ward).dose_limiting.state is WindowState.OPEN
        assert ward.items(ItemKind.CAUSE_OF_DEATH) == ward.items(ItemKind.EVALUABILITY) == []
        assert guard(ward).ends is None

    def test_afterwards_nothing_changes_by_itself(self) -> None:
        ward = dead()
        before = stored(ward)
        ward.wait(days=60)
        assert ward.derive().records == {}
        ward.derive(everyone=True)
        assert stored(ward) == before

    def test_a_death_nobody_dated_waits_for_a_person_however_late_it_is_looked_at(self) -> None:
        noted = {"versionId": "2", "lastUpdated": "2026-03-20T08:00:00+01:00"}
        ward = dead(deceasedBoolean=True, meta=noted)
        question = ward.item(ItemKind.EVALUABILITY)
        assert (question.details or {})["why"] == (
            "death on an unknown day, perhaps inside the window: named review"
        )
        ward.wait(days=1)
        ward.derive(everyone=True)
        before = stored(ward), treatment(ward)
        for days in (1, 60):
            ward.wait(days=days)
            ward.derive(everyone=True)
            assert ward.item(ItemKind.EVALUABILITY) == question
            assert guard(ward).dose_limiting.evaluable is None
            assert (stored(ward), treatment(ward)) == before
