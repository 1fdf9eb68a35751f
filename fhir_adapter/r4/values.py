"""Observation.value[x]: every type FHIR allows, read or refused by name.

Knows: which types of value carry a finding. Does not know: resources; a value stands in an Observation or in
a component.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final, NamedTuple

import msgspec

from fhir_adapter.domain.codes import CodeMeaning
from fhir_adapter.domain.facts import CodedValue
from fhir_adapter.domain.quantity import Quantity, UnitRule
from fhir_adapter.domain.source import Rejection, RejectionReason
from fhir_adapter.r4 import wire
from fhir_adapter.r4.absence import absent_reason_in, read_absent_reason
from fhir_adapter.r4.coding import coded_value, read_answer, score_of
from fhir_adapter.r4.context import ReadingContext
from fhir_adapter.r4.quantities import read_number, read_quantity, to_standard
from fhir_adapter.r4.wire_observation import Valued

LARGEST_INTEGER: Final = 2**31 - 1
"""Source: http://hl7.org/fhir/R4/datatypes.html#integer."""


class Value(NamedTuple):
    """A value as reported, in the concept's standard unit where it has one, and where it stood."""

    reported: Quantity | CodedValue | bool
    standard: Quantity | None
    path: str


class Question(NamedTuple):
    """What a value answers.

    Attributes:
        meaning: Of the code beside the value.
        rule: 0..1; the rule the concept's quantities follow; None where it carries none.
        path: FHIRPath of the element that carries the value.
        context: What reading depends on.
    """

    meaning: CodeMeaning
    rule: UnitRule | None
    path: str
    context: ReadingContext

    def refuse(self, reason: RejectionReason, element: str, detail: str = "") -> Rejection:
        """Refuse an element of the carrier."""
        return Rejection(reason=reason, path=f"{self.path}.{element}", detail=detail)


def read_value(element: Valued, question: Question) -> Value | Rejection | None:
    """Read the value of an Observation or of one of its components.

    Never takes a number out of a text.

    Args:
        element: Observation or component as received.
        question: What the value answers.

    Returns:
        The value; its rejection; None where the element says nothing at all about a value.

    Source:
        http://hl7.org/fhir/R4/observation-definitions.html#Observation.value_x_
    """
    if element.value_quantity is not None and has_only_quantity(element):
        return _read_quantity(element, question)
    present = [name for name in _READERS if getattr(element, name)]
    if len(present) > 1:
        return question.refuse(RejectionReason.INVALID_RESOURCE, "value", "several")
    if element.data_absent_reason:
        if present:
            return question.refuse(RejectionReason.INVALID_RESOURCE, "dataAbsentReason", "beside-value")
        reason = read_absent_reason(element.data_absent_reason)
        return question.refuse(RejectionReason.VALUE_ABSENT, "value", reason)
    if present:
        return _READERS[present[0]](element, question)
    return read_interpretation_only(element, question)


def read_interpretation(element: Valued, context: ReadingContext) -> CodedValue | None:
    """Read the interpretation (`POS`, `NEG`, a performance score's code); None where there is none."""
    if not element.interpretation:
        return None
    key = bytes(element.interpretation)
    found = context.caches.concepts.get(key)
    if found is None:
        merged = _merge(wire.concepts_decoder.decode(element.interpretation))
        found = context.caches.concepts.keep(key, coded_value(merged, context))
    return found


def read_interpretation_only(element: Valued, question: Question) -> Value | None:
    """Take the interpretation for the value where no value is given and it has a meaning."""
    said = read_interpretation(element, question.context)
    if said is None:
        return None
    score = _score(said, question)
    if score is None and not said.answers:
        return None
    return Value(said, score, f"{question.path}.interpretation")


def ask(meaning: CodeMeaning, path: str, context: ReadingContext) -> Question:
    """Put the question a code asks of the value beside it."""
    rule = None if meaning.unit_rule is None else context.unit_rules.get(meaning.unit_rule)
    return Question(meaning, rule, path, context)


