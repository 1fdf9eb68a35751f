"""Timing several jobs against each other, so that a busy machine slows all of them alike."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds of one job, one entry per round.

    Attributes:
        cpu: Of this process, system calls included: what other programs do hardly counts.
        wall: By the clock on the wall; what waits for a disk shows here only.
    """

    cpu: tuple[float, ...]
    wall: tuple[float, ...]

    @property
    def median(self) -> float:
        return median(self.cpu)

    @property
    def median_wall(self) -> float:
        return median(self.wall)


def interleave(jobs: Mapping[str, Callable[[], object]], rounds: int, *, clean: bool = True) -> dict[str, Timing]:
    """Run the jobs in turn: A B A B ...; each begins with a clean heap unless they are too short for that."""
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in jobs}
    for _ in range(rounds):
        for name, job in jobs.items():
            if clean:
                gc.collect()
            wall, cpu = time.perf_counter(), time.process_time()
            job()
            taken[name].append((time.process_time() - cpu, time.perf_counter() - wall))
    return {
        name: Timing(tuple(cpu for cpu, _ in pairs), tuple(wall for _, wall in pairs))
        for name, pairs in taken.items()
    }


def median_ratio(over: Timing, under: Timing) -> float:
    """Give the median of the ratios of each round: neighbours in time share the machine's mood."""
    return median(a / b for a, b in zip(over.cpu, under.cpu, strict=True))
