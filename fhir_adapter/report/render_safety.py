"""Showing one subject's safety: a strip of grades per term, syndromes, dose-limiting toxicity.

Knows: rich. Does not know: records; colour never says what the digits do not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Final

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from fhir_adapter.report.dose_limiting import DoseLimitingOut, shown
from fhir_adapter.report.model import NOTICE
from fhir_adapter.report.safety import EpisodeOut, GradeOut, SafetyResult, SyndromeOut, TermOut
from fhir_adapter.report.style import DEVIATION, styled

_COLUMNS: Final = 70
"""Days, or runs of days, a strip is wide at most."""

_HEAT: Final = ("green", "black on yellow", "black on orange1", "white on red", "bold white on dark_red")
_NOTHING: Final = "."
_UNGRADABLE: Final = "?"


def render_safety(result: SafetyResult) -> RenderableType:
    """Show one subject's safety.

    Args:
        result: As built.

    Returns:
        Strips of the worst grade per day (`.` nothing measured, `?` ungradable), syndromes, what counts.
    """
    parts: list[RenderableType] = [
        Text(f"safety of {result.subject}, as of {result.as_of}"),
        *(Text(f"infusion {each.number} began {each.start}") for each in result.infusions),
        *_ended(result),
        _strips(result),
        *(_syndrome(each) for each in result.syndromes),
        _limiting(result.dose_limiting),
        *(Text(f"note: {note}") for note in result.notes),
        Text(NOTICE, style="dim"),
    ]
    return Group(*parts)


def _ended(result: SafetyResult) -> Iterator[Text]:
    if result.ends is not None:
        yield Text(f"observation ended on {result.ends}")
    if result.death is not None:
        said = result.death
        yield Text(f"cause of death: {said.cause}, {said.relatedness} (by {said.by}: {said.reason})")


def _strips(result: SafetyResult) -> RenderableType:
    days = [_day(grade) for term in result.terms for grade in term.grades]
    if not days:
        return Text("no result that the scale grades was read")
    first, last = min(days), max(days)
    width = -(-((last - first).days + 1) // _COLUMNS)
    unit = "a day" if width == 1 else f"{width} days"
    table = Table("term", f"worst grade, {unit} a column, {first} to {last}", "worst", "last", show_lines=False)
    for term in result.terms:
        newest = term.grades[-1]
        table.add_row(
            term.term, _strip(term, first, last, width), _worst(term), f"{newest.value} {_shown(newest)}"
        )
    legend = Text(
        f"{_NOTHING} nothing measured, {_UNGRADABLE} not gradable, + after a grade: at least", style="dim"
    )
    return Group(table, legend)


def _strip(term: TermOut, first: date, last: date, width: int) -> Text:
    columns = {
        column: list(grades)
        for column, grades in groupby(term.grades, lambda one: (_day(one) - first).days // width)
    }
    text = Text()
    for column in range((last - first).days // width + 1):
        text.append(*_cell(columns.get(column, [])))
    return text


def _cell(grades: list[GradeOut]) -> tuple[str, str]:
    if not grades:
        return _NOTHING, "dim"
    known = [each.grade for each in grades if each.grade is not None]
    if not known:
        return _UNGRADABLE, "black on white"
    return str(max(known)), _HEAT[max(known)]


def _worst(term: TermOut) -> str:
    known = [each for each in term.grades if each.grade is not None]
    if not known:
        return _UNGRADABLE
    return _shown(max(known, key=lambda one: one.grade or 0))


def _shown(grade: GradeOut) -> str:
    if grade.grade is None:
        needed = f", needs {', '.join(grade.needed)}" if grade.needed else ""
        return f"ungradable (at worst {grade.worst}{needed})"
    return f"{grade.grade}{'+' if grade.status == 'AT_LEAST' else ''}"


def _day(grade: GradeOut) -> date:
    return datetime.fromisoformat(grade.at).date()


def _syndrome(syndrome: SyndromeOut) -> RenderableType:
    lines: list[RenderableType] = [Text(f"{syndrome.syndrome}:", style="bold")]
    if not syndrome.episodes:
        lines.append(Text("  nothing above grade 0 proposed, nothing reported by the hospital"))
    lines += [_episode(each) for each in syndrome.episodes]
    for each in syndrome.intervals:
        if each.grade != 0 or each.status != "PROPOSED":
            grade = "?" if each.grade is None else str(each.grade)
            worst = f" to {each.worst}" if each.grade is not None and each.worst > each.grade else ""
            asks = f"; {each.next_fact}" if each.next_fact else ""
            text = f"  {each.start} to {each.end or 'now'}: grade {grade}{worst}, {each.driver or 'no driver'}, "
            lines.append(Text.assemble(text, styled(each.status), asks))
    if syndrome.missing_days:
        lines.append(Text(f"  not assessed on {_day_runs(syndrome.missing_days)}", style=DEVIATION))
    never = (f"  never assessed after infusion {number}" for number in syndrome.unassessed_after)
    lines += [Text(each, style=DEVIATION) for each in never]
    lines += [Text(f"  note: {note}") for note in syndrome.notes]
    return Group(*lines)


def _episode(episode: EpisodeOut) -> Text:
    grade = "ungradable" if episode.grade is None else f"grade {episode.grade}"
    if episode.grade is not None and episode.worst > episode.grade:
        grade += f" or up to {episode.worst}"
    text = Text(f"  {episode.id}: proposed {grade} after infusion {episode.after_infusion}")
    for each in episode.reported:
        text.append(f"; the hospital says {'no grade' if each.grade is None else f'grade {each.grade}'}")
    if episode.disagrees_with_hospital:
        text.append(" (disagrees)", style=DEVIATION)
    judged = episode.judged
    if judged is None:
        text.append("; waits for a person's judgement", style="yellow")
    else:
        text.append(
            f"; judged grade {judged.grade}, {'' if judged.associated else 'not '}associated, by {judged.by}"
        )
        text.append("" if judged.stands else "; later data go beyond it", style=DEVIATION)
    return text


def _day_runs(days: Iterable[str]) -> str:
    """Write days in a row as `2026-03-01 to 2026-03-05`."""
    runs: list[list[date]] = []
    for day in map(date.fromisoformat, days):
        if runs and day - runs[-1][-1] == timedelta(days=1):
            runs[-1].append(day)
        else:
            runs.append([day])
    return ", ".join(f"{run[0]} to {run[-1]}" if len(run) > 1 else f"{run[0]}" for run in runs)


def _limiting(record: DoseLimitingOut) -> Text:
    part = record.part or "part not stated"
    level = "no dose level assigned" if record.level is None else f"dose level {record.level}"
    window = f", observed {record.window_start} to {record.window_end}" if record.window_start else ""
    text = f"dose-limiting toxicity: {shown(record.dose_limiting)}, evaluable: {shown(record.evaluable)} "
    rest = f"({part}, {level}, window {record.state}{window}); {record.why}"
    following = f"; next: {record.next_assessment}" if record.next_assessment else ""
    return Text(text + rest + following)
