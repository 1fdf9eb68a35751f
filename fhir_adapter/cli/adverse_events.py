"""`fhir-adapter adverse-events`: every adverse event, what it rests on, what a person said, what is due."""

from __future__ import annotations

from typing import Annotated

import typer

from fhir_adapter.bootstrap import Choice, open_workplace
from fhir_adapter.cli.options import Hospital, Mappings, OutputFormat, Store, Trial
from fhir_adapter.cli.output import Format, emit, emit_resources, show
from fhir_adapter.report.adverse_events import build_adverse_events, is_current, render_adverse_events
from fhir_adapter.sync.followed import export_judged, find_safety, list_safety


def adverse_events(
    subject: Annotated[
        str | None, typer.Argument(help="Subject id, Patient/ID, or system|value [default: everybody].")
    ] = None,
    *,
    from_grade: Annotated[
        int | None, typer.Option("--from-grade", min=1, max=5, help="Only events that can have reached it.")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Dissolved events too, with what a correction did to them.")
    ] = False,
    fhir: Annotated[
        bool, typer.Option("--fhir", help="Those a person judged, as a JSON list of FHIR R4 AdverseEvents.")
    ] = False,
    hospital: Hospital = None,
    trial: Trial = None,
    store: Store = None,
    mappings: Mappings = None,
    output: OutputFormat = Format.TEXT,
) -> None:
    """List adverse events: derived from results, reported by the hospital, or both; a person judges them."""
    with open_workplace(Choice(hospital=hospital, trial=trial, store=store, mappings=mappings)) as workplace:
        desk = workplace.desk()
        records = (find_safety(desk, subject),) if subject is not None else list_safety(desk)
        if fhir:
            emit_resources(export_judged(desk, records))
            return
        result = build_adverse_events(records, now=workplace.clock.now())
    kept = [
        event
        for event in result.events
        if (everything or is_current(event)) and (from_grade is None or event.worst_possible >= from_grade)
    ]
    result = result.model_copy(update={"events": kept})
    emit(result, field="events") if output is Format.JSON else show(render_adverse_events(result))
