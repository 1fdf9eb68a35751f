"""BiologicallyDerivedProduct -> CellProduct: a bag of cells, its donor and what was measured on it."""

from __future__ import annotations

from typing import Any

import pytest

from fhir_adapter.domain.codes import Coding
from fhir_adapter.domain.exposure import CellProduct
from fhir_adapter.domain.quantity import Comparator, Quantity
from fhir_adapter.domain.source import Exclusion, RejectionReason
from fhir_adapter.r4.context import PageContext
from tests.unit.r4.cell_bank import BAG, CONTENT, EXTENSIONS, GRAFT, VIABILITY, amount, measure, read, standard
from tests.unit.r4.clinic import CELLS, LOCAL, MODIFIER, SNOMED, causes, changed, coded, only

NO_CODE = {"text": "NK cells"}
ABSENT_CODE = coded("http://terminology.hl7.org/CodeSystem/data-absent-reason", "masked")


def bag(resource: dict[str, Any]) -> CellProduct:
    (fact,) = read(resource).facts
    assert isinstance(fact, CellProduct)
    return fact


def test_a_product_is_read_with_donor_lot_and_measures_and_belongs_to_no_patient() -> None:
    reading = read(BAG)
    assert (reading.patient, reading.rejections, reading.references) == (None, (), ())
    assert reading.facts == (
        CellProduct(
            source=reading.source,
            path="BiologicallyDerivedProduct",
            reference="BiologicallyDerivedProduct/bag-1",
            concepts=(CELLS,),
            codings=(Coding(LOCAL, "NK"),),
            category="cells",
            donor="Patient/donor-9",
            lots=(("https://bank.example/lots", "LOT-7"),),
            measures=((CONTENT, standard("34.5", "10*6")), (VIABILITY, standard("92", "%"))),
        ),
    )


@pytest.mark.parametrize("status", ["available", "unavailable", None])
def test_a_bag_that_is_used_up_still_says_what_was_given(status: str | None) -> None:
    assert bag(changed(BAG, status=status)).concepts == (CELLS,)


@pytest.mark.parametrize("category", ["organ", "tissue", "fluid", "cells", "biologicalAgent", None])
def test_every_category_of_r4_is_kept(category: str | None) -> None:
    assert bag(changed(BAG, productCategory=category)).category == category


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"status": "used"}, ".status"),
        ({"status": "Available"}, ".status"),
        ({"productCategory": "cell"}, ".productCategory"),
    ],
)
def test_a_code_outside_r4s_lists_is_refused(change: dict[str, Any], path: str) -> None:
    rejection = only(read(changed(BAG, **change)))
    assert (rejection.reason, rejection.path) == (
        RejectionReason.UNKNOWN_STATUS,
        f"BiologicallyDerivedProduct{path}",
    )


@pytest.mark.parametrize(
    ("change", "reason", "path"),
    [
        ({"modifierExtension": MODIFIER}, RejectionReason.MODIFIER_EXTENSION, ".modifierExtension"),
        ({"implicitRules": "https://x.example"}, RejectionReason.IMPLICIT_RULES, ".implicitRules"),
        (
            {"collection": {"modifierExtension": MODIFIER}},
            RejectionReason.MODIFIER_EXTENSION,
            ".collection.modifierExtension",
        ),
    ],
)
def test_what_changes_the_meaning_is_refused(change: dict[str, Any], reason: RejectionReason, path: str) -> None:
    rejection = only(read(changed(BAG, **change)))
    assert (rejection.reason, rejection.path) == (reason, f"BiologicallyDerivedProduct{path}")


