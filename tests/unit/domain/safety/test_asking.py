"""Which adverse events a person judges, and when the question is another one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from fhir_adapter.domain.safety.asking import judged_on, needs_judgement
from fhir_adapter.domain.safety_model.event_records import EventOrigin, EventState, SpecialInterest
from tests.reactions import changes, event, said_of


@pytest.mark.parametrize(
    ("grade", "from_grade", "needed"), [(2, 3, False), (3, 3, True), (3, 4, False), (4, 4, True)]
)
def test_a_derived_event_is_judged_from_a_grade_on(grade: int, from_grade: int, needed: bool) -> None:
    assert needs_judgement(event(grade), from_grade) is needed


@pytest.mark.parametrize(("worst", "needed"), [(2, False), (3, True)])
def test_what_it_can_have_reached_counts(worst: int, needed: bool) -> None:
    assert needs_judgement(event(1, at_least=True, worst_possible=worst), 3) is needed
    assert needs_judgement(event(None, worst_possible=worst), 3) is needed


@pytest.mark.parametrize(
    ("given", "needed"),
    [
        ({"treatment_emergent": True}, True),
        ({"treatment_emergent": None}, True),
        ({"treatment_emergent": False}, False),
        ({"expected": "conditioning aplasia"}, False),
        ({"state": EventState.RESOLVED}, True),
        ({"state": EventState.UNKNOWN}, True),
        ({"state": EventState.DISSOLVED}, False),
    ],
)
def test_one_that_was_there_before_or_is_expected_or_dissolved_is_not(given: dict[str, Any], needed: bool) -> None:
    assert needs_judgement(event(4, **given), 3) is needed


@pytest.mark.parametrize(
    "given",
    [
        {"origin": EventOrigin.REPORTED},
        {"origin": EventOrigin.BOTH},
        {"special_interest": SpecialInterest.GVHD},
    ],
)
def test_what_the_hospital_reports_or_the_study_looks_at_is_judged_whatever_its_grade(
    given: dict[str, Any],
) -> None:
    assert needs_judgement(event(1, **given), 3)
    assert needs_judgement(event(None, treatment_emergent=False, expected="conditioning aplasia", **given), 3)
    assert not needs_judgement(event(1, state=EventState.DISSOLVED, **given), 3)


@pytest.mark.parametrize(
    "given",
    [
        {"id": "AE-2"},
        {"term": "Anemia"},
        {"grade": 4},
        {"grade": None},
        {"at_least": True},
        {"worst_possible": 4},
        {"onset_on": date(2026, 2, 20)},
    ],
)
def test_another_grade_or_another_beginning_is_another_question(given: dict[str, Any]) -> None:
    assert judged_on(replace(event(3), **given)) != judged_on(event(3))


def test_how_it_went_on_and_what_was_said_of_it_asks_nothing_new() -> None:
    later = event(3, state=EventState.RESOLVED, resolved="2026-03-12", changes=changes(("03-06", 3), ("03-08", 1)))
    assert judged_on(later) == judged_on(event(3))
    assert judged_on(replace(later, judgement=said_of("related"))) == judged_on(event(3))
