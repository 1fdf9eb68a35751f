"""`fhir-adapter dlt`: who counts for the dose escalation, and as what."""

from __future__ import annotations

from fhir_adapter.bootstrap import Choice, open_workplace
from fhir_adapter.cli.options import Hospital, Mappings, OutputFormat, Store, Trial
from fhir_adapter.cli.output import Format, emit, show
from fhir_adapter.report.dlt import build_dlt, render_dlt
from fhir_adapter.sync.followed import list_safety


def dlt(
    *,
    hospital: Hospital = None,
    trial: Trial = None,
    store: Store = None,
    mappings: Mappings = None,
    output: OutputFormat = Format.TEXT,
) -> None:
    """List every treated subject's observation window, dose-limiting toxicity, and whether it is evaluable."""
    with open_workplace(Choice(hospital=hospital, trial=trial, store=store, mappings=mappings)) as workplace:
        result = build_dlt(list_safety(workplace.desk()))
    emit(result, field="subjects") if output is Format.JSON else show(render_dlt(result))
