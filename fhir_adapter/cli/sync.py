"""`fhir-adapter sync`: read a hospital, derive, and write or say what would be written."""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from fhir_adapter.bootstrap import Choice, Workplace, open_sink, open_source, open_workplace
from fhir_adapter.cli.options import AsOf, Hospital, Mappings, OutputFormat, Sink, Source, Store, Trial, parse_time
from fhir_adapter.cli.output import Format, emit, say, show
from fhir_adapter.errors import UsageError
from fhir_adapter.ports.source import PatientScope, RosterRow
from fhir_adapter.report.render import render_sync
from fhir_adapter.report.sync import SyncResult
from fhir_adapter.sync.delivered import Difference
from fhir_adapter.sync.extract import open_reader
from fhir_adapter.sync.order import SyncPorts, SyncReport, SyncRequest
from fhir_adapter.sync.run import run_sync
from fhir_adapter.sync.scope import build_scope

_PATIENT = re.compile(r"Patient/[A-Za-z0-9\-.]+")


def sync(
    *,
    roster: Annotated[
        Path | None, typer.Option("--roster", help="CSV with columns system, value, [subject].")
    ] = None,
    group: Annotated[str | None, typer.Option("--group", help="Id of a FHIR Group of patients.")] = None,
    everybody: Annotated[bool, typer.Option("--all", help="Every patient (default for folders).")] = False,
    prescreen: Annotated[
        bool, typer.Option("--prescreen", help="Everybody with a diagnosis of the trial.")
    ] = False,
    write: Annotated[
        bool, typer.Option("--write", help="Write, if hospital.yaml allows; else a dry run.")
    ] = False,
    full_validation: Annotated[
        bool, typer.Option("--validate-full", help="Check every resource against the whole R4 model; slow.")
    ] = False,
    source: Source = None,
    sink: Sink = None,
    as_of: AsOf = None,
    hospital: Hospital = None,
    trial: Trial = None,
    store: Store = None,
    mappings: Mappings = None,
    output: OutputFormat = Format.TEXT,
) -> int:
    """Read a hospital's resources, derive records, and write back (dry run unless --write)."""
    moment = parse_time(as_of, "--as-of")
    choice = Choice(hospital=hospital, trial=trial, store=store, mappings=mappings)
    with open_workplace(choice) as workplace, _progress() as progress:
        scope = choose_patients(workplace, source, (roster, group, everybody, prescreen))
        at = workplace.moment(moment)
        request = SyncRequest(
            trial=workplace.definitions.trial,
            traits=workplace.definitions.traits,
            ids=workplace.ids,
            reading_digest=workplace.definitions.reading_digest,
            scope=scope,
            as_of=at if moment else None,
            write=write,
            progress=progress,
        )
        ports = SyncPorts(
            source=open_source(workplace, source),
            sink=open_sink(workplace, sink),
            store=workplace.store,
            clock=workplace.clock,
            open_page=open_reader(workplace.reading_context(at, validate_full=full_validation)),
        )
        report = run_sync(ports, request)
    print_report(report, output)
    return report.exit_code


def print_report(report: SyncReport, output: Format) -> None:
    """Print a run: counts, records and writes on stdout, what to look at on stderr."""
    result = SyncResult.model_validate(report.as_dict())
    emit(result) if output is Format.JSON else show(render_sync(result))
    if report.sink is None:
        say("nothing was written: no --sink was given and hospital.yaml names no server to write to")
    elif report.is_dry_run:
        for difference in report.writes.differences:
            for line in describe_difference(difference):
                say(line)
        say(
            f"dry run: nothing was written to {report.sink}; give --write (and `writes: enabled` in hospital.yaml)"
        )


def describe_difference(difference: Difference) -> list[str]:
    """Say in lines what one write would change: only elements we own."""
    where = difference.resource_id or "new"
    name = f"{difference.resource_type} ({where})" + (f" of {difference.subject}" if difference.subject else "")
    changes = (f"  {each.path}: {_json(each.hospital)} -> {_json(each.ours)}" for each in difference.elements)
    return [f"would write {name}", *changes]


def _json(value: object) -> str:
    """Write a value without saying who the patient is: the subject is named beside it."""
    if value is None:
        return "nothing"
    return _PATIENT.sub("Patient/...", json.dumps(value, ensure_ascii=False, default=str))


def choose_patients(
    workplace: Workplace, source: str | None, chosen: tuple[Path | None, str | None, bool, bool]
) -> PatientScope:
    """Turn the options into the run's patients: exactly one of them, else hospital.yaml, else all of a folder.

    Args:
        workplace: For the hospital's default and the prescreen's codes.
        source: As given.
        chosen: roster, group, all, prescreen as given.

    Returns:
        The scope.

    Raises:
        UsageError: None or several were chosen, or the roster cannot be read.
    """
    roster, group, everybody, prescreen = chosen
    given = [
        *([f"roster:{roster}"] if roster else []),
        *([f"group:{group}"] if group is not None else []),
        *(["all"] if everybody else []),
        *(["prescreen"] if prescreen else []),
    ]
    if group == "":
        raise UsageError("--group needs the id of a Group")
    if len(given) > 1:
        raise UsageError("choose patients by exactly one of --roster, --group, --all, --prescreen")
    folder = source is not None and Path(source).is_dir()
    text = given[0] if given else workplace.definitions.traits.default_scope or ("all" if folder else None)
    if text is None:
        raise UsageError("choose patients by one of --roster, --group, --all, --prescreen")
    name, _, rest = text.partition(":")
    rows = read_roster(Path(rest)) if name == "roster" else ()
    return build_scope(text, workplace.definitions.trial, workplace.definitions.terminology, rows)


def read_roster(path: Path) -> tuple[RosterRow, ...]:
    """Read a roster: CSV with a header line `system,value` and optionally `subject`.

    Args:
        path: The file.

    Returns:
        Its rows in order.

    Raises:
        UsageError: It cannot be read, lacks a column, or a row lacks a value; the message names the row.
    """
    if not path.exists():
        raise UsageError("there is no roster file of that name")
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            table = csv.DictReader(file)
            rows, columns = list(table), set(table.fieldnames or ())
    except (OSError, UnicodeDecodeError, csv.Error):
        raise UsageError("the roster cannot be read as a UTF-8 CSV file") from None
    if not {"system", "value"} <= columns:
        raise UsageError("the roster's first line must name the columns `system` and `value`, separated by commas")
    if not rows:
        raise UsageError("the roster lists nobody")
    built = []
    for number, row in enumerate(rows, start=1):
        system, value = (row.get("system") or "").strip(), (row.get("value") or "").strip()
        if not system or not value:
            raise UsageError(f"roster row {number}: `system` and `value` are both needed")
        built.append(RosterRow(system=system, value=value, subject=(row.get("subject") or "").strip() or None))
    return tuple(built)


@contextmanager
def _progress() -> Iterator[Callable[[str, int], None]]:
    """Show progress on a terminal's stderr; nothing where it is piped."""
    if not sys.stderr.isatty():
        yield lambda _step, _count: None
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TextColumn("{task.completed}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks = {step: bar.add_task(step, total=None) for step in ("read", "write")}
        yield lambda step, count: bar.update(tasks[step], completed=count)