class TestWhetherItIsNeeded:
    @pytest.mark.parametrize("code", [None, NO_CODE, coded(LOCAL, "NEW"), coded(SNOMED, "1"), coded(LOCAL, "RBC")])
    def test_cells_with_a_needed_measure_are_read_whatever_their_code(self, code: dict[str, Any] | None) -> None:
        fact = bag(changed(BAG, productCode=code))
        assert (fact.concepts, [concept for concept, _ in fact.measures]) == ((), [CONTENT, VIABILITY])

    def test_a_measure_that_cannot_be_used_still_makes_the_product_a_needed_one(self) -> None:
        reading = read(changed(BAG, productCode=None, extension=[measure("nk-content", 3, "mg")]))
        (fact,) = reading.facts
        assert isinstance(fact, CellProduct)
        assert fact.measures == ()
        assert [part.reason for part in reading.rejections] == [RejectionReason.UNKNOWN_UNIT]

    @pytest.mark.parametrize(
        ("code", "detail"), [(coded(LOCAL, "NEW"), "not-in-map"), (NO_CODE, "no-code"), (None, "no-code")]
    )
    @pytest.mark.parametrize(
        "rest", [{"extension": []}, {"extension": [measure("volume", 5, "10*6")]}, {"productCategory": "fluid"}]
    )
    def test_an_unknown_product_is_refused_never_lost(
        self, code: dict[str, Any] | None, detail: str, rest: dict[str, Any]
    ) -> None:
        reading = read(changed(BAG, productCode=code, **rest))
        assert causes(reading) == [
            (RejectionReason.UNMAPPED_CODE, "BiologicallyDerivedProduct.productCode", detail)
        ]
        assert reading.facts == ()

    def test_a_withheld_code_is_told_apart_from_a_missing_one(self) -> None:
        reading = read(changed(BAG, productCode=ABSENT_CODE, extension=None))
        path = "BiologicallyDerivedProduct.productCode"
        assert causes(reading) == [(RejectionReason.VALUE_ABSENT, path, "masked")]

    def test_a_product_nobody_asks_for_is_left_out(self) -> None:
        reading = read(changed(BAG, productCode=coded(LOCAL, "RBC"), extension=None))
        assert reading.excluded_by is Exclusion.CODE_NOT_NEEDED

    def test_a_code_the_hospital_said_has_no_counterpart_is_left_out_whatever_was_measured(self) -> None:
        assert read(changed(BAG, productCode=coded(LOCAL, "ZZ"))).excluded_by is Exclusion.CODE_UNMATCHED

    def test_a_graft_needs_no_measure(self) -> None:
        fact = bag(changed(BAG, productCode=coded(LOCAL, "GRAFT"), extension=None))
        assert (fact.concepts, fact.measures) == ((GRAFT,), ())


class TestDonor:
    @pytest.mark.parametrize("collection", [None, {}, {"collectedDateTime": "2026-02-01"}])
    def test_a_product_may_name_no_donor(self, collection: dict[str, Any] | None) -> None:
        reading = read(changed(BAG, collection=collection))
        assert (bag(changed(BAG, collection=collection)).donor, reading.rejections) == (None, ())

    def test_an_absolute_reference_of_this_hospital_is_made_relative(self) -> None:
        source = {"reference": "https://clinic.example/fhir/Patient/77"}
        assert bag(changed(BAG, collection={"source": source})).donor == "Patient/77"

    @pytest.mark.parametrize(
        ("reference", "reason", "detail"),
        [
            ("Organization/registry", RejectionReason.UNSUPPORTED_VALUE, "no-patient"),
            ("Practitioner/7", RejectionReason.UNSUPPORTED_VALUE, "no-patient"),
            ("https://elsewhere.example/Patient/7", RejectionReason.INVALID_RESOURCE, "reference"),
            ("", RejectionReason.INVALID_RESOURCE, "reference"),
        ],
    )
    def test_a_source_that_is_no_patient_of_the_hospital_is_a_rejected_part(
        self, reference: str, reason: RejectionReason, detail: str
    ) -> None:
        reading = read(changed(BAG, collection={"source": {"reference": reference}}))
        (fact,) = reading.facts
        assert isinstance(fact, CellProduct)
        assert fact.donor is None
        assert causes(reading) == [(reason, "BiologicallyDerivedProduct.collection.source", detail)]


