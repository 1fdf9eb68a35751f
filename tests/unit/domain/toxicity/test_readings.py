"""Which readings of a result there are: what has two answers, and what each reading takes as given."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.toxicity.reading import Reading
from fhir_adapter.domain.toxicity.readings import TwoAnswers, list_readings, list_unanswered
from fhir_adapter.domain.toxicity.result import Direction, Needed
from fhir_adapter.domain.toxicity.scale import (
    BaselineCondition,
    ClinicalInput,
    GradeRule,
    InputCondition,
    Term,
)
from tests.ctcae_cases import measured
from tests.lab_tables import ABOVE_ULN, MASS, MOLAR, rules, term

SYMPTOMS = InputCondition(input=ClinicalInput.SYMPTOMS, holds=True, widens=True)
RECORDED = InputCondition(input=ClinicalInput.EXERCISE, holds=True, widens=False)
DURATION = InputCondition(input=ClinicalInput.DURATION, holds=True, widens=True)
NORMAL = BaselineCondition(abnormal=False)
HIGH = term(
    "Salt increased", Direction.HIGH, "salt", families=(MASS, MOLAR), rules=rules({1: ((NORMAL, ABOVE_ULN),)})
)
LOW = replace(HIGH, name="Salt decreased", direction=Direction.LOW)
PLAIN = replace(HIGH, rules=rules({1: ((ABOVE_ULN,),)}))


def readings(of: Term, value: str, given: str = "", unit: str = "mg/dL") -> tuple[list[Reading], list[TwoAnswers]]:
    return list_readings(of, measured(value, unit, given), {})


def statuses(of: Term, value: str, given: str = "") -> list[bool | None]:
    return [each.abnormal for each in readings(of, value, given)[0]]


def test_a_term_that_does_not_ask_for_a_baseline_has_one_reading() -> None:
    (only,), unknown = readings(PLAIN, "50", "lln 10, uln 40")
    assert (only.abnormal, unknown) == (None, [])
    assert (only.lln, only.uln, only.value.interval.low) == (Decimal(10), Decimal(40), Decimal(50))
    assert (only.term, only.main, only.others) == (PLAIN, measured("50", "mg/dL", "lln 10, uln 40"), {})


@pytest.mark.parametrize(
    ("of", "value", "given", "expected"),
    [
        (HIGH, "50", "uln 40, baseline 41, baseline_uln 40", [True]),
        (HIGH, "50", "uln 40, baseline 40, baseline_uln 40", [False]),
        (HIGH, "50", "uln 40, baseline 5, baseline_lln 10, baseline_uln 40", [False]),
        (LOW, "5", "lln 10, baseline 9, baseline_lln 10", [True]),
        (LOW, "5", "lln 10, baseline 10, baseline_lln 10", [False]),
        (LOW, "5", "lln 10, baseline 50, baseline_lln 10, baseline_uln 40", [False]),
        (HIGH, "50", "uln 40, baseline 41", [False, True]),
        (HIGH, "50", "uln 40, baseline 41, baseline_lln 10", [False, True]),
        (LOW, "5", "lln 10, baseline 9, baseline_uln 40", [False, True]),
        (HIGH, "50", "uln 40", [False, True]),
        (HIGH, "50", "uln 40, baseline_uln 60", [False, True]),
        (HIGH, "50", "uln 40, baseline -1, baseline_uln 40", [False, True]),
        (HIGH, "50", "uln 40, baseline NaN, baseline_uln 40", [False, True]),
        (HIGH, "50", "uln 40, baseline 0, baseline_uln 40", [False]),
        (HIGH, "40", "uln 40", [False]),
        (HIGH, "40", "", [False, True]),
        (LOW, "10", "lln 10", [False]),
        (LOW, "10", "uln 40", [False, True]),
        (LOW, "9", "lln 10", [False, True]),
        (HIGH, "<40", "uln 40", [False]),
        (HIGH, "<41", "uln 40", [False, True]),
        (replace(HIGH, direction=None), "50", "uln 40", [None]),
    ],
)
def test_a_baseline_was_abnormal_on_the_side_of_the_term_or_may_have_been_either(
    of: Term, value: str, given: str, expected: list[bool | None]
) -> None:
    assert statuses(of, value, given) == expected


@pytest.mark.parametrize(
    ("of", "value", "given", "ignores"),
    [
        (HIGH, "40", "uln 40", True),
        (HIGH, "41", "uln 40", False),
        (HIGH, "40", "uln 40, baseline 5", False),
        (HIGH, "9", "lln 10", False),
        (LOW, "10", "lln 10", True),
        (LOW, "9", "lln 10", False),
        (LOW, "50", "uln 40", False),
        (replace(HIGH, direction=None), "20", "lln 10, uln 40", False),
    ],
)
def test_a_normal_value_without_a_baseline_is_compared_with_none(
    of: Term, value: str, given: str, ignores: bool
) -> None:
    """PUT-4 (f)."""
    assert {each.ignores_baseline for each in readings(of, value, given)[0]} == {ignores}


@pytest.mark.parametrize(
    ("of", "given", "limit"),
    [
        (HIGH, "lln 10, uln 40", "40"),
        (LOW, "lln 10, uln 40", "10"),
        (HIGH, "lln 10, uln 40, baseline_lln 8, baseline_uln 60", "60"),
        (LOW, "lln 10, uln 40, baseline_lln 8, baseline_uln 60", "8"),
        (HIGH, "lln 10, uln 40, baseline 50, baseline_lln 8, baseline_uln 60", "60"),
        (HIGH, "lln 10, uln 40, baseline 50", None),
        (LOW, "lln 10, uln 40, baseline 50, baseline_uln 60", None),
    ],
)
def test_a_missing_baseline_has_the_range_of_the_value_and_a_known_one_its_own(
    of: Term, given: str, limit: str | None
) -> None:
    found = {each.baseline_limit for each in readings(of, "45", given)[0]}
    assert found == {None if limit is None else Decimal(limit)}


def test_every_answer_nobody_gave_is_read_both_ways_the_last_changing_fastest() -> None:
    asking = replace(HIGH, rules=rules({2: ((SYMPTOMS,), (RECORDED,)), 1: ((NORMAL, DURATION),)}))
    found, unknown = readings(asking, "50", "uln 40, exercise")
    asked = (ClinicalInput.SYMPTOMS, ClinicalInput.DURATION)
    assert [(each.abnormal, *(each.answers[one] for one in asked)) for each in found] == [
        (False, False, False),
        (False, False, True),
        (False, True, False),
        (False, True, True),
        (True, False, False),
        (True, False, True),
        (True, True, False),
        (True, True, True),
    ]
    assert all(each.answers[ClinicalInput.EXERCISE] for each in found)
    assert unknown == [
        TwoAnswers(Needed.DURATION, 1),
        TwoAnswers(Needed.SYMPTOMS, 2),
        TwoAnswers(Needed.BASELINE, 4),
    ]


def test_an_answer_that_was_given_is_not_asked_again() -> None:
    asking = replace(PLAIN, rules=rules({1: ((SYMPTOMS, ABOVE_ULN),)}))
    (only,), unknown = readings(asking, "50", "uln 40, no symptoms")
    assert (only.answers, unknown) == ({ClinicalInput.SYMPTOMS: False}, [])


def test_a_known_baseline_without_its_range_needs_the_range() -> None:
    assert readings(HIGH, "50", "uln 40, baseline 41")[1] == [TwoAnswers(Needed.BASELINE_RANGE, 1)]


def test_an_input_without_a_word_of_its_own_is_a_clinical_assessment() -> None:
    inputs = [ClinicalInput.SYMPTOMS, ClinicalInput.INTERVENTION, ClinicalInput.ANTICOAGULATION]
    assert list_unanswered([*inputs, ClinicalInput.SEIZURE]) == [
        TwoAnswers(Needed.CLINICAL, 1),
        TwoAnswers(Needed.ANTICOAGULATION, 2),
        TwoAnswers(Needed.INTERVENTION, 4),
        TwoAnswers(Needed.SYMPTOMS, 8),
    ]
    assert list_unanswered([]) == []


def test_the_unit_says_which_family_a_value_is_printed_in() -> None:
    (mass,), _ = readings(PLAIN, "500", unit="mg/L")
    assert (mass.family, mass.printed and mass.printed.interval.low) == (MASS, Decimal(50))
    (molar,), _ = readings(PLAIN, "5", unit="mmol/L")
    assert (molar.family, molar.printed and molar.printed.interval.low) == (MOLAR, Decimal(5))
    (other,), _ = readings(PLAIN, "5", unit="kPa")
    assert (other.family, other.printed) == (None, None)


def test_answers_of_all_results_count_and_two_that_differ_are_none() -> None:
    asking = replace(PLAIN, rules=(GradeRule(grade=1, any_of=((SYMPTOMS, DURATION, RECORDED),)),))
    main = measured("50", "mg/dL", "symptoms, exercise")
    results = {
        ConceptId("salt"): main,
        ConceptId("other"): measured("1", "mg/dL", "no symptoms, duration, exercise"),
    }
    found, unknown = list_readings(asking, main, results)
    known = {ClinicalInput.DURATION: True, ClinicalInput.EXERCISE: True}
    assert [each.answers for each in found] == [
        {ClinicalInput.SYMPTOMS: False, **known},
        {ClinicalInput.SYMPTOMS: True, **known},
    ]
    assert unknown == [TwoAnswers(Needed.SYMPTOMS, 1)]
    assert found[0].others == results
