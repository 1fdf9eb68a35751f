"""Options that mean the same in every command."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from fhir_adapter.cli.output import Format
from fhir_adapter.errors import UsageError

Hospital = Annotated[
    str | None,
    typer.Option("--hospital", help="Hospital id; may be left out where only one exists besides the demo."),
]
Trial = Annotated[str | None, typer.Option("--trial", help="Trial id; may be left out where only one exists.")]
Store = Annotated[
    str | None,
    typer.Option(
        "--store", help="SQLAlchemy URL or SQLite file [default: FHIR_ADAPTER_STORE or ./fhir_adapter.db]."
    ),
]
Mappings = Annotated[
    Path | None, typer.Option("--mappings", help="Directory that overlays the shipped mappings, folder by folder.")
]
AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of", help="Clinical time, ISO 8601; a date means its end in the hospital's zone [default: now]."
    ),
]
KnownAt = Annotated[
    str | None,
    typer.Option("--known-at", help="Knowledge time, ISO 8601: only facts stored until then [default: all]."),
]
OutputFormat = Annotated[Format, typer.Option("--format", help="What stdout carries.")]
Source = Annotated[str | None, typer.Option("--source", help="Folder of an export, or base URL of a FHIR server.")]
Sink = Annotated[str | None, typer.Option("--sink", help="Base URL of a FHIR server, or a folder to write to.")]
By = Annotated[str, typer.Option("--by", help="Person id as listed in hospital.yaml.")]
Reason = Annotated[str, typer.Option("--reason", help="Why, in your words; kept with the decision.")]

_YEARS = range(1900, 2200)
"""Years beside which windows of weeks and zones of hours can still be laid."""


def parse_time(text: str | None, option: str) -> datetime | None:
    """Read a time given on the command line; a zone is never added here.

    Args:
        text: ISO 8601 date or date and time.
        option: Name of the option, for the message.

    Returns:
        The time as written, naive where no zone was given; None where the option was left out.

    Raises:
        UsageError: It is no ISO 8601 time, or so far away that no window can be laid beside it.
    """
    if text is None:
        return None
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{option} is not an ISO 8601 time, for example 2026-03-11T12:00:00+01:00") from None
    if parsed.year not in _YEARS:
        raise UsageError(f"{option} has no usable year: {_YEARS[0]} to {_YEARS[-1]}")
    is_date = len(text) <= len("2026-03-11")
    return parsed.replace(hour=23, minute=59, second=59) if is_date else parsed
