"""A toxicity scale as data: terms, and per grade the closed comparisons that give it.

Knows: the words a grading rule is written in. Does not know: any particular scale's numbers, how to compare.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cached_property

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.queries import Operator
from fhir_adapter.domain.toxicity.result import Direction, Needed


class Reference(StrEnum):
    """What a value is compared with where no number is printed.

    REFERENCE: the baseline where it was abnormal, else the limit of normal on the term's side.
    """

    ULN = "uln"
    LLN = "lln"
    BASELINE = "baseline"
    REFERENCE = "reference"


class Change(StrEnum):
    """Which way a value moved away from its reference."""

    DROP = "drop"
    RISE = "rise"


class ClinicalInput(StrEnum):
    """What a person, not a number, can say about a result. A closed list."""

    SYMPTOMS = "symptoms"
    INTERVENTION = "intervention"
    ANTICOAGULATION = "anticoagulation"
    DURATION = "duration"
    ASSESSMENT = "clinical-assessment"
    INFARCTION_LEVEL = "infarction-level"
    EXERCISE = "exercise"
    OXYGEN = "supplemental-oxygen"
    TRANSFUSION = "transfusion"
    BLEEDING = "bleeding"
    SEIZURE = "seizure"
    INSULIN = "insulin"
    STEROIDS = "steroids"
    NUTRITION_SUPPORT = "nutrition-support"
    TUBE_FEEDING = "tube-feeding"
    HOSPITALIZATION = "hospitalization"
    URGENT_INTERVENTION = "urgent-intervention"
    LIFE_THREATENING = "life-threatening"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitFamily:
    """Units whose numbers convert to the unit a limit is printed in; mass and molar never mix.

    Attributes:
        printed: UCUM unit the scale prints its limits in.
        factors: UCUM unit -> exact factor to `printed`; holds `printed` itself.
    """

    id: str
    printed: str
    factors: Mapping[str, Fraction]


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberCondition:
    """The value against a printed number.

    Attributes:
        numbers: 1..*; printed unit -> number.
        concept: 0..1; the result compared, where a term combines several; None = its first.
    """

    operator: Operator
    numbers: Mapping[str, Decimal]
    concept: ConceptId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MultipleCondition:
    """The value against a multiple of a limit of normal or of the baseline; a share of change is one too."""

    operator: Operator
    times: Decimal
    of: Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeCondition:
    """How far the value moved from a reference, against a printed number.

    Attributes:
        numbers: 1..*; printed unit -> number.
    """

    operator: Operator
    change: Change
    of: Reference
    numbers: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineCondition:
    """Whether the baseline was abnormal on the term's side."""

    abnormal: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class InputCondition:
    """What a person said; `widens` = as long as nobody said, both answers are possible."""

    input: ClinicalInput
    holds: bool
    widens: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeCondition:
    """Completed years [a]: from the first, below the second."""

    from_years: int | None = None
    below_years: int | None = None


