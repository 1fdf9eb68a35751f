"""One condition of a toxicity scale's file -> what the domain grades with.

Knows: how a row becomes a comparison. Does not know: terms, scales.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from fhir_adapter.definitions.file_scale import AgeRow, ConditionRow
from fhir_adapter.definitions.limit_text import Multiple, ShareOfChange
from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.queries import Operator
from fhir_adapter.domain.toxicity.scale import (
    AgeCondition,
    BaselineCondition,
    Change,
    ChangeCondition,
    ClinicalInput,
    Condition,
    InputCondition,
    MultipleCondition,
    NumberCondition,
    Reference,
)

_MIRRORED = {
    Operator.GREATER: Operator.LESS,
    Operator.GREATER_OR_EQUAL: Operator.LESS_OR_EQUAL,
    Operator.LESS: Operator.GREATER,
    Operator.LESS_OR_EQUAL: Operator.GREATER_OR_EQUAL,
}


def compile_condition(row: ConditionRow) -> Condition:
    """Compile one condition.

    Args:
        row: Exactly one condition, as its model makes sure.

    Returns:
        A drop or rise by a share of the baseline as the multiple of the baseline it is.
    """
    limit = row.limit
    if isinstance(limit, Multiple):
        return MultipleCondition(operator=operator_of(row), times=limit.times, of=limit.of)
    if isinstance(limit, ShareOfChange):
        return _share(operator_of(row), limit)
    if limit is not None:
        return _numbers(row, operator_of(row), limit)
    return _other(row)


def _other(row: ConditionRow) -> InputCondition | BaselineCondition | AgeCondition:
    if row.baseline is not None:
        return BaselineCondition(abnormal=row.baseline == "abnormal")
    if row.age is not None:
        return compile_age(row.age)
    asked = row.input or row.recorded or ClinicalInput.ASSESSMENT
    return InputCondition(input=asked, holds=row.is_, widens=row.input is not None)


def compile_age(row: AgeRow) -> AgeCondition:
    """Compile the ages something is made for."""
    return AgeCondition(from_years=row.from_, below_years=row.below)


def operator_of(row: ConditionRow) -> Operator:
    """Give the operator a row compares with."""
    if row.above is not None:
        return Operator.GREATER
    if row.at_least is not None:
        return Operator.GREATER_OR_EQUAL
    return Operator.LESS if row.below is not None else Operator.LESS_OR_EQUAL


def _share(operator: Operator, limit: ShareOfChange) -> MultipleCondition:
    """`at_least 25 % drop` is `at most 0.75 x baseline`: no division, nothing rounded."""
    if limit.change is Change.RISE:
        return MultipleCondition(operator=operator, times=1 + limit.share, of=Reference.BASELINE)
    return MultipleCondition(operator=_MIRRORED[operator], times=1 - limit.share, of=Reference.BASELINE)


def _numbers(
    row: ConditionRow, operator: Operator, numbers: Mapping[str, Decimal]
) -> NumberCondition | ChangeCondition:
    if row.rise_from is not None:
        return ChangeCondition(operator=operator, change=Change.RISE, of=row.rise_from, numbers=numbers)
    if row.drop_from is not None:
        return ChangeCondition(operator=operator, change=Change.DROP, of=row.drop_from, numbers=numbers)
    concept = None if row.of is None else ConceptId(row.of)
    return NumberCondition(operator=operator, numbers=numbers, concept=concept)
