"""`fhir-adapter grade`: grade a table of results; it needs no hospital, no trial and no store."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, TextIO

import typer

from fhir_adapter.cli.options import Mappings, OutputFormat
from fhir_adapter.cli.output import Format, as_json, say
from fhir_adapter.definitions.lab_table import load_lab_table
from fhir_adapter.domain.toxicity.lab_table import LabTable
from fhir_adapter.domain.toxicity.result import GradeStatus
from fhir_adapter.errors import UsageError
from fhir_adapter.report.csv_table import CsvTable, read_csv, write_csv
from fhir_adapter.report.grade_table import build_grades, check_columns, grade_rows, graded_cells, graded_header
from fhir_adapter.settings import load_settings


def grade(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE.csv",
            help="UTF-8, commas. Columns: term or loinc, value, unit, lln, uln, baseline, baseline_lln, "
            "baseline_uln, on_anticoagulation, symptomatic, intervention (true, false or empty), age_years; "
            "others are kept.",
        ),
    ],
    *,
    scale: Annotated[str, typer.Option("--scale", help="Toxicity scale, for example ctcae-v5.")],
    out: Annotated[
        Path | None, typer.Option("--out", help="File to write [default: stdout]; never the input itself.")
    ] = None,
    mappings: Mappings = None,
    output: OutputFormat = Format.TEXT,
) -> None:
    """Grade each row of a CSV file of results; adds grade, status, direction and reason to its columns.

    A grade that is not certain is AT_LEAST or UNGRADABLE, with what is needed; nothing is guessed.
    """
    if out is not None:
        _check_out(file, out)
    table = read_csv(file)
    check_columns(table)
    overlay = mappings or load_settings().mappings
    basis = load_lab_table(scale, (overlay,) if overlay else ())
    statuses: Counter[GradeStatus] = Counter()
    with _opened(out) as target:
        if output is Format.JSON:
            result = build_grades(table, basis)
            target.write(as_json(result))
            statuses.update(GradeStatus(row.status) for row in result.rows)
        else:
            write_csv(target, graded_header(table), _cells(table, basis, statuses))
    counted = ", ".join(f"{statuses[status]} {status}" for status in GradeStatus)
    say(f"{statuses.total()} rows by {basis.scale.title}: {counted}")


def _cells(table: CsvTable, basis: LabTable, statuses: Counter[GradeStatus]) -> Iterator[list[str]]:
    for graded in grade_rows(table, basis):
        statuses[graded.told.status] += 1
        yield graded_cells(table, graded)


def _check_out(file: Path, out: Path) -> None:
    with _writable(out):
        if out.is_dir():
            raise UsageError(f"--out {out} is a folder")
        if not out.parent.is_dir():
            raise UsageError(f"--out {out}: its folder does not exist")
        if out.exists() and file.exists() and out.samefile(file):
            raise UsageError("--out is the input itself: name another file, what was graded stays as it is")


@contextmanager
def _writable(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UsageError(f"--out {out} cannot be written: {error.strerror or type(error).__name__}") from None


@contextmanager
def _opened(out: Path | None) -> Iterator[TextIO]:
    """Open where the result goes; a file appears whole or not at all."""
    if out is None:
        with _unless_closed():
            yield sys.stdout
        return
    part = out.with_name(f".{out.name}.part")
    with _writable(out):
        try:
            with part.open("w", encoding="utf-8", newline="") as file:
                yield file
            part.replace(out)
        finally:
            part.unlink(missing_ok=True)


@contextmanager
def _unless_closed() -> Iterator[None]:
    """Stop quietly where whoever reads stdout has seen enough (`| head`)."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(
            os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno()
        )  # the interpreter flushes once more at its end
