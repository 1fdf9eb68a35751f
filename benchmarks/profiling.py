"""Where the time of a job goes: the functions that take most of it themselves."""

from __future__ import annotations

import cProfile
import io
import pstats
from collections.abc import Callable

from benchmarks.workload import ROOT

TOP = 18


def profile(job: Callable[[], object]) -> str:
    """Run a job under cProfile; gives its top functions by their own time."""
    profiler = cProfile.Profile()
    profiler.runcall(job)
    text = io.StringIO()
    stats = pstats.Stats(profiler, stream=text)
    stats.sort_stats("tottime").print_stats(TOP)
    return _shortened(text.getvalue())


def _shortened(text: str) -> str:
    lines = (line.replace(f"{ROOT}/", "").rstrip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and "List reduced" not in line and "Ordered by" not in line)
