"""Assess `NoReaction`: no severe reaction since the first cell infusion, by the subject's safety record.

Knows: what holds, what a person may release, what leaves it open. Does not know: how events and syndromes are
derived, who may judge them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from fhir_adapter.domain.answers import Cause, decided, in_order, unknown
from fhir_adapter.domain.assess_attestation import assess_attested
from fhir_adapter.domain.logic import Truth
from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.reactions import Reaction, ReactionKind, ReactionsView
from fhir_adapter.domain.records import Answer, Evidence
from fhir_adapter.domain.scene import Scene
from fhir_adapter.domain.spans import span
from fhir_adapter.domain.spoken import standing
from fhir_adapter.domain.treatment_operators import NoReaction, ReactionReading, Resolution

RECORD_MISSING = "no safety record was derived for this moment"
NO_FIRST_INFUSION = "no first cell infusion is recorded, so nothing can have followed it"
RELEASE = "a named person's release of resolved reactions"
UNLIKELY = "unlikely"
"""What a person says of a reaction whose cause the cells hardly are."""
RELEASED = "released by a named person: "
BY_PERSON = ": no number grades it in this patient; left to the investigator's own statement"


class _Side(Enum):
    """What one event does to the statement."""

    HOLDS = "holds"
    RELEASABLE = "releasable"
    OPEN = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """One thing that speaks against the statement, or may."""

    side: _Side
    label: str
    wanted: str
    reason: UnknownReason = UnknownReason.NEEDS_ATTESTATION
    until: datetime | None = None
    evidence: tuple[Evidence, ...] = ()


def assess_no_reaction(node: NoReaction, scene: Scene) -> Answer:
    """Say whether a severe reaction since the first cell infusion speaks against another one.

    Args:
        node: Grade, readings, release.
        scene: Gives the safety record as of its moment; judgements made later do not exist.

    Returns:
        NOT_MET where one holds, each as a part of its own, or where a resolved one is not released. MET where
        none does, with what was released as notes. UNKNOWN(MISSING) without a record; UNKNOWN where something
        that may be severe cannot be graded or placed.

    Source:
        clinical review, PUT-2 and section 3; rules sheet A21.
    """
    view = scene.reactions(scene.as_of) if scene.reactions is not None else None
    if view is None:
        return unknown(node, [Cause(reason=UnknownReason.MISSING, note=RECORD_MISSING)], what="a safety record")
    if view.first_infusion is None:
        return unknown(node, [Cause(reason=UnknownReason.MISSING, note=NO_FIRST_INFUSION)], what="infusion 1")
    found = [*_find(node, view)]
    release = _release(node, scene, found)
    said = _said_at(node, scene) if release is not None and release.truth is Truth.MET else None
    against = [each for each in found if not _is_free(each, said)]
    if against:
        return _refused(node, against, release)
    return _not_refused(node, found, release, view.by_person)


def _refused(node: NoReaction, against: list[_Found], release: Answer | None) -> Answer:
    parts = tuple(
        Answer(truth=Truth.NOT_MET, label=each.label, evidence=in_order(each.evidence), notes=(each.wanted,))
        for each in against
    )
    cited = [evidence for each in against for evidence in each.evidence]
    if release is not None:
        parts = (*parts, release)
        cited += release.evidence
    return Answer(
        truth=Truth.NOT_MET,
        part=node.part,
        label=node.label,
        parts=parts,
        evidence=in_order(cited),
        notes=tuple(dict.fromkeys(each.label for each in against)),
        expires=release.expires if release is not None else None,
    )


def _not_refused(
    node: NoReaction, found: list[_Found], release: Answer | None, by_person: tuple[str, ...]
) -> Answer:
    open_ones = [each for each in found if each.side is _Side.OPEN]
    expires = release.expires if release is not None else None
    if open_ones:
        causes = [
            Cause(reason=each.reason, note=each.label, wanted=each.wanted, evidence=each.evidence)
            for each in open_ones
        ]
        return unknown(node, causes, expires=expires)
    released = [each for each in found if each.side is _Side.RELEASABLE]
    cited = [evidence for each in released for evidence in each.evidence]
    return decided(
        node,
        Truth.MET,
        evidence=[*cited, *(release.evidence if release is not None else ())],
        notes=(*(f"{RELEASED}{each.label}" for each in released), *(f"{each}{BY_PERSON}" for each in by_person)),
        expires=expires,
    )


def _release(node: NoReaction, scene: Scene, found: list[_Found]) -> Answer | None:
    """Give what was said about releasing, where there is something to release."""
    if not any(each.side is _Side.RELEASABLE for each in found):
        return None
    return replace(assess_attested(node.release, scene), label=RELEASE)


def _said_at(node: NoReaction, scene: Scene) -> datetime | None:
    """Give when the release was made; None where one of its authors gave no reason."""
    made = standing(scene.timeline.attestations, node.release.link_id, until=scene.anchor.time, zone=scene.zone)
    if not all((each.reason or "").strip() for each in made):
        return None
    return min((span(each.authored, scene.zone).first for each in made), default=None)


def _is_free(found: _Found, released: datetime | None) -> bool:
    """Say whether something does not hold: it is only open, or it was released after it was over."""
    if found.side is not _Side.RELEASABLE:
        return found.side is _Side.OPEN
    return released is not None and (found.until is None or found.until <= released)


def _find(node: NoReaction, view: ReactionsView) -> Iterator[_Found]:
    """Say what each reaction does to the statement; what does nothing is left out."""
    for reaction in view.reactions:
        side = _side_of(node, reaction)
        if side is not None:
            yield _Found(
                side=side,
                label=_label(reaction),
                wanted=reaction.wanted,
                reason=reaction.reason,
                until=reaction.until,
                evidence=reaction.evidence,
            )
        elif _is_unplaced(node, reaction):
            yield _Found(
                side=_Side.OPEN,
                label=f"{_label(reaction)}, not known whether new since infusion 1",
                wanted=f"{reaction.name}: a result before infusion 1, or when it began",
                reason=UnknownReason.MISSING,
                evidence=reaction.evidence,
            )


def _is_unplaced(node: NoReaction, reaction: Reaction) -> bool:
    return reaction.lowest >= node.grade and reaction.is_new is None


def _side_of(node: NoReaction, reaction: Reaction) -> _Side | None:
    """Say whether a reaction holds, may be released, or leaves it open; None where it does none of these."""
    if reaction.lowest < node.grade:
        return _Side.OPEN if reaction.highest >= node.grade else None
    if reaction.kind is ReactionKind.SYNDROME:
        return _Side.HOLDS
    if not reaction.is_new:
        return None
    if reaction.lasts and not _is_below(node, reaction):
        return _Side.HOLDS
    return _side_of_resolved(node, reaction)


def _side_of_resolved(node: NoReaction, reaction: Reaction) -> _Side | None:
    if node.reading is ReactionReading.EVER:
        return _Side.HOLDS
    if node.reading is ReactionReading.CURRENT_ONLY or reaction.relatedness == UNLIKELY:
        return None
    return _Side.RELEASABLE


def _is_below(node: NoReaction, reaction: Reaction) -> bool:
    """Say whether a reaction that lasts has fallen below the grade, where that is read as its end."""
    if node.resolution is Resolution.EVENT:
        return False
    return reaction.now is not None and reaction.now < node.grade


def _label(reaction: Reaction) -> str:
    lowest, highest = reaction.lowest, reaction.highest
    if lowest == highest:
        return f"{reaction.name}: grade {lowest}"
    return f"{reaction.name}: grade {lowest} to {highest}" if lowest else f"{reaction.name}: up to grade {highest}"
