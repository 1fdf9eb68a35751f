"""Conversions are exact, and a unit of another kind never converts, whatever a UCUM library says."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from fhir_adapter.definitions.file_terminology import UnitRuleRow
from fhir_adapter.definitions.ucum import factor_between, identify
from fhir_adapter.definitions.unit_factor import UnitFactor, compute_factors
from fhir_adapter.errors import UnitError


def rule(standard: str, *accepts: Any, **more: Any) -> UnitRuleRow:
    rows = [{"unit": row} if isinstance(row, str) else row for row in accepts]
    return UnitRuleRow.model_validate({"id": "r", "standard": standard, "source": "UCUM", "accepts": rows, **more})


def second(row: UnitRuleRow) -> UnitFactor:
    return compute_factors(row)[1]


@pytest.mark.parametrize(
    ("unit", "standard", "factor"),
    [
        ("g/L", "g/dL", Fraction(1, 10)),
        ("10*3/uL", "10*9/L", Fraction(1)),
        ("10*6/mL", "10*9/L", Fraction(1)),
        ("/uL", "10*9/L", Fraction(1, 1000)),
        ("ukat/L", "U/L", Fraction(60)),
        ("[lb_av]", "kg", Fraction(45359237, 100000000)),
        ("[in_i]", "cm", Fraction(254, 100)),
        ("kPa", "Pa", Fraction(1000)),
        ("[IU]/mL", "k[IU]/L", Fraction(1)),
        ("mL/s/{1.73_m2}", "mL/min/{1.73_m2}", Fraction(60)),
        ("1", "%", Fraction(100)),
        ("ng/mL{FEU}", "ug/L{FEU}", Fraction(1)),
        ("mg/kg/h", "mg/kg/d", Fraction(24)),
    ],
)
def test_a_conversion_inside_one_kind_of_unit_is_exact(unit: str, standard: str, factor: Fraction) -> None:
    assert second(rule(standard, unit)) == UnitFactor(unit, factor, Fraction(0), identify(unit).family)


@pytest.mark.parametrize(
    ("unit", "standard"),
    [
        ("mL/min/{1.73_m2}", "mL/min"),
        ("mL/min", "mL/min/{1.73_m2}"),
        ("mL/min/m2", "mL/min"),
        ("mL/min/1.73.m2", "mL/min/{1.73_m2}"),
        ("mg/kg", "%"),
        ("%", "mg/kg"),
        ("mg/kg", "mg"),
        ("mg/m2", "mg"),
        ("mg/d", "mg"),
        ("mg/kg/d", "mg/m2/d"),
        ("ng/mL{FEU}", "ng/mL"),
        ("ng/mL{DDU}", "ng/mL{FEU}"),
        ("[IU]/mL", "/mL"),
        ("mmol/mol", "%"),
        ("umol/L", "mg/dL"),
        ("meq/L", "mmol/L"),
        ("{score}", "1"),
        ("[degF]", "K"),
        ("Cel", "1"),
        ("kg", "cm"),
    ],
)
def test_units_of_different_kinds_never_convert(unit: str, standard: str) -> None:
    with pytest.raises(UnitError):
        compute_factors(rule(standard, unit))
    with pytest.raises(UnitError):
        factor_between(unit, standard)


@pytest.mark.parametrize(
    ("unit", "standard", "reason"),
    [
        ("mL/min", "mL/min/{1.73_m2}", "a clearance is not indexed to body surface by renaming its unit"),
        ("mL/min/{1.73_m2}", "mL/min", "a clearance is not indexed to body surface by renaming its unit"),
        ("mg/kg", "%", "a dose per body weight is not a percentage"),
        ("%", "mg/kg", "a dose per body weight is not a percentage"),
    ],
)
def test_the_dangerous_pairs_are_refused_by_name_even_as_an_alias(unit: str, standard: str, reason: str) -> None:
    for accepted in ({"unit": unit}, {"unit": unit, "alias_of": standard, "source": "somebody said so"}):
        with pytest.raises(UnitError) as refusal:
            compute_factors(rule(standard, accepted))
        assert str(refusal.value) == f"{unit}: never converts to {standard}: {reason}"


def test_mass_and_amount_convert_only_with_a_molar_mass() -> None:
    molar = {"g_per_mol": "113.12", "source": "PubChem CID 588"}
    assert second(rule("mg/dL", "umol/L", molar=molar)).factor == Fraction(11312, 1000000)
    assert second(rule("umol/L", "mg/dL", molar=molar)).factor == Fraction(1000000, 11312)


def test_a_molar_mass_does_not_bridge_another_basis() -> None:
    molar = {"g_per_mol": "113.12", "source": "PubChem CID 588"}
    with pytest.raises(UnitError, match="does not convert"):
        compute_factors(rule("mg/dL", "umol/kg", molar=molar))


@pytest.mark.parametrize(("unit", "standard", "factor"), [
    ("meq/L", "mmol/L", Fraction(1, 2)),
    ("mmol/L", "meq/L", Fraction(2)),
    ("meq/L", "mg/dL", Fraction(40078, 20000)),
])  # fmt: skip
def test_equivalents_convert_by_their_valence(unit: str, standard: str, factor: Fraction) -> None:
    calcium = {"g_per_mol": "40.078", "valence": "2", "source": "IUPAC"}
    assert second(rule(standard, unit, molar=calcium)).factor == factor


@pytest.mark.parametrize(("unit", "factor", "offset"), [
    ("[degF]", Fraction(5, 9), Fraction(32)),
    ("K", Fraction(1), Fraction(27315, 100)),
])  # fmt: skip
def test_temperatures_convert_by_factor_and_offset(unit: str, factor: Fraction, offset: Fraction) -> None:
    converted = second(rule("Cel", unit))
    assert (converted.factor, converted.offset) == (factor, offset)


@pytest.mark.parametrize("unit", ["", "mg/dl{ü}", "kgg", "mg//L", "10^9/l/", "Kg"])
def test_what_is_not_ucum_is_refused(unit: str) -> None:
    with pytest.raises(UnitError, match="is not a UCUM unit"):
        identify(unit)


@pytest.mark.parametrize(
    ("alias", "standard"),
    [("1", "{score}"), ("/mL", "{copies}/mL"), ("10^9/L", "10*9/L"), ("K/uL", "10*3/uL"), ("mg/100ml", "mg/dL")],
)
def test_another_spelling_may_be_declared(alias: str, standard: str) -> None:
    declared = {"unit": alias, "alias_of": standard, "source": "laboratory handbook"}
    assert second(rule(standard, declared)).factor == 1


@pytest.mark.parametrize(
    ("alias", "standard"),
    [("g/L", "g/dL"), ("ng/mL", "ng/mL{FEU}"), ("mg", "mg/m2"), ("[IU]/mL", "{copies}/mL"), ("mmol/L", "mg/dL")],
)
def test_an_alias_never_renames_another_unit(alias: str, standard: str) -> None:
    with pytest.raises(UnitError, match="is itself a UCUM unit and means something other"):
        compute_factors(rule(standard, {"unit": alias, "alias_of": standard, "source": "somebody"}))


def test_an_alias_needs_a_source_and_a_listed_unit() -> None:
    with pytest.raises(UnitError, match="10\\^3/uL: an alias needs a source"):
        compute_factors(rule("10*3/uL", {"unit": "10^3/uL", "alias_of": "10*3/uL"}))
    with pytest.raises(UnitError, match="alias_of mg/L is not listed before it"):
        compute_factors(rule("mg/dL", {"unit": "mg/l.", "alias_of": "mg/L", "source": "x"}))


def test_a_unit_of_another_basis_may_be_kept_as_reported() -> None:
    row = rule("mL/min", {"unit": "mL/min/{1.73_m2}", "as_is": "true"})
    assert [one.unit for one in compute_factors(row)] == ["mL/min"]


def test_a_unit_is_listed_once() -> None:
    with pytest.raises(UnitError, match="mg/L: listed twice"):
        compute_factors(rule("mg/dL", "mg/L", "mg/L"))
    with pytest.raises(UnitError, match="mg/dL: listed twice, or the standard unit itself"):
        compute_factors(rule("mg/dL", "mg/dL"))


@pytest.mark.parametrize(
    ("unit", "family"),
    [("mg/dL", "mass"), ("umol/L", "molar"), ("U/L", "other"), ("%", "other"), ("10*9/L", "other")],
)
def test_the_family_follows_from_what_stands_above_the_line(unit: str, family: str) -> None:
    assert identify(unit).family == family


@pytest.mark.parametrize(
    ("unit", "standard", "factor"),
    [
        ("{cells}", "10*6", Fraction(1, 10**6)),
        ("10*9.{cells}", "10*6", Fraction(1000)),
        ("10*6{cells}/kg", "10*6/kg", Fraction(1)),
        ("10*6/kg{body_wt}", "10*6/kg", Fraction(1)),
        ("{cells}/h", "10*6/h", Fraction(1, 10**6)),
    ],
)
def test_an_annotation_that_says_what_is_counted_may_be_declared(
    unit: str, standard: str, factor: Fraction
) -> None:
    with pytest.raises(UnitError, match="part of the unit's identity"):
        compute_factors(rule(standard, unit))
    declared = rule(standard, {"unit": unit, "annotated": "true", "source": "UCUM 2.2"})
    assert second(declared).factor == factor


@pytest.mark.parametrize(
    ("unit", "standard", "reason"),
    [
        ("10*6", "10*3", "annotated means an annotation that says what is counted, with its source"),
        (
            "mg/kg{lean_body_wt}",
            "mg/kg",
            "annotated means an annotation that says what is counted, with its source",
        ),
        ("mL/min/{1.73_m2}", "L/min", "annotated means an annotation that says what is counted, with its source"),
        ("{cells}/kg", "10*6", "does not convert to 10*6: different dimension or basis"),
        ("{cells}/kg{lean}", "10*6/kg", "does not convert to 10*6/kg: {lean} is part of the unit's identity"),
    ],
)
def test_an_annotation_that_names_another_basis_is_never_dropped(unit: str, standard: str, reason: str) -> None:
    with pytest.raises(UnitError) as refusal:
        compute_factors(rule(standard, {"unit": unit, "annotated": "true", "source": "somebody said so"}))
    assert str(refusal.value) == f"{unit}: {reason}"


def test_an_annotated_unit_needs_its_source() -> None:
    with pytest.raises(UnitError, match="with its source"):
        compute_factors(rule("10*6", {"unit": "{cells}", "annotated": "true"}))
