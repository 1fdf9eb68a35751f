"""Children under treatment from a store: all their records derived, the whole cohort looked at.

The cohort grows step by step in one store: what a child costs must not depend on how many there are.
"""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks.stopwatch import Timing, interleave
from benchmarks.ward import make_ward
from benchmarks.workload import READ_AT, StandingClock, extract, remove_store
from fhir_adapter.definitions.load import Definitions
from fhir_adapter.domain.escalation.explore import explore
from fhir_adapter.domain.escalation.simulate import simulate_runs
from fhir_adapter.domain.source import SubjectId
from fhir_adapter.gateways.store.store import open_store
from fhir_adapter.ports.source import ScopeKind
from fhir_adapter.ports.store import Store
from fhir_adapter.report.escalation_status import build_status
from fhir_adapter.sync.derive import DeriveRequest, Deriving, run_derive
from fhir_adapter.sync.desk import Desk
from fhir_adapter.sync.escalation import require_scheme, show_escalation
from fhir_adapter.sync.run import new_run
from fhir_adapter.sync.safeguarding import safeguard
from fhir_adapter.sync.scope import RunScope, subject_rows
from fhir_adapter.sync.subject_ids import SubjectIds

LOOKED_AT: Final = 20
"""Children measured by themselves."""

RATES: Final = {1: 0.1, 2: 0.25, 3: 0.4}
"""Invented probabilities of a dose-limiting toxicity, by level."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the growing cohort, in CPU seconds.

    Attributes:
        children: In the store after it.
        new: Added by it.
        resources: Of those added.
        deriving: Eligibility, treatment and safety of those added, loading and saving included.
        again: Deriving LOOKED_AT of all of them again, with nothing new.
    """

    children: int
    new: int
    resources: int
    extracting: float
    deriving: float
    again: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortResult:
    """What the cohort gave.

    Attributes:
        results: Median number of results graded of a child; some are graded in both directions.
        safety: Median CPU seconds of deriving the safety record alone, from facts in memory.
        status: `escalation status` of everybody.
    """

    steps: tuple[Step, ...]
    results: int
    safety: float
    status: Timing


@dataclass(frozen=True, slots=True)
class SimulatingResult:
    """What simulating so many runs of the dose escalation took, exploring the rule included."""

    runs: int
    timing: Timing


def measure_cohort(folder: Path, definitions: Definitions, *, sizes: Sequence[int], rounds: int) -> CohortResult:
    """Let the cohort grow to each size in one store, then look at it as a whole."""
    store_file = folder / "cohort.db"
    store = open_store(f"sqlite:///{store_file}")
    try:
        ward = _Ward(store, definitions)
        steps = [ward.grow(folder / "ward", size) for size in sizes]
        results, safety = ward.look_at_safety()
        return CohortResult(
            steps=tuple(steps),
            results=results,
            safety=safety,
            status=interleave({"status": ward.look_at_everybody}, rounds)["status"],
        )
    finally:
        store.close()
        remove_store(store_file)


def measure_simulating(definitions: Definitions, runs: int, rounds: int) -> SimulatingResult:
    """Measure operating characteristics from so many runs."""
    rule = require_scheme(definitions.trial).rule

    def simulate() -> None:
        simulate_runs(explore(rule), RATES, runs, random.Random(1).random)

    return SimulatingResult(runs, interleave({"simulate": simulate}, rounds)["simulate"])


class _Ward:
    """A hospital whose treated children are all in one store."""

    def __init__(self, store: Store, definitions: Definitions) -> None:
        self._store = store
        self._definitions = definitions
        self._children = 0
        self._ids = SubjectIds(trial=definitions.trial.id, hospital=definitions.traits.id, secret=bytes(32))
        zone = definitions.traits.zone
        self._request = DeriveRequest(
            run=new_run("bench", definitions.trial, definitions.traits, READ_AT).id,
            trial=definitions.trial,
            traits=definitions.traits,
            ids=self._ids,
            reading_digest=definitions.reading_digest,
            as_of=READ_AT.astimezone(zone),
        )

    def grow(self, export: Path, size: int) -> Step:
        """Add children until there are so many; derive those added, then some of all again."""
        new = size - self._children
        resources = make_ward(export, self._children, new)
        extracting = _seconds(lambda: self._extract(export))
        shutil.rmtree(export)
        self._children = size
        deriving = _seconds(lambda: run_derive(self._store, StandingClock(), self._request))
        again = replace(self._request, everyone=True, only=frozenset(self._some()))
        return Step(
            children=size,
            new=new,
            resources=resources,
            extracting=extracting,
            deriving=deriving,
            again=_seconds(lambda: run_derive(self._store, StandingClock(), again)),
        )

    def look_at_safety(self) -> tuple[int, float]:
        """Derive the safety of some children from facts in memory; gives how many results and seconds."""
        deriving = Deriving(self._store, StandingClock(), self._request)
        wanted = set(self._some())
        cases = [deriving.assess(row) for row in deriving.current_rows() if row.subject in wanted]
        seconds = [median(_seconds(partial(safeguard, case)) for _ in range(3)) for case in cases]
        records = [case.safety for case in cases if case.safety is not None]
        results = [len({(each.reference, each.path) for each in record.results}) for record in records]
        return int(median(results)), median(seconds)

    def look_at_everybody(self) -> None:
        """Build what `escalation status --all` shows."""
        definitions = self._definitions
        desk = Desk(
            store=self._store,
            clock=StandingClock(),
            trial=definitions.trial,
            traits=definitions.traits,
            ids=self._ids,
            reading_digest=definitions.reading_digest,
            as_of=self._request.as_of,
        )
        build_status(definitions.trial.id, show_escalation(desk, everyone=True), definitions.traits.zone)

    def _some(self) -> tuple[SubjectId, ...]:
        rows = self._store.records.subjects(self._definitions.trial.id, self._definitions.traits.id)
        named = [row.subject for row in rows if row.status is not None]
        return tuple(named[:: max(1, len(named) // LOOKED_AT)][:LOOKED_AT])

    def _extract(self, export: Path) -> None:
        extracted = extract(self._store, export, self._definitions)
        scope = RunScope(
            kind=ScopeKind.ALL,
            everybody=True,
            patients=extracted.patients,
            withdrawn=frozenset(),
            screening_numbers={},
        )
        rows = subject_rows(scope, {}, self._ids, self._store.facts, self._definitions.traits)
        self._store.records.ensure_subjects(rows, at=READ_AT)


def _seconds(job: Callable[[], object]) -> float:
    started = time.process_time()
    job()
    return time.process_time() - started
