"""Codes one by one: what a drug, a procedure, a problem or an answer is read as (coded_records.txt).

Knows: the table, resources as hospitals write them. Does not know: what is made of a concept.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from fhir_adapter.domain.exposure import Exposure
from fhir_adapter.domain.facts import CodedValue, Diagnosis, Fact, Finding, Intervention
from fhir_adapter.domain.reported_event import ReportedEvent
from fhir_adapter.r4.context import PageContext, ReadingContext
from fhir_adapter.r4.read import read_resource
from tests.scenarios.resources import write_json
from tests.scenarios.treatment_resources import quantity

TABLE = Path(__file__).with_suffix(".txt")
SYSTEMS = {
    "loinc": "http://loinc.org",
    "snomed": "http://snomed.info/sct",
    "icd10cm": "http://hl7.org/fhir/sid/icd-10-cm",
    "rxnorm": "http://www.nlm.nih.gov/research/umls/rxnorm",
    "atc": "http://www.whocc.no/atc",
    "ours": "https://fhir-adapter.example/CodeSystem/concepts",
}
AT = "2026-03-11T08:00:00+01:00"
SUBJECT = {"reference": "Patient/p"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CodedRecord:
    """One code of one line of the table."""

    kind: str
    system: str
    code: str
    expected: str

    @property
    def id(self) -> str:
        """What it is called: `drug atc C01CA03`."""
        return f"{self.kind} {self.system} {self.code}"

    @property
    def line(self) -> str:
        """The resource it stands in."""
        kind, _, rest = self.kind.partition(" ")
        concept = _concept(self.system, self.code)
        if kind == "score":
            number, unit = rest.split()
            return _written("Observation", code=concept, status="final", valueQuantity=quantity(number, unit))
        if kind == "answer":
            question = _concept("ours", rest.removeprefix("of "))
            return _written("Observation", code=question, status="final", valueCodeableConcept=concept)
        return _written(*_PLAIN[kind](concept))

    def told_by(self, context: ReadingContext) -> str:
        """Read it; say of it what the table says."""
        read = read_resource(self.line.encode(), context, PageContext())
        return "; ".join(_told(fact) for fact in read.facts) or "not read"


@cache
def coded_records() -> tuple[CodedRecord, ...]:
    """Read the table."""
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    return tuple(each for line in lines if line and not line.startswith("#") for each in _records(line))


def _records(line: str) -> Iterator[CodedRecord]:
    kind, codes, expected = (part.strip() for part in line.split("|"))
    for each in codes.split(", "):
        system, code = each.split()
        yield CodedRecord(kind=kind, system=system, code=code, expected=expected)


_PLAIN: dict[str, Any] = {
    "drug": lambda code: ("MedicationAdministration", {"medicationCodeableConcept": code, "status": "completed"}),
    "procedure": lambda code: ("Procedure", {"code": code, "status": "completed", "performedDateTime": AT}),
    "problem": lambda code: ("Condition", {"code": code, "onsetDateTime": AT}),
    "report": lambda code: ("AdverseEvent", {"event": code, "actuality": "actual", "date": AT}),
}


def _written(kind: str, content: dict[str, Any] | None = None, **more: Any) -> str:
    timed = {"effectiveDateTime": AT} if kind in {"Observation", "MedicationAdministration"} else {}
    resource = {"resourceType": kind, "id": "record", "subject": SUBJECT, **timed, **(content or {}), **more}
    return write_json(resource)


def _concept(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": SYSTEMS[system], "code": code}]}


def _told(fact: Fact) -> str:
    if isinstance(fact, Exposure | Diagnosis | Intervention | ReportedEvent):
        return " ".join(sorted(fact.concepts))
    if not isinstance(fact, Finding):
        return type(fact).__name__
    concepts = " ".join(sorted(fact.concepts))
    if fact.standard is not None:
        return f"{concepts}: {fact.standard.value} {fact.standard.unit}"
    answers = fact.reported.answers if isinstance(fact.reported, CodedValue) else ()
    return f"{concepts}: {' '.join(sorted(answers)) or 'no answer'}"
