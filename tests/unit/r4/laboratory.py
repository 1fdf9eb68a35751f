"""An invented laboratory for the observation readers' tests: a few codes, units and answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from fhir_adapter.domain.codes import CodeMeaning, ConceptId, Terminology
from fhir_adapter.domain.facts import Finding, Reading
from fhir_adapter.domain.quantity import Quantity, UnitRule
from fhir_adapter.domain.source import HospitalId, Rejection
from fhir_adapter.ports.hospital import HospitalTraits
from fhir_adapter.r4.context import PageContext, ReadingContext
from fhir_adapter.r4.read import READERS, read_resource

LOINC = "http://loinc.org"
NCIT = "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl"
SNOMED = "http://snomed.info/sct"
UCUM = "http://unitsofmeasure.org"
INTERPRETATION = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
LOCAL = "https://lab.example/codes"

CREATININE = ConceptId("creatinine")
SATURATION = ConceptId("saturation")
OXYGEN_FLOW = ConceptId("oxygen-flow")
SYSTOLIC = ConceptId("systolic")
VIRUS = ConceptId("virus")
LANSKY = ConceptId("lansky")
CLEARANCE = ConceptId("clearance")
INSPIRED = ConceptId("inspired-oxygen")
DETECTED = ConceptId("detected")
NOT_DETECTED = ConceptId("not-detected")
MARROW = ConceptId("marrow")
CYTOMETRY = ConceptId("cytometry")


def rule(name: str, standard: str, *, unitless: bool = False, **factors: Fraction) -> UnitRule:
    """Make a unit rule; further units by keyword are added with `factor`."""
    return UnitRule(
        id=name, standard=standard, factors={standard: Fraction(1), **factors}, offsets={}, unitless=unitless
    )


RULES: Mapping[str, UnitRule] = {
    "creatinine": UnitRule(
        id="creatinine",
        standard="mg/dL",
        factors={"mg/dL": Fraction(1), "umol/L": Fraction(10, 884), "mg/L": Fraction(1, 10)},
        offsets={},
        family={"mg/dL": "mass", "mg/L": "mass", "umol/L": "molar"},
    ),
    "percent": rule("percent", "%"),
    "flow": rule("flow", "L/min"),
    "pressure": rule("pressure", "mm[Hg]"),
    "score": rule("score", "{score}", unitless=True),
    "clearance": rule("clearance", "mL/min/{1.73_m2}"),
}
TERMINOLOGY = Terminology(
    systems=frozenset({LOINC, NCIT, SNOMED}),
    meanings={
        (LOINC, "2160-0"): CodeMeaning(concepts=(CREATININE,), unit_rule="creatinine"),
        (LOINC, "59408-5"): CodeMeaning(concepts=(SATURATION,), unit_rule="percent"),
        (LOINC, "2708-6"): CodeMeaning(concepts=(SATURATION,), unit_rule="percent"),
        (LOINC, "59410-1"): CodeMeaning(
            concepts=(SATURATION,), unit_rule="percent", qualifiers=frozenset({"room-air"})
        ),
        (LOINC, "3151-8"): CodeMeaning(concepts=(OXYGEN_FLOW,), unit_rule="flow"),
        (LOINC, "3150-0"): CodeMeaning(concepts=(INSPIRED,), unit_rule="percent"),
        (LOINC, "8480-6"): CodeMeaning(concepts=(SYSTOLIC,), unit_rule="pressure"),
        (LOINC, "77147-7"): CodeMeaning(concepts=(CLEARANCE,), unit_rule="clearance"),
        (LOINC, "5009-6"): CodeMeaning(concepts=(VIRUS,)),
        (NCIT, "C38144"): CodeMeaning(concepts=(LANSKY,), unit_rule="score"),
        (NCIT, "C69423"): CodeMeaning(concepts=(ConceptId("lansky-70"),), score="70"),
        (NCIT, "C69424"): CodeMeaning(concepts=(ConceptId("lansky-80"),), score="80"),
        (LOCAL, "CREA"): CodeMeaning(concepts=(CREATININE,), unit_rule="creatinine"),
        (SNOMED, "260373001"): CodeMeaning(concepts=(DETECTED,)),
        (INTERPRETATION, "POS"): CodeMeaning(concepts=(DETECTED,)),
        (INTERPRETATION, "NEG"): CodeMeaning(concepts=(NOT_DETECTED,)),
        (SNOMED, "119359002"): CodeMeaning(concepts=(MARROW,)),
        (SNOMED, "726449005"): CodeMeaning(concepts=(CYTOMETRY,)),
    },
    unmatched=frozenset({(LOCAL, "COMMENT")}),
    local_systems=frozenset({LOCAL}),
    text_answers={("virus", "not found"): (NOT_DETECTED,), ("*", "positive"): (DETECTED,)},
)
CONTEXT = ReadingContext(
    traits=HospitalTraits(
        id=HospitalId("lab"),
        title="Laboratory",
        zone=ZoneInfo("America/Chicago"),
        zone_name="America/Chicago",
        base_urls=("https://lab.example/fhir",),
    ),
    terminology=TERMINOLOGY,
    unit_rules=RULES,
    needed=frozenset({CREATININE, SATURATION, SYSTOLIC, VIRUS, LANSKY, CLEARANCE, MARROW}),
    resource_types=frozenset(resource_type for resource_type, _ in READERS.values()),
    read_at=datetime(2026, 3, 2, 15, 30, tzinfo=ZoneInfo("America/Chicago")),
    reading_digest="d",
)
NAIVE_CONTEXT = replace(CONTEXT, traits=replace(CONTEXT.traits, assume_zone="America/Chicago"))
MODIFIER = [{"url": "https://lab.example/negated", "valueBoolean": True}]
WRITTEN = "2026-03-01T08:15:00-06:00"


def observation(code: dict[str, Any] | None = None, **elements: Any) -> dict[str, Any]:
    """Write a final creatinine result without a value; None removes an element."""
    written = {
        "resourceType": "Observation",
        "id": "o1",
        "status": "final",
        "category": [coded(CATEGORY, "laboratory")],
        "code": code or coded(LOINC, "2160-0"),
        "subject": {"reference": "Patient/p1"},
        "effectiveDateTime": WRITTEN,
        **elements,
    }
    return {key: value for key, value in written.items() if value is not None}


def coded(system: str, code: str) -> dict[str, Any]:
    """Write a CodeableConcept of one coding."""
    return {"coding": [{"system": system, "code": code}]}


def amount(value: Any, unit: str, **elements: Any) -> dict[str, Any]:
    """Write a Quantity with a UCUM code."""
    return {"value": value, "unit": unit, "system": UCUM, "code": unit, **elements}


def read(
    resource: dict[str, Any] | str, page: PageContext | None = None, context: ReadingContext = CONTEXT
) -> Reading:
    """Read one resource as the invented laboratory would send it; text is taken as JSON already written."""
    text = resource if isinstance(resource, str) else json.dumps(resource)
    return read_resource(text.encode(), context, page or PageContext())


def finding(reading: Reading) -> Finding:
    """Give the only fact, of a reading with nothing rejected."""
    assert reading.rejections == ()
    (fact,) = reading.facts
    assert isinstance(fact, Finding)
    return fact


def rejection(reading: Reading) -> Rejection:
    """Give the only rejection, of a reading without facts."""
    assert reading.facts == ()
    (only,) = reading.rejections
    return only


def quantity(value: str, unit: str | None) -> Quantity:
    """Give a quantity with these digits."""
    return Quantity(Decimal(value), unit)
