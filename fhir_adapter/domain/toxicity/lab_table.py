"""What rows of a table of results are read by: the scale, LOINC codes, unit rules, spellings of units.

Knows: which terms a row asks for, which unit rule its number follows. Does not know: files, grades.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from fhir_adapter.domain.codes import CodeMeaning, ConceptId
from fhir_adapter.domain.quantity import Quantity, UnitRule
from fhir_adapter.domain.toxicity.cells import BadCell, RowProblem
from fhir_adapter.domain.toxicity.measurement import Measurement
from fhir_adapter.domain.toxicity.quick import grade_quickly
from fhir_adapter.domain.toxicity.result import Direction
from fhir_adapter.domain.toxicity.scale import Scale, Term

_CLINICAL = "a clinical term: it is graded by what was observed, not by a number"

_NAMED_SO = "under this term or LOINC code"

SHOWN_UNITS = 6
"""Units named where another one was given: enough to see what is meant."""

_SEVERE = 3
"""The grade from which an event is severe, whatever the scale's numbers."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of result a row can be: what was measured, the rule its unit follows, the terms it is graded by."""

    concept: ConceptId
    rule: UnitRule
    terms: tuple[Term, ...]


@dataclass(frozen=True, kw_only=True)
class LabTable:
    """What rows are read by.

    Attributes:
        scale: The toxicity scale.
        codes: LOINC code -> what it means.
        rules: Unit rule id -> rule.
        concept_rules: Concept -> unit rules of its codes.
        spellings: A unit as laboratories write it -> UCUM.
        catalogue: Every term of the scale, also those no number grades, in lower case.
    """

    scale: Scale
    codes: Mapping[str, CodeMeaning]
    rules: Mapping[str, UnitRule]
    concept_rules: Mapping[ConceptId, tuple[UnitRule, ...]]
    spellings: Mapping[str, str]
    catalogue: frozenset[str]

    @cached_property
    def _entries(self) -> Mapping[str, tuple[Term, ...]]:
        entries: dict[str, tuple[Term, ...]] = {}
        for term in self.scale.terms:
            key = term.name.casefold()
            entries[key] = (*entries.get(key, ()), term)
        return entries

    def terms_named(self, name: str) -> tuple[Term, ...]:
        """Find the entries of a term, one for each kind of result it is graded by.

        Args:
            name: As the scale's owner writes it, in any case, blanks around it ignored.

        Returns:
            1..*, in the order of the scale.

        Raises:
            BadCell: The scale has no such term, or no number grades it.
        """
        key = name.strip().casefold()
        if entries := self._entries.get(key):
            return entries
        if key in self.catalogue:
            raise BadCell(RowProblem.UNMAPPED, "term", _CLINICAL)
        raise BadCell(RowProblem.UNMAPPED, "term", f"no term of {self.scale.title} has this name")

    def kinds_of_terms(self, terms: tuple[Term, ...]) -> tuple[Kind, ...]:
        """List the kinds of result that entries of one term are graded by.

        Args:
            terms: 1..*; entries of one term.

        Returns:
            1..*, in the order of the scale; of a term that combines several results its first one.

        Raises:
            BadCell: No number grades the term.
        """
        kinds = tuple(
            Kind(concept, rule, (term,))
            for term in terms
            for concept in (term.concepts[:1] if term.combined else term.concepts)
            for rule in self.concept_rules.get(concept, ())
        )
        if not kinds:
            raise BadCell(RowProblem.UNMAPPED, "term", _CLINICAL)
        return kinds

    def kinds_of_code(self, code: str, terms: tuple[Term, ...] | None) -> tuple[Kind, ...]:
        """List the kinds of result a LOINC code stands for.

        Args:
            code: LOINC code.
            terms: 0..*; entries of the term the row names too; None = it names none.

        Returns:
            One kind.

        Raises:
            BadCell: The code is not known, carries no number, or no term is graded by it.
        """
        meaning = self.codes.get(code)
        if meaning is None:
            raise BadCell(RowProblem.UNMAPPED, "loinc", "not a LOINC code the adapter knows")
        rule = self.rules.get(meaning.unit_rule or "")
        if rule is None:
            raise BadCell(RowProblem.UNMAPPED, "loinc", "this code carries no number to grade")
        graded = {concept: self._graded_by(concept, terms) for concept in meaning.concepts}
        every = tuple({id(term): term for each in graded.values() for term in each}.values())
        if every:
            return (Kind(next(concept for concept, each in graded.items() if each), rule, every),)
        if terms is not None:
            raise BadCell(RowProblem.CONFLICTING, "loinc", "not a result this term is graded by")
        raise BadCell(
            RowProblem.UNMAPPED, "loinc", f"no term of {self.scale.title} is graded by this result alone"
        )

    def _graded_by(self, concept: ConceptId, terms: tuple[Term, ...] | None) -> tuple[Term, ...]:
        if terms is None:
            return self.scale.terms_of(concept)
        return tuple(term for term in terms if concept in term.concepts)

    def kinds_in_unit(self, kinds: tuple[Kind, ...], written: str) -> tuple[str | None, tuple[Kind, ...]]:
        """Keep the kinds of result whose rule accepts a unit.

        Args:
            kinds: 1..*.
            written: The unit as the table writes it.

        Returns:
            The UCUM unit, None for a bare number, and 1..* kinds.

        Raises:
            BadCell: No unit, an unknown one, or one that what was measured is not reported in.
        """
        spelled = written.strip()
        unit = self.spellings.get(spelled, spelled) or None
        fitting = tuple(kind for kind in kinds if _accepts(kind.rule, unit))
        if fitting:
            return unit, fitting
        accepted = ", ".join(tuple(dict.fromkeys(_accepted_units(kinds)))[:SHOWN_UNITS])
        if unit is None:
            raise BadCell(RowProblem.MISSING, "unit", f"empty; needed, for example {accepted}")
        names = ", ".join(dict.fromkeys(kind.concept for kind in kinds))
        raise BadCell(
            RowProblem.UNIT_UNUSABLE, "unit", f"not one of {names} {_NAMED_SO}, as for example {accepted}"
        )

    def fits_limits(self, kind: Kind, unit: str | None, lln: Decimal | None, uln: Decimal | None) -> bool:
        """Say whether limits of normal can be those of a kind of result: they must not be graded themselves.

        An upper limit of 1.3 mmol/L is one of ionized calcium; as one of total calcium it would be a grade 4. On
        its own side a limit may lie a little beyond the first printed numbers, as a child's, but is never severe.

        Args:
            kind: What may have been measured.
            unit: UCUM unit of the limits.
            lln: 0..1; lower limit of normal [unit].
            uln: 0..1; upper limit of normal [unit].

        Returns:
            True where neither limit is known.
        """
        ends = {Direction.LOW: lln, Direction.HIGH: uln}
        for term in self.scale.terms_of(kind.concept):
            for side, end in ends.items():
                if term.direction is None or end is None:
                    continue
                grade = grade_quickly(term, Measurement(reported=Quantity(end, unit))).grade or 0
                if grade >= (_SEVERE if side is term.direction else 1):
                    return False
        return True


def _accepts(rule: UnitRule, unit: str | None) -> bool:
    if unit is None:
        return rule.unitless
    if unit == rule.standard:
        return not rule.standard_refused
    return unit in rule.factors or unit in rule.as_is


def _accepted_units(kinds: tuple[Kind, ...]) -> Iterator[str]:
    for kind in kinds:
        yield from (unit for unit in kind.rule.factors if _accepts(kind.rule, unit))
