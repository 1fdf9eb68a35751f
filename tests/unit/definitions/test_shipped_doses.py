"""Codes and units of treatment: confirmed codes only, and a unit says by itself what a dose rests on."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cache

import pytest

from fhir_adapter.definitions.load import Definitions, load_definitions
from fhir_adapter.domain.quantity import Quantity, UnitRule, standardise
from fhir_adapter.domain.regimen import DoseUnit
from fhir_adapter.errors import UnitError

LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
ATC = "http://www.whocc.no/atc"
PCS = "http://www.cms.gov/Medicare/Coding/ICD10"
CPT = "http://www.ama-assn.org/go/cpt"
PROJECT = "https://fhir-adapter.example/CodeSystem/concepts"
EXTENSION = "https://fhir-adapter.example/StructureDefinition"


@cache
def shipped() -> Definitions:
    """Load the demo hospital and the first trial once."""
    return load_definitions(hospital="demo", trial="nct07256210")


def dose_units() -> Mapping[str, UnitRule]:
    plan = shipped().trial.regimen
    assert plan is not None
    return plan.dose_units


def meant_by(system: str, code: str) -> set[str]:
    meaning = shipped().terminology.meanings.get((system, code))
    return set() if meaning is None else {str(concept) for concept in meaning.concepts}


@pytest.mark.parametrize("system_code", [(CPT, "38242"), (SNOMED, "1156961008"), (SNOMED, "58776007")])
def test_lymphocytes_engineered_cells_and_the_patients_own_marrow_are_no_graft(
    system_code: tuple[str, str],
) -> None:
    assert meant_by(*system_code) == {"cellular-therapy"}


@pytest.mark.parametrize(
    ("system", "code", "concept"),
    [
        (RXNORM, "38508", "treosulfan"),
        (ATC, "L01AB02", "treosulfan"),
        (RXNORM, "1828", "busulfan"),
        (ATC, "L01AB01", "busulfan"),
        (RXNORM, "612865", "tocilizumab"),
        (ATC, "L04AC07", "tocilizumab"),
        (RXNORM, "614391", "abatacept"),
        (ATC, "L04AA24", "abatacept"),
        (SNOMED, "425843001", "graft"),
        (SNOMED, "234336002", "graft"),
        (SNOMED, "58390007", "graft"),
        (SNOMED, "234332000", "graft"),
        (PCS, "30233U2", "graft"),
        (PCS, "30243U2", "graft"),
        (PCS, "30233Y2", "graft"),
        (PCS, "30243Y2", "graft"),
        (CPT, "38240", "graft"),
        (PROJECT, "stem-cell-graft", "graft"),
        (PROJECT, "nk-cell-product", "nk-product"),
        (SNOMED, "33195004", "radiotherapy"),
        (SNOMED, "1156506007", "radiotherapy"),
        (SNOMED, "108290001", "radiotherapy"),
        (SNOMED, "38266002", "whole-body"),
        (PROJECT, "radiation-dose", "radiation-dose"),
        (EXTENSION, "nk-cd56-cells", "nk-cd56-cells"),
        (EXTENSION, "nk-cd3-cells", "nk-cd3-cells"),
        (EXTENSION, "nucleated-cells", "nucleated-cells"),
        (EXTENSION, "viability", "viability"),
        (RXNORM, "8640", "prednisone"),
        (RXNORM, "8638", "prednisolone"),
        (RXNORM, "6902", "methylprednisolone"),
        (RXNORM, "3264", "dexamethasone"),
        (RXNORM, "5492", "hydrocortisone"),
        (RXNORM, "1514", "betamethasone"),
        (ATC, "H02AB07", "prednisone"),
        (ATC, "H02AB06", "prednisolone"),
        (ATC, "H02AB04", "methylprednisolone"),
        (ATC, "H02AB02", "dexamethasone"),
        (ATC, "H02AB09", "hydrocortisone"),
        (ATC, "H02AB01", "betamethasone"),
        (PROJECT, "cortisone", "cortisone"),
        (PROJECT, "triamcinolone", "triamcinolone"),
        (PROJECT, "deflazacort", "deflazacort"),
        (SNOMED, "47625008", "intravenous"),
        (SNOMED, "26643006", "oral"),
        (PROJECT, "route-enteral-tube", "enteral-tube"),
        (PROJECT, "route-intrathecal", "intrathecal"),
        (SNOMED, "40617009", "ventilator-support"),
        (SNOMED, "428311008", "ventilator-support"),
        (SNOMED, "447837008", "ventilator-support"),
        (SNOMED, "47545007", "ventilator-support"),
        (SNOMED, "243142003", "ventilator-support"),
        (SNOMED, "1149092001", "ventilator-support"),
        (SNOMED, "233573008", "ventilator-support"),
        (SNOMED, "425826004", "ventilator-support"),
        (SNOMED, "1259025002", "high-flow-oxygen"),
        (SNOMED, "870533002", "high-flow-oxygen"),
        (SNOMED, "426854004", "high-flow-oxygen"),
        (SNOMED, "371907003", "low-flow-oxygen"),
        (LOINC, "20124-4", "ventilation-mode"),
        (LOINC, "22244-8", "cmv-igg"),
        (LOINC, "13949-3", "cmv-igg"),
        (LOINC, "883-9", "blood-group"),
        (LOINC, "882-1", "blood-group"),
    ],
)
def test_a_confirmed_code_means_its_concept(system: str, code: str, concept: str) -> None:
    assert concept in meant_by(system, code)


def test_a_code_that_says_total_body_irradiation_says_its_body_site() -> None:
    assert meant_by(PROJECT, "total-body-irradiation") == {"radiotherapy", "whole-body"}


def test_kinds_of_respiratory_support_never_overlap() -> None:
    kinds = {"ventilator-support", "high-flow-oxygen", "low-flow-oxygen"}
    meanings = shipped().terminology.meanings.values()
    assert all(len(kinds & set(meaning.concepts)) <= 1 for meaning in meanings)


def test_each_steroid_is_its_own_concept() -> None:
    steroids = {
        *("prednisone", "prednisolone", "methylprednisolone", "dexamethasone", "hydrocortisone"),
        *("betamethasone", "cortisone", "triamcinolone", "deflazacort"),
    }
    meanings = shipped().terminology.meanings.values()
    assert all(len(steroids & set(meaning.concepts)) <= 1 for meaning in meanings)
    assert steroids <= shipped().trial.needed


FACTORS = {
    "mass": "mg 1, g 1000, ug 1/1000, ng 1/1000000",
    "mass-per-kg": "mg/kg 1, g/kg 1000, ug/kg 1/1000, mg/kg{body_wt} 1",
    "mass-per-area": "mg/m2 1, g/m2 1000, ug/m2 1/1000",
    "cells": (
        "10*6 1, 10^6 1, 10*3 1/1000, 10*7 10, 10*8 100, 10*9 1000, 10^9 1000, {cells} 1/1000000, "
        "10*6.{cells} 1, 10*9.{cells} 1000, 10*6{cells} 1, 10*9{cells} 1000"
    ),
    "cells-per-kg": (
        "10*6/kg 1, 10^6/kg 1, 10*3/kg 1/1000, 10*7/kg 10, 10*8/kg 100, 10*9/kg 1000, {cells}/kg 1/1000000, "
        "10*6.{cells}/kg 1, 10*6{cells}/kg 1, 10*6/kg{body_wt} 1"
    ),
    "volume": "mL 1, L 1000, uL 1/1000",
    "radiation": "Gy 1, cGy 1/100, mGy 1/1000",
    "time": "h 1, min 1/60, s 1/3600, d 24",
    "rate-mass": "mg/h 1, mg/min 60, mg/d 1/24, g/h 1000, ug/h 1/1000, ug/min 3/50",
    "rate-mass-per-kg": "mg/kg/h 1, mg/kg/min 60, mg/kg/d 1/24, ug/kg/h 1/1000, ug/kg/min 3/50",
    "rate-mass-per-area": "mg/m2/h 1, mg/m2/min 60, mg/m2/d 1/24, g/m2/h 1000",
    "rate-volume": "mL/h 1, mL/min 60, L/h 1000",
    "rate-cells": "10*6/h 1, 10*6/min 60, 10*9/h 1000, {cells}/h 1/1000000, 10*6.{cells}/h 1",
}
"""Every unit a dose may be written in, and how many standard units it is, written by hand."""


@pytest.mark.parametrize("kind", list(DoseUnit))
def test_every_unit_of_a_dose_has_its_exact_factor(kind: DoseUnit) -> None:
    pairs = (pair.split(" ") for pair in FACTORS[kind].split(", "))
    assert dose_units()[kind].factors == {unit: Fraction(factor) for unit, factor in pairs}


@pytest.mark.parametrize(
    "unit",
    [
        *("10E6/kg", "10*6/KG", "log10", "10E6", "mcg", "mg/KG", "1", "%", "mg/kg/d{x}", "mL/min/mmHg"),
        *("10*6/kg{ideal_wt}", "mg/kg{lean_body_wt}", "10*6/m2", "IU", "[IU]", "U", "mmol", "{tablet}", ""),
    ],
)
def test_what_is_no_dose_in_ucum_or_of_another_basis_is_refused(unit: str) -> None:
    for rule in dose_units().values():
        with pytest.raises(UnitError):
            standardise(Quantity(Decimal(1), unit), rule)


def test_a_unit_stands_in_one_rule_of_doses_so_that_it_says_what_it_rests_on() -> None:
    units = [unit for rule in dose_units().values() for unit in rule.factors]
    assert len(units) == len(set(units))
    assert not any(rule.unitless or rule.as_is or rule.offsets for rule in dose_units().values())
