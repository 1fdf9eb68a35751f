"""What is written as a subject's CarePlan, as data: follow-up visits, and which status follows from which.

Knows: the shape of the rule. Does not know: any particular trial, FHIR JSON, any patient.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fhir_adapter.domain.codes import Coding


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpVisit:
    """One visit after treatment and what is asked for at it."""

    day: int
    title: str
    observations: tuple[Coding, ...]
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CarePlanRule:
    """What is written as the subject's CarePlan.

    Attributes:
        system: Identifier system of our CarePlans.
        intent: R4 request intent of the plan.
        status: Participation status -> CarePlan status that follows from it.
        visits: 0..*; follow-up visits, by rising day.
        last_day: Day on which the plan ends, relative to day 0.
    """

    system: str
    title: str
    intent: str
    status: Mapping[str, str]
    visits: tuple[FollowUpVisit, ...]
    last_day: int
