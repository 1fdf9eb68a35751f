"""`feasibility`: the trial's primary objective, per subject and counted per dose level.

Knows: feasibility records and their counts. Does not know: how they are derived, what follows for the trial.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from rich.console import Group, RenderableType
from rich.table import Column, Table
from rich.text import Text

from fhir_adapter.domain.dosing.feasibility import FeasibilityCount, count_feasibility
from fhir_adapter.domain.dosing.records import InfusionFeasibility, TreatmentRecord
from fhir_adapter.report.model import NOTICE, Result
from fhir_adapter.report.style import STYLES

OBJECTIVE: Final = (
    "Feasibility, the primary objective: the cell product reached the assigned dose level, and each planned "
    "infusion was given, in its window."
)
_ANSWERS = {True: ("yes", "green"), False: ("no", "red"), None: ("not known", STYLES["UNKNOWN"])}


class InfusionOut(Result):
    """One cell infusion; null = not known yet, or (window, level) not given; `reason` says why it was not."""

    infusion: int
    given: bool | None
    in_window: bool | None
    reached_level: bool | None
    reason: str | None


class SubjectFeasibility(Result):
    """The primary objective for one subject; `reached_level`: every infusion was given and reached its share."""

    subject: str
    level: int | None
    reached_level: bool | None
    infusions: list[InfusionOut]


class GivenOut(Result):
    """How many subjects got one infusion."""

    infusion: int
    subjects: int


class LevelOut(Result):
    """The primary objective at one dose level, in subjects; `level` is null where it is not known.

    `in_window` are those of `all_given` who got each infusion in its window; `unknown` those of whom something is
    not known or not due yet.
    """

    level: int | None
    subjects: int
    given: list[GivenOut]
    all_given: int
    in_window: int
    reached_level: int
    unknown: int


class FeasibilityResult(Result):
    """The trial's primary objective."""

    trial: str
    objective: str = OBJECTIVE
    notice: str = NOTICE
    subjects: list[SubjectFeasibility]
    levels: list[LevelOut]


def build_feasibility(trial: str, records: Iterable[TreatmentRecord]) -> FeasibilityResult:
    """Put the primary objective into rows and counts.

    Args:
        trial: Id of the trial.
        records: One per subject, in the order to show.

    Returns:
        The result model; levels rising, an unknown one last.
    """
    known = tuple(records)
    return FeasibilityResult(
        trial=trial,
        subjects=[_subject(record) for record in known],
        levels=[_level(count) for count in count_feasibility(record.feasibility for record in known)],
    )


def render_feasibility(result: FeasibilityResult) -> RenderableType:
    """Show the objective in words, the counts per level, then every subject."""
    parts: list[RenderableType] = [Text(result.objective)]
    if result.levels:
        parts += [Text("\nBy dose level, in subjects", style="bold"), _levels(result.levels)]
        parts += [Text("\nBy subject", style="bold"), _subjects(result.subjects)]
    else:
        parts.append(Text("nobody is under treatment yet: nothing to count"))
    return Group(*parts, Text(NOTICE, style="dim"))


def _subject(record: TreatmentRecord) -> SubjectFeasibility:
    return SubjectFeasibility(
        subject=record.subject,
        level=record.feasibility.level,
        reached_level=record.feasibility.reached_level,
        infusions=[_infusion(each) for each in record.feasibility.infusions],
    )


def _infusion(each: InfusionFeasibility) -> InfusionOut:
    return InfusionOut(
        infusion=each.infusion,
        given=each.given,
        in_window=each.in_window,
        reached_level=each.reached_level,
        reason=each.reason,
    )


def _level(count: FeasibilityCount) -> LevelOut:
    return LevelOut(
        level=count.level,
        subjects=count.subjects,
        given=[GivenOut(infusion=infusion, subjects=subjects) for infusion, subjects in count.given],
        all_given=count.all_given,
        in_window=count.in_window,
        reached_level=count.reached_level,
        unknown=count.unknown,
    )


def _levels(levels: Iterable[LevelOut]) -> Table:
    """Show one line per level; every infusion any level counts has a column."""
    rows = list(levels)
    numbers = sorted({each.infusion for row in rows for each in row.given})
    given = (f"got infusion {number}" for number in numbers)
    table = Table("dose level", "subjects", *given, "got all", "all in window", "reached the level", "open")
    for row in rows:
        counted = {each.infusion: each.subjects for each in row.given}
        cells = (row.subjects, *(counted.get(number, 0) for number in numbers))
        rest = (row.all_given, row.in_window, row.reached_level, row.unknown)
        table.add_row(_level_text(row.level), *(Text(str(number)) for number in (*cells, *rest)))
    return table


def _subjects(subjects: Iterable[SubjectFeasibility]) -> Table:
    names = ("subject", "dose level", "infusion", "given", "in window", "reached the level", "why not")
    table = Table(*(Column(name, no_wrap=name == "subject", overflow="fold") for name in names))
    for row in subjects:
        for number, each in enumerate(row.infusions):
            who = (Text(row.subject), _level_text(row.level)) if number == 0 else (Text(), Text())
            table.add_row(*who, Text(str(each.infusion)), *_answers(each), Text(each.reason or ""))
        if not row.infusions:
            table.add_row(Text(row.subject), _level_text(row.level), *(Text("-") for _ in range(4)), Text())
        table.add_section()
    return table


def _answers(each: InfusionOut) -> tuple[Text, Text, Text]:
    """Say yes, no or not known; of an infusion not given neither window nor level is asked."""
    if not each.given:
        return _answer(each.given), Text("-"), Text("-")
    return _answer(each.given), _answer(each.in_window), _answer(each.reached_level)


def _answer(answer: bool | None) -> Text:
    word, style = _ANSWERS[answer]
    return Text(word, style=style)


def _level_text(level: int | None) -> Text:
    return Text(str(level)) if level is not None else Text("not known", style=STYLES["UNKNOWN"])
