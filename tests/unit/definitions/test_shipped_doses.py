"""Codes and units of treatment: confirmed codes only, and a unit says by itself what a dose rests on."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
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


@pytest.mark.parametrize(
    ("kind", "unit", "standard"),
    [
        (DoseUnit.MASS, "g", "1000"),
        (DoseUnit.MASS, "ug", "0.001"),
        (DoseUnit.MASS, "ng", "0.000001"),
        (DoseUnit.MASS_PER_KG, "g/kg", "1000"),
        (DoseUnit.MASS_PER_KG, "ug/kg", "0.001"),
        (DoseUnit.MASS_PER_KG, "mg/kg{body_wt}", "1"),
        (DoseUnit.MASS_PER_AREA, "g/m2", "1000"),
        (DoseUnit.CELLS, "10^6", "1"),
        (DoseUnit.CELLS, "10*9", "1000"),
        (DoseUnit.CELLS, "{cells}", "0.000001"),
        (DoseUnit.CELLS, "10*6.{cells}", "1"),
        (DoseUnit.CELLS_PER_KG, "10^6/kg", "1"),
        (DoseUnit.CELLS_PER_KG, "10*6.{cells}/kg", "1"),
        (DoseUnit.CELLS_PER_KG, "10*6/kg{body_wt}", "1"),
        (DoseUnit.CELLS_PER_KG, "{cells}/kg", "0.000001"),
        (DoseUnit.CELLS_PER_KG, "10*9/kg", "1000"),
        (DoseUnit.VOLUME, "L", "1000"),
        (DoseUnit.RADIATION, "cGy", "0.01"),
        (DoseUnit.TIME, "d", "24"),
        (DoseUnit.RATE_MASS, "mg/min", "60"),
        (DoseUnit.RATE_MASS_PER_KG, "ug/kg/min", "0.06"),
        (DoseUnit.RATE_MASS_PER_AREA, "mg/m2/min", "60"),
        (DoseUnit.RATE_VOLUME, "mL/min", "60"),
        (DoseUnit.RATE_CELLS, "10*6/min", "60"),
    ],
)
def test_a_dose_is_read_in_its_standard_unit(kind: DoseUnit, unit: str, standard: str) -> None:
    rule = dose_units()[kind]
    assert standardise(Quantity(Decimal(1), unit), rule).value == Decimal(standard)


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
