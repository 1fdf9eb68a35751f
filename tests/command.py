"""The command line at work in a folder of its own: store, secret, mappings of an invented ward.

In process by `run`, as a process of its own by `start`.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from fhir_adapter.cli.app import run
from fhir_adapter.definitions.load import Definitions, load_definitions
from tests import demo_export

ROOT = Path(__file__).parents[1]
WARD = "ward"
SECRET = "test-only-secret-of-thirty-two-bytes"
NUMBERS = "https://demo-hospital.example/patient-number"

_HOSPITAL = """\
id: {id}
title: "Ward (synthetic)"
timezone: Europe/Berlin
base_urls: [https://demo-hospital.example/fhir]
writes: {writes}
provenance: on
{more}people:
  - {{id: dr-weber, name: "Helene Weber (synthetic)", roles: [pi, investigator]}}
  - {{id: p-kowalska, name: "Ewa Kowalska (synthetic)", roles: [coordinator]}}
"""


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command left: exit code, stdout, stderr."""

    code: int
    out: str
    err: str

    @property
    def result(self) -> Any:
        """The one JSON value on stdout."""
        return json.loads(self.out)


@dataclass(frozen=True, slots=True)
class Place:
    """A folder with everything a command needs; nothing of the user's environment."""

    folder: Path
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """Variables of a process that works here."""
        others = {name: value for name, value in os.environ.items() if not name.startswith("FHIR_ADAPTER_")}
        own = {
            "FHIR_ADAPTER_STORE": str(self.folder / "store.db"),
            "FHIR_ADAPTER_SITE_SECRET": SECRET,
            "FHIR_ADAPTER_MAPPINGS": str(self.folder / "mappings"),
        }
        return others | own | self.variables

    @property
    def export(self) -> Path:
        """Where the ward's export stands."""
        return self.folder / "export"

    def write_mappings(self, *, writes: str = "enabled", more: str = "") -> None:
        """Lay the ward over the shipped mappings: the demo hospital's codes, its own traits."""
        hospital = self.folder / "mappings" / "hospitals" / WARD
        hospital.mkdir(parents=True, exist_ok=True)
        text = _HOSPITAL.format(id=WARD, writes=writes, more=more)
        (hospital / "hospital.yaml").write_text(text, encoding="utf-8")
        codes = demo_export.EXPORT.parent / "concept_map.yaml"
        (hospital / "concept_map.yaml").write_bytes(codes.read_bytes())

    def write_export(self, patients: Iterable[str]) -> None:
        """Let the ward hold these patients of the demo hospital."""
        demo_export.write_folder(self.export, demo_export.lines_about(patients))

    def write_roster(self, patients: Iterable[str]) -> Path:
        """List patients by the number the hospital knows them by; one it does not know stands as it is."""
        numbers = {
            body["id"]: body["identifier"][0]["value"]
            for body in demo_export.resources()
            if body["resourceType"] == "Patient"
        }
        rows = [f"{NUMBERS},{numbers.get(patient, patient)}" for patient in patients]
        path = self.folder / "roster.csv"
        path.write_text("\n".join(["system,value", *rows]) + "\n", encoding="utf-8")
        return path

    def run(self, *arguments: str) -> Ran:
        """Run one command in this process."""
        out, err = io.StringIO(), io.StringIO()
        with self._here(), redirect_stdout(out), redirect_stderr(err):
            code = run(list(arguments))
        return Ran(code, out.getvalue(), err.getvalue())

    @contextmanager
    def _here(self) -> Iterator[None]:
        """Work in this folder with this environment."""
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(self.folder)
            for name, value in self.environment.items():
                patch.setenv(name, value)
            patch.setattr("fhir_adapter.bootstrap.load_definitions", _load_once)
            yield

    def sync(self, *options: str) -> Ran:
        """Sync the ward's folder as of the stories' noon."""
        return self.run("sync", "--source", str(self.export), "--as-of", demo_export.NOON, *options)

    def start(self, *arguments: str) -> Ran:
        """Run one command as a process of its own."""
        done = subprocess.run(
            command_line(*arguments),
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)


def _load_once(*, hospital: str, trial: str, overlays: Sequence[Path] = ()) -> Definitions:
    """Load definitions as the program does, but the same files only once per test run."""
    files = [(root, path) for root in overlays for path in sorted(root.rglob("*.yaml"))]
    key = hospital, trial, tuple((path.relative_to(root), path.read_bytes()) for root, path in files)
    if key not in _LOADED:
        _LOADED[key] = load_definitions(hospital=hospital, trial=trial, overlays=tuple(overlays))
    return _LOADED[key]


_LOADED: dict[object, Definitions] = {}


def command_line(*arguments: str) -> list[str]:
    """Give the command as a process is started with it."""
    return [sys.executable, "-m", "fhir_adapter", *arguments]


def open_place(folder: Path, variables: Mapping[str, str] | None = None) -> Place:
    """Make a place whose hospital is the ward."""
    folder.mkdir(parents=True, exist_ok=True)
    place = Place(folder, dict(variables or {}))
    place.write_mappings()
    return place
