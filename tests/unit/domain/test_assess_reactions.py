"""No severe reaction since infusion 1 (2 March 2026): which syndromes and unresolved events hold infusion 2."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from fhir_adapter.domain.assess_reactions import NO_FIRST_INFUSION, RECORD_MISSING
from fhir_adapter.domain.assessment import assess, walk
from fhir_adapter.domain.logic import Truth
from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.safety_model.event_records import EventState, SpecialInterest
from fhir_adapter.domain.treatment_operators import Resolution
from tests.no_reaction import DONE, NOW, RELEASED, RULE, judged, truth
from tests.reactions import changes, episode, event, reported, said_of, ungradable, verdict_on
from tests.scenes import scene


def test_without_a_record_nothing_is_known() -> None:
    answer = assess(RULE, scene(as_of=NOW).at_as_of())
    assert (answer.truth, answer.reason, answer.notes) == (Truth.UNKNOWN, UnknownReason.MISSING, (RECORD_MISSING,))


def test_a_record_that_cannot_be_derived_is_a_missing_one() -> None:
    answer = assess(RULE, replace(scene(as_of=NOW).at_as_of(), reactions=lambda _: None))
    assert answer.notes == (RECORD_MISSING,)


def test_the_record_is_asked_for_the_moment_judged() -> None:
    asked: list[datetime] = []

    def remember(moment: datetime) -> None:
        asked.append(moment)

    assess(RULE, replace(scene(as_of=NOW).at_as_of(), reactions=remember))
    assert asked == [NOW]


def test_without_a_first_infusion_nothing_can_be_said() -> None:
    answer = judged(infusions=())
    assert (answer.reason, answer.notes) == (UnknownReason.MISSING, (NO_FIRST_INFUSION,))


def test_a_record_without_reactions_speaks_for_the_infusion() -> None:
    assert truth() == "MET"


def test_what_only_a_person_can_grade_is_left_to_the_statement_beside_it_and_said() -> None:
    child = replace(ungradable().grade, by_person=True)
    answer = judged(ungradable=(ungradable(term="Hypertension", grade=child),))
    assert answer.truth is Truth.MET
    assert answer.notes == (
        "Hypertension: no number grades it in this patient; left to the investigator's own statement",
    )


class TestSyndromes:
    """(a) CRS or ICANS of grade 3 or more: no release, resolved or not."""

    @pytest.mark.parametrize(
        ("given", "answer"),
        [
            ({"grade": 2}, "MET"),
            ({"grade": 3}, "NOT_MET"),
            ({"grade": 4, "end": None}, "NOT_MET"),
            ({"grade": 2, "worst": 3}, "UNKNOWN"),
            ({"grade": None, "worst": 2}, "MET"),
            ({"grade": None, "worst": 3}, "UNKNOWN"),
            ({"grade": 3, "needs_attestation": True}, "NOT_MET"),
            ({"grade": 1, "reported": (reported(grade=3),)}, "NOT_MET"),
            ({"grade": 1, "reported": (reported(grade=2), reported(grade=None))}, "MET"),
        ],
    )
    def test_one_nobody_judged_counts_as_proposed_or_reported(self, given: dict[str, Any], answer: str) -> None:
        assert truth(episodes=(episode(**given),)) == answer

    @pytest.mark.parametrize(
        ("grade", "associated", "answer"),
        [(3, True, "NOT_MET"), (5, True, "NOT_MET"), (2, True, "MET"), (3, False, "MET"), (4, False, "MET")],
    )
    def test_a_judged_one_counts_as_judged(self, grade: int, associated: bool, answer: str) -> None:
        word = verdict_on(grade=grade, associated=associated, when="03-18")
        assert truth(episodes=(episode(grade=3, judgement=word),)) == answer

    def test_a_judgement_made_after_the_infusion_was_due_does_not_exist_yet(self) -> None:
        early = verdict_on(associated=False, when="03-19T11:00")
        late = verdict_on(associated=False, when="03-19T11:01")
        assert truth(episodes=(episode(judgement=early),)) == "MET"
        assert truth(episodes=(episode(judgement=late),)) == "NOT_MET"

    @pytest.mark.parametrize(("worst", "answer"), [(2, "MET"), (3, "NOT_MET")])
    def test_a_judgement_overtaken_by_a_higher_grade_holds_no_longer(self, worst: int, answer: str) -> None:
        word = verdict_on(grade=2, when="03-18")
        assert truth(episodes=(episode(grade=worst, judgement=word, stands=False),)) == answer

    def test_no_release_lets_one_pass(self) -> None:
        assert truth(RELEASED, episodes=(episode(),)) == "NOT_MET"

    def test_one_known_from_a_code_alone_holds_even_resolved(self) -> None:
        coded = event(special_interest=SpecialInterest.ICANS, treatment_emergent=None, **DONE)
        assert truth(RELEASED, events=(coded,)) == "NOT_MET"


class TestUnresolved:
    """(b) nonhematologic events of grade 3 or more, new or worsened, unresolved."""

    @pytest.mark.parametrize(
        ("given", "answer"),
        [
            ({"grade": 2}, "MET"),
            ({"grade": 3}, "NOT_MET"),
            ({"grade": 3, "state": EventState.UNKNOWN}, "NOT_MET"),
            ({"grade": 3, "treatment_emergent": False, "worsened": True}, "NOT_MET"),
            ({"grade": 3, "treatment_emergent": False}, "MET"),
            ({"grade": 3, "treatment_emergent": False, "pre_existing": True}, "MET"),
            ({"grade": 3, "treatment_emergent": None}, "UNKNOWN"),
            ({"grade": 2, "worst_possible": 3, "at_least": True}, "UNKNOWN"),
            ({"grade": 3, "worst_possible": 4, "at_least": True}, "NOT_MET"),
            ({"grade": None, "worst_possible": 3}, "UNKNOWN"),
            ({"grade": None, "worst_possible": 2}, "MET"),
        ],
    )
    def test_grade_and_beginning_decide(self, given: dict[str, Any], answer: str) -> None:
        assert truth(events=(event(**given),)) == answer

    @pytest.mark.parametrize(
        ("word", "answer"),
        [
            ("not-related", "MET"),
            ("unlikely", "NOT_MET"),
            ("possible", "NOT_MET"),
            ("related", "NOT_MET"),
            ("not-assessed", "NOT_MET"),
        ],
    )
    def test_any_cause_holds_but_not_related(self, word: str, answer: str) -> None:
        assert truth(events=(event(judgement=said_of(word, when="03-18")),)) == answer

    def test_a_word_said_later_does_not_exist_yet(self) -> None:
        assert truth(events=(event(judgement=said_of("not-related", when="03-19T11:01")),)) == "NOT_MET"

    def test_no_release_lets_one_pass(self) -> None:
        assert truth(RELEASED, events=(event(),)) == "NOT_MET"

    @pytest.mark.parametrize(
        ("steps", "answer"),
        [
            ((("02-25", 4), ("03-01", 1), ("03-06", 2)), "MET"),
            ((("02-25", 1), ("03-06", 3)), "NOT_MET"),
            ((("02-25", 3), ("03-06", 2)), "NOT_MET"),
        ],
        ids=["severe only long before", "severe after", "severe when the cells were given"],
    )
    def test_only_grades_since_the_infusion_count(self, steps: tuple[Any, ...], answer: str) -> None:
        worsened = event(grade=4, treatment_emergent=True, worsened=True, changes=changes(*steps))
        assert truth(events=(worsened,)) == answer

    def test_a_change_that_cannot_be_graded_leaves_the_worst_possible_open(self) -> None:
        open_ = event(grade=2, worst_possible=3, changes=changes(("03-06", 2), ("03-08", None)))
        assert truth(events=(open_,)) == "UNKNOWN"

    @pytest.mark.parametrize(("grade", "answer"), [(2, "MET"), (3, "NOT_MET")])
    def test_a_persons_grade_settles_what_is_not_certain(self, grade: int, answer: str) -> None:
        word = said_of("possible", grade=grade, when="03-18")
        assert truth(events=(event(grade=None, worst_possible=4, judgement=word),)) == answer

    def test_a_persons_grade_never_lowers_a_certain_one(self) -> None:
        assert truth(events=(event(grade=3, judgement=said_of("possible", grade=1, when="03-18")),)) == "NOT_MET"

    def test_another_reading_ends_a_reaction_below_its_grade(self) -> None:
        rule = replace(RULE, resolution=Resolution.BELOW_GRADE)
        lower = event(changes=changes(("03-06", 3), ("03-10", 2)))
        still = event(changes=changes(("03-06", 2), ("03-10", 3)))
        open_ = replace(lower, unresolved_ungradable=True)
        assert truth(RELEASED, rule=rule, events=(lower,)) == "MET"
        assert truth(rule=rule, events=(lower,)) == "NOT_MET"
        assert truth(RELEASED, rule=rule, events=(still,)) == "NOT_MET"
        assert truth(RELEASED, rule=rule, events=(open_,)) == "NOT_MET"
        assert truth(RELEASED, rule=rule, events=(event(),)) == "NOT_MET"
        assert truth(RELEASED, events=(lower,)) == "NOT_MET"


def test_the_release_is_a_statement_of_the_tree() -> None:
    assert [type(node).__name__ for node in walk(RULE)] == ["NoReaction", "Attested"]
