"""MedicationAdministration.supportingInformation: which bags were given."""

from __future__ import annotations

from typing import Any

import pytest

from fhir_adapter.domain.exposure import CellProduct, Exposure
from fhir_adapter.domain.facts import Reading
from fhir_adapter.domain.source import RejectionReason
from fhir_adapter.r4.context import PageContext
from tests.unit.r4.cell_bank import BAG, CONTENT, measure, read, standard
from tests.unit.r4.clinic import LOCAL, causes, changed, coded
from tests.unit.r4.test_read_medication_administration import GIVEN

INFUSED = changed(GIVEN, medicationCodeableConcept=coded(LOCAL, "NK"), dosage=None)
PRODUCT = "BiologicallyDerivedProduct"
HERE = "MedicationAdministration/ma-1"


def infusion(*references: dict[str, Any], **more: Any) -> dict[str, Any]:
    return changed(INFUSED, supportingInformation=list(references), **more)


def to(text: str, **more: Any) -> dict[str, Any]:
    return {"reference": text, **more}


def given(reading: Reading) -> Exposure:
    fact = reading.facts[0]
    assert isinstance(fact, Exposure)
    return fact


def test_an_administration_without_supporting_information_names_no_product() -> None:
    reading = read(INFUSED)
    assert (given(reading).supporting, reading.references, reading.rejections) == ((), (), ())


def test_products_elsewhere_are_named_once_and_must_be_resolved() -> None:
    reading = read(
        infusion(to(f"{PRODUCT}/1"), to(f"https://clinic.example/fhir/{PRODUCT}/2"), to(f"{PRODUCT}/1"))
    )
    assert given(reading).supporting == (f"{PRODUCT}/1", f"{PRODUCT}/2")
    assert reading.references == (f"{PRODUCT}/1", f"{PRODUCT}/2")
    assert reading.rejections == ()


def test_a_product_inside_a_bundle_is_found_by_its_full_url() -> None:
    page = PageContext(references={"urn:uuid:0000": f"{PRODUCT}/9"})
    assert read(infusion(to("urn:uuid:0000")), page).references == (f"{PRODUCT}/9",)


def test_a_product_stands_beside_the_medication_that_must_be_resolved() -> None:
    whole = infusion(to(f"{PRODUCT}/1"), medicationCodeableConcept=None, medicationReference=to("Medication/m"))
    assert read(whole).references == ("Medication/m", f"{PRODUCT}/1")


@pytest.mark.parametrize(
    "reference",
    [
        to("Condition/f204"),
        to("Observation/1"),
        {"display": "the blood count of the morning"},
        {"type": "Observation", "identifier": {"value": "1"}},
        to("https://elsewhere.example/Observation/1"),
        to("urn:uuid:1", type="Observation"),
    ],
)
def test_what_is_no_product_is_not_needed(reference: dict[str, Any]) -> None:
    reading = read(infusion(reference))
    assert (given(reading).supporting, reading.references, reading.rejections) == ((), (), ())


@pytest.mark.parametrize(
    "reference",
    [
        to(f"https://elsewhere.example/{PRODUCT}/1"),
        to("urn:uuid:1"),
        {"type": PRODUCT, "identifier": {"value": "LOT-7"}},
    ],
)
def test_a_product_that_cannot_be_found_is_a_rejected_part(reference: dict[str, Any]) -> None:
    reading = read(infusion(to("Condition/1"), reference))
    path = "MedicationAdministration.supportingInformation[1]"
    assert causes(reading) == [(RejectionReason.INVALID_RESOURCE, path, "reference")]
    assert given(reading).supporting == ()


class TestContained:
    def test_a_contained_product_is_a_fact_of_the_administration(self) -> None:
        other = {"resourceType": "Practitioner", "id": "a"}
        reading = read(infusion(to("#bag"), contained=[other, changed(BAG, id="bag")]))
        exposure, product = reading.facts
        assert isinstance(exposure, Exposure)
        assert isinstance(product, CellProduct)
        assert exposure.supporting == (f"{HERE}#bag",) == (product.reference,)
        assert (product.path, product.source) == ("MedicationAdministration.contained[1]", reading.source)
        assert (product.donor, product.measures[0]) == ("Patient/donor-9", (CONTENT, standard("34.5", "10*6")))
        assert (reading.references, reading.rejections, reading.patient) == ((), (), "p-1")

    def test_a_product_named_twice_is_read_once(self) -> None:
        assert len(read(infusion(to("#b"), to("#b"), contained=[changed(BAG, id="b")])).facts) == 2

    def test_a_contained_resource_that_is_no_product_is_not_needed(self) -> None:
        reading = read(infusion(to("#c"), contained=[{"resourceType": "Condition", "id": "c"}]))
        assert (len(reading.facts), reading.rejections) == (1, ())

    def test_a_product_that_is_not_there_is_a_rejected_part(self) -> None:
        path = "MedicationAdministration.supportingInformation[0]"
        assert causes(read(infusion(to("#b")))) == [(RejectionReason.INVALID_RESOURCE, path, "contained")]

    def test_its_bad_parts_are_parts_of_the_administration(self) -> None:
        bag = changed(BAG, id="b", extension=[measure("nk-content", 3, "mg")])
        reading = read(infusion(to("#b"), contained=[bag]))
        path = "MedicationAdministration.contained[0].extension[0].value.code"
        assert causes(reading) == [(RejectionReason.UNKNOWN_UNIT, path, "not-listed")]
        assert len(reading.facts) == 2

    @pytest.mark.parametrize(
        ("change", "reason", "path", "detail"),
        [
            ({"status": "used"}, RejectionReason.UNKNOWN_STATUS, "contained[0].status", ""),
            ({"productCategory": 5}, RejectionReason.INVALID_RESOURCE, "contained[0]", "type"),
        ],
    )
    def test_a_refused_product_leaves_the_administration_known(
        self, change: dict[str, Any], reason: RejectionReason, path: str, detail: str
    ) -> None:
        reading = read(infusion(to("#b"), contained=[changed(BAG, id="b", **change)]))
        assert [type(fact) for fact in reading.facts] == [Exposure]
        assert causes(reading) == [(reason, f"MedicationAdministration.{path}", detail)]
        assert given(reading).supporting == (f"{HERE}#b",), "that a product belongs to it stays known"

    def test_a_product_nobody_asks_for_is_not_named(self) -> None:
        bag = changed(BAG, id="b", productCode=coded(LOCAL, "RBC"), extension=None)
        reading = read(infusion(to("#b"), contained=[bag]))
        assert ([type(fact) for fact in reading.facts], reading.rejections) == ([Exposure], ())
        assert given(reading).supporting == ()
