"""Turn what a story says into the FHIR R4 resources a hospital would send.

Knows: FHIR JSON as hospitals write it, the demo hospital's vocabulary. Does not know: the adapter. Numbers
keep the digits the story writes: they are carried as text and set free when the JSON is written.

Kinds of entry (the first key of each): patient, person, condition, consent, attested, lab, panel, procedure, drug,
product, cells, specimen, report, raw, hidden. A `person` is somebody else the hospital has a Patient of, a donor;
results are theirs by `of`. Every entry may carry `id`, `version` (`none`: no versionId), `updated` and `status`;
`corrects: NAME` makes it the second version of the entry of that name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from tests.scenarios.safety_resources import adverse_event, reference_range
from tests.scenarios.story import Story
from tests.scenarios.treatment_resources import (
    administration,
    bag,
    medication,
    procedure,
    quantity,
    subject_of,
)

VOCABULARY: dict[str, dict[str, Any]] = yaml.load(
    (Path(__file__).parent / "vocabulary.yaml").read_text(encoding="utf-8"),
    Loader=yaml.BaseLoader,
)
QUESTIONNAIRE = "https://fhir-adapter.example/Questionnaire/nct07256210-eligibility"
TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"
CONSENT_CATEGORY = f"{TERMINOLOGY}/consentcategorycodes"
UPDATED = "2026-03-11T06:00:00+01:00"


def write_json(resource: Mapping[str, Any]) -> str:
    """Write one resource on one line, numbers with the digits of the story."""
    text = json.dumps(resource, ensure_ascii=False, separators=(",", ":"))
    return re.sub(r'"@number:([^"]*)"', r"\1", text)


def resources_of(story: Story) -> Iterator[tuple[str, str]]:
    """Give (resource type, JSON line) for everything the hospital holds on this patient."""
    questionnaires: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for name, entry in story.given.items():
        kind = next(key for key in entry if key in BUILDERS or key in {"attested", "raw", "hidden"})
        if kind == "attested":
            by, at = entry.get("by", "dr-weber"), entry.get("at", "2026-03-11T09:00:00+01:00")
            questionnaires.setdefault((by, at), []).append(entry)
        elif kind == "raw":
            yield entry["file"], entry["raw"].replace("PATIENT", story.id)
        elif kind != "hidden":
            resource = BUILDERS[kind](story, entry)
            yield resource["resourceType"], write_json(_stamped(resource, story, name, entry))
    for number, ((by, at), entries) in enumerate(sorted(questionnaires.items()), start=1):
        resource = _questionnaire_response(story, by, at, entries)
        yield "QuestionnaireResponse", write_json(_stamped(resource, story, f"visit-{number}", entries[0]))


def outcomes_of(story: Story) -> Iterator[dict[str, Any]]:
    """Give the searchset Bundles in which the server says that something is withheld."""
    for entry in story.given.values():
        if "hidden" in entry:
            issue = {"severity": "warning", "code": "suppressed", "details": {"coding": [{"code": entry["code"]}]}}
            outcome = {"resourceType": "OperationOutcome", "issue": [issue]}
            link = f"{entry['hidden']}?patient={story.id}"
            yield {
                "resourceType": "Bundle",
                "type": "searchset",
                "link": [{"relation": "self", "url": link}],
                "entry": [{"resource": outcome, "search": {"mode": "outcome"}}],
            }


def _stamped(resource: dict[str, Any], story: Story, name: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    is_person = resource["resourceType"] == "Patient"
    default = entry.get("person", story.id) if is_person else f"{story.id}-{entry.get('corrects', name)}"
    version = entry.get("version", "2" if "corrects" in entry else "1")
    meta = {"versionId": version, "lastUpdated": entry.get("updated", UPDATED)}
    kept = {key: value for key, value in meta.items() if value != "none"}
    stamped = {"resourceType": resource["resourceType"], "id": entry.get("id", default)}
    return stamped | ({"meta": kept} if kept else {}) | resource


def _subject(story: Story) -> dict[str, str]:
    return {"reference": f"Patient/{story.id}"}


def _coded(entry: Mapping[str, Any], kind: str) -> dict[str, Any]:
    word = VOCABULARY[kind][entry[kind]]
    codings = [dict(coding) for coding in word["codings"]]
    return {"coding": codings, "text": word.get("text", codings[0].get("display", entry[kind]))}


def _patient(story: Story, entry: Mapping[str, Any]) -> dict[str, Any]:
    name = entry.get("person", story.id)
    number = entry.get("number", f"KH-{sum(map(ord, name)) % 9000 + 1000}-{name}")
    resource: dict[str, Any] = {
        "resourceType": "Patient",
        "identifier": [{"system": "https://demo-hospital.example/patient-number", "value": number}],
        "name": [{"family": "Synthetic", "given": [name]}],
    }
    if "sex" in entry:
        resource["gender"] = entry["sex"]
    if "born" in entry:
        resource["birthDate"] = entry["born"]
    if "deceased" in entry:
        resource["deceasedDateTime"] = entry["deceased"]
    if "replaced-by" in entry:
        resource["link"] = [{"other": {"reference": f"Patient/{entry['replaced-by']}"}, "type": "replaced-by"}]
    return resource


def _condition(story: Story, entry: Mapping[str, Any]) -> dict[str, Any]:
    code = _coded(entry, "condition")
    resource: dict[str, Any] = {"resourceType": "Condition", "subject": _subject(story), "code": code}
    for field, system in (("clinical", "condition-clinical"), ("verification", "condition-ver-status")):
        default = {"clinical": "active", "verification": "confirmed"}[field]
        code = entry.get(field, default)
        if code != "absent":
            resource[f"{field}Status"] = {"coding": [{"system": f"{TERMINOLOGY}/{system}", "code": code}]}
    if "since" in entry:
        resource["onsetDateTime"] = entry["since"]
    if "until" in entry:
        resource["abatementDateTime"] = entry["until"]
    if "recorded" in entry:
        resource["recordedDate"] = entry["recorded"]
    return resource


def _consent(story: Story, entry: Mapping[str, Any]) -> dict[str, Any]:
    performers = {
        "patient": {"reference": f"Patient/{story.id}"},
        "representative": {"reference": f"RelatedPerson/{story.id}-parent"},
    }
    resource: dict[str, Any] = {
        "resourceType": "Consent",
        "status": entry.get("status", "active"),
        "scope": {"coding": [{"system": f"{TERMINOLOGY}/consentscope", "code": entry.get("scope", "research")}]},
        "category": [{"coding": [{"system": CONSENT_CATEGORY, "code": entry.get("category", "research")}]}],
        "patient": _subject(story),
        "performer": [performers[role] for role in entry.get("by", [])],
        "policy": [{"uri": "https://demo-hospital.example/research/nk-cells"}],
        "provision": {"type": "permit"},
    }
    if "signed" in entry:
        resource["dateTime"] = entry["signed"]
    if "follow-up" in entry:
        provision = {"type": entry["follow-up"], "code": [_coded({"provision": "follow-up"}, "provision")]}
        resource["provision"]["provision"] = [provision]
    return resource


def _lab(story: Story, entry: Mapping[str, Any]) -> dict[str, Any]:
    word = VOCABULARY["lab"][entry["lab"]]
    resource: dict[str, Any] = {
        "resourceType": "Observation",
        "status": entry.get("status", "final"),
        "category": [{"coding": [{"system": f"{TERMINOLOGY}/observation-category", "code": word["category"]}]}],
        "code": _coded(entry, "lab"),
        "subject": subject_of(story, entry),
    }
    if "at" in entry:
        resource["effectiveDateTime"] = entry["at"]
    resource |= _about(story, entry)
    resource |= _value(entry)
    for field, kind in (("method", "method"), ("specimen", "specimen")):
        if field in entry and field == "method":
            resource["method"] = _coded(entry, kind)
        elif field in entry:
            resource["specimen"] = {"reference": f"Specimen/{story.id}-{entry[field]}"}
    resource |= reference_range(entry)
    if "with" in entry:
        resource["component"] = [{"code": _coded(part, "lab")} | _value(part) for part in entry["with"]]
    return resource


def _about(story: Story, entry: Mapping[str, Any]) -> dict[str, Any]:
    """Write whom a result is about where that is not the patient, and what it was measured for."""
    about = {"focus": [{"reference": entry["about"]}]} if "about" in entry else {}
    whole = {"reference": f"Procedure/{story.id}-{entry['part-of']}"} if "part-of" in entry else None
    return about | ({"partOf": [whole]} if whole else {})


def _panel(story: Story, entry: Mapping[str, Any]) -> dict[str, Any]:
    word = VOCABULARY["lab"][entry["panel"]]
    return {
        "resourceType": "Observation",
        "status": entry.get("status", "final"),
        "category": [{"coding": [{"system": f"{TERMINOLOGY}/observation-category", "code": word["category"]}]}],
        "code": _coded({"lab": entry["panel"]}, "lab"),
        "subject": _subject(story),
        "effectiveDateTime": entry["at"],
        "component": [_component(part) for part in entry["parts"]],
    }


def _component(part: Mapping[str, Any]) -> dict[str, Any]:
    component = {"code": _coded(part, "lab")} | _value(part)
    return component | reference_range(part)


def _value(entry: Mapping[str, Any]) -> dict[str, Any]:
    if "absent" in entry:
        reason = {"system": f"{TERMINOLOGY}/data-absent-reason", "code": entry["absent"]}
        return {"dataAbsentReason": {"coding": [reason]}}
    if "answer" in entry:
        return {"valueCodeableConcept": _coded(entry, "answer")}
    if "text" in entry:
        return {"valueString": entry["text"]}
    if "score" in entry:
        return {"valueInteger": f"@number:{entry['score']}"}
    if "value" in entry:
        comparator = {"comparator": entry["comparator"]} if "comparator" in entry else {}
        return {"valueQuantity": comparator | quantity(entry["value"], entry.get("unit"))}
    return {}


def _procedure(story: Story, entry: Mapping[str, Any]) -> dict[str, Any]:
    site = _coded(entry, "body-site") if "body-site" in entry else None
    return procedure(story, entry, _coded(entry, "procedure"), site)


def _drug(story: Story, entry: Mapping[str, Any]) -> dict[str, Any]:
    codes = {kind: _coded(entry, kind) for kind in ("route", "reason") if kind in entry}
    return administration(story, entry, _coded(entry, "drug") if "medication" not in entry else None, codes)


def _medication(_story: Story, entry: Mapping[str, Any]) -> dict[str, Any]:
    return medication(entry, _coded({"drug": entry["product"]}, "drug"))


def _cells(_story: Story, entry: Mapping[str, Any]) -> dict[str, Any]:
    return bag(entry, _coded({"drug": entry["cells"]}, "drug"))


def _specimen(story: Story, entry: Mapping[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Specimen", "type": _coded(entry, "specimen"), "subject": _subject(story)}


def _parent(story: Story, entry: Mapping[str, Any]) -> dict[str, Any]:
    code = {"system": f"{TERMINOLOGY}/v3-RoleCode", "code": entry["relation"]}
    return {"resourceType": "RelatedPerson", "patient": _subject(story), "relationship": [{"coding": [code]}]}


def _report(story: Story, entry: Mapping[str, Any]) -> dict[str, Any]:
    return adverse_event(story, entry, _coded(entry, "report"))


def _questionnaire_response(story: Story, by: str, at: str, entries: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": QUESTIONNAIRE,
        "status": "completed",
        "subject": _subject(story),
        "authored": at,
        "author": {"reference": f"Practitioner/{by}"},
        "item": [{"linkId": entry["attested"], "answer": [_answer(entry["answer"])]} for entry in entries],
    }


def _answer(text: str) -> dict[str, Any]:
    if text in {"yes", "no"}:
        return {"valueBoolean": text == "yes"}
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return {"valueDate": text}
    if text.isdigit():
        return {"valueInteger": f"@number:{text}"}
    return {"valueCoding": {"code": text}}


BUILDERS: dict[str, Callable[[Story, Mapping[str, Any]], dict[str, Any]]] = {
    "patient": _patient,
    "person": _patient,
    "condition": _condition,
    "consent": _consent,
    "lab": _lab,
    "panel": _panel,
    "procedure": _procedure,
    "drug": _drug,
    "product": _medication,
    "cells": _cells,
    "specimen": _specimen,
    "relation": _parent,
    "report": _report,
}
