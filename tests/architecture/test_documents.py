"""What the documents name is there: paths, make targets, commands, decisions."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.command import ROOT, Place

DOCUMENTS = ("README.md", "CONTRIBUTING.md")
_PATH = re.compile(r"(?<![\w/.-])(?:docs|tests|mappings|fhir_adapter)/[\w./-]*[\w/]")
_INVENTED = ("mappings/hospitals/", "tests/scenarios/", "mappings/trials/")
"""Followed by `<id>`: what a reader is to make."""


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_path_a_document_names_is_there(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    named = {path for path in _PATH.findall(text) if path not in _INVENTED}
    assert named, "the pattern finds paths"
    assert sorted(path for path in named if not (ROOT / path).exists()) == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_make_target_a_document_names_is_there(name: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))
    assert named - targets == set()


def test_every_command_the_readme_shows_has_its_options(ward: Place) -> None:
    shown = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = re.findall(r"fhir-adapter ((?:review|subject|escalation) [a-z]+|[a-z]+)([^|`\n]*)", shown)
    assert len(commands) > 20, "the pattern finds commands"
    helps = {command: ward.run(*command.split(), "--help").out for command, _ in set(commands)}
    missing = {
        (command, option)
        for command, rest in commands
        for option in re.findall(r"--[a-z-]+", rest)
        if option not in helps[command]
    }
    assert missing == set()


def test_the_index_lists_every_decision_by_its_title() -> None:
    folder = ROOT / "docs" / "adr"
    index = (folder / "README.md").read_text(encoding="utf-8")
    files = sorted(path.name for path in folder.glob("0*.md"))
    assert re.findall(r"\]\((0[^)]*)\)", index) == files
    for name in files:
        first = (folder / name).read_text(encoding="utf-8").partition("\n")[0]
        assert first.startswith(f"# {name[:4]} "), name


@pytest.fixture
def ward(tmp_path: Path) -> Place:
    """A folder to ask for help in."""
    return Place(tmp_path)
