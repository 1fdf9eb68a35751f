"""`fhir-adapter escalation`: the rule of the dose escalation, and where it leads."""

from __future__ import annotations

import random
import re
from decimal import Decimal
from typing import Annotated

import typer

from fhir_adapter.bootstrap import Choice, load_chosen_escalation
from fhir_adapter.cli.escalation_status import decide, status
from fhir_adapter.cli.options import Mappings, OutputFormat, Trial
from fhir_adapter.cli.output import Format, emit, say, show
from fhir_adapter.domain.escalation.explore import count_situations, explore, list_paths
from fhir_adapter.domain.escalation.paths import replay_path
from fhir_adapter.domain.escalation.rule import EscalationRule
from fhir_adapter.domain.escalation.simulate import simulate_runs
from fhir_adapter.errors import UsageError
from fhir_adapter.report.escalation import (
    PathsResult,
    build_characteristics,
    build_path,
    build_table,
    path_lines,
    render_characteristics,
    render_escalation_table,
    render_path,
)

RUNS = 10_000
SEED = 1

_RATE = re.compile(r"0(\.[0-9]{1,12})?|1(\.0{1,12})?")

app = typer.Typer(help="Where the dose escalation stands, its rule, and what follows.", no_args_is_help=True)
app.command("status")(status)
app.command("decide")(decide)


@app.command("table")
def table(*, trial: Trial = None, mappings: Mappings = None, output: OutputFormat = Format.TEXT) -> None:
    """Print the decision table in plain text, from the rows that decide."""
    name, rule = load_chosen_escalation(Choice(trial=trial, mappings=mappings))
    result = build_table(name, rule)
    emit(result) if output is Format.JSON else show(render_escalation_table(result))


@app.command("simulate")
def simulate(
    path: Annotated[
        str | None,
        typer.Argument(help='Level, then N or T per evaluable subject: "1NNN 2NNT"; "" = before the first.'),
    ] = None,
    *,
    everything: Annotated[bool, typer.Option("--all", help="List every path the rule leads to.")] = False,
    rates: Annotated[
        str | None,
        typer.Option(
            "--rates",
            help="Rates of dose-limiting toxicity, with commas: one per level, or from the start level up.",
        ),
    ] = None,
    runs: Annotated[
        int | None, typer.Option("--runs", min=1, max=10_000_000, help=f"How many runs [default: {RUNS}].")
    ] = None,
    seed: Annotated[
        int | None, typer.Option("--seed", min=0, help=f"Seed: equal seeds give equal runs [default: {SEED}].")
    ] = None,
    trial: Trial = None,
    mappings: Mappings = None,
    output: OutputFormat = Format.TEXT,
) -> None:
    """Say what follows a path (exit code 6 where the rule does not lead there), list all paths, or try rates."""
    if [path is not None, everything, rates is not None].count(True) != 1:
        raise UsageError('say exactly one of: a path such as "1NNN 2NNT", --all, --rates 0.1,0.2,0.4')
    if rates is None and (runs is not None or seed is not None):
        raise UsageError("--runs and --seed belong to --rates")
    name, rule = load_chosen_escalation(Choice(trial=trial, mappings=mappings))
    if path is not None:
        result = build_path(rule, replay_path(rule, path))
        emit(result) if output is Format.JSON else show(render_path(result))
    elif rates is None:
        _list_all(rule, output)
    else:
        _try_rates(name, rule, rates, (runs or RUNS, SEED if seed is None else seed), output)


def _list_all(rule: EscalationRule, output: Format) -> None:
    stages = explore(rule)
    if not stages:
        raise UsageError("this rule leads to more states than can be listed")
    result = PathsResult(paths=[build_path(rule, outcome) for outcome in list_paths(stages)])
    say(f"{len(result.paths)} paths through {count_situations(stages)} states of the open level")
    emit(result, field="paths") if output is Format.JSON else typer.echo(path_lines(result.paths))


def _try_rates(name: str, rule: EscalationRule, text: str, drawn: tuple[int, int], output: Format) -> None:
    runs, seed = drawn
    rates = _rates(rule, text)
    draw = random.Random(seed).random  # noqa: S311 - a simulation that must be repeatable, not a secret
    stages = explore(rule)
    if not stages:
        raise UsageError("this rule leads to more states than can be simulated")
    found = simulate_runs(stages, {level: float(rate) for level, rate in rates.items()}, runs, draw)
    if found.unrated:
        say(
            f"{found.unrated} runs went to level {rule.lowest}, which was given no rate, and were ended there; "
            f"give {len(rule.levels)} rates to follow them"
        )
    result = build_characteristics(name, rule, found, rates, seed)
    emit(result) if output is Format.JSON else show(render_characteristics(result))


def _rates(rule: EscalationRule, text: str) -> dict[int, Decimal]:
    """Read the rates: one per level, or one per level from the start level up; none is made up."""
    given = [part.strip() for part in text.split(",")]
    if not all(_RATE.fullmatch(part) for part in given):
        raise UsageError("--rates takes numbers from 0 to 1 with commas between them, for example 0.1,0.2,0.4")
    from_start = tuple(level for level in rule.levels if level >= rule.start)
    for levels in (rule.levels, from_start):
        if len(levels) == len(given):
            return {level: Decimal(rate) for level, rate in zip(levels, given, strict=True)}
    raise UsageError(
        f"--rates takes {len(from_start)} numbers (levels {rule.start} to {rule.highest}) "
        f"or {len(rule.levels)} (levels {rule.lowest} to {rule.highest}), not {len(given)}"
    )
