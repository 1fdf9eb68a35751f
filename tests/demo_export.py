"""Parts of the demo hospital's export, by patient."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

EXPORT = Path(__file__).parents[1] / "mappings" / "hospitals" / "demo" / "export"
NOON = "2026-03-11T12:00:00"
"""The clinical time the demo patients' stories are told for, in the hospital's zone."""


@cache
def lines() -> Mapping[tuple[str, str], str]:
    """Give (type, id) -> JSON line of every resource of the demo hospital; of each its last content. Read once."""
    found: dict[tuple[str, str], str] = {}
    for path in sorted(EXPORT.glob("*.ndjson")):
        for line in path.read_text(encoding="utf-8").splitlines():
            with suppress(ValueError):
                body = json.loads(line)
                if "resourceType" in body:
                    found[body["resourceType"], body["id"]] = line
    return found


def resources() -> list[dict[str, Any]]:
    """Give the same as bodies."""
    return [json.loads(line) for line in lines().values()]


def patient_of(body: dict[str, Any]) -> str | None:
    """Name the patient a resource is about; None for shared ones."""
    if body.get("resourceType") == "Patient":
        return str(body["id"])
    reference = (body.get("subject") or body.get("patient") or {}).get("reference")
    return str(reference).removeprefix("Patient/") if reference else None


def patients() -> list[str]:
    """List every patient of the demo hospital, donors with a record of their own included."""
    return [patient for resource_type, patient in lines() if resource_type == "Patient"]


def donors() -> set[str]:
    """Name everybody from whom a product was collected, whether the hospital has a record of theirs or not."""
    sources = [body["collection"]["source"] for body in resources() if "collection" in body]
    return {source["reference"].removeprefix("Patient/") for source in sources}


def lines_about(chosen: Iterable[str]) -> list[tuple[str, str]]:
    """Give (type, line) of what is about these patients, and of what is about nobody."""
    wanted = {*chosen, None}
    return [(name, line) for name, line, about in _lines_with_patient() if about in wanted]


@cache
def _lines_with_patient() -> tuple[tuple[str, str, str | None], ...]:
    return tuple((name, line, patient_of(json.loads(line))) for (name, _), line in lines().items())


def write_folder(folder: Path, chosen: Iterable[tuple[str, str]]) -> Path:
    """Write resources as a bulk export: one NDJSON file per type."""
    folder.mkdir(parents=True, exist_ok=True)
    files: dict[str, list[str]] = {}
    for name, line in chosen:
        files.setdefault(name, []).append(line)
    for name, rows in files.items():
        (folder / f"{name}.ndjson").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder
