"""How the figures are printed: one line per figure, targets beside them."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.cohort import LOOKED_AT, CohortResult, SimulatingResult
from benchmarks.deriving import LEAST_RESOURCES, DerivingResult
from benchmarks.grading import GradingResult
from benchmarks.reading import ReadingResult
from benchmarks.starting import StartingResult

TARGETS = {"mapped": 0.3, "synthea": 0.6}
"""Rate of reading over rate of orjson alone, by mix."""

LARGEST_PEAK = 200
"""[MiB]"""

EQUAL_PEAKS = 1.15
"""Differences below 15 % mean nothing on a shared machine."""

SAFETY_GOAL = 0.1
"""Deriving the safety of a child, CPU milliseconds per result: 30 for 300 of them."""


def reading_lines(result: ReadingResult) -> Iterator[str]:
    """Say what one mix gave."""
    export, target = result.export, TARGETS[result.mix]
    yield (
        f"{result.mix}: {export.megabytes:.0f} MB, {export.resources} resources, "
        f"{result.share('mapped'):.0%} mapped, {result.share('excluded'):.0%} excluded, "
        f"{result.share('rejected'):.0%} rejected"
    )
    for name, timing in (
        ("orjson.loads alone", result.orjson),
        ("bytes to facts", result.reading),
        ("bytes to the store", result.storing),
    ):
        seconds = timing.median
        yield (
            f"  {name:<20}{export.megabytes / seconds:>7.1f} MB/s {export.resources / seconds:>9.0f} resources/s "
            f"{1e6 * seconds / export.resources:>7.1f} us/resource, {timing.median_wall:.2f} s by the clock"
        )
    verdict = "reached" if result.ratio >= target else "MISSED"
    yield f"  bytes to facts / orjson: {result.ratio:.2f} (target {target}: {verdict})"


def deriving_lines(result: DerivingResult) -> Iterator[str]:
    """Say what deriving costs."""
    verdict = "reached" if result.deriving < result.reading else "MISSED"
    yield (
        f"derive: {result.subjects} subjects with {LEAST_RESOURCES} resources or more, "
        f"median {result.resources} resources"
    )
    yield f"  reading them {result.reading:.0f} us, loading them from the store {result.loading:.0f} us"
    yield f"  deriving the record {result.deriving:.0f} us (goal: less than reading: {verdict})"


def memory_lines(peaks: dict[int, float]) -> Iterator[str]:
    """Say how much memory extraction takes, by size of the export [MB]."""
    for megabytes, peak in peaks.items():
        verdict = "reached" if peak <= LARGEST_PEAK else "MISSED"
        yield f"peak memory at {megabytes} MB: {peak:.0f} MiB (at most {LARGEST_PEAK}: {verdict})"
    verdict = "reached" if max(peaks.values()) <= EQUAL_PEAKS * min(peaks.values()) else "MISSED"
    yield f"  the same at every size: {verdict}"


def grading_lines(result: GradingResult) -> Iterator[str]:
    """Say how fast a table is graded."""
    seconds = result.timing.median
    shares = ", ".join(f"{rows / result.rows:.0%} {status}" for status, rows in sorted(result.statuses.items()))
    yield (
        f"grading a table of {result.rows} rows: {seconds:.1f} s, {result.rows / seconds:.0f} rows/s "
        f"({1e6 * seconds / result.rows:.0f} us/row, {result.timing.median_wall:.1f} s by the clock)"
    )
    yield f"  {shares}"


def starting_lines(result: StartingResult) -> Iterator[str]:
    """Say what every command pays."""
    yield f"start, CPU seconds: imports {result.imports:.2f}, definitions {result.definitions:.2f}"


def cohort_lines(result: CohortResult) -> Iterator[str]:
    """Say what deriving treated children costs, and whether it grows with the cohort."""
    for step in result.steps:
        yield (
            f"{step.new} treated children of {step.resources / step.new:.0f} resources, "
            f"{step.children} in the store: reading {1e3 * step.extracting / step.new:.0f} ms each, "
            f"deriving all records {1e3 * step.deriving / step.new:.0f} ms each ({step.deriving:.0f} s), "
            f"again {1e3 * step.again / min(LOOKED_AT, step.children):.0f} ms each"
        )
    costs = [step.deriving / step.new for step in result.steps]
    verdict = "reached" if max(costs) <= EQUAL_PEAKS * min(costs) else "MISSED"
    yield f"  the same cost at every size: {verdict}"
    per_result = 1e3 * result.safety / result.results
    verdict = "reached" if per_result <= SAFETY_GOAL else "MISSED"
    yield (
        f"  safety of one child from facts in memory: {result.results} results in {1e3 * result.safety:.0f} ms, "
        f"{per_result:.3f} ms each (goal {SAFETY_GOAL}: {verdict})"
    )
    yield f"  escalation status --all of {result.steps[-1].children}: {result.status.median:.1f} s"


def simulating_lines(result: SimulatingResult) -> Iterator[str]:
    """Say how fast the dose escalation is simulated."""
    yield f"escalation simulate, {result.runs} runs: {1e3 * result.timing.median:.0f} ms"
