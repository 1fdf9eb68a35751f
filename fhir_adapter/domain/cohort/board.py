"""The open-window board: per subject the day of the window, what comes next, what is missing.

Knows: one line per subject. Does not know: how it is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from fhir_adapter.domain.cohort.cohort import Cohort, Trace
from fhir_adapter.domain.cohort.hold import held_subjects
from fhir_adapter.domain.cohort.subject import Counted
from fhir_adapter.domain.safety_model.records import WindowState
from fhir_adapter.domain.source import SubjectId


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardLine:
    """Where one subject's observation stands.

    Attributes:
        day: 0..1; calendar days since that of infusion 1, at most `last_day`; None before it.
        last_day: 0..1; the last day of the window, counted the same way.
        ends: 0..1; the same as a calendar day.
        next_assessment: 0..1; what is due next, in words.
        missing: 0..*; days of the window without ICE or CAPD.
        held: The cohort holds the next infusion.
    """

    subject: SubjectId
    level: int | None
    part: str
    counted: Counted
    state: WindowState
    day: int | None = None
    last_day: int | None = None
    ends: date | None = None
    next_assessment: str | None = None
    missing: tuple[date, ...] = ()
    events: tuple[str, ...] = ()
    why: str = ""
    held: bool = False


def build_board(
    cohort: Cohort, *, infusions: tuple[int, ...], as_of: datetime, zone: tzinfo, everyone: bool = False
) -> tuple[BoardLine, ...]:
    """Build the board of subjects whose observation goes on, or waits for somebody.

    Args:
        cohort: As it stands.
        infusions: Numbers of the cell infusions of the plan.
        as_of: Clinical time, aware.
        zone: The hospital's zone; calendar days are judged in it.
        everyone: True: those whose observation is over too.

    Returns:
        0..*; the oldest window first, then those without one, by subject id.

    Source:
        clinical review, section 11 no. 13.
    """
    held = frozenset(held_subjects(cohort, infusions))
    today = as_of.astimezone(zone).date()
    lines = (_line(trace, trace.subject.subject in held, today, zone) for trace in cohort.traces)
    shown = [line for line in lines if everyone or not _is_over(line)]
    return tuple(sorted(shown, key=lambda line: (line.day is None, -(line.day or 0), line.subject)))


def _is_over(line: BoardLine) -> bool:
    if line.state is WindowState.OPEN:
        return False
    return line.counted in {Counted.TOXIC, Counted.CLEAR, Counted.REPLACED, Counted.OTHER_PART} and not line.held


def _line(trace: Trace, is_held: bool, today: date, zone: tzinfo) -> BoardLine:
    subject, record = trace.subject, trace.subject.record
    start = record.window_start if record is not None else None
    end = record.window_end if record is not None else None
    first = start.astimezone(zone).date() if start is not None else None
    last = end.astimezone(zone).date() - timedelta(days=1) if end is not None else None
    span = (last - first).days if first is not None and last is not None else None
    return BoardLine(
        subject=subject.subject,
        level=subject.level,
        part=subject.part,
        counted=trace.counted,
        state=record.state if record is not None else WindowState.UNKNOWN,
        day=min((today - first).days, span) if first is not None and span is not None else None,
        last_day=span,
        ends=last,
        next_assessment=record.next_assessment if record is not None else "a safety record",
        missing=subject.missing,
        events=trace.events,
        why=record.why if record is not None else "",
        held=is_held,
    )
