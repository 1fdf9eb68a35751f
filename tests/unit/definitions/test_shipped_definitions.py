"""The shipped definitions say what the trial's documents and the clinical review say."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import cache

import pytest

from fhir_adapter.definitions.load import Definitions, load_definitions
from fhir_adapter.domain.quantity import Quantity, standardise
from fhir_adapter.errors import UnitError

LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm"
ICD10 = "http://hl7.org/fhir/sid/icd-10"
NCIT = "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl"


@cache
def shipped() -> Definitions:
    """Load the demo hospital and the first trial once."""
    return load_definitions(hospital="demo", trial="nct07256210")


def meant_by(system: str, code: str) -> set[str]:
    """Give the concepts a code has."""
    meaning = shipped().terminology.meanings.get((system, code))
    return set() if meaning is None else {str(concept) for concept in meaning.concepts}


def test_the_criteria_are_those_of_the_contract() -> None:
    assert [criterion.id for criterion in shipped().trial.criteria] == [
        "AGE", "I1", "I2", "I3", "I4", "I5", "I6", "I7a", "I7b", "I8", "I9", "I10", "I11",
        "E1", "E2a", "E2b", "E3", "E4", "E5", "E6", "E7",
    ]  # fmt: skip


def test_subjects_move_as_the_table_allows() -> None:
    assert shipped().trial.participation.graph == {
        "potential-candidate": ("candidate", "screening", "not-registered"),
        "candidate": ("screening", "not-registered"),
        "screening": ("eligible", "ineligible", "withdrawn"),
        "ineligible": ("screening",),
        "eligible": ("pending-on-study", "not-registered", "withdrawn"),
        "pending-on-study": ("on-study", "not-registered", "withdrawn"),
        "not-registered": (),
        "on-study": ("on-study-intervention", "off-study"),
        "on-study-intervention": ("on-study-observation", "follow-up", "off-study"),
        "on-study-observation": ("follow-up", "off-study"),
        "follow-up": ("off-study",),
        "off-study": (),
        "withdrawn": (),
    }
    assert shipped().trial.participation.automatic == ("potential-candidate", "candidate", "screening")


def test_every_ambiguity_of_eligibility_is_a_setting() -> None:
    named = {setting.ambiguity for setting in shipped().trial.settings.values()}
    wanted = {f"A{number}" for number in (*range(1, 20), 34, 35, 36, 37, 41, 42)}
    assert wanted - named == set()


@pytest.mark.parametrize(
    ("system", "code"),
    [
        (ICD10CM, "C92.00"),
        (ICD10CM, "C92.41"),
        (ICD10CM, "C92.52"),
        (ICD10CM, "C92.60"),
        (ICD10CM, "C92.A1"),
        (ICD10CM, "C93.02"),
        (ICD10CM, "C94.00"),
        (ICD10CM, "C94.22"),
        (ICD10, "C92.8"),
        (ICD10, "C94.2"),
        (SNOMED, "277602003"),
    ],
)
def test_pediatric_aml_is_aml(system: str, code: str) -> None:
    assert "aml" in meant_by(system, code)


@pytest.mark.parametrize(
    ("system", "code"), [(ICD10CM, "C91.00"), (ICD10, "C91.0"), (SNOMED, "91857003"), (SNOMED, "12311000132101")]
)
def test_lymphoblastic_leukemia_without_lineage_proves_nothing(system: str, code: str) -> None:
    assert "all-lineage-unknown" in meant_by(system, code)
    assert not meant_by(system, code) & {"t-all", "b-all", "mpal", "aml"}


@pytest.mark.parametrize(("system", "code"), [(ICD10CM, "C95.00"), (ICD10, "C95.0"), (SNOMED, "721308005")])
def test_ambiguous_lineage_is_no_proof_of_mixed_phenotype(system: str, code: str) -> None:
    assert meant_by(system, code) == {"acute-leukemia-lineage-unknown"}


def test_promyelocytic_leukemia_counts_and_is_flagged() -> None:
    assert {"aml", "apl"} <= meant_by(ICD10CM, "C92.40")


@pytest.mark.parametrize(
    ("system", "code"),
    [
        (LOINC, "3140-1"),
        (LOINC, "46099-8"),
        (LOINC, "99844-5"),
        (LOINC, "54632-5"),
        (LOINC, "42188-3"),
        (LOINC, "42189-1"),
        (NCIT, "C78251"),
        (NCIT, "C162909"),
    ],
)
def test_unconfirmed_codes_and_traps_are_not_shipped(system: str, code: str) -> None:
    assert meant_by(system, code) == set()


def test_arterial_saturation_alone_is_not_pulse_oximetry() -> None:
    assert meant_by(LOINC, "2708-6") == set()


@pytest.mark.parametrize(
    ("code", "unit", "standard"),
    [("2160-0", "mg/dL", "0.5"), ("14682-9", "umol/L", "0.005656")],
)
def test_creatinine_is_compared_in_one_unit(code: str, unit: str, standard: str) -> None:
    definitions = shipped()
    rule = definitions.unit_rules[definitions.terminology.meanings[LOINC, code].unit_rule or ""]
    assert standardise(Quantity(Decimal("0.5"), unit), rule) == Quantity(Decimal(standard), "mg/dL")


@pytest.mark.parametrize(
    ("code", "unit"),
    [
        ("14682-9", "mg/dL"),
        ("2160-0", "umol/L"),
        ("14631-6", "mg/dL"),
        ("1975-2", "umol/L"),
        ("50384-7", "mL/min"),
        ("78006-4", "mL/min/1.73.m2"),
        ("10230-1", "1"),
        ("1742-6", "%"),
        ("3151-8", "%"),
    ],
)
def test_a_unit_of_another_kind_is_refused(code: str, unit: str) -> None:
    definitions = shipped()
    rule = definitions.unit_rules[definitions.terminology.meanings[LOINC, code].unit_rule or ""]
    with pytest.raises(UnitError):
        standardise(Quantity(Decimal(1), unit), rule)


def test_a_clearance_per_body_surface_stays_as_it_is() -> None:
    rule = shipped().unit_rules["creatinine-clearance"]
    indexed = Quantity(Decimal(50), "mL/min/{1.73_m2}")
    assert standardise(indexed, rule) == indexed
    assert rule.factors == {"mL/min": Fraction(1)}


def test_a_fraction_of_oxygen_becomes_percent() -> None:
    rule = shipped().unit_rules["oxygen-fraction"]
    assert standardise(Quantity(Decimal("0.21"), "{ratio}"), rule) == Quantity(Decimal(21), "%")


def test_written_lansky_scores_stand_for_their_number() -> None:
    meanings = shipped().terminology.meanings
    scores = {code: meanings[NCIT, code].score for code in ("C70538", "C70542", "C69421", "C69426")}
    assert scores == {"C70538": "0", "C70542": "40", "C69421": "50", "C69426": "100"}
