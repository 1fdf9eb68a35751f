"""Every command explains itself, and the README names it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from typer.main import get_command

from fhir_adapter.cli.app import app
from fhir_adapter.report.schema import RESULTS
from tests.command import ROOT, Place

README = (ROOT / "README.md").read_text(encoding="utf-8")


def walk(command: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Give (name, command) of everything that can be run."""
    inside = getattr(command, "commands", None)
    if inside is None:
        yield name, command
        return
    for each, part in inside.items():
        yield from walk(part, f"{name} {each}".strip())


COMMANDS = dict(walk(get_command(app)))


def test_these_are_all_commands() -> None:
    assert sorted(COMMANDS) == [
        "adverse-events",
        "attest",
        "check",
        "clearance",
        "demo",
        "derive",
        "deviations",
        "dlt",
        "dosing",
        "escalation decide",
        "escalation simulate",
        "escalation status",
        "escalation table",
        "explain",
        "feasibility",
        "grade",
        "plan",
        "rejections",
        "review accept",
        "review decide",
        "review list",
        "review reject",
        "review show",
        "safety",
        "subject move",
        "subject plan",
        "subjects",
        "sync",
    ]


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_a_command_says_what_it_does_and_so_does_each_of_its_options(name: str) -> None:
    command = COMMANDS[name]
    assert command.help.endswith(".")
    silent = [each.name for each in command.params if each.name != "help" and not getattr(each, "help", None)]
    assert silent == []


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_the_readme_names_the_command(name: str) -> None:
    assert f"`fhir-adapter {name}" in README


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_help_is_shown_on_stdout_and_nothing_is_done(ward: Place, name: str) -> None:
    ran = ward.run(*name.split(), "--help")
    assert ran.code == 0
    assert "--help" in ran.out
    assert not (ward.folder / "store.db").exists()


def test_every_command_gives_json() -> None:
    assert {name.partition(" --")[0] for name in RESULTS} == set(COMMANDS)
    for command in COMMANDS.values():
        assert "--format" in {option for each in command.params for option in each.opts}


def test_without_a_command_the_help_is_shown(ward: Place) -> None:
    ran = ward.run()
    assert ran.code in {0, 2}
    assert "explain" in ran.out + ran.err


def test_the_version_is_shown(ward: Place) -> None:
    ran = ward.run("--version")
    assert (ran.code, ran.out.count(".") >= 1) == (0, True)


def test_every_exit_code_stands_in_the_readme() -> None:
    section = README.partition("## Exit codes")[2].partition("##")[0]
    assert [line.split("|")[1].strip() for line in section.splitlines() if line.startswith("| ")][1:] == [
        str(code) for code in range(7)
    ]
