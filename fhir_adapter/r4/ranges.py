"""Observation.referenceRange: the laboratory's own limits of normal, and for whom they hold.

Knows: how FHIR writes them, that their unit must be of the value's family. Does not know: the patient's age
and sex; where limits depend on them, all ranges are kept for the domain to choose from.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Final, NamedTuple

import msgspec
from msgspec import UNSET

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.facts import ReferenceRange
from fhir_adapter.domain.quantity import Quantity, UnitRule
from fhir_adapter.domain.source import Rejection
from fhir_adapter.r4 import wire
from fhir_adapter.r4.coding import coded_value
from fhir_adapter.r4.context import Limits, ReadingContext
from fhir_adapter.r4.quantities import UCUM, read_number, read_quantity, to_standard
from fhir_adapter.r4.values import Question
from fhir_adapter.r4.wire_observation import ReferenceRangeElement, Valued

MEANING: Final = "http://terminology.hl7.org/CodeSystem/referencerange-meaning"
NORMAL: Final = "normal"

# Sexes as range conditions. Source: http://hl7.org/fhir/R4/valueset-administrative-gender.html,
# http://hl7.org/fhir/R4/v3/AdministrativeGender/cs.html; SNOMED CT 248152002 |Female|, 248153007 |Male|.
_SEXES: Final = {
    ("http://hl7.org/fhir/administrative-gender", "female"): ConceptId("female"),
    ("http://hl7.org/fhir/administrative-gender", "male"): ConceptId("male"),
    ("http://terminology.hl7.org/CodeSystem/v3-AdministrativeGender", "F"): ConceptId("female"),
    ("http://terminology.hl7.org/CodeSystem/v3-AdministrativeGender", "M"): ConceptId("male"),
    ("http://snomed.info/sct", "248152002"): ConceptId("female"),
    ("http://snomed.info/sct", "248153007"): ConceptId("male"),
}

# UCUM: a = 365.25 d, mo = a/12, wk = 7 d. Source: https://ucum.org/ucum#section-Derived-Unit-Atoms
_YEARS: Final = {
    "a": Fraction(1),
    "mo": Fraction(1, 12),
    "wk": Fraction(28, 1461),
    "d": Fraction(4, 1461),
    "h": Fraction(1, 8766),
}

_decoder = msgspec.json.Decoder(tuple[ReferenceRangeElement, ...])


def read_limits(element: Valued, reported: Quantity, question: Question) -> Limits:
    """Read the limits of normal printed with a quantity.

    Never takes a limit from anywhere but the same result, and never out of a text.

    Args:
        element: Observation or component as received.
        reported: The value as written; a limit must be in its unit, or in one of the same family.
        question: What the value answers.

    Returns:
        Limits in the concept's standard unit; with a problem where they need choosing or cannot be read.

    Source:
        rules A.11, ULN and LLN; http://hl7.org/fhir/R4/observation-definitions.html#Observation.referenceRange
    """
    rule = question.rule
    if not element.reference_range or rule is None:
        return _NO_LIMITS
    limits = question.context.caches.limits
    key = (bytes(element.reference_range), reported.unit, rule.id, question.path)
    known = limits.get(key)
    return known if known is not None else limits.keep(key, _read_limits(element, reported, rule, question))


def _read_limits(element: Valued, reported: Quantity, rule: UnitRule, question: Question) -> Limits:
    found: list[ReferenceRange | _Unusable] = []
    for index, each in enumerate(_decoder.decode(element.reference_range)):
        path = f"{question.path}.referenceRange[{index}]"
        found.append(_read_range(each, path, _Scale(rule, reported.unit), question.context))
    return _choose(found)


class _Unusable(NamedTuple):
    """A range that gives no limits, and the word for why."""

    path: str
    word: str


_NO_LIMITS: Final = Limits()


class _Scale(NamedTuple):
    """The rule and the unit the value was reported in."""

    rule: UnitRule
    unit: str | None

    def admits(self, unit: str | None) -> bool:
        """Say whether a limit in this unit belongs to the value: the same unit, or the same family."""
        if unit == self.unit:
            return True
        families = self.rule.family or {}
        return families.get(unit or "") == families.get(self.unit or "")


def _choose(found: list[ReferenceRange | _Unusable]) -> Limits:
    """Take the limits only where nothing is left to choose: one range, and it holds for everybody."""
    ranges = tuple(each for each in found if isinstance(each, ReferenceRange))
    unusable = [each for each in found if isinstance(each, _Unusable)]
    unread = tuple(each for each in unusable if each.word != "type")
    if not ranges:
        first = unread or unusable
        return Limits(problem=first[0].word if first else None)
    if len(ranges) + len(unread) > 1:
        hidden = tuple(ReferenceRange(path=each.path, low=None, high=None, is_unread=True) for each in unread)
        return Limits(problem="several", ranges=(*ranges, *hidden))
    only = ranges[0]
    if not only.is_plain:
        return Limits(problem="conditional", ranges=ranges)
    return Limits(only.low, only.high, None, only.path, ranges)


def _read_range(
    element: ReferenceRangeElement, path: str, scale: _Scale, context: ReadingContext
) -> ReferenceRange | _Unusable:
    if element.modifier_extension:
        return _Unusable(path, "modifier")
    kind = _read_type(element.type)
    if kind == "other":
        return _Unusable(path, "type")
    if element.low is None and element.high is None:
        return _Unusable(path, "text")
    low = _read_limit(element.low, path, scale)
    high = _read_limit(element.high, path, scale)
    if isinstance(low, str) or isinstance(high, str):
        return _Unusable(path, low if isinstance(low, str) else str(high))
    if low is not None and high is not None and low.value > high.value:
        return _Unusable(path, "value")
    applies_to, all_known = _read_applies_to(element.applies_to, context)
    age_low, age_high, age_known = _read_age(element.age)
    return ReferenceRange(
        path=path,
        low=low,
        high=high,
        age_low=age_low,
        age_high=age_high,
        type=NORMAL if kind == NORMAL else None,
        applies_to=applies_to,
        is_unread=not (all_known and age_known),
    )


def _read_type(concept: wire.CodeableConcept | None) -> str:
    """Say `normal`, `absent` or `other` (a recommended or therapeutic range is no limit of normal)."""
    if concept is None:
        return "absent"
    return NORMAL if any(c.system == MEANING and c.code == NORMAL for c in concept.coding) else "other"


def _read_limit(quantity: wire.Quantity | None, path: str, scale: _Scale) -> Quantity | str | None:
    if quantity is None:
        return None
    reported = read_quantity(quantity, path, unitless=scale.rule.unitless)
    if isinstance(reported, Rejection):
        return "unit" if reported.path.endswith((".code", ".system")) else "value"
    if quantity.comparator is not UNSET:
        return "value"  # a SimpleQuantity has none
    standard = to_standard(reported, scale.rule, path)
    return "unit" if isinstance(standard, Rejection) or not scale.admits(reported.unit) else standard


def _read_applies_to(
    concepts: Iterable[wire.CodeableConcept], context: ReadingContext
) -> tuple[tuple[ConceptId, ...], bool]:
    """Give whom the range is for, and whether every condition was understood."""
    found: dict[ConceptId, None] = {}
    all_known = True
    for concept in concepts:
        sexes = (_SEXES.get((coding.system, coding.code)) for coding in concept.coding)
        named = [sex for sex in sexes if sex is not None] or list(coded_value(concept, context).answers)
        found.update(dict.fromkeys(named))
        all_known = all_known and bool(named)
    return tuple(found), all_known


def _read_age(age: wire.Range | None) -> tuple[Fraction | None, Fraction | None, bool]:
    if age is None:
        return None, None, True
    low, low_known = _read_years(age.low)
    high, high_known = _read_years(age.high)
    return low, high, low_known and high_known


def _read_years(quantity: wire.Quantity | None) -> tuple[Fraction | None, bool]:
    if quantity is None:
        return None, True
    factor = _YEARS.get(quantity.code) if quantity.system == UCUM else None
    number = read_number(quantity.value, "age")
    if factor is None or isinstance(number, Rejection) or quantity.comparator is not UNSET:
        return None, False
    return Fraction(number) * factor, True
