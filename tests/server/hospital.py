"""The demo hospital on the real server, and what the server holds, read with plain HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import httpx

from tests import demo_export
from tests.command import Place, Ran, open_place
from tests.server.running import RunningServer

Body = dict[str, Any]

REFUSED = frozenset({"unreadable-condition-wrong", "broken-neighbours-text"})
"""Broken on purpose: a server that validates does not take them; folders are where they occur."""

WRITTEN = ("ResearchStudy", "ResearchSubject", "CarePlan", "Provenance")
TYPES = ("BiologicallyDerivedProduct", "Condition", "Consent", "Medication", "MedicationAdministration",
         "Observation", "Patient", "Procedure", "QuestionnaireResponse", "RelatedPerson", "Specimen",
         *WRITTEN)  # fmt: skip


def bodies_of(patients: Iterable[str]) -> list[Body]:
    """Give everything about these patients of the demo hospital, in its own words."""
    bodies = [json.loads(line) for _, line in demo_export.lines_about(patients)]
    return [body for body in bodies if body["id"] not in REFUSED]


def like(basis: str, name: str, *types: str) -> list[Body]:
    """Give resources of these types about one patient with the contents of another one's."""
    lines = [line for kind, line in demo_export.lines_about([basis]) if kind in types]
    bodies = [json.loads(line.replace(basis, name)) for line in lines]
    return [body for body in bodies if demo_export.patient_of(body) == name]


def hold(server: RunningServer, bodies: list[Body]) -> None:
    """Let the server hold resources under their own ids."""
    for start in range(0, len(bodies), 200):
        server.load(bodies[start : start + 200])


def standing(server: RunningServer, *types: str) -> dict[str, Body]:
    """Read everything the server holds: `Type/id` -> body, versions and times included."""
    found: dict[str, Body] = {}
    for resource_type in types or TYPES:
        page: str | None = f"{server.base}/{resource_type}?_count=1000"
        while page is not None:
            bundle = httpx.get(page, trust_env=False, timeout=60).json()
            for entry in bundle.get("entry", []):
                body = entry["resource"]
                found[f"{resource_type}/{body['id']}"] = body
            page = next((link["url"] for link in bundle["link"] if link["relation"] == "next"), None)
    return found


def subjects_by_patient(server: RunningServer) -> dict[str, list[Body]]:
    """Patient id -> ResearchSubjects that stand for them."""
    found: dict[str, list[Body]] = {}
    for body in standing(server, "ResearchSubject").values():
        found.setdefault(body["individual"]["reference"].removeprefix("Patient/"), []).append(body)
    return found


def statuses(server: RunningServer) -> dict[str, list[str]]:
    """Patient id -> statuses that stand for them."""
    return {
        patient: [body["status"] for body in bodies] for patient, bodies in subjects_by_patient(server).items()
    }


def put(server: RunningServer, body: Body) -> None:
    """Let somebody at the hospital save a resource."""
    url = f"{server.base}/{body['resourceType']}/{body['id']}"
    httpx.put(url, json=body, trust_env=False).raise_for_status()


def open_ward(folder: Path) -> Place:
    """Make a place whose hospital allows writing to its server; the codes are the demo hospital's."""
    return open_place(folder)


def arguments(source: str, sink: str | None, *options: str) -> list[str]:
    """Give a sync of this server as of the stories' noon."""
    to = ["--sink", sink] if sink else []
    return ["sync", "--source", source, *to, "--as-of", demo_export.NOON, "--format", "json", *options]


def sync(ward: Place, server: RunningServer, *options: str, sink: str | None = None) -> Ran:
    """Sync the server into itself, by the command line in this process."""
    return ward.run(*arguments(server.base, sink or server.base, "--write", *(options or ("--all",))))


def sync_alone(ward: Place, server: RunningServer) -> Ran:
    """Do the same by a process of its own."""
    return ward.start(*arguments(server.base, server.base, "--write", "--all"))
