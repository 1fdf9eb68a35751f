"""Review of a toxicity scale: against the catalogue of its terms, the value sets, the units, and itself.

Knows: what a slip in a scale looks like. Does not know: whether a grade is clinically right.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from fhir_adapter.definitions.compile_terminology import Vocabulary
from fhir_adapter.definitions.file_scale import ScaleFile, TermRow
from fhir_adapter.definitions.finding import DefinitionFinding, Severity, finding
from fhir_adapter.definitions.typed_file import Typed
from fhir_adapter.definitions.yaml_text import Step
from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.quantity import UnitRule
from fhir_adapter.domain.queries import Operator
from fhir_adapter.domain.toxicity.catalogue import Catalogue
from fhir_adapter.domain.toxicity.result import Direction
from fhir_adapter.domain.toxicity.scale import (
    Change,
    ChangeCondition,
    Condition,
    MultipleCondition,
    NumberCondition,
    Scale,
    Term,
)

Found = Iterator[tuple[str, Severity, tuple[Step, ...], str]]

_UP = frozenset({Operator.GREATER, Operator.GREATER_OR_EQUAL})
_THRESHOLDS = (NumberCondition, MultipleCondition, ChangeCondition)


@dataclass(frozen=True, slots=True)
class _Threshold:
    """One number of one alternative; those of one kind have the same unit beside the same conditions."""

    kind: str
    number: Decimal


def review_scale(
    file: Typed[ScaleFile],
    scale: Scale,
    catalogue: Catalogue,
    vocabulary: Vocabulary,
    unit_rules: Mapping[str, UnitRule],
) -> Iterator[DefinitionFinding]:
    """Review a scale.

    Args:
        file: terminology/<scale>.yaml.
        scale: The same, compiled.
        catalogue: Every term of the scale with its official wording.
        vocabulary: The value sets.
        unit_rules: Units results may be reported in.

    Yields:
        `scale-term`, `scale-code`, `scale-wording`, `scale-concept`, `scale-direction`, `scale-not-monotonic`,
        `scale-unit-missing`, `scale-unit-factor`, `scale-unused-family`; as a note `scale-unit-not-printed`.
    """
    for place, (row, term) in enumerate(zip(file.model.terms, scale.terms, strict=True)):
        parts = (
            _against_catalogue(row, catalogue),
            _concepts(row, vocabulary),
            _direction(term),
            () if row.combined or row.by_unit else _monotonic(term),
            () if row.by_unit else _every_family(row, term),
            _units(term, vocabulary, unit_rules),
        )
        for part in parts:
            for code, severity, steps, message in part:
                yield finding(code, severity, file, ("terms", place, *steps), f"{row.name}: {message}")
    named = {name for row in file.model.terms for name in row.families}
    for place, family in enumerate(file.model.families):
        if family.id not in named:
            message = f"no term has numbers in {family.id}"
            yield finding("scale-unused-family", Severity.WARNING, file, ("families", place, "id"), message)


def concepts_of(scales: Collection[Scale]) -> frozenset[ConceptId]:
    """List the concepts whose results scales grade."""
    named = ((*term.concepts, *term.bounded_by) for scale in scales for term in scale.terms)
    return frozenset(concept for concepts in named for concept in concepts)


def _against_catalogue(row: TermRow, catalogue: Catalogue) -> Found:
    official = catalogue.term(row.name)
    if official is None or official.name != row.name:
        yield "scale-term", Severity.ERROR, ("name",), "not a term of the catalogue"
        return
    if row.meddra != official.meddra:
        yield "scale-code", Severity.ERROR, ("meddra",), f"the catalogue's code is {official.meddra}"
    if row.soc != official.soc:
        yield "scale-code", Severity.ERROR, ("soc",), f"the catalogue's system organ class is {official.soc}"
    for place, grade in enumerate(row.grades):
        if grade.wording != official.wording.get(grade.grade):
            message = f"the wording of grade {grade.grade} is not the catalogue's"
            yield "scale-wording", Severity.ERROR, ("grades", place, "wording"), message
    for missing in sorted(set(official.wording) - {grade.grade for grade in row.grades}):
        yield "scale-wording", Severity.ERROR, ("grades",), f"grade {missing} of the catalogue is missing"


def _concepts(row: TermRow, vocabulary: Vocabulary) -> Found:
    for key, concepts in (("concepts", row.concepts), ("bounded_by", row.bounded_by)):
        for place, concept in enumerate(concepts):
            if concept not in vocabulary.titles:
                yield "scale-concept", Severity.ERROR, (key, place), f"there is no value set {concept}"


def _direction(term: Term) -> Found:
    """Find comparisons that look at the other side than the term does."""
    if term.direction is None or term.combined:
        return
    for condition in term.conditions:
        if isinstance(condition, _THRESHOLDS) and _looks_up(condition) is not (term.direction is Direction.HIGH):
            yield "scale-direction", Severity.ERROR, ("direction",), "a comparison looks at the other side"


def _looks_up(condition: NumberCondition | MultipleCondition | ChangeCondition) -> bool:
    is_above = condition.operator in _UP
    moved_down = isinstance(condition, ChangeCondition) and condition.change is Change.DROP
    return is_above is not moved_down


def _monotonic(term: Term) -> Found:
    """Find a higher grade whose number lies no further out than that of a lower grade of the same kind."""
    limits: dict[str, list[tuple[int, Decimal]]] = {}
    for rule in reversed(term.rules):
        for alternative in rule.any_of:
            for threshold in _thresholds(alternative, term):
                limits.setdefault(threshold.kind, []).append((rule.grade, threshold.number))
    for pairs in limits.values():
        for (lower, near), (higher, far) in pairwise(pairs):
            if lower != higher and far <= near:
                message = f"grade {higher} lies no further out than grade {lower}"
                yield "scale-not-monotonic", Severity.ERROR, ("grades",), message


def _thresholds(alternative: tuple[Condition, ...], term: Term) -> Iterator[_Threshold]:
    """Give the numbers of an alternative that has one comparison, counted outwards from normal."""
    compared = [each for each in alternative if isinstance(each, _THRESHOLDS)]
    if len(compared) != 1:
        return
    beside = sorted(repr(each) for each in alternative if each is not compared[0])
    only = compared[0]
    sign = 1 if isinstance(only, ChangeCondition) or term.direction is Direction.HIGH else -1
    if isinstance(only, MultipleCondition):
        yield _Threshold(f"{only.of} {beside}", sign * only.times)
        return
    change = f"{only.change} {only.of}" if isinstance(only, ChangeCondition) else ""
    for unit, number in only.numbers.items():
        yield _Threshold(f"{change} {unit} {beside}", sign * number)


def _every_family(row: TermRow, term: Term) -> Found:
    """Find a number that is printed for some of the term's unit families only."""
    if row.combined:
        return
    printed = {family.printed for family in term.families}
    for condition in term.conditions:
        numbers = getattr(condition, "numbers", None)
        for unit in sorted(printed - set(numbers)) if numbers is not None else ():
            message = f"a limit has no number for {unit}"
            yield "scale-unit-missing", Severity.WARNING, ("families",), message


def _units(term: Term, vocabulary: Vocabulary, unit_rules: Mapping[str, UnitRule]) -> Found:
    """Compare the families with the units results may be reported in."""
    if not term.families:
        return
    rules = [
        unit_rules[name]
        for concept in term.concepts
        for name in sorted(vocabulary.rules.get(concept, frozenset()))
    ]
    for rule in rules:
        for family in term.families:
            ratios = {_ratio(rule, unit, family.factors[unit]) for unit in family.factors if unit in rule.factors}
            if len(ratios) > 1:
                message = f"family {family.id} converts otherwise than unit rule {rule.id}"
                yield "scale-unit-factor", Severity.ERROR, ("families",), message
    known = {unit for family in term.families for unit in family.factors}
    reportable = {unit for rule in rules for unit in rule.factors if not _is_refused(rule, unit)}
    for unit in sorted(reportable - known):
        message = f"no limit is printed for results in {unit}"
        yield "scale-unit-not-printed", Severity.NOTE, ("families",), message


def _ratio(rule: UnitRule, unit: str, factor: Fraction) -> Fraction:
    return rule.factors[unit] / factor


def _is_refused(rule: UnitRule, unit: str) -> bool:
    return rule.standard_refused and unit == rule.standard
