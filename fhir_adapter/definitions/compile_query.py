"""Finding queries, limits and formulas of criteria -> domain, with units that fit.

Knows: which unit a limit must be written in, which inputs a formula needs. Does not know: how they are assessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from fhir_adapter.definitions.file_rule_body import CompareBody, FormulaBody, QueryFile
from fhir_adapter.definitions.rule_scope import RuleScope, Steps
from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.operators import FormulaId
from fhir_adapter.domain.queries import AgeWindow, FindingQuery, Limit
from fhir_adapter.domain.vocabulary import INHALED_OXYGEN_CONCENTRATION, INHALED_OXYGEN_FLOW

RATIO = "1"
_INDEXED = "mL/min/{1.73_m2}"
BODY_INPUTS: Final = {"weight": "kg", "height": "cm"}

FORMULA_INPUTS: Final[Mapping[FormulaId, Mapping[str, str]]] = {
    FormulaId.BEDSIDE_SCHWARTZ: {"creatinine": "mg/dL", "height": "cm"},
    FormulaId.INDEXED_CLEARANCE: {"clearance": "mL/min", **BODY_INPUTS},
    FormulaId.CKD_EPI_2021: {"creatinine": "mg/dL"},
    FormulaId.CKID_U25: {"creatinine": "mg/dL", "height": "cm"},
    FormulaId.BSA_MOSTELLER: BODY_INPUTS,
    FormulaId.BSA_HAYCOCK: BODY_INPUTS,
    FormulaId.BSA_DUBOIS: BODY_INPUTS,
}
"""Inputs of each formula with the standard unit [UCUM] of their concept. Source: clinical rules, section D."""

BODY_SURFACE = frozenset({FormulaId.BSA_MOSTELLER, FormulaId.BSA_HAYCOCK, FormulaId.BSA_DUBOIS})


def compile_query(scope: RuleScope, query: QueryFile, steps: Steps) -> FindingQuery:
    """Compile which findings may carry a statement.

    Args:
        scope: The rest of the definitions.
        query: As written.
        steps: Where it stands.

    Returns:
        The domain's query.

    Raises:
        DefinitionError: A concept does not exist, or the windows by age are out of order.
    """
    scope.rests_on(steps, "Observation")
    if query.specimens:
        scope.rests_on((*steps, "specimens"), "Specimen")
    if query.after_last:
        scope.rests_on((*steps, "after_last"), "MedicationAdministration", "Medication")
    if query.room_air:
        scope.concepts([INHALED_OXYGEN_FLOW, INHALED_OXYGEN_CONCENTRATION], (*steps, "room_air"))
    check_rising(scope, [row.below for row in query.windows], (*steps, "windows"))
    windows = tuple(AgeWindow(row.below, row.window) for row in query.windows)
    if query.window is not None:
        windows = (AgeWindow(None, query.window),)
    return FindingQuery(
        concepts=scope.concepts(query.concepts, (*steps, "concepts")),
        windows=windows,
        methods=scope.answers(query.methods, (*steps, "methods")),
        specimens=scope.answers(query.specimens, (*steps, "specimens")),
        room_air=query.room_air,
        after_last=scope.concepts(query.after_last, (*steps, "after_last")),
        unaccepted=scope.concepts(query.unaccepted, (*steps, "unaccepted")),
        preferred_qualifier=query.preferred_qualifier,
        category=query.category,
        latest=query.latest,
    )


def check_rising(scope: RuleScope, ages: list[int | None], steps: Steps) -> None:
    """Refuse rows by age that are never reached: ages must rise, only the last row may leave its age out.

    Raises:
        DefinitionError: A row is never reached.
    """
    reached: int | None = 0
    for place, age in enumerate(ages):
        if reached is None or (age is not None and age <= reached):
            raise scope.error((*steps, place), "this row is never reached", "write the ages in rising order")
        reached = age


def compile_limit(scope: RuleScope, body: CompareBody, query: FindingQuery, steps: Steps) -> Limit:
    """Compile the limit of a comparison.

    Args:
        scope: The rest of the definitions.
        body: As written.
        query: The findings compared.
        steps: Where it stands.

    Returns:
        The limit, in the standard unit of the findings; `1` for multiples of the upper limit of normal.

    Raises:
        DefinitionError: The unit is not the standard unit of every concept compared.
    """
    where = (*steps, "unit") if body.unit is not None else steps
    standards = {concept: scope.standard_units((concept,)) for concept in query.concepts}
    for concept, units in standards.items():
        if not units:
            raise scope.error(steps, f"{concept} carries no quantity", "give its value set a unitRule")
        if not body.times_uln and units != {body.unit}:
            raise scope.error(
                where,
                f"limit in {body.unit or 'no unit'}, but {concept} is standardised to {', '.join(sorted(units))}",
                "write the limit in the standard unit",
            )
    if body.times_uln and body.unit not in {None, RATIO}:
        raise scope.error(where, "a multiple of the upper limit of normal has no unit", "write 1 or leave it out")
    return Limit(body.op, body.value, RATIO if body.times_uln else str(body.unit))


def compile_inputs(scope: RuleScope, body: FormulaBody, steps: Steps) -> dict[str, FindingQuery]:
    """Compile a formula's inputs; each must be standardised to the unit the formula is published in.

    Args:
        scope: The rest of the definitions.
        body: As written.
        steps: Where it stands.

    Returns:
        Input name -> query.

    Raises:
        DefinitionError: An input is missing, unknown, or standardised to another unit.
    """
    units = FORMULA_INPUTS[body.name]
    if set(body.inputs) != set(units):
        raise scope.error((*steps, "inputs"), f"{body.name} needs exactly {', '.join(sorted(units))}")
    compiled: dict[str, FindingQuery] = {}
    for name, query in body.inputs.items():
        here = (*steps, "inputs", name)
        compiled[name] = compile_query(scope, query, here)
        check_input(scope, compiled[name].concepts, units[name], here)
    return compiled


def check_input(scope: RuleScope, concepts: tuple[ConceptId, ...], unit: str, steps: Steps) -> None:
    """Refuse concepts that are not standardised to the unit a formula or a dose is reckoned in.

    Raises:
        DefinitionError: One of them has another standard unit, or carries no quantity.
    """
    for concept in concepts:
        if scope.standard_units((concept,)) != {unit}:
            raise scope.error(
                steps, f"{concept} is not standardised to {unit}", "name a concept whose unit rule is"
            )


def compile_formula_limit(scope: RuleScope, body: FormulaBody, steps: Steps) -> Limit | None:
    """Compile a formula's limit, in the unit of its result.

    Args:
        scope: The rest of the definitions.
        body: As written.
        steps: Where it stands.

    Returns:
        The limit; None where the value only supports a person.

    Raises:
        DefinitionError: The unit is not the result's, or the body surface formula is none.
    """
    if body.bsa not in BODY_SURFACE:
        raise scope.error((*steps, "bsa"), "not a formula of body surface area", "for example bsa-mosteller")
    if body.op is None or body.value is None:
        return None
    result = "m2" if body.name in BODY_SURFACE else _INDEXED
    if body.unit != result:
        raise scope.error((*steps, "unit"), f"{body.name} gives {result}", "write the limit in this unit")
    return Limit(body.op, body.value, result)
