"""What is measured: a generated export, the real definitions, the real source, reader and store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.generate import generate
from fhir_adapter.bootstrap import open_reading_context
from fhir_adapter.definitions.load import Definitions, load_definitions
from fhir_adapter.domain.facts import Reading
from fhir_adapter.gateways.folder_source import FolderSource
from fhir_adapter.gateways.store.store import open_store
from fhir_adapter.ports.source import PatientScope, ReadPlan, ScopeKind, SourcePage
from fhir_adapter.ports.store import Store
from fhir_adapter.r4.context import ReadingContext
from fhir_adapter.sync.extract import Extracted, ExtractRequest, open_reader, run_extract
from fhir_adapter.sync.scope import plan_scope

ROOT = Path(__file__).resolve().parent.parent
HOSPITAL, TRIAL = "demo", "nct07256210"
READ_AT = datetime(2026, 3, 11, 8, 30, tzinfo=UTC)
SEED = 20260311
PATIENTS_PER_MEGABYTE = 6
"""About a hundred rich results each."""


@dataclass(frozen=True, slots=True)
class Export:
    """A folder of NDJSON files as a bulk export leaves them."""

    folder: Path
    resources: int
    size: int

    @property
    def megabytes(self) -> float:
        return self.size / 1e6

    def lines(self) -> list[bytes]:
        """Every resource's bytes, held in memory: the yardstick does not pay for reading files."""
        return [line for path in self._files() for line in path.read_bytes().splitlines()]

    def _files(self) -> list[Path]:
        return sorted(self.folder.glob("*.ndjson"))


class StandingClock:
    """The Clock port; the generated results lie before it."""

    def now(self) -> datetime:
        return READ_AT


def make_export(folder: Path, mix: str, megabytes: int) -> Export:
    """Write an export of one mix; equal arguments give equal bytes."""
    patients = max(2, megabytes * PATIENTS_PER_MEGABYTE)
    resources = generate(folder, mix=mix, megabytes=megabytes, patients=patients, seed=SEED)
    size = sum(path.stat().st_size for path in folder.glob("*.ndjson"))
    return Export(folder, resources, size)


def real_definitions() -> Definitions:
    """Compile the definitions that ship with the package."""
    return load_definitions(hospital=HOSPITAL, trial=TRIAL)


def fresh_context(definitions: Definitions) -> ReadingContext:
    """Give what reading depends on, with empty caches: a run begins with nothing known."""
    return open_reading_context(definitions, READ_AT)


def read_pages(export: Export, definitions: Definitions) -> Iterator[list[Reading]]:
    """Read an export page by page, as a run does: every resource becomes one Reading."""
    open_page = open_reader(fresh_context(definitions))
    plan = ReadPlan(resource_types=definitions.trial.resource_types, patients=None)
    for page in FolderSource(export.folder).pages(plan):
        if isinstance(page, SourcePage):
            read = open_page(page)
            yield [read(raw) for raw in page.resources]


def read_everything(export: Export, definitions: Definitions) -> int:
    """Read an export and keep nothing but the count."""
    return sum(len(readings) for readings in read_pages(export, definitions))


def extract_into(store_file: Path, export: Export, definitions: Definitions) -> Extracted:
    """Read an export into a fresh SQLite store, as `sync` does it."""
    store = open_store(f"sqlite:///{store_file}")
    try:
        return extract(store, export.folder, definitions)
    finally:
        store.close()


def extract(store: Store, folder: Path, definitions: Definitions) -> Extracted:
    """Read an export into an open store."""
    source = FolderSource(folder)
    scope = plan_scope(ScopeKind.ALL, source.resolve(PatientScope(kind=ScopeKind.ALL)), {}, frozenset())
    return run_extract(
        source,
        store.facts,
        open_reader(fresh_context(definitions)),
        StandingClock(),
        ExtractRequest(
            run="bench",
            hospital=definitions.traits.id,
            resource_types=definitions.trial.resource_types,
            reading_digest=definitions.reading_digest,
            scope=scope,
            merges=dict,
        ),
    )


def remove_store(store_file: Path) -> None:
    """Remove a SQLite store with its side files."""
    for suffix in ("", "-wal", "-shm"):
        store_file.with_name(store_file.name + suffix).unlink(missing_ok=True)
