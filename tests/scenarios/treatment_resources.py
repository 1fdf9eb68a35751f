"""Turn what a story says of treatment into FHIR R4 resources: drugs, bags of cells, procedures.

Knows: MedicationAdministration, Medication, BiologicallyDerivedProduct and Procedure as hospitals write them. Does
not know: the adapter, codes (they come in as `code`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.scenarios.story import Story

Entry = Mapping[str, Any]
Resource = dict[str, Any]
UCUM = "http://unitsofmeasure.org"
NUMBERS = "https://demo-hospital.example/administration-number"
LOTS = "https://demo-hospital.example/cell-lab/lot"
MEASURES = "https://fhir-adapter.example/StructureDefinition"
DOSE_TO_VOLUME = "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-radiotherapy-dose-delivered-to-volume"
MEASURED = {
    "cd56": ("nk-cd56-cells", "10*6"),
    "cd3": ("nk-cd3-cells", "10*6"),
    "viability": ("viability", "%"),
    "total": ("nucleated-cells", "10*6"),
}
"""Key of a story -> extension and unit."""


def quantity(value: str, unit: str | None) -> Resource:
    """Write a quantity with the digits of the story; `text:` before a unit gives its display alone, no code."""
    number: Resource = {"value": f"@number:{value}"}
    if unit is None:
        return number
    if unit.startswith("text:"):
        return number | {"unit": unit.removeprefix("text:")}
    return number | {"unit": unit, "system": UCUM, "code": unit}


def subject_of(story: Story, entry: Entry) -> Resource:
    """The story's patient, unless the entry is somebody else's."""
    return {"reference": f"Patient/{entry.get('of', story.id)}"}


def administration(story: Story, entry: Entry, code: Resource | None, codes: Mapping[str, Resource]) -> Resource:
    """Write one MedicationAdministration; `codes` are those of route and reason."""
    resource: Resource = {
        "resourceType": "MedicationAdministration",
        "status": entry.get("status", "completed"),
        "subject": subject_of(story, entry),
    }
    if "number" in entry:
        resource["identifier"] = [{"system": NUMBERS, "value": entry["number"]}]
    if "until" in entry:
        resource["effectivePeriod"] = {"start": entry["at"], "end": entry["until"]}
    elif "since" in entry:
        resource["effectivePeriod"] = {"start": entry["since"]}
    elif "at" in entry:
        resource["effectiveDateTime"] = entry["at"]
    if "medication" in entry:
        resource["medicationReference"] = {"reference": f"Medication/{entry['medication']}"}
    else:
        resource["medicationCodeableConcept"] = code
    if "reason" in codes:
        resource["statusReason"] = [codes["reason"]]
    if "bag" in entry:
        resource["supportingInformation"] = [
            {"reference": f"BiologicallyDerivedProduct/{story.id}-{entry['bag']}"}
        ]
    dosage = _dosage(entry, codes)
    return resource | ({"dosage": dosage} if dosage else {})


def _dosage(entry: Entry, codes: Mapping[str, Resource]) -> Resource:
    dosage: Resource = {}
    if "route" in codes:
        dosage["route"] = codes["route"]
    if "dose" in entry:
        comparator = {"comparator": entry["comparator"]} if "comparator" in entry else {}
        dosage["dose"] = comparator | quantity(entry["dose"], entry.get("unit"))
    if "rate" in entry:
        value, unit = entry["rate"].split()
        amount = quantity(value, unit)
        per = entry.get("rate-per")
        dosage |= (
            {"rateRatio": {"numerator": amount, "denominator": quantity("1", per)}}
            if per
            else {"rateQuantity": amount}
        )
    return dosage


def medication(entry: Entry, code: Resource) -> Resource:
    """Write a product: `strength: 10 mg / 1 mL`."""
    resource: Resource = {"resourceType": "Medication", "code": code, "status": "active"}
    if "strength" in entry:
        above, below = (side.split() for side in entry["strength"].split(" / "))
        strength = {"numerator": quantity(*above), "denominator": quantity(*below)}
        resource["ingredient"] = [{"itemCodeableConcept": code, "isActive": True, "strength": strength}]
    return resource


def bag(entry: Entry, code: Resource) -> Resource:
    """Write a bag of cells: donor, lot, and what the cell laboratory measured."""
    resource: Resource = {
        "resourceType": "BiologicallyDerivedProduct",
        "productCategory": "cells",
        "productCode": code,
    }
    if "lot" in entry:
        resource["identifier"] = [{"system": LOTS, "value": entry["lot"]}]
    if "donor" in entry:
        resource["collection"] = {"source": {"reference": f"Patient/{entry['donor']}"}}
    measured = [
        {"url": f"{MEASURES}/{name}", "valueQuantity": quantity(entry[key], entry.get(f"{key}-unit", unit))}
        for key, (name, unit) in MEASURED.items()
        if key in entry
    ]
    return resource | ({"extension": measured} if measured else {})


def procedure(story: Story, entry: Entry, code: Resource, body_site: Resource | None) -> Resource:
    """Write a procedure; `dose` is the radiation dose delivered, as mCODE writes it."""
    resource: Resource = {
        "resourceType": "Procedure",
        "status": entry.get("status", "completed"),
        "code": code,
        "subject": subject_of(story, entry),
    }
    if "number" in entry:
        resource["identifier"] = [{"system": NUMBERS, "value": entry["number"]}]
    if body_site is not None:
        resource["bodySite"] = [body_site]
    if "until" in entry:
        resource["performedPeriod"] = {"start": entry["at"], "end": entry["until"]}
    elif "since" in entry:
        resource["performedPeriod"] = {"start": entry["since"]}
    elif "at" in entry:
        resource["performedDateTime"] = entry["at"]
    if "dose" in entry:
        total = {"url": "totalDoseDelivered", "valueQuantity": quantity(entry["dose"], entry.get("unit"))}
        resource["extension"] = [{"url": DOSE_TO_VOLUME, "extension": [total]}]
    return resource
