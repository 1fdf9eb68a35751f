"""No unit gives an amount without what it rests on; cells and indexed doses are exact."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhir_adapter.domain.dosing.amount import Reckoned, reckon
from fhir_adapter.domain.exposure import Exposure
from fhir_adapter.domain.quantity import Quantity
from fhir_adapter.domain.regimen import PlannedItem
from tests.courses import CELLS, an_item, cells
from tests.dose_units import DOSE_UNITS
from tests.treated import THIOTEPA, drug, infusion, reckoning, strength


def why(found: Reckoned) -> set[str]:
    return {cause.reason.value for cause in found.causes}


NK = cells(1, -12, Fraction(2, 3))


@pytest.mark.parametrize(
    ("given_as", "millions", "per_kg"),
    [
        ("100 10*6", Fraction(100), None),
        ("100000000 {cells}", Fraction(100), None),
        ("0.1 10*9", Fraction(100), None),
        ("6.6 10*6/kg", Fraction(99), Fraction("6.6")),
        ("6600000 {cells}/kg", Fraction(99), Fraction("6.6")),
    ],
)
def test_cells_are_reckoned_in_millions(given_as: str, millions: Fraction, per_kg: Fraction | None) -> None:
    found = reckon(infusion(given_as), reckoning(NK))
    assert (found.value, found.per_kg) == (millions, per_kg)


def test_indexed_cells_without_a_weight_keep_what_was_recorded() -> None:
    found = reckon(infusion("6.6 10*6/kg"), reckoning(NK, kg=None))
    assert (found.value, found.per_kg, why(found)) == (None, Fraction("6.6"), {"STALE"})


@pytest.mark.parametrize("given_as", ["100 mg", "10 mg/kg", "100 10E6", "100 10*6/KG"])
def test_what_counts_no_cells_is_refused(given_as: str) -> None:
    assert why(reckon(infusion(given_as), reckoning(NK))) == {"UNIT_UNUSABLE"}


UNITS = sorted(
    {unit for rule in DOSE_UNITS.values() for unit in (rule.standard, *rule.factors)} | {"1", "{tbl}", "%"}
)
ABSOLUTE = {"thiotepa": {"mg", "g", "kg", "ug"}, CELLS: {"10*6", "{cells}", "10*6.{cells}", "10*9"}}


@given(
    st.sampled_from([THIOTEPA, NK]),
    st.decimals(min_value=0, max_value=10**9, places=3),
    st.sampled_from(UNITS),
    st.sampled_from([None, *UNITS]),
)
def test_no_unit_gives_a_dose_without_its_basis(
    item: PlannedItem, value: Decimal, unit: str, rate: str | None
) -> None:
    """Without weight, surface, strength or period only an absolute unit of the same dimension is an amount."""
    recorded: Exposure = drug(
        None,
        "2026-03-11T09:00",
        of=item.concepts[0],
        dose=Quantity(value, unit),
        rate=(Quantity(value, rate), None) if rate is not None else None,
    )
    found = reckon(recorded, reckoning(item, kg=None, m2=None))
    assert (found.value is not None) == (unit in ABSOLUTE[item.concepts[0]])
    assert (found.value is None) == bool(found.causes)


@given(st.decimals(min_value=0, max_value=10**6, places=6), st.fractions(min_value="1/100", max_value=200))
def test_an_indexed_dose_times_its_basis_is_exact(value: Decimal, kilograms: Fraction) -> None:
    found = reckon(drug(None, dose=Quantity(value, "mg/kg")), reckoning(kg=kilograms))
    assert found.value == Fraction(value) * kilograms


def test_another_item_of_the_same_plan_needs_its_own_strength() -> None:
    """A product of two drugs gives each item its own ingredient's amount."""
    both = (strength("thiotepa", "10 mg", "1 mL"), strength("fludarabine", "4 mg", "1 mL"))
    fludarabine = an_item("fludarabine", -14)
    assert reckon(drug("15 mL", strengths=both), reckoning(fludarabine)).value == 60
    assert reckon(drug("15 mL", strengths=both), reckoning()).value == 150
