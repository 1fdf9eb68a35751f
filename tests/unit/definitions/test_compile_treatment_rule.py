"""Statements on steroids, support and oxygen as written -> operators; every slip is refused by its place."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from fhir_adapter.definitions.load import load_definitions
from fhir_adapter.definitions.review import review_mappings
from fhir_adapter.domain.operators import Node
from fhir_adapter.domain.queries import Window, WindowUnit
from fhir_adapter.domain.treatment_operators import OxygenSupply, SteroidLoad, UnderWay
from fhir_adapter.errors import DefinitionError
from tests.treatment_samples import DOSING, PRODUCTS, UNITS, write_treated

ASKED = "      attested: {link: N2}\n"
STEROIDS = (
    "      steroid_load: {factors: {first-drug: 20/3, other-drug: 0.25}, systemic: [vein],"
    " within: 72 h, span: 24 h, weight: {concepts: [weight], window: 7 d},"
    " limit: {op: '<=', value: 0.5, unit: mg/kg}}\n"
)
SUPPORT = "      under_way: {concepts: [rays], shown_by: [cell-content], within: 4 h}\n"
OXYGEN = (
    "      oxygen_supply: {flow: [weight], fraction: [height], saturation: [cell-content], window: 4 h,"
    " category: vital-signs, limit: {op: '<=', value: 5, unit: kg},"
    " fraction_limit: {op: '<', value: 40, unit: '%'}}\n"
)
WEIGHT = "---\nresourceType: ValueSet\nid: weight\n"
BESIDE = "".join(
    f"""\
---
resourceType: ValueSet
id: {name}
title: {name}
status: active
compose: {{include: [{{system: "https://fhir-adapter.example/CodeSystem/concepts", concept: [
  {{code: {name}, display: {name}, source: this project}}]}}]}}
"""
    for name in ("inhaled-oxygen-flow", "inhaled-oxygen-concentration")
)
"""What stands beside a saturation; the definitions of a trial that asks for room air need them."""


def compiled(root: Path, rule: str, *changes: tuple[str, str, str]) -> Node:
    """Load the sample with this rule as its first clearance criterion."""
    folder = write_treated(root, (DOSING, ASKED, rule), (PRODUCTS, WEIGHT, BESIDE + WEIGHT), *changes)
    loaded = load_definitions(hospital="north", trial="t1", overlays=(folder,), default_mappings=False)
    return loaded.trial.clearance[0].criterion.rule


def test_a_statement_on_steroids(tmp_path: Path) -> None:
    node = compiled(tmp_path, STEROIDS)
    assert isinstance(node, SteroidLoad)
    assert node.factors == {"first-drug": Fraction(20, 3), "other-drug": Fraction(1, 4)}
    assert (node.systemic, node.local) == (("vein",), ())
    assert (node.within, node.span) == (Window(72, WindowUnit.HOUR), Window(24, WindowUnit.HOUR))
    assert (node.doses.id, node.doses_per_kg.id, node.limit.unit) == ("dose-mass", "dose-mass-per-kg", "mg/kg")


def test_a_statement_on_support(tmp_path: Path) -> None:
    node = compiled(tmp_path, SUPPORT)
    assert isinstance(node, UnderWay)
    assert (node.concepts, node.shown_by, node.within.amount) == (("rays",), ("cell-content",), 4)


def test_a_statement_on_support_needs_no_finding(tmp_path: Path) -> None:
    node = compiled(tmp_path, SUPPORT.replace("shown_by: [cell-content], ", ""))
    assert isinstance(node, UnderWay)
    assert node.shown_by == ()


def test_a_statement_on_oxygen_asks_for_the_latest_record(tmp_path: Path) -> None:
    node = compiled(tmp_path, OXYGEN)
    assert isinstance(node, OxygenSupply)
    assert node.saturation is not None
    assert node.fraction_limit is not None
    asked = (node.flow, node.fraction, node.saturation)
    assert [(query.latest, query.room_air, query.category) for query in asked] == [
        (True, False, "vital-signs"),
        (True, False, "vital-signs"),
        (True, True, "vital-signs"),
    ]
    assert (node.limit.unit, node.fraction_limit.unit) == ("kg", "%")


def test_high_flow_has_no_room_air_and_low_flow_no_limit_of_concentration(tmp_path: Path) -> None:
    without = OXYGEN.replace("saturation: [cell-content], ", "").replace(
        ", fraction_limit: {op: '<', value: 40, unit: '%'}", ""
    )
    node = compiled(tmp_path, without)
    assert isinstance(node, OxygenSupply)
    assert (node.saturation, node.fraction_limit) == (None, None)


WHERE = "clearance[N2].rule."


@pytest.mark.parametrize(
    ("rule", "old", "new", "message"),
    [
        (STEROIDS, "20/3", "-1", "steroid_load.factors.first-drug: not a plain amount"),
        (STEROIDS, "first-drug: 20/3", "cortisol: 1", "steroid_load.factors[0]: no value set cortisol"),
        (STEROIDS, "[vein]", "[first-drug]", "steroid_load.systemic[0]: value set first-drug has role concept"),
        (STEROIDS, "[vein],", "[vein], local: [vein],", "steroid_load.local: vein is systemic too (keep one)"),
        (STEROIDS, "within: 72 h", "within: 3 d", "steroid_load.within: not a window in hours"),
        (STEROIDS, "span: 24 h", "span: 1 d", "steroid_load.span: not a window in hours"),
        (STEROIDS, "[weight]", "[height]", "steroid_load.weight.concepts: height is not standardised to kg"),
        (STEROIDS, "unit: mg/kg", "unit: mg", "steroid_load.limit.unit: limit in mg, not in mg/kg"),
        (SUPPORT, "[rays]", "[gills]", "under_way.concepts[0]: no value set gills"),
        (SUPPORT, "4 h", "4 d", "under_way.within: not a window in hours"),
        (OXYGEN, "unit: kg", "unit: L/min", "oxygen_supply.limit.unit: weight is not standardised to L/min"),
        (OXYGEN, "unit: '%'", "unit: '1'", "oxygen_supply.fraction_limit.unit: limit in 1, not in %"),
    ],
)
def test_a_slip_is_refused_by_its_place(rule: str, old: str, new: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(DefinitionError) as refusal:
        compiled(tmp_path, rule.replace(old, new))
    error = refusal.value
    assert f"{error.path}: {error.problem} ({error.remedy})".startswith(WHERE + message)


def test_the_unit_rule_of_doses_must_exist(tmp_path: Path) -> None:
    renamed = (UNITS, "id: dose-mass-per-kg", "id: mass-per-kg")
    with pytest.raises(DefinitionError) as refusal:
        compiled(tmp_path, STEROIDS, renamed)
    assert "dose-mass-per-kg" in refusal.value.problem


def test_a_window_that_holds_nothing_is_found(tmp_path: Path) -> None:
    folder = write_treated(tmp_path, (DOSING, ASKED, STEROIDS.replace("72 h", "0 h")))
    found = review_mappings((folder,), default_mappings=False).findings
    assert [one.message for one in found if one.code == "empty-window"] == ["a window of 0 h holds nothing"]
