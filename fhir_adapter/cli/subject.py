"""`fhir-adapter subject move`: a named person moves a subject along the trial's graph."""

from __future__ import annotations

from typing import Annotated

import typer

from fhir_adapter.bootstrap import Choice, open_workplace
from fhir_adapter.cli.options import AsOf, By, Hospital, Mappings, OutputFormat, Reason, Store, Trial, parse_time
from fhir_adapter.cli.output import Format, emit, show
from fhir_adapter.report.decisions import MoveResult, render_move
from fhir_adapter.sync.move import MoveRequest, run_move

app = typer.Typer(help="Move a subject; the trial's graph says where to.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Keep `move` a command of its own: more will stand beside it."""


@app.command()
def move(
    subject: Annotated[str, typer.Argument(help="Subject id, Patient/ID, or system|value.")],
    *,
    to: Annotated[str, typer.Option("--to", help="Status of the trial's graph, for example screening.")],
    by: By,
    reason: Reason,
    date: Annotated[
        str | None, typer.Option("--date", help="When it happened, YYYY-MM-DD [default: today].")
    ] = None,
    as_of: AsOf = None,
    hospital: Hospital = None,
    trial: Trial = None,
    store: Store = None,
    mappings: Mappings = None,
    output: OutputFormat = Format.TEXT,
) -> None:
    """Move a subject to another status; a refused move names the allowed ones (exit code 6)."""
    moment = parse_time(as_of, "--as-of")
    with open_workplace(Choice(hospital=hospital, trial=trial, store=store, mappings=mappings)) as workplace:
        request = MoveRequest(subject=subject, to=to, by=by, reason=reason, day=date)
        row = run_move(workplace.desk(moment), request)
    result = MoveResult(subject=row.subject, status=row.status)
    emit(result) if output is Format.JSON else show(render_move(result))
