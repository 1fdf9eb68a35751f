"""What the hospital itself says of a syndrome: problems on the list with a grade in their code.

Knows: which infusion a statement follows, what makes it count. Does not know: the adapter's own proposal.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo

from fhir_adapter.domain.evidence import of_event
from fhir_adapter.domain.facts import Diagnosis
from fhir_adapter.domain.moments import FhirDateTime
from fhir_adapter.domain.records import Evidence
from fhir_adapter.domain.safety_model.stated_rule import StatedRule
from fhir_adapter.domain.spans import span
from fhir_adapter.domain.timeline import Timeline

_SURE = frozenset({"confirmed", None})
_REFUTED = "refuted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """One statement of the hospital.

    Attributes:
        reference: `Condition/1` or `AdverseEvent/1`.
        first: 0..1; the first moment its beginning can mean; None where no time is stated.
        last: 0..1; the last.
        grade: 0..1.
        why: Why it is the same event, in plain words.
        begun_by: True where that time is only when it was recorded or noticed: it may have begun earlier.
        counts: False where it does not decide (not confirmed, contents that contest each other): shown only.
    """

    reference: str
    first: datetime | None
    last: datetime | None
    grade: int | None
    why: str
    begun_by: bool = False
    counts: bool = True
    evidence: tuple[Evidence, ...] = ()


def find_stated(timeline: Timeline, rule: StatedRule, *, as_of: datetime, zone: tzinfo) -> tuple[Stated, ...]:
    """Find the hospital's own statements of a syndrome on its list of problems.

    Args:
        timeline: The person's facts.
        rule: Its codes.
        as_of: Clinical time; what begins later does not exist.
        zone: The hospital's.

    Returns:
        One per problem that is not refuted, by its onset, else by when it was recorded.

    Source:
        issue C, ASTCT: what the hospital recorded is compared with the proposal.
    """
    named = (each for concept in (rule.concept, *rule.grades) for each in timeline.diagnoses.get(concept, ()))
    found = (
        _stated(each, rule, timeline, zone)
        for each in dict.fromkeys(named)
        if each.verification_status != _REFUTED
    )
    return tuple(each for each in found if each.first is None or each.first <= as_of)


def _stated(problem: Diagnosis, rule: StatedRule, timeline: Timeline, zone: tzinfo) -> Stated:
    begun = problem.onset.start if problem.onset is not None else None
    moment: FhirDateTime | None = begun or problem.recorded
    at = span(moment, zone) if moment is not None else None
    sure = problem.verification_status in _SURE
    grades = {rule.grades[concept] for concept in problem.concepts if concept in rule.grades}
    why = ["the hospital's problem list names it"]
    why += ["by the day it was recorded"] if begun is None and moment is not None else []
    why += [] if sure else [f"verification status {problem.verification_status}"]
    why += ["two contents contest each other"] if problem.contested else []
    return Stated(
        reference=problem.source.reference,
        first=at.first if at is not None else None,
        last=at.last if at is not None else None,
        grade=grades.pop() if len(grades) == 1 else None,
        why="; ".join(why),
        begun_by=begun is None,
        counts=sure and not problem.contested,
        evidence=of_event(problem, timeline, role="reported"),
    )
