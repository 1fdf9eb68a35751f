"""`fhir-adapter escalation status` and `decide`: where the dose escalation stands, and what a person decides."""

from __future__ import annotations

from typing import Annotated

import typer

from fhir_adapter.bootstrap import Choice, open_workplace
from fhir_adapter.cli.options import AsOf, By, Hospital, Mappings, OutputFormat, Reason, Store, Trial, parse_time
from fhir_adapter.cli.output import Format, emit, say, show
from fhir_adapter.report.escalation_status import build_decision, build_status
from fhir_adapter.report.render_escalation import STOP_BANNER, render_decision, render_status
from fhir_adapter.sync.escalation import DecideEscalationRequest, decide_escalation, show_escalation


def status(
    *,
    everyone: Annotated[
        bool, typer.Option("--all", help="The board shows those too whose observation is over.")
    ] = False,
    as_of: AsOf = None,
    hospital: Hospital = None,
    trial: Trial = None,
    store: Store = None,
    mappings: Mappings = None,
    output: OutputFormat = Format.TEXT,
) -> None:
    """Show the open level, counts traced to subjects, the rule's proposal, holds, deviations, open windows."""
    moment = parse_time(as_of, "--as-of")
    with open_workplace(Choice(hospital=hospital, trial=trial, store=store, mappings=mappings)) as workplace:
        view = show_escalation(workplace.desk(moment), everyone=everyone)
        result = build_status(workplace.definitions.trial.id, view, workplace.definitions.traits.zone)
    if result.alarm:
        say(f"{STOP_BANNER}: {result.reason}")
    if result.outdated:
        say(f"{len(result.outdated)} records are not up to date; run `fhir-adapter derive`")
    emit(result) if output is Format.JSON else show(render_status(result))


def decide(
    action: Annotated[
        str,
        typer.Argument(help="ENROL, EXPAND, ESCALATE, DE_ESCALATE, DECLARE_MTD, STOP_STUDY or WAIT."),
    ],
    *,
    level: Annotated[
        int | None, typer.Option("--level", help="The dose level it opens, keeps open or declares.")
    ] = None,
    by: By,
    reason: Reason,
    date: Annotated[
        str | None,
        typer.Option(
            "--date", help="When it was decided, ISO 8601, not ahead; a date means its end [default: now]."
        ),
    ] = None,
    hospital: Hospital = None,
    trial: Trial = None,
    store: Store = None,
    mappings: Mappings = None,
    output: OutputFormat = Format.TEXT,
) -> None:
    """Record a decision on dose levels; one against the rule is refused (exit code 6), another is a deviation."""
    moment = parse_time(date, "--date")
    with open_workplace(Choice(hospital=hospital, trial=trial, store=store, mappings=mappings)) as workplace:
        request = DecideEscalationRequest(
            action=action,
            level=level,
            by=by,
            reason=reason,
            at=workplace.moment(moment) if moment is not None else None,
        )
        decision = decide_escalation(workplace.desk(), request)
    result = build_decision(decision)
    emit(result) if output is Format.JSON else show(render_decision(result))
