"""Total calcium is graded only with the albumin of the same sample; without one its worst case is bounded."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from fhir_adapter.domain.facts import Finding
from fhir_adapter.domain.quantity import Quantity
from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.safety_model.records import GradedResult
from fhir_adapter.domain.toxicity.result import Needed
from tests.builders import during
from tests.graded import graded, lab, word
from tests.small_scale import HYPOCALCEMIA


def total(value: str, at: str = "14T08:00") -> Finding:
    return lab("calcium-total", value, at, normal="8.5-10.5")


def calcium(*facts: Finding) -> GradedResult:
    (result,) = (each for each in graded(*facts) if each.term == HYPOCALCEMIA)
    return result


def test_a_low_total_calcium_with_low_albumin_is_corrected_to_normal() -> None:
    """7.6 + 0.8 x (4.0 - 2.5) = 8.8 mg/dL, grade 0."""
    result = calcium(total("7.6"), lab("albumin", "2.5", "14T08:00"))
    assert (word(result), result.value) == ("0", "8.800 mg/dL corrected (7.6 mg/dL measured)")
    assert result.standard == Quantity(Decimal("8.80"), "mg/dL")
    assert result.grade.within_range is True
    assert [each.role for each in result.evidence] == ["value", "lln", "uln", "albumin"]
    assert result.evidence[-1].note == "of the same time"


def test_the_corrected_value_is_compared_with_the_printed_limits() -> None:
    """7.9 + 0.8 x (4.0 - 4.0) = 7.9 mg/dL, below 8.0."""
    assert word(calcium(total("7.9"), lab("albumin", "4.0", "14T08:00"))) == "2"
    assert word(calcium(total("8.0"), lab("albumin", "4.0", "14T08:00"))) == "1"


def test_a_molar_calcium_is_corrected_by_the_molar_form_and_graded_by_the_molar_limits() -> None:
    """1.90 + 0.02 x (40 - 36) = 1.98 mmol/L, below 2.0; in mg/dL 7.6152 + 0.8 x 0.4."""
    value = lab("calcium-total", "1.90", "14T08:00", unit="mmol/L")
    molar = replace(value, standard=Quantity(Decimal("7.6152"), "mg/dL"))
    result = calcium(molar, lab("albumin", "3.6", "14T08:00"))
    assert (word(result), result.standard) == ("2", Quantity(Decimal("7.93520"), "mg/dL"))
    assert result.value == "1.980 mmol/L corrected (1.90 mmol/L measured)"


def test_a_calcium_without_standard_unit_is_corrected_in_its_own() -> None:
    result = calcium(replace(total("7.6"), standard=None), lab("albumin", "2.5", "14T08:00"))
    assert (word(result), result.standard) == ("0", None)


@pytest.mark.parametrize(
    ("albumin_at", "expected"),
    [("13T08:00", "0"), ("13T07:59", "?3"), ("15T08:00", "0"), ("15T08:01", "?3")],
)
def test_the_albumin_is_at_most_a_day_apart(albumin_at: str, expected: str) -> None:
    """Without albumin: at 6 g/dL 6.0 mg/dL, grade 3; at 1 g/dL 10.0 mg/dL, grade 0."""
    assert word(calcium(total("7.6"), lab("albumin", "2.5", albumin_at))) == expected


def test_how_far_apart_it_was_taken_is_said() -> None:
    before = calcium(total("7.6"), lab("albumin", "2.5", "14T05:30"))
    after = calcium(total("7.6"), lab("albumin", "2.5", "14T09:15"))
    assert before.evidence[-1].note == "taken 2 h 30 min before it"
    assert after.evidence[-1].note == "taken 1 h 15 min after it"
    assert before.grade.notes[-1] == "corrected for albumin 2.5 g/dL, taken 2 h 30 min before it"


def test_an_assumed_zone_of_the_albumin_is_said_too() -> None:
    when = during("2026-03-14T08:00")
    assert when is not None
    assert when.start is not None
    assumed = replace(when, start=replace(when.start, assumed_zone="Europe/Berlin"))
    result = calcium(total("7.6"), lab("albumin", "2.5", "14T08:00", effective=assumed))
    assert result.evidence[-1].note == "time zone assumed: Europe/Berlin; of the same time"


def test_the_nearest_albumin_is_taken_and_of_two_the_earlier() -> None:
    near = (lab("albumin", "4.0", "14T04:00"), lab("albumin", "2.5", "14T10:00"))
    assert word(calcium(total("7.6"), *near)) == "0"
    equal = (lab("albumin", "4.0", "14T06:00"), lab("albumin", "2.5", "14T10:00"))
    assert word(calcium(total("7.6"), *equal)) == "2"


def test_without_albumin_a_calcium_is_ungradable_with_the_worst_case_of_what_can_be_believed() -> None:
    """7.4 at 6 g/dL is 5.8 mg/dL, grade 4; 9.7 is 8.1, grade 1; 11 is 9.4, grade 0."""
    assert [word(calcium(total(value))) for value in ("7.4", "9.7", "11")] == ["?4", "?1", "?0"]
    grade = calcium(total("7.4")).grade
    assert (grade.reason, grade.needed) == (UnknownReason.MISSING, (Needed.ALBUMIN,))


def test_albumins_of_one_moment_that_differ_decide_nothing() -> None:
    result = calcium(total("7.6"), lab("albumin", "2.5", "14T08:00"), lab("albumin", "4.0", "14T08:00"))
    assert (word(result), result.grade.reason) == ("?3", UnknownReason.CONFLICTING)
    assert result.evidence[-1].role == "albumin"


def test_a_censored_albumin_decides_nothing() -> None:
    result = calcium(total("7.6"), lab("albumin", "<1.5", "14T08:00"))
    assert (word(result), result.grade.reason) == ("?3", UnknownReason.CENSORED)


def test_an_albumin_without_standard_unit_is_taken_as_reported() -> None:
    albumin = replace(lab("albumin", "25", "14T08:00", unit="g/L"), standard=None)
    assert word(calcium(total("7.6"), albumin)) == "0"


def test_a_censored_calcium_cannot_be_corrected() -> None:
    result = calcium(total("<5"), lab("albumin", "2.5", "14T08:00"))
    assert (word(result), result.grade.reason) == ("?4", UnknownReason.CENSORED)
    assert result.grade.needed == (Needed.UNCENSORED_VALUE,)
    assert word(calcium(total("<5"))) == "?4"


def test_a_unit_the_formula_is_not_printed_for_cannot_be_corrected() -> None:
    odd = lab("calcium-total", "4", "14T08:00", unit="meq/L")
    result = calcium(odd, lab("albumin", "2.5", "14T08:00"))
    assert (word(result), result.grade.needed) == ("?4", (Needed.UNIT,))
    standard = replace(total("7.6"), standard=Quantity(Decimal(76), "mg/L"))
    assert word(calcium(standard, lab("albumin", "2.5", "14T08:00"))) == "?4"


def test_a_value_the_laboratory_corrected_itself_is_graded_as_it_is() -> None:
    assert word(calcium(lab("calcium-corrected", "7.9", "14T08:00", normal="8.5-10.5"))) == "2"
