"""One run from end to end: extract, derive, deliver, and its manifest.

Knows: the order of the steps, what makes a run need attention. Does not know: how any step works.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from secrets import token_hex

from fhir_adapter.domain.digests import digest_of
from fhir_adapter.domain.patient_links import surviving
from fhir_adapter.domain.protocol import Trial
from fhir_adapter.domain.source import SubjectId
from fhir_adapter.errors import AdapterError, GuardError, UsageError
from fhir_adapter.events import Event, log
from fhir_adapter.ports.hospital import HospitalTraits
from fhir_adapter.ports.rows import RunRow
from fhir_adapter.ports.source import Cursor, ResolvedScope
from fhir_adapter.sync.counts import rejected_share
from fhir_adapter.sync.deliver import DeliverRequest, run_deliver
from fhir_adapter.sync.delivered import Delivered
from fhir_adapter.sync.derive import DeriveRequest, run_derive
from fhir_adapter.sync.derived import Derived
from fhir_adapter.sync.extract import Extracted, ExtractRequest, run_extract
from fhir_adapter.sync.merges import known_merges
from fhir_adapter.sync.order import SyncPorts, SyncReport, SyncRequest
from fhir_adapter.sync.scope import plan_scope, subject_rows

FOLDER = "folder"
SINK_SCOPE = "sink"
NEEDS_ATTENTION = 1


def run_sync(ports: SyncPorts, request: SyncRequest) -> SyncReport:
    """Read a hospital, derive what follows, deliver what is due.

    Safe to repeat: a run that died anywhere is completed by the next one, and a second run with nothing new
    changes nothing.

    Args:
        ports: The outside world.
        request: What the run is for.

    Returns:
        Counts and what needs attention; exit code 1 for unmatched roster rows, conflicts, or more rejections
        than the hospital's budget.

    Raises:
        AdapterError: The run failed: the hospital could not be reached, or the counts do not balance. Its
            manifest says so and no cursor was moved. Also where the sink is a server although the hospital
            allows folders only, or another one than this store remembers: then nothing was begun.
    """
    _guard(ports, request)
    started = ports.clock.now()
    row = new_run("sync", request.trial, request.traits, started)
    ports.store.runs.start(row)
    log(
        Event.RUN_STARTED,
        run=row.id,
        command=row.command,
        hospital=row.hospital,
        trial=row.trial,
        source=ports.source.describe().kind,
    )
    try:
        report = _Run(ports, request, row).run()
    except AdapterError as error:
        log(Event.RUN_FAILED, run=row.id, error=type(error).__name__, exit_code=error.exit_code)
        ports.store.runs.finish(
            replace(
                row, finished=ports.clock.now(), exit_code=error.exit_code, report={"error": type(error).__name__}
            )
        )
        raise
    finished = ports.clock.now()
    ports.store.runs.finish(replace(row, finished=finished, exit_code=report.exit_code, report=report.as_dict()))
    _log_finished(report, (finished - started).total_seconds())
    return report


def new_run(command: str, trial: Trial, traits: HospitalTraits, started: datetime) -> RunRow:
    """Begin the manifest of a run; its id starts with its time."""
    run = f"{started:%Y%m%dT%H%M%S}-{token_hex(3)}"
    return RunRow(id=run, command=command, hospital=traits.id, trial=trial.id, started=started)


def _guard(ports: SyncPorts, request: SyncRequest) -> None:
    if ports.sink is None:
        return
    place = ports.sink.describe()
    if request.traits.folder_only and place.kind != FOLDER:
        raise GuardError("this hospital may only be written to through a folder")
    known = ports.store.checkpoints.load(request.traits.id, SINK_SCOPE)
    if known is not None and known.position != place.place:
        raise UsageError(
            f"this store remembers what was written to {known.position}; use another store for another sink"
        )


class _Run:
    """The steps of one run."""

    def __init__(self, ports: SyncPorts, request: SyncRequest, row: RunRow) -> None:
        self.ports = ports
        self.request = request
        self.row = row
        self.store = ports.store
        self.as_of = request.as_of or row.started.astimezone(request.traits.zone)
        self.is_write = request.write and request.traits.writes_enabled

    def run(self) -> SyncReport:
        """Extract, derive, deliver; the cursor moves last."""
        resolved = self.ports.source.resolve(self.request.scope)
        if resolved.unmatched_rows or resolved.doubled_rows:
            log(
                Event.SCOPE_UNMATCHED,
                run=self.row.id,
                unmatched=len(resolved.unmatched_rows),
                doubled=len(resolved.doubled_rows),
            )
        extracted = self._extract(resolved)
        derived = self._derive()
        delivered = self._deliver()
        self._move_cursor()
        return self._report(resolved, extracted, derived, delivered)

    def _extract(self, resolved: ResolvedScope) -> Extracted:
        request, trial, traits = self.request, self.request.trial, self.request.traits
        rows = self.store.records.subjects(trial.id, traits.id)
        withdrawn = frozenset(row.patient for row in rows if row.withdrawn)
        scope = plan_scope(request.scope.kind, resolved, known_merges(self.store, request.ids), withdrawn)
        extracted = run_extract(
            self.ports.source,
            self.store.facts,
            self.ports.open_page,
            self.ports.clock,
            ExtractRequest(
                run=self.row.id,
                hospital=traits.id,
                resource_types=trial.resource_types,
                reading_digest=request.reading_digest,
                scope=scope,
                merges=lambda: known_merges(self.store, request.ids),
                progress=lambda count: request.progress("read", count),
            ),
        )
        merges = known_merges(self.store, request.ids)
        subjects = subject_rows(
            replace(scope, patients=extracted.patients), merges, request.ids, self.store.facts, traits
        )
        self.store.records.ensure_subjects(subjects, at=self.ports.clock.now())
        return extracted

    def _derive(self) -> Derived:
        return run_derive(
            self.store,
            self.ports.clock,
            DeriveRequest(
                run=self.row.id,
                trial=self.request.trial,
                traits=self.request.traits,
                ids=self.request.ids,
                reading_digest=self.request.reading_digest,
                as_of=self.as_of,
                everyone=self.request.as_of is not None,
            ),
        )

    def _deliver(self) -> Delivered:
        sink, request = self.ports.sink, self.request
        if sink is None:
            return Delivered()
        if self.is_write:
            place = Cursor(position=sink.describe().place, query="")
            if self.store.checkpoints.load(request.traits.id, SINK_SCOPE) != place:
                self.store.checkpoints.save(request.traits.id, SINK_SCOPE, place)
        return run_deliver(
            self.store,
            sink,
            self.ports.clock,
            DeliverRequest(
                run=self.row.id,
                trial=request.trial,
                traits=request.traits,
                write=self.is_write,
                closed=self._closed(),
                withdrawn=self._withdrawn(),
                progress=lambda count: request.progress("write", count),
            ),
        )

    def _closed(self) -> frozenset[SubjectId]:
        """Subjects about whom nothing automatic is written: withdrawn, deceased, merged into another record."""
        merges = known_merges(self.store, self.request.ids)
        rows = self.store.records.subjects(self.request.trial.id, self.request.traits.id)
        return frozenset(
            row.subject
            for row in rows
            if row.withdrawn or row.deceased or surviving(row.patient, merges) != row.patient
        )

    def _withdrawn(self) -> frozenset[SubjectId]:
        """Subjects who withdrew consent."""
        rows = self.store.records.subjects(self.request.trial.id, self.request.traits.id)
        return frozenset(row.subject for row in rows if row.withdrawn)

    def _move_cursor(self) -> None:
        request = self.request
        query = digest_of(list(request.trial.resource_types), request.reading_digest)
        cursor = Cursor(position=self.row.started.isoformat(), query=query)
        self.store.checkpoints.save(request.traits.id, f"trial:{request.trial.id}", cursor)

    def _report(
        self, resolved: ResolvedScope, extracted: Extracted, derived: Derived, delivered: Delivered
    ) -> SyncReport:
        share = rejected_share(extracted.tallies)
        needs_attention = (
            bool(resolved.unmatched_rows or resolved.doubled_rows or delivered.conflicts)
            or share > self.request.traits.rejection_budget
        )
        sink = self.ports.sink
        return SyncReport(
            run=self.row.id,
            source=self.ports.source.describe().place,
            sink=sink.describe().place if sink is not None else None,
            as_of=self.as_of,
            counts=extracted.tallies,
            records=derived,
            writes=delivered,
            definitions_digest=self.request.trial.digest,
            unmatched_rows=resolved.unmatched_rows,
            doubled_rows=resolved.doubled_rows,
            rejected_share=share,
            is_dry_run=not self.is_write,
            exit_code=NEEDS_ATTENTION if needs_attention else 0,
        )


def _log_finished(report: SyncReport, seconds: float) -> None:
    tallies = report.counts.values()
    log(
        Event.RUN_FINISHED,
        run=report.run,
        received=sum(tally.received for tally in tallies),
        mapped=sum(tally.mapped for tally in tallies),
        rejected=sum(tally.rejected for tally in tallies),
        excluded=sum(tally.excluded for tally in tallies),
        created=report.writes.created,
        updated=report.writes.updated,
        exit_code=report.exit_code,
        seconds=seconds,
    )
