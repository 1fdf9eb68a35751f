"""A term is made ready once; what has no short way is graded the long one."""

from __future__ import annotations

from dataclasses import replace

from fhir_adapter.domain.toxicity.grade import grade_measurement
from fhir_adapter.domain.toxicity.quick import grade_quickly
from fhir_adapter.domain.toxicity.result import Direction, Needed
from tests.ctcae_cases import measured, told
from tests.lab_tables import ABOVE_ULN, rules, term

HIGH = term("Enzyme increased", Direction.HIGH, "enzyme", rules=rules({1: ((ABOVE_ULN,),)}))


def test_a_plain_result_is_graded() -> None:
    assert told(grade_quickly(HIGH, measured("41", "U/L", "uln 40"))) == "1"
    assert told(grade_quickly(HIGH, measured("40", "U/L", "uln 40"))) == "0"


def test_what_is_open_is_graded_the_long_way() -> None:
    open_one = measured("<41", "U/L", "uln 40")
    assert grade_quickly(HIGH, open_one) == grade_measurement(HIGH, open_one)
    assert told(grade_quickly(HIGH, open_one)) == "? (1) uncensored-value"


def test_a_term_without_a_short_way_is_graded_the_long_one() -> None:
    refused = replace(HIGH, refused=Needed.ALBUMIN)
    assert told(grade_quickly(refused, measured("41", "U/L", "uln 40"))) == "? (1) albumin"


def test_another_version_of_a_term_is_another_term() -> None:
    one = measured("41", "U/L", "uln 40")
    assert told(grade_quickly(HIGH, one)) == "1"
    harder = replace(HIGH, rules=rules({2: ((ABOVE_ULN,),)}))
    assert told(grade_quickly(harder, one)) == "2"


def test_more_terms_than_are_kept_ready_are_graded_too() -> None:
    one = measured("41", "U/L", "uln 40")
    others = [replace(HIGH, name=f"Enzyme {number}") for number in range(1100)]
    assert {told(grade_quickly(other, one)) for other in others} == {"1"}
    assert told(grade_quickly(HIGH, one)) == "1"
