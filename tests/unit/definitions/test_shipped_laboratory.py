"""Codes and units of laboratory results and vital signs, written by hand: a forgotten one is noticed here."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import cache

import pytest

from fhir_adapter.definitions.compile_terminology import Vocabulary, compile_vocabulary
from fhir_adapter.definitions.compile_units import compile_units
from fhir_adapter.definitions.file_set import load_terminology_files
from fhir_adapter.definitions.folder import mapping_roots
from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.quantity import UnitRule

LOINC = "http://loinc.org"
OWN = "https://fhir-adapter.example/CodeSystem/concepts"

CODES = """
hemoglobin: 718-7 hemoglobin-mass, 59260-0 hemoglobin-molar
platelets: 777-3 platelet-count, 26515-7 platelet-count, 778-1 platelet-count
neutrophils: 751-8 leukocyte-count, 26499-4 leukocyte-count, 753-4 leukocyte-count
leukocytes: 6690-2 leukocyte-count, 26464-8 leukocyte-count, 804-5 leukocyte-count
lymphocytes: 731-0 leukocyte-count, 26474-7 leukocyte-count, 732-8 leukocyte-count
eosinophils: 711-2 leukocyte-count
t-helper-cells: 24467-3 t-helper-count
alkaline-phosphatase: 6768-6 enzyme-activity
ggt: 2324-2 enzyme-activity
ldh: 2532-0 enzyme-activity, 14804-9 enzyme-activity, 14805-6 enzyme-activity
lipase: 3040-3 enzyme-activity
amylase: 1798-8 enzyme-activity
cpk: 2157-6 enzyme-activity
inr: 6301-6 inr, 34714-6 inr
aptt: 14979-9 clotting-time, 3173-2 clotting-time
fibrinogen: 3255-7 fibrinogen
haptoglobin: 4542-7 haptoglobin
sodium: 2951-2 sodium, 2947-0 sodium
potassium: 2823-3 potassium, 6298-4 potassium
calcium-corrected: 29265-6 calcium-molar, own:calcium-corrected calcium-mass
calcium-total: 17861-6 calcium-mass, 2000-8 calcium-molar
calcium-ionized: 1994-3 calcium-ionized
magnesium: 19123-9 magnesium-mass, 2601-3 magnesium-molar
phosphate: 2777-1 phosphate-mass, own:phosphate-molar phosphate-molar
glucose: 2345-7 glucose-mass, 2339-0 glucose-mass, 14749-6 glucose-molar
albumin: 1751-7 albumin
cholesterol: 2093-3 cholesterol-mass, own:cholesterol-molar cholesterol-molar
triglycerides: 2571-8 triglycerides-mass, own:triglycerides-molar triglycerides-molar
uric-acid: 3084-1 uric-acid-mass, own:uric-acid-molar uric-acid-molar
blood-ph: 2744-1 blood-ph, 11558-4 blood-ph
bicarbonate: 1963-8 bicarbonate, 1959-6 bicarbonate, 1960-4 bicarbonate
methemoglobin: 2614-6 percent
troponin-i: 10839-9 troponin
troponin-t: 6598-7 troponin
tsh: 3016-3 thyrotropin
urine-protein-24h: 2889-4 urine-protein-per-day
urine-protein-creatinine: 2890-2 protein-creatinine-ratio
systolic-blood-pressure: 8480-6 blood-pressure
diastolic-blood-pressure: 8462-4 blood-pressure
urine-output: own:urine-output urine-output
qtc: own:qtc interval-of-heartbeat
fev1-percent: 20152-5 percent-of-function
dlco: 19911-7 diffusing-capacity
"""
"""Concept: its codes, each with the unit rule its numbers follow."""

CELLS = (
    "10*9/L 1, 10*3/uL 1, 10*6/L 1/1000, /uL 1/1000, /mm3 1/1000, 10*3/mm3 1, 10*6/mL 1, /mL 1/1000000, /nL 1, "
    "/L 1/1000000000, 10^9/L 1, 10^3/uL 1, 10^6/L 1/1000, {cells}/uL 1/1000, {#}/uL 1/1000, 10*3.{cells}/uL 1, "
    "10*3{cells}/uL 1, 10*9.{cells}/L 1, 10*9{cells}/L 1"
)
UNITS = f"""
leukocyte-count [0 2000]: {CELLS}
t-helper-count [0 50]: {CELLS}
platelet-count [0 20000]: {CELLS}
hemoglobin-mass [0.5 35]: g/dL 1, g/L 1/10, mg/mL 1/10
hemoglobin-molar [0.5 35]: mmol/L 16114.5/10000
inr [0.1 100]: {{INR}} 1, 1 1, {{ratio}} 1, - 1
clotting-time [1 1000]: s 1
fibrinogen [0 5000]: mg/dL 1, g/L 100, mg/L 1/10, g/dL 1000, ug/mL 1/10
haptoglobin [0 5000]: mg/dL 1, g/L 100, mg/L 1/10, g/dL 1000
albumin [0.2 10]: g/dL 1, g/L 1/10, mg/dL 1/1000, mg/mL 1/10
sodium [50 300]: mmol/L 1, meq/L 1
potassium [0.5 25]: mmol/L 1, meq/L 1
bicarbonate [0 100]: mmol/L 1, meq/L 1
calcium-mass [2 30]: mg/dL 1, mg/L 1/10
calcium-molar [2 30]: mmol/L 40.078/10, meq/L 40.078/20
calcium-ionized [0.2 4]: mmol/L 1, meq/L 1/2
magnesium-mass [0.1 50]: mg/dL 1, mg/L 1/10
magnesium-molar [0.1 50]: mmol/L 24.305/10, meq/L 24.305/20
phosphate-mass [0 60]: mg/dL 1, mg/L 1/10
phosphate-molar [0 60]: mmol/L 30.974/10
glucose-mass [1 5000]: mg/dL 1, g/L 100, mg/L 1/10
glucose-molar [1 5000]: mmol/L 180.16/10
cholesterol-mass [0 5000]: mg/dL 1, g/L 100, mg/L 1/10
cholesterol-molar [0 5000]: mmol/L 386.65/10
triglycerides-mass [0 50000]: mg/dL 1, g/L 100, mg/L 1/10
triglycerides-molar [0 50000]: mmol/L 885.4/10
uric-acid-mass [0 200]: mg/dL 1, g/L 100, mg/L 1/10
uric-acid-molar [0 200]: umol/L 168.11/10000, mmol/L 168.11/10
blood-ph [6 8.5]: [pH] 1, - 1
troponin [0 100000]: ng/mL 1, ng/L 1/1000, ug/L 1, pg/mL 1/1000
thyrotropin [0 100000]: m[IU]/L 1, u[IU]/mL 1, mU/L 1, uU/mL 1
urine-protein-per-day [0 200]: g/d 1, mg/d 1/1000, g/(24.h) 1, mg/(24.h) 1/1000
protein-creatinine-ratio [0 200]: g/g 1, mg/mg 1, mg/g 1/1000
blood-pressure [0 400]: mm[Hg] 1, kPa 1000000/133322.387415
urine-output [0 100000]: mL/d 1, mL/(24.h) 1, L/d 1000, L/(24.h) 1000, mL/h 24, mL/kg/h kept, \
mL/(8.h) kept, mL/(12.h) kept, mL/d/{{1.73_m2}} kept
interval-of-heartbeat [100 2000]: ms 1, s 1000
diffusing-capacity [0 150]: mL/min/mm[Hg] 1
enzyme-activity [0 10000000]: U/L 1, mU/mL 1, ukat/L 60, nkat/L 60/1000, IU/L 1, [IU]/L 1
bilirubin-mass [0 200]: mg/dL 1, mg/L 1/10
bilirubin-molar [0 3500]: umol/L 1, mmol/L 1000
temperature [10 47]: Cel 1, [degF] 5/9
"""
"""Rule [believable from and to, in its standard unit]: what may be reported, and how many standard units it is."""


@cache
def shipped() -> tuple[dict[str, UnitRule], Vocabulary]:
    files = load_terminology_files(mapping_roots())
    rules = compile_units(files)
    return rules, compile_vocabulary(files, rules)


def lines(text: str) -> list[tuple[str, str]]:
    return [(line.partition(": ")[0], line.partition(": ")[2]) for line in text.strip().splitlines()]


@pytest.mark.parametrize(("concept", "codes"), lines(CODES))
def test_a_concept_has_exactly_these_codes(concept: str, codes: str) -> None:
    meanings = shipped()[1].meanings
    found = {
        (system, code): meaning.unit_rule
        for (system, code), meaning in meanings.items()
        if ConceptId(concept) in meaning.concepts
    }
    written = [entry.split() for entry in codes.split(", ")]
    expected = {
        (OWN, code.removeprefix("own:")) if code.startswith("own:") else (LOINC, code): rule
        for code, rule in written
    }
    assert found == expected


@pytest.mark.parametrize(("head", "units"), lines(UNITS))
def test_a_rule_accepts_exactly_these_units(head: str, units: str) -> None:
    name, lowest, highest = head.replace("[", "").replace("]", "").split()
    rule = shipped()[0][name]
    assert (rule.lowest, rule.highest) == (Decimal(lowest), Decimal(highest))
    found: dict[str, Fraction | None] = {
        unit: factor
        for unit, factor in rule.factors.items()
        if not (rule.standard_refused and unit == rule.standard)
    }
    found.update(dict.fromkeys(rule.as_is))
    found.update({"-": Fraction(1)} if rule.unitless else {})
    assert found == {entry.rpartition(" ")[0]: _factor(entry.rpartition(" ")[2]) for entry in units.split(", ")}


def _factor(written: str) -> Fraction | None:
    if written == "kept":
        return None
    above, _, below = written.partition("/")
    return Fraction(above) / Fraction(below or 1)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("calcium-mass", "calcium-molar"),
        ("hemoglobin-mass", "hemoglobin-molar"),
        ("glucose-mass", "glucose-molar"),
        ("magnesium-mass", "magnesium-molar"),
    ],
)
def test_mass_and_molar_results_of_one_concept_have_one_standard_unit(one: str, other: str) -> None:
    rules = shipped()[0]
    assert rules[one].standard == rules[other].standard
    assert rules[one].family != rules[other].family
