"""`python -m benchmarks`: every figure of docs/performance.md in one run."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.cohort import measure_cohort, measure_simulating
from benchmarks.deriving import measure_deriving
from benchmarks.figures import (
    cohort_lines,
    deriving_lines,
    grading_lines,
    memory_lines,
    reading_lines,
    simulating_lines,
    starting_lines,
)
from benchmarks.grading import measure_grading
from benchmarks.memory import measure_memory
from benchmarks.profiling import profile
from benchmarks.reading import measure_reading
from benchmarks.starting import measure_starting
from benchmarks.workload import make_export, read_everything, real_definitions
from fhir_adapter.gateways.heap import spare_collector


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much is measured; sizes in MB."""

    megabytes: int
    rounds: int
    memory: tuple[int, ...]
    subjects: int
    graded: int
    cohort: tuple[int, ...]
    simulated: int


FULL = Plan(
    megabytes=30,
    rounds=5,
    memory=(30, 300),
    subjects=40,
    graded=100_000,
    cohort=(100, 300, 1_000),
    simulated=10_000,
)
QUICK = Plan(megabytes=2, rounds=2, memory=(2, 4), subjects=3, graded=1_000, cohort=(2, 4), simulated=1_000)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few seconds, to see that everything runs")
    parser.add_argument("--profile", action="store_true", help="also print where the time of reading goes")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="fhir-adapter-bench-") as folder:
        run(QUICK if arguments.quick else FULL, Path(folder), with_profile=arguments.profile)


def run(plan: Plan, folder: Path, *, with_profile: bool) -> None:
    """Measure everything of a plan, and print each figure as it is known."""
    spare_collector()  # as the command line does
    _print(starting_lines(measure_starting(plan.rounds)))
    _print(grading_lines(measure_grading(folder, plan.graded, plan.rounds)))
    store = folder / "bench.db"
    definitions = real_definitions()
    _print(simulating_lines(measure_simulating(definitions, plan.simulated, plan.rounds)))
    _print(cohort_lines(measure_cohort(folder, definitions, sizes=plan.cohort, rounds=plan.rounds)))
    exports = {mix: make_export(folder / mix, mix, plan.megabytes) for mix in ("mapped", "synthea")}
    for mix, export in exports.items():
        _print(reading_lines(measure_reading(mix, export, definitions, store, plan.rounds)))
    _print(
        deriving_lines(
            measure_deriving(exports["mapped"], definitions, store, subjects=plan.subjects, rounds=plan.rounds)
        )
    )
    _print(memory_lines({megabytes: _peak(folder, megabytes) for megabytes in plan.memory}))
    if with_profile:
        for mix, export in exports.items():
            print(f"profile of bytes to facts, {mix}:")
            print(profile(partial(read_everything, export, definitions)))


def _peak(folder: Path, megabytes: int) -> float:
    export = make_export(folder / f"memory-{megabytes}", "mapped", megabytes)
    return measure_memory(export, folder / f"memory-{megabytes}.db")


def _print(lines: Iterable[str]) -> None:
    print(*lines, sep="\n", flush=True)


if __name__ == "__main__":
    main()
