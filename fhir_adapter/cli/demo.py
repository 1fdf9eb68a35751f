"""`fhir-adapter demo`: the whole job on the bundled synthetic hospital."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from fhir_adapter.bootstrap import (
    DEMO_HOSPITAL,
    DEMO_SINK,
    Choice,
    demo_export,
    open_sink,
    open_source,
    open_workplace,
    replay_script,
)
from fhir_adapter.cli.lookup import list_subjects
from fhir_adapter.cli.options import Mappings, OutputFormat, Sink, Store, Trial
from fhir_adapter.cli.output import Format, say, show
from fhir_adapter.cli.sync import print_report
from fhir_adapter.domain.scripted import ScriptedDecision, ScriptedEscalation
from fhir_adapter.report.render import render_subjects
from fhir_adapter.report.subjects import build_subjects
from fhir_adapter.sync.extract import open_reader
from fhir_adapter.sync.order import SyncPorts, SyncRequest
from fhir_adapter.sync.replay import Replayed, ReplayEnd
from fhir_adapter.sync.run import run_sync
from fhir_adapter.sync.scope import build_scope
from fhir_adapter.sync.treated import list_treated

DEMO_AS_OF = datetime.fromisoformat("2026-03-11T12:00:00")
"""The noon the synthetic patients' stories are told for, in the demo hospital's zone."""

_ENDS = {
    ReplayEnd.RECORDED: "decided",
    ReplayEnd.NOTHING_WAITS: "had nothing to decide",
    ReplayEnd.REFUSED: "was refused ({why})",
}


def demo(
    *,
    sink: Sink = None,
    trial: Trial = None,
    store: Store = None,
    mappings: Mappings = None,
    output: OutputFormat = Format.TEXT,
) -> int:
    """Read the synthetic hospital, derive all records, write to a folder, and record its people's decisions."""
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
        replayed = replay_script(workplace, as_of)
        result = build_subjects(list_subjects(workplace))
        treated = list_treated(workplace.desk())
    if output is Format.TEXT:
        show(render_subjects(result))
    print_report(report, output)
    say(f"written for real (all synthetic): study, subjects, plans and Provenance in the folder {folder}")
    for line in _replay_lines(replayed):
        say(line)
    for line in _next_steps(treated[0].row.subject if treated else None, len(treated)):
        say(line)
    return max(report.exit_code, int(any(each.end is ReplayEnd.REFUSED for each in replayed)))


def _replay_lines(replayed: Sequence[Replayed]) -> Iterator[str]:
    """Tell who decided what, one line per decision recorded now or not recorded."""
    known = sum(each.end is ReplayEnd.ON_RECORD for each in replayed)
    if known:
        yield f"{known} decisions of the demo's people are on record already"
    for each in replayed:
        if each.end is not ReplayEnd.ON_RECORD:
            made, about = each.decision, f" of {each.subject}" if each.subject else ""
            end = _ENDS[each.end].format(why=each.why)
            yield f"{made.at:%Y-%m-%d} {made.by} {end}: {_decided_words(made, about)}"


def _decided_words(made: ScriptedDecision, about: str) -> str:
    what = made.decided
    if isinstance(what, ScriptedEscalation):
        return what.action if what.level is None else f"{what.action} level {what.level}"
    said = " ".join(f"{name}={value}" for name, value in what.values.items())
    return f"{what.about}{about}: {said}"


def _next_steps(subject: str | None, treated: int) -> Iterator[str]:
    """Tell what to look at, commands as they are typed."""
    yield "go on with: fhir-adapter subjects --needs | explain SUBJECT | rejections | review list"
    if subject is None:
        return
    at = DEMO_AS_OF.isoformat(timespec="minutes")
    yield f"{treated} subjects are under treatment; see one: fhir-adapter plan {subject}"
    yield "and: fhir-adapter dosing | clearance SUBJECT --infusion 1 | feasibility | deviations"
    yield f"the dose escalation: fhir-adapter escalation status --as-of {at} | dlt"
    yield "reactions: fhir-adapter safety SUBJECT | adverse-events | review list"
