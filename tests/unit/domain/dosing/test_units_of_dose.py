"""A unit says by itself what a dose rests on."""

from __future__ import annotations

from fractions import Fraction

import pytest

from fhir_adapter.domain.dosing.units_of_dose import Measure, kind_of, measure
from fhir_adapter.domain.regimen import DoseUnit
from tests.dose_units import DOSE_UNITS


@pytest.mark.parametrize(
    ("unit", "kind", "factor"),
    [
        ("mg", DoseUnit.MASS, 1),
        ("g", DoseUnit.MASS, 1000),
        ("mg/kg", DoseUnit.MASS_PER_KG, 1),
        ("mg/m2", DoseUnit.MASS_PER_AREA, 1),
        ("10*6", DoseUnit.CELLS, 1),
        ("10*6/kg", DoseUnit.CELLS_PER_KG, 1),
        ("cGy", DoseUnit.RADIATION, Fraction(1, 100)),
        ("min", DoseUnit.TIME, Fraction(1, 60)),
        ("mL/h", DoseUnit.RATE_VOLUME, 1),
    ],
)
def test_a_unit_is_of_one_kind(unit: str, kind: DoseUnit, factor: Fraction) -> None:
    assert kind_of(unit, DOSE_UNITS) == (kind, factor)
    assert measure(Fraction(3), unit, DOSE_UNITS) == Measure(kind, 3 * Fraction(factor))


@pytest.mark.parametrize("unit", ["", "MG", "mg/mL", "10E6/kg", "10*6/KG", "{tbl}", "1"])
def test_a_unit_in_no_rule_is_no_dose(unit: str) -> None:
    assert kind_of(unit, DOSE_UNITS) is None


def test_a_plan_without_unit_rules_reads_no_dose() -> None:
    assert measure(Fraction(1), "mg", {}) is None
