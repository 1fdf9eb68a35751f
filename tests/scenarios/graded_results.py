"""Results one by one: a code, a unit, and what reading and grading make of them (graded_results.txt).

Knows: the table, Observations as hospitals write them. Does not know: episodes, which results a patient has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cache
from pathlib import Path
from typing import Any

from fhir_adapter.domain.facts import Finding
from fhir_adapter.domain.quantity import Quantity
from fhir_adapter.domain.toxicity.grade import grade_measurement
from fhir_adapter.domain.toxicity.measurement import Measurement
from fhir_adapter.domain.toxicity.scale import Scale
from fhir_adapter.r4.context import PageContext, ReadingContext
from fhir_adapter.r4.read import read_resource
from tests.ctcae_cases import told
from tests.scenarios.resources import write_json
from tests.scenarios.treatment_resources import quantity

TABLE = Path(__file__).with_suffix(".txt")
LOINC = "http://loinc.org"
OURS = "https://fhir-adapter.example/CodeSystem/concepts"
AGE = 30
"""Of whoever the results are of: a grown-up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedResult:
    """One line of the table, one code, one unit.

    Attributes:
        limits: Low and high with their unit; empty = none printed.
        standard: What it is in its standard unit.
        grades: Term -> its grade, as told.
    """

    code: str
    value: str
    unit: str
    limits: str
    standard: str
    grades: dict[str, str]

    @property
    def id(self) -> str:
        """What it is called: `751-8 400 /uL`."""
        return f"{self.code} {self.value} {self.unit}"

    @property
    def line(self) -> str:
        """The Observation that reports it."""
        number = self.code.split("-")
        system = LOINC if all(part.isdigit() for part in number) else OURS
        resource: dict[str, Any] = {
            "resourceType": "Observation",
            "id": "result",
            "status": "final",
            "code": {"coding": [{"system": system, "code": self.code}]},
            "subject": {"reference": "Patient/p"},
            "effectiveDateTime": "2026-03-11T08:00:00+01:00",
            "valueQuantity": quantity(self.value, self.unit),
        }
        if self.limits:
            low, _, high, unit = self.limits.split()
            resource["referenceRange"] = [{"low": quantity(low, unit), "high": quantity(high, unit)}]
        return write_json(resource)

    @property
    def expected(self) -> str:
        """What the table tells of it."""
        return "; ".join([self.standard, *(f"{term} {grade}" for term, grade in self.grades.items())])

    def told_by(self, context: ReadingContext, scale: Scale) -> str:
        """Read and grade it; say of it what the table says."""
        read = read_resource(self.line.encode(), context, PageContext())
        for finding in read.facts:
            if isinstance(finding, Finding) and isinstance(finding.reported, Quantity):
                grades = self._grades(finding, finding.reported, scale)
                shown = [f"{term} {grades.get(term, 'not graded')}" for term in self.grades]
                return "; ".join([_shown(finding.standard or finding.reported, self.standard), *shown])
        return "; ".join(str(each.reason) for each in read.rejections) or "not read"

    @staticmethod
    def _grades(finding: Finding, reported: Quantity, scale: Scale) -> dict[str, str]:
        measurement = Measurement(
            reported=reported,
            standard=_number(finding.standard),
            lln=_number(finding.lln),
            uln=_number(finding.uln),
            age_years=AGE,
        )
        terms = (term for concept in finding.concepts for term in scale.terms_of(concept))
        return {term.name: told(grade_measurement(term, measurement)) for term in terms}


@cache
def graded_results() -> tuple[ReportedResult, ...]:
    """Read the table."""
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    return tuple(each for line in lines if line and not line.startswith("#") for each in _results(line))


def _results(line: str) -> Iterator[ReportedResult]:
    codes, amounts, limits, standard, grades = (part.strip() for part in line.split("|"))
    first, *others = (amount.split() for amount in amounts.split(" = "))
    for code, (value, unit) in [
        *((code, first) for code in codes.split()),
        *((codes.split()[0], other) for other in others),
    ]:
        yield ReportedResult(
            code=code, value=value, unit=unit, limits=limits, standard=standard, grades=dict(_grades(grades))
        )


def _grades(told_grades: str) -> Iterator[tuple[str, str]]:
    """Part `Anemia 3, Fever >=3 (4) duration` into terms and their grades."""
    for each in told_grades.split(", "):
        found = re.fullmatch(r"(.+?) (\d|>=\d.*|\?.*)", each)
        assert found is not None, each
        yield found[1], found[2]


def _number(of: Quantity | None) -> Decimal | None:
    return of.value if of is not None else None


def _shown(found: Quantity, expected: str) -> str:
    """Write a quantity with as many decimals as the table tells."""
    places = Decimal(expected.split(maxsplit=1)[0]).as_tuple().exponent
    return f"{found.value.quantize(Decimal(1).scaleb(int(places)), ROUND_HALF_EVEN)} {found.unit}"
