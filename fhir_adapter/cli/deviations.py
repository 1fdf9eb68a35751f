"""`fhir-adapter deviations`: where the study departed from its protocol."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fhir_adapter.bootstrap import Choice, open_workplace
from fhir_adapter.cli.options import AsOf, Hospital, Mappings, OutputFormat, Store, Trial, parse_time
from fhir_adapter.cli.output import Format, emit, say, show
from fhir_adapter.errors import UsageError
from fhir_adapter.report.deviations import (
    DeviationsResult,
    build_deviations,
    render_deviations,
    write_deviations,
)
from fhir_adapter.sync.study_deviations import run_deviations


def deviations(
    *,
    table: Annotated[Path | None, typer.Option("--csv", help="Write them to this file too, as CSV.")] = None,
    as_of: AsOf = None,
    hospital: Hospital = None,
    trial: Trial = None,
    store: Store = None,
    mappings: Mappings = None,
    output: OutputFormat = Format.TEXT,
) -> None:
    """List the whole study's deviations: doses, windows, infusions on HOLD, consent, enrolment, corrections."""
    moment = parse_time(as_of, "--as-of")
    with open_workplace(Choice(hospital=hospital, trial=trial, store=store, mappings=mappings)) as workplace:
        result = build_deviations(run_deviations(workplace.desk(moment)))
    if table is not None:
        _write(result, table)
    emit(result, field="deviations") if output is Format.JSON else show(render_deviations(result))


def _write(result: DeviationsResult, path: Path) -> None:
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            write_deviations(result, file)
    except OSError:
        raise UsageError("--csv cannot be written: name a file in a folder that exists") from None
    say(f"{len(result.deviations)} deviations were written to {path}")
