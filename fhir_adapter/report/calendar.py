"""A treatment plan as a picture: one row per item, one column per day, one letter per dose.

Knows: result models, rich. Does not know: how a dose came about. Letters say everything; colour only repeats it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from rich.console import Console, ConsoleOptions
from rich.text import Text

from fhir_adapter.report.dosing import DosingOut
from fhir_adapter.report.plan import PlanResult
from fhir_adapter.report.render_dosing import day_text
from fhir_adapter.report.style import DEVIATION, STYLES

SYMBOLS: Final = {
    "NOT_YET_DUE": ("d", "due later"),
    "GIVEN": ("G", "given"),
    "NOT_GIVEN": ("N", "not given"),
    "PARTIAL": ("P", "partly given"),
    "OVERDUE": ("O", "overdue"),
    "UNKNOWN": ("?", "not known"),
}
"""Status -> letter and meaning; of two doses in one place the later in this list is shown."""

MARK: Final = "*"
COURSE: Final = "-"
ELSEWHERE: Final = "x"
VISIT: Final = "v"
NOTHING: Final = "."
_WEEK: Final = 7
_CELL: Final = 2
_DATE: Final = len("03-25")
_RANKS: Final = {status: rank for rank, status in enumerate(SYMBOLS)}
_VISITS: Final = "follow-up visit"
_NOW: Final = "as of"


@dataclass(frozen=True, slots=True)
class Cell:
    """One item on one day: the letter, whether anything deviates from the plan, the style."""

    letter: str
    deviates: bool = False
    style: str = ""


class Calendar:
    """The picture of one plan; as many weeks side by side as fit, the others below."""

    def __init__(self, plan: PlanResult) -> None:
        """Lay out rows and columns: the days of the plan, without a gap.

        Args:
            plan: What was given on other days is not in the picture.
        """
        self.plan = plan
        self.days = list(range(plan.first_day, plan.last_day + 1))
        self.rows = _rows(plan, self.days)
        self.label = max(map(len, (*self.rows, _NOW)), default=0) + 2

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        """Give the lines that fit."""
        for number, block in enumerate(self._blocks(options.max_width)):
            if number:
                yield Text()
            yield from self._block(block)

    def _blocks(self, width: int) -> list[list[int]]:
        """Cut the days into whole weeks that fit a width, each with the room its last date needs."""
        room = (width - self.label - _DATE) // _CELL
        size = max(room // _WEEK, 1) * _WEEK
        if len(self.days) <= room:
            return [self.days]
        return [self.days[start : start + size] for start in range(0, len(self.days), size)]

    def _block(self, days: Sequence[int]) -> Iterator[Text]:
        yield from self._head(days)
        for item, cells in self.rows.items():
            if any(day in cells for day in days):
                yield self._line(item, [cells.get(day, Cell(NOTHING, style="dim")) for day in days])

    def _head(self, days: Sequence[int]) -> Iterator[Text]:
        dates = {day.day: day.date for day in self.plan.days}
        ticks = [day if day % _WEEK == 0 else None for day in days]
        if self.plan.day_zero is not None:
            yield self._scale("date", [_short(dates[day]) if day is not None else None for day in ticks])
        yield self._scale("day", [day_text(day) if day is not None else None for day in ticks])
        yield self._line("", [Cell(str(abs(day) % 10), style="dim") for day in days])
        if self.plan.today in days:
            cells = [Cell("|" if day == self.plan.today else " ", style="bold") for day in days]
            yield self._line(_NOW, cells)

    def _scale(self, name: str, words: Sequence[str | None]) -> Text:
        """Write a word over the first day of each week; a word may reach over the days after it."""
        width = len(words) * _CELL + _DATE
        scale = [" "] * width
        for index, word in enumerate(words):
            start = index * _CELL
            scale[start : start + len(word or "")] = list(word or "")
        return Text(f"{name:<{self.label}}{''.join(scale).rstrip()}", style="bold", no_wrap=True)

    def _line(self, name: str, cells: Iterable[Cell]) -> Text:
        line = Text(f"{name:<{self.label}}", no_wrap=True)
        for cell in cells:
            line.append(cell.letter, style=cell.style)
            line.append(MARK if cell.deviates else " ", style=DEVIATION if cell.deviates else "")
        line.rstrip()
        return line


def legend(plan: PlanResult) -> Text:
    """Say what each letter of a plan's picture means."""
    words = [f"{letter} {meaning}" for letter, meaning in SYMBOLS.values()]
    words += [
        f"{MARK} deviates from the plan",
        f"{COURSE} the same dose goes on",
        f"{ELSEWHERE} given on this day instead",
        f"{NOTHING} nothing planned",
    ]
    if any(plan.first_day <= visit.day <= plan.last_day for visit in plan.visits):
        words.append(f"{VISIT} visit")
    return Text("   ".join(words), style="dim")


def _rows(plan: PlanResult, days: Sequence[int]) -> dict[str, dict[int, Cell]]:
    """Give item -> day -> cell, items in the order of their first day; ids, because titles may be long."""
    rows: dict[str, dict[int, Cell]] = {}
    doses = [dose for day in plan.days for dose in day.doses if day.day in days]
    for dose in sorted(doses, key=lambda each: _RANKS[each.status]):
        _place(rows.setdefault(dose.item, {}), dose)
    ordered = {item: rows[item] for item in dict.fromkeys(dose.item for dose in doses)}
    visits = {visit.day: Cell(VISIT) for visit in plan.visits if visit.day in days}
    return {**ordered, _VISITS: visits} if visits else ordered


def _place(cells: dict[int, Cell], dose: DosingOut) -> None:
    """Put a dose on its day, the rest of its course after it, and where it was given instead."""
    if dose.day is None:
        return
    before = cells.get(dose.day)
    deviates = bool(dose.deviations) or (before is not None and before.deviates)
    cells[dose.day] = Cell(SYMBOLS[dose.status][0], deviates, STYLES[dose.status])
    last = dose.planned.last_day if dose.planned is not None else None
    for day in range(dose.day + 1, (last if last is not None else dose.day) + 1):
        cells.setdefault(day, Cell(COURSE, style=STYLES[dose.status]))
    if dose.day_offset:
        cells.setdefault(dose.day + dose.day_offset, Cell(ELSEWHERE, style=STYLES[dose.status]))


def _short(iso: str | None) -> str:
    """Write month and day of a date; the year stands at the head of the page."""
    return date.fromisoformat(iso).strftime("%m-%d") if iso else ""
