"""All stores in memory; kept honest by the contract suites, which the SQL store passes too."""

from __future__ import annotations

from fhir_adapter.domain.source import HospitalId
from fhir_adapter.errors import InvariantError
from fhir_adapter.ports.rows import RunRow
from fhir_adapter.ports.source import Cursor
from tests.fakes.memory import Memory
from tests.fakes.memory_facts import MemoryFacts
from tests.fakes.memory_outbox import MemoryOutbox
from tests.fakes.memory_records import MemoryRecords


class MemoryRuns:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def start(self, run: RunRow) -> None:
        if run.id in self._memory.runs:
            raise InvariantError("a second run with the same id")
        self._memory.runs[run.id] = run

    def finish(self, run: RunRow) -> None:
        if run.id not in self._memory.runs:
            raise InvariantError("a run ended that never began")
        self._memory.runs[run.id] = run
        kept = self._memory
        self._memory.marks[run.id] = (
            len(kept.records),
            len(kept.freezes),
            len(kept.treatments),
            len(kept.safety),
        )

    def list_runs(self, *, limit: int = 50) -> tuple[RunRow, ...]:
        return tuple(reversed(self._memory.runs.values()))[:limit]


class MemoryCheckpoints:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def load(self, hospital: HospitalId, scope: str) -> Cursor | None:
        return self._memory.cursors.get((hospital, scope))

    def save(self, hospital: HospitalId, scope: str, cursor: Cursor) -> None:
        self._memory.cursors[hospital, scope] = cursor


class MemoryStore:
    """The Store port in memory."""

    def __init__(self) -> None:
        self.memory = Memory()
        self.facts = MemoryFacts(self.memory)
        self.records = MemoryRecords(self.memory)
        self.outbox = MemoryOutbox(self.memory)
        self.runs = MemoryRuns(self.memory)
        self.checkpoints = MemoryCheckpoints(self.memory)

    def close(self) -> None:
        """Nothing to give up."""
