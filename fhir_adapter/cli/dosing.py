"""`fhir-adapter dosing`: what was planned, what was given, and how they differ."""

from __future__ import annotations

from typing import Annotated

import typer

from fhir_adapter.bootstrap import Choice, open_workplace
from fhir_adapter.cli.lookup import list_under_treatment
from fhir_adapter.cli.options import Hospital, Mappings, OutputFormat, Store, Trial
from fhir_adapter.cli.output import Format, emit, show
from fhir_adapter.report.dosing import build_dosing
from fhir_adapter.report.render_dosing import render_dosing, render_totals
from fhir_adapter.sync.treated import find_treated


def dosing(
    subject: Annotated[
        str | None, typer.Argument(help="Subject id, Patient/ID, or system|value [default: everybody].")
    ] = None,
    *,
    totals: Annotated[bool, typer.Option("--totals", help="The totals of each course alone.")] = False,
    hospital: Hospital = None,
    trial: Trial = None,
    store: Store = None,
    mappings: Mappings = None,
    output: OutputFormat = Format.TEXT,
) -> None:
    """List planned doses with what was given, the difference, and every deviation; then the course totals."""
    with open_workplace(Choice(hospital=hospital, trial=trial, store=store, mappings=mappings)) as workplace:
        desk = workplace.desk()
        treated = (find_treated(desk, subject),) if subject is not None else list_under_treatment(workplace)
    result = build_dosing(each.record for each in treated)
    if output is Format.JSON:
        emit(result, field="totals" if totals else "doses")
    else:
        show(render_totals(result) if totals else render_dosing(result))
