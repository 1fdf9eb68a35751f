"""Stories: one patient each, in a clinician's words, read from YAML.

Knows: the story files and how one story builds on another (`like`). Does not know: FHIR.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

STORIES = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One patient, what the hospital recorded, and what must follow.

    Attributes:
        id: File-wide unique; also the patient's logical id in the export.
        given: Entry name -> what the hospital recorded (see resources.py for the kinds).
        then: Expected verdict, criteria (`PASS`, `FAIL`, `UNKNOWN STALE`, ...) and values.
        demo: True where the patient belongs to the demo hospital.
        incomplete: Resource types that were not read to their end.
    """

    id: str
    title: str
    as_of: datetime
    given: Mapping[str, Any]
    then: Mapping[str, Any]
    demo: bool
    incomplete: tuple[str, ...]


def load_stories(trial: str) -> tuple[Story, ...]:
    """Read every story of a trial; a later one may be `like` an earlier or later one."""
    told: dict[str, dict[str, Any]] = {}
    for file in sorted((STORIES / trial).glob("*.yaml")):
        for document in yaml.load_all(file.read_text(encoding="utf-8"), Loader=yaml.BaseLoader):
            if document["story"] in told:
                raise ValueError(f"{file.name}: story {document['story']} is told twice")
            told[document["story"]] = document
    return tuple(_build(name, told) for name in told)


def _build(name: str, told: Mapping[str, dict[str, Any]]) -> Story:
    document = told[name]
    merged = _inherited(name, told)
    return Story(
        id=name,
        title=document["title"],
        as_of=datetime.fromisoformat(merged["as_of"]),
        given={key: value for key, value in merged["given"].items() if value != "none"},
        then=document.get("then", {}),
        demo=document.get("demo", "no") == "yes",
        incomplete=tuple(document.get("incomplete", ())),
    )


def _inherited(name: str, told: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """Lay a story over the one it is like: entries merge field by field, `none` removes."""
    document = told[name]
    if "like" not in document:
        return document
    base = _inherited(document["like"], told)
    given = dict(base["given"])
    for key, told_value in document.get("given", {}).items():
        value = told_value
        earlier = given.get(key)
        if isinstance(earlier, dict) and isinstance(value, dict):
            value = {name: part for name, part in {**earlier, **value}.items() if part != "none"}
        given[key] = value
    return {"as_of": document.get("as_of", base["as_of"]), "given": given}
