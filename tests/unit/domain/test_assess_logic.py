from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from fhir_adapter.domain.assessment import assess, walk
from fhir_adapter.domain.logic import Truth
from fhir_adapter.domain.operators import (
    Agree,
    AllOf,
    AnyOf,
    Attestable,
    Attested,
    FirstAvailable,
    Node,
    Not,
    Sex,
    When,
)
from fhir_adapter.domain.queries import OnConflict, UnknownReason
from fhir_adapter.domain.source import RejectionReason
from fhir_adapter.errors import InvariantError
from tests.builders import ZONE, attestation, refused
from tests.scenes import ask, lvef, lvef_value, outcome, scene, verdict

YES, NO, OPEN = (Attested(link_id=link, label=link) for link in ("yes", "no", "open"))
GIVEN = attestation("yes", True), attestation("no", False)
MISSING, STALE, MASKED = lvef(), lvef(), lvef()


def answer(node: Node, *given: Any, **more: Any) -> str:
    return outcome(*GIVEN, *given, node=node, **more)


T, F, U = "MET", "NOT_MET", "NEEDS_ATTESTATION"


@pytest.mark.parametrize(
    ("left", "right", "both", "either"),
    [(YES, YES, T, T), (YES, NO, F, T), (YES, OPEN, U, T), (NO, NO, F, F), (NO, OPEN, F, U), (OPEN, OPEN, U, U)],
)
def test_all_of_and_any_of(left: Node, right: Node, both: str, either: str) -> None:
    for of in ((left, right), (right, left)):
        assert answer(AllOf(of=of)) == both
        assert answer(AnyOf(of=of)) == either


def test_nothing_to_fulfil_is_fulfilled() -> None:
    assert (answer(AllOf(of=())), answer(AnyOf(of=()))) == (T, F)


@pytest.mark.parametrize(("node", "expected"), [(YES, F), (NO, T), (OPEN, U)])
def test_not(node: Node, expected: str) -> None:
    assert answer(Not(of=node)) == expected


def test_a_decided_answer_rests_on_the_parts_that_decide_it() -> None:
    decided = ask(AllOf(of=(YES, NO, OPEN)), *GIVEN)
    assert [each.note for each in decided.evidence] == ["no, stated by dr-weber (trial)"]
    assert [part.truth for part in decided.parts] == [Truth.MET, Truth.NOT_MET, Truth.UNKNOWN]


def test_the_reason_is_the_weightiest_and_its_next_fact_goes_with_it() -> None:
    masked = refused(RejectionReason.VALUE_ABSENT, "lvef", detail="masked")
    both = ask(AllOf(of=(OPEN, lvef())), masked)
    assert (verdict(both), both.next_fact) == (
        "HIDDEN",
        "LVEF: what the hospital withholds, released by the hospital",
    )


def test_words_of_the_whole_replace_those_of_a_part_where_any_fact_would_do() -> None:
    node = AllOf(of=(OPEN,), next_fact="attestation open")
    assert ask(node).next_fact == "attestation open"
    hidden = AllOf(of=(lvef(),), next_fact="an echocardiogram")
    masked = refused(RejectionReason.VALUE_ABSENT, "lvef", detail="masked")
    assert ask(hidden, masked).next_fact == "LVEF: what the hospital withholds, released by the hospital"
    assert ask(hidden).next_fact == "an echocardiogram"