def has_only_quantity(element: Valued) -> bool:
    """Say that nothing of a value is given besides, perhaps, a quantity."""
    return not (
        element.data_absent_reason
        or element.value_codeable_concept
        or element.value_string
        or element.value_boolean
        or element.value_integer
        or element.value_range
        or element.value_ratio
        or element.value_sampled_data
        or element.value_time
        or element.value_date_time
        or element.value_period
    )


def _read_quantity(element: Valued, question: Question) -> Value | Rejection:
    path = f"{question.path}.value"
    rule = question.rule
    reported = read_quantity(_present(element.value_quantity), path, unitless=rule is not None and rule.unitless)
    if isinstance(reported, Rejection):
        return reported
    standard = to_standard(reported, rule, path)
    return standard if isinstance(standard, Rejection) else Value(reported, standard, path)


def _read_integer(element: Valued, question: Question) -> Value | Rejection:
    path = f"{question.path}.value"
    number = read_number(element.value_integer, path)
    if isinstance(number, Rejection):
        return number
    if number.as_tuple().exponent != 0 or abs(number) > LARGEST_INTEGER:
        return question.refuse(RejectionReason.INVALID_RESOURCE, "value", "integer")
    rule = question.rule
    if rule is None or not rule.unitless:
        return question.refuse(RejectionReason.MISSING_UNIT, "value", "integer")
    reported = Quantity(number, None)
    standard = to_standard(reported, rule, path)
    return standard if isinstance(standard, Rejection) else Value(reported, standard, path)


def _read_concept(element: Valued, question: Question) -> Value | Rejection:
    concept = wire.concept_decoder.decode(element.value_codeable_concept)
    absent = absent_reason_in(concept)
    if absent is not None:
        return question.refuse(RejectionReason.VALUE_ABSENT, "value", absent)
    answer = read_answer(concept, question.meaning.concepts, question.context)
    return Value(answer, _score(answer, question), f"{question.path}.value")


def _read_string(element: Valued, question: Question) -> Value | Rejection:
    text = wire.CodeableConcept(text=_text_decoder.decode(element.value_string))
    answer = read_answer(text, question.meaning.concepts, question.context)
    if question.rule is not None and not answer.answers:
        return question.refuse(RejectionReason.UNSUPPORTED_VALUE, "value", "string")
    return Value(answer, None, f"{question.path}.value")


def _read_boolean(element: Valued, question: Question) -> Value | Rejection:
    return Value(_boolean_decoder.decode(element.value_boolean), None, f"{question.path}.value")


def _unsupported(kind: str) -> Callable[[Valued, Question], Value | Rejection]:
    def refuse(_element: Valued, question: Question) -> Rejection:
        return question.refuse(RejectionReason.UNSUPPORTED_VALUE, "value", kind)

    return refuse


_text_decoder = msgspec.json.Decoder(str)
_boolean_decoder = msgspec.json.Decoder(bool)
_READERS: Final[Mapping[str, Callable[[Valued, Question], Value | Rejection]]] = {
    "value_quantity": _read_quantity,
    "value_codeable_concept": _read_concept,
    "value_string": _read_string,
    "value_boolean": _read_boolean,
    "value_integer": _read_integer,
    "value_range": _unsupported("Range"),
    "value_ratio": _unsupported("Ratio"),
    "value_sampled_data": _unsupported("SampledData"),
    "value_time": _unsupported("time"),
    "value_date_time": _unsupported("dateTime"),
    "value_period": _unsupported("Period"),
}


def _present(quantity: wire.Quantity | None) -> wire.Quantity:
    return wire.Quantity() if quantity is None else quantity


def _score(answer: CodedValue, question: Question) -> Quantity | None:
    """Give the number the answer's code stands for, where the concept is a score."""
    rule = question.rule
    if rule is None or not rule.unitless:
        return None
    score = score_of(answer.codings, question.context.terminology)
    return None if score is None else Quantity(Decimal(score), rule.standard)


def _merge(concepts: tuple[wire.CodeableConcept, ...]) -> wire.CodeableConcept:
    """Bring the codings of several concepts together; their texts are not answers."""
    return wire.CodeableConcept(coding=tuple(coding for concept in concepts for coding in concept.coding))
