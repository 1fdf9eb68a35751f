"""The layers hold: import-linter's contracts of pyproject.toml are kept."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_every_import_contract_is_kept() -> None:
    """Contracts are named in pyproject.toml; the output says which import breaks which."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    outcome = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert outcome.returncode == 0, outcome.stdout
    assert "0 broken" in outcome.stdout
