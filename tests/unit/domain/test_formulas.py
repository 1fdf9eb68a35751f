"""Golden values of the rules sheet, section D; others computed by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from fhir_adapter.domain.formulas import (
    CARDS,
    compute_area,
    compute_ckd_epi_2021,
    compute_ckid_u25,
    compute_indexed,
    compute_schwartz,
    is_area,
)
from fhir_adapter.domain.operators import FormulaId


def test_bedside_schwartz_golden_values() -> None:
    assert compute_schwartz(creatinine=Decimal("0.4"), height=Decimal(100), is_molar=False) == Decimal("103.25")
    assert compute_schwartz(creatinine=Decimal("0.5"), height=Decimal(100), is_molar=False) == Decimal("82.6")


def test_bedside_schwartz_molar_has_its_own_factor() -> None:
    assert compute_schwartz(creatinine=Decimal("36.5"), height=Decimal(50), is_molar=True) == Decimal(50)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (FormulaId.BSA_MOSTELLER, "1.8181"),
        (FormulaId.BSA_HAYCOCK, "1.8257"),
        (FormulaId.BSA_DUBOIS, "1.8097"),
        (FormulaId.CKD_EPI_2021, "1.8181"),
    ],
)
def test_body_surface_areas(formula: FormulaId, expected: str) -> None:
    assert round(compute_area(formula, height=Decimal(170), weight=Decimal(70)), 4) == Decimal(expected)


def test_a_perfect_square_gives_an_exact_area() -> None:
    assert compute_area(FormulaId.BSA_MOSTELLER, height=Decimal(100), weight=Decimal(36)) == Decimal(1)


def test_indexing_to_body_surface() -> None:
    assert compute_indexed(clearance=Decimal(30), area=Decimal("0.6")) == Decimal("86.5")


@pytest.mark.parametrize(
    ("creatinine", "is_female", "expected"),
    [("0.9", False, "125.39"), ("0.7", True, "126.90"), ("1.8", False, "54.58"), ("0.35", True, "149.97")],
)
def test_ckd_epi_2021_at_twenty(creatinine: str, is_female: bool, expected: str) -> None:
    assert round(compute_ckd_epi_2021(creatinine=Decimal(creatinine), age=20, is_female=is_female), 2) == Decimal(
        expected
    )


def test_ckid_u25_of_a_young_adult() -> None:
    assert compute_ckid_u25(creatinine=Decimal("0.8"), height=Decimal(170), is_female=False) == Decimal("107.95")
    assert compute_ckid_u25(creatinine=Decimal("0.9"), height=Decimal(160), is_female=True) == Decimal("73.6")


def test_every_formula_has_a_card_with_a_source() -> None:
    assert set(CARDS) == set(FormulaId)
    assert all(card.source for card in CARDS.values())
    assert {formula for formula in FormulaId if is_area(formula)} == {
        formula for formula in FormulaId if formula.value.startswith("bsa-")
    }
