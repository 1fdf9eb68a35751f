"""Stories: one patient each, in a clinician's words, read from YAML.

Knows: the story files, how one story builds on another (`like`), what a ward watches day by day (`watched`). Does
not know: FHIR.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from tests.scenarios.daily import each_day

STORIES = Path(__file__).parent
ZONE = ZoneInfo("Europe/Berlin")
LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
"""Every value a text; the C parser where it is there: it reads the stories in a tenth of the time."""
_TRIAL_DAY = re.compile(r"D([+-]?\d+)(?: (\d\d:\d\d))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One patient, what the hospital recorded, and what must follow.

    Attributes:
        id: File-wide unique; also the patient's logical id in the export.
        given: Entry name -> what the hospital recorded (see resources.py for the kinds).
        then: Expected verdict, criteria (`PASS`, `FAIL`, `UNKNOWN STALE`, ...) and values.
        demo: True where the patient belongs to the demo hospital.
        incomplete: Resource types that were not read to their end.
        day_zero: 0..1; the date `D0`; times of the story may be written `D-14 09:00`, local time of the hospital.
        withdrawn_on: 0..1; the day on which a person moved the subject off the trial.
        judged: 0..*; answers of named persons on safety, in the fields of `review decide` (see judged.py).
    """

    id: str
    title: str
    as_of: datetime
    given: Mapping[str, Any]
    then: Mapping[str, Any]
    demo: bool
    incomplete: tuple[str, ...]
    day_zero: date | None = None
    withdrawn_on: date | None = None
    judged: tuple[Mapping[str, Any], ...] = ()


@cache
def load_stories(trial: str) -> tuple[Story, ...]:
    """Read every story of a trial, once; a later one may be `like` an earlier or later one."""
    told: dict[str, dict[str, Any]] = {}
    for file in sorted((STORIES / trial).glob("*.yaml")):
        for document in yaml.load_all(file.read_text(encoding="utf-8"), Loader=LOADER):
            if document["story"] in told:
                raise ValueError(f"{file.name}: story {document['story']} is told twice")
            told[document["story"]] = document
    return tuple(_build(name, told) for name in told)


def _build(name: str, told: Mapping[str, dict[str, Any]]) -> Story:
    document = told[name]
    merged = _inherited(name, told)
    day_zero = date.fromisoformat(merged["day_zero"]) if merged["day_zero"] else None
    withdrawn = _dated(document.get("withdrawn", ""), day_zero)
    return Story(
        id=name,
        title=document["title"],
        as_of=datetime.fromisoformat(_dated(merged["as_of"], day_zero)),
        given={key: _dated(value, day_zero) for key, value in _given(merged, name, told) if value != "none"},
        then=_dated(document.get("then", {}), day_zero),
        day_zero=day_zero,
        withdrawn_on=date.fromisoformat(withdrawn) if withdrawn else None,
        demo=document.get("demo", "no") == "yes",
        incomplete=tuple(document.get("incomplete", ())),
        judged=tuple(_dated(merged.get("judged", []), day_zero)),
    )


def _given(merged: Mapping[str, Any], name: str, told: Mapping[str, dict[str, Any]]) -> Iterator[tuple[str, Any]]:
    """Give what was recorded, and what the ward watched, day by day."""
    for key, value in (merged["given"] | _watched(name, told)).items():
        yield from each_day(key, value)


def _watched(name: str, told: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """Give what the ward watched; it is handed on only to stories that say so (`watched: {like: STORY}`)."""
    watched = dict(told[name].get("watched", {}))
    earlier = watched.pop("like", None)
    return _laid_over(_watched(earlier, told), watched) if earlier else watched


def _laid_over(earlier: Mapping[str, Any], later: Mapping[str, Any]) -> dict[str, Any]:
    """Merge entries field by field, at every depth; `none` removes."""
    merged = dict(earlier)
    for key, value in later.items():
        known = merged.get(key)
        both = isinstance(known, dict) and isinstance(value, dict)
        merged[key] = _laid_over(known or {}, value) if both else value
    return {key: value for key, value in merged.items() if value != "none"}


def _inherited(name: str, told: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """Lay a story over the one it is like: entries merge field by field, `none` removes; answers are told anew."""
    document = told[name]
    if "like" not in document:
        return {"day_zero": None, **document}
    base = _inherited(document["like"], told)
    given = dict(base["given"])
    for key, told_value in document.get("given", {}).items():
        value = told_value
        earlier = given.get(key)
        if isinstance(earlier, dict) and isinstance(value, dict):
            value = {name: part for name, part in {**earlier, **value}.items() if part != "none"}
        given[key] = value
    return {"given": given} | {
        key: document.get(key, base.get(key)) for key in ("as_of", "day_zero", "judged") if key in document | base
    }


def _dated(value: Any, day_zero: date | None) -> Any:
    """Write days of the trial (`D-14 09:00`) as dates and times, with the offset of the hospital's clocks."""
    if isinstance(value, dict):
        return {key: _dated(part, day_zero) for key, part in value.items()}
    if isinstance(value, list):
        return [_dated(part, day_zero) for part in value]
    day = _TRIAL_DAY.fullmatch(value) if day_zero is not None else None
    if day is None or day_zero is None:
        return value
    on = day_zero + timedelta(days=int(day[1]))
    if day[2] is None:
        return on.isoformat()
    return datetime.fromisoformat(f"{on.isoformat()}T{day[2]}").replace(tzinfo=ZONE).isoformat()
