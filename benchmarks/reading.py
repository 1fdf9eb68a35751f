"""Bytes to facts, and bytes to the store, beside parsing the same bytes with orjson and doing nothing else."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import orjson

from benchmarks.stopwatch import Timing, interleave, median_ratio
from benchmarks.workload import Export, extract_into, read_everything, read_pages, remove_store
from fhir_adapter.definitions.load import Definitions


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingResult:
    """What one mix gave.

    Attributes:
        counts: mapped, excluded, rejected.
        ratio: Rate of reading over rate of orjson alone; the median over the rounds.
    """

    mix: str
    export: Export
    counts: dict[str, int]
    orjson: Timing
    reading: Timing
    storing: Timing
    ratio: float

    def share(self, ending: str) -> float:
        return self.counts.get(ending, 0) / self.export.resources


def measure_reading(
    mix: str, export: Export, definitions: Definitions, store_file: Path, rounds: int
) -> ReadingResult:
    """Measure one mix: orjson, reading, reading into the store, in turn.

    The rates with and without the store differ by the store and by what `sync` does around it.
    """
    lines = export.lines()

    def parse() -> None:
        for line in lines:
            orjson.loads(line)

    def store() -> None:
        remove_store(store_file)
        extract_into(store_file, export, definitions)

    timings = interleave(
        {"orjson": parse, "reading": lambda: read_everything(export, definitions), "storing": store}, rounds
    )
    remove_store(store_file)
    return ReadingResult(
        mix=mix,
        export=export,
        counts=count_endings(export, definitions),
        orjson=timings["orjson"],
        reading=timings["reading"],
        storing=timings["storing"],
        ratio=median_ratio(timings["orjson"], timings["reading"]),
    )


def count_endings(export: Export, definitions: Definitions) -> dict[str, int]:
    """Count how the resources ended: mapped, rejected or excluded."""
    counts: Counter[str] = Counter()
    for readings in read_pages(export, definitions):
        for reading in readings:
            counts["mapped" if reading.facts else "rejected" if reading.rejections else "excluded"] += 1
    return dict(counts)
