"""One reading of what is not known: the baseline taken as normal or abnormal, clinical answers taken as given.

Knows: which limits and baselines a value is compared with under one reading, whether a condition holds. Does not
know: which readings there are, grades.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.intervals import EXACT, Interval
from fhir_adapter.domain.logic import Truth
from fhir_adapter.domain.toxicity.measurement import Measurement
from fhir_adapter.domain.toxicity.operand import (
    MET,
    NOT_MET,
    POSITIVE,
    Operand,
    Verdict,
    compare,
    difference,
    known,
    multiplied,
    printed_value_of,
    scaled,
    unit_of,
)
from fhir_adapter.domain.toxicity.result import Direction, Needed
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
    Term,
    UnitFamily,
)

_UNUSABLE_UNIT = Verdict(Truth.UNKNOWN, frozenset({Needed.UNIT}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What is compared under one reading.

    Attributes:
        main: The result graded.
        value: Its value, in the unit of its limits.
        family: 0..1; the family of its reported unit.
        printed: 0..1; its value in the unit that family is printed in.
        others: Results by concept, where the term combines several; holds `main` too.
        lln: 0..1; usable lower limit of normal.
        uln: 0..1; usable upper limit of normal.
        baseline: 0..1; usable baseline.
        baseline_limit: 0..1; limit that tells a normal baseline from an abnormal one.
        abnormal: 0..1; whether the baseline is taken as abnormal; None where the term does not ask.
        ignores_baseline: True where the value is normal and the baseline unknown: no comparison with it holds.
        answers: Clinical inputs taken as answered.
    """

    term: Term
    main: Measurement
    value: Operand
    family: UnitFamily | None
    printed: Operand | None
    others: Mapping[ConceptId, Measurement]
    lln: Decimal | None
    uln: Decimal | None
    baseline: Decimal | None
    baseline_limit: Decimal | None
    abnormal: bool | None
    ignores_baseline: bool
    answers: Mapping[ClinicalInput, bool]

    def assess(self, condition: Condition) -> Verdict:
        """Say whether a condition holds under this reading.

        Args:
            condition: Any.

        Returns:
            UNKNOWN with what is needed where a number it rests on is missing or censored.

        Source:
            clinical review, section 4, PUT-4.
        """
        match condition:
            case NumberCondition():
                return self._against_number(condition)
            case MultipleCondition():
                return self._against_multiple(condition)
            case ChangeCondition():
                return self._against_change(condition)
            case BaselineCondition():
                return MET if condition.abnormal is self.abnormal else NOT_MET
            case InputCondition():
                return MET if self.answers.get(condition.input, False) is condition.holds else NOT_MET
            case _:
                return assess_age(condition, self.main.age_years)

    def _against_number(self, condition: NumberCondition) -> Verdict:
        family, value = self.family, self.printed
        if condition.concept is not None:
            other = self.others.get(condition.concept)
            if other is None:
                return Verdict(Truth.UNKNOWN, frozenset({Needed.RESULT}))
            family = family_of(self.term, other)
            value = None if family is None else printed_value_of(other, family)
        number = None if family is None else condition.numbers.get(family.printed)
        if number is None or value is None:
            return _UNUSABLE_UNIT
        return compare(value, condition.operator, known(number))

    def _against_multiple(self, condition: MultipleCondition) -> Verdict:
        if self._is_ignored(condition.of):
            return NOT_MET
        limit = multiplied(self._reference(condition.of), condition.times)
        return compare(self.value, condition.operator, limit)

    def _against_change(self, condition: ChangeCondition) -> Verdict:
        if self._is_ignored(condition.of):
            return NOT_MET
        number = None if self.family is None else condition.numbers.get(self.family.printed)
        factor = None if self.family is None else _from_standard(self.main, self.family)
        if number is None or factor is None:
            return _UNUSABLE_UNIT
        reference = self._reference(condition.of)
        ends = (self.value, reference) if condition.change is Change.RISE else (reference, self.value)
        return compare(scaled(difference(*ends), factor), condition.operator, known(number))

    def _is_ignored(self, of: Reference) -> bool:
        return of is Reference.BASELINE and self.ignores_baseline

    def _reference(self, of: Reference) -> Operand:
        if of is Reference.REFERENCE:
            limit = Reference.LLN if self.term.direction is Direction.LOW else Reference.ULN
            of = Reference.BASELINE if self.abnormal else limit
        if of is Reference.BASELINE:
            return self._baseline()
        limit_value, needed = (self.uln, Needed.ULN) if of is Reference.ULN else (self.lln, Needed.LLN)
        return Operand(POSITIVE, frozenset({needed})) if limit_value is None else known(limit_value)

    def _baseline(self) -> Operand:
        if self.baseline is not None:
            return known(self.baseline)
        needs, limit = frozenset({Needed.BASELINE}), self.baseline_limit
        if limit is None or self.abnormal is None:
            return Operand(POSITIVE, needs)
        if self.abnormal is (self.term.direction is Direction.HIGH):
            return Operand(Interval(limit, None, low_open=self.abnormal), needs)
        return Operand(Interval(Decimal(0), limit, low_open=True, high_open=self.abnormal), needs)


def assess_age(condition: AgeCondition, age_years: int | None) -> Verdict:
    """Say whether an age lies between two ages.

    Args:
        condition: From which and below which completed years [a].
        age_years: 0..1; completed years [a].

    Returns:
        UNKNOWN, age needed, where it is not known.
    """
    if age_years is None:
        return Verdict(Truth.UNKNOWN, frozenset({Needed.AGE}))
    old_enough = condition.from_years is None or age_years >= condition.from_years
    return MET if old_enough and (condition.below_years is None or age_years < condition.below_years) else NOT_MET


def family_of(term: Term, measurement: Measurement) -> UnitFamily | None:
    """Find the family the reported unit belongs to, among those the term's limits are printed for."""
    unit = unit_of(measurement)
    return next((family for family in term.families if unit in family.factors), None)


def _from_standard(measurement: Measurement, family: UnitFamily) -> Decimal | None:
    """Give the factor from the unit of the limits to the unit printed; None for a zero that does not show it."""
    factor = family.factors[unit_of(measurement)]
    numerator, denominator = Decimal(factor.numerator), Decimal(factor.denominator)
    if measurement.standard is not None and measurement.standard != measurement.reported.value:
        if measurement.standard == 0:
            return None
        numerator = EXACT.multiply(numerator, measurement.reported.value)
        denominator = EXACT.multiply(denominator, measurement.standard)
    return EXACT.divide(numerator, denominator)
