"""`fhir-adapter plan`: one subject's treatment day by day."""

from __future__ import annotations

from typing import Annotated

import typer

from fhir_adapter.bootstrap import Choice, open_workplace
from fhir_adapter.cli.options import Hospital, Mappings, OutputFormat, Store, Trial
from fhir_adapter.cli.output import Format, emit, show
from fhir_adapter.report.plan import build_plan
from fhir_adapter.report.render_plan import render_plan
from fhir_adapter.sync.treated import find_treated, require_regimen


def plan(
    subject: Annotated[str, typer.Argument(help="Subject id, Patient/ID, or system|value.")],
    *,
    hospital: Hospital = None,
    trial: Trial = None,
    store: Store = None,
    mappings: Mappings = None,
    output: OutputFormat = Format.TEXT,
) -> None:
    """Show one subject's treatment as a calendar: planned and given doses, deviations, donor, follow-up."""
    with open_workplace(Choice(hospital=hospital, trial=trial, store=store, mappings=mappings)) as workplace:
        definitions = workplace.definitions
        found = find_treated(workplace.desk(), subject)
        result = build_plan(
            found.record,
            require_regimen(definitions.trial),
            definitions.trial,
            patient=f"Patient/{found.row.patient}",
            status=found.row.status,
            zone=definitions.traits.zone,
        )
    emit(result) if output is Format.JSON else show(render_plan(result))
