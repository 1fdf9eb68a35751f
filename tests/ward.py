"""The invented hospital at work: real use cases and rules between a source, a store and a sink in memory."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from fhir_adapter.domain.protocol import Trial
from fhir_adapter.domain.records import EligibilityRecord
from fhir_adapter.domain.review import ItemKind, ReviewItem
from fhir_adapter.ports.hospital import HospitalTraits
from fhir_adapter.ports.rows import SubjectRow
from fhir_adapter.ports.sink import HospitalSink
from fhir_adapter.ports.source import HospitalSource, PatientScope, RosterRow, ScopeKind
from fhir_adapter.ports.store import Store
from fhir_adapter.r4.context import ReadingContext
from fhir_adapter.sync.attest import AttestRequest, run_attest
from fhir_adapter.sync.decide import DecideRequest, run_decide, short_answer
from fhir_adapter.sync.derive import DeriveRequest, run_derive
from fhir_adapter.sync.derived import Derived
from fhir_adapter.sync.desk import Desk
from fhir_adapter.sync.extract import open_reader
from fhir_adapter.sync.order import SyncPorts, SyncReport, SyncRequest
from fhir_adapter.sync.run import new_run, run_sync
from tests.fakes.fixed_clock import FixedClock
from tests.fakes.memory_sink import MemorySink
from tests.fakes.memory_source import MemorySource
from tests.fakes.memory_store import MemoryStore
from tests.study import AS_OF, DIGEST, IDS, make_context, make_traits, make_trial, whole_patient

Json = dict[str, Any]


def roster(*patients: str) -> PatientScope:
    """A roster by the hospital's patient numbers."""
    rows = tuple(RosterRow("https://ward.example/mrn", f"mrn-{each}", f"N-{each}") for each in patients)
    return PatientScope(kind=ScopeKind.ROSTER, roster=rows)


EVERYBODY = PatientScope(kind=ScopeKind.ALL)


class Ward:
    """Change its attributes per test; `sync` is one run."""

    def __init__(self, *resources: Json, page_size: int = 2) -> None:
        self.memory = MemorySource(list(resources), page_size=page_size)
        self.held = MemorySink()
        self.memory_store = MemoryStore()
        self.store: Store = self.memory_store
        self.source: HospitalSource = self.memory
        self.sink: HospitalSink | None = self.held
        self.clock = FixedClock(AS_OF)
        self.trial: Trial = make_trial()
        self.traits: HospitalTraits = make_traits()
        self.make_context: Callable[..., ReadingContext] = make_context
        self.progress: Callable[[str, int], None] = lambda _step, _count: None

    def give(self, *resources: Json) -> None:
        """Let the hospital hold these instead of what has their type and id."""
        new = {(each["resourceType"], each["id"]) for each in resources}
        kept = [each for each in self.memory.resources if (each["resourceType"], each["id"]) not in new]
        self.memory.resources = [*kept, *resources]

    def wait(self, **time: float) -> None:
        """Let time pass."""
        self.clock.sleep(timedelta(**time).total_seconds())

    def sync(
        self, scope: PatientScope = EVERYBODY, *, write: bool = True, as_of: datetime | None = None
    ) -> SyncReport:
        read_at = max(self.clock.now(), as_of or self.clock.now())
        return run_sync(
            SyncPorts(
                source=self.source,
                sink=self.sink,
                store=self.store,
                clock=self.clock,
                open_page=open_reader(self.make_context(self.trial, read_at=read_at)),
            ),
            SyncRequest(
                trial=self.trial,
                traits=self.traits,
                ids=IDS,
                reading_digest=DIGEST,
                scope=scope,
                as_of=as_of,
                write=write,
                progress=self.progress,
            ),
        )

    def derive_request(self, **changes: Any) -> DeriveRequest:
        values: dict[str, Any] = {
            "run": "derive",
            "trial": self.trial,
            "traits": self.traits,
            "ids": IDS,
            "reading_digest": DIGEST,
            "as_of": self.clock.now(),
        }
        return DeriveRequest(**(values | changes))

    def derive(self, **changes: Any) -> Derived:
        run = new_run("derive", self.trial, self.traits, self.clock.now())
        self.store.runs.start(run)
        return run_derive(self.store, self.clock, self.derive_request(run=run.id, **changes))

    @property
    def desk(self) -> Desk:
        return Desk(
            store=self.store,
            clock=self.clock,
            trial=self.trial,
            traits=self.traits,
            ids=IDS,
            reading_digest=DIGEST,
        )

    def answer(self, item: str, *, accept: bool = True, by: str = "weber", **more: str) -> SubjectRow:
        values = {**short_answer(self.desk, item, accept=accept), **more}
        return run_decide(self.desk, DecideRequest(item=item, values=values, by=by, reason="seen and checked"))

    def row(self, name: str) -> SubjectRow:
        return next(row for row in self.store.records.subjects(self.trial.id) if row.patient == name)

    def record(self, name: str) -> EligibilityRecord:
        stored = self.store.records.latest_record(IDS.subject(name))
        assert stored is not None
        return stored.record

    def is_frozen(self, name: str) -> bool:
        stored = self.store.records.latest_record(IDS.subject(name))
        return stored is not None and stored.frozen

    def items(self, kind: ItemKind | None = None, *, open_only: bool = True) -> list[ReviewItem]:
        found = self.store.records.review_items(self.trial.id, open_only=open_only)
        return [item for item in found if kind in {None, item.kind}]

    def item(self, kind: ItemKind) -> ReviewItem:
        (item,) = self.items(kind)
        return item

    def deviations(self) -> list[str | None]:
        return [entry.reason for entry in self.store.records.audit_entries() if entry.action == "deviation"]

    def written(self, kind: str = "ResearchSubject") -> list[Json]:
        """What the hospital holds of a type, ours and others'."""
        return [body for (resource_type, _), body in self.held.held.items() if resource_type == kind]

    def written_of(self, name: str) -> Json:
        (body,) = [
            each for each in self.written() if any(e["value"] == IDS.subject(name) for e in each["identifier"])
        ]
        return body


def eligible(name: str = "p1") -> Ward:
    """A ward with one patient of whom every criterion is met."""
    ward = Ward(*whole_patient(name))
    ward.sync()
    run_attest(ward.desk, AttestRequest(subject=f"Patient/{name}", link="I4", value="true", by="weber"))
    return ward
