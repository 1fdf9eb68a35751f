"""A patient with unlikely strings in every element that identifies somebody, and a search for them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from tests import demo_export

Body = dict[str, Any]

MARK = "qx7canary"
"""Part of every canary string; nothing else in the world says it."""

PATIENT = "QX7CANARY-pid"
BORN = "2018-05-23"
NUMBER = "QX7CANARY-mrn-4711"
SYSTEM = "https://demo-hospital.example/patient-number"
_BASIS = "aml-boy-7"


def strings(*places: str) -> list[str]:
    """Give a canary string for each place."""
    return [f"QX7CANARY {place}" for place in places]


def bodies() -> list[Body]:
    """Give the canary patient's record: talkative in every free text; other resources are named r1, r2, ..."""
    lines = [line for _, line in demo_export.lines_about([_BASIS])]
    names = [json.loads(line)["id"] for line in lines]
    renamed = {name: f"r{number}" for number, name in enumerate(sorted(names, key=len, reverse=True))}
    renamed[_BASIS] = PATIENT
    text = "\n".join(lines)
    for name in sorted(renamed, key=len, reverse=True):
        text = re.sub(rf'(["/]){re.escape(name)}"', rf'\1{renamed[name]}"', text)
    found = [talkative(json.loads(line)) for line in text.splitlines()]
    return [{**body, **_PERSON} if body["resourceType"] == "Patient" else body for body in found]


_PERSON: Body = {
    "birthDate": BORN,
    "identifier": [
        {"system": SYSTEM, "value": NUMBER, "assigner": {"display": "QX7CANARY assigner"}},
        {"system": "urn:oid:1.2.3", "value": "QX7CANARY-insurance", "type": {"text": "QX7CANARY identifier type"}},
    ],
    "name": [{"text": "QX7CANARY name", "family": "QX7CANARY-family", "given": ["QX7CANARY-given"]}],
    "telecom": [{"system": "phone", "value": "QX7CANARY-555"}, {"value": "qx7canary@mail.example"}],
    "address": [{"text": "QX7CANARY address", "line": ["QX7CANARY street 1"], "city": "QX7CANARY city"}],
    "contact": [{"name": {"text": "QX7CANARY mother"}, "telecom": [{"value": "QX7CANARY contact"}]}],
    "photo": [{"title": "QX7CANARY photo", "url": "https://pictures.example/QX7CANARY.jpg"}],
    "maritalStatus": {"text": "QX7CANARY marital"},
    "generalPractitioner": [{"display": "QX7CANARY doctor"}],
}  # fmt: skip


def happened() -> list[Body]:
    """Give reports of adverse events: one coded by the scale's owner, one of which only the display is shown."""
    scale = {"system": "https://www.meddra.org", "code": "10040047"}
    own = {"system": "https://fhir-adapter.example/CodeSystem/concepts", "code": "status-epilepticus"}
    return [
        talkative({
            "resourceType": "AdverseEvent",
            "id": f"happened-{coding['code']}",
            "actuality": "actual",
            "event": {"coding": [{**coding, "display": "words"}], "text": "words"},
            "subject": {"reference": f"Patient/{PATIENT}"},
            "date": "2026-03-10T10:00:00+01:00",
            "recorder": {"reference": "Practitioner/1"},
            "location": {"reference": "Location/1"},
            "contributor": [{"reference": "Practitioner/2"}],
        })
        for coding in (scale, own)
    ]


def talkative(body: Body) -> Body:
    """Put a canary string into every free text of a resource."""
    more: Body = {
        "text": {
            "status": "generated",
            "div": '<div xmlns="http://www.w3.org/1999/xhtml">QX7CANARY narrative</div>',
        },
        "extension": [{"url": "https://odd.example/x", "valueString": "QX7CANARY extension"}],
        "note": [{"text": "QX7CANARY note", "authorString": "QX7CANARY author"}],
    }
    if body["resourceType"] in {"Patient", "QuestionnaireResponse", "RelatedPerson", "Consent"}:
        del more["note"]
    if body["resourceType"] == "QuestionnaireResponse":
        free = {"linkId": "remarks", "text": "QX7CANARY question", "answer": [{"valueString": "QX7CANARY answer"}]}
        more["item"] = [*body["item"], free]
    if body["resourceType"] == "RelatedPerson":
        more["name"] = [{"text": "QX7CANARY mother's name"}]
    return {**_worded(body), **more}


def _worded(value: Any) -> Any:
    """Let every display and text say a canary string, every reference carry one."""
    if isinstance(value, list):
        return [_worded(each) for each in value]
    if not isinstance(value, dict):
        return value
    worded = {key: _worded(each) for key, each in value.items()}
    worded |= {key: f"QX7CANARY {key}" for key in ("display", "text") if isinstance(value.get(key), str)}
    return worded | ({"display": "QX7CANARY reference"} if "reference" in value else {})


def broken() -> list[Body]:
    """Give resources of the patient that cannot be read, each with a canary where it is broken."""
    subject = {"subject": {"reference": f"Patient/{PATIENT}"}}
    alt = {"code": {"coding": [{"system": "http://loinc.org", "code": "1742-6"}]}, "status": "final", **subject}
    odd = "QX7CANARY odd"
    return [
        {"resourceType": "Observation", "id": "b1", **alt, "valueQuantity": {"value": odd, "unit": odd}},
        {"resourceType": "Observation", "id": "b2", **alt, "status": odd, "effectiveDateTime": odd},
        {"resourceType": "Observation", "id": "b3", **alt, "valueString": odd},
        {
            "resourceType": "Observation",
            "id": "b4",
            **alt,
            "valueQuantity": {"value": 3, "system": odd, "code": odd},
        },
        {"resourceType": "Observation", "id": "b5", **subject, "status": "final", "code": {"text": odd}},
        {"resourceType": "Observation", "id": "b6", **alt, odd: odd, "component": odd},
        {"resourceType": "Condition", "id": "b7", **subject, "code": {"coding": [{"system": odd, "code": odd}]}},
        {"resourceType": "Procedure", "id": "b8", **subject, "status": odd, "code": odd},
        {
            "resourceType": "Consent",
            "id": "b9",
            "patient": {"reference": odd},
            "status": odd,
            "scope": {"text": odd},
        },
        {"resourceType": odd, "id": odd},
        {"resourceType": "Observation", "id": odd, **alt, "valueQuantity": {"value": 3}},
    ]


def broken_person() -> Body:
    """Give the patient as nobody can read it."""
    person = next(body for body in bodies() if body["resourceType"] == "Patient")
    return {**person, "birthDate": "QX7CANARY born", "gender": "QX7CANARY", "deceasedDateTime": ["QX7CANARY"]}


def leaks(texts: Iterable[str]) -> list[str]:
    """Give each place in which something of the patient stands."""
    secrets = re.compile(rf"{MARK}|{BORN}", re.IGNORECASE)
    return [
        text[max(0, found.start() - 60) : found.end() + 40] for text in texts for found in secrets.finditer(text)
    ]
