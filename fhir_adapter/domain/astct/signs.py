"""Signs of ICANS the hospital records as problems: seizures, weakness, oedema.

Knows: when a problem began and ended, what makes it doubtful. Does not know: which problems are signs, their
grades (the rule says), whose fault a sign is (a person says).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from fhir_adapter.domain.answers import in_words
from fhir_adapter.domain.astct.held import Held, Said, certainly, doubted, withheld_grade
from fhir_adapter.domain.astct.observed import Watched
from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.evidence import of_event
from fhir_adapter.domain.facts import Diagnosis
from fhir_adapter.domain.moments import FhirDateTime
from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.safety_model.icans_rule import IcansRule, RecordedSign
from fhir_adapter.domain.spans import Span, span

_REFUTED: Final = "refuted"
_SURE: Final = frozenset({"confirmed", None})


@dataclass(frozen=True, slots=True, kw_only=True)
class Lasting:
    """When a problem was there.

    Attributes:
        at: Its beginning, by its onset, else by when it was recorded.
        end: 0..1; the last moment of its recorded end; None = not recorded.
    """

    problem: Diagnosis
    at: Span
    end: datetime | None

    @property
    def is_settled(self) -> bool:
        """True where it may decide: confirmed, and its contents do not contest each other."""
        return self.problem.verification_status in _SURE and not self.problem.contested

    def meets(self, other: Lasting) -> bool:
        """Say whether both can have been there at one moment."""
        return _begins_before_end(self, other) and _begins_before_end(other, self)


def _begins_before_end(one: Lasting, other: Lasting) -> bool:
    return other.end is None or one.at.first <= other.end


def signs_held(watched: Watched, rule: IcansRule) -> Iterator[Held]:
    """Say what each recorded sign says of the grade, and for how long.

    Args:
        watched: Whom.
        rule: The signs, and how long an event speaks.

    Yields:
        One per problem that began since the first infusion: with its literal grade where it is confirmed, and open
        where its record does not tell how bad it was, when it began, or whether it is confirmed.

    Source:
        rules sheet E.3.
    """
    for sign in rule.signs:
        for found in _found(watched, sign.concepts):
            said = _said(found, sign, watched)
            if watched.lies_before(found.at) or said is None:
                continue
            yield Held(
                driver=sign.driver,
                start=max(found.at.first, watched.begins),
                end=_end(found, sign, watched, rule),
                said=watched.placed(said, found.at, sign.title),
                evidence=of_event(found.problem, watched.timeline, sign.driver),
            )


def _found(watched: Watched, concepts: Iterable[ConceptId]) -> Iterator[Lasting]:
    """Give the problems of these concepts that are not refuted, dated and not ahead."""
    for concept in concepts:
        for problem in watched.timeline.diagnoses.get(concept, ()):
            begun = _begun(problem)
            if problem.verification_status == _REFUTED or begun is None:
                continue
            at = span(begun, watched.zone)
            if at.first <= watched.as_of:
                yield Lasting(problem=problem, at=at, end=_ended(problem, watched))


def _begun(problem: Diagnosis) -> FhirDateTime | None:
    onset = problem.onset.start if problem.onset is not None else None
    return onset or problem.recorded


def _ended(problem: Diagnosis, watched: Watched) -> datetime | None:
    """Give the last moment of the recorded end: of the abatement, else of the period of the onset."""
    ends = [problem.abatement.end, problem.abatement.start] if problem.abatement is not None else []
    ends += [problem.onset.end] if problem.onset is not None else []
    return next((span(each, watched.zone).last for each in ends if each is not None), None)


def _end(found: Lasting, sign: RecordedSign, watched: Watched, rule: IcansRule) -> datetime | None:
    """Say until when a sign speaks: an event as long as a score, a state until its recorded end."""
    least = max(found.at.first, watched.begins) + rule.holds
    if sign.lasting:
        return found.end if found.end is None or found.end > watched.begins else least
    return least if found.end is None else max(found.end, least)


def _said(found: Lasting, sign: RecordedSign, watched: Watched) -> Said | None:
    """Say the grade of one sign; None where another problem takes it out of the syndrome."""
    others = [each for each in _found(watched, sign.unless) if each.meets(found)]
    if any(each.is_settled for each in others):
        return None
    said = _graded(found, sign)
    if found.problem.contested:
        note = f"two contents of one record of {sign.title}"
        return withheld_grade(said, UnknownReason.CONFLICTING, f"the {sign.title} settled by a person", note)
    if not found.is_settled:
        note = f"{sign.title} is on record as {found.problem.verification_status}"
        said = doubted(said, UnknownReason.NEEDS_ATTESTATION, f"whether the {sign.title} is confirmed", note)
    if others:
        note = f"{sign.title} beside a problem that would take it out of the grade, which is not settled"
        said = doubted(said, UnknownReason.NEEDS_ATTESTATION, f"whether {sign.title} is part of it", note)
    if found.at.first_day != found.at.last_day:
        note = f"the beginning of the {sign.title} is not dated to the day"
        said = doubted(said, UnknownReason.PARTIAL_DATE, f"the day of the {sign.title}", note)
    return said


def _graded(found: Lasting, sign: RecordedSign) -> Said:
    """Tell the literal grade from the worst by the recorded duration, where there is one to the minute."""
    onset = found.problem.onset
    lasted = None
    if onset is not None and onset.start is not None and onset.end is not None:
        first, last = onset.start.instant, onset.end.instant
        lasted = last - first if first is not None and last is not None else None
    if sign.limit is not None and lasted is not None:
        return certainly(sign.grade if lasted <= sign.limit else sign.worst)
    said = Said(grade=sign.grade, worst=sign.worst)
    if sign.wanted is None:
        return said
    return doubted(
        said, UnknownReason.NEEDS_ATTESTATION, sign.wanted, f"{sign.title}: the record does not tell more"
    )


def unused_signs(watched: Watched, rule: IcansRule) -> Iterator[str]:
    """Say which problems do not count: older ones, undated ones, and what is no part of the syndrome."""
    for sign in rule.signs:
        yield from _unused(watched, sign)
    for concept in rule.excluded:
        if any(not watched.lies_before(each.at) for each in _found(watched, (concept,))):
            yield f"{in_words((concept,))} is on record and no part of the grade"


def _unused(watched: Watched, sign: RecordedSign) -> Iterator[str]:
    for problem in (each for concept in sign.concepts for each in watched.timeline.diagnoses.get(concept, ())):
        if _begun(problem) is None and problem.verification_status != _REFUTED:
            yield f"{sign.title} without a date: not placed"
    for found in _found(watched, sign.concepts):
        if watched.lies_before(found.at):
            yield f"{sign.title} began before the first infusion: not counted"
        elif _said(found, sign, watched) is None:
            yield f"{sign.title} not counted: {in_words(sign.unless)} is on record"
