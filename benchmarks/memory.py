"""The most memory one extraction ever held, measured in a process of its own.

`python -m benchmarks.memory FOLDER STORE` reads the export and prints the peak in MiB.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

from benchmarks.workload import ROOT, Export, extract_into, real_definitions
from fhir_adapter.gateways.heap import spare_collector

KIBIBYTES_PER_MEBIBYTE = 1024
_STATUS = Path("/proc/self/status")


def measure_memory(export: Export, store_file: Path) -> float:
    """Extract in a child process; gives its peak resident memory [MiB]."""
    command = [sys.executable, "-m", "benchmarks.memory", str(export.folder), str(store_file)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
    return float(done.stdout)


def peak_mebibytes() -> float:
    """Give this process's peak.

    Linux hands the parent's peak down to a child's `ru_maxrss`; the high-water mark in /proc is the child's own.
    """
    if _STATUS.is_file():
        for line in _STATUS.read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / KIBIBYTES_PER_MEBIBYTE
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIBIBYTES_PER_MEBIBYTE


def main(folder: Path, store_file: Path) -> None:
    """Extract one export and print the peak."""
    spare_collector()  # as the command line does
    extract_into(store_file, Export(folder, 0, 0), real_definitions())
    print(f"{peak_mebibytes():.1f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
