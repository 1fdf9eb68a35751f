"""The grade of a plain result: one exact value, and every number its grade depends on known.

Knows: a term's rules, made ready once for many results. Does not know: what is possible where something is open.
What is graded here is graded by grade_measurement alike, several times slower; most rows of a table are plain.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import product
from operator import ge, gt, le, lt
from typing import Final

from fhir_adapter.domain.intervals import EXACT
from fhir_adapter.domain.queries import Operator
from fhir_adapter.domain.toxicity.grade import Outcome, join_outcomes, tell_outcome
from fhir_adapter.domain.toxicity.measurement import Measurement
from fhir_adapter.domain.toxicity.readings import list_unanswered
from fhir_adapter.domain.toxicity.result import Direction, ToxicityGrade
from fhir_adapter.domain.toxicity.scale import (
    BaselineCondition,
    Change,
    ChangeCondition,
    ClinicalInput,
    Condition,
    InputCondition,
    MultipleCondition,
    NumberCondition,
    Reference,
    Term,
)
from fhir_adapter.domain.toxicity.short_numbers import are_limits, is_short, is_short_factor

_COMPARE: Final[Mapping[Operator, Callable[[Decimal, Decimal], bool]]] = {
    Operator.LESS: lt,
    Operator.LESS_OR_EQUAL: le,
    Operator.GREATER: gt,
    Operator.GREATER_OR_EQUAL: ge,
}
Check = Callable[["_Result"], bool | None]
"""Says whether a condition holds; None where that is open."""


@dataclass(slots=True)
class _Result:
    """One result, ready to be compared: in the unit of its limits, and as reported; `abnormal` as in Reading."""

    value: Decimal
    reported: Decimal
    unit: str
    limits: Mapping[Reference, Decimal | None]
    abnormal: bool | None
    ignores_baseline: bool
    inputs: Mapping[ClinicalInput, bool]


@dataclass(frozen=True, slots=True)
class PlainTerm:
    """One term, ready for many results.

    Attributes:
        term: The term.
        checks: Grade -> alternatives, each a conjunction, highest grade first.
        raising: Clinical inputs that raise a grade where they are recorded.
        asks_state: True where a grade depends on whether the baseline was normal.
        certain: Grade and whether the value lies within its limits -> what is said of it, said before.
    """

    term: Term
    checks: tuple[tuple[int, tuple[tuple[Check, ...], ...]], ...]
    raising: frozenset[ClinicalInput]
    asks_state: bool
    certain: dict[tuple[int, bool | None], ToxicityGrade] = field(default_factory=dict, compare=False, repr=False)

    def grade(self, measurement: Measurement) -> ToxicityGrade | None:
        """Grade a plain result.

        Args:
            measurement: Any.

        Returns:
            The grade, as grade_measurement gives it; None where the result is not plain.
        """
        result = self._plain(measurement)
        outcome = self._outcome(result) if result is not None else None
        if result is None or outcome is None:
            return None
        lln, uln = measurement.lln, measurement.uln
        within = None if lln is None or uln is None else lln <= result.value <= uln
        if outcome.lowest < outcome.highest:
            return tell_outcome(self.term, outcome, within)
        known = self.certain.get((outcome.lowest, within))
        if known is None:
            known = self.certain[outcome.lowest, within] = tell_outcome(self.term, outcome, within)
        return known

    def _plain(self, measurement: Measurement) -> _Result | None:
        reported = measurement.reported
        value = reported.value if measurement.standard is None else measurement.standard
        if reported.comparator is not None or not _are_short(value, measurement):
            return None
        if measurement.inputs and any(measurement.inputs.get(each) for each in self.raising):
            return None
        state = self._baseline_state(value, measurement)
        if state is None:
            return None
        limits = {
            Reference.ULN: measurement.uln,
            Reference.LLN: measurement.lln,
            Reference.BASELINE: measurement.baseline,
        }
        return _Result(value, reported.value, reported.unit or "1", limits, *state, measurement.inputs)

    def _baseline_state(self, value: Decimal, measurement: Measurement) -> tuple[bool | None, bool] | None:
        """Say whether the baseline was abnormal, and whether the value is normal without one; None = open."""
        term, baseline = self.term, measurement.baseline
        if not term.uses_baseline or term.direction is None:
            return None, False
        low = term.direction is Direction.LOW
        if baseline is not None and not self.asks_state:
            return None, False
        if baseline is None:
            limit = measurement.lln if low else measurement.uln
            is_normal = limit is not None and (value >= limit if low else value <= limit)
            return (False, True) if is_normal else None
        limit = measurement.baseline_lln if low else measurement.baseline_uln
        return None if limit is None else ((baseline < limit if low else baseline > limit), False)

    def _outcome(self, result: _Result) -> Outcome | None:
        """Give what is possible over all answers nobody gave; None where more than those is open."""
        grade = self._highest(result)
        if grade is not None:
            return Outcome(grade, grade)
        asked = [each for each in self.term.widening if each not in result.inputs]
        outcomes: list[Outcome] = []
        for answers in product((False, True), repeat=len(asked)) if asked else ():
            each = self._highest(
                replace(result, inputs={**result.inputs, **dict(zip(asked, answers, strict=True))})
            )
            if each is None:
                return None
            outcomes.append(Outcome(each, each))
        return join_outcomes(outcomes, list_unanswered(asked)) if outcomes else None

    def _highest(self, result: _Result) -> int | None:
        """Give the highest grade that holds; None where it, or one above it, is open."""
        for grade, alternatives in self.checks:
            is_open = False
            for checks in alternatives:
                holds = _all_hold(checks, result)
                if holds:
                    return grade
                is_open = is_open or holds is None
            if is_open:
                return None
        return 0


def make_plain(term: Term) -> PlainTerm | None:
    """Make a term ready.

    Args:
        term: Any.

    Returns:
        None for terms whose grade rests on more than one value, its limits, its baseline and clinical inputs; what
        depends on an age is open here.
    """
    if not term.rules or term.refused is not None or term.age is not None or term.combined:
        return None
    checks = tuple(
        (rule.grade, tuple(tuple(_check(each, term) for each in alternative) for alternative in rule.any_of))
        for rule in term.rules
    )
    asks_state = any(
        isinstance(each, BaselineCondition) or getattr(each, "of", None) is Reference.REFERENCE
        for each in term.conditions
    )
    return PlainTerm(term, checks, frozenset(each.input for each in term.raised), asks_state)


def _all_hold(checks: tuple[Check, ...], result: _Result) -> bool | None:
    open_ones = False
    for check in checks:
        holds = check(result)
        if holds is False:
            return False
        open_ones = open_ones or holds is None
    return None if open_ones else True


def _check(condition: Condition, term: Term) -> Check:
    match condition:
        case NumberCondition():
            return _number_check(condition, term)
        case MultipleCondition():
            return _multiple_check(condition, term)
        case ChangeCondition():
            return _change_check(condition, term)
        case BaselineCondition():
            return lambda result: result.abnormal is condition.abnormal
        case InputCondition():
            return lambda result: _is_answered(condition, result)
        case _:  # an age, which few rows name
            return lambda _: None


def _number_check(condition: NumberCondition, term: Term) -> Check:
    holds, scaled = _COMPARE[condition.operator], _scaled(condition.numbers, term)

    def check(result: _Result) -> bool | None:
        ends = scaled.get(result.unit)
        return None if ends is None else holds(EXACT.multiply(result.reported, ends[0]), ends[1])

    return check if condition.concept in {None, *term.concepts[:1]} else lambda _: None


def _multiple_check(condition: MultipleCondition, term: Term) -> Check:
    holds, times = _COMPARE[condition.operator], condition.times
    reference = _reference(condition.of, term)

    def check(result: _Result) -> bool | None:
        if condition.of is Reference.BASELINE and result.ignores_baseline:
            return False
        limit = reference(result)
        return holds(result.value, EXACT.multiply(times, limit)) if limit else None

    return check


def _change_check(condition: ChangeCondition, term: Term) -> Check:
    holds, scaled = _COMPARE[condition.operator], _scaled(condition.numbers, term)
    reference, rises = _reference(condition.of, term), condition.change is Change.RISE

    def check(result: _Result) -> bool | None:
        if condition.of is Reference.BASELINE and result.ignores_baseline:
            return False
        ends, limit = scaled.get(result.unit), reference(result)
        if ends is None or not limit or result.value != result.reported:
            return None
        moved = EXACT.subtract(result.value, limit) if rises else EXACT.subtract(limit, result.value)
        return holds(EXACT.multiply(moved, ends[0]), ends[1])

    return check


def _scaled(numbers: Mapping[str, Decimal], term: Term) -> Mapping[str, tuple[Decimal, Decimal]]:
    """Give unit -> numerator, and number x denominator: compared without division, nothing is rounded."""
    return {
        unit: (Decimal(factor.numerator), EXACT.multiply(number, Decimal(factor.denominator)))
        for family in reversed(term.families)
        if (number := numbers.get(family.printed)) is not None
        for unit, factor in family.factors.items()
        if is_short_factor(factor)
    }


def _reference(of: Reference, term: Term) -> Callable[[_Result], Decimal | None]:
    """Say which limit is meant: of the value or, where that was abnormal, the baseline itself."""
    if of is not Reference.REFERENCE:
        return lambda result: result.limits[of]
    own = Reference.LLN if term.direction is Direction.LOW else Reference.ULN
    return lambda result: result.limits[Reference.BASELINE if result.abnormal else own]


def _is_answered(condition: InputCondition, result: _Result) -> bool | None:
    answer = result.inputs.get(condition.input)
    if answer is None and condition.widens:
        return None
    return bool(answer) is condition.holds


def _are_short(value: Decimal, measurement: Measurement) -> bool:
    """Say whether every number can be compared here, and every limit and baseline that is given is one."""
    baseline = measurement.baseline
    return (
        is_short(value)
        and is_short(measurement.reported.value)
        and (baseline is None or (baseline >= 0 and is_short(baseline)))
        and are_limits(measurement.lln, measurement.uln)
        and are_limits(measurement.baseline_lln, measurement.baseline_uln)
    )
