"""A table of results -> the same table with grades: which columns it needs, which it gets.

Knows: the columns of the command `grade`. Does not know: where the table comes from or goes to.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fhir_adapter.domain.toxicity.cells import BadCell, RowProblem
from fhir_adapter.domain.toxicity.lab_row import COLUMNS, NAMING, REQUIRED, RowGrade, RowGrader
from fhir_adapter.domain.toxicity.lab_table import LabTable
from fhir_adapter.domain.toxicity.result import GradeStatus
from fhir_adapter.errors import UsageError
from fhir_adapter.report.csv_table import CsvRow, CsvTable
from fhir_adapter.report.grade import (
    ADDED,
    GradedRowOut,
    GradeResult,
    ToldGrade,
    build_counts,
    build_row,
    tell_row,
)


@dataclass(frozen=True, slots=True)
class GradedRow:
    """One row as written, with what it gives."""

    row: CsvRow
    told: ToldGrade


def check_columns(table: CsvTable) -> None:
    """Check that a table has the columns that are needed and none that would be overwritten.

    Args:
        table: As read.

    Raises:
        UsageError: A column is missing or in the way; the message names it.
    """
    missing = [name for name in REQUIRED if name not in table.names]
    if not any(name in table.names for name in NAMING):
        missing.insert(0, " or ".join(NAMING))
    if missing:
        raise UsageError(f"the header lacks {', '.join(missing)}; columns that are read: {', '.join(COLUMNS)}")
    taken = [name for name in ADDED if name in table.names]
    if taken:
        raise UsageError(
            f"the header has {', '.join(taken)} already; rename: grades are put into columns of this name"
        )


def grade_rows(table: CsvTable, basis: LabTable) -> Iterator[GradedRow]:
    """Grade the rows of a table in order.

    Args:
        table: Its columns checked.
        basis: What rows are read and graded by.

    Yields:
        One for every row.
    """
    places = [(name, place) for place, name in enumerate(table.names) if name in COLUMNS]
    grader, width = RowGrader(basis), len(table.header)
    for row in table.rows():
        yield GradedRow(row, tell_row(_graded(row, places, width, grader)))


def _graded(row: CsvRow, places: Sequence[tuple[str, int]], width: int, grader: RowGrader) -> RowGrade:
    found = len(row.cells)
    if found != width:
        short = next((name for name, place in places if place >= found), None)
        expected = f"{found} cells, the header has {width}; a comma inside a cell needs quotes around the cell"
        return RowGrade(problem=BadCell(RowProblem.UNREADABLE, short or "row", expected))
    return grader.grade({name: row.cells[place] for name, place in places})


def graded_header(table: CsvTable) -> list[str]:
    """Give the header of the graded table."""
    return [*table.header, *ADDED]


def graded_cells(table: CsvTable, graded: GradedRow) -> list[str]:
    """Give the cells of a graded row; cells beyond the header's stand behind the added ones: none is lost."""
    width = len(table.header)
    own = list(graded.row.cells[:width])
    return [*own, *[""] * (width - len(own)), *graded.told.cells, *graded.row.cells[width:]]


def build_grades(table: CsvTable, basis: LabTable) -> GradeResult:
    """Grade a table into one result.

    Args:
        table: Its columns checked.
        basis: What rows are read and graded by.

    Returns:
        Every row in order, and how many there are of each status.
    """
    statuses: Counter[GradeStatus] = Counter()
    rows: list[GradedRowOut] = []
    for graded in grade_rows(table, basis):
        statuses[graded.told.status] += 1
        rows.append(build_row(graded.row.line, _named_cells(table, graded.row), graded.told))
    return GradeResult(scale=basis.scale.id, title=basis.scale.title, counts=build_counts(statuses), rows=rows)


def _named_cells(table: CsvTable, row: CsvRow) -> dict[str, str]:
    """Name every cell: by its column, or by its place where the header has no name for it."""
    named: dict[str, str] = {}
    for place, cell in enumerate(row.cells):
        name = table.header[place] if place < len(table.header) else ""
        named[name or f"column {place + 1}"] = cell
    return named