class TestMeasures:
    def test_a_measure_is_kept_in_its_concepts_standard_unit(self) -> None:
        fact = bag(changed(BAG, extension=[measure("nk-content", 34500000, "{cells}")]))
        assert fact.measures == ((CONTENT, standard("34.5", "10*6")),)

    def test_the_hospitals_own_extension_is_a_code_as_any_other(self) -> None:
        fact = bag(changed(BAG, extension=[measure("cd56", 3, "10*6", base=LOCAL)]))
        assert fact.measures == ((CONTENT, standard("3", "10*6")),)

    def test_a_comparator_is_kept(self) -> None:
        value = {**amount(50, "%"), "comparator": ">="}
        fact = bag(changed(BAG, extension=[{"url": f"{EXTENSIONS}/viability", "valueQuantity": value}]))
        assert fact.measures == ((VIABILITY, Quantity(standard("50", "%").value, "%", Comparator(">="))),)

    @pytest.mark.parametrize(
        "extension",
        [
            {"url": "https://elsewhere.example/StructureDefinition/colour", "valueString": "red"},
            {"url": f"{EXTENSIONS}/unknown", "valueString": "red"},
            {"url": f"{EXTENSIONS}/volume", "valueQuantity": amount(5, "mL")},
            {"url": "colour", "valueString": "red"},
            {"extension": [{"url": "a"}]},
        ],
    )
    def test_an_extension_nobody_asks_for_is_ignored(self, extension: dict[str, Any]) -> None:
        reading = read(changed(BAG, extension=[extension]))
        assert (bag(changed(BAG, extension=[extension])).measures, reading.rejections) == ((), ())

    @pytest.mark.parametrize(
        ("extension", "reason", "path", "detail"),
        [
            (
                {"url": f"{EXTENSIONS}/viability", "valueDecimal": 92},
                RejectionReason.UNSUPPORTED_VALUE,
                ".value",
                "no-quantity",
            ),
            (
                {"url": f"{EXTENSIONS}/viability", "valueQuantity": {"value": 92}},
                RejectionReason.MISSING_UNIT,
                ".value.code",
                "no-unit",
            ),
            (measure("viability", 92, "10*6"), RejectionReason.UNKNOWN_UNIT, ".value.code", "not-listed"),
            (measure("viability", 101, "%"), RejectionReason.UNKNOWN_UNIT, ".value.code", "not-believable"),
            (measure("viability", None, "%"), RejectionReason.INVALID_RESOURCE, ".value.value", "number"),
            ({"url": f"{LOCAL}/new", "valueQuantity": amount(1, "%")}, RejectionReason.UNMAPPED_CODE, ".url",
             "not-in-map"),
        ],
    )  # fmt: skip
    def test_a_measure_that_cannot_be_used_is_a_rejected_part(
        self, extension: dict[str, Any], reason: RejectionReason, path: str, detail: str
    ) -> None:
        reading = read(changed(BAG, extension=[measure("nk-content", 3, "10*6"), extension]))
        (fact,) = reading.facts
        assert isinstance(fact, CellProduct)
        assert fact.measures == ((CONTENT, standard("3", "10*6")),)
        assert causes(reading) == [(reason, f"BiologicallyDerivedProduct.extension[1]{path}", detail)]

    def test_a_measure_stated_twice_alike_counts_once(self) -> None:
        twice = [measure("nk-content", 3, "10*6"), measure("cd56", 3000000, "{cells}", base=LOCAL)]
        assert bag(changed(BAG, extension=twice)).measures == ((CONTENT, standard("3", "10*6")),)

    def test_a_measure_stated_twice_and_differently_is_none(self) -> None:
        twice = [measure("nk-content", 3, "10*6"), measure("nk-content", 30, "10*6")]
        reading = read(changed(BAG, extension=twice))
        (fact,) = reading.facts
        assert isinstance(fact, CellProduct)
        assert fact.measures == ()
        path = "BiologicallyDerivedProduct.extension[1].value"
        assert causes(reading) == [(RejectionReason.INVALID_RESOURCE, path, "several")]


@pytest.mark.parametrize(
    "change",
    [{"productCategory": 5}, {"collection": []}, {"extension": {}}, {"identifier": "LOT"}, {"productCode": 1}],
)
def test_wrong_json_types_are_rejections_not_exceptions(change: dict[str, Any]) -> None:
    reading = read(changed(BAG, **change))
    assert reading.rejections
    assert all(part.path.startswith("BiologicallyDerivedProduct") for part in reading.rejections)


def test_an_unreadable_product_still_says_what_it_would_have_been_about() -> None:
    assert read(changed(BAG, status=5)).rejections[0].concepts == (CELLS,)


def test_a_product_on_a_patients_page_belongs_to_nobody_all_the_same() -> None:
    assert read(BAG, PageContext(patient="p-1")).patient is None
