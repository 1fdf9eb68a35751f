"""One row of a table of results -> its grade, or why there is none.

Knows: the columns, how a row's cells make a measurement. Does not know: files, how a grade is shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final

from fhir_adapter.domain.quantity import Quantity, is_believable, standardise
from fhir_adapter.domain.toxicity.cells import (
    BadCell,
    RowProblem,
    read_number,
    read_truth,
    read_value,
    read_years,
)
from fhir_adapter.domain.toxicity.lab_table import Kind, LabTable
from fhir_adapter.domain.toxicity.measurement import Measurement
from fhir_adapter.domain.toxicity.quick import grade_quickly
from fhir_adapter.domain.toxicity.result import ToxicityGrade
from fhir_adapter.domain.toxicity.scale import ClinicalInput
from fhir_adapter.domain.toxicity.sides import told_side

REQUIRED: Final = ("value", "unit")
NAMING: Final = ("term", "loinc")
"""At least one of them is needed."""

_INPUTS: Final[Mapping[str, ClinicalInput]] = {
    "on_anticoagulation": ClinicalInput.ANTICOAGULATION,
    "symptomatic": ClinicalInput.SYMPTOMS,
    "intervention": ClinicalInput.INTERVENTION,
}
_AGE: Final = "age_years"
_REMEMBERED: Final = 16384
_UNBELIEVABLE: Final = "no measurement of this result gives this number in this unit"
_LIMITS: Final = ("lln", "uln", "baseline", "baseline_lln", "baseline_uln")
COLUMNS: Final = (*NAMING, *REQUIRED, *_LIMITS, *_INPUTS, _AGE)
"""Every column that is read; others are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowGrade:
    """What a row gives.

    Attributes:
        grade: 0..1; None where the row cannot be read or names nothing that can be graded.
        problem: 0..1; set exactly where `grade` is None.
        one_side: True where the grade is that of one direction, False where both sides are in order or open.
        notes: 0..*; how an ambiguous row was read.
    """

    grade: ToxicityGrade | None = None
    problem: BadCell | None = None
    one_side: bool = True
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Named:
    """What a row's names mean: UCUM unit, one kind of result for each entry of the term, what was left out."""

    unit: str | None
    kinds: tuple[Kind, ...]
    note: str | None


class RowGrader:
    """Grades rows of tables; what names, codes and units mean is found once for all rows that write them alike."""

    def __init__(self, table: LabTable) -> None:
        """Read and grade by this."""
        self._table = table
        self._known: dict[tuple[str, str, str], _Named] = {}
        self._is_believable = lru_cache(maxsize=_REMEMBERED)(self._could_be_measured)

    def grade(self, cells: Mapping[str, str]) -> RowGrade:
        """Grade one row.

        Does not guess: a cell that is not exactly what its column asks for leaves the row ungraded.

        Args:
            cells: Column -> text; a column that is absent is empty.

        Returns:
            The grade; of a row named by LOINC alone that of the side out of range, both sides graded.

        Source:
            clinical review, section 4, PUT-4.
        """
        try:
            return self._graded(cells)
        except BadCell as problem:
            return RowGrade(problem=problem)

    def _graded(self, cells: Mapping[str, str]) -> RowGrade:
        value, comparator = read_value(cells.get("value", ""), "value")
        numbers = {column: read_number(cells.get(column, ""), column) for column in _LIMITS}
        _check_order(numbers)
        answers = {each: read_truth(cells.get(column, ""), column) for column, each in _INPUTS.items()}
        age = read_years(cells.get(_AGE, ""), _AGE)
        named = self._named(cells)
        kind, doubt = _chosen(self._table, named.kinds, named.unit, numbers)
        for column, number in (("value", value), ("baseline", numbers["baseline"])):
            if number is not None and not self._is_believable(kind.rule.id, named.unit, number):
                raise BadCell(RowProblem.UNREADABLE, column, _UNBELIEVABLE)
        measurement = Measurement(
            reported=Quantity(value, named.unit, comparator),
            **numbers,
            inputs={each: answer for each, answer in answers.items() if answer is not None},
            age_years=age,
        )
        grades = [grade_quickly(term, measurement) for term in kind.terms]
        grade, one_side = told_side(grades, measurement)
        return RowGrade(grade=grade, one_side=one_side, notes=tuple(each for each in (named.note, doubt) if each))

    def _named(self, cells: Mapping[str, str]) -> _Named:
        written = (cells.get("term", ""), cells.get("loinc", ""), cells.get("unit", ""))
        named = self._known.get(written)
        if named is None:
            kinds, note = _kinds(self._table, written[0].strip(), written[1].strip())
            unit, fitting = self._table.kinds_in_unit(kinds, written[2])
            named = self._known[written] = _Named(unit, _one_of_each_entry(fitting), note)
        return named

    def _could_be_measured(self, rule: str, unit: str | None, number: Decimal) -> bool:
        by = self._table.rules[rule]
        return is_believable(standardise(Quantity(number, unit), by), by)


def _check_order(numbers: Mapping[str, Decimal | None]) -> None:
    for low, high in (("lln", "uln"), ("baseline_lln", "baseline_uln")):
        lower, upper = numbers[low], numbers[high]
        if lower is not None and upper is not None and lower > upper:
            raise BadCell(RowProblem.CONFLICTING, low, f"above {high}")


def _kinds(table: LabTable, name: str, code: str) -> tuple[tuple[Kind, ...], str | None]:
    """Give what the row may be a result of; a term decides beside a code nobody knows."""
    if not name:
        if not code:
            raise BadCell(RowProblem.MISSING, "term", "empty, and so is loinc; one of them is needed")
        return table.kinds_of_code(code, None), None
    terms = table.terms_named(name)
    if code and code in table.codes:
        return table.kinds_of_code(code, terms), None
    return table.kinds_of_terms(terms), "this LOINC code is not known: graded by the term alone" if code else None


def _chosen(
    table: LabTable, kinds: tuple[Kind, ...], unit: str | None, numbers: Mapping[str, Decimal | None]
) -> tuple[Kind, str | None]:
    """Choose the kind of result a term's row is of: its limits of normal say, else the kind the wording means."""
    if len(kinds) == 1:
        return kinds[0], None
    lln, uln = numbers["lln"], numbers["uln"]
    fitting = [each for each in kinds if table.fits_limits(each, unit, lln, uln)] or kinds
    if len(fitting) == 1:
        told = fitting[0] is not kinds[0]
        return fitting[0], f"read as {fitting[0].concept} by its limits of normal" if told else None
    general = _general(fitting)
    if general is None:
        named = " or ".join(each.concept for each in fitting)
        expected = f"empty, and the term is graded by {named}; the code says which"
        raise BadCell(RowProblem.MISSING, "loinc", expected)
    return general, f"read as {general.concept}; no limit of normal says" if lln is None and uln is None else None


def _one_of_each_entry(kinds: tuple[Kind, ...]) -> tuple[Kind, ...]:
    """Keep one kind of each entry of a term; an entry that only waits for something else is none beside others."""
    entries = {each.terms[0].concepts: each for each in reversed(kinds)}
    firsts = tuple(each for each in kinds if entries[each.terms[0].concepts] is each)
    return tuple(each for each in firsts if each.terms[0].refused is None) or firsts


def _general(kinds: Sequence[Kind]) -> Kind | None:
    """Give the kind printed in all units of the others and more: what the wording means where it names none."""
    families = [frozenset(family.id for family in each.terms[0].families) for each in kinds]
    for kind, own in zip(kinds, families, strict=True):
        if all(own > other for other in families if other is not own):
            return kind
    return None
