from __future__ import annotations

import pytest

from fhir_adapter.domain.answering import QUESTIONS, check_answer, check_date, is_accepted, read_dated
from fhir_adapter.domain.review import ItemKind
from fhir_adapter.errors import DecisionRefusedError


@pytest.mark.parametrize("kind", [kind for kind in ItemKind if QUESTIONS[kind].has_short_form])
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


@pytest.mark.parametrize("text", ["2026-02-29", "01.03.2026", "20260301", ""])
def test_a_day_that_is_no_calendar_date_is_refused(text: str) -> None:
    with pytest.raises(DecisionRefusedError, match="YYYY-MM-DD"):
        check_date(text)


def test_only_investigators_judge_evidence() -> None:
    assert QUESTIONS[ItemKind.ELIGIBILITY].roles == {"pi", "investigator"}
    assert QUESTIONS[ItemKind.FROZEN_EVIDENCE].roles == {"pi", "investigator"}


def test_what_needs_more_than_a_yes_or_no_has_no_short_form() -> None:
    without = {kind for kind in ItemKind if not QUESTIONS[kind].has_short_form}
    assert without == {ItemKind.SYNDROME, ItemKind.ADVERSE_EVENT, ItemKind.CAUSE_OF_DEATH}


def test_the_grade_of_a_syndrome_is_never_left_out() -> None:
    with pytest.raises(DecisionRefusedError, match=r"grade is needed: grade=0\|1\|2\|3\|4\|5"):
        check_answer(ItemKind.SYNDROME, {"associated": "yes"})
    with pytest.raises(DecisionRefusedError, match="grade is needed"):
        check_answer(ItemKind.SYNDROME, {"associated": "no"})
    check_answer(ItemKind.SYNDROME, {"associated": "no", "grade": "0"})


@pytest.mark.parametrize("grade", ["6", "-1", "3.0", "three", ""])
def test_a_grade_is_one_of_the_scale(grade: str) -> None:
    with pytest.raises(DecisionRefusedError, match="grade takes"):
        check_answer(ItemKind.SYNDROME, {"associated": "yes", "grade": grade})


def test_a_serious_event_names_its_criteria_and_another_has_none() -> None:
    related = {"relatedness": "possible"}
    with pytest.raises(DecisionRefusedError, match="criteria is needed"):
        check_answer(ItemKind.ADVERSE_EVENT, {"serious": "yes", **related})
    check_answer(ItemKind.ADVERSE_EVENT, {"serious": "yes", "criteria": "death,important", **related})
    with pytest.raises(DecisionRefusedError, match="criteria does not go with this answer"):
        check_answer(ItemKind.ADVERSE_EVENT, {"serious": "no", "criteria": "death", **related})


@pytest.mark.parametrize("criteria", ["death,death", "death, important", "severe", ""])
def test_criteria_are_each_named_once_as_written(criteria: str) -> None:
    with pytest.raises(DecisionRefusedError, match="criteria takes"):
        check_answer(ItemKind.ADVERSE_EVENT, {"serious": "yes", "relatedness": "related", "criteria": criteria})


def test_the_time_of_awareness_has_its_zone_or_is_a_day() -> None:
    judged = {"serious": "no", "relatedness": "unlikely"}
    check_answer(ItemKind.ADVERSE_EVENT, {**judged, "aware": "2026-03-10"})
    check_answer(ItemKind.ADVERSE_EVENT, {**judged, "aware": "2026-03-10T08:00:00+01:00"})
    with pytest.raises(DecisionRefusedError, match="without its zone"):
        check_answer(ItemKind.ADVERSE_EVENT, {**judged, "aware": "2026-03-10T08:00:00"})
    for text in ("10.03.2026", "20260310", "2026-W11-2", "20260310T080000+0100"):
        with pytest.raises(DecisionRefusedError, match="aware is written YYYY-MM-DD"):
            check_answer(ItemKind.ADVERSE_EVENT, {**judged, "aware": text})


def test_a_death_may_be_possibly_related() -> None:
    check_answer(ItemKind.CAUSE_OF_DEATH, {"relatedness": "possible", "cause": "infection"})
    with pytest.raises(DecisionRefusedError, match=r"relatedness=related\|not-related\|possible\|unlikely"):
        check_answer(ItemKind.CAUSE_OF_DEATH, {"relatedness": "certain", "cause": "infection"})


def test_what_may_be_answered_is_shown_as_it_is_typed() -> None:
    assert QUESTIONS[ItemKind.DECEASED].allowed == "deceased=yes|no [status=STATUS] [date=YYYY-MM-DD]"
    assert QUESTIONS[ItemKind.EVALUABILITY].allowed == "replaced=yes|no [withheld-for-toxicity=yes|no]"
    assert QUESTIONS[ItemKind.SYNDROME].allowed == "associated=yes|no grade=0|1|2|3|4|5"


def test_reports_sent_are_named_each_with_its_day_or_time() -> None:
    text = "sae-sponsor@2026-03-10,susar-15@2026-03-20T09:00:00+01:00"
    pairs = (("sae-sponsor", "2026-03-10"), ("susar-15", "2026-03-20T09:00:00+01:00"))
    assert read_dated("sent", text) == pairs
    check_answer(ItemKind.ADVERSE_EVENT, {"serious": "no", "relatedness": "unlikely", "sent": text})


@pytest.mark.parametrize(
    "text", ["@2026-03-10", "a@2026-03-10,a@2026-03-11", "a", "a@10.03.2026", "a@2026-03-10T08:00"]
)
def test_a_report_without_name_or_usable_time_is_refused(text: str) -> None:
    with pytest.raises(DecisionRefusedError):
        read_dated("sent", text)
