"""One subject's eligibility from facts in memory and from the store, beside reading the same resources."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks.stopwatch import interleave
from benchmarks.workload import (
    READ_AT,
    Export,
    StandingClock,
    extract_into,
    fresh_context,
    remove_store,
)
from fhir_adapter.definitions.load import Definitions
from fhir_adapter.domain.eligibility import derive_eligibility
from fhir_adapter.domain.facts import Reading
from fhir_adapter.domain.records import EligibilityRecord
from fhir_adapter.domain.source import Completeness, SubjectId
from fhir_adapter.domain.timeline import build_timeline
from fhir_adapter.gateways.store.store import open_store
from fhir_adapter.r4.context import PageContext
from fhir_adapter.r4.read import read_resource

LEAST_RESOURCES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivingResult:
    """Microseconds per subject, medians over the subjects.

    Attributes:
        subjects: How many subjects with at least LEAST_RESOURCES resources were measured.
        resources: Median number of their resources.
        loading: Taking the subject's readings from the store.
    """

    subjects: int
    resources: int
    reading: float
    deriving: float
    loading: float


def measure_deriving(
    export: Export, definitions: Definitions, store_file: Path, *, subjects: int, rounds: int
) -> DerivingResult:
    """Measure subjects one by one, in turn: read their resources, load their readings, derive their record."""
    by_patient = lines_by_patient(export.lines(), definitions)
    large = [patient for patient, lines in sorted(by_patient.items()) if len(lines) >= LEAST_RESOURCES]
    chosen = large[:subjects]
    extract_into(store_file, export, definitions)
    store = open_store(f"sqlite:///{store_file}")
    try:
        persons = store.facts.persons(definitions.traits.id, chosen)
        times: dict[str, list[float]] = {"reading": [], "loading": [], "deriving": []}
        for patient in chosen:
            read = _reader(by_patient[patient], definitions)
            readings = read()
            load = partial(store.facts.load_readings, persons[patient], reading_digest=definitions.reading_digest)
            judge = partial(derive, patient, readings, definitions)
            jobs: dict[str, Callable[[], object]] = {"reading": read, "loading": load, "deriving": judge}
            for name, timing in interleave(jobs, rounds, clean=False).items():
                times[name].append(timing.median)
    finally:
        store.close()
        remove_store(store_file)
    return DerivingResult(
        subjects=len(chosen),
        resources=int(median(len(by_patient[patient]) for patient in chosen)),
        **{name: 1e6 * median(seconds) for name, seconds in times.items()},
    )


def derive(patient: str, readings: Sequence[Reading], definitions: Definitions) -> EligibilityRecord:
    """Derive one subject's record from readings in memory."""
    return derive_eligibility(
        build_timeline(readings, receipts(definitions)),
        definitions.trial,
        subject=SubjectId(patient),
        as_of=READ_AT,
        zone=definitions.traits.zone,
    )


def receipts(definitions: Definitions) -> tuple[Completeness, ...]:
    """Everything was read to its end."""
    return tuple(
        Completeness(resource_type=kind, complete=True, run="bench", read_at=StandingClock().now().isoformat())
        for kind in definitions.trial.resource_types
    )


def lines_by_patient(lines: Sequence[bytes], definitions: Definitions) -> dict[str, list[bytes]]:
    """Sort an export's lines by the patient they are about."""
    context, page = fresh_context(definitions), PageContext()
    found: dict[str, list[bytes]] = {}
    for line in lines:
        patient = read_resource(line, context, page).patient
        if patient is not None:
            found.setdefault(patient, []).append(line)
    return found


def _reader(lines: Sequence[bytes], definitions: Definitions) -> Callable[[], list[Reading]]:
    """Read with warm caches, as in the middle of a run: that makes the goal harder to reach, not easier."""
    context, page = fresh_context(definitions), PageContext()
    return lambda: [read_resource(line, context, page) for line in lines]
