"""Statements of criteria to receive an infusion -> domain operators.

Knows: which unit rules, units and windows they need. Does not know: what they decide.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from fhir_adapter.definitions import file_rules as written
from fhir_adapter.definitions.compile_query import compile_query
from fhir_adapter.definitions.file_rule_body import QueryFile
from fhir_adapter.definitions.file_treatment_rule import LimitBody, OxygenSupplyBody
from fhir_adapter.definitions.rule_scope import RuleScope, Steps
from fhir_adapter.definitions.rule_words import words_of
from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.operators import Node
from fhir_adapter.domain.quantity import UnitRule
from fhir_adapter.domain.queries import FindingQuery, Limit, Window, WindowUnit
from fhir_adapter.domain.treatment_operators import OxygenSupply, SteroidLoad, UnderWay

DOSE_MASS: Final = "dose-mass"
DOSE_MASS_PER_KG: Final = "dose-mass-per-kg"
"""Unit rules of units.yaml a steroid dose is read by."""


def compile_steroid_load(scope: RuleScope, node: written.SteroidLoadNode, steps: Steps) -> Node:
    """Compile a statement on steroids.

    Args:
        scope: The rest of the definitions; learns what the statement names.
        node: As written.
        steps: Where it stands in the file.

    Returns:
        The domain's node.

    Raises:
        DefinitionError: A concept, route or unit rule does not exist or does not fit; a window is not in hours.
    """
    body, here = node.steroid_load, (*steps, "steroid_load")
    scope.rests_on(here, "MedicationAdministration", "Medication")
    per_kg = _unit_rule(scope, DOSE_MASS_PER_KG, here)
    weight = compile_query(scope, body.weight, (*here, "weight"))
    _check_units(scope, weight.concepts, "kg", (*here, "weight", "concepts"))
    _check_hours(scope, body.within, (*here, "within"))
    _check_hours(scope, body.span, (*here, "span"))
    systemic = scope.answers(body.systemic, (*here, "systemic"))
    local = scope.answers(body.local, (*here, "local"))
    both = sorted(set(systemic) & set(local))
    if both:
        raise scope.error((*here, "local"), f"{both[0]} is systemic too", "keep one")
    drugs = scope.concepts(list(body.factors), (*here, "factors"))
    return SteroidLoad(
        factors={drug: body.factors[drug] for drug in drugs},
        systemic=systemic,
        local=local,
        within=body.within,
        span=body.span,
        limit=_limit(scope, body.limit, per_kg.standard, (*here, "limit")),
        weight=weight,
        doses=_unit_rule(scope, DOSE_MASS, here),
        doses_per_kg=per_kg,
        **words_of(node),
    )


def compile_under_way(scope: RuleScope, node: written.UnderWayNode, steps: Steps) -> Node:
    """Compile a statement on support that goes on.

    Args:
        scope: The rest of the definitions; learns what the statement names.
        node: As written.
        steps: Where it stands in the file.

    Returns:
        The domain's node.

    Raises:
        DefinitionError: A concept does not exist, or the window is not in hours.
    """
    body, here = node.under_way, (*steps, "under_way")
    scope.rests_on(here, "Procedure")
    if body.shown_by:
        scope.rests_on((*here, "shown_by"), "Observation")
    _check_hours(scope, body.within, (*here, "within"))
    return UnderWay(
        concepts=scope.concepts(body.concepts, (*here, "concepts")),
        within=body.within,
        shown_by=scope.concepts(body.shown_by, (*here, "shown_by")),
        **words_of(node),
    )


def compile_oxygen_supply(scope: RuleScope, node: written.OxygenSupplyNode, steps: Steps) -> Node:
    """Compile a statement on supplemental oxygen.

    Args:
        scope: The rest of the definitions; learns what the statement names.
        node: As written.
        steps: Where it stands in the file.

    Returns:
        The domain's node.

    Raises:
        DefinitionError: A concept does not exist, or a limit is not in its unit.
    """
    body, here = node.oxygen_supply, (*steps, "oxygen_supply")
    flow = _latest(scope, body, body.flow, (*here, "flow"))
    saturation = None
    if body.saturation:
        saturation = _latest(scope, body, body.saturation, (*here, "saturation"), room_air=True)
    _check_units(scope, flow.concepts, body.limit.unit, (*here, "limit", "unit"))
    fraction_limit = None
    if body.fraction_limit is not None:
        fraction_limit = _limit(scope, body.fraction_limit, "%", (*here, "fraction_limit"))
    return OxygenSupply(
        flow=flow,
        saturation=saturation,
        fraction=_latest(scope, body, body.fraction, (*here, "fraction")),
        limit=_limit(scope, body.limit, body.limit.unit, (*here, "limit")),
        fraction_limit=fraction_limit,
        **words_of(node),
    )


def _latest(
    scope: RuleScope, body: OxygenSupplyBody, concepts: list[str], steps: Steps, *, room_air: bool = False
) -> FindingQuery:
    """Compile a query in which the latest moment decides."""
    query = QueryFile(
        concepts=concepts, window=body.window, category=body.category, room_air=room_air, latest=True
    )
    return compile_query(scope, query, steps)


def _unit_rule(scope: RuleScope, name: str, steps: Steps) -> UnitRule:
    rule = scope.unit_rules.get(name)
    if rule is None:
        raise scope.error(steps, f"no unit rule {name} in units.yaml", "add it")
    return rule


def _limit(scope: RuleScope, body: LimitBody, unit: str, steps: Steps) -> Limit:
    if body.unit != unit:
        raise scope.error((*steps, "unit"), f"limit in {body.unit}, not in {unit}", "write the limit in this unit")
    return Limit(body.op, body.value, unit)


def _check_units(scope: RuleScope, concepts: Sequence[ConceptId], unit: str, steps: Steps) -> None:
    for concept in concepts:
        if scope.standard_units((concept,)) != {unit}:
            raise scope.error(steps, f"{concept} is not standardised to {unit}", "name one that is, or its unit")


def _check_hours(scope: RuleScope, window: Window, steps: Steps) -> None:
    if window.unit is not WindowUnit.HOUR:
        raise scope.error(steps, "not a window in hours", "it is judged to the minute; write for example 72 h")
