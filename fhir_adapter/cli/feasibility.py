"""`fhir-adapter feasibility`: the trial's primary objective."""

from __future__ import annotations

from fhir_adapter.bootstrap import Choice, open_workplace
from fhir_adapter.cli.lookup import list_under_treatment
from fhir_adapter.cli.options import Hospital, Mappings, OutputFormat, Store, Trial
from fhir_adapter.cli.output import Format, emit, show
from fhir_adapter.report.feasibility import build_feasibility, render_feasibility


def feasibility(
    *,
    hospital: Hospital = None,
    trial: Trial = None,
    store: Store = None,
    mappings: Mappings = None,
    output: OutputFormat = Format.TEXT,
) -> None:
    """Count per dose level whose product reached it and who got each infusion in its window; then by subject."""
    with open_workplace(Choice(hospital=hospital, trial=trial, store=store, mappings=mappings)) as workplace:
        treated = list_under_treatment(workplace)
        trial_id = workplace.definitions.trial.id
    result = build_feasibility(trial_id, (each.record for each in treated))
    emit(result) if output is Format.JSON else show(render_feasibility(result))
