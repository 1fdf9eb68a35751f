"""What a run is told to do, with what, and what it reports.

Knows: the parts of a run and its manifest. Does not know: the order of the steps.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from fhir_adapter.domain.protocol import Trial
from fhir_adapter.ports.clock import Clock
from fhir_adapter.ports.hospital import HospitalTraits
from fhir_adapter.ports.sink import HospitalSink
from fhir_adapter.ports.source import HospitalSource, PatientScope
from fhir_adapter.ports.store import Store
from fhir_adapter.sync.counts import Tally
from fhir_adapter.sync.delivered import Delivered
from fhir_adapter.sync.derived import Derived
from fhir_adapter.sync.extract import PageReader
from fhir_adapter.sync.subject_ids import SubjectIds


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncPorts:
    """The outside world of one run.

    Attributes:
        sink: 0..1; without one nothing is delivered, intents keep waiting.
        open_page: Reads resources.
    """

    source: HospitalSource
    sink: HospitalSink | None
    store: Store
    clock: Clock
    open_page: PageReader


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncRequest:
    """What one run is for.

    Attributes:
        reading_digest: Digest of terminology, concept map and reader.
        as_of: 0..1; clinical time; None = now.
        write: The caller asked for writes; they also need the hospital's leave.
        progress: Told the step and a count as the run goes on.
    """

    trial: Trial
    traits: HospitalTraits
    ids: SubjectIds
    reading_digest: str
    scope: PatientScope
    as_of: datetime | None = None
    write: bool = False
    progress: Callable[[str, int], None] = field(default=lambda _step, _count: None)


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncReport:
    """What one run did.

    Attributes:
        unmatched_rows: Roster rows (1-based) that matched nobody.
        doubled_rows: Roster rows that matched several patients.
        rejected_share: Rejected over mapped and rejected [1].
        is_dry_run: Nothing was written at the hospital.
        exit_code: 0, or 1 where somebody has to look.
    """

    run: str
    source: str
    sink: str | None
    as_of: datetime
    counts: dict[str, Tally]
    records: Derived
    writes: Delivered
    definitions_digest: str
    unmatched_rows: tuple[int, ...]
    doubled_rows: tuple[int, ...]
    rejected_share: float
    is_dry_run: bool
    exit_code: int

    def as_dict(self) -> dict[str, Any]:
        """Give the manifest's form: ids, counts and digests only."""
        return {
            "run": self.run,
            "source": self.source,
            "sink": self.sink,
            "as_of": self.as_of.isoformat(),
            "counts": {kind: tally.as_dict() for kind, tally in sorted(self.counts.items())},
            "records": self.records.as_dict(),
            "treatments": self.records.treatments.as_dict(),
            "safety": self.records.safety.as_dict(),
            "writes": self.writes.as_dict(),
            "definitions_digest": self.definitions_digest,
            "unmatched_rows": list(self.unmatched_rows),
            "doubled_rows": list(self.doubled_rows),
        }
