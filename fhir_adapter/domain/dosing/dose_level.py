"""The dose level a subject was assigned to.

Knows: what was stated, which levels the plan has. Does not know: which level is open for assignment.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from fhir_adapter.domain.answers import Cause, next_fact
from fhir_adapter.domain.dosing.course import Course
from fhir_adapter.domain.dosing.records import Dose
from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.records import Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignedLevel:
    """The assigned level, or why it is not known.

    Attributes:
        level: 0..1; one of the plan's levels.
        total: 0..1; its cells per kilogram over both infusions, exact; set where `level` is.
        reason: 0..1; set exactly where `level` is None.
        next_fact: 0..1; set where `reason` is.
    """

    level: int | None
    total: Dose | None = None
    evidence: tuple[Evidence, ...] = ()
    reason: UnknownReason | None = None
    next_fact: str | None = None


def find_level(course: Course) -> AssignedLevel:
    """Find the dose level a subject was assigned to.

    Does not judge whether that level was open on the day.

    Args:
        course: With what was stated.

    Returns:
        The level; NEEDS_ATTESTATION where nobody assigned one, CONFLICTING where people differ, UNMAPPED where
        the plan has no such level.

    Source:
        design contracts, Who is written: the attestation `dose-level` assigns one subject.
    """
    rule = course.regimen.levels
    said = course.stated[rule.link_id]
    if said.reason is not None:
        wanted = next_fact(Cause(reason=said.reason), "dose level the subject is assigned to")
        return AssignedLevel(level=None, evidence=said.evidence, reason=said.reason, next_fact=wanted)
    value = said.value
    if isinstance(value, Decimal) and value in rule.totals:
        level = int(value)
        return AssignedLevel(level=level, total=Dose(rule.totals[level], rule.unit), evidence=said.evidence)
    levels = ", ".join(map(str, sorted(rule.totals)))
    return AssignedLevel(
        level=None,
        evidence=said.evidence,
        reason=UnknownReason.UNMAPPED,
        next_fact=f"dose level: one of {levels}",
    )