class TestWhen:
    @pytest.mark.parametrize(
        ("condition", "then", "otherwise", "expected"),
        [
            (YES, YES, NO, T),
            (YES, OPEN, NO, U),
            (NO, NO, YES, T),
            (OPEN, YES, YES, T),
            (OPEN, NO, NO, F),
            (OPEN, YES, NO, U),
        ],
    )
    def test_the_chosen_statement_answers(
        self, condition: Node, then: Node, otherwise: Node, expected: str
    ) -> None:
        assert answer(When(condition=condition, then=then, otherwise=otherwise)) == expected

    def test_an_open_condition_gives_its_reason(self) -> None:
        sex = Sex(is_="male", next_fact="sex")
        open_ = ask(When(condition=sex, then=OPEN, otherwise=NO), *GIVEN)
        assert (verdict(open_), open_.next_fact) == ("MISSING", "sex")

    def test_what_both_statements_lack_counts_too(self) -> None:
        assert answer(When(condition=Sex(is_="male"), then=OPEN, otherwise=OPEN)) == U

    def test_a_conflict_in_a_condition_is_never_settled_by_setting(self) -> None:
        condition = lvef(on_conflict=OnConflict.EITHER)
        both = lvef_value("60"), lvef_value("30")
        assert answer(condition, *both) == T
        assert answer(When(condition=condition, then=YES, otherwise=NO), *both) == "CONFLICTING"


class TestAgree:
    @pytest.mark.parametrize(
        ("of", "expected"),
        [
            ((YES, OPEN), T),
            ((NO, OPEN), F),
            ((YES, YES), T),
            ((YES, NO), "CONFLICTING"),
            ((OPEN, OPEN), U),
        ],
    )
    def test_sources_of_one_statement(self, of: tuple[Node, ...], expected: str) -> None:
        assert answer(Agree(of=of)) == expected

    @pytest.mark.parametrize(
        ("on_conflict", "lets_in", "expected"),
        [
            (OnConflict.WORST, Truth.MET, F),
            (OnConflict.EITHER, Truth.MET, T),
            (OnConflict.WORST, Truth.NOT_MET, T),
            (OnConflict.EITHER, Truth.NOT_MET, F),
        ],
    )
    def test_a_setting_may_take_a_side(self, on_conflict: OnConflict, lets_in: Truth, expected: str) -> None:
        settled = ask(Agree(of=(YES, NO), on_conflict=on_conflict), *GIVEN, lets_in=lets_in)
        assert verdict(settled) == expected
        assert settled.notes == (f"sources conflict; the {on_conflict} side is taken by setting",)
        assert len(settled.evidence) == 2

    def test_a_source_that_conflicts_in_itself_conflicts(self) -> None:
        both = lvef_value("60"), lvef_value("30")
        assert answer(Agree(of=(YES, lvef())), *both) == "CONFLICTING"

    def test_a_conflict_cites_both_sources_and_says_what_settles_it(self) -> None:
        conflict = ask(Agree(of=(YES, NO), label="kidney"), *GIVEN)
        assert len(conflict.evidence) == 2
        assert conflict.next_fact == "kidney: the conflict settled by a person"


class TestFirstAvailable:
    @pytest.mark.parametrize(
        ("of", "expected"),
        [
            ((lvef(), YES), T),
            ((lvef(), NO), F),
            ((NO, YES), F),
            ((OPEN, YES), U),  # a person is asked: that is no lack of data
            ((lvef(), lvef()), "MISSING"),
            ((AllOf(of=(YES, lvef())), YES), T),
        ],
    )
    def test_the_next_is_asked_only_where_data_lack(self, of: tuple[Node, ...], expected: str) -> None:
        assert answer(FirstAvailable(of=of)) == expected

    def test_a_stale_or_not_yet_due_value_is_no_current_one(self) -> None:
        node = FirstAvailable(of=(lvef(), YES))
        assert answer(node, lvef_value("60", "2025-01-01")) == T
        assert answer(node, lvef_value("60", "2026-03-03"), planned="2026-04-01") == T

    def test_another_cause_beside_a_lack_stops_the_search(self) -> None:
        masked = refused(RejectionReason.VALUE_ABSENT, "lvef", detail="masked")
        assert answer(FirstAvailable(of=(lvef(), YES)), masked, lvef_value("60", "2025-01-01")) == "HIDDEN"

    def test_a_later_one_comes_with_a_warning(self) -> None:
        node = FirstAvailable(of=(lvef(), YES), warning="the other scale")
        assert ask(node, *GIVEN).notes == ("the other scale",)
        assert ask(node, *GIVEN, lvef_value("60")).notes == ()


