"""Doses and course totals as tables: planned against given, line by line.

Knows: result models, rich. Does not know: where a result comes from. Nothing is cut off where output is piped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import groupby
from typing import Final

from rich.console import Group, RenderableType
from rich.table import Column, Table
from rich.text import Text

from fhir_adapter.report.amount import amount_text
from fhir_adapter.report.dosing import AdministeredOut, DoseOut, DosingOut, DosingResult, PlannedOut, TotalOut
from fhir_adapter.report.model import NOTICE
from fhir_adapter.report.style import DEVIATION, STYLES, styled

_LONG: Final = re.compile(r"\d+\.\d{5,}")
"""A number with more decimals than a table shows."""

_WHOLE: Final = {"subject", "day", "date", "status"}


def render_dosing(result: DosingResult) -> RenderableType:
    """Show every dose, then the course totals."""
    parts: list[RenderableType] = [doses_table(result.doses)]
    if result.totals:
        parts += [Text("Course totals", style="bold"), totals_table(result.totals)]
    return Group(*parts, Text(NOTICE, style="dim"))


def render_totals(result: DosingResult) -> RenderableType:
    """Show the course totals alone."""
    return Group(totals_table(result.totals), Text(NOTICE, style="dim"))


def doses_table(doses: Iterable[DosingOut], *, with_subject: bool = True) -> Table:
    """Show doses as a table.

    Args:
        doses: In the order to show.
        with_subject: False where all are one subject's.

    Returns:
        The table; one section per subject.
    """
    own = ["subject"] if with_subject else []
    table = _table(*own, "day", "date", "item", "planned", "given", "diff %", "status", "remarks")
    for subject, rows in groupby(doses, key=lambda row: row.subject):
        for row in rows:
            cells = (
                *([Text(subject)] if with_subject else []),
                Text(day_text(row.day, row.planned.last_day if row.planned else None)),
                Text(row.date or "-"),
                Text(row.title),
                _planned(row.planned),
                _given(row),
                Text(row.difference_percent or ""),
                styled(row.status),
                _remarks(row),
            )
            table.add_row(*cells)
        table.add_section()
    return table


def totals_table(totals: Iterable[TotalOut], *, with_subject: bool = True) -> Table:
    """Show course totals as a table.

    Args:
        totals: In the order to show.
        with_subject: False where all are one subject's.

    Returns:
        The table.
    """
    own = ["subject"] if with_subject else []
    table = _table(*own, "course", "protocol", "planned", "given so far", "diff %", "complete", "remarks")
    for row in totals:
        remark = Text(", ".join(row.deviations), style=DEVIATION)
        if row.reason:
            remark.append(f"{' ' if row.deviations else ''}not known: {row.reason}", style=STYLES["UNKNOWN"])
        table.add_row(
            *([Text(row.subject)] if with_subject else []),
            Text(row.title),
            Text(row.per_basis),
            Text(dose_text(row.planned) or "-"),
            Text(dose_text(row.administered) or "-"),
            Text(row.difference_percent or ""),
            Text("yes" if row.is_complete else "no"),
            remark,
        )
    return table


def _table(*headers: str) -> Table:
    """Make a table whose cells fold where they are too long: nothing is cut off, short columns stay whole."""
    columns = [Column(name, no_wrap=name in _WHOLE, overflow="fold") for name in headers]
    return Table(*columns)


def day_text(day: int | None, last: int | None = None) -> str:
    """Write a day relative to day 0 with its sign, or the range of a course given over several.

    Args:
        day: 0..1; the day.
        last: 0..1; the course's last day.

    Returns:
        For example `-14`, `0`, `+5`, `-4 to -2`; `-` where day 0 is not known.

    >>> day_text(-14), day_text(5), day_text(0), day_text(-4, -2), day_text(None)
    ('-14', '+5', '0', '-4 to -2', '-')
    """
    if day is None:
        return "-"
    first = f"{day:+d}" if day else "0"
    return first if last is None or last == day else f"{first} to {day_text(last)}"


def dose_text(dose: DoseOut | None) -> str:
    """Write an amount with its unit; empty where there is none."""
    if dose is None:
        return ""
    amount = amount_text(Fraction(dose.value))
    return amount if dose.unit == "1" else f"{amount} {dose.unit}"


def _planned(planned: PlannedOut | None) -> Text:
    if planned is None:
        return Text("not planned")
    if planned.unknown_reason:
        return Text(f"not known: {planned.unknown_reason}", style=STYLES["UNKNOWN"])
    calculation = _LONG.sub(lambda number: amount_text(Fraction(number[0])), planned.calculation)
    return Text(calculation or _amount(planned) or "no amount stated")


def _given(row: DosingOut) -> Text:
    given = row.administered
    if given is None:
        return Text("-")
    words = [_amount(given) or ("amount not known" if given.unknown_reason else "done")]
    if given.per_kg is not None:
        level = f", level {given.matched_level}" if given.matched_level is not None else ""
        words.append(f"({dose_text(given.per_kg)}{level})")
    if row.day_offset:
        words.append(f"on {given.date or 'another day'} ({row.day_offset:+d} d)")
    if given.minutes is not None:
        words.append(f"in {amount_text(Fraction(given.minutes))} min")
    return Text(" ".join(words))


def _amount(dose: PlannedOut | AdministeredOut) -> str:
    if dose.value is None or dose.unit is None:
        return ""
    return dose_text(DoseOut(value=dose.value, unit=dose.unit))


def _remarks(row: DosingOut) -> Text:
    """Say first what deviates, then why something is not known, then what would decide it, then the rest."""
    lines: list[tuple[str, str]] = []
    if row.deviations:
        lines.append((", ".join(row.deviations), DEVIATION))
    planned = row.planned.unknown_reason if row.planned else None
    if row.reason and row.reason != planned:  # else the planned dose says so already
        lines.append((f"not known: {row.reason}", STYLES["UNKNOWN"]))
    lines += [(f"next: {fact}", STYLES["UNKNOWN"]) for fact in _next_facts(row)]
    if row.status_reasons:
        lines.append((f"reason given: {', '.join(row.status_reasons)}", ""))
    lines += [(f"note: {note}", "") for note in row.notes]
    return Text("\n").join(Text(line, style=style) for line, style in lines)


def _next_facts(row: DosingOut) -> Sequence[str]:
    facts = (row.next_fact, row.planned.next_fact if row.planned else None)
    given = row.administered.next_fact if row.administered else None
    return tuple(dict.fromkeys(fact for fact in (*facts, given) if fact))
