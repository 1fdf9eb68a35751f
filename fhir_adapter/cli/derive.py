"""`fhir-adapter derive`: derive again from stored facts, without any hospital traffic."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from fhir_adapter.bootstrap import Choice, Workplace, load_chosen_definitions, open_workplace
from fhir_adapter.cli.options import AsOf, Hospital, KnownAt, Mappings, OutputFormat, Store, Trial, parse_time
from fhir_adapter.cli.output import Format, emit, show
from fhir_adapter.report.changes import DeriveResult, build_comparison, render_comparison, render_derivation
from fhir_adapter.report.sync import RecordCounts
from fhir_adapter.sync.compare import compare_definitions, compare_with_run
from fhir_adapter.sync.derive import DeriveRequest, run_derive
from fhir_adapter.sync.run import new_run


def derive(
    *,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    compare: Annotated[
        str | None, typer.Option("--compare", help="Show changes against an earlier run, or other mappings (DIR).")
    ] = None,
    hospital: Hospital = None,
    trial: Trial = None,
    store: Store = None,
    mappings: Mappings = None,
    output: OutputFormat = Format.TEXT,
) -> None:
    """Derive every subject's record from the facts in the store."""
    moments = (parse_time(as_of, "--as-of"), parse_time(known_at, "--known-at"))
    choice = Choice(hospital=hospital, trial=trial, store=store, mappings=mappings)
    with open_workplace(choice) as workplace:
        knowledge = workplace.moment(moments[1]) if moments[1] else None
        request = DeriveRequest(
            run="comparison",
            trial=workplace.definitions.trial,
            traits=workplace.definitions.traits,
            ids=workplace.ids,
            reading_digest=workplace.definitions.reading_digest,
            as_of=workplace.moment(moments[0]),
            known_at=knowledge,
            everyone=True,
        )
        if compare is not None:
            _compare(workplace, choice, request, (compare, output))
            return
        result = _derive(workplace, request)
    emit(result) if output is Format.JSON else show(render_derivation(result))


def _derive(workplace: Workplace, request: DeriveRequest) -> DeriveResult:
    row = new_run("derive", request.trial, request.traits, workplace.clock.now())
    workplace.store.runs.start(row)
    derived = run_derive(workplace.store, workplace.clock, replace(request, run=row.id))
    report = derived.as_report()
    workplace.store.runs.finish(replace(row, finished=workplace.clock.now(), exit_code=0, report=report))
    return DeriveResult(
        run=row.id,
        as_of=request.as_of.isoformat(),
        known_at=request.known_at.isoformat() if request.known_at else None,
        saved=request.known_at is None,
        records=RecordCounts(**derived.as_dict()),
        treatments=RecordCounts(**derived.treatments.as_dict()),
        safety=RecordCounts(**derived.safety.as_dict()),
        definitions_digest=request.trial.digest,
    )


def _compare(workplace: Workplace, choice: Choice, request: DeriveRequest, asked: tuple[str, Format]) -> None:
    other, output = asked
    store, clock = workplace.store, workplace.clock
    if Path(other).is_dir():
        old = load_chosen_definitions(replace(choice, mappings=Path(other)))
        before = replace(request, trial=old.trial, reading_digest=old.reading_digest)
        changes = compare_definitions(store, clock, before, request)
    else:
        changes = compare_with_run(store, clock, request, other)
    result = build_comparison(other, changes)
    emit(result) if output is Format.JSON else show(render_comparison(result))
