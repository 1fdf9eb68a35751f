"""`escalation table` and `escalation simulate`: the rule in plain words, where a path leads, what to expect of it.

Knows: the rule, outcomes of paths, operating characteristics. Does not know: any subject, who decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Final

from rich.console import Group, RenderableType
from rich.table import Column, Table
from rich.text import Text

from fhir_adapter.domain.escalation.paths import PathOutcome
from fhir_adapter.domain.escalation.rule import EscalationRule
from fhir_adapter.domain.escalation.simulate import Characteristics
from fhir_adapter.domain.escalation.table import LETTERS, table_lines, table_notes
from fhir_adapter.report.model import NOTICE, Result
from fhir_adapter.report.style import styled

NO_MTD: Final = "none"
NO_RATE: Final = "NO_RATE"


class TableRowOut(Result):
    """One row of the decision table; the first whose condition holds decides."""

    row: str
    condition: str
    action: str
    text: str


class EscalationTableResult(Result):
    """The decision table of a trial's dose escalation.

    `letters` says what each letter of the conditions counts; `notes` what holds beside the rows.
    """

    trial: str
    levels: list[int]
    start: int
    cohort: int
    expanded: int
    letters: dict[str, str]
    rows: list[TableRowOut]
    notes: list[str]
    source: str
    notice: str = NOTICE


class PathResult(Result):
    """What the rule says after a path; `level` is where the next subject goes, or the maximum tolerated dose."""

    path: str
    action: str
    level: int | None
    mtd: int | None
    treated: dict[str, int]
    dlt: dict[str, int]
    reason: str


class PathsResult(Result):
    """Every complete path."""

    paths: list[PathResult]


class CharacteristicsResult(Result):
    """Operating characteristics: what the rule does if the toxicity of each level were as given.

    `rates` are the levels that have one. `mtd` holds the share of runs per maximum tolerated dose, `none` those
    without; `ends` how many runs ended by which action, `NO_RATE` those that went to a level without a rate and
    were ended there. `treated` and `dlt` are means per run.
    """

    trial: str
    rates: dict[str, str]
    runs: int
    seed: int
    mtd: dict[str, float]
    ends: dict[str, int]
    treated: dict[str, float]
    dlt: dict[str, float]
    treated_in_all: float
    dlt_in_all: float


def build_table(trial: str, rule: EscalationRule) -> EscalationTableResult:
    """Write the decision table from the rows that decide.

    Args:
        trial: Id of the trial.
        rule: Its rule.

    Returns:
        The result model.
    """
    return EscalationTableResult(
        trial=trial,
        levels=list(rule.levels),
        start=rule.start,
        cohort=rule.cohort,
        expanded=rule.expanded,
        letters=dict(LETTERS),
        rows=[
            TableRowOut(row=line.row, condition=line.condition, action=line.action, text=line.text)
            for line in table_lines(rule)
        ],
        notes=list(table_notes(rule)),
        source=rule.source,
    )


def build_path(rule: EscalationRule, outcome: PathOutcome) -> PathResult:
    """Put the outcome of a path into a result.

    Args:
        rule: The trial's rule.
        outcome: Where the path leads.

    Returns:
        The result model; every level of the rule is counted.
    """
    return PathResult(
        path=outcome.path,
        action=outcome.next.action,
        level=outcome.next.level,
        mtd=outcome.mtd,
        treated={str(level): number for level, number in outcome.treated(rule).items()},
        dlt={str(level): number for level, number in outcome.dlts(rule).items()},
        reason=outcome.next.reason,
    )


def build_characteristics(
    trial: str, rule: EscalationRule, found: Characteristics, rates: Mapping[int, Decimal], seed: int
) -> CharacteristicsResult:
    """Put operating characteristics into a result.

    Args:
        trial: Id of the trial.
        rule: Its rule.
        found: How the runs ended.
        rates: Level -> rate, as given.
        seed: Seed of the draws.

    Returns:
        The result model.
    """
    declared = {str(level): float(found.share(found.mtd.get(level, 0))) for level in rule.levels}
    without = found.runs - sum(found.mtd.values())
    ends = {
        "DECLARE_MTD": sum(found.mtd.values()),
        **{str(key): value for key, value in found.without_mtd.items()},
    }
    return CharacteristicsResult(
        trial=trial,
        rates={str(level): str(rate) for level, rate in rates.items()},
        runs=found.runs,
        seed=seed,
        mtd=declared | {NO_MTD: float(found.share(without))},
        ends=dict(sorted(ends.items())) | {NO_RATE: found.unrated},
        treated={str(level): float(found.treated.get(level, 0)) for level in rule.levels},
        dlt={str(level): float(found.dlts.get(level, 0)) for level in rule.levels},
        treated_in_all=float(sum(found.treated.values())),
        dlt_in_all=float(sum(found.dlts.values())),
    )


def render_escalation_table(result: EscalationTableResult) -> RenderableType:
    """Show what the letters mean, the rows in order, and what holds beside them."""
    table = Table("row", Column("if", overflow="fold"), "then", Column("in words", overflow="fold"))
    for row in result.rows:
        action = styled(row.action.partition(" ")[0]) + Text(row.action[len(row.action.partition(" ")[0]) :])
        table.add_row(Text(row.row), Text(row.condition), action, Text(row.text))
    levels = ", ".join(map(str, result.levels))
    head = f"dose levels {levels}; the study starts at level {result.start}; the first row that holds decides"
    letters = [Text(f"{letter} = {meaning}") for letter, meaning in result.letters.items()]
    notes = [Text(note) for note in result.notes]
    return Group(Text(head), *letters, table, *notes, Text(NOTICE, style="dim"))


def render_path(result: PathResult) -> RenderableType:
    """Show what follows a path, why, and the counts per level."""
    named = "" if result.level is None else f"  level {result.level}"
    table = Table("dose level", "evaluable", "dose-limiting toxicity")
    for level, number in result.treated.items():
        table.add_row(level, str(number), str(result.dlt[level]))
    answer = styled(result.action) + Text(named)
    return Group(answer, Text(result.reason), table, Text(NOTICE, style="dim"))


def path_lines(results: Iterable[PathResult]) -> str:
    """Write one line per path: what follows, the level, the path."""
    return "\n".join(f"{each.action:<14}  {_or_dash(each.level):>2}  {each.path}" for each in results)


def _or_dash(level: int | None) -> str:
    return "-" if level is None else str(level)


def render_characteristics(result: CharacteristicsResult) -> RenderableType:
    """Show shares, means and how the runs ended."""
    table = Table("dose level", "rate", "maximum tolerated dose", "mean treated", "mean with toxicity")
    for level, treated in result.treated.items():
        rate = result.rates.get(level, "not given")
        table.add_row(level, rate, _percent(result.mtd[level]), f"{treated:.2f}", f"{result.dlt[level]:.2f}")
    whole = (f"{result.treated_in_all:.2f}", f"{result.dlt_in_all:.2f}")
    table.add_row("none, or in all", "", _percent(result.mtd[NO_MTD]), *whole)
    ends = ", ".join(f"{action} {number}" for action, number in result.ends.items() if number)
    return Group(table, Text(f"{result.runs} runs, seed {result.seed}; ended by {ends}"))


def _percent(share: float) -> str:
    return f"{share:.1%}"
