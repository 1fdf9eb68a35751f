"""Assess `HasCondition`: a problem on the list.

Knows: clinical and verification status, onset and abatement against the anchor. Does not know: events, limits.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from fhir_adapter.domain.answers import Cause, decided, in_words, unknown
from fhir_adapter.domain.completeness import Sought, answer_absence
from fhir_adapter.domain.evidence import of_event
from fhir_adapter.domain.facts import Diagnosis
from fhir_adapter.domain.gaps import about, cause_of, is_unmapped_code
from fhir_adapter.domain.logic import Truth
from fhir_adapter.domain.operators import HasCondition
from fhir_adapter.domain.queries import UnknownReason, Window
from fhir_adapter.domain.records import Answer
from fhir_adapter.domain.scene import Place, Scene
from fhir_adapter.domain.spans import Span

CONDITION = "Condition"

REFUTED = frozenset({"refuted", "entered-in-error"})
_ENDED = frozenset({"inactive", "remission", "resolved"})


@dataclass(slots=True)
class _Found:
    """Problems of the concepts asked for, sorted by what they are good for."""

    holding: list[Diagnosis] = field(default_factory=list)
    causes: list[Cause] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)


def assess_condition(node: HasCondition, scene: Scene) -> Answer:
    """Say whether a problem of one of these concepts is on the list at the anchor.

    A problem that began after the anchor does not count; one that ended after it still does.

    Args:
        node: Concepts, statuses that count, window, meaning of presence and absence.
        scene: What it is assessed against.

    Returns:
        MET, or UNKNOWN(NEEDS_ATTESTATION) where presence is only a flag. NOT_MET where a problem that settles
        the matter is found instead, or by complete absence. UNKNOWN where a problem is unconfirmed
        (NEEDS_ATTESTATION), contested (CONFLICTING), without the status asked for (UNMAPPED), or cannot be
        placed in time (PARTIAL_DATE).

    Source:
        design contracts, Criteria and verdicts: absence; rules sheet B.
    """
    found = _find(node, scene)
    expires = scene.edges(found.spans, [node.within])
    what = in_words(node.concepts)
    if found.holding:
        evidence = [each for problem in found.holding for each in of_event(problem, scene.timeline)]
        if not node.presence_needs_attestation:
            return decided(node, Truth.MET, evidence=evidence, expires=expires)
        flag = Cause(reason=UnknownReason.NEEDS_ATTESTATION, note="a problem on the list is a flag for a person")
        return unknown(node, [flag], what=what, evidence=evidence, expires=expires)
    instead = replace(node, concepts=node.settled_by, clinical=(), within=None)
    settling = _find(instead, scene).holding if node.settled_by else []
    if settling and not found.causes:
        evidence = [each for problem in settling for each in of_event(problem, scene.timeline)]
        return decided(node, Truth.NOT_MET, evidence=evidence, expires=expires)
    if found.causes:
        return unknown(node, found.causes, what=what, expires=expires)
    return answer_absence(node, node.absence, scene, Sought(types=(CONDITION,), window=node.within, what=what))


def _find(node: HasCondition, scene: Scene) -> _Found:
    found = _Found()
    problems = {
        problem: None for concept in node.concepts for problem in scene.timeline.diagnoses.get(concept, ())
    }
    for problem in problems:
        verdict = _judge(problem, node, scene, found)
        if verdict is True:
            found.holding.append(problem)
        elif isinstance(verdict, Cause):
            found.causes.append(verdict)
    for gap in about(scene.timeline.gaps, node.concepts, (CONDITION,)):
        at = scene.start_of(gap.rejection.effective)
        cause = cause_of(gap)
        is_placed = at is None or scene.place(at, node.within) in {Place.INSIDE, Place.UNCERTAIN}
        if cause is not None and is_placed and not gap.is_part and not is_unmapped_code(gap):
            found.causes.append(cause)
            found.spans += [at] if at is not None else []
    return found


def _judge(problem: Diagnosis, node: HasCondition, scene: Scene, found: _Found) -> bool | Cause:
    """Say whether one problem holds, does not, or why that is open."""
    if problem.verification_status in REFUTED:
        return False
    begun = _begun(problem, node.within, scene, found)
    active = _has_status(problem, node.clinical, scene) if node.clinical else True
    if begun is Place.LATER or begun is Place.OUTSIDE or active is False:
        return False
    doubt = _doubt(problem, node, begun, is_status_stated=active is not None)
    if doubt is None:
        return True
    reason, note = doubt
    return Cause(reason=reason, note=note, evidence=of_event(problem, scene.timeline))


def _doubt(
    problem: Diagnosis, node: HasCondition, begun: Place, *, is_status_stated: bool
) -> tuple[UnknownReason, str] | None:
    """Say what keeps a problem of the right concept and status from counting."""
    if problem.contested:
        return UnknownReason.CONFLICTING, "two contents of one problem"
    if node.verification and problem.verification_status not in node.verification:
        stated = problem.verification_status or "not stated"
        return UnknownReason.NEEDS_ATTESTATION, f"the problem is not confirmed (verification: {stated})"
    if begun is Place.UNCERTAIN:
        return UnknownReason.PARTIAL_DATE, "the onset cannot be placed"
    if begun is Place.EXPIRING:
        return UnknownReason.NOT_YET_DUE, "the problem is too old on the planned day"
    return None if is_status_stated else (UnknownReason.UNMAPPED, "the clinical status is not stated")


def _begun(problem: Diagnosis, window: Window | None, scene: Scene, found: _Found) -> Place:
    """Place the beginning: onset, else the day it was recorded; neither = it was there before, undated."""
    onset, recorded = scene.start_of(problem.onset), scene.span_of(problem.recorded)
    begun = onset or recorded
    if begun is None:
        return Place.INSIDE if window is None else Place.UNCERTAIN
    found.spans.append(begun)
    place = scene.place(begun, window)
    if place is not Place.UNCERTAIN or window is not None:
        return place
    # A year or month that also holds the anchor: what is already on record had begun.
    on_record = recorded is not None and scene.place(recorded, None) is Place.INSIDE
    return Place.INSIDE if on_record or scene.is_moving else Place.UNCERTAIN


def _has_status(problem: Diagnosis, clinical: tuple[str, ...], scene: Scene) -> bool | None:
    """Say whether the problem had one of these clinical statuses at the anchor; None where it is not stated."""
    ended = scene.start_of(problem.abatement)
    if ended is not None and scene.place(ended, None) is Place.LATER:
        return bool({"active", "recurrence", "relapse"} & set(clinical)) or problem.clinical_status in clinical
    if problem.abated and problem.clinical_status not in _ENDED:
        return bool(_ENDED & set(clinical))
    return None if problem.clinical_status is None else problem.clinical_status in clinical
