"""What was given: a code, a reference, a contained Medication and its ingredients."""

from __future__ import annotations

from typing import Any

import pytest

from fhir_adapter.domain.source import Exclusion, RejectionReason
from fhir_adapter.r4.context import PageContext
from tests.unit.r4.clinic import (
    ATC,
    CELLS,
    LOCAL,
    MODIFIER,
    RXNORM,
    SNOMED,
    STEROID,
    causes,
    changed,
    coded,
    only,
    read,
)
from tests.unit.r4.test_read_medication_administration import GIVEN, exposure


class TestWhatWasGiven:
    def test_a_reference_elsewhere_is_kept_unresolved(self) -> None:
        resource = changed(
            GIVEN, medicationCodeableConcept=None, medicationReference={"reference": "Medication/m-1"}
        )
        reading = read(resource)
        fact = exposure(resource)
        assert (fact.concepts, fact.codings, fact.medication_reference) == ((), (), "Medication/m-1")
        assert reading.references == ("Medication/m-1",)

    def test_an_absolute_reference_of_this_hospital_is_made_relative(self) -> None:
        reference = {"reference": "https://clinic.example/fhir/Medication/m-1/_history/3"}
        resource = changed(GIVEN, medicationCodeableConcept=None, medicationReference=reference)
        assert exposure(resource).medication_reference == "Medication/m-1"

    def test_a_reference_inside_a_bundle_is_resolved_by_its_full_url(self) -> None:
        reference = {"reference": "urn:uuid:0000"}
        resource = changed(GIVEN, medicationCodeableConcept=None, medicationReference=reference)
        reading = read(resource, PageContext(references={"urn:uuid:0000": "Medication/m-9"}))
        assert reading.references == ("Medication/m-9",)

    def test_a_contained_medication_is_read_in_place(self) -> None:
        resource = changed(
            GIVEN,
            medicationCodeableConcept=None,
            medicationReference={"reference": "#b"},
            contained=[
                {"resourceType": "Practitioner", "id": "a"},
                {"resourceType": "Medication", "id": "b", "code": coded(LOCAL, "NK")},
            ],
        )
        fact = exposure(resource)
        assert fact.concepts == (CELLS,)
        assert fact.path == "MedicationAdministration.contained[1].code"
        assert fact.medication_reference is None

    def test_an_active_ingredient_of_a_contained_medication_counts(self) -> None:
        medication = {
            "resourceType": "Medication",
            "id": "b",
            "code": coded(LOCAL, "HOUSE-MIX"),
            "ingredient": [{"itemCodeableConcept": coded(RXNORM, "8640")}],
        }
        reference = {"reference": "#b"}
        resource = changed(
            GIVEN, medicationCodeableConcept=None, medicationReference=reference, contained=[medication]
        )
        assert exposure(resource).concepts == (STEROID,)

    @pytest.mark.parametrize(
        ("change", "reason", "path", "detail"),
        [
            (
                {"medicationReference": {"reference": "#b"}},
                RejectionReason.INVALID_RESOURCE,
                "MedicationAdministration.medication",
                "contained",
            ),
            (
                {
                    "medicationReference": {"reference": "#b"},
                    "contained": [{"resourceType": "Medication", "id": "b", "code": coded(LOCAL, "NEW")}],
                },
                RejectionReason.UNMAPPED_CODE,
                "MedicationAdministration.contained[0].code",
                "not-in-map",
            ),
            (
                {
                    "medicationReference": {"reference": "#b"},
                    "contained": [{"resourceType": "Medication", "id": "b", "modifierExtension": MODIFIER}],
                },
                RejectionReason.MODIFIER_EXTENSION,
                "MedicationAdministration.contained[0].modifierExtension",
                "",
            ),
            (
                {"medicationReference": {"display": "Prednisone"}},
                RejectionReason.UNMAPPED_CODE,
                "MedicationAdministration.medication",
                "no-reference",
            ),
            (
                {"medicationReference": {"reference": "https://elsewhere.example/Medication/1"}},
                RejectionReason.UNMAPPED_CODE,
                "MedicationAdministration.medication",
                "reference",
            ),
            (
                {"medicationReference": {"reference": "Substance/1"}},
                RejectionReason.INVALID_RESOURCE,
                "MedicationAdministration.medication",
                "reference",
            ),
            (
                {"medicationCodeableConcept": coded(LOCAL, "NEW")},
                RejectionReason.UNMAPPED_CODE,
                "MedicationAdministration.medication",
                "not-in-map",
            ),
            (
                {"medicationCodeableConcept": {"text": "Prednisone"}},
                RejectionReason.UNMAPPED_CODE,
                "MedicationAdministration.medication",
                "no-code",
            ),
            ({}, RejectionReason.UNMAPPED_CODE, "MedicationAdministration.medication", "no-code"),
            (
                {
                    "medicationCodeableConcept": {
                        "extension": [
                            {
                                "url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason",
                                "valueCode": "masked",
                            }
                        ]
                    }
                },
                RejectionReason.VALUE_ABSENT,
                "MedicationAdministration.medication",
                "masked",
            ),
        ],
    )
    def test_what_cannot_be_named_is_rejected_with_its_time(
        self, change: dict[str, Any], reason: RejectionReason, path: str, detail: str
    ) -> None:
        rejection = only(read({**changed(GIVEN, medicationCodeableConcept=None), **change}))
        assert (rejection.reason, rejection.path, rejection.detail) == (reason, path, detail)

    def test_a_drug_in_two_places_is_rejected(self) -> None:
        resource = changed(GIVEN, medicationReference={"reference": "Medication/1"})
        assert causes(read(resource)) == [
            (RejectionReason.INVALID_RESOURCE, "MedicationAdministration.medication", "several")
        ]

    @pytest.mark.parametrize("system", [RXNORM, SNOMED])
    def test_a_code_that_may_be_a_form_of_any_drug_is_never_left_out(self, system: str) -> None:
        """A clinical drug form nobody listed may be a steroid: it must not look as if none was given."""
        reading = read(changed(GIVEN, medicationCodeableConcept=coded(system, "999")))
        assert causes(reading) == [
            (RejectionReason.UNMAPPED_CODE, "MedicationAdministration.medication", "not-listed")
        ]

    def test_a_substance_beside_an_unlisted_form_says_which_drug_it_is(self) -> None:
        both = {"coding": [*coded(RXNORM, "999")["coding"], *coded(ATC, "N02BE01")["coding"]]}
        assert read(changed(GIVEN, medicationCodeableConcept=both)).excluded_by is Exclusion.CODE_NOT_NEEDED

    @pytest.mark.parametrize(
        ("drug", "rule"),
        [
            (coded(RXNORM, "3002"), Exclusion.CODE_NOT_NEEDED),
            (coded(ATC, "N02BE01"), Exclusion.CODE_NOT_NEEDED),
            (coded(LOCAL, "ZZ"), Exclusion.CODE_UNMATCHED),
        ],
    )
    def test_a_drug_nobody_asks_for_is_left_out(self, drug: dict[str, Any], rule: Exclusion) -> None:
        reading = read(changed(GIVEN, medicationCodeableConcept=drug))
        assert (reading.facts, reading.rejections, reading.excluded_by) == ((), (), rule)
