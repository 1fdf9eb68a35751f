from __future__ import annotations

import pytest

from fhir_adapter.domain.review import QUESTIONS, ItemKind, check_answer, check_date, is_accepted, item_id
from fhir_adapter.domain.source import SubjectId, TrialId
from fhir_adapter.errors import DecisionRefusedError


@pytest.mark.parametrize("kind", list(ItemKind))
def test_every_kind_of_item_takes_its_short_forms(kind: ItemKind) -> None:
    question = QUESTIONS[kind]
    check_answer(kind, {question.field: question.accept})
    check_answer(kind, {question.field: question.reject})
    assert is_accepted(kind, {question.field: question.accept})
    assert not is_accepted(kind, {question.field: question.reject})


def test_a_missing_field_is_refused_by_naming_the_allowed_values() -> None:
    with pytest.raises(DecisionRefusedError, match=r"verdict=accepted\|rejected"):
        check_answer(ItemKind.ELIGIBILITY, {})


def test_a_value_outside_the_list_is_refused() -> None:
    with pytest.raises(DecisionRefusedError, match=r"write=ours\|theirs"):
        check_answer(ItemKind.WRITE_CONFLICT, {"write": "both"})


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(DecisionRefusedError, match="unknown field arm"):
        check_answer(ItemKind.ELIGIBILITY, {"verdict": "accepted", "arm": "A"})


def test_an_answer_that_moves_a_subject_may_carry_status_and_date() -> None:
    check_answer(ItemKind.DECEASED, {"deceased": "yes", "status": "off-study", "date": "2026-03-01"})


def test_an_answer_that_moves_nobody_takes_no_status() -> None:
    with pytest.raises(DecisionRefusedError, match="unknown field status"):
        check_answer(ItemKind.PATIENT_MERGED, {"merge": "confirmed", "status": "candidate"})


@pytest.mark.parametrize("text", ["2026-02-29", "01.03.2026", ""])
def test_a_day_that_is_no_calendar_date_is_refused(text: str) -> None:
    with pytest.raises(DecisionRefusedError, match="YYYY-MM-DD"):
        check_date(text)


def test_only_investigators_judge_evidence() -> None:
    assert QUESTIONS[ItemKind.ELIGIBILITY].roles == {"pi", "investigator"}
    assert QUESTIONS[ItemKind.FROZEN_EVIDENCE].roles == {"pi", "investigator"}


def test_an_item_keeps_its_id_as_long_as_its_question() -> None:
    def name(subject: str, *about: str) -> str:
        return item_id(ItemKind.ELIGIBILITY, TrialId("t"), SubjectId(subject), *about)

    assert name("S-1", "ELIGIBLE", "d1") == name("S-1", "ELIGIBLE", "d1")
    others = {name("S-1", "INELIGIBLE", "d1"), name("S-1", "ELIGIBLE", "d2"), name("S-2", "ELIGIBLE", "d1")}
    assert len(others | {name("S-1", "ELIGIBLE", "d1")}) == 4
