"""The invented hospital of `clinic` with a cell laboratory: products, what is measured on them, radiation."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from fhir_adapter.domain.codes import CodeMeaning, ConceptId
from fhir_adapter.domain.facts import Reading
from fhir_adapter.domain.quantity import Quantity, UnitRule
from fhir_adapter.r4.context import PageContext
from fhir_adapter.r4.read import read_resource
from tests.unit.r4.clinic import CONTEXT, LOCAL, TERMINOLOGY, UCUM, coded

EXTENSIONS = "https://bank.example/StructureDefinition"
CONTENT = ConceptId("nk-content")
VIABILITY = ConceptId("viability")
GRAFT = ConceptId("graft")
WHOLE_BODY = ConceptId("whole-body")

BANK = replace(
    CONTEXT,
    terminology=replace(
        TERMINOLOGY,
        systems=TERMINOLOGY.systems | {EXTENSIONS},
        meanings={
            **TERMINOLOGY.meanings,
            (LOCAL, "GRAFT"): CodeMeaning(concepts=(GRAFT,)),
            (LOCAL, "RBC"): CodeMeaning(concepts=(ConceptId("red-cells"),)),
            (EXTENSIONS, "nk-content"): CodeMeaning(concepts=(CONTENT,), unit_rule="cells"),
            (EXTENSIONS, "viability"): CodeMeaning(concepts=(VIABILITY,), unit_rule="share"),
            (EXTENSIONS, "volume"): CodeMeaning(concepts=(ConceptId("not-asked-for"),), unit_rule="cells"),
            (LOCAL, "cd56"): CodeMeaning(concepts=(CONTENT,), unit_rule="cells"),
        },
    ),
    unit_rules={
        "cells": UnitRule(
            id="cells",
            standard="10*6",
            factors={"10*6": Fraction(1), "{cells}": Fraction(1, 1_000_000)},
            offsets={},
            lowest=Decimal(0),
        ),
        "share": UnitRule(
            id="share",
            standard="%",
            factors={"%": Fraction(1)},
            offsets={},
            lowest=Decimal(0),
            highest=Decimal(100),
        ),
        "radiation-dose": UnitRule(
            id="radiation-dose",
            standard="Gy",
            factors={"Gy": Fraction(1), "cGy": Fraction(1, 100)},
            offsets={},
        ),
    },
    needed=CONTEXT.needed | {CONTENT, VIABILITY, GRAFT},
)


def read(resource: dict[str, Any], page: PageContext | None = None) -> Reading:
    """Read one resource as the hospital with the cell laboratory would send it."""
    return read_resource(json.dumps(resource).encode(), BANK, page or PageContext())


def amount(value: Any, unit: str) -> dict[str, Any]:
    """Write a Quantity with a UCUM code."""
    return {"value": value, "unit": unit, "system": UCUM, "code": unit}


def measure(name: str, value: Any, unit: str, base: str = EXTENSIONS) -> dict[str, Any]:
    """Write what was measured on a product."""
    return {"url": f"{base}/{name}", "valueQuantity": amount(value, unit)}


def standard(value: str, unit: str) -> Quantity:
    """Give a quantity with these digits."""
    return Quantity(Decimal(value), unit)


BAG: dict[str, Any] = {
    "resourceType": "BiologicallyDerivedProduct",
    "id": "bag-1",
    "meta": {"versionId": "3"},
    "identifier": [{"system": "https://bank.example/lots", "value": "LOT-7"}, {"value": "no system"}],
    "productCategory": "cells",
    "productCode": coded(LOCAL, "NK"),
    "status": "available",
    "collection": {"source": {"reference": "Patient/donor-9"}, "collectedDateTime": "2026-02-01"},
    "extension": [measure("nk-content", 34.50, "10*6"), measure("viability", 92, "%")],
}
