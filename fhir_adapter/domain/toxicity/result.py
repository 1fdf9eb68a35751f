"""The grade of one result: 0 to 4, at least a grade, or ungradable with the worst it can be.

Knows: what a grade says and rests on. Does not know: how it is found.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from fhir_adapter.domain.queries import UnknownReason


class Direction(StrEnum):
    """Which way a result is out of range."""

    LOW = "low"
    HIGH = "high"


class GradeStatus(StrEnum):
    """How much a grade says. UNGRADABLE is not grade 0."""

    GRADED = "GRADED"
    AT_LEAST = "AT_LEAST"
    UNGRADABLE = "UNGRADABLE"


class Needed(StrEnum):
    """What would turn a grade that is not certain into one. A closed list."""

    ULN = "uln"
    LLN = "lln"
    BASELINE = "baseline"
    BASELINE_RANGE = "baseline-range"
    UNCENSORED_VALUE = "uncensored-value"
    UNIT = "unit"
    ALBUMIN = "albumin"
    AGE = "age"
    SYMPTOMS = "symptoms"
    INTERVENTION = "intervention"
    ANTICOAGULATION = "anticoagulation"
    DURATION = "duration"
    RESULT = "other-result"
    CLINICAL = "clinical-assessment"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToxicityGrade:
    """The grade of one result under one term.

    Attributes:
        term: Name of the term in the scale.
        direction: 0..1; the side the term looks at; None for terms without one.
        grade: 0..1; the grade, or the lowest possible one with AT_LEAST; None exactly where UNGRADABLE.
        worst: The highest grade the result can have; equal to `grade` where GRADED.
        reason: 0..1; why it is not certain; set exactly where the status is not GRADED.
        needed: 0..*; what would make it certain; the first is the next fact.
        within_range: 0..1; the value lies within its own limits of normal; None where they are not both known.
        notes: 0..*; in clinical words.
        by_person: True where no number of this term is a grade in this patient, whatever it is: adults' limits in
            a child. `worst` is then the term's, not the result's.
    """

    term: str
    direction: Direction | None
    status: GradeStatus
    grade: int | None
    worst: int
    reason: UnknownReason | None = None
    needed: tuple[Needed, ...] = ()
    within_range: bool | None = None
    notes: tuple[str, ...] = ()
    by_person: bool = False
