"""Turn what a story says of reactions into FHIR R4: reports of adverse events, limits of normal.

Knows: AdverseEvent as hospitals write it in R4, with HL7's extension for the grade. Does not know: the adapter,
codes (they come in as `code`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.scenarios.story import Story
from tests.scenarios.treatment_resources import Entry, Resource, quantity, subject_of

TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"
GRADE = "http://hl7.org/fhir/uv/ae-research-backport-ig/StructureDefinition/ae-grade"
NCI = "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl"
GRADES = {"1": "C41338", "2": "C41339", "3": "C41340", "4": "C41337", "5": "C48275"}


def adverse_event(story: Story, entry: Entry, code: Resource) -> Resource:
    """Write one AdverseEvent: `grade`, `serious: yes`, `outcome`, `detected`, `recorded`, `suspect: ENTRY`."""
    resource: Resource = {
        "resourceType": "AdverseEvent",
        "actuality": entry.get("actuality", "actual"),
        "event": code,
        "subject": subject_of(story, entry),
    }
    for key, element in (("at", "date"), ("detected", "detected"), ("recorded", "recordedDate")):
        if key in entry:
            resource[element] = entry[key]
    if "grade" in entry:
        grade = {"system": NCI, "code": GRADES[entry["grade"]]}
        resource["extension"] = [{"url": GRADE, "valueCodeableConcept": {"coding": [grade]}}]
    if "serious" in entry:
        word = "Serious" if entry["serious"] == "yes" else "Non-serious"
        resource["seriousness"] = _coded("adverse-event-seriousness", word)
    if "outcome" in entry:
        resource["outcome"] = _coded("adverse-event-outcome", entry["outcome"])
    if "suspect" in entry:
        drug = {"reference": f"MedicationAdministration/{story.id}-{entry['suspect']}"}
        resource["suspectEntity"] = [{"instance": drug}]
    return resource


def reference_range(entry: Mapping[str, Any]) -> Resource:
    """Write the limits of normal of a result, where the story tells any."""
    limits = {key: quantity(entry[key], entry["unit"]) for key in ("low", "high") if key in entry}
    return {"referenceRange": [limits]} if limits else {}


def _coded(system: str, code: str) -> Resource:
    return {"coding": [{"system": f"{TERMINOLOGY}/{system}", "code": code}]}
