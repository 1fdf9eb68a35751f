"""The time after each cell infusion, laid out in intervals in which one proposed grade holds.

Knows: where the window of one infusion ends, joining neighbours that say the same. Does not know: how a syndrome
is graded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from fhir_adapter.domain.answers import PRECEDENCE, Cause, in_order, next_fact
from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.records import Evidence
from fhir_adapter.domain.safety_model.syndrome_records import ProposalStatus, SyndromeInterval
from fhir_adapter.domain.spans import Span

Infusions = tuple[tuple[int, datetime], ...]
"""Number and start of each cell infusion given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InfusionWindow:
    """The time in which a syndrome is looked for after one infusion.

    Attributes:
        number: Of the infusion.
        start: Its start [UTC].
        end: Start of the next infusion, end of observation, or the present; excluded [UTC].
        is_open: True where the present ends it: it goes on.
    """

    number: int
    start: datetime
    end: datetime
    is_open: bool


def windows_of(infusions: Infusions, *, until: datetime | None, as_of: datetime) -> tuple[InfusionWindow, ...]:
    """Give the window of each infusion.

    Args:
        infusions: 0..*; number and start of each cell infusion given, in any order.
        until: 0..1; end of observation as known now; None = it goes on.
        as_of: Clinical time; nothing later exists.

    Returns:
        One window per infusion that has begun, earliest first: up to the next infusion, the end of observation or
        the present, whichever comes first.

    Source:
        reading A26; issue C, ASTCT.
    """
    begun = sorted((start.astimezone(UTC), number) for number, start in infusions if start <= as_of)
    last = as_of if until is None else min(until, as_of)
    found: list[InfusionWindow] = []
    for place, (start, number) in enumerate(begun):
        following = begun[place + 1][0] if place + 1 < len(begun) else None
        end = min(last, following) if following is not None else last
        is_open = following is None and (until is None or until > as_of)
        if start <= end:
            found.append(InfusionWindow(number=number, start=start, end=end.astimezone(UTC), is_open=is_open))
    return tuple(found)


def unassessed_after(windows: Iterable[InfusionWindow], taken: Iterable[Span]) -> tuple[int, ...]:
    """Give the numbers of the infusions in whose window no assessment was made at all.

    Args:
        windows: The infusions'.
        taken: 0..*; the assessments the syndrome needs; one of the day of the infusion without a time of day may
            have been made after it.

    Returns:
        0..*; an infusion whose window is open may be assessed yet.
    """
    known = tuple(taken)
    return tuple(
        window.number
        for window in windows
        if not any(at.last >= window.start and (window.is_open or at.first < window.end) for at in known)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What can be said of a syndrome at one moment.

    Attributes:
        grade: 0..1; the literal grade; None = ungradable.
        worst: The highest grade it can be.
        driver: What drives it; empty for grade 0.
        causes: 0..*; why the grade is not proposed without a question.
    """

    grade: int | None
    worst: int
    driver: str = ""
    causes: tuple[Cause, ...] = ()
    notes: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()

    @property
    def status(self) -> ProposalStatus:
        """PROPOSED only where nothing stands against it."""
        if self.grade is None:
            return ProposalStatus.UNGRADABLE
        return ProposalStatus.NEEDS_ATTESTATION if self.causes else ProposalStatus.PROPOSED

    @property
    def first_cause(self) -> Cause | None:
        """The cause that comes first by the precedence of reasons."""
        return min(self.causes, key=lambda cause: (PRECEDENCE[cause.reason], cause.note), default=None)

    @property
    def said(self) -> tuple[object, ...]:
        """What makes two neighbouring moments one interval."""
        reason = self.first_cause.reason if self.first_cause is not None else None
        return self.status, self.grade, self.worst, self.driver, reason


@dataclass(slots=True)
class _Run:
    """Neighbouring moments that say the same."""

    start: datetime
    states: list[State] = field(default_factory=list)


def lay_intervals(
    window: InfusionWindow, edges: Iterable[datetime], judge: Callable[[datetime], State], *, subject: str
) -> tuple[SyndromeInterval, ...]:
    """Lay one infusion's window out in intervals, from its start to its end without a hole.

    Args:
        window: The infusion's.
        edges: Moments at which any input changes; those outside the window are left out.
        judge: Gives the state that holds from an edge to the next.
        subject: The syndrome in words, for the next fact.

    Returns:
        Intervals in order of time; neighbours differ in status, grade, worst grade, driver or reason. The last one
        is open where the window is.
    """
    inside = {edge.astimezone(UTC) for edge in edges}
    starts = sorted({window.start, *(each for each in inside if window.start < each < window.end)})
    runs: list[_Run] = []
    for start in starts:
        state = judge(start)
        if not runs or runs[-1].states[0].said != state.said:
            runs.append(_Run(start))
        runs[-1].states.append(state)
    ends: Sequence[datetime | None] = [*(run.start for run in runs[1:]), None if window.is_open else window.end]
    return tuple(_interval(run, end, subject) for run, end in zip(runs, ends, strict=True))


def _interval(run: _Run, end: datetime | None, subject: str) -> SyndromeInterval:
    state = run.states[0]
    cause = state.first_cause
    return SyndromeInterval(
        start=run.start,
        end=end,
        status=state.status,
        grade=state.grade,
        worst=state.worst,
        driver=state.driver,
        reason=cause.reason if cause is not None else None,
        next_fact=next_fact(cause, subject) if cause is not None else None,
        notes=tuple(dict.fromkeys(note for each in run.states for note in _notes(each))),
        evidence=in_order(each for state in run.states for each in _cited(state)),
    )


def _notes(state: State) -> tuple[str, ...]:
    return (*state.notes, *(cause.note for cause in state.causes if cause.note))


def _cited(state: State) -> tuple[Evidence, ...]:
    return (*state.evidence, *(each for cause in state.causes for each in cause.evidence))


def asks(note: str, wanted: str, evidence: tuple[Evidence, ...] = ()) -> Cause:
    """Build a cause that only a named person can remove."""
    return Cause(reason=UnknownReason.NEEDS_ATTESTATION, note=note, wanted=wanted, evidence=evidence)
