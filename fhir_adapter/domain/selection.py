"""Which findings are current: the latest usable ones in the window, and what stands in their way.

Knows: status, window, method, specimen, oxygen, order against treatment. Does not know: limits; what the
values mean is judged by the operator that asks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from fhir_adapter.domain.answers import Cause, in_words
from fhir_adapter.domain.evidence import USABLE, of_finding, of_gap
from fhir_adapter.domain.facts import Finding
from fhir_adapter.domain.gaps import about, cause_of, is_unmapped_code, says_not_measured, withheld
from fhir_adapter.domain.queries import FindingQuery, UnknownReason, Window
from fhir_adapter.domain.scene import Place, Scene
from fhir_adapter.domain.source import Rejection
from fhir_adapter.domain.spans import LAST_DAY, Span
from fhir_adapter.domain.suitability import Unsuitable, fault_of
from fhir_adapter.domain.timeline import Gap

OBSERVATION = "Observation"

CITED = 5
"""Of many unmapped results so many are cited; all are counted."""


@dataclass(frozen=True, slots=True)
class Dated:
    """A finding and all its time can mean."""

    finding: Finding
    at: Span


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Something that may be the latest value but cannot be used as it stands.

    Attributes:
        last_day: The last day it may belong to.
        last: 0..1; the last instant it may belong to; None where its time is unknown.
        finding: 0..1; where its value is readable, so that it does no harm on the side of the current ones.
    """

    cause: Cause
    last_day: date
    finding: Finding | None = None
    last: datetime | None = None

    def may_be_as_late(self, current: list[Dated], *, to_the_moment: bool) -> bool:
        """Say whether it may be of the same day as, or later than, the current findings, or of their moment."""
        if to_the_moment:
            return self.last is None or self.last >= max(each.at.first for each in current)
        return self.last_day >= max(each.at.first_day for each in current)


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The current findings of one query.

    Attributes:
        current: 0..*; usable findings of the latest day in the window, the latest one last.
        obstacles: 0..*; what may be later than, or of the same day as, the current ones.
        causes: 1..* where nothing is current: why.
        expires: 0..1; when the passing of time alone changes the selection.
    """

    current: tuple[Finding, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()
    causes: tuple[Cause, ...] = ()
    expires: datetime | None = None


@dataclass(slots=True)
class _Sorted:
    """Findings and gaps of one query, sorted by what they are good for."""

    usable: list[Dated] = field(default_factory=list)
    expiring: list[Dated] = field(default_factory=list)
    stale: list[Dated] = field(default_factory=list)
    obstacles: list[Obstacle] = field(default_factory=list)
    fallback: list[Cause] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)


def select_current(query: FindingQuery, scene: Scene) -> Selection:
    """Choose the findings that may carry a statement now.

    Args:
        query: Concepts, window and what a finding must fulfil.
        scene: Timeline, anchor, age.

    Returns:
        The usable (final, amended, corrected) findings of the latest calendar day in the window. A finding or
        gap that may be as late as they are but cannot be used is an obstacle. Where nothing is current, the
        causes: a value good today but too old on the planned day is NOT_YET_DUE with its expiry date.

    Source:
        design contracts, Criteria and Time; clinical review, PUT-1.
    """
    known: Selection | None = scene.memo.selections.get(query)
    if known is None:
        known = scene.memo.selections[query] = _select(query, scene)
    return known


def _select(query: FindingQuery, scene: Scene) -> Selection:
    window = scene.window_for_age(query.windows)
    found = _Sorted()
    for finding in _findings(query, scene):
        _sort_finding(finding, query, scene, window, found)
    for gap in about(scene.timeline.gaps, query.concepts, (OBSERVATION,)):
        _sort_gap(gap, scene, window, found)
    current = _latest(found.usable, query)
    obstacles, causes = found.obstacles, list[Cause]()
    if current:
        obstacles = [each for each in obstacles if each.may_be_as_late(current, to_the_moment=query.latest)]
    else:
        causes = [each.cause for each in obstacles] + _lacking(query, scene, window, found)
    return Selection(
        current=tuple(each.finding for each in current),
        obstacles=tuple(obstacles),
        causes=tuple(causes),
        expires=_expires(query, scene, window, [*(each.at for each in current or found.expiring), *found.spans]),
    )


def _expires(query: FindingQuery, scene: Scene, window: Window | None, spans: list[Span]) -> datetime | None:
    if not scene.is_moving:
        return None
    years = [each.below_years for each in query.windows if each.below_years is not None]
    return scene.next_of([scene.birthdays(years), scene.edges(spans, [window])])


def _findings(query: FindingQuery, scene: Scene) -> Iterator[Finding]:
    """Give each finding once, however many of the concepts it carries."""
    seen: set[tuple[str, str, str, str]] = set()
    for concept in query.concepts:
        for finding in scene.timeline.findings.get(concept, ()):
            source = finding.source
            key = (source.id, source.version, source.content, finding.path)
            if key not in seen:
                seen.add(key)
                yield finding


def _sort_finding(
    finding: Finding, query: FindingQuery, scene: Scene, window: Window | None, found: _Sorted
) -> None:
    at = scene.start_of(finding.effective)
    place = scene.place(at, window) if at is not None else Place.UNCERTAIN
    if place is Place.LATER:
        return
    fault = fault_of(finding, at, query, scene)
    if at is None or place is Place.UNCERTAIN:
        found.spans += [at] if at is not None else []
        last_day = at.last_day if at is not None else LAST_DAY
        cause = fault.cause if fault else _undated(finding)
        if fault is None or fault.may_be_current:
            speaks = fault is None or fault.speaks
            last = at.last if at is not None else None
            found.obstacles.append(Obstacle(cause, last_day, finding if speaks else None, last))
        else:
            found.fallback.append(cause)
    elif fault is not None:
        _sort_fault(finding, fault, at, place, found)
    else:
        {Place.INSIDE: found.usable, Place.EXPIRING: found.expiring}.get(place, found.stale).append(
            Dated(finding, at)
        )


def _sort_fault(finding: Finding, fault: Unsuitable, at: Span, place: Place, found: _Sorted) -> None:
    """Keep an unsuitable finding in mind, unless it is too old to matter."""
    if place is not Place.INSIDE:
        return
    found.spans.append(at)
    if fault.may_be_current:
        found.obstacles.append(Obstacle(fault.cause, at.last_day, finding if fault.speaks else None, at.last))
    else:
        found.fallback.append(fault.cause)


def _undated(finding: Finding) -> Cause:
    return Cause(
        reason=UnknownReason.PARTIAL_DATE,
        note="the date is missing or too coarse to place the result",
        evidence=(of_finding(finding),),
    )


def _sort_gap(gap: Gap, scene: Scene, window: Window | None, found: _Sorted) -> None:
    cause = cause_of(gap)
    if cause is None or not _may_count(gap.rejection, scene, window):
        return
    at = scene.start_of(gap.rejection.effective)
    if at is not None:
        found.spans.append(at)
    if says_not_measured(gap):
        found.fallback.append(cause)
    else:
        last_day, last = (at.last_day, at.last) if at is not None else (LAST_DAY, None)
        found.obstacles.append(Obstacle(cause, last_day, last=last))


def _may_count(rejection: Rejection, scene: Scene, window: Window | None) -> bool:
    at = scene.start_of(rejection.effective)
    return at is None or scene.place(at, window) in {Place.INSIDE, Place.UNCERTAIN}


def _latest(usable: list[Dated], query: FindingQuery) -> list[Dated]:
    """Give the findings of the latest day, or moment, and partial dates that may be as late."""
    if not usable:
        return []
    latest_day = max(each.at.first_day for each in usable)
    group = [each for each in usable if each.at.last_day >= latest_day]
    if query.latest:
        moment = max(each.at.first for each in usable)
        group = [each for each in usable if each.at.last >= moment]
    preferred = [each for each in group if query.preferred_qualifier in each.finding.qualifiers]
    return sorted(preferred or group, key=_when)


def _lacking(query: FindingQuery, scene: Scene, window: Window | None, found: _Sorted) -> list[Cause]:
    """Say why nothing is current, apart from the obstacles."""
    not_due = _not_yet_due(scene, window, found, in_words(query.concepts))
    if not_due is not None:
        return [not_due]
    causes = [*found.fallback, *_unaccepted(query, scene, window), *_unmapped(query, scene, window)]
    causes += withheld(scene.timeline, (OBSERVATION,))
    if found.stale:
        last = max(found.stale, key=_when)
        note = f"the last one is of {last.at.last_day}, too old"
        causes.append(Cause(reason=UnknownReason.STALE, note=note, evidence=(of_finding(last.finding),)))
    is_said = any(each.cause.reason is UnknownReason.MISSING for each in found.obstacles)
    return causes if causes or is_said else [Cause(reason=UnknownReason.MISSING)]


def _not_yet_due(scene: Scene, window: Window | None, found: _Sorted, what: str) -> Cause | None:
    planned = scene.anchor.planned
    if planned is None or window is None:
        return None
    opening = scene.not_open(window)
    wanted = f"{what} on or after {opening}" if opening else f"{what} that still counts on {planned}"
    if found.expiring:
        last = max(found.expiring, key=_when)
        until = scene.counts_until(last.at, window)
        note = f"the one of {last.at.last_day} counts until {until}, not until {planned}"
        evidence = (of_finding(last.finding),)
        return Cause(reason=UnknownReason.NOT_YET_DUE, note=note, wanted=wanted, evidence=evidence)
    if opening is None:
        return None
    return Cause(reason=UnknownReason.NOT_YET_DUE, note=f"its window opens on {opening}", wanted=wanted)


def _unaccepted(query: FindingQuery, scene: Scene, window: Window | None) -> Iterator[Cause]:
    for concept in query.unaccepted:
        for finding in reversed(scene.timeline.findings.get(concept, ())):
            at = scene.start_of(finding.effective)
            if finding.status in USABLE and at is not None and scene.place(at, window) is Place.INSIDE:
                note = f"{in_words([concept])} does not count here"
                yield Cause(reason=UnknownReason.UNMAPPED, note=note, evidence=(of_finding(finding),))
                break


def _unmapped(query: FindingQuery, scene: Scene, window: Window | None) -> Iterator[Cause]:
    """Give one cause for all results whose code nobody has mapped yet: one of them may be the one asked for."""
    gaps = [
        gap
        for gap in scene.timeline.gaps
        if gap.source.type == OBSERVATION
        and is_unmapped_code(gap)
        and (query.category is None or gap.rejection.category in {None, query.category})
        and _may_count(gap.rejection, scene, window)
    ]
    if gaps:
        note = f"{len(gaps)} unmapped results in the window"
        yield Cause(reason=UnknownReason.UNMAPPED, note=note, evidence=tuple(map(of_gap, gaps[:CITED])))


def _when(dated: Dated) -> tuple[datetime, str, str, str]:
    source = dated.finding.source
    return dated.at.first, source.id, source.version, dated.finding.path
