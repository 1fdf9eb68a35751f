"""`fhir-adapter subject`: a named person moves a subject along the trial's graph, or the subject's plan."""

from __future__ import annotations

from typing import Annotated

import typer

from fhir_adapter.bootstrap import Choice, open_workplace
from fhir_adapter.cli.options import AsOf, By, Hospital, Mappings, OutputFormat, Reason, Store, Trial, parse_time
from fhir_adapter.cli.output import Format, emit, show
from fhir_adapter.report.decisions import MoveResult, PlanMoveResult, render_move, render_plan_move
from fhir_adapter.sync.move import MoveRequest, run_move
from fhir_adapter.sync.move_plan import PlanMoveRequest, run_plan_move

app = typer.Typer(help="Move a subject or the subject's plan; a graph says where to.", no_args_is_help=True)


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


@app.command()
def plan(
    subject: Annotated[str, typer.Argument(help="Subject id, Patient/ID, or system|value.")],
    *,
    to: Annotated[str, typer.Option("--to", help="on-hold, active, completed or revoked.")],
    by: By,
    reason: Reason,
    as_of: AsOf = None,
    hospital: Hospital = None,
    trial: Trial = None,
    store: Store = None,
    mappings: Mappings = None,
    output: OutputFormat = Format.TEXT,
) -> None:
    """Give a subject's CarePlan another status; a refused one names those allowed (exit code 6)."""
    moment = parse_time(as_of, "--as-of")
    with open_workplace(Choice(hospital=hospital, trial=trial, store=store, mappings=mappings)) as workplace:
        request = PlanMoveRequest(subject=subject, to=to, by=by, reason=reason)
        row = run_plan_move(workplace.desk(moment), request)
    result = PlanMoveResult(subject=row.subject, plan_status=row.plan_status)
    emit(result) if output is Format.JSON else show(render_plan_move(result))
