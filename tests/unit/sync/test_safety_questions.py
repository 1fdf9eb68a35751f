"""What persons are asked about a subject's safety: once, until what they were asked about is another thing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fhir_adapter.domain.review import ItemKind, ItemState, ReviewItem
from tests.guarded_ward import (
    P1,
    PRESSOR,
    SEVERE,
    SICK,
    administered,
    alt,
    cells,
    decide,
    guard,
    infused,
    problem,
    sick,
    temperature,
    watching,
)
from tests.safety_rules import safety_rule
from tests.ward import Ward

SECOND = administered("norepinephrine", "03-14T15", "03-14T17")
"""Another vasopressor, alone: the same grade in one more interval."""
_BESIDE = ("epinephrine", "03-14T10", "03-14T11")
BESIDE = administered(*_BESIDE)
"""Another one beside the first: grade 4."""


def asked(ward: Ward, kind: ItemKind = ItemKind.SYNDROME) -> list[str]:
    return [item.asked for item in ward.items(kind)]


def judge(ward: Ward, grade: str = "3", associated: str = "yes") -> ReviewItem:
    item = ward.item(ItemKind.SYNDROME)
    decide(ward, item, grade=grade, associated=associated)
    return item


class TestSyndrome:
    def test_the_final_grade_and_the_attribution_are_asked_with_what_is_proposed(self) -> None:
        item = sick_item()
        assert (item.asked, item.subject) == ("CRS_G3", P1)
        assert item.details == {
            "about": "CRS-1",
            "infusion": "1",
            "from": "2026-03-14T08:00:00+01:00",
            "driven by": "fever hypotension",
            "needs attestation": "no",
        }

    def test_what_may_be_higher_is_named_with_both_grades(self) -> None:
        masked = administered("dexamethasone", "03-14T06", "03-14T07")
        ward = infused(temperature("37.0", "03-14T08"), masked, administered(*PRESSOR))
        item = ward.item(ItemKind.SYNDROME)
        assert (item.details or {})["needs attestation"] == "yes"
        assert item.asked.startswith("CRS_G3")

    def test_a_hospital_that_says_otherwise_is_named_in_the_question(self) -> None:
        ward = infused(*SEVERE[:2], problem("crs-3", "2026-03-14"))
        item = ward.item(ItemKind.SYNDROME)
        assert item.asked == "CRS_G1_OR_G3_DISAGREES_WITH_HOSPITAL"
        assert (item.details or {})["the hospital says"] == "Condition/p1-crs-3=G3"

    def test_nobody_is_asked_again_on_equal_data(self) -> None:
        ward = sick()
        item = judge(ward)
        ward.sync()
        ward.wait(days=1)
        ward.derive(everyone=True)
        assert asked(ward) == []
        assert [each.state for each in ward.items(ItemKind.SYNDROME, open_only=False)] == [ItemState.DECIDED]
        assert ward.items(ItemKind.SYNDROME, open_only=False)[0].id == item.id

    def test_a_change_that_goes_no_further_than_the_judgement_asks_nothing(self) -> None:
        ward = sick()
        judge(ward)
        ward.give(temperature("38.9", "03-14T14"), SECOND)
        ward.sync()
        assert asked(ward) == []
        assert guard(ward).syndromes[0].episodes[0].stands

    def test_a_proposal_that_rises_above_the_judgement_is_asked_again(self) -> None:
        ward = sick()
        judge(ward, grade="3", associated="no")
        ward.give(BESIDE)
        ward.sync()
        assert asked(ward) == ["CRS_G4"]
        assert guard(ward).dose_limiting.dose_limiting is None
        judge(ward, grade="4", associated="yes")
        assert (asked(ward), guard(ward).dose_limiting.dose_limiting) == ([], True)

    def test_a_question_that_rose_and_fell_again_closes_by_itself(self) -> None:
        ward = sick()
        judge(ward)
        ward.give(BESIDE)
        ward.sync()
        ward.give(administered(*_BESIDE, version="2", status="entered-in-error"))
        ward.sync()
        assert asked(ward) == []
        states = [each.state for each in ward.items(ItemKind.SYNDROME, open_only=False)]
        assert sorted(states) == [ItemState.DECIDED, ItemState.REPLACED]

    def test_an_open_question_is_replaced_by_the_one_about_what_is_proposed_now(self) -> None:
        ward = sick()
        before = ward.item(ItemKind.SYNDROME)
        ward.give(BESIDE)
        ward.sync()
        assert asked(ward) == ["CRS_G4"]
        assert [each.state for each in ward.items(open_only=False) if each.id == before.id] == [ItemState.REPLACED]

    def test_each_infusion_has_a_question_of_its_own(self) -> None:
        ward = infused(*SICK, days=22)
        ward.give(
            cells("03-30T11", million=40),
            temperature("38.5", "03-31T08"),
            administered("norepinephrine", "03-31T09", "03-31T11"),
        )
        ward.sync()
        assert [(each.details or {})["about"] for each in ward.items(ItemKind.SYNDROME)] == ["CRS-1", "CRS-2"]


def sick_item() -> ReviewItem:
    return sick().item(ItemKind.SYNDROME)


class TestEvent:
    def test_a_derived_event_from_the_grade_on_is_asked_with_its_term_and_sources(self) -> None:
        item = sick().item(ItemKind.ADVERSE_EVENT)
        details = item.details or {}
        assert item.asked == "G3"
        assert details["term"] == "Alanine aminotransferase increased"
        assert details["meddra"] == "10001551"
        assert details["evidence"].split() == ["Observation/p1-1742-6-03-15T08", "Observation/p1-1742-6-03-10T08"]

    def test_another_grade_asks_about_a_lower_one(self) -> None:
        ward = sick()
        ward.trial = replace(ward.trial, safety=safety_rule(judged_from_grade=1), digest="definitions-2")
        ward.derive(everyone=True)
        assert sorted(asked(ward, ItemKind.ADVERSE_EVENT)) == ["G1", "G3"]

    def test_it_is_asked_again_only_where_its_grade_is_another_one(self) -> None:
        ward = sick()
        decide(ward, ward.item(ItemKind.ADVERSE_EVENT), serious="no", relatedness="possible")
        ward.give(alt("250", "03-16T08"))
        ward.sync()
        assert asked(ward, ItemKind.ADVERSE_EVENT) == []
        ward.give(alt("850", "03-16T09"))
        ward.sync()
        assert asked(ward, ItemKind.ADVERSE_EVENT) == ["G4"]

    def test_what_the_hospital_says_in_its_own_words_is_not_repeated(self) -> None:
        ward = infused(problem("gvhd", "2026-03-15"))
        item = ward.item(ItemKind.ADVERSE_EVENT)
        assert item.asked == "UNGRADED"
        assert item.details == {
            "about": guard(ward).events[0].id,
            "scale": "MAGIC",
            "origin": "reported",
            "evidence": "Condition/p1-gvhd",
        }

    def test_nobody_is_asked_about_an_event_nothing_is_left_of(self) -> None:
        ward = sick()
        ward.give(alt("30", "03-15T08", version="2"))
        ward.sync()
        assert asked(ward, ItemKind.ADVERSE_EVENT) == []


class TestEvaluability:
    def test_who_counts_is_asked_once_the_window_is_over_and_the_rule_cannot_tell(self) -> None:
        ward = sick()
        decide(ward, ward.item(ItemKind.SYNDROME), grade="3", associated="no")
        ward.wait(days=25)
        ward.derive()
        assert ward.items(ItemKind.EVALUABILITY) == []
        ward.wait(days=1)
        ward.derive()
        item = ward.item(ItemKind.EVALUABILITY)
        assert item.asked == "DOES_NOT_COUNT_YET"
        assert item.details == {
            "about": "evaluability",
            "why": "infusion 2 not received: why, and is the subject replaced; "
            "never assessed for ICANS after infusion 1: does the subject count",
        }
        decide(ward, item, replaced="yes", withheld_for_toxicity="yes")
        assert ward.items(ItemKind.EVALUABILITY) == []
        limiting = guard(ward).dose_limiting
        assert (limiting.evaluable, limiting.replaced, limiting.withheld) == (False, True, True)


def test_nobody_is_asked_about_the_safety_of_who_has_no_record() -> None:
    ward = watching()
    kinds = {ItemKind.SYNDROME, ItemKind.ADVERSE_EVENT, ItemKind.CAUSE_OF_DEATH, ItemKind.EVALUABILITY}
    assert [each for each in ward.items() if each.kind in kinds] == []


@pytest.mark.parametrize("gone", ["safety", "regimen"])
def test_questions_close_where_definitions_no_longer_hold_the_rule(gone: str) -> None:
    ward = sick()
    ward.trial = replace(ward.trial, digest="definitions-2", **{gone: None})  # type: ignore[arg-type]
    ward.derive(everyone=True)
    assert ward.items(ItemKind.SYNDROME) == ward.items(ItemKind.ADVERSE_EVENT) == []
