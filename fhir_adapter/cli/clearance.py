"""`fhir-adapter clearance`: may the cells be infused now, and if not, why."""

from __future__ import annotations

from typing import Annotated

import typer

from fhir_adapter.bootstrap import Choice, open_workplace
from fhir_adapter.cli.options import AsOf, Hospital, Mappings, OutputFormat, Store, Trial, parse_time
from fhir_adapter.cli.output import Format, emit, say, show
from fhir_adapter.domain.cohort.hold import COHORT_HOLD, COHORT_HOLD_TEXT
from fhir_adapter.report.clearance import build_clearance, render_clearance
from fhir_adapter.sync.clearance import run_clearance


def clearance(
    subject: Annotated[str, typer.Argument(help="Subject id, Patient/ID, or system|value.")],
    *,
    infusion: Annotated[int, typer.Option("--infusion", help="Number of the cell infusion, for example 1.")],
    full: Annotated[bool, typer.Option("--full", help="Every statement, not only those that led here.")] = False,
    as_of: AsOf = None,
    hospital: Hospital = None,
    trial: Trial = None,
    store: Store = None,
    mappings: Mappings = None,
    output: OutputFormat = Format.TEXT,
) -> None:
    """Judge the criteria to receive a cell infusion from what was read so far; for one given, at its start."""
    moment = parse_time(as_of, "--as-of")
    with open_workplace(Choice(hospital=hospital, trial=trial, store=store, mappings=mappings)) as workplace:
        definitions = workplace.definitions
        record = run_clearance(workplace.desk(moment), subject, infusion)
        if workplace.store.records.latest_treatment(record.subject) is None:
            say("nothing is assigned to this subject yet: the criteria are judged, but no infusion is planned")
    texts = {each.criterion.id: each.criterion.text for each in definitions.trial.clearance}
    texts[COHORT_HOLD] = COHORT_HOLD_TEXT
    result = build_clearance(record, texts, definitions.traits.zone)
    emit(result) if output is Format.JSON else show(render_clearance(result, full=full))
