"""The grade of a result: every grade it can have, over all readings of what is not known.

Knows: how readings are made, how the grades they give are brought together. Does not know: any scale's numbers,
where a measurement comes from, episodes of adverse events.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.logic import Truth
from fhir_adapter.domain.queries import Operator, UnknownReason
from fhir_adapter.domain.toxicity.measurement import Measurement
from fhir_adapter.domain.toxicity.operand import (
    MET,
    NOT_MET,
    NOTHING,
    Verdict,
    compare,
    known,
    limits_of,
    value_of,
)
from fhir_adapter.domain.toxicity.reading import Reading, assess_age
from fhir_adapter.domain.toxicity.readings import TwoAnswers, list_readings
from fhir_adapter.domain.toxicity.result import GradeStatus, Needed, ToxicityGrade
from fhir_adapter.domain.toxicity.scale import ClinicalInput, GradeRule, Raise, Term

REASONS: Final[Mapping[Needed, UnknownReason]] = {
    Needed.UNIT: UnknownReason.UNIT_UNUSABLE,
    Needed.ULN: UnknownReason.NO_REFERENCE_RANGE,
    Needed.LLN: UnknownReason.NO_REFERENCE_RANGE,
    Needed.BASELINE_RANGE: UnknownReason.NO_REFERENCE_RANGE,
    Needed.UNCENSORED_VALUE: UnknownReason.CENSORED,
    Needed.BASELINE: UnknownReason.MISSING,
    Needed.ALBUMIN: UnknownReason.MISSING,
    Needed.AGE: UnknownReason.MISSING,
    Needed.RESULT: UnknownReason.MISSING,
    Needed.ANTICOAGULATION: UnknownReason.NEEDS_ATTESTATION,
    Needed.SYMPTOMS: UnknownReason.NEEDS_ATTESTATION,
    Needed.INTERVENTION: UnknownReason.NEEDS_ATTESTATION,
    Needed.DURATION: UnknownReason.NEEDS_ATTESTATION,
    Needed.CLINICAL: UnknownReason.NEEDS_ATTESTATION,
}
"""What is needed -> the reason it gives, in the order in which what is needed is told."""

_ORDER: Final = {needed: place for place, needed in enumerate(REASONS)}


@dataclass(frozen=True, slots=True)
class Outcome:
    """The lowest and the highest grade that are possible, and what would bring them together."""

    lowest: int
    highest: int
    needs: frozenset[Needed] = NOTHING


def grade_measurement(term: Term, measurement: Measurement) -> ToxicityGrade:
    """Grade one result by one term.

    Does not decide whether the result is an adverse event, nor grade a clinical judgement that nobody recorded.

    Args:
        term: One term of one scale.
        measurement: The result. Of a term that combines several results it is that of the first concept.

    Returns:
        The grade; AT_LEAST where several grades from 1 on are possible; UNGRADABLE where 0 and others are.

    Source:
        clinical review, section 4, PUT-4 to PUT-6.
    """
    return grade_combination(term, dict.fromkeys(term.concepts[:1], measurement), measurement)


def grade_combination(
    term: Term, results: Mapping[ConceptId, Measurement], main: Measurement | None = None
) -> ToxicityGrade:
    """Grade several results of one moment together, such as neutrophils and temperature.

    Does not decide which results belong together.

    Args:
        term: One term of one scale.
        results: Concept of the term -> its result; one that is missing is not taken as normal.
        main: 0..1; the result whose limits of normal count; None = that of the term's first known concept.

    Returns:
        As grade_measurement; UNGRADABLE where no result is given.

    Source:
        clinical review, section 4 (febrile neutropenia).
    """
    first = main or next((results[concept] for concept in term.concepts if concept in results), None)
    if first is None:
        return _ungradable(term, Needed.RESULT, _worst(term))
    lln, uln = limits_of(first.lln, first.uln)
    within = _within(first, lln, uln)
    refused = _refusal(term, first)
    if refused is not None:
        return _ungradable(term, refused, _worst(term), within)
    readings, unknown = list_readings(term, first, results)
    outcomes = [_lifted(_outcome(term, reading), term, reading.answers) for reading in readings]
    notes = _lifts(term, outcomes, readings[0].answers)
    return tell_outcome(term, join_outcomes(outcomes, unknown), within, notes)


def _refusal(term: Term, measurement: Measurement) -> Needed | None:
    """Say what keeps every number of this term from being graded."""
    if term.refused is not None:
        return term.refused
    if not term.rules:
        return Needed.CLINICAL
    fits = MET if term.age is None else assess_age(term.age, measurement.age_years)
    if fits.truth is Truth.UNKNOWN:
        return Needed.AGE
    return Needed.CLINICAL if fits.truth is Truth.NOT_MET else None


def _worst(term: Term) -> int:
    return term.rules[0].grade if term.rules else term.highest_worded


def _within(measurement: Measurement, lln: Decimal | None, uln: Decimal | None) -> bool | None:
    if lln is None or uln is None:
        return None
    value = value_of(measurement)
    ends = (
        compare(value, Operator.GREATER_OR_EQUAL, known(lln)),
        compare(value, Operator.LESS_OR_EQUAL, known(uln)),
    )
    truth = _all_of(ends).truth
    return None if truth is Truth.UNKNOWN else truth is Truth.MET


def _outcome(term: Term, reading: Reading) -> Outcome:
    """Go through the grades from the highest on; the first that certainly holds is the lowest possible one."""
    highest: int | None = None
    needs = NOTHING
    for rule in term.rules:
        verdict = _holds(rule, reading)
        if verdict.truth is Truth.NOT_MET:
            continue
        highest = rule.grade if highest is None else highest
        if verdict.truth is Truth.MET:
            return Outcome(rule.grade, highest, needs)
        needs |= verdict.needs
    return Outcome(0, highest or 0, needs)


def _holds(rule: GradeRule, reading: Reading) -> Verdict:
    needs = NOTHING
    unknown = False
    for alternative in rule.any_of:
        verdict = _all_of([reading.assess(condition) for condition in alternative])
        if verdict.truth is Truth.MET:
            return MET
        if verdict.truth is Truth.UNKNOWN:
            unknown = True
            needs |= verdict.needs
    return Verdict(Truth.UNKNOWN, needs) if unknown else NOT_MET


def _all_of(verdicts: Sequence[Verdict]) -> Verdict:
    if any(verdict.truth is Truth.NOT_MET for verdict in verdicts):
        return NOT_MET
    open_ones = [verdict.needs for verdict in verdicts if verdict.truth is Truth.UNKNOWN]
    return Verdict(Truth.UNKNOWN, frozenset().union(*open_ones)) if open_ones else MET


def _lifted(outcome: Outcome, term: Term, answers: Mapping[ClinicalInput, bool]) -> Outcome:
    """Lift every possible grade from 1 on to what recorded clinical facts make of it."""
    to = max((each.to for each in _recorded(term, answers)), default=0)
    lowest = max(outcome.lowest, to) if outcome.lowest else 0
    return Outcome(lowest, max(outcome.highest, to) if outcome.highest else 0, outcome.needs)


def _recorded(term: Term, answers: Mapping[ClinicalInput, bool]) -> Iterator[Raise]:
    return (each for each in term.raised if answers.get(each.input, False))


def _lifts(term: Term, outcomes: Sequence[Outcome], answers: Mapping[ClinicalInput, bool]) -> tuple[str, ...]:
    if not any(outcome.highest for outcome in outcomes):
        return ()
    return tuple(f"{each.input.value} recorded: at least grade {each.to}" for each in _recorded(term, answers))


def join_outcomes(outcomes: Sequence[Outcome], unknown: Sequence[TwoAnswers]) -> Outcome:
    """Bring the readings together; what makes two of them differ is needed.

    Args:
        outcomes: 1..*; one of each reading, in the order of list_readings.
        unknown: What has two answers.

    Returns:
        Everything that is possible.
    """
    needs = NOTHING.union(*(outcome.needs for outcome in outcomes))
    for each in unknown:
        for place, outcome in enumerate(outcomes):
            other = outcomes[place ^ each.stride]
            if (outcome.lowest, outcome.highest) != (other.lowest, other.highest):
                needs |= {each.needed}
    lowest = min(outcome.lowest for outcome in outcomes)
    return Outcome(lowest, max(outcome.highest for outcome in outcomes), needs)


def tell_outcome(term: Term, outcome: Outcome, within: bool | None, notes: tuple[str, ...] = ()) -> ToxicityGrade:
    """Say what is possible as a grade.

    Args:
        term: What was graded by.
        outcome: Everything that is possible.
        within: 0..1; whether the value lies within its own limits of normal.
        notes: 0..*; in clinical words.

    Returns:
        GRADED, AT_LEAST or UNGRADABLE.
    """
    needed: tuple[Needed, ...] = ()
    if outcome.lowest == outcome.highest:
        status = GradeStatus.GRADED
    else:
        status = GradeStatus.AT_LEAST if outcome.lowest else GradeStatus.UNGRADABLE
        needed = tuple(sorted(outcome.needs, key=_ORDER.__getitem__))
    return ToxicityGrade(
        term=term.name,
        direction=term.direction,
        status=status,
        grade=None if status is GradeStatus.UNGRADABLE else outcome.lowest,
        worst=outcome.highest,
        reason=REASONS[needed[0]] if needed else None,
        needed=needed,
        within_range=within,
        notes=notes,
    )


def _ungradable(term: Term, needed: Needed, worst: int, within: bool | None = None) -> ToxicityGrade:
    return ToxicityGrade(
        term=term.name,
        direction=term.direction,
        status=GradeStatus.UNGRADABLE,
        grade=None,
        worst=worst,
        reason=REASONS[needed],
        needed=(needed,),
        within_range=within,
        by_person=needed is Needed.CLINICAL,
    )
