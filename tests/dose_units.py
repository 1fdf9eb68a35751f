"""The units doses are read in, by what they rest on; written by hand, the mappings have their own."""

from __future__ import annotations

from fractions import Fraction

from fhir_adapter.domain.quantity import UnitRule
from fhir_adapter.domain.regimen import DoseUnit


def units(id_: str, standard: str, **factors: Fraction) -> UnitRule:
    """A unit rule; a unit that is no Python name is given as `**{"mg/kg": ...}`."""
    return UnitRule(id=id_, standard=standard, factors={standard: Fraction(1), **factors}, offsets={})


_MASS = {"kg": Fraction(10**6), "g": Fraction(1000), "ug": Fraction(1, 1000)}
_PER_HOUR = {"d": Fraction(1, 24), "min": Fraction(60), "s": Fraction(3600)}


def _mass_over(below: str) -> dict[str, Fraction]:
    return {f"{unit}/{below}": factor for unit, factor in _MASS.items() if unit != below}


def _rates(amounts: dict[str, Fraction], standard: str) -> dict[str, Fraction]:
    """Every amount over every time, apart from the standard one."""
    found = {
        f"{amount}/{time}": factor * per_hour
        for amount, factor in amounts.items()
        for time, per_hour in {"h": Fraction(1), **_PER_HOUR}.items()
    }
    return {unit: factor for unit, factor in found.items() if unit != standard}


DOSE_UNITS: dict[str, UnitRule] = {
    DoseUnit.MASS: units("mass", "mg", **_MASS),
    DoseUnit.MASS_PER_KG: units("mass-per-kg", "mg/kg", **_mass_over("kg")),
    DoseUnit.MASS_PER_AREA: units("mass-per-area", "mg/m2", **_mass_over("m2")),
    DoseUnit.CELLS: units(
        "cells", "10*6", **{"{cells}": Fraction(1, 10**6), "10*6.{cells}": Fraction(1), "10*9": Fraction(1000)}
    ),
    DoseUnit.CELLS_PER_KG: units(
        "cells-per-kg", "10*6/kg", **{"{cells}/kg": Fraction(1, 10**6), "10*9/kg": Fraction(1000)}
    ),
    DoseUnit.VOLUME: units("volume", "mL", L=Fraction(1000), uL=Fraction(1, 1000)),
    DoseUnit.RADIATION: units("radiation", "Gy", cGy=Fraction(1, 100)),
    DoseUnit.TIME: units("time", "h", d=Fraction(24), min=Fraction(1, 60), s=Fraction(1, 3600)),
    DoseUnit.RATE_MASS: units("rate-mass", "mg/h", **_rates({"mg": Fraction(1), **_MASS}, "mg/h")),
    DoseUnit.RATE_MASS_PER_KG: units(
        "rate-mass-per-kg", "mg/kg/h", **_rates({"mg/kg": Fraction(1), **_mass_over("kg")}, "mg/kg/h")
    ),
    DoseUnit.RATE_MASS_PER_AREA: units(
        "rate-mass-per-area", "mg/m2/h", **_rates({"mg/m2": Fraction(1), **_mass_over("m2")}, "mg/m2/h")
    ),
    DoseUnit.RATE_VOLUME: units("rate-volume", "mL/h", **_rates({"mL": Fraction(1), "L": Fraction(1000)}, "mL/h")),
    DoseUnit.RATE_CELLS: units("rate-cells", "10*6/h", **_rates({"10*6": Fraction(1)}, "10*6/h")),
}
