"""Severe reactions that are over, and results that cannot be graded: what a release lets pass, what stays open."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fhir_adapter.domain.logic import Truth
from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.safety_model.event_records import EventState
from fhir_adapter.domain.treatment_operators import ReactionReading
from tests.builders import attestation
from tests.no_reaction import DONE, RELEASED, RULE, judged, truth
from tests.reactions import changes, event, said_of, ungradable


class TestResolved:
    """(c) resolved events: held where the cells may be the cause, until a named person releases them."""

    @pytest.mark.parametrize(
        ("word", "answer"),
        [("related", "NOT_MET"), ("possible", "NOT_MET"), ("unlikely", "MET"), ("not-related", "MET")],
    )
    def test_the_relation_to_the_cells_decides(self, word: str, answer: str) -> None:
        assert truth(events=(event(judgement=said_of(word, when="03-18"), **DONE),)) == answer

    def test_one_nobody_assessed_holds(self) -> None:
        answer = judged(events=(event(**DONE),))
        assert answer.truth is Truth.NOT_MET
        assert answer.notes == ("AE-1 Alanine aminotransferase increased: grade 3",)
        assert [part.label for part in answer.parts][-1] == "a named person's release of resolved reactions"

    def test_a_named_persons_release_lets_it_pass_and_is_told(self) -> None:
        answer = judged(RELEASED, events=(event(**DONE),))
        assert answer.truth is Truth.MET
        assert answer.notes == ("released by a named person: AE-1 Alanine aminotransferase increased: grade 3",)
        assert [evidence.role for evidence in answer.evidence] == ["attestation"]

    @pytest.mark.parametrize("reason", [None, "", "  "])
    def test_a_release_without_a_reason_releases_nothing(self, reason: str | None) -> None:
        bare = attestation("N3-release", True, by="pi", at="2026-03-19T08:00", reason=reason)
        assert truth(bare, events=(event(**DONE),)) == "NOT_MET"

    def test_a_refused_release_and_one_too_old_release_nothing(self) -> None:
        no = attestation("N3-release", False, by="pi", at="2026-03-19T08:00", reason="wait")
        old = attestation("N3-release", True, by="pi", at="2026-03-18T10:59", reason="resolved")
        assert truth(no, events=(event(**DONE),)) == "NOT_MET"
        assert truth(old, events=(event(**DONE),)) == "NOT_MET"

    def test_a_release_made_before_the_reaction_was_over_releases_nothing(self) -> None:
        over = event(state=EventState.RESOLVED, changes=changes(("03-18", 3), ("03-19T08:01", 0)))
        just = event(state=EventState.RESOLVED, changes=changes(("03-18", 3), ("03-19T08:00", 0)))
        assert truth(RELEASED, events=(over,)) == "NOT_MET"
        assert truth(RELEASED, events=(just,)) == "MET"

    def test_one_released_does_not_hide_one_that_lasts(self) -> None:
        answer = judged(RELEASED, events=(event(**DONE), event(id="AE-2")))
        assert answer.truth is Truth.NOT_MET
        assert answer.notes == ("AE-2 Alanine aminotransferase increased: grade 3",)

    def test_one_released_beside_one_that_is_open_stays_open(self) -> None:
        assert truth(RELEASED, events=(event(**DONE),), ungradable=(ungradable(),)) == "UNKNOWN"

    @pytest.mark.parametrize(
        ("reading", "word", "answer"),
        [
            (ReactionReading.CURRENT_ONLY, "related", "MET"),
            (ReactionReading.EVER, "unlikely", "NOT_MET"),
            (ReactionReading.EVER, "not-related", "MET"),
        ],
    )
    def test_other_readings_ask_less_or_more(self, reading: ReactionReading, word: str, answer: str) -> None:
        done = event(judgement=said_of(word, when="03-18"), **DONE)
        assert truth(RELEASED, rule=replace(RULE, reading=reading), events=(done,)) == answer


class TestUngradable:
    @pytest.mark.parametrize(("worst", "answer"), [(2, "MET"), (3, "UNKNOWN"), (4, "UNKNOWN")])
    def test_what_may_be_severe_leaves_it_open(self, worst: int, answer: str) -> None:
        assert truth(ungradable=(ungradable(worst=worst),)) == answer

    def test_it_says_what_would_settle_it(self) -> None:
        answer = judged(ungradable=(ungradable(),))
        assert (answer.reason, answer.next_fact) == (
            UnknownReason.MISSING,
            "Alanine aminotransferase increased: baseline",
        )

    def test_where_nothing_is_named_it_asks_for_what_the_grade_takes(self) -> None:
        bare = ungradable()
        answer = judged(ungradable=(replace(bare, grade=replace(bare.grade, needed=(), reason=None)),))
        assert answer.next_fact == "Alanine aminotransferase increased: what its grade takes"

    def test_no_release_settles_it(self) -> None:
        assert truth(RELEASED, ungradable=(ungradable(),)) == "UNKNOWN"

    def test_what_holds_outweighs_what_is_open(self) -> None:
        assert truth(ungradable=(ungradable(),), events=(event(),)) == "NOT_MET"
