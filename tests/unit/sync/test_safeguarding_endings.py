"""How withdrawal, leaving the study and merged records end or carry on what is observed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from fhir_adapter.domain.review import ItemKind
from fhir_adapter.domain.safety_model.event_records import EventState
from fhir_adapter.domain.safety_model.records import WindowState
from fhir_adapter.ports.rows import StoredSafety
from fhir_adapter.sync.move import MoveRequest, run_move
from tests.guarded_ward import (
    P1,
    PRESSOR,
    administered,
    alt,
    decide,
    guard,
    infused,
    sick,
    temperature,
)
from tests.study import consent, patient
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


def dead(**how: Any) -> Ward:
    """The child died on 18 March, or as told; it is known on the 20th."""
    ward = sick()
    decide(ward, ward.item(ItemKind.SYNDROME), grade="3", associated="no")
    ward.wait(days=4)
    ward.give(patient("p1", version="2", **(how or {"deceasedDateTime": "2026-03-18"})))
    ward.sync()
    return ward


def withdrawn() -> Ward:
    """Consent was withdrawn; it becomes known on 16 March."""
    ward = sick()
    ward.give(consent("p1", status="inactive", version="2"), *LATER)
    ward.sync()
    assert ward.row("p1").withdrawn
    return ward


LATER = (alt("900", "03-17T08"), temperature("39.5", "03-18T08"))


class TestWithdrawal:
    def test_it_ends_observation_on_the_day_it_became_known(self) -> None:
        record = guard(withdrawn())
        assert (record.ends, record.dose_limiting.state) == (date(2026, 3, 16), WindowState.CLOSED)

    def test_nothing_later_is_looked_at_and_the_day_stays(self) -> None:
        ward = withdrawn()
        ward.wait(days=1)
        ward.derive(everyone=True)
        before = stored(ward)
        assert before.record.syndromes[0].missing[-1] == date(2026, 3, 16), "the last day is over"
        ward.wait(days=5)
        ward.give(*LATER, administered(*PRESSOR, version="2"))
        ward.sync()
        ward.derive(everyone=True)
        assert stored(ward) == before

    def test_what_persons_judge_afterwards_still_counts(self) -> None:
        ward = withdrawn()
        ward.wait(days=5)
        decide(ward, ward.item(ItemKind.SYNDROME), grade="3", associated="yes")
        limiting = guard(ward).dose_limiting
        assert (limiting.dose_limiting, limiting.evaluable) == (True, True)
        assert guard(ward).ends == date(2026, 3, 16)

    def test_a_person_who_accepts_it_later_does_not_move_the_day(self) -> None:
        ward = withdrawn()
        ward.wait(days=5)
        ward.answer(ward.item(ItemKind.CONSENT_WITHDRAWN).id)
        assert guard(ward).ends == date(2026, 3, 16)

    def test_a_person_who_names_an_earlier_day_does(self) -> None:
        ward = withdrawn()
        ward.wait(days=5)
        ward.answer(ward.item(ItemKind.CONSENT_WITHDRAWN).id, date="2026-03-14")
        record = guard(ward)
        assert record.ends == date(2026, 3, 14)
        assert [each.at.date() for each in record.results if each.term == ALT] == [date(2026, 3, 10)]

    def test_a_death_before_it_stays_what_ended_observation(self) -> None:
        ward = dead()
        why = guard(ward).dose_limiting.why
        ward.give(consent("p1", status="inactive", version="2"))
        for days in (0, 1, 1):
            ward.wait(days=days)
            ward.sync()
            assert (guard(ward).dose_limiting.why, guard(ward).ends) == (why, date(2026, 3, 18))
            assert guard(ward).withdrawn_on == date(2026, 3, 20)

    def test_a_person_who_denies_it_lets_observation_go_on(self) -> None:
        ward = withdrawn()
        ward.answer(ward.item(ItemKind.CONSENT_WITHDRAWN).id, accept=False)
        assert (guard(ward).ends, guard(ward).dose_limiting.state) == (None, WindowState.OPEN)


class TestLeaving:
    def test_who_leaves_the_study_is_observed_no_further_and_a_person_says_whether_it_counts(self) -> None:
        ward = sick()
        decide(ward, ward.item(ItemKind.SYNDROME), grade="3", associated="no")
        left = MoveRequest(subject="Patient/p1", to="not-registered", by="weber", reason="moved", day="2026-03-15")
        run_move(ward.desk, left)
        limiting = guard(ward).dose_limiting
        assert (limiting.state, guard(ward).ends) == (WindowState.CLOSED, date(2026, 3, 15))
        assert limiting.why == "leaving the study on 2026-03-15, inside the window: named review"
        assert len(ward.items(ItemKind.EVALUABILITY)) == 1

    @pytest.mark.parametrize("first", ["death", "leaving"])
    def test_what_ended_it_first_counts(self, first: str) -> None:
        ward = dead()
        day = "2026-03-19" if first == "death" else "2026-03-17"
        ward.answer(ward.item(ItemKind.DECEASED).id, date=day, status="not-registered")
        assert guard(ward).ends == date(2026, 3, 18 if first == "death" else 17)


class TestMerged:
    def test_results_filed_under_another_record_of_the_person_count_and_are_told_once(self) -> None:
        ward = infused(alt("30", "03-10T08"))
        ward.give(
            patient("p0", version="2", link=[{"other": {"reference": "Patient/p1"}, "type": "replaced-by"}]),
            alt("300", "03-15T08", name="p0"),
        )
        ward.sync()
        assert states(ward)[ALT] == [EventState.ONGOING]
        assert len(ward.store.records.latest_safety_records(ward.trial.id, ward.traits.id)) == 1
