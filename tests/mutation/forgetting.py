"""A pytest plugin for mutation runs: what tests remembered in an earlier session of this process is forgotten.

mutmut runs the unchanged tests first and forks a process for every mutant from there. An outcome that a test
module keeps (`@cache`) was found before the mutant was switched on, and would hide it.
"""

from __future__ import annotations

import sys


def pytest_sessionstart() -> None:
    """Empty every cache of every test module that is loaded."""
    for name, module in tuple(sys.modules.items()):
        if name.startswith("tests."):
            for value in tuple(vars(module).values()):
                clear = getattr(value, "cache_clear", None)
                if clear is not None:
                    clear()
