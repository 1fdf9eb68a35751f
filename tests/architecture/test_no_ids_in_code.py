"""A second hospital or trial is a folder: no id of either stands in the code."""

from __future__ import annotations

import re
from pathlib import Path

import fhir_adapter
from fhir_adapter.definitions.load import available_hospitals, available_trials

PACKAGE = Path(fhir_adapter.__file__).parent
DEMO = "demo"
"""The demo hospital's id is also the name of a command: only the command and its wiring may say it."""


def test_no_trial_id_stands_in_the_code() -> None:
    assert files_naming(available_trials()) == []


def test_no_hospital_id_stands_in_the_code() -> None:
    assert files_naming([name for name in available_hospitals() if name != DEMO]) == []


def test_only_the_demo_command_and_its_wiring_name_the_demo_hospital() -> None:
    allowed = {"bootstrap", "settings", "cli", "report"}  # report names the schema of each command
    quoted = re.compile(rf"""["']{DEMO}["']""")
    naming = [path for path in sources() if quoted.search(path.read_text(encoding="utf-8"))]
    layers = {path.relative_to(PACKAGE).parts[0].removesuffix(".py") for path in naming}
    assert layers <= allowed


def sources() -> list[Path]:
    return sorted(PACKAGE.glob("**/*.py"))


def files_naming(ids: list[str] | tuple[str, ...]) -> list[str]:
    found = []
    for path in sources():
        text = path.read_text(encoding="utf-8").casefold()
        found += [f"{path.relative_to(PACKAGE)}: {name}" for name in ids if name.casefold() in text]
    return found
