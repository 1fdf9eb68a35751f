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
from fhir_adapter.domain.records import Answer, Evidence
from fhir_adapter.domain.safety.reactions import (
    NOT_RELATED,
    UNLIKELY,
    ReactionsView,
    grade_bounds,
    is_syndrome,
    relatedness_of,
)
from fhir_adapter.domain.safety.records import AdverseEventRecord, EventState, GradedResult, SyndromeEpisode
from fhir_adapter.domain.scene import Scene
from fhir_adapter.domain.spans import span
from fhir_adapter.domain.spoken import standing
from fhir_adapter.domain.treatment_operators import NoReaction, ReactionReading, Resolution

RECORD_MISSING = "no safety record was derived for this moment"
NO_FIRST_INFUSION = "no first cell infusion is recorded, so nothing can have followed it"
RELEASE = "a named person's release of resolved reactions"
RELEASED = "released by a named person: "


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
    found = [*_syndromes(node, view), *_events(node, view), *_ungradable(node, view)]
    release = _release(node, scene, found)
    said = _said_at(node, scene) if release is not None and release.truth is Truth.MET else None
    against = [each for each in found if not _is_free(each, said)]
    if against:
        return _refused(node, against, release)
    return _not_refused(node, found, release)


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


def _not_refused(node: NoReaction, found: list[_Found], release: Answer | None) -> Answer:
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
        notes=tuple(f"{RELEASED}{each.label}" for each in released),
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


def _syndromes(node: NoReaction, view: ReactionsView) -> Iterator[_Found]:
    for episode in view.episodes:
        side = _side_of_syndrome(node, episode, view)
        if side is not None:
            evidence = tuple(each for interval in episode.intervals for each in interval.evidence)
            yield _Found(
                side=side,
                label=f"{episode.id}: {_grade_words(episode.grade, episode.worst)} after infusion "
                f"{episode.after_infusion}",
                wanted=f"the judged grade and association of {episode.id}",
                evidence=evidence,
            )


def _side_of_syndrome(node: NoReaction, episode: SyndromeEpisode, view: ReactionsView) -> _Side | None:
    """Take a person's word, where it still stands or is severe; else what is proposed and what was reported."""
    judged = episode.judgement
    if judged is not None and judged.at <= view.as_of:
        if judged.associated and judged.grade >= node.grade:
            return _Side.HOLDS
        if episode.stands:
            return None
    stated = max((link.grade or 0 for link in episode.reported), default=0)
    if max(episode.grade or 0, stated) >= node.grade:
        return _Side.HOLDS
    return _Side.OPEN if episode.worst >= node.grade else None


def _events(node: NoReaction, view: ReactionsView) -> Iterator[_Found]:
    for event in view.events:
        lowest, highest = grade_bounds(event, view.first_infusion, view.as_of)
        if highest < node.grade or event.pre_existing or relatedness_of(event, view.as_of) == NOT_RELATED:
            continue
        label = f"{event.id} {event.term}: {_grade_words(lowest, highest)}"
        wanted = f"what a person says about {event.id}: its grade and its relation to the cells"
        if lowest < node.grade:
            yield _Found(side=_Side.OPEN, label=label, wanted=wanted, evidence=event.evidence)
        elif not (event.treatment_emergent or event.worsened or is_syndrome(event)):
            yield from _unplaced(event, label)
        else:
            side = _side_of_event(node, event, view)
            if side is not None:
                until = event.changes[-1].at if event.changes else None
                yield _Found(side=side, label=label, wanted=wanted, until=until, evidence=event.evidence)


def _unplaced(event: AdverseEventRecord, label: str) -> Iterator[_Found]:
    """Leave open what nobody can say began or worsened since; what did neither does not count."""
    if event.treatment_emergent is None:
        yield _Found(
            side=_Side.OPEN,
            label=f"{label}, not known whether new since infusion 1",
            wanted=f"{event.term}: a result before infusion 1, or when it began",
            reason=UnknownReason.MISSING,
            evidence=event.evidence,
        )


def _side_of_event(node: NoReaction, event: AdverseEventRecord, view: ReactionsView) -> _Side | None:
    """Say whether a severe event holds: it lasts, it is a syndrome, or it is over but may have been the cells."""
    if is_syndrome(event):
        return _Side.HOLDS
    if event.state is not EventState.RESOLVED and not _is_below(node, event):
        return _Side.HOLDS
    if node.reading is ReactionReading.EVER:
        return _Side.HOLDS
    if node.reading is ReactionReading.CURRENT_ONLY or relatedness_of(event, view.as_of) == UNLIKELY:
        return None
    return _Side.RELEASABLE


def _is_below(node: NoReaction, event: AdverseEventRecord) -> bool:
    """Say whether an event that lasts has fallen below the grade, where that is read as its end."""
    if node.resolution is Resolution.EVENT or not event.changes:
        return False
    last = event.changes[-1]
    is_certain = last.grade is not None and not last.at_least and not event.unresolved_ungradable
    return is_certain and (last.grade or 0) < node.grade


def _ungradable(node: NoReaction, view: ReactionsView) -> Iterator[_Found]:
    for result in view.ungradable:
        if result.grade.worst >= node.grade:
            yield _Found(
                side=_Side.OPEN,
                label=f"{result.term}: cannot be graded, {_grade_words(None, result.grade.worst)}",
                wanted=_needed(result),
                reason=result.grade.reason or UnknownReason.MISSING,
                evidence=result.evidence,
            )


def _needed(result: GradedResult) -> str:
    what = result.grade.needed[0].value.replace("-", " ") if result.grade.needed else "what its grade takes"
    return f"{result.term}: {what}"


def _grade_words(lowest: int | None, highest: int) -> str:
    if lowest is None or lowest == 0:
        return f"up to grade {highest}"
    return f"grade {lowest}" if lowest == highest else f"grade {lowest} to {highest}"
