"""`escalation status` and `escalation decide` on a terminal.

Knows: the result models. Does not know: how they come about. Stopping the study is never one line among others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Final

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Column, Table
from rich.text import Text

from fhir_adapter.report.escalation_status import (
    BoardOut,
    EscalationDecisionOut,
    EscalationDeviationOut,
    EscalationStatusResult,
    HoldOut,
    LevelStateOut,
    TraceOut,
)
from fhir_adapter.report.model import NOTICE
from fhir_adapter.report.style import DEVIATION, styled

STOP_BANNER: Final = "STOP THE STUDY"
_LOUD: Final = "bold white on red"


def render_status(result: EscalationStatusResult) -> RenderableType:
    """Show the proposal first, then what it rests on; where the study must stop, that before anything else."""
    parts: list[RenderableType] = []
    if result.alarm:
        parts.append(Panel(Text(f"{STOP_BANNER}\n{result.reason}", style=_LOUD, justify="center"), style=_LOUD))
    parts += [_proposal(result), Text(result.reason), _standing(result), _levels(result.levels)]
    if result.hold is not None:
        parts += _hold(result.hold)
    parts += _section("Open windows", _board(result.board) if result.board else None)
    parts += _section("Not counted at any level", _others(result.others) if result.others else None)
    parts += _section("Deviations", _deviations(result.deviations) if result.deviations else None)
    parts += _section("Decisions", _decisions(result.decisions) if result.decisions else None)
    if result.outdated:
        parts.append(Text(f"not up to date, derive again: {', '.join(result.outdated)}", style=DEVIATION))
    return Group(*parts, Text(NOTICE, style="dim"))


def render_decision(result: EscalationDecisionOut) -> RenderableType:
    """Show what was recorded, and loudly that it differs from the rule."""
    words = Text.assemble(styled(result.action), _named(result.level), f"  recorded as {result.id}")
    if not result.deviation:
        return Group(words)
    proposed = f"{result.proposed_action}{_named(result.proposed_level)}"
    return Group(words, Text(f"recorded as a deviation: the rule proposed {proposed}", style=DEVIATION))


def _proposal(result: EscalationStatusResult) -> Text:
    return Text.assemble("proposal: ", styled(result.action), _named(result.level))


def _standing(result: EscalationStatusResult) -> Text:
    if result.stopped:
        return Text("the study is stopped by decision", style=DEVIATION)
    if result.mtd is not None:
        return Text(f"maximum tolerated dose by decision: level {result.mtd}")
    return Text(f"open level: {'none' if result.open_level is None else result.open_level}")


def _named(level: int | None) -> str:
    return "" if level is None else f" level {level}"


def _section(title: str, table: RenderableType | None) -> Iterator[RenderableType]:
    if table is not None:
        yield Text(f"\n{title}", style="bold")
        yield table


def _levels(levels: Iterable[LevelStateOut]) -> Table:
    table = Table(
        "level", "evaluable", "DLT", "suspected", "pending", "withheld", Column("subjects", overflow="fold")
    )
    for each in levels:
        name = Text(f"{each.level}  too toxic", style=DEVIATION) if each.too_toxic else Text(str(each.level))
        counts = (each.evaluable, each.dlt, each.suspected, each.pending, each.withheld)
        table.add_row(name, *map(str, counts), Text(", ".join(map(_who, each.subjects))))
    return table


def _who(trace: TraceOut) -> str:
    events = f" {' '.join(trace.events)}" if trace.events else ""
    return f"{trace.subject} {trace.counted}{events}"


def _hold(hold: HoldOut) -> Iterator[RenderableType]:
    yield Text(f"HOLD from level {hold.level}: {hold.why}", style=DEVIATION)
    yield Text(f"on hold: {', '.join(hold.subjects) or 'nobody waits for an infusion'}", style=DEVIATION)


def _board(lines: Iterable[BoardOut]) -> Table:
    table = Table(
        Column("subject", no_wrap=True), "level", "part", "counts as", "day", "until", "next",
        Column("ICE/CAPD missing", overflow="fold"), Column("why", overflow="fold"),
    )  # fmt: skip
    for each in lines:
        day = "-" if each.day is None else f"{each.day} of {each.last_day}"
        table.add_row(
            Text(f"{each.subject}{'  HOLD' if each.held else ''}", style=DEVIATION if each.held else ""),
            "-" if each.level is None else str(each.level),
            Text(each.part or "not stated"),
            Text(each.counted),
            day,
            each.ends or "-",
            Text(each.next_assessment or "-"),
            Text(_days(each.missing) or "-"),
            Text(each.why),
        )
    return table


def _days(days: Iterable[str]) -> str:
    """Write days one after the other as their first and last: `2026-03-04 to 2026-03-09 (6)`."""
    runs: list[list[date]] = []
    for day in map(date.fromisoformat, days):
        if runs and day - runs[-1][-1] == timedelta(days=1):
            runs[-1].append(day)
        else:
            runs.append([day])
    return ", ".join(f"{run[0]} to {run[-1]} ({len(run)})" if len(run) > 1 else f"{run[0]}" for run in runs)


def _others(traces: Iterable[TraceOut]) -> Table:
    table = Table(Column("subject", no_wrap=True), "level", "part", "counts as", Column("why", overflow="fold"))
    for each in traces:
        level = "-" if each.level is None else str(each.level)
        table.add_row(each.subject, level, Text(each.part or "not stated"), Text(each.counted), Text(each.why))
    return table


def _deviations(found: Iterable[EscalationDeviationOut]) -> Table:
    table = Table("kind", "subject", "level", "when", Column("what", overflow="fold"))
    for each in found:
        level = "-" if each.level is None else str(each.level)
        when = (each.when or "-")[:16]
        table.add_row(Text(each.kind, style=DEVIATION), each.subject or "-", level, when, Text(each.what))
    return table


def _decisions(decisions: Iterable[EscalationDecisionOut]) -> Table:
    table = Table("when", "decision", "by", Column("reason", overflow="fold"), "the rule proposed")
    for each in decisions:
        proposed = f"{each.proposed_action}{_named(each.proposed_level)}"
        style = DEVIATION if each.deviation else ""
        words = Text.assemble(styled(each.action), _named(each.level))
        table.add_row(each.at[:16], words, each.by, Text(each.reason), Text(proposed, style=style))
    return table
