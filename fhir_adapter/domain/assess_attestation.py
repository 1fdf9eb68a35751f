"""Assess `Attested`: a named person says whether the statement holds.

Knows: which statements stand, how long they count, disagreement. Does not know: who may attest (checked where
the statement is entered).
"""

from __future__ import annotations

from collections.abc import Mapping

from fhir_adapter.domain.answers import Cause, decided, unknown
from fhir_adapter.domain.evidence import of_attestation
from fhir_adapter.domain.gaps import cause_of
from fhir_adapter.domain.judgement import show
from fhir_adapter.domain.logic import Truth
from fhir_adapter.domain.operators import Attested
from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.records import Answer
from fhir_adapter.domain.scene import Place, Scene
from fhir_adapter.domain.spans import Span, span
from fhir_adapter.domain.spoken import standing
from fhir_adapter.domain.statements import Attestation
from fhir_adapter.domain.timeline import Gap

QUESTIONNAIRE_RESPONSE = "QuestionnaireResponse"

UNFINISHED = frozenset({"in-progress", "stopped"})
"""Statuses of a form nobody has stated anything by.

Source: http://hl7.org/fhir/R4/valueset-questionnaire-answers-status.html
"""


def assess_attested(node: Attested, scene: Scene) -> Answer:
    """Say what the named people stated.

    Args:
        node: Link, validity, what is shown beside it.
        scene: What it is assessed against; statements made after the anchor do not count.

    Returns:
        MET or NOT_MET where all standing statements agree. UNKNOWN: CONFLICTING where people disagree, STALE
        where all are too old, NOT_YET_DUE where they will be by the planned day, UNMAPPED where a value is
        no yes or no, or where another statement about it cannot be read and may say the opposite,
        NEEDS_ATTESTATION where nobody said anything.

    Source:
        design contracts, Attestations.
    """
    made = standing(scene.timeline.attestations, node.link_id, until=scene.anchor.time, zone=scene.zone)
    by_place: dict[Place, list[Attestation]] = {}
    for each in made:
        by_place.setdefault(scene.place(_span(each, scene), node.valid_for), []).append(each)
    valid = by_place.get(Place.INSIDE, [])
    shown = show(node.shows, scene)
    expires = scene.edges([_span(each, scene) for each in made], [node.valid_for])
    sides = {_side(each, node) for each in valid}
    causes = _objections(valid, sides) if valid else _lacking(node, by_place, scene)
    causes += _undated(by_place.get(Place.UNCERTAIN, []))
    if not causes:
        causes += _unread(node, scene)
    evidence = [*map(of_attestation, valid), *shown]
    if causes:
        return unknown(node, causes, what="a person's statement", evidence=evidence, expires=expires)
    truth = Truth.MET if True in sides else Truth.NOT_MET
    return decided(node, truth, evidence=evidence, expires=expires)


def _side(attestation: Attestation, node: Attested) -> bool | None:
    """Say whether a statement says that it holds; None where its value is no answer to the link."""
    value = attestation.value
    if node.values:
        return value in node.values if isinstance(value, str) else None
    return value if isinstance(value, bool) else None


def _span(attestation: Attestation, scene: Scene) -> Span:
    return span(attestation.authored, scene.zone)


def _objections(valid: list[Attestation], sides: set[bool | None]) -> list[Cause]:
    """Say why valid statements do not decide."""
    evidence = tuple(map(of_attestation, valid))
    if any(each.contested for each in valid):
        return [Cause(reason=UnknownReason.CONFLICTING, note="two contents of one statement", evidence=evidence)]
    if None in sides:
        return [
            Cause(reason=UnknownReason.UNMAPPED, note="the statement does not answer the link", evidence=evidence)
        ]
    if len(sides) > 1:
        return [Cause(reason=UnknownReason.CONFLICTING, note="people disagree", evidence=evidence)]
    return []


def _undated(made: list[Attestation]) -> list[Cause]:
    note = "the day of the statement is open"
    return [Cause(reason=UnknownReason.PARTIAL_DATE, note=note, evidence=(of_attestation(each),)) for each in made]


def _unread(node: Attested, scene: Scene) -> list[Cause]:
    """Give a cause for each refused statement that may be about this link and may count now."""
    gaps = (gap for gap in scene.timeline.gaps if _may_be_about(gap, node) and _may_count(gap, node, scene))
    return [cause for gap in gaps if (cause := cause_of(gap)) is not None]


def _may_be_about(gap: Gap, node: Attested) -> bool:
    """Say whether a refused answer is to this link, or a refused form may hold one; an unfinished one does not."""
    if gap.source.type != QUESTIONNAIRE_RESPONSE:
        return False
    if gap.rejection.concepts:
        return node.link_id in gap.rejection.concepts
    return not gap.is_part and gap.rejection.detail not in UNFINISHED


def _may_count(gap: Gap, node: Attested, scene: Scene) -> bool:
    at = scene.start_of(gap.rejection.effective)
    return at is None or scene.place(at, node.valid_for) in {Place.INSIDE, Place.UNCERTAIN}


def _lacking(node: Attested, by_place: Mapping[Place, list[Attestation]], scene: Scene) -> list[Cause]:
    """Say why no statement is valid."""
    expiring = by_place.get(Place.EXPIRING, [])
    opening = scene.not_open(node.valid_for)
    if expiring or opening is not None:
        note = f"a statement counts from {opening}" if opening else f"it will be too old on {scene.anchor.planned}"
        evidence = tuple(map(of_attestation, expiring))
        return [Cause(reason=UnknownReason.NOT_YET_DUE, note=note, evidence=evidence)]
    old = by_place.get(Place.OUTSIDE, [])
    if old:
        evidence = (of_attestation(old[-1]),)
        return [Cause(reason=UnknownReason.STALE, note="the last statement is too old", evidence=evidence)]
    return [Cause(reason=UnknownReason.NEEDS_ATTESTATION)]
