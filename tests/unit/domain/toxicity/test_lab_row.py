"""One row of a table: graded exactly as it says, or not at all with the column that keeps it from a grade."""

from __future__ import annotations

import pytest

from fhir_adapter.domain.toxicity.cells import RowProblem
from fhir_adapter.domain.toxicity.lab_row import COLUMNS, RowGrade, RowGrader
from fhir_adapter.domain.toxicity.result import GradeStatus, Needed
from tests.lab_tables import TABLE


def row(**cells: str) -> RowGrade:
    assert set(cells) <= set(COLUMNS)
    return RowGrader(TABLE).grade(cells)


def told(graded: RowGrade) -> str:
    """Say what a row gives in one word: 2, >=1 or ?, and the term it is of."""
    grade = graded.grade
    if grade is None:
        return str(graded.problem)
    head = {GradeStatus.GRADED: "", GradeStatus.AT_LEAST: ">=", GradeStatus.UNGRADABLE: "?"}[grade.status]
    return f"{head}{'' if grade.grade is None else grade.grade} {grade.term}"


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"value": "95", "unit": "mg/dL", "lln": "90"}, "0 Salt decreased"),
        ({"value": "89", "unit": "mg/dL", "lln": "90"}, "1 Salt decreased"),
        ({"value": "590", "unit": "mg/L", "lln": "900"}, "3 Salt decreased"),
        ({"value": "600", "unit": "mg/L", "lln": "900", "symptomatic": "false"}, "1 Salt decreased"),
        ({"value": "600", "unit": "mg/L", "lln": "900", "symptomatic": "true"}, "3 Salt decreased"),
        ({"value": "600", "unit": "mg/L", "lln": "900"}, ">=1 Salt decreased"),
        ({"value": "<60", "unit": "milligrams per decilitre"}, "3 Salt decreased"),
        ({"value": "89", "unit": "mg/dL", "lln": "90", "intervention": "true"}, "2 Salt decreased"),
        ({"value": "95", "unit": "mg/dL"}, "? Salt decreased"),
    ],
)
def test_a_row_named_by_term_is_graded_in_the_direction_of_the_term(cells: dict[str, str], expected: str) -> None:
    assert told(row(term=" salt DECREASED ", **cells)) == expected


def test_a_row_named_by_code_alone_is_graded_in_both_directions() -> None:
    high = row(loinc="1-1", value="120", unit="mg/dL", lln="90", uln="110")
    low = row(loinc="1-1", value="50", unit="mg/dL", lln="90", uln="110")
    neither = row(loinc="5-5", value="100", unit="mg/dL", lln="90", uln="110")
    assert [told(each) for each in (high, low, neither)] == [
        "1 Salt increased",
        "3 Salt decreased",
        "0 Salt decreased",
    ]
    assert [each.one_side for each in (high, low, neither)] == [True, True, False]


def test_a_term_beside_a_code_decides_the_direction() -> None:
    assert told(row(term="Salt decreased", loinc="1-1", value="120", unit="mg/dL", lln="90")) == "0 Salt decreased"


def test_a_term_beside_a_code_nobody_knows_is_graded_by_itself_and_says_so() -> None:
    graded = row(term="Salt increased", loinc="99-9", value="120", unit="mg/dL", uln="110")
    assert told(graded) == "1 Salt increased"
    assert graded.notes == ("this LOINC code is not known: graded by the term alone",)


def test_limits_of_normal_say_which_kind_of_result_a_term_is_of() -> None:
    free = row(term="Salt decreased", value="0.7", unit="mM", lln="1.1", uln="1.3")
    assert (told(free), free.notes) == ("3 Salt decreased", ("read as free-salt by its limits of normal",))
    usual = row(term="Salt decreased", value="1.9", unit="mmol/L", lln="2.1", uln="2.6", symptomatic="false")
    assert (told(usual), usual.notes) == ("1 Salt decreased", ())


def test_without_limits_the_kind_printed_in_most_units_is_meant_and_the_row_says_so() -> None:
    graded = row(term="Salt decreased", value="1.4", unit="mmol/L")
    assert (told(graded), graded.notes) == ("3 Salt decreased", ("read as salt; no limit of normal says",))


def test_limits_that_fit_no_kind_leave_the_kind_that_is_meant() -> None:
    assert told(row(term="Salt decreased", value="1.4", unit="mmol/L", lln="0.1", uln="0.2")) == "3 Salt decreased"