Condition = (
    NumberCondition | MultipleCondition | ChangeCondition | BaselineCondition | InputCondition | AgeCondition
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeRule:
    """What gives one grade.

    Attributes:
        grade: 1 to 4.
        any_of: 1..*; alternatives, each a conjunction of 1..* conditions.
    """

    grade: int
    any_of: tuple[tuple[Condition, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Raise:
    """A clinical fact that, where it is recorded, lifts a result graded at least 1 to a higher grade."""

    input: ClinicalInput
    to: int


@dataclass(frozen=True, kw_only=True)
class Term:
    """One term of a scale, graded from the results of its concepts.

    Attributes:
        name: As the scale's owner writes it.
        meddra: Code as the scale's owner gives it.
        soc: System organ class.
        direction: 0..1; the side it looks at.
        hematologic: True where the criterion for the second infusion does not count it.
        concepts: 0..*; concepts of the results graded under it; of a combination, all it needs.
        wording: Grade -> official wording; a grade that the term does not have is absent.
        rules: 0..*; highest grade first; empty = no number ever grades it.
        families: 0..*; units its printed numbers are for.
        raised: 0..*.
        combined: True where one grade needs the results of all its concepts.
        by_person: True where a result speaks of it only after a person said that the event is there.
        refused: 0..1; what has to be known before any number of these concepts can be graded (albumin).
        age: 0..1; for whom its numbers are made.
        bounded_by: 0..*; concepts whose result is never below this one's (leukocytes for neutrophils).
        note: 0..1; what the machine cannot see of it.
    """

    name: str
    meddra: str
    soc: str
    direction: Direction | None
    hematologic: bool
    concepts: tuple[ConceptId, ...]
    wording: Mapping[int, str]
    rules: tuple[GradeRule, ...] = ()
    families: tuple[UnitFamily, ...] = ()
    raised: tuple[Raise, ...] = ()
    combined: bool = False
    by_person: bool = False
    refused: Needed | None = None
    age: AgeCondition | None = None
    bounded_by: tuple[ConceptId, ...] = ()
    note: str | None = None

    @property
    def highest_worded(self) -> int:
        """The highest grade below death that its wording knows."""
        return max((grade for grade in self.wording if grade < _DEATH), default=0)

    @cached_property
    def conditions(self) -> tuple[Condition, ...]:
        """Every condition of every grade."""
        return tuple(each for rule in self.rules for alternative in rule.any_of for each in alternative)

    @cached_property
    def uses_baseline(self) -> bool:
        """True where a grade can depend on the baseline or on whether that was abnormal."""
        return any(
            isinstance(each, BaselineCondition) or getattr(each, "of", None) in _FROM_BASELINE
            for each in self.conditions
        )

    @cached_property
    def widening(self) -> tuple[ClinicalInput, ...]:
        """Inputs that leave several grades possible as long as nobody answered; each once."""
        asked = (each.input for each in self.conditions if isinstance(each, InputCondition) and each.widens)
        return tuple(dict.fromkeys(asked))


_DEATH = 5
_FROM_BASELINE = frozenset({Reference.BASELINE, Reference.REFERENCE})


@dataclass(frozen=True, kw_only=True)
class Scale:
    """One version of a toxicity scale.

    Attributes:
        id: Name of its file.
        title: For people, for example `CTCAE 5.0`.
        terms: A term with several kinds of result (total and ionized calcium) has one entry for each.
    """

    id: str
    title: str
    version: str
    terms: tuple[Term, ...]

    @cached_property
    def _by_name(self) -> Mapping[str, tuple[Term, ...]]:
        entries: dict[str, tuple[Term, ...]] = {}
        for term in self.terms:
            key = term.name.casefold()
            entries[key] = (*entries.get(key, ()), term)
        return entries

    @cached_property
    def _by_concept(self) -> Mapping[ConceptId, tuple[Term, ...]]:
        entries: dict[ConceptId, tuple[Term, ...]] = {}
        for term in self.terms:
            for concept in () if term.combined or term.by_person else term.concepts:
                entries[concept] = (*entries.get(concept, ()), term)
        return entries

    def term(self, name: str, concept: ConceptId | None = None) -> Term | None:
        """Find a term by its name, in any case.

        Args:
            name: As the scale's owner writes it, in any case, blanks around it ignored.
            concept: 0..1; the kind of result, for terms that have several.

        Returns:
            The term's entry for this concept, its first one without a concept; None where there is none.
        """
        entries = self._by_name.get(name.strip().casefold(), ())
        fitting = [entry for entry in entries if concept is None or concept in entry.concepts]
        return fitting[0] if fitting else None

    def terms_of(self, concept: ConceptId) -> tuple[Term, ...]:
        """List the terms under which a result of this concept is graded by itself.

        Does not list terms that combine several results, nor those a person has to open first.

        Args:
            concept: What was measured.

        Returns:
            In the order of the scale; empty where there are none.
        """
        return self._by_concept.get(concept, ())
