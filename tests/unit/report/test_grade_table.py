"""A graded table holds every row and column of its own; the reason is empty for a plain grade only."""

from __future__ import annotations

from pathlib import Path

import pytest

from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.toxicity.lab_row import RowGrade
from fhir_adapter.domain.toxicity.result import Direction, GradeStatus, Needed, ToxicityGrade
from fhir_adapter.errors import UsageError
from fhir_adapter.report.csv_table import CsvTable, read_csv
from fhir_adapter.report.grade import tell_row
from fhir_adapter.report.grade_table import build_grades, check_columns, grade_rows, graded_cells, graded_header
from tests.lab_tables import TABLE


def csv_of(folder: Path, text: str) -> CsvTable:
    path = folder / "labs.csv"
    path.write_text(text, encoding="utf-8")
    return read_csv(path)


def graded(folder: Path, text: str) -> list[str]:
    """The added cells, one line for each row."""
    table = csv_of(folder, text)
    return [" | ".join(row.told.cells) for row in grade_rows(table, TABLE)]


def test_cells_are_kept_and_the_grade_stands_behind_them(tmp_path: Path) -> None:
    table = csv_of(tmp_path, "subject,Term,VALUE,unit,uln\nS1, salt increased ,111,mg/dL,110\nS2,,,,\n")
    check_columns(table)
    assert graded_header(table) == [
        "subject",
        "Term",
        "VALUE",
        "unit",
        "uln",
        "grade",
        "status",
        "direction",
        "reason",
    ]
    assert [graded_cells(table, row) for row in grade_rows(table, TABLE)] == [
        ["S1", " salt increased ", "111", "mg/dL", "110", "1", "GRADED", "high", ""],
        ["S2", "", "", "", "", "", "UNGRADABLE", "", "MISSING: value: empty"],
    ]


def test_the_reason_says_what_is_needed_and_how_bad_it_can_be(tmp_path: Path) -> None:
    text = """\
term,loinc,value,unit,lln,uln,symptomatic
Salt decreased,,75,mg/dL,90,,
Salt decreased,,75,mg/dL,90,,true
Salt decreased,,100,mg/dL,,,
Salt decreased,,59,mg/dL,50,100,
Salt decreased,,1.4,mmol/L,,,
,1-1,100,mg/dL,,,
,1-1,100,mg/dL,90,,
,1-1,100,mg/dL,90,110,
,3-3,100,mg/dL,90,110,
"""
    assert graded(tmp_path, text) == [
        "1 | AT_LEAST | low | NEEDS_ATTESTATION: needs symptomatic; worst case grade 3",
        "3 | GRADED | low | ",
        " | UNGRADABLE | low | NO_REFERENCE_RANGE: needs lln; worst case grade 1",
        "3 | GRADED | low | within its own limits of normal",
        "3 | GRADED | low | read as salt; no limit of normal says",
        " | UNGRADABLE |  | NO_REFERENCE_RANGE: needs lln, uln; worst case grade 1",
        " | UNGRADABLE | high | NO_REFERENCE_RANGE: needs uln; worst case grade 1",
        "0 | GRADED |  | ",
        " | UNGRADABLE | low | MISSING: needs albumin; worst case grade 3",
    ]


def test_a_clinical_fact_that_raised_the_grade_is_told(tmp_path: Path) -> None:
    text = "term,value,unit,lln,intervention\nSalt decreased,85,mg/dL,90,true\n"
    assert graded(tmp_path, text) == ["2 | GRADED | low | intervention recorded: at least grade 2"]


def test_a_row_with_too_few_or_too_many_cells_is_not_graded_and_loses_nothing(tmp_path: Path) -> None:
    table = csv_of(tmp_path, "term,value,unit,uln,note\nSalt increased,111\nSalt increased,111,5,mg/dL,110,n\n")
    short, long = (graded_cells(table, row) for row in grade_rows(table, TABLE))
    reason = "the header has 5; a comma inside a cell needs quotes around the cell"
    assert short == [
        "Salt increased",
        "111",
        "",
        "",
        "",
        "",
        "UNGRADABLE",
        "",
        f"UNREADABLE: unit: 2 cells, {reason}",
    ]
    assert long[:5] == ["Salt increased", "111", "5", "mg/dL", "110"]
    assert long[5:9] == ["", "UNGRADABLE", "", f"UNREADABLE: row: 6 cells, {reason}"]
    assert long[9:] == ["n"]


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("term,unit", "the header lacks value"),
        ("loinc,value", "the header lacks unit"),
        ("value,unit,name", "the header lacks term or loinc"),
        ("Term,Result,Units", "the header lacks value, unit"),
        ("term,value,unit,Grade", "the header has grade already"),
        ("term,value,unit,reason,status", "the header has status, reason already"),
    ],
)
def test_a_header_that_cannot_be_used_says_which_column(tmp_path: Path, header: str, said: str) -> None:
    with pytest.raises(UsageError) as refusal:
        check_columns(csv_of(tmp_path, header + "\n"))
    assert str(refusal.value).startswith(said)


def test_the_result_has_every_row_and_counts_them(tmp_path: Path) -> None:
    table = csv_of(
        tmp_path,
        "term,value,unit,uln,lln,\nSalt increased,111,mg/dL,110,90,kept\nSalt decreased,75,mg/dL,,90,\n"
        "No,1,x,,,\n1,2\n",
    )
    result = build_grades(table, TABLE)
    assert (result.scale, result.title) == ("invented-v1", "Invented 1")
    assert (result.counts.graded, result.counts.at_least, result.counts.ungradable) == (1, 1, 2)
    first, second, third, short = result.rows
    assert (first.line, first.term, first.grade, first.direction, first.worst) == (
        2,
        "Salt increased",
        1,
        "high",
        1,
    )
    assert first.cells == {
        "term": "Salt increased",
        "value": "111",
        "unit": "mg/dL",
        "uln": "110",
        "lln": "90",
        "column 6": "kept",
    }
    assert (second.grade, second.worst, second.needed, second.within_range) == (1, 3, ["symptomatic"], None)
    assert (third.term, third.grade, third.worst, third.direction) == (None, None, None, None)
    assert short.cells == {"term": "1", "value": "2"}


@pytest.mark.parametrize(
    ("needed", "direction", "column"),
    [
        (Needed.BASELINE_RANGE, Direction.LOW, "baseline_lln"),
        (Needed.BASELINE_RANGE, Direction.HIGH, "baseline_uln"),
        (Needed.BASELINE_RANGE, None, "baseline-range"),
        (Needed.ANTICOAGULATION, Direction.HIGH, "on_anticoagulation"),
        (Needed.INTERVENTION, Direction.HIGH, "intervention"),
        (Needed.AGE, Direction.HIGH, "age_years"),
        (Needed.ULN, Direction.HIGH, "uln"),
        (Needed.UNCENSORED_VALUE, Direction.LOW, "uncensored-value"),
    ],
)
def test_what_is_needed_is_named_by_its_column_where_there_is_one(
    needed: Needed, direction: Direction | None, column: str
) -> None:
    grade = ToxicityGrade(
        term="x",
        direction=direction,
        status=GradeStatus.UNGRADABLE,
        grade=None,
        worst=2,
        reason=UnknownReason.MISSING,
        needed=(needed,),
    )
    assert tell_row(RowGrade(grade=grade)).reason == f"MISSING: needs {column}; worst case grade 2"
