"""Medication -> Product: what it is and what it holds, belonging to no patient."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from fhir_adapter.domain.codes import Coding
from fhir_adapter.domain.exposure import Product
from fhir_adapter.domain.quantity import Quantity
from fhir_adapter.domain.source import Exclusion, RejectionReason
from tests.unit.r4.clinic import CELLS, LOCAL, MODIFIER, RXNORM, STEROID, UCUM, changed, coded, only, read

STRENGTH = {
    "numerator": {"value": 40, "system": UCUM, "code": "mg"},
    "denominator": {"value": 1, "system": UCUM, "code": "mL"},
}
VIAL: dict[str, Any] = {
    "resourceType": "Medication",
    "id": "m-1",
    "status": "active",
    "code": coded(LOCAL, "HOUSE-VIAL"),
    "ingredient": [
        {"itemCodeableConcept": coded(RXNORM, "3002"), "strength": STRENGTH},
        {"itemCodeableConcept": coded(RXNORM, "8640"), "strength": STRENGTH},
    ],
}


def product(resource: dict[str, Any]) -> Product:
    (fact,) = read(resource).facts
    assert isinstance(fact, Product)
    return fact


def test_a_product_is_what_its_needed_ingredients_are_with_their_strength() -> None:
    reading = read(VIAL)
    assert reading.patient is None
    assert reading.rejections == ()
    assert reading.facts == (
        Product(
            source=reading.source,
            path="Medication.code",
            concepts=(STEROID,),
            codings=(Coding(LOCAL, "HOUSE-VIAL"), Coding(RXNORM, "8640")),
            strengths=(((STEROID,), Quantity(Decimal(40), "mg"), Quantity(Decimal(1), "mL")),),
        ),
    )


def test_a_products_own_code_and_its_ingredients_count_together() -> None:
    assert product(changed(VIAL, code=coded(LOCAL, "NK"))).concepts == (CELLS, STEROID)


def test_a_product_may_have_no_ingredients() -> None:
    fact = product(changed(VIAL, code=coded(LOCAL, "NK"), ingredient=None))
    assert (fact.concepts, fact.strengths) == ((CELLS,), ())


@pytest.mark.parametrize("status", ["active", "inactive", None])
def test_every_status_that_is_no_error_is_read(status: str | None) -> None:
    assert product(changed(VIAL, status=status)).concepts == (STEROID,)


def test_entered_in_error_retracts() -> None:
    reading = read(changed(VIAL, status="entered-in-error"))
    assert reading.retracts
    assert reading.patient is None


def test_a_status_r4_does_not_know_is_rejected() -> None:
    rejection = only(read(changed(VIAL, status="bogus")))
    assert (rejection.reason, rejection.path) == (RejectionReason.UNKNOWN_STATUS, "Medication.status")
    assert rejection.concepts == (STEROID,)


def test_an_inactive_ingredient_does_not_count() -> None:
    ingredients = [{"itemCodeableConcept": coded(RXNORM, "8640"), "isActive": False, "strength": STRENGTH}]
    assert only(read(changed(VIAL, ingredient=ingredients))).reason is RejectionReason.UNMAPPED_CODE


def test_an_inactive_ingredients_strength_does_not_count_either() -> None:
    ingredients = [{"itemCodeableConcept": coded(RXNORM, "8640"), "isActive": False, "strength": STRENGTH}]
    assert product(changed(VIAL, code=coded(LOCAL, "NK"), ingredient=ingredients)).strengths == ()


@pytest.mark.parametrize(
    ("code", "ingredients", "rule"),
    [
        (coded(RXNORM, "3002"), None, Exclusion.CODE_NOT_NEEDED),
        (coded(LOCAL, "ZZ"), None, Exclusion.CODE_UNMATCHED),
        (coded(LOCAL, "NEW"), [{"itemCodeableConcept": coded(RXNORM, "3002")}], Exclusion.CODE_NOT_NEEDED),
        (None, [{"itemCodeableConcept": coded(RXNORM, "3002")}], Exclusion.CODE_NOT_NEEDED),
    ],
)
def test_a_product_known_to_hold_nothing_we_need_is_left_out(
    code: dict[str, Any] | None, ingredients: list[dict[str, Any]] | None, rule: Exclusion
) -> None:
    assert read(changed(VIAL, code=code, ingredient=ingredients)).excluded_by is rule


@pytest.mark.parametrize(
    ("code", "ingredients", "detail"),
    [
        (coded(LOCAL, "NEW"), None, "not-in-map"),
        (coded("https://other.example", "1"), None, "unknown-system"),
        (None, None, "no-code"),
        (
            coded(LOCAL, "NEW"),
            [{"itemCodeableConcept": coded(RXNORM, "3002")}, {"itemCodeableConcept": coded(LOCAL, "NEW")}],
            "not-in-map",
        ),
        (
            coded(LOCAL, "NEW"),
            [
                {"itemCodeableConcept": coded(RXNORM, "3002")},
                {"itemReference": {"reference": "Substance/1"}},
            ],
            "not-in-map",
        ),
    ],
)
def test_a_product_that_might_hold_something_we_need_is_a_gap(
    code: dict[str, Any] | None, ingredients: list[dict[str, Any]] | None, detail: str
) -> None:
    rejection = only(read(changed(VIAL, code=code, ingredient=ingredients)))
    assert (rejection.reason, rejection.path, rejection.detail) == (
        RejectionReason.UNMAPPED_CODE,
        "Medication.code",
        detail,
    )


@pytest.mark.parametrize(
    ("strength", "reason", "path"),
    [
        ({"numerator": STRENGTH["numerator"]}, RejectionReason.INVALID_RESOURCE, ""),
        (
            {"numerator": {"value": 40}, "denominator": STRENGTH["denominator"]},
            RejectionReason.MISSING_UNIT,
            ".numerator.code",
        ),
    ],
)
def test_a_strength_that_cannot_be_used_is_a_rejected_part(
    strength: dict[str, Any], reason: RejectionReason, path: str
) -> None:
    ingredients = [{"itemCodeableConcept": coded(RXNORM, "8640"), "strength": strength}]
    reading = read(changed(VIAL, ingredient=ingredients))
    (part,) = reading.rejections
    assert len(reading.facts) == 1
    assert (part.reason, part.path) == (reason, f"Medication.ingredient[0].strength{path}")
    assert part.concepts == (), "the product itself is known"


def test_a_product_nobody_asks_for_need_not_be_understood() -> None:
    strange = changed(VIAL, code=coded(RXNORM, "3002"), ingredient=None, modifierExtension=MODIFIER)
    assert read(strange).excluded_by is Exclusion.CODE_NOT_NEEDED


def test_a_retraction_counts_whatever_else_it_says() -> None:
    assert read(changed(VIAL, status="entered-in-error", modifierExtension=MODIFIER)).retracts


@pytest.mark.parametrize(
    ("change", "reason", "path"),
    [
        ({"modifierExtension": MODIFIER}, RejectionReason.MODIFIER_EXTENSION, ".modifierExtension"),
        ({"implicitRules": "https://x.example"}, RejectionReason.IMPLICIT_RULES, ".implicitRules"),
        (
            {"ingredient": [VIAL["ingredient"][1], {"modifierExtension": MODIFIER}]},
            RejectionReason.MODIFIER_EXTENSION,
            ".ingredient[1].modifierExtension",
        ),
    ],
)
def test_what_changes_the_meaning_is_refused(change: dict[str, Any], reason: RejectionReason, path: str) -> None:
    rejection = only(read(changed(VIAL, **change)))
    assert (rejection.reason, rejection.path) == (reason, f"Medication{path}")
    assert rejection.concepts == (STEROID,)
