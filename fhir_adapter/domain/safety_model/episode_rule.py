"""How graded results become adverse events, as data: baseline, resolution, recovery, what is expected.

Knows: the shape of the rule. Does not know: any particular trial, the YAML it was written in, any patient.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.toxicity.scale import ClinicalInput


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
    """

    title: str
    role: str
    concepts: tuple[ConceptId, ...]
    terms: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class InputRule:
    """Something given that answers what a grade asks of a person: a transfusion was indicated, for it was given.

    Attributes:
        input: What it answers with yes; nothing recorded is no answer.
        concepts: 1..*; what is given, as a drug or as a procedure.
        terms: 1..*; names of the terms whose results it speaks of.
        hours: How long after a result it still speaks of it; of several results the last one before it.
    """

    input: ClinicalInput
    concepts: tuple[ConceptId, ...]
    terms: frozenset[str]
    hours: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionRule:
    """A value that is graded only once it is corrected for albumin (total calcium).

    Attributes:
        concepts: 1..*; the uncorrected measure.
        graded_as: The concept whose terms grade the corrected value.
        albumin: 1..*; concepts of the albumin.
        hours: How far apart the two samples may lie.
        lowest: Least albumin believed where none was measured, for the worst case [g/dL].
        highest: Most albumin believed [g/dL].
    """

    concepts: tuple[ConceptId, ...]
    graded_as: ConceptId
    albumin: tuple[ConceptId, ...]
    hours: int
    lowest: Decimal
    highest: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class CombinationRule:
    """Which results make one grade together (temperature and neutrophils for febrile neutropenia).

    Attributes:
        term: Name of the term; the numbers it compares with are the scale's.
        leading: The concept each of whose results is graded.
        beside: The other concept: its last result before the leading one, else the first after it.
        hours: How far apart the two may lie.
        lasting_from: Leading results from this on answer how long it lasted [standard unit].
        lasting_minutes: It lasted if they all were so for longer than this [min].
    """

    term: str
    leading: ConceptId
    beside: ConceptId
    hours: int
    lasting_from: Decimal
    lasting_minutes: int


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
    inputs: tuple[InputRule, ...] = ()
    corrections: tuple[CorrectionRule, ...] = ()
    combinations: tuple[CombinationRule, ...] = ()
