"""From codings to concepts: what a code is about, what an answer says.

Knows: how several codings of one element are read together, exact text answers. Does not know: any
particular code; meanings come from the terminology.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Raw

from fhir_adapter.domain.codes import CodeMeaning, Coding, ConceptId, Terminology
from fhir_adapter.domain.facts import CodedValue
from fhir_adapter.domain.source import Exclusion
from fhir_adapter.r4 import wire
from fhir_adapter.r4.context import CodeReading, ReadingContext

OBSERVATION_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
ANY_CONCEPT = "*"
"""Key of text answers that hold whatever was asked."""


def read_code(raw: Raw, context: ReadingContext) -> CodeReading:
    """Say what a resource is about, by its code element.

    Codings are read as saying the same thing: the concepts of all of them count.

    Args:
        raw: A CodeableConcept (`Observation.code`, `Condition.code`, `medicationCodeableConcept`); may be absent.
        context: For terminology and the concepts that are needed.

    Returns:
        The needed meaning, or the rule that excludes it, or why it could not be read.

    Source:
        design contracts, Facts, versions, counts.
    """
    key = bytes(raw)
    found = context.caches.codes.get(key)
    if found is None:
        concept = wire.concept_decoder.decode(raw) if key else wire.CodeableConcept()
        found = context.caches.codes.keep(key, classify(concept, context))
    return found


def classify(concept: wire.CodeableConcept, context: ReadingContext) -> CodeReading:
    """Do the same for a decoded element; see `read_code`."""
    codings = to_codings(concept.coding)
    text = concept.text or None
    meanings = tuple(_meanings(codings, context.terminology))
    needed = tuple(m for m in meanings if any(c in context.needed for c in m.concepts))
    known = _union(meanings) if meanings else None
    if needed:
        return CodeReading(codings=codings, text=text, meaning=_union(needed, context.needed), known=known)
    rule = Exclusion.CODE_NOT_NEEDED if meanings else _excluding_rule(codings, context.terminology)
    if rule is not None:
        return CodeReading(codings=codings, text=text, excluded_by=rule, known=known)
    return CodeReading(codings=codings, text=text, problem=_problem(codings, context.terminology))


def read_concepts(raw: Raw, context: ReadingContext) -> CodedValue:
    """Say which concepts a coded element names, needed or not (method, route, specimen type, body site).

    Args:
        raw: A CodeableConcept that is present.
        context: For terminology.

    Returns:
        Codings as written and their concepts; no concepts = present but unmapped.
    """
    key = bytes(raw)
    found = context.caches.concepts.get(key)
    if found is None:
        found = context.caches.concepts.keep(key, coded_value(wire.concept_decoder.decode(raw), context))
    return found


def coded_value(concept: wire.CodeableConcept, context: ReadingContext) -> CodedValue:
    """Do the same for a decoded element; see `read_concepts`."""
    codings = to_codings(concept.coding)
    answers = _concepts_of(_meanings(codings, context.terminology))
    return CodedValue(codings, concept.text or None, answers)


def is_unmatched(concept: wire.CodeableConcept, context: ReadingContext) -> bool:
    """Say whether the hospital's concept map marks a code of an element as having no counterpart."""
    return _is_unmatched(to_codings(concept.coding), context.terminology)


def read_answer(
    concept: wire.CodeableConcept, asked: tuple[ConceptId, ...], context: ReadingContext
) -> CodedValue:
    """Say what an answer means, by its codings, else by its exact text.

    Args:
        concept: The answer; a plain string is given as its text.
        asked: Concepts of the question.
        context: For terminology and the hospital's declared texts.

    Returns:
        The answer with the concepts it maps to; none = unmapped.
    """
    value = coded_value(concept, context)
    if value.answers or value.text is None:
        return value
    return CodedValue(value.codings, value.text, _text_answers(value.text, asked, context.terminology))


def score_of(codings: Iterable[Coding], terminology: Terminology) -> str | None:
    """Give the number an answer code stands for (text of a Decimal); None where none or several do."""
    scores = {m.score for m in _meanings(codings, terminology) if m.score is not None}
    return scores.pop() if len(scores) == 1 else None


def read_category(raw: Raw, context: ReadingContext) -> str | None:
    """Give the code of Observation.category: HL7's own where present, else the first."""
    key = bytes(raw)
    if not key:
        return None
    found = context.caches.categories.get(key, ...)
    if found is ...:
        codings = [c for concept in wire.concepts_decoder.decode(raw) for c in concept.coding if c.code]
        standard = [c.code for c in codings if c.system == OBSERVATION_CATEGORY]
        first = standard or [c.code for c in codings]
        return context.caches.categories.keep(key, first[0] if first else None)
    return found if isinstance(found, str) else None


def to_codings(codings: Iterable[wire.Coding]) -> tuple[Coding, ...]:
    """Bring codings over from the wire, as written."""
    return tuple(Coding(c.system or None, c.code or None, c.display or None) for c in codings)


def _meanings(codings: Iterable[Coding], terminology: Terminology) -> Iterable[CodeMeaning]:
    for coding in codings:
        if coding.system is not None and coding.code is not None:
            meaning = terminology.meanings.get((coding.system, coding.code))
            if meaning is not None:
                yield meaning


def _concepts_of(meanings: Iterable[CodeMeaning]) -> tuple[ConceptId, ...]:
    return tuple(dict.fromkeys(concept for meaning in meanings for concept in meaning.concepts))


def _union(meanings: tuple[CodeMeaning, ...], needed: frozenset[str] | None = None) -> CodeMeaning:
    rules = {m.unit_rule for m in meanings if m.unit_rule is not None}
    scores = {m.score for m in meanings if m.score is not None}
    return CodeMeaning(
        concepts=tuple(c for c in _concepts_of(meanings) if needed is None or c in needed),
        unit_rule=rules.pop() if len(rules) == 1 else None,  # two rules would mean two quantities
        qualifiers=frozenset(q for m in meanings for q in m.qualifiers),
        score=scores.pop() if len(scores) == 1 else None,
    )


def _excluding_rule(codings: tuple[Coding, ...], terminology: Terminology) -> Exclusion | None:
    for coding in codings:
        if coding.system is None or coding.code is None:
            continue
        if coding.system in terminology.systems and coding.system not in terminology.local_systems:
            return Exclusion.CODE_NOT_NEEDED
    return Exclusion.CODE_UNMATCHED if _is_unmatched(codings, terminology) else None


def _is_unmatched(codings: tuple[Coding, ...], terminology: Terminology) -> bool:
    return any((coding.system, coding.code) in terminology.unmatched for coding in codings)


def _problem(codings: tuple[Coding, ...], terminology: Terminology) -> str:
    if not any(coding.code for coding in codings):
        return "no-code"
    systems = {coding.system for coding in codings if coding.code and coding.system}
    if not systems:
        return "no-system"
    return "not-in-map" if systems & terminology.local_systems else "unknown-system"


def _text_answers(text: str, asked: tuple[ConceptId, ...], terminology: Terminology) -> tuple[ConceptId, ...]:
    found: dict[ConceptId, None] = {}
    for concept in (*asked, ANY_CONCEPT):
        found.update(dict.fromkeys(terminology.text_answers.get((concept, text), ())))
    return tuple(found)
