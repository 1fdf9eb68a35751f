"""From current findings to one answer: agreement, conflict, what stands in the way.

Knows: how the sides of several findings combine. Does not know: which side a value lies on; the operator says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from fhir_adapter.domain.answers import Cause, decided, in_words, unknown
from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.evidence import SHOWN, Event, of_event, of_finding, of_specimen
from fhir_adapter.domain.facts import Finding
from fhir_adapter.domain.logic import Truth, negate
from fhir_adapter.domain.operators import Node
from fhir_adapter.domain.queries import FindingQuery, OnConflict, UnknownReason
from fhir_adapter.domain.records import Answer, Evidence
from fhir_adapter.domain.scene import Place, Scene
from fhir_adapter.domain.selection import Selection, select_current
from fhir_adapter.domain.spans import Span

Side = Truth | Cause
"""The side of a limit a value lies on, or why that cannot be said."""

Judge = Callable[[Finding], Side]
Cite = Callable[[Finding], tuple[Evidence, ...]]


def judge_current(
    node: Node, query: FindingQuery, scene: Scene, judge: Judge, on_conflict: OnConflict, cite: Cite | None = None
) -> Answer:
    """Answer a statement from the current findings of one query.

    Args:
        node: The statement.
        query: Which findings may carry it.
        scene: What it is assessed against.
        judge: Says on which side one finding lies.
        on_conflict: What holds where current findings lie on both sides.
        cite: Evidence of one finding besides its value and specimen (its limit of normal).

    Returns:
        MET or NOT_MET where every current finding lies on that side and nothing of the same day or later
        stands in the way; the latest of them is the evidence. Else UNKNOWN with every cause.

    Source:
        design contracts, Criteria and verdicts: conflict and current value.
    """

    def sources(findings: Iterable[Finding]) -> list[Evidence]:
        found: list[Evidence] = []
        for finding in findings:
            found += [of_finding(finding), *of_specimen(finding, scene.timeline), *(cite(finding) if cite else ())]
        return found

    selection = select_current(query, scene)
    what = in_words(query.concepts)
    if not selection.current:
        return unknown(node, selection.causes, what=what, expires=selection.expires)
    sides = [judge(finding) for finding in selection.current]
    truths = {side for side in sides if isinstance(side, Truth)}
    causes = [side for side in sides if isinstance(side, Cause)] + _in_the_way(selection, judge, truths)
    notes: tuple[str, ...] = ()
    if len(truths) > 1:
        truths, notes = settle_conflict(scene.lets_in, on_conflict)
        causes += [] if truths else [CONFLICT]
    if causes:
        evidence = sources(selection.current)
        return unknown(node, causes, what=what, evidence=evidence, expires=selection.expires)
    truth = truths.pop()
    deciding = [finding for finding, side in zip(selection.current, sides, strict=True) if side is truth]
    shown = selection.current if notes else deciding[-1:]
    return decided(node, truth, evidence=sources(shown), notes=notes, expires=selection.expires)


def side_of(holds: bool | None, *findings: Finding) -> Side:
    """Turn a comparison into a side; a value that is censored across the limit is CENSORED."""
    if holds is None:
        evidence = tuple(of_finding(finding) for finding in findings)
        note = "the reported value is itself a limit and leaves both sides open"
        return Cause(reason=UnknownReason.CENSORED, note=note, evidence=evidence)
    return Truth.MET if holds else Truth.NOT_MET


CONFLICT = Cause(reason=UnknownReason.CONFLICTING, note="current results lie on both sides of the limit")


def settle_conflict(lets_in: Truth | None, on_conflict: OnConflict) -> tuple[set[Truth], tuple[str, ...]]:
    """Choose a side where sources conflict: none by default, else the one a setting asks for.

    Args:
        lets_in: 0..1; the truth that lets the patient in; None where the statement only steers others.
        on_conflict: `worst` takes the side that keeps the patient out, `either` the one that lets in.

    Returns:
        The side as a set of one, and a note; an empty set where a person has to settle it.

    Source:
        design contracts, Criteria and verdicts: conflict.

    >>> settle_conflict(Truth.MET, OnConflict.WORST)[0]
    {<Truth.NOT_MET: 'NOT_MET'>}
    """
    if lets_in is None or on_conflict is OnConflict.UNKNOWN:
        return set(), ()
    truth = lets_in if on_conflict is OnConflict.EITHER else negate(lets_in)
    return {truth}, (f"sources conflict; the {on_conflict.value} side is taken by setting",)


def _in_the_way(selection: Selection, judge: Judge, truths: set[Truth]) -> list[Cause]:
    """Give the causes of the obstacles, apart from values that lie on the side of the current ones anyway."""
    return [
        obstacle.cause
        for obstacle in selection.obstacles
        if obstacle.finding is None or {judge(obstacle.finding)} != truths
    ]


def show(concepts: Iterable[ConceptId], scene: Scene) -> tuple[Evidence, ...]:
    """Cite what a person should see, deciding nothing: the latest result, every problem and event."""
    found: list[Evidence] = []
    for concept in concepts:
        if concept in scene.timeline.findings:
            selection = select_current(FindingQuery(concepts=(concept,)), scene)
            found += [of_finding(finding, role=SHOWN) for finding in selection.current[-1:]]
        for event in _events(concept, scene):
            found += of_event(event, scene.timeline, role=SHOWN)
    return tuple(found)


def _events(concept: ConceptId, scene: Scene) -> Iterator[Event]:
    timeline = scene.timeline
    for problem in timeline.diagnoses.get(concept, ()):
        begun = scene.start_of(problem.onset) or scene.span_of(problem.recorded)
        if problem.verification_status != "refuted" and not _is_later(begun, scene):
            yield problem
    for done in timeline.interventions.get(concept, ()):
        if not _is_later(scene.start_of(done.performed), scene):
            yield done
    for given in timeline.exposures.get(concept, ()):
        if not _is_later(scene.start_of(given.effective), scene):
            yield given


def _is_later(at: Span | None, scene: Scene) -> bool:
    return at is not None and scene.place(at, None) is Place.LATER
