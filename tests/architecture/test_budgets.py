"""No file over 300 lines; functions are kept short by ruff (statements, arguments, complexity)."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINES = 300
FOLDERS = ("fhir_adapter", "tests", "benchmarks")


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_file_is_longer_than_its_budget(folder: str) -> None:
    too_long = {
        path.relative_to(ROOT).as_posix(): length
        for path in sorted((ROOT / folder).glob("**/*.py"))
        if "node_modules" not in path.parts
        and (length := len(path.read_text(encoding="utf-8").splitlines())) > LINES
    }
    assert too_long == {}
