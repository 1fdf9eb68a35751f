"""An unreadable resource still says what it would have been about, so that nothing older decides in its place."""

from __future__ import annotations

from typing import Any

import pytest

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.source import Exclusion, RejectionReason
from tests.unit.r4 import clinic
from tests.unit.r4.laboratory import LOCAL, LOINC, coded, observation, read, rejection
from tests.unit.r4.test_read_condition import PROBLEM
from tests.unit.r4.test_read_questionnaire_response import ANSWERED

CREATININE = (ConceptId("creatinine"),)
LABORATORY = [coded("http://terminology.hl7.org/CodeSystem/observation-category", "laboratory")]


def broken(**elements: Any) -> dict[str, Any]:
    """A creatinine whose status is a number."""
    return observation(status=5, **elements)


def test_an_unreadable_result_is_about_what_its_code_names() -> None:
    refused = rejection(read(broken(category=LABORATORY)))
    assert (refused.reason, refused.path) == (RejectionReason.INVALID_RESOURCE, "Observation.status")
    assert (refused.concepts, refused.category) == (CREATININE, "laboratory")
    assert refused.effective is not None
    assert refused.effective.start is not None
    assert refused.effective.start.text == observation()["effectiveDateTime"]


def test_an_unreadable_panel_is_about_every_part_of_it() -> None:
    parts = [{"code": coded(LOINC, "2160-0")}, {"code": 5}, {"code": coded(LOCAL, "nobody-knows")}]
    reading = read(broken(code={"text": "panel"}, component=parts))
    assert reading.rejections[0].concepts == CREATININE


@pytest.mark.parametrize("code", [5, {"coding": 5}, {"coding": [{"system": LOCAL, "code": "nobody-knows"}]}, "x"])
def test_a_code_that_cannot_be_recognised_names_nothing(code: Any) -> None:
    assert read(broken(code=code)).rejections[0].concepts == ()


@pytest.mark.parametrize("effective", [20260301, "soon", "", None, {"start": "2026-03-01"}])
def test_a_time_that_cannot_be_recognised_is_left_open(effective: Any) -> None:
    assert read(broken(effectiveDateTime=effective)).rejections[0].effective is None


def test_a_category_that_cannot_be_recognised_is_left_open() -> None:
    assert read(broken(category=5)).rejections[0].category is None


def test_an_unreadable_problem_is_about_its_diagnosis() -> None:
    refused = clinic.read({**PROBLEM, "clinicalStatus": 5}).rejections[0]
    assert refused.concepts == (clinic.LEUKAEMIA,)


def test_an_unreadable_answer_to_another_questionnaire_is_left_out() -> None:
    other = {**ANSWERED, "questionnaire": "https://elsewhere.example/pain", "meta": 5}
    assert clinic.read(other).excluded_by is Exclusion.CODE_NOT_NEEDED
    ours = {**ANSWERED, "questionnaire": f"{clinic.QUESTIONNAIRE}|2", "meta": 5}
    assert clinic.read(ours).rejections[0].reason is RejectionReason.INVALID_RESOURCE


@pytest.mark.parametrize("questionnaire", [5, None, ""])
def test_an_unreadable_answer_that_does_not_say_to_what_may_be_ours(questionnaire: Any) -> None:
    assert clinic.read({**ANSWERED, "questionnaire": questionnaire, "meta": 5}).rejections
