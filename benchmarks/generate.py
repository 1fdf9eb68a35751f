"""Write synthetic bulk exports of any size: fixed seed, fresh ids.

Two mixes. `mapped`: at least four of five resources are results the trial needs, about 1.5 KB each, as hospitals
with rich metadata send them. `synthea`: as Synthea writes them, about 0.7 KB each, most of them codes the trial
does not need.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
NARRATIVE = "<div xmlns='http://www.w3.org/1999/xhtml'>" + "Laboratory result, generated. " * 18 + "</div>"


@dataclass(frozen=True, slots=True)
class Test:
    """One kind of result: code, display, unit, range of values, upper limit of normal."""

    code: str
    display: str
    unit: str
    low: float
    high: float
    uln: float | None = None


NEEDED = (
    Test("2160-0", "Creatinine [Mass/volume] in Serum or Plasma", "mg/dL", 0.2, 1.4, 1.0),
    Test("1742-6", "Alanine aminotransferase [Enzymatic activity/volume] in Serum or Plasma", "U/L", 8, 180, 45),
    Test("1920-8", "Aspartate aminotransferase [Enzymatic activity/volume] in Serum or Plasma", "U/L", 8, 160, 40),
    Test("1975-2", "Bilirubin.total [Mass/volume] in Serum or Plasma", "mg/dL", 0.2, 4.0, 1.2),
    Test("29463-7", "Body weight", "kg", 8, 80),
    Test("8302-2", "Body height", "cm", 70, 185),
    Test("59408-5", "Oxygen saturation in Arterial blood by Pulse oximetry", "%", 88, 100),
    Test("10230-1", "Left ventricular Ejection fraction", "%", 35, 75),
)
NOT_NEEDED = (
    Test("8867-4", "Heart rate", "/min", 50, 160),
    Test("9279-1", "Respiratory rate", "/min", 10, 40),
    Test("72514-3", "Pain severity - 0-10 verbal numeric rating [Score] - Reported", "{score}", 0, 10),
    Test("39156-5", "Body Mass Index", "kg/m2", 12, 35),
    Test("2947-0", "Sodium", "mmol/L", 130, 150),
    Test("6298-4", "Potassium", "mmol/L", 3, 6),
    Test("49765-1", "Calcium", "mg/dL", 8, 11),
    Test("6299-2", "Urea Nitrogen", "mg/dL", 5, 40),
)


def generate(folder: Path, *, mix: str, megabytes: int, patients: int, seed: int) -> int:
    """Write Patient.ndjson and Observation.ndjson; gives the number of resources."""
    rng = random.Random(seed)
    folder.mkdir(parents=True, exist_ok=True)
    ids = [f"p{rng.getrandbits(60):015x}" for _ in range(patients)]
    with (folder / "Patient.ndjson").open("w", encoding="utf-8") as file:
        for patient in ids:
            file.write(json.dumps(_patient(rng, patient)) + "\n")
    count, written = patients, 0
    with (folder / "Observation.ndjson").open("w", encoding="utf-8") as file:
        for resource in _observations(rng, ids, mix):
            line = json.dumps(resource, separators=(",", ":")) + "\n"
            file.write(line)
            written += len(line)
            count += 1
            if written >= megabytes * 1_000_000:
                return count
    return count


def _patient(rng: random.Random, patient: str) -> dict[str, Any]:
    born = f"{rng.randint(2001, 2024)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}"
    return {
        "resourceType": "Patient",
        "id": patient,
        "meta": {"versionId": "1", "lastUpdated": "2026-03-01T08:00:00.000+01:00"},
        "identifier": [{"system": "https://generated.example/number", "value": patient[1:9]}],
        "gender": rng.choice(["male", "female"]),
        "birthDate": born,
    }


def _observations(rng: random.Random, patients: list[str], mix: str) -> Iterator[dict[str, Any]]:
    share = 0.9 if mix == "mapped" else 0.12
    while True:
        needed = rng.random() < share
        test = rng.choice(NEEDED if needed else NOT_NEEDED)
        yield _observation(rng, rng.choice(patients), test, rich=mix == "mapped")


def _observation(rng: random.Random, patient: str, test: Test, *, rich: bool) -> dict[str, Any]:
    day, hour = rng.randint(1, 28), rng.randint(0, 23)
    at = f"2026-02-{day:02d}T{hour:02d}:{rng.randint(0, 59):02d}:00+01:00"
    category = "vital-signs" if test.uln is None else "laboratory"
    value = round(rng.uniform(test.low, test.high), 2)
    resource: dict[str, Any] = {
        "resourceType": "Observation",
        "id": f"{rng.getrandbits(64):016x}-{rng.getrandbits(32):08x}",
        "status": "final",
        "category": [{"coding": [{"system": CATEGORY, "code": category, "display": category}]}],
        "code": {"coding": [{"system": LOINC, "code": test.code, "display": test.display}], "text": test.display},
        "subject": {"reference": f"Patient/{patient}"},
        "encounter": {"reference": f"Encounter/{rng.getrandbits(64):016x}"},
        "effectiveDateTime": at,
        "issued": at[:-6] + ".488+01:00",
        "valueQuantity": {"value": value, "unit": test.unit, "system": UCUM, "code": test.unit},
    }
    if not rich:
        return resource
    resource["meta"] = {
        "versionId": "1",
        "lastUpdated": at,
        "source": "#generated",
        "profile": [f"{LOINC}/profile"],
    }
    resource["text"] = {"status": "generated", "div": NARRATIVE}
    resource["performer"] = [{"reference": f"Organization/{rng.getrandbits(40):010x}", "display": "Laboratory"}]
    if test.uln is not None:
        limit = {"value": test.uln, "unit": test.unit, "system": UCUM, "code": test.unit}
        resource["referenceRange"] = [{"high": limit, "text": f"up to {test.uln} {test.unit}"}]
    return resource
