"""Cases of CTCAE 5.0 as a table of text, and what grading says of each in the same words."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.quantity import Comparator, Quantity
from fhir_adapter.domain.toxicity.grade import grade_combination
from fhir_adapter.domain.toxicity.measurement import Measurement
from fhir_adapter.domain.toxicity.result import GradeStatus, ToxicityGrade
from fhir_adapter.domain.toxicity.scale import ClinicalInput, Scale, Term

TABLE = Path(__file__).with_suffix(".txt")
NUMBERS = frozenset({"standard", "lln", "uln", "baseline", "baseline_lln", "baseline_uln"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One line of the table."""

    term: str
    concept: ConceptId | None
    line: str
    measurement: Measurement
    others: dict[ConceptId, Measurement]
    expected: str

    def graded(self, term: Term) -> str:
        """Grade the case, told as the table tells it."""
        results = dict.fromkeys(term.concepts[:1], self.measurement)
        return told(grade_combination(term, {**results, **self.others}, self.measurement))


def told(grade: ToxicityGrade) -> str:
    """Say a grade as the table does."""
    if grade.status is GradeStatus.GRADED:
        return str(grade.grade)
    head = f">={grade.grade}" if grade.status is GradeStatus.AT_LEAST else "?"
    return f"{head} ({grade.worst}) {' '.join(each.value for each in grade.needed)}"


@cache
def cases() -> tuple[Case, ...]:
    """Read the table."""
    found: list[Case] = []
    name, concept = "", None
    heading = True
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if not line.strip():
            heading = False
        elif line.startswith("# "):
            name, _, kind = line[2:].partition(" [")
            concept = ConceptId(kind.rstrip("]")) if kind else None
        elif not heading:
            found.append(_case(name, concept, line))
    return tuple(found)


def term_of(scale: Scale, case: Case) -> Term:
    """Find the term of a case."""
    term = scale.term(case.term, case.concept)
    assert term is not None
    return term


def measured(value: str, unit: str, given: str = "") -> Measurement:
    """Build a measurement from the table's words."""
    number = value.lstrip("<>=")
    comparator = Comparator(value.removesuffix(number)) if number != value else None
    reported = Quantity(Decimal(number), None if unit == "-" else unit, comparator)
    numbers: dict[str, Decimal] = {}
    inputs: dict[ClinicalInput, bool] = {}
    age: int | None = None
    for entry in filter(None, (each.strip() for each in given.split(","))):
        key, _, rest = entry.partition(" ")
        if key in NUMBERS:
            numbers[key] = Decimal(rest)
        elif key == "age":
            age = int(rest)
        elif key != "also":
            inputs[ClinicalInput(rest if key == "no" else key)] = key != "no"
    return Measurement(reported=reported, inputs=inputs, age_years=age, **numbers)


def _case(name: str, concept: ConceptId | None, line: str) -> Case:
    result, given, expected = (part.strip() for part in line.split("|"))
    value, _, unit = result.partition(" ")
    others: dict[ConceptId, Measurement] = {}
    for entry in given.split(","):
        if entry.strip().startswith("also "):
            other, its_value, its_unit = entry.split()[1:]
            others[ConceptId(other)] = measured(its_value, its_unit)
    return Case(
        term=name,
        concept=concept,
        line=f"{name}: {line}",
        measurement=measured(value, unit, given),
        others=others,
        expected=expected,
    )


def traits(term: Term) -> str:
    """Say in one line what a term is besides its numbers, as the table of terms does."""
    marks = {"hematologic": term.hematologic, "combined": term.combined, "by person": term.by_person}
    words = [name for name, holds in marks.items() if holds]
    if term.refused is not None:
        words.append(f"needs {term.refused.value}")
    words += [f"at most {concept}" for concept in term.bounded_by]
    return " | ".join([
        term.name,
        term.direction.value if term.direction else "-",
        ", ".join(words) or "-",
        ", ".join(term.concepts) or "-",
    ])


@cache
def traits_table() -> tuple[str, ...]:
    """Read the table of terms, in the order of the scale."""
    text = TABLE.with_name("ctcae_terms.txt").read_text(encoding="utf-8")
    return tuple(line for line in text.splitlines() if line and not line.startswith("#"))
