"""Rows of a table to grades: what `fhir-adapter grade` does after it has started, reading and writing included."""

from __future__ import annotations

import csv
import os
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.stopwatch import Timing, interleave
from fhir_adapter.definitions.lab_table import load_lab_table
from fhir_adapter.domain.toxicity.lab_table import LabTable
from fhir_adapter.report.csv_table import CsvTable, read_csv, write_csv
from fhir_adapter.report.grade_table import grade_rows, graded_cells, graded_header

SCALE = "ctcae-v5"
HEADER = ("subject", "term", "loinc", "value", "unit", "lln", "uln", "baseline", "baseline_lln", "baseline_uln")

_RESULTS = (
    ("Anemia", "", "g/dL", 12.0, 16.0),
    ("Platelet count decreased", "", "10^9/L", 150.0, 400.0),
    ("Alanine aminotransferase increased", "", "U/L", 5.0, 40.0),
    ("Creatinine increased", "", "µmol/L", 45.0, 90.0),  # noqa: RUF001 - laboratories write the micro sign
    ("", "718-7", "g/L", 120.0, 160.0),
    ("", "6690-2", "10*3/uL", 4.0, 10.0),
    ("", "2951-2", "mmol/L", 135.0, 145.0),
    ("", "2823-3", "mmol/L", 3.5, 5.0),
    ("", "2345-7", "mg/dL", 70.0, 110.0),
    ("", "1742-6", "U/L", 5.0, 40.0),
)
"""Term or code, unit and limits of normal; every second one is graded in two directions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GradingResult:
    """What grading one table took, and the rows by status."""

    rows: int
    statuses: dict[str, int]
    timing: Timing


def make_table(path: Path, rows: int, seed: int = 11) -> None:
    """Write a table whose values lie around their limits; every third row has no baseline."""
    chance = random.Random(seed)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for number in range(rows):
            term, code, unit, low, high = chance.choice(_RESULTS)
            value = round(chance.uniform(0.5 * low, 2 * high), 1)
            baseline = round(chance.uniform(low, 1.2 * high), 1) if number % 3 else ""
            writer.writerow([f"S{number % 500}", term, code, value, unit, low, high, baseline, low, high])


def measure_grading(folder: Path, rows: int, rounds: int) -> GradingResult:
    """Measure grading a table of so many rows; the terminology is loaded before."""
    path = folder / "labs.csv"
    make_table(path, rows)
    basis = load_lab_table(SCALE)
    statuses: Counter[str] = Counter()

    def grade() -> None:
        statuses.clear()
        table = read_csv(path)
        with Path(os.devnull).open("w", encoding="utf-8") as out:
            write_csv(out, graded_header(table), _cells(table, basis, statuses))

    timing = interleave({"grading": grade}, rounds)["grading"]
    return GradingResult(rows=rows, statuses=dict(statuses), timing=timing)


def _cells(table: CsvTable, basis: LabTable, statuses: Counter[str]) -> Iterator[list[str]]:
    for graded in grade_rows(table, basis):
        statuses[graded.told.status.value] += 1
        yield graded_cells(table, graded)
