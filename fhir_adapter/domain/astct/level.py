"""How far one organ domain of a syndrome goes at one moment.

Knows: what a domain says. Does not know: how it is found, how domains come together.
"""

from __future__ import annotations

from dataclasses import dataclass

from fhir_adapter.domain.answers import Cause
from fhir_adapter.domain.records import Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """What one domain says at one moment.

    Attributes:
        driver: Its name.
        grade: By what is certain.
        worst: The highest grade it can be.
        causes: 0..*; what stands between both, or asks a person whatever the grade.
        raised: 0..*; what a person should look at though it moves no grade.
    """

    driver: str
    grade: int = 0
    worst: int = 0
    causes: tuple[Cause, ...] = ()
    raised: tuple[Cause, ...] = ()
    notes: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()


def join_levels(one: Level, other: Level) -> Level:
    """Join two domains: the worse one grades.

    Args:
        one: A domain; it is named where both are alike.
        other: Another.

    Returns:
        The higher grade with its driver; what may be higher still asks a person.

    Source:
        rules sheet E.1, note 2.
    """
    higher, lower = (one, other) if (one.grade, one.worst) >= (other.grade, other.worst) else (other, one)
    is_open = lower.worst > higher.grade or lower.grade == higher.grade
    return Level(
        driver=higher.driver,
        grade=higher.grade,
        worst=max(higher.worst, lower.worst),
        causes=(*higher.causes, *(lower.causes if is_open else ())),
        raised=(*higher.raised, *lower.raised),
        notes=(*higher.notes, *lower.notes),
        evidence=(*higher.evidence, *lower.evidence),
    )
