"""An invented hospital in Tokyo and an invented trial of new keepers: nothing in the code may know them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

Json = dict[str, Any]
AS_OF = "2026-05-20T10:00:00"
"""In the hospital's zone: Tokyo is nine hours ahead of UTC, without daylight saving time."""

LAB, ANSWERS = "https://sumida.example/lab", "https://sumida.example/answers"
_TERMS = "http://terminology.hl7.org/CodeSystem"

MAPPINGS = {
    "hospitals/sumida/hospital.yaml": """\
id: sumida
title: Sumida General (invented)
timezone: Asia/Tokyo
base_urls: [https://sumida.example/fhir]
writes: enabled
people:
  - {id: dr-ito, name: "R. Ito (invented)", roles: [keeper-doctor]}
""",
    "hospitals/sumida/concept_map.yaml": f"""\
resourceType: ConceptMap
id: sumida
group:
  - source: {LAB}
    target: http://loinc.org
    element:
      - {{code: "0417", display: Kre, target: [{{code: 2160-0, display: Creatinine, equivalence: equivalent}}]}}
      - {{code: "0419", display: Kre, target: [{{code: 14682-9, display: Creatinine, equivalence: equivalent}}]}}
      - {{code: "0418", display: HBs抗原, target: [{{code: 5196-1, display: HBsAg, equivalence: equivalent}}]}}
  - source: {ANSWERS}
    target: http://snomed.info/sct
    element:
      - {{code: "N", display: 陰性, target: [{{code: "260385009", display: Negative, equivalence: equivalent}}]}}
      - {{code: "P", display: 陽性, target: [{{code: "10828004", display: Positive, equivalence: equivalent}}]}}
""",
    "trials/keepers/trial.yaml": """\
id: keepers
study:
  identifier_system: https://registry.example
  identifier_value: KEEPERS-1
  title: Keepers (invented)
  status: active
  phase: phase-2
  source: invented
subject_system: https://keepers.example/subject
questionnaires: [https://keepers.example/visit]
resource_types: [Patient, Observation, Consent, RelatedPerson, QuestionnaireResponse]
prescreen_concepts: [aml]
withdrawal_criterion: LEFT
anchor: {first_drugs: [fludarabine], plan_link: start-day, offset_days: 0, search_days_before: 1, source: invented}
participation:
  graph:
    potential-candidate: [screening]
    screening: [eligible, ineligible]
    eligible: [withdrawn]
    ineligible: []
    withdrawn: []
  automatic: [potential-candidate, screening]
  prescreen_parts: [old-enough]
  consent_criterion: SIGNED
  source: invented
links:
  - {link_id: TRAVEL, type: boolean, text: Can travel to the lighthouse, source: invented}
  - {link_id: start-day, type: date, text: Planned first day, source: invented}
settings:
  - {id: fresh, value: 7 d, note: Age of a creatinine, source: invented}
""",
    "trials/keepers/eligibility.yaml": """\
criteria:
  - id: OLD
    kind: inclusion
    mode: auto
    text: At least 40 years old.
    source: invented
    rule: {part: old-enough, age: {at_least: 40, at: as-of}}
  - id: SIGNED
    kind: inclusion
    mode: assist
    text: Signed by the patient.
    source: invented
    rule: {consent_signed: {rules: [{roles: [patient]}]}}
  - id: KIDNEY
    kind: inclusion
    mode: auto
    text: Creatinine of the last seven days is at most 2 mg/dL.
    source: invented
    rule:
      compare: {find: {concepts: [creatinine], window: {setting: fresh}}, op: "<=", value: 2, unit: mg/dL}
  - id: TRAVEL
    kind: inclusion
    mode: attest
    text: Can travel.
    source: invented
    rule: {attested: {link: TRAVEL, roles: [keeper-doctor]}}
  - id: HEPB
    kind: exclusion
    mode: auto
    text: Hepatitis B surface antigen.
    source: invented
    rule: {coded: {find: {concepts: [hbsag], window: 60 d}, met: [detected], not_met: [not-detected]}}
  - id: LEFT
    kind: exclusion
    mode: auto
    text: Consent was withdrawn.
    source: invented
    rule: {consent_withdrawn: {}}
""",
}


def write_mappings(root: Path) -> Path:
    """Write both folders as an overlay."""
    for name, text in MAPPINGS.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def _resource(resource_type: str, name: str, **more: Any) -> Json:
    meta = {"versionId": "1", "lastUpdated": "2026-05-19T08:00:00+09:00"}
    return {"resourceType": resource_type, "id": name, "meta": meta, **more}


def _observation(patient: str, code: str, effective: str, **value: Any) -> Json:
    return _resource(
        "Observation",
        f"{patient}-{code}",
        status="final",
        code={"coding": [{"system": LAB, "code": code}]},
        subject={"reference": f"Patient/{patient}"},
        effectiveDateTime=effective,
        **value,
    )


def _visit(patient: str) -> Json:
    return _resource(
        "QuestionnaireResponse",
        f"{patient}-visit",
        status="completed",
        questionnaire="https://keepers.example/visit",
        subject={"reference": f"Patient/{patient}"},
        authored="2026-05-19T09:00:00+09:00",
        author={"reference": "Practitioner/dr-ito"},
        item=[{"linkId": "TRAVEL", "answer": [{"valueBoolean": True}]}],
    )


def patient(
    name: str,
    *,
    birth: str = "1976-05-20",
    creatinine: str = "2.0",
    unit: str = "mg/dL",
    drawn: str = "2026-05-18T08:00:00+09:00",
    hbsag: str = "N",
    travel: bool = True,
) -> list[Json]:
    """A patient of whom everything is met, by default exactly at each limit."""
    quantity = {"value": float(creatinine), "unit": unit, "system": "http://unitsofmeasure.org", "code": unit}
    return [
        _resource("Patient", name, birthDate=birth, gender="female"),
        _resource(
            "Consent",
            f"{name}-consent",
            status="active",
            scope={"coding": [{"system": f"{_TERMS}/consentscope", "code": "research"}]},
            category=[{"coding": [{"system": f"{_TERMS}/consentcategorycodes", "code": "research"}]}],
            patient={"reference": f"Patient/{name}"},
            dateTime="2026-05-01T09:00:00+09:00",
            performer=[{"reference": f"Patient/{name}"}],
            policyRule={"coding": [{"code": "OPTIN"}]},
        ),
        _observation(name, "0417" if unit == "mg/dL" else "0419", drawn, valueQuantity=quantity),
        _observation(
            name,
            "0418",
            "2026-05-01T08:00:00+09:00",
            valueCodeableConcept={"coding": [{"system": ANSWERS, "code": hbsag}]},
        ),
        *([_visit(name)] if travel else []),
    ]


EVERYBODY = (
    *patient("at-every-limit"),
    *patient("a-day-too-young", birth="1986-05-21"),
    *patient("in-other-units", creatinine="177", unit="umol/L"),
    *patient("first-minute-of-the-week", drawn="2026-05-12T15:00:00Z"),
    *patient("last-minute-before-it", drawn="2026-05-12T14:59:00Z"),
    *patient("answer-not-in-the-map", hbsag="Q"),
    *patient("antigen-found", hbsag="P"),
    *patient("nobody-asked", travel=False),
)


def write_export(folder: Path) -> Path:
    """Write everybody as a bulk export."""
    folder.mkdir(parents=True)
    for name in ("Patient", "Consent", "Observation", "QuestionnaireResponse"):
        lines = [json.dumps(body) for body in EVERYBODY if body["resourceType"] == name]
        (folder / f"{name}.ndjson").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder
