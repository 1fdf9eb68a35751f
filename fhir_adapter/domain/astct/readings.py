"""Readings over time: what is known from one reading to the next, and for how long the last one tells.

Knows: statuses, exact and coarse times, readings of one moment. Does not know: what a reading means; the caller
sorts them by that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from typing import Generic, TypeVar

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.evidence import USABLE, of_finding
from fhir_adapter.domain.facts import Finding
from fhir_adapter.domain.records import Evidence
from fhir_adapter.domain.spans import Span, span
from fhir_adapter.domain.timeline import Timeline

K = TypeVar("K")

TICK = timedelta(microseconds=1)
"""What goes on at the present ends so long after it: the end of a run is excluded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The facts of one person as they are at one clinical time.

    Attributes:
        as_of: Nothing later exists.
        holds: How long a reading tells of the state if none follows.
    """

    timeline: Timeline
    zone: tzinfo
    as_of: datetime
    holds: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Run(Generic[K]):
    """A time in which readings say the same.

    Attributes:
        end: Excluded.
        is_sure: False where it rests on what may not decide: it may be so.
    """

    kind: K
    start: datetime
    end: datetime
    evidence: tuple[Evidence, ...] = ()
    is_sure: bool = True

    def covers(self, moment: datetime) -> bool:
        """Say whether it goes on at a moment."""
        return self.start <= moment < self.end

    def overlaps(self, start: datetime, end: datetime) -> bool:
        """Say whether it has a moment in [start, end)."""
        return self.start < end and start < self.end


def find_readings(view: View, concepts: Iterable[ConceptId]) -> Iterator[tuple[Finding, Span]]:
    """Give each finding of some concepts up to the present that is dated to the day or better."""
    for finding in _each_once(view, concepts):
        at = when(finding, view)
        if at is not None and at.first <= view.as_of:
            yield finding, at


def count_undated(view: View, concepts: Iterable[ConceptId]) -> int:
    """Count the findings of some concepts that cannot be placed on a day."""
    return sum(when(finding, view) is None for finding in _each_once(view, concepts))


def when(finding: Finding, view: View) -> Span | None:
    """Give all the time of a finding can mean; None where it is not dated to the day or better."""
    start = finding.effective.start if finding.effective is not None else None
    at = span(start, view.zone) if start is not None else None
    return at if at is not None and at.first_day == at.last_day else None


def _each_once(view: View, concepts: Iterable[ConceptId]) -> Iterator[Finding]:
    seen: set[tuple[str, str, str, str]] = set()
    for concept in concepts:
        for finding in view.timeline.findings.get(concept, ()):
            source = finding.source
            key = (source.reference, source.version, source.content, finding.path)
            if key not in seen:
                seen.add(key)
                yield finding


def decides(finding: Finding) -> bool:
    """Say whether a finding may decide: final, amended or corrected, and not contested."""
    return finding.status in USABLE and not finding.contested


def lay_runs(
    view: View,
    readings: Iterable[tuple[Finding, Span]],
    kind_of: Callable[[Finding, Span], K],
    worst: Callable[[list[K]], K],
    *,
    role: str,
    silent: K | None = None,
) -> tuple[Run[K], ...]:
    """Lay the readings that decide and have an exact time out in runs.

    Args:
        view: For how long one tells.
        readings: 0..*; in any order.
        kind_of: What one says.
        worst: Which of several said at one moment holds.
        role: What they are cited as.
        silent: 0..1; what nobody asks the sources of.

    Returns:
        Runs in order of time without overlap: each reading holds until the next, or until it tells no more.
    """
    moments: dict[datetime, list[tuple[K, Finding]]] = {}
    for finding, at in readings:
        if decides(finding) and at.first == at.last:
            moments.setdefault(at.first, []).append((kind_of(finding, at), finding))
    starts = sorted(moments)
    runs: list[Run[K]] = []
    for place, start in enumerate(starts):
        following = starts[place + 1] if place + 1 < len(starts) else None
        end = start + view.holds if following is None else min(following, start + view.holds)
        kind = worst([said for said, _ in moments[start]])
        cited = (finding for said, finding in moments[start] if said == kind and kind != silent)
        evidence = tuple(of_finding(finding, role) for finding in cited)
        runs.append(Run(kind=kind, start=start, end=end, evidence=evidence))
    return _joined(runs)


def _joined(runs: list[Run[K]]) -> tuple[Run[K], ...]:
    """Join neighbours that say the same."""
    joined: list[Run[K]] = []
    cited: list[list[Evidence]] = []
    for run in runs:
        if joined and joined[-1].kind == run.kind and joined[-1].end == run.start:
            joined[-1] = replace(joined[-1], end=run.end)
            cited[-1] += run.evidence
        else:
            joined.append(run)
            cited.append([*run.evidence])
    return tuple(replace(run, evidence=tuple(each)) for run, each in zip(joined, cited, strict=True))


def loose_runs(
    view: View,
    readings: Iterable[tuple[Finding, Span]],
    kind_of: Callable[[Finding, Span], K],
    *,
    role: str,
) -> tuple[Run[K], ...]:
    """Give what readings say that end no other: those of a day only, and those that do not decide.

    Args:
        view: For how long one tells.
        readings: 0..*; in any order.
        kind_of: What one says.
        role: What they are cited as.

    Returns:
        One run per such reading; they may overlap. One of a day holds that day; one that is not final or contested
        is not sure, and may hold as long as any other.
    """
    return tuple(
        Run(
            kind=kind_of(finding, at),
            start=at.first,
            end=at.last + (TICK if decides(finding) else view.holds),
            evidence=(of_finding(finding, role),),
            is_sure=decides(finding),
        )
        for finding, at in readings
        if not decides(finding) or at.first != at.last
    )


def going_on(runs: Iterable[Run[K]], moment: datetime) -> list[Run[K]]:
    """Give the runs that go on at a moment."""
    return [run for run in runs if run.covers(moment)]


def edges_of(runs: Iterable[Run[K]]) -> Iterator[datetime]:
    """Give the moments at which a run begins or ends."""
    for run in runs:
        yield run.start
        yield run.end
