"""Steroids for a child of 20 kg: 0.5 mg/kg is 10 mg of prednisone. The decision is on 11 March 2026, noon."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.exposure import Exposure
from fhir_adapter.domain.facts import Fact, Reading
from fhir_adapter.domain.quantity import UnitRule
from fhir_adapter.domain.queries import Window, WindowUnit
from fhir_adapter.domain.records import Answer
from fhir_adapter.domain.source import Completeness
from fhir_adapter.domain.treatment_operators import SteroidLoad
from tests.builders import (
    exposure,
    finding,
    quantity,
    receipt,
)
from tests.scenes import ask, days, limit, query, verdict

MASS = UnitRule(id="dose-mass", standard="mg", factors={"g": Fraction(1000), "ug": Fraction(1, 1000)}, offsets={})
MASS_PER_KG = UnitRule(id="dose-mass-per-kg", standard="mg/kg", factors={"ug/kg": Fraction(1, 1000)}, offsets={})

LOAD = SteroidLoad(
    label="off corticosteroids",
    factors={
        ConceptId("prednisone"): Fraction(1),
        ConceptId("dexamethasone"): Fraction(20, 3),
        ConceptId("hydrocortisone"): Fraction(1, 4),
    },
    systemic=(ConceptId("intravenous"), ConceptId("enteral-tube")),
    local=(ConceptId("topical"), ConceptId("intrathecal")),
    within=Window(72, WindowUnit.HOUR),
    span=Window(24, WindowUnit.HOUR),
    limit=limit("<= 0.5", "mg/kg"),
    weight=query("body-weight", window=days(7)),
    doses=MASS,
    doses_per_kg=MASS_PER_KG,
)

GIVEN = "MedicationAdministration"
READ = receipt(GIVEN)
WEIGHT = finding("body-weight", "20", "kg", at="2026-03-10T07:00")
INTRAVENOUS = (ConceptId("intravenous"),)


def given(
    drug: str, dose: str | None, at: str | None = "2026-03-10T08:00", unit: str = "mg", **more: Any
) -> Exposure:
    """An intravenous administration; dose None = not stated."""
    amount = quantity(dose, unit) if dose is not None else None
    id_ = f"{drug}-{at}-{dose}-{unit}".replace("/", "_")
    return exposure(drug, at, **{"dose": amount, "route": INTRAVENOUS, "id_": id_, **more})


def load(*facts: Fact | Reading | Completeness, node: SteroidLoad = LOAD, **more: Any) -> Answer:
    return ask(node, READ, *facts, **more)


def outcome(*facts: Fact | Reading | Completeness, **more: Any) -> str:
    return verdict(load(WEIGHT, *facts, **more))
