"""`fhir-adapter rejections`: what could not be read, why, and where."""

from __future__ import annotations

import re
import sys
from typing import Annotated

import typer

from fhir_adapter.bootstrap import Choice, open_workplace
from fhir_adapter.cli.options import Hospital, Mappings, OutputFormat, Store, Trial
from fhir_adapter.cli.output import Format, emit, show
from fhir_adapter.errors import UsageError
from fhir_adapter.ports.rows import KeptRejection
from fhir_adapter.report.rejections import RejectionOut, RejectionsResult
from fhir_adapter.report.render import render_rejections
from fhir_adapter.sync.subject_ids import SubjectIds

_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")


def rejections(
    *,
    run: Annotated[str | None, typer.Option("--run", help="Only those a run recorded first.")] = None,
    hospital: Hospital = None,
    trial: Trial = None,
    store: Store = None,
    mappings: Mappings = None,
    output: OutputFormat = Format.TEXT,
) -> None:
    """List every rejection with reason and FHIRPath."""
    with open_workplace(Choice(hospital=hospital, trial=trial, store=store, mappings=mappings)) as workplace:
        if run is not None and run not in {row.id for row in workplace.store.runs.list_runs(limit=sys.maxsize)}:
            raise UsageError(f"there is no run {run} in this store (sync and derive print theirs)")
        kept = workplace.store.facts.rejections(workplace.definitions.traits.id, run=run)
        result = RejectionsResult(rejections=[_rejection(row, workplace.ids) for row in kept])
    emit(result, field="rejections") if output is Format.JSON else show(render_rejections(result))


def _rejection(row: KeptRejection, ids: SubjectIds) -> RejectionOut:
    return RejectionOut(
        reason=row.reason,
        detail=row.detail,
        path=row.path,
        resource_type=row.resource_type,
        reference=_reference(row, ids),
        origin=row.origin,
        run=row.run,
    )


def _reference(row: KeptRejection, ids: SubjectIds) -> str:
    """Name the resource, a Patient by the subject id: this list says nothing about who it is."""
    kind, _, name = row.reference.partition("/")
    if _ID.fullmatch(name) is None:  # what is no FHIR id may be anything, a name too
        return f"{kind}/"
    return f"Patient of {ids.subject(name)}" if kind == "Patient" else row.reference
