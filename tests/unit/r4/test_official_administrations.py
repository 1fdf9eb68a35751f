"""HL7's official MedicationAdministration examples, and a transplant registry's shape, each read as what it is.

The bodies under HL7 are shortened from http://hl7.org/fhir/R4/medicationadministration-examples.html (CC0); the
concepts their codes stand for are invented here.
"""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

import pytest

from fhir_adapter.domain.codes import CodeMeaning, Coding, ConceptId
from fhir_adapter.domain.exposure import Exposure
from fhir_adapter.domain.facts import Reading
from fhir_adapter.domain.quantity import Quantity
from fhir_adapter.domain.source import Exclusion, RejectionReason
from fhir_adapter.r4.context import PageContext
from fhir_adapter.r4.read import read_resource
from tests.unit.r4.clinic import CONTEXT, INTRAVENOUS, RXNORM, SNOMED, TERMINOLOGY, UCUM, causes, changed, coded

NDC = "http://hl7.org/fhir/sid/ndc"
FORMS = "http://terminology.hl7.org/CodeSystem/v3-orderableDrugForm"
DRUG = ConceptId("official-drug")
CODES = [
    (NDC, "0069-2587-10"), (NDC, "0206-8862-02"), (NDC, "51144-050-01"), (RXNORM, "1594660"), (RXNORM, "204520"),
    (RXNORM, "1433251"), (SNOMED, "324252006"),
]  # fmt: skip
OFFICIAL = replace(
    CONTEXT,
    terminology=replace(
        TERMINOLOGY,
        meanings={**TERMINOLOGY.meanings, **{code: CodeMeaning(concepts=(DRUG,)) for code in CODES}},
    ),
    needed=CONTEXT.needed | {DRUG},
)
INFUSION: Final = {"start": "2015-01-15T04:30:00+01:00", "end": "2015-01-15T14:30:00+01:00"}


def read(resource: dict[str, Any]) -> Reading:
    return read_resource(json.dumps(resource).encode(), OFFICIAL, PageContext())


def exposure(resource: dict[str, Any]) -> Exposure:
    (fact,) = read(resource).facts
    assert isinstance(fact, Exposure)
    return fact


def official(example: str, status: str, medication: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "MedicationAdministration",
        "id": example,
        "contained": [{"resourceType": "Medication", "id": "med", **medication}],
        "status": status,
        "medicationReference": {"reference": "#med"},
        "subject": {"reference": "Patient/pat1", "display": "Donald Duck"},
        "effectivePeriod": INFUSION,
        "request": {"reference": "MedicationRequest/medrx0318"},
        **more,
    }


def dose(value: Any, code: str, system: str = UCUM) -> dict[str, Any]:
    return {"value": value, "unit": code, "system": system, "code": code}


def per(value: Any, code: str, unit: str) -> dict[str, Any]:
    return {"numerator": dose(value, code), "denominator": dose(1, unit)}


INTRAVENOUSLY = {"route": coded(SNOMED, "47625008")}
VANCOMYCIN = official(
    "medadmin0301",
    "in-progress",
    {"code": coded(NDC, "0069-2587-10")},
    effectivePeriod={"start": "2015-01-15T14:30:00+01:00"},
    dosage={"text": "500mg IV q6h x 3 days", **INTRAVENOUSLY, "dose": dose(500, "mg")},
)
POTASSIUM = official(
    "medadmin0302",
    "completed",
    {
        "ingredient": [
            {"itemCodeableConcept": coded(RXNORM, "204520"), "strength": per(2, "meq", "mL")},
            {"itemCodeableConcept": coded(RXNORM, "313002"), "strength": per(0.9, "g", "mL")},
        ]
    },
    dosage={**INTRAVENOUSLY, "dose": dose(20, "meq"), "rateRatio": per(100, "mL", "h")},
)
ZOSYN = official(
    "medadmin0303", "entered-in-error", {"code": coded(NDC, "0206-8862-02")}, dosage={"dose": dose(4.5, "g")}
)
ALEMTUZUMAB = official(
    "medadmin0304",
    "completed",
    {"code": coded(RXNORM, "1594660")},
    dosage={
        "text": "Rapid daily-dose escalation, then 30 mg over 120 min",
        **INTRAVENOUSLY,
        "dose": dose(3, "mg"),
    },
)
ADCETRIS = official(
    "medadmin0305",
    "completed",
    {"code": coded(NDC, "51144-050-01"), "batch": {"lotNumber": "12345"}},
    dosage={
        "text": "1.8 mg/kg IV infusion over 30 minutes",
        "dose": dose(1.8, "mg/kg"),
        "rateQuantity": dose(20, "min"),
    },
)
CAPSULES = official(
    "medadmin0306",
    "completed",
    {"code": coded(SNOMED, "324252006")},
    dosage={"text": "Two tablets at once", "dose": dose(2, "TAB", FORMS)},
)
ON_HOLD = official(
    "medadminexample03",
    "on-hold",
    {"code": coded(RXNORM, "1594660")},
    statusReason=[coded(SNOMED, "373147003")],
    supportingInformation=[{"reference": "Condition/f204"}],
    effectivePeriod={"start": "2015-01-15T14:30:00+01:00", "end": "2015-01-15T14:30:00+01:00"},
)
PATCH = official(
    "patch",
    "in-progress",
    {"code": coded(RXNORM, "1433251")},
    dosage={"text": "Apply patch", "route": coded(SNOMED, "45890007"), "dose": dose(1, "patch", FORMS)},
)
"""Invented, in the shape of HL7's: nothing but the form says how much."""

