"""What a ward measures on many days, told in one line.

Knows: how a story writes a series. Does not know: FHIR, what is measured.

`fever: {daily: temperature, unit: Cel, on: [D-12 to D-6, D5], hour: "18:00", usual: 36.8, but: {D5: 38.9}}` is one
entry per day, named `fever-D5`; `none` under `but` leaves a day out. `values: 32 40 38` gives them in order of the
days instead. With `as: score` they are scores. A series of panels has `parts: {NAME: {values: .., unit: ..}}`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

OWN_KEYS = {"daily", "on", "hour", "usual", "but", "values", "as", "parts"}
_DAYS = re.compile(r"D(-?\d+)(?: to D(-?\d+))?")


def each_day(name: str, entry: Any) -> Iterator[tuple[str, Any]]:
    """Give the entries one entry stands for: itself, unless it is a series."""
    if not (isinstance(entry, dict) and "daily" in entry):
        yield name, entry
        return
    days = list(_days(entry["on"]))
    shared = {key: value for key, value in entry.items() if key not in OWN_KEYS}
    for place, day in enumerate(days):
        on = f"D{day}"
        told = _panel(entry, place) if "parts" in entry else _single(entry, on, place)
        if told is not None:
            yield f"{name}-{on}", told | {"at": f"{on} {entry['hour']}"} | shared


def _days(told: list[str]) -> Iterator[int]:
    for part in told:
        found = _DAYS.fullmatch(part)
        if found is None:
            raise ValueError(f"{part} is no day and no days")
        yield from range(int(found[1]), int(found[2] or found[1]) + 1)


def _single(entry: Mapping[str, Any], on: str, place: int) -> dict[str, Any] | None:
    value = (
        entry["values"].split()[place] if "values" in entry else entry.get("but", {}).get(on, entry.get("usual"))
    )
    return None if value == "none" else {"lab": entry["daily"], entry.get("as", "value"): value}


def _panel(entry: Mapping[str, Any], place: int) -> dict[str, Any]:
    parts = [
        {"lab": name}
        | {key: part[key] for key in part if key != "values"}
        | {"value": part["values"].split()[place]}
        for name, part in entry["parts"].items()
    ]
    return {"panel": entry["daily"], "parts": parts}
