"""A treatment plan on a terminal: the picture first, then every dose, then what follows it.

Knows: result models, rich. Does not know: where a result comes from.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from fhir_adapter.report.calendar import Calendar, legend
from fhir_adapter.report.clearance import clearance_line
from fhir_adapter.report.model import NOTICE
from fhir_adapter.report.plan import DonorFactOut, PlanResult, VisitOut
from fhir_adapter.report.render_dosing import day_text, doses_table, totals_table
from fhir_adapter.report.style import STYLES

_SOURCES = {"graft": "the graft was given", "planned": "planned"}


def render_plan(result: PlanResult) -> RenderableType:
    """Show one subject's treatment.

    Args:
        result: The plan.

    Returns:
        Head, picture, doses, totals, clearances of infusions given, donor, visits; parts without content are
        left out.
    """
    doses = [dose for day in result.days for dose in day.doses]
    parts: list[RenderableType] = [*_head(result), Text()]
    if doses:
        parts += [Calendar(result), *_beyond(result), Text(), legend(result), Text()]
    parts += [doses_table([*doses, *result.undated], with_subject=False)]
    if result.totals:
        parts += [_title("Course totals"), totals_table(result.totals, with_subject=False)]
    if result.clearances:
        parts += [_title("Clearance at the start of each infusion given")]
        parts += [clearance_line(each) for each in result.clearances]
    if result.donor:
        parts += [_title("Donor (ranks donors, never gates)"), *map(_donor_line, result.donor)]
    if result.visits:
        parts += [_title("Follow-up visits"), *_visits(result.visits)]
    return Group(*parts, Text(NOTICE, style="dim"))


def _head(result: PlanResult) -> list[Text]:
    source = _SOURCES.get(result.day_zero_source, result.day_zero_source)
    zero = f"day 0: {result.day_zero} ({source})" if result.day_zero else "day 0: not known"
    today = f" (day {day_text(result.today)})" if result.today is not None else ""
    level = f"dose level {result.level}" if result.level is not None else "no dose level assigned"
    arm = f" (arm {result.arm})" if result.arm else ""
    until = f", valid until {result.valid_until}" if result.valid_until else ""
    return [
        Text(f"{result.subject}  {result.patient}  {result.status or 'no status'}", style="bold"),
        Text(f"{zero}; {level}{arm}"),
        Text(f"as of {result.as_of}{today}{until}"),
        *(Text(f"note: {note}") for note in result.notes),
    ]


def _beyond(result: PlanResult) -> list[Text]:
    """Name what the picture has no column for."""
    days = [day for day in result.days if not result.first_day <= day.day <= result.last_day]
    words = [f"{dose.title} on day {day_text(day.day)}" for day in days for dose in day.doses]
    words += [f"{dose.title} on a day that cannot be counted" for dose in result.undated]
    return [Text(f"not in the picture: {', '.join(words)}", style=STYLES["UNKNOWN"])] if words else []


def _donor_line(fact: DonorFactOut) -> Text:
    if fact.value is None:
        return Text(f"{fact.title}: not known ({fact.unknown_reason or 'MISSING'})", style=STYLES["UNKNOWN"])
    return Text(f"{fact.title}: {fact.value}")


def _visits(visits: Sequence[VisitOut]) -> list[RenderableType]:
    """Show the visits; what all of them ask for is said once."""
    asked = {tuple(visit.observations) for visit in visits}
    table = Table("day", "date", "visit", *(["asks for"] if len(asked) > 1 else []))
    for visit in visits:
        words = [day_text(visit.day), visit.date or "-", visit.title]
        table.add_row(*map(Text, [*words, ", ".join(visit.observations)] if len(asked) > 1 else words))
    shared = "; ".join(asked.pop()) if len(asked) == 1 else ""
    return [table, *([Text(f"each asks for: {shared}")] if shared else [])]


def _title(words: str) -> Text:
    return Text(f"\n{words}", style="bold")
