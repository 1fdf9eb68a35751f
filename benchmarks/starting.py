"""What every command pays before it begins: the interpreter, the imports, compiling the definitions."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from statistics import median

from benchmarks.workload import ROOT

_SCRIPT = """
import time
started = time.process_time()
from benchmarks.workload import real_definitions
imported = time.process_time()
real_definitions()
print(imported - started, time.process_time() - imported)
"""


@dataclass(frozen=True, slots=True)
class StartingResult:
    """CPU seconds, medians of several processes."""

    imports: float
    definitions: float


def measure_starting(rounds: int) -> StartingResult:
    """Start fresh processes that import everything and compile the definitions once."""
    runs = [_start() for _ in range(rounds)]
    return StartingResult(median(run[0] for run in runs), median(run[1] for run in runs))


def _start() -> tuple[float, float]:
    done = subprocess.run([sys.executable, "-c", _SCRIPT], check=True, capture_output=True, text=True, cwd=ROOT)
    imports, definitions = done.stdout.split()
    return float(imports), float(definitions)
