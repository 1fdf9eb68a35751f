"""`fhir-adapter explain`: why a subject has this verdict, and from which results."""

from __future__ import annotations

from typing import Annotated

import typer

from fhir_adapter.bootstrap import Choice, open_workplace
from fhir_adapter.cli.lookup import list_waiting
from fhir_adapter.cli.options import Hospital, Mappings, OutputFormat, Store, Trial
from fhir_adapter.cli.output import Format, emit, show
from fhir_adapter.errors import UsageError
from fhir_adapter.report.explain import build_explanation
from fhir_adapter.report.render import render_explanation
from fhir_adapter.sync.desk import find_subject


def explain(
    subject: Annotated[str, typer.Argument(help="Subject id, Patient/ID, or system|value.")],
    *,
    full: Annotated[bool, typer.Option("--full", help="Every statement, not only those that led here.")] = False,
    hospital: Hospital = None,
    trial: Trial = None,
    store: Store = None,
    mappings: Mappings = None,
    output: OutputFormat = Format.TEXT,
) -> None:
    """Show one subject's verdict, criterion by criterion, down to the results it rests on."""
    with open_workplace(Choice(hospital=hospital, trial=trial, store=store, mappings=mappings)) as workplace:
        row = find_subject(workplace.desk(), subject)
        stored = workplace.store.records.latest_record(row.subject)
        if stored is None:
            raise UsageError("this subject has no record yet; run `fhir-adapter derive`")
        result = build_explanation(
            stored.record,
            patient=f"Patient/{row.patient}",
            frozen=stored.frozen,
            texts={criterion.id: criterion.text for criterion in workplace.definitions.trial.criteria},
            status=row.status,
            waiting=list_waiting(workplace, row.subject),
        )
    emit(result) if output is Format.JSON else show(render_explanation(result, full=full))
