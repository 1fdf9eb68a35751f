"""Assess `Age` and `Sex`.

Knows: completed years at consent, today or at the anchor. Does not know: whose age it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from fhir_adapter.domain.answers import Cause, decided, unknown
from fhir_adapter.domain.evidence import of_patient
from fhir_adapter.domain.logic import Truth
from fhir_adapter.domain.operators import Age, AgeAt, Sex
from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.records import Answer, Evidence
from fhir_adapter.domain.scene import Scene
from fhir_adapter.domain.spans import age_range

_PATIENT = "Patient"


def assess_age(node: Age, scene: Scene) -> Answer:
    """Say whether the completed years lie in [at_least, below).

    Args:
        node: Bounds [a] and the moment: signing of consent (today while none is signed), today, or the anchor.
        scene: What it is assessed against.

    Returns:
        MET or NOT_MET; UNKNOWN(PARTIAL_DATE) where a partial date of birth, or of signing, straddles a bound,
        UNKNOWN(CONFLICTING) where several research consents were signed on both sides of one,
        UNKNOWN(MISSING) without date of birth, UNKNOWN(CONFLICTING) where Patient has contested contents.

    Source:
        readings A1 and A2: completed years, at consent.
    """
    bounds = [each for each in (node.at_least, node.below) if each is not None]
    evidence = _birth_date(scene)
    if scene.birth is None:
        return unknown(node, [*_unreadable(scene), Cause(reason=UnknownReason.MISSING)], what="date of birth")
    first, last, moves = _days(node.at, scene)
    expires = scene.birthdays(bounds) if moves else None
    holds = {_is_within(age, node) for age in _ages(age_range(scene.birth, first, last))}
    if len(holds) > 1:
        cause = Cause(reason=UnknownReason.PARTIAL_DATE, note="a partial date leaves the age open")
        if node.at is AgeAt.CONSENT and scene.consent_signed_last not in {None, scene.consent_signed}:
            note = "research consents were signed on both sides of the age; which is the trial's is not known"
            cause = Cause(reason=UnknownReason.CONFLICTING, note=note)
        return unknown(node, [cause], what="date of birth", evidence=evidence, expires=expires)
    return decided(node, Truth.MET if True in holds else Truth.NOT_MET, evidence=evidence, expires=expires)


def assess_sex(node: Sex, scene: Scene) -> Answer:
    """Say whether FHIR administrative gender is the one asked for.

    Args:
        node: `male` or `female`.
        scene: What it is assessed against.

    Returns:
        MET or NOT_MET; UNKNOWN(MISSING) for other, unknown or nothing: administrative gender then says nothing
        of the body.

    Source:
        http://hl7.org/fhir/R4/valueset-administrative-gender.html.
    """
    evidence = _gender(scene)
    if scene.gender not in {"male", "female"}:
        causes = [*_unreadable(scene), Cause(reason=UnknownReason.MISSING)]
        return unknown(node, causes, what="sex", evidence=evidence)
    return decided(node, Truth.MET if scene.gender == node.is_ else Truth.NOT_MET, evidence=evidence)


def _days(at: AgeAt, scene: Scene) -> tuple[date, date, bool]:
    """Give the first and last day the age can be judged on, and whether that day moves with time."""
    signed = scene.span_of(scene.consent_signed)
    last = scene.span_of(scene.consent_signed_last) or signed
    if at is AgeAt.CONSENT and signed is not None and last is not None:
        return signed.first_day, max(signed.last_day, last.last_day), False
    if at is AgeAt.ANCHOR:
        return scene.anchor.day, scene.anchor.day, scene.is_moving
    return scene.today, scene.today, True


def _ages(span: tuple[int, int]) -> Iterator[int]:
    youngest, oldest = span
    yield from range(youngest, oldest + 1)


def _is_within(age: int, node: Age) -> bool:
    return (node.at_least is None or age >= node.at_least) and (node.below is None or age < node.below)


def _unreadable(scene: Scene) -> list[Cause]:
    if any(reference.startswith(f"{_PATIENT}/") for reference in scene.timeline.contested):
        return [Cause(reason=UnknownReason.CONFLICTING, note="two contents of the Patient resource")]
    return []


def _birth_date(scene: Scene) -> tuple[Evidence, ...]:
    return of_patient(scene.timeline, "birthDate", scene.birth.text if scene.birth is not None else None)


def _gender(scene: Scene) -> tuple[Evidence, ...]:
    return of_patient(scene.timeline, "gender", scene.gender)
