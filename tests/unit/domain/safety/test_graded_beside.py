"""What another result or a transfusion says of a result."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from fhir_adapter.domain.quantity import Comparator, Quantity
from fhir_adapter.domain.safety.graded import BOUNDED
from tests.builders import procedure
from tests.graded import graded, hemoglobin, lab, neutrophils, word, words
from tests.small_scale import ANEMIA, NEUTROPHILS, RED_CELLS


def test_leukocytes_without_differential_bound_the_neutrophils() -> None:
    (result,) = graded(lab("leukocytes", "0.4", "14T08:00"))
    assert (result.term, word(result), result.standard) == (
        NEUTROPHILS,
        "4",
        Quantity(Decimal("0.4"), "10*9/L", Comparator.LESS_OR_EQUAL),
    )
    assert BOUNDED in result.grade.notes


def test_leukocytes_bound_nothing_where_neutrophils_were_counted_or_the_bound_says_nothing() -> None:
    assert words(graded(lab("leukocytes", "0.4", "14T08:00"), neutrophils("0.3", "14T08:00")), NEUTROPHILS) == [
        "4"
    ]
    assert graded(lab("leukocytes", "6", "14T08:00")) == ()
    assert graded(lab("leukocytes", ">0.4", "14T08:00")) == ()


def test_leukocytes_without_standard_unit_bound_the_neutrophils_too() -> None:
    (result,) = graded(replace(lab("leukocytes", "0.4", "14T08:00"), standard=None))
    assert (word(result), result.standard) == ("4", None)


def test_a_transfusion_means_that_one_was_indicated_at_the_hemoglobin_before_it() -> None:
    values = (hemoglobin("9.5", "13T08:00"), hemoglobin("9.0", "14T08:00"), hemoglobin("10.5", "15T08:00"))
    given = procedure(RED_CELLS, "2026-03-14T14:00")
    results = graded(*values, given)
    assert words(results, ANEMIA) == ["2", "3", "1"]
    assert [each.role for each in results[1].evidence][-1] == "transfusion"


def test_a_transfusion_of_a_day_speaks_of_the_days_hemoglobin() -> None:
    values = (hemoglobin("9.5", "13T08:00"), hemoglobin("9.0", "14T08:00"))
    assert words(graded(*values, procedure(RED_CELLS, "2026-03-14")), ANEMIA) == ["2", "3"]


@pytest.mark.parametrize(("given", "expected"), [("15T08:00", "3"), ("15T08:01", "2"), ("14T07:59", "2")])
def test_a_transfusion_speaks_of_a_hemoglobin_for_a_day(given: str, expected: str) -> None:
    facts = (hemoglobin("9.0", "14T08:00"), procedure(RED_CELLS, f"2026-03-{given}"))
    assert words(graded(*facts), ANEMIA) == [expected]


def test_both_results_of_the_moment_before_a_transfusion_are_raised() -> None:
    twice = (hemoglobin("9.0", "14T08:00"), hemoglobin("9.1", "14T08:00"))
    assert words(graded(*twice, procedure(RED_CELLS, "2026-03-14T14:00")), ANEMIA) == ["3", "3"]


def test_a_transfusion_that_was_not_done_or_is_contested_or_undated_raises_nothing() -> None:
    facts = (
        hemoglobin("9.0", "14T08:00"),
        procedure(RED_CELLS, "2026-03-14T14:00", status="not-done"),
        procedure(RED_CELLS, "2026-03-14T15:00", contested=True),
        procedure(RED_CELLS, None, id_="undated"),
    )
    assert words(graded(*facts), ANEMIA) == ["2"]
