"""`fhir-adapter safety`: one subject's grades over time, syndromes, dose-limiting toxicity."""

from __future__ import annotations

from typing import Annotated

import typer

from fhir_adapter.bootstrap import Choice, open_workplace
from fhir_adapter.cli.options import Hospital, Mappings, OutputFormat, Store, Trial
from fhir_adapter.cli.output import Format, emit, show
from fhir_adapter.report.render_safety import render_safety
from fhir_adapter.report.safety import build_safety
from fhir_adapter.sync.followed import find_safety


def safety(
    subject: Annotated[str, typer.Argument(help="Subject id, Patient/ID, or system|value.")],
    *,
    hospital: Hospital = None,
    trial: Trial = None,
    store: Store = None,
    mappings: Mappings = None,
    output: OutputFormat = Format.TEXT,
) -> None:
    """Show a subject's toxicity grades by term over time, proposed syndromes, and whether the subject counts."""
    with open_workplace(Choice(hospital=hospital, trial=trial, store=store, mappings=mappings)) as workplace:
        record = find_safety(workplace.desk(), subject)
        result = build_safety(record, workplace.definitions.traits.zone)
    emit(result) if output is Format.JSON else show(render_safety(result))