class TestAttestable:
    node = Attestable(rule=lvef(), by=Attested(link_id="I8"), on=(UnknownReason.MISSING, UnknownReason.STALE))

    def test_data_decide_before_a_person(self) -> None:
        assert answer(self.node, lvef_value("60"), attestation("I8")) == T
        assert answer(self.node, lvef_value("30"), attestation("I8")) == F

    def test_data_that_let_in_never_outvote_a_person_who_keeps_out(self) -> None:
        given = lvef_value("60"), attestation("I8", False)
        both = ask(self.node, *given)
        assert verdict(both) == "CONFLICTING"
        assert {each.role for each in both.evidence} == {"value", "attestation"}
        assert answer(replace(self.node, on_conflict=OnConflict.WORST), *given) == F

    def test_people_who_disagree_leave_data_that_let_in_open(self) -> None:
        two = attestation("I8"), attestation("I8", False, by="dr-lang")
        assert answer(self.node, lvef_value("60"), *two) == "CONFLICTING"
        assert answer(self.node, lvef_value("30"), *two) == F

    def test_where_a_setting_says_so_a_persons_word_holds_whatever_the_data_leave_open(self) -> None:
        node = replace(self.node, on_conflict=OnConflict.WORST)
        assert answer(node, lvef_value("<60"), attestation("I8", False)) == F
        assert answer(node, lvef_value("<60"), attestation("I8")) == "CENSORED"

    def test_a_statement_that_only_steers_others_is_contradicted_either_way(self) -> None:
        for value, said in (("60", False), ("30", True)):
            steering = When(condition=self.node, then=YES, otherwise=NO)
            assert answer(steering, lvef_value(value), attestation("I8", said), *GIVEN) == "CONFLICTING"

    def test_a_person_decides_where_data_leave_it_open_for_a_named_reason(self) -> None:
        attested = ask(self.node, attestation("I8", False))
        assert verdict(attested) == F
        assert [each.role for each in attested.evidence] == ["attestation"]

    def test_a_person_is_not_asked_for_another_reason(self) -> None:
        assert answer(self.node, lvef_value("<60"), attestation("I8")) == "CENSORED"

    def test_nobody_asked_the_datas_reason_stands(self) -> None:
        assert answer(self.node) == "MISSING"

    def test_people_who_disagree_conflict(self) -> None:
        two = attestation("I8"), attestation("I8", False, by="dr-lang")
        both = ask(self.node, *two)
        assert verdict(both) == "CONFLICTING"
        assert [part.reason for part in both.parts] == ["MISSING", "CONFLICTING"]


def test_an_edge_of_any_part_is_an_edge_of_the_whole() -> None:
    node = AllOf(of=(lvef(), Sex(is_="male")))
    assert ask(node, lvef_value("60", "2026-03-09")).expires == datetime(2026, 4, 7, tzinfo=ZONE)


def test_an_operator_nobody_assesses_is_our_own_mistake() -> None:
    with pytest.raises(InvariantError, match="Node"):
        assess(Node(), scene())


def test_every_statement_of_a_tree_is_walked() -> None:
    tree = When(
        condition=Not(of=YES),
        then=AllOf(of=(NO, Agree(of=(OPEN, AnyOf(of=(YES,)))))),
        otherwise=FirstAvailable(of=(Attestable(rule=NO, by=OPEN, on=()),)),
    )
    assert [type(node).__name__ for node in walk(tree)] == [
        "When", "Not", "Attested", "AllOf", "Attested", "Agree", "Attested", "AnyOf", "Attested",
        "FirstAvailable", "Attestable", "Attested", "Attested",
    ]  # fmt: skip
