"""`grade`: rows of a table of results, each with its grade or what keeps it from one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from fhir_adapter.domain.toxicity.lab_row import RowGrade
from fhir_adapter.domain.toxicity.result import Direction, GradeStatus, Needed, ToxicityGrade
from fhir_adapter.report.model import NOTICE, Result

ADDED: Final = ("grade", "status", "direction", "reason")
"""Columns a graded table has behind its own."""

_COLUMNS: Final[Mapping[Needed, str]] = {
    Needed.SYMPTOMS: "symptomatic",
    Needed.INTERVENTION: "intervention",
    Needed.ANTICOAGULATION: "on_anticoagulation",
    Needed.AGE: "age_years",
}
_BASELINE_LIMITS: Final = {Direction.LOW: "baseline_lln", Direction.HIGH: "baseline_uln"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldGrade:
    """What one row says in the added columns, as text, and the parts of its reason."""

    grade: str
    status: GradeStatus
    direction: str
    reason: str
    term: str | None
    worst: int | None
    needed: tuple[str, ...]
    within_range: bool | None

    @property
    def cells(self) -> tuple[str, str, str, str]:
        """The added cells, in the order of ADDED."""
        return (self.grade, self.status.value, self.direction, self.reason)


class GradedRowOut(Result):
    """One row: its line in the file, its own cells, its grade.

    `grade` is the lowest possible one with AT_LEAST; `worst` the highest possible one, null where the row cannot
    be read; `needed` names what would make it certain, a column where there is one for it.
    """

    line: int
    cells: dict[str, str]
    term: str | None
    grade: int | None
    status: str
    direction: str | None
    worst: int | None
    needed: list[str]
    within_range: bool | None
    reason: str


class CountsOut(Result):
    """Rows by status."""

    graded: int
    at_least: int
    ungradable: int


class GradeResult(Result):
    """A graded table."""

    scale: str
    title: str
    notice: str = NOTICE
    counts: CountsOut
    rows: list[GradedRowOut]


def tell_row(row: RowGrade) -> ToldGrade:
    """Put what a row gives into words.

    Args:
        row: What it gives.

    Returns:
        The cells to add; the reason is empty for a plain grade only.
    """
    grade = row.grade
    if grade is None:
        return ToldGrade(
            grade="",
            status=GradeStatus.UNGRADABLE,
            direction="",
            reason=str(row.problem),
            term=None,
            worst=None,
            needed=(),
            within_range=None,
        )
    needed = tuple(_needed_text(each, grade.direction) for each in grade.needed)
    return ToldGrade(
        grade="" if grade.grade is None else str(grade.grade),
        status=grade.status,
        direction=grade.direction.value if row.one_side and grade.direction is not None else "",
        reason="; ".join((*_certainty(grade, needed), *grade.notes, *row.notes)),
        term=grade.term,
        worst=grade.worst,
        needed=needed,
        within_range=grade.within_range,
    )


def _certainty(grade: ToxicityGrade, needed: Sequence[str]) -> tuple[str, ...]:
    if grade.reason is not None:
        return (f"{grade.reason.value}: needs {', '.join(needed)}", f"worst case grade {grade.worst}")
    return ("within its own limits of normal",) if grade.grade and grade.within_range else ()


def _needed_text(needed: Needed, direction: Direction | None) -> str:
    if needed is Needed.BASELINE_RANGE and direction is not None:
        return _BASELINE_LIMITS[direction]
    return _COLUMNS.get(needed, needed.value)


def build_row(line: int, cells: Mapping[str, str], told: ToldGrade) -> GradedRowOut:
    """Put one row into the result's form.

    Args:
        line: Where it begins in the file, the header being line 1.
        cells: Column -> text as written.
        told: What it gives.

    Returns:
        The row.
    """
    return GradedRowOut(
        line=line,
        cells=dict(cells),
        term=told.term,
        grade=int(told.grade) if told.grade else None,
        status=told.status.value,
        direction=told.direction or None,
        worst=told.worst,
        needed=list(told.needed),
        within_range=told.within_range,
        reason=told.reason,
    )


def build_counts(statuses: Counter[GradeStatus]) -> CountsOut:
    """Count rows by status."""
    return CountsOut(
        graded=statuses[GradeStatus.GRADED],
        at_least=statuses[GradeStatus.AT_LEAST],
        ungradable=statuses[GradeStatus.UNGRADABLE],
    )
