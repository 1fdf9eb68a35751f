"""`fhir-adapter demo`: the whole job on the bundled synthetic hospital."""

from __future__ import annotations

from datetime import datetime

from fhir_adapter.bootstrap import (
    DEMO_HOSPITAL,
    DEMO_SINK,
    Choice,
    demo_export,
    open_sink,
    open_source,
    open_workplace,
)
from fhir_adapter.cli.lookup import list_subjects
from fhir_adapter.cli.options import Mappings, OutputFormat, Sink, Store, Trial
from fhir_adapter.cli.output import Format, say, show
from fhir_adapter.cli.sync import print_report
from fhir_adapter.report.render import render_subjects
from fhir_adapter.report.subjects import build_subjects
from fhir_adapter.sync.extract import open_reader
from fhir_adapter.sync.order import SyncPorts, SyncRequest
from fhir_adapter.sync.run import run_sync
from fhir_adapter.sync.scope import build_scope
from fhir_adapter.sync.treated import list_treated

DEMO_AS_OF = datetime.fromisoformat("2026-03-11T12:00:00")
"""The noon the synthetic patients' stories are told for, in the demo hospital's zone."""


def demo(
    *,
    sink: Sink = None,
    trial: Trial = None,
    store: Store = None,
    mappings: Mappings = None,
    output: OutputFormat = Format.TEXT,
) -> int:
    """Read the synthetic hospital, derive eligibility and treatment, and write them back to a folder."""
    choice = Choice(hospital=DEMO_HOSPITAL, trial=trial, store=store, mappings=mappings)
    with open_workplace(choice) as workplace:
        definitions, as_of = workplace.definitions, workplace.moment(DEMO_AS_OF)
        folder = sink or str(DEMO_SINK)
        ports = SyncPorts(
            source=open_source(workplace, str(demo_export())),
            sink=open_sink(workplace, folder),
            store=workplace.store,
            clock=workplace.clock,
            open_page=open_reader(workplace.reading_context(as_of)),
        )
        request = SyncRequest(
            trial=definitions.trial,
            traits=definitions.traits,
            ids=workplace.ids,
            reading_digest=definitions.reading_digest,
            scope=build_scope("all", definitions.trial, definitions.terminology),
            as_of=as_of,
            write=True,
        )
        report = run_sync(ports, request)
        result = build_subjects(list_subjects(workplace))
        treated = list_treated(workplace.desk())
    if output is Format.TEXT:
        show(render_subjects(result))
    print_report(report, output)
    say(f"written for real (all synthetic): study, subjects, plans and Provenance in the folder {folder}")
    say("go on with: fhir-adapter subjects --needs | explain SUBJECT | rejections | review list")
    if treated:
        say(f"{len(treated)} subjects are under treatment; see one: fhir-adapter plan {treated[0].row.subject}")
        say("and: fhir-adapter dosing | clearance SUBJECT --infusion 1 | feasibility | deviations")
    return report.exit_code