REGISTRY = {
    "resourceType": "MedicationAdministration",
    "id": "registry-1",
    "identifier": [{"system": "https://registry.example/administrations", "value": "A-77"}],
    "status": "completed",
    "subject": {"reference": "Patient/p-1"},
    "effectiveDateTime": "2020-07-22T16:58:05Z",
    "medicationReference": {"reference": "Medication/etoposide"},
    "dosage": {**INTRAVENOUSLY, "dose": {"value": 73, "unit": "milligram", "system": UCUM, "code": "mg"}},
}
"""Invented, in the shape a transplant registry reports: product by reference, unit in words beside its code."""


def test_an_infusion_under_way_has_a_start_and_no_end() -> None:
    given = exposure(VANCOMYCIN)
    assert (given.status, given.concepts, given.route) == ("in-progress", (DRUG,), (INTRAVENOUS,))
    assert given.dose == Quantity(Decimal(500), "mg")
    assert given.effective is not None
    assert given.effective.is_period
    assert given.effective.end is None


def test_a_volume_rate_is_kept_beside_the_strength_of_the_contained_product() -> None:
    given = exposure(POTASSIUM)
    assert given.rate == (Quantity(Decimal(100), "mL"), Quantity(Decimal(1), "h"))
    assert given.strengths == (((DRUG,), Quantity(Decimal(2), "meq"), Quantity(Decimal(1), "mL")),)
    assert given.dose == Quantity(Decimal(20), "meq"), "a unit UCUM does not have is kept as written"


def test_what_was_entered_in_error_is_void() -> None:
    reading = read(ZOSYN)
    assert (reading.retracts, reading.excluded_by, reading.facts) == (True, Exclusion.RETRACTED, ())


def test_words_beside_a_dose_are_never_read_as_one() -> None:
    given = exposure(ALEMTUZUMAB)
    assert (given.dose, given.rate) == (Quantity(Decimal(3), "mg"), None)


def test_a_dose_per_kilogram_keeps_its_basis_and_a_rate_in_minutes_is_no_amount() -> None:
    given = exposure(ADCETRIS)
    assert given.dose == Quantity(Decimal("1.8"), "mg/kg")
    assert given.rate == (Quantity(Decimal(20), "min"), None)


@pytest.mark.parametrize("resource", [CAPSULES, PATCH])
def test_a_unit_that_is_not_ucum_is_a_rejected_part_of_a_known_administration(resource: dict[str, Any]) -> None:
    reading = read(resource)
    path = "MedicationAdministration.dosage.dose.system"
    assert causes(reading) == [(RejectionReason.UNKNOWN_UNIT, path, "no-ucum")]
    assert (exposure(resource).concepts, exposure(resource).dose) == ((DRUG,), None)


def test_a_patch_still_being_worn_is_not_completed_and_its_route_unmapped() -> None:
    assert (exposure(PATCH).status, exposure(PATCH).route) == ("in-progress", ())


def test_an_administration_on_hold_says_why_and_names_no_product_by_its_diagnosis() -> None:
    given = exposure(ON_HOLD)
    assert (given.status, given.reasons) == ("on-hold", (Coding(SNOMED, "373147003"),))
    assert (given.dose, given.supporting, read(ON_HOLD).rejections) == (None, (), ())


def test_a_registrys_administration_waits_for_its_product() -> None:
    reading, given = read(REGISTRY), exposure(REGISTRY)
    assert (given.medication_reference, reading.references) == ("Medication/etoposide", ("Medication/etoposide",))
    assert given.dose == Quantity(Decimal(73), "mg")
    assert given.identifiers == (("https://registry.example/administrations", "A-77"),)


def test_identifiers_without_a_system_or_a_value_tell_nobody_apart() -> None:
    own = REGISTRY["identifier"]
    identifiers = [{"value": "7"}, {"system": "https://x.example"}, *own, *own]
    given = exposure(changed(REGISTRY, identifier=identifiers))
    assert given.identifiers == (("https://registry.example/administrations", "A-77"),)


def test_a_strength_that_cannot_be_used_is_a_rejected_part_of_the_administration() -> None:
    ratio = {"numerator": dose(2, "mg"), "denominator": {"value": 1, "unit": "ampoule", "code": "AMP"}}
    vial = {"ingredient": [{"itemCodeableConcept": coded(RXNORM, "204520"), "strength": ratio}]}
    resource = official("x", "completed", vial)
    path = "MedicationAdministration.contained[0].ingredient[0].strength.denominator.code"
    assert causes(read(resource)) == [(RejectionReason.MISSING_UNIT, path, "no-system")]
    assert exposure(resource).strengths == ()
