"""Children under treatment, as many as asked: one child of the demo hospital over and over, and daily results.

Every copy has ids of its own and the results of a whole stay: from 17 days before the graft to 28 after it, every
result with its limits of normal. Fixed seed.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from benchmarks.generate import CATEGORY, LOINC, UCUM
from fhir_adapter.bootstrap import demo_export

CHILD: Final = "treated-l1-boy-7"
DAY_ZERO: Final = date(2025, 8, 7)
FIRST_DAY, LAST_DAY = -17, 28

_DAILY: Final = (
    ("26499-4", "10*9/L", 1.5, 8.0),
    ("777-3", "10*9/L", 150.0, 400.0),
    ("718-7", "g/L", 105.0, 140.0),
    ("1742-6", "U/L", 5.0, 40.0),
    ("1975-2", "mg/dL", 0.1, 1.2),
    ("2951-2", "mmol/L", 135.0, 145.0),
    ("2823-3", "mmol/L", 3.5, 5.0),
)
"""Code, unit and limits of normal; sodium and potassium are graded in both directions."""


def make_ward(folder: Path, first: int, children: int) -> int:
    """Write an export of so many treated children, numbered from the first on; gives the number of resources."""
    folder.mkdir(parents=True, exist_ok=True)
    names = [f"child-{number:05d}" for number in range(first, first + children)]
    count = 0
    for path in sorted(demo_export().glob("*.ndjson")):
        lines = _lines_of(path)
        with (folder / path.name).open("w", encoding="utf-8") as file:
            for name in names:
                file.writelines(line.replace(CHILD, name) for line in lines)
        count += children * len(lines)
    chance = random.Random(first)
    with (folder / "Observation.ndjson").open("a", encoding="utf-8") as file:
        for name in names:
            for resource in _results(chance, name):
                file.write(json.dumps(resource, separators=(",", ":")) + "\n")
                count += 1
    return count


def _lines_of(path: Path) -> list[str]:
    """Give the child's lines of one file: those that name it, and nobody whose name only begins alike."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    return [line for line in lines if f'{CHILD}"' in line or f"{CHILD}-" in line]


def _results(chance: random.Random, patient: str) -> Iterator[dict[str, Any]]:
    """Let every value wander from one day to the next, in and out of its limits of normal."""
    shares = [chance.random() for _ in _DAILY]
    for day in range(FIRST_DAY, LAST_DAY + 1):
        on = (DAY_ZERO + timedelta(days=day)).isoformat()
        for place, (code, unit, low, high) in enumerate(_DAILY):
            at = f"{on}T06:{chance.randint(10, 59)}:00+02:00"
            shares[place] = 0.9 * shares[place] + 0.1 * chance.uniform(-3, 4)
            value = round(max(0.0, low + shares[place] * (high - low)), 2)
            yield {
                "resourceType": "Observation",
                "id": f"{patient}-{code}-{day}",
                "meta": {"versionId": "1", "lastUpdated": at},
                "status": "final",
                "category": [{"coding": [{"system": CATEGORY, "code": "laboratory"}]}],
                "code": {"coding": [{"system": LOINC, "code": code}]},
                "subject": {"reference": f"Patient/{patient}"},
                "effectiveDateTime": at,
                "valueQuantity": _quantity(value, unit),
                "referenceRange": [{"low": _quantity(low, unit), "high": _quantity(high, unit)}],
            }


def _quantity(value: float, unit: str) -> dict[str, Any]:
    return {"value": value, "unit": unit, "system": UCUM, "code": unit}
