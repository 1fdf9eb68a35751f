"""Which score grades ICANS in whom: by completed age at the assessment, and by development.

Knows: ages from partial dates of birth, recorded and attested delay. Does not know: what a score says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fhir_adapter.domain.answers import Cause
from fhir_adapter.domain.astct.observed import Watched
from fhir_adapter.domain.evidence import of_attestation, of_event, of_patient
from fhir_adapter.domain.facts import Diagnosis
from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.records import Evidence
from fhir_adapter.domain.safety_model.icans_rule import IcansRule, Instrument
from fhir_adapter.domain.spans import Span, age_range
from fhir_adapter.domain.spoken import standing

_SURE: Final = frozenset({"confirmed", None})
_OVER: Final = frozenset({"inactive", "remission", "resolved"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Development:
    """Whether development is delayed.

    Attributes:
        is_delayed: None where named persons disagree.
    """

    is_delayed: bool | None
    evidence: tuple[Evidence, ...] = ()


def find_development(watched: Watched, rule: IcansRule) -> Development:
    """Find whether a delay of development is on record.

    Args:
        watched: Whom.
        rule: Problems that are one; the link under which a named person says so.

    Returns:
        What named persons say, where anybody does; else whether an active, confirmed problem says so. Nothing on
        record means no delay.

    Source:
        rules sheet E.2 and E.3: CAPD below the age, or with a delay of development.
    """
    said = standing(watched.timeline.attestations, rule.delay_link, until=watched.as_of, zone=watched.zone)
    if said:
        values = {each.value for each in said}
        is_open = len(values) > 1 or any(each.contested for each in said)
        evidence = tuple(map(of_attestation, said))
        return Development(is_delayed=None if is_open else values == {True}, evidence=evidence)
    problems = [each for concept in rule.delay for each in watched.timeline.diagnoses.get(concept, ())]
    counted = [each for each in problems if _counts(each)]
    evidence = tuple(cited for each in counted for cited in of_event(each, watched.timeline, "development"))
    return Development(is_delayed=bool(counted), evidence=evidence)


def _counts(problem: Diagnosis) -> bool:
    is_over = problem.clinical_status in _OVER or problem.abated or problem.abatement is not None
    return problem.verification_status in _SURE and not problem.contested and not is_over


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The score that counts at one assessment.

    Attributes:
        instrument: 0..1; None where it cannot be known.
        cause: 0..1; why not.
    """

    instrument: Instrument | None
    cause: Cause | None = None
    evidence: tuple[Evidence, ...] = ()


def choose_instrument(watched: Watched, rule: IcansRule, development: Development, at: Span) -> Choice:
    """Choose the score that counts at an assessment.

    Args:
        watched: Whose date of birth.
        rule: The age from which ICE counts.
        development: CAPD counts at any age where it is delayed.
        at: When it was made: the age is that of this day.

    Returns:
        ICE from the birthday on, CAPD before it; neither where a partial date of birth leaves the age open, where
        there is none, or where persons disagree about the development of somebody old enough for ICE.

    Source:
        rules sheet E.3: completed age below 12 years; exactly 12 is ICE.
    """
    if development.is_delayed:
        return Choice(instrument=Instrument.CAPD, evidence=development.evidence)
    if watched.birth is None:
        return _open(UnknownReason.MISSING, "the date of birth", "no date of birth: the score for the age is open")
    youngest, oldest = age_range(watched.birth, at.first_day, at.last_day)
    born = of_patient(watched.timeline, "birthDate", watched.birth.text)
    if oldest < rule.ice_from:
        return Choice(instrument=Instrument.CAPD, evidence=born)
    if youngest < rule.ice_from:
        note = f"the date of birth leaves open whether the age was below {rule.ice_from} years"
        return _open(UnknownReason.PARTIAL_DATE, "the exact date of birth", note, born)
    if development.is_delayed is None:
        note = "statements differ on whether development is delayed"
        return _open(UnknownReason.CONFLICTING, "the conflict settled by a person", note, development.evidence)
    return Choice(instrument=Instrument.ICE, evidence=born)


def _open(reason: UnknownReason, wanted: str, note: str, evidence: tuple[Evidence, ...] = ()) -> Choice:
    return Choice(instrument=None, cause=Cause(reason=reason, note=note, wanted=wanted), evidence=evidence)
