"""How graded results become adverse events, as data: baseline, resolution, recovery, what is expected.

Knows: the shape of the rule. Does not know: any particular trial, the YAML it was written in, any patient.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from fhir_adapter.domain.codes import ConceptId


class Resolution(StrEnum):
    """What ends an adverse event.

    grade-0: the first later result of grade 0 or within its own range. baseline-grade: already one no worse than
    the result before treatment.
    """

    GRADE_0 = "grade-0"
    BASELINE_GRADE = "baseline-grade"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryRule:
    """When blood cells count as recovered, so that their event ends above grade 0.

    Attributes:
        term: Name of the term whose events it ends.
        title: What is said of such an end, for example `neutrophil recovery`.
        limit: Lowest count that counts as recovered, inclusive [unit].
        unit: UCUM unit of the results' standard values.
        days: Calendar days the counts must have held.
        every_day: True where a count must have been measured on each of these days (three in a row); False where
            so many days must have passed since the first of them.
        without: 0..*; what must not have been given in these days (platelets transfused).
    """

    term: str
    title: str
    limit: Decimal
    unit: str
    days: int
    every_day: bool
    without: tuple[ConceptId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedRule:
    """What the treatment itself is known to cause, and until when.

    Attributes:
        terms: Names of the terms.
        text: What is said of such an event, for example `conditioning aplasia`.
        last_day: Last day, relative to day 0, on which it may begin and be expected.
    """

    terms: frozenset[str]
    text: str
    last_day: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionRule:
    """Something given that is what was done about an event of these terms.

    Attributes:
        title: What is said of it, for example `red cell transfusion`.
        role: `transfusion` or `rescue`.
        concepts: 1..*; what is given, as a drug or as a procedure.
        terms: 1..*; names of the terms.
        raises_to: 0..1; the grade an event of these terms has at least once it was given.
    """

    title: str
    role: str
    concepts: tuple[ConceptId, ...]
    terms: frozenset[str]
    raises_to: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionRule:
    """A value that is graded only once it is corrected for albumin: value + slope * (normal - albumin).

    Attributes:
        concepts: 1..*; the uncorrected measure (total calcium).
        graded_as: The concept whose terms grade the corrected value.
        albumin: 1..*; concepts of the albumin.
        albumin_unit: Standard unit of its results [UCUM]; the numbers below are in it.
        normal: Albumin at which nothing is corrected.
        slopes: Unit of the value -> what one unit of albumin below normal adds to it.
        hours: How far apart the two samples may lie.
        lowest: Least albumin believed where none was measured, for the worst case.
        highest: Most albumin believed.
    """

    concepts: tuple[ConceptId, ...]
    graded_as: ConceptId
    albumin: tuple[ConceptId, ...]
    albumin_unit: str
    normal: Decimal
    slopes: Mapping[str, Decimal]
    hours: int
    lowest: Decimal
    highest: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class FebrileNeutropeniaRule:
    """A grade that takes a temperature and a count (febrile neutropenia).

    Attributes:
        term: Its name.
        grade: The grade both together make.
        temperature: Concepts of the temperature.
        temperature_unit: Standard unit of its results [UCUM].
        single_above: One temperature above this makes the fever [temperature_unit].
        sustained_from: Temperatures from this on make it if they last [temperature_unit].
        sustained_minutes: For longer than this [min].
        neutrophils: Concepts of the count.
        count_unit: Standard unit of its results [UCUM].
        count_below: A count below this is the neutropenia [count_unit].
        hours: How far from the temperature the count may lie.
    """

    term: str
    grade: int
    temperature: tuple[ConceptId, ...]
    temperature_unit: str
    single_above: Decimal
    sustained_from: Decimal
    sustained_minutes: int
    neutrophils: tuple[ConceptId, ...]
    count_unit: str
    count_below: Decimal
    hours: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeRule:
    """How a trial makes adverse events of graded results.

    Attributes:
        baseline_days: How many calendar days before the first conditioning drug a baseline may lie; results are
            graded from there on.
        resolution: What ends an event.
        gap_days: More calendar days than this without a result are noted as a gap.
        dose_days: Trial doses of so many calendar days before an event are linked to it.
        action_hours: What was given up to so many hours before the first result of an event may be what was done
            about it: the bedside acts before the result is filed.
    """

    baseline_days: int
    resolution: Resolution
    gap_days: int
    dose_days: int
    action_hours: int
    recoveries: tuple[RecoveryRule, ...] = ()
    expected: tuple[ExpectedRule, ...] = ()
    actions: tuple[ActionRule, ...] = ()
    corrections: tuple[CorrectionRule, ...] = ()
    febrile_neutropenia: FebrileNeutropeniaRule | None = None