def test_kinds_that_nothing_tells_apart_have_to_be_named() -> None:
    assert told(row(term="Pressure increased", value="5", unit="")) == (
        "MISSING: loinc: empty, and the term is graded by upper or lower; the code says which"
    )
    assert told(row(term="Pressure increased", loinc="4-4", value="5", unit="", uln="4")) == "1 Pressure increased"


def test_a_kind_that_waits_for_another_result_is_ungradable_until_then() -> None:
    for term in ("", "Salt decreased"):
        grade = row(term=term, loinc="3-3", value="60", unit="mg/dL", lln="90").grade
        assert grade is not None
        assert (grade.status, grade.needed) == (GradeStatus.UNGRADABLE, (Needed.ALBUMIN,))


def test_a_term_of_several_results_is_read_in_the_unit_of_its_first() -> None:
    graded = row(term="Salt and pressure", value="50", unit="mg/dL")
    assert told(graded) == "1 Salt and pressure"
    assert told(row(term="Salt and pressure", value="50", unit="kPa")).startswith("UNIT_UNUSABLE: unit")


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"term": ""}, "MISSING: term: empty, and so is loinc; one of them is needed"),
        ({"term": "Salt"}, "UNMAPPED: term: no term of Invented 1 has this name"),
        (
            {"term": "Nausea"},
            "UNMAPPED: term: a clinical term: it is graded by what was observed, not by a number",
        ),
        (
            {"term": "Faintness"},
            "UNMAPPED: term: a clinical term: it is graded by what was observed, not by a number",
        ),
        ({"term": "", "loinc": "8-8"}, "UNMAPPED: loinc: not a LOINC code the adapter knows"),
        ({"term": "", "loinc": "7-7"}, "UNMAPPED: loinc: this code carries no number to grade"),
        (
            {"term": "", "loinc": "6-6", "unit": ""},
            "UNMAPPED: loinc: no term of Invented 1 is graded by this result alone",
        ),
        ({"loinc": "4-4"}, "CONFLICTING: loinc: not a result this term is graded by"),
        ({"value": ""}, "MISSING: value: empty"),
        ({"value": "5,5"}, "UNREADABLE: value: holds a comma; numbers are written with a decimal point"),
        (
            {"value": "1001"},
            "UNREADABLE: value: no measurement of this result gives this number in this unit",
        ),
        (
            {"baseline": "1001"},
            "UNREADABLE: baseline: no measurement of this result gives this number in this unit",
        ),
        ({"lln": "2", "uln": "1"}, "CONFLICTING: lln: above uln"),
        ({"baseline_lln": "2", "baseline_uln": "1"}, "CONFLICTING: baseline_lln: above baseline_uln"),
        ({"unit": " "}, "MISSING: unit: empty; needed, for example mg/dL, mg/L, mmol/L"),
        (
            {"unit": "mg"},
            (
                "UNIT_UNUSABLE: unit: not one of salt, free-salt, bound-salt under this term or LOINC code, "
                "as for example mg/dL, mg/L, mmol/L"
            ),
        ),
        (
            {"term": "", "loinc": "1-1", "unit": "mmol/L"},
            "UNIT_UNUSABLE: unit: not one of salt under this term or LOINC code, as for example mg/dL, mg/L",
        ),
        (
            {"symptomatic": "maybe"},
            "UNREADABLE: symptomatic: neither true nor false; leave it empty where it is unknown",
        ),
        ({"age_years": "old"}, "UNREADABLE: age_years: not a number of at most 20 digits"),
    ],
)
def test_a_row_that_cannot_be_read_names_the_column(cells: dict[str, str], said: str) -> None:
    graded = row(**{"term": "Salt decreased", "value": "50", "unit": "mg/dL", **cells})
    assert told(graded) == said
    assert graded.problem is not None
    assert graded.problem.problem in RowProblem


def test_limits_that_are_alike_are_no_contradiction() -> None:
    assert told(row(term="Salt increased", value="6", unit="mg/dL", lln="5", uln="5")) == "1 Salt increased"


def test_a_unit_of_another_basis_is_kept_as_reported() -> None:
    assert told(row(loinc="4-4", value="5", unit="kPa", uln="4")) == "1 Pressure increased"


def test_rows_that_write_the_same_names_are_told_apart_by_their_numbers() -> None:
    grader = RowGrader(TABLE)
    cells = {"term": "Salt increased", "unit": "mg/dL", "uln": "110"}
    assert [told(grader.grade({**cells, "value": value})) for value in ("110", "111", "110")] == [
        "0 Salt increased",
        "1 Salt increased",
        "0 Salt increased",
    ]
