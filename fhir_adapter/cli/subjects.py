"""`fhir-adapter subjects`: everybody in the trial with status and verdict."""

from __future__ import annotations

from typing import Annotated

import typer

from fhir_adapter.bootstrap import Choice, open_workplace
from fhir_adapter.cli.lookup import list_subjects
from fhir_adapter.cli.options import Hospital, Mappings, OutputFormat, Store, Trial
from fhir_adapter.cli.output import Format, emit, say, show
from fhir_adapter.report.render import render_needs, render_subjects
from fhir_adapter.report.subjects import build_needs, build_subjects


def subjects(
    *,
    needs: Annotated[bool, typer.Option("--needs", help="The next facts, by subject and by criterion.")] = False,
    hospital: Hospital = None,
    trial: Trial = None,
    store: Store = None,
    mappings: Mappings = None,
    output: OutputFormat = Format.TEXT,
) -> None:
    """List the subjects: patient reference, status, verdict, failing and unknown criteria."""
    with open_workplace(Choice(hospital=hospital, trial=trial, store=store, mappings=mappings)) as workplace:
        listed = list_subjects(workplace)
        trial_id, hospital_id = workplace.definitions.trial.id, workplace.definitions.traits.id
    if not listed:
        where = f"this store holds no subject of {trial_id} at {hospital_id}"
        say(f"nobody yet: {where}; fhir-adapter sync reads them, --store names another store")
    if needs:
        worklist = build_needs(listed)
        emit(worklist) if output is Format.JSON else show(render_needs(worklist))
        return
    result = build_subjects(listed)
    emit(result, field="subjects") if output is Format.JSON else show(render_subjects(result))
