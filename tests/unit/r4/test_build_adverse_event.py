"""A judged event as R4 AdverseEvent: R4's own codes, the grade as an extension, never a severity."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from fhir_adapter.domain.codes import Coding
from fhir_adapter.domain.reported_event import Suspect
from fhir_adapter.domain.safety.event_statement import AdverseEventStatement
from fhir_adapter.domain.source import Rejection, RejectionReason
from fhir_adapter.errors import InvariantError
from fhir_adapter.r4.build_adverse_event import build_adverse_event
from fhir_adapter.r4.outgoing import validate_outgoing
from fhir_adapter.r4.read_own_adverse_event import read_own_adverse_event
from tests.unit.r4.test_read_adverse_event import report as read_report

SYSTEM = "https://trial.example/adverse-events"
MEDDRA = "https://www.meddra.org"
NCIT = "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl"
HL7 = "http://terminology.hl7.org/CodeSystem/adverse-event-"
GRADE = "http://hl7.org/fhir/uv/ae-research-backport-ig/StructureDefinition/ae-grade"
SEPSIS = AdverseEventStatement(
    identifier=(SYSTEM, "AE-1"),
    title="Sepsis",
    codings=(Coding(MEDDRA, "10040047", "Sepsis"),),
    category="Infections and infestations",
    patient="p1",
    study="ResearchStudy/s1",
    onset="2026-03-09",
    detected="2026-03-11T18:30:00+01:00",
    recorded="2026-03-12T09:00:00+01:00",
    grade=4,
    serious=True,
    outcome="recovered-with-sequelae",
    suspects=(Suspect(reference="MedicationAdministration/n1", relatedness="possible"),),
    conditions=("Condition/c1",),
)
BODY: dict[str, Any] = {
    "resourceType": "AdverseEvent",
    "meta": {"tag": [{"system": SYSTEM, "code": "AE-1"}]},
    "extension": [
        {
            "url": GRADE,
            "valueCodeableConcept": {
                "coding": [
                    {
                        "system": NCIT,
                        "code": "C41337",
                        "display": "Grade 4 Life Threatening or Disabling Adverse Event",
                    }
                ]
            },
        }
    ],
    "identifier": {"system": SYSTEM, "value": "AE-1"},
    "actuality": "actual",
    "category": [{"text": "Infections and infestations"}],
    "event": {"coding": [{"system": MEDDRA, "code": "10040047", "display": "Sepsis"}], "text": "Sepsis"},
    "subject": {"reference": "Patient/p1"},
    "date": "2026-03-09",
    "detected": "2026-03-11T18:30:00+01:00",
    "recordedDate": "2026-03-12T09:00:00+01:00",
    "resultingCondition": [{"reference": "Condition/c1"}],
    "seriousness": {"coding": [{"system": f"{HL7}seriousness", "code": "Serious"}]},
    "outcome": {"coding": [{"system": f"{HL7}outcome", "code": "resolvedWithSequelae"}]},
    "suspectEntity": [
        {
            "instance": {"reference": "MedicationAdministration/n1"},
            "causality": [
                {"assessment": {"coding": [{"system": NCIT, "code": "C53258", "display": "Possibly Related"}]}}
            ],
        }
    ],
    "study": [{"reference": "ResearchStudy/s1"}],
}


BETTER = {"coding": [{"system": f"{HL7}outcome", "code": "better"}]}
UNREADABLE = {"text": "x", "coding": [{"code": 5}]}
CAUSALITY = "AdverseEvent.suspectEntity[0].causality"
TWICE = BODY["suspectEntity"][0]["causality"] * 2


def _caused(causality: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"instance": {"reference": "MedicationAdministration/n1"}, "causality": causality}]


def test_an_event_is_written_with_everything_that_is_stated() -> None:
    assert build_adverse_event(SEPSIS) == BODY


def test_what_is_not_stated_is_not_written() -> None:
    bare = AdverseEventStatement(
        identifier=(SYSTEM, "AE-1"),
        title="Rash",
        codings=(),
        patient="p1",
        study=("https://trials.example", "T-1"),
        recorded="2026-03-12T09:00:00+01:00",
        serious=False,
        outcome="unknown",
        suspects=(Suspect(reference="MedicationAdministration/n1"),),
    )
    body = build_adverse_event(bare)
    assert set(body) == {
        "resourceType",
        "meta",
        "identifier",
        "actuality",
        "event",
        "subject",
        "recordedDate",
        "seriousness",
        "outcome",
        "suspectEntity",
        "study",
    }
    assert body["event"] == {"text": "Rash"}
    assert body["suspectEntity"] == [{"instance": {"reference": "MedicationAdministration/n1"}}]
    assert body["study"] == [{"identifier": {"system": "https://trials.example", "value": "T-1"}}]
    assert body["seriousness"]["coding"][0]["code"] == "Non-serious"


@pytest.mark.parametrize(
    ("grade", "code"), [(1, "C41338"), (2, "C41339"), (3, "C41340"), (4, "C41337"), (5, "C48275")]
)
def test_every_grade_has_its_code(grade: int, code: str) -> None:
    body = build_adverse_event(replace(SEPSIS, grade=grade))
    assert body["extension"][0]["valueCodeableConcept"]["coding"][0]["code"] == code


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("recovered", "resolved"),
        ("recovering", "recovering"),
        ("recovered-with-sequelae", "resolvedWithSequelae"),
        ("not-recovered", "ongoing"),
        ("fatal", "fatal"),
        ("unknown", "unknown"),
    ],
)
def test_every_outcome_has_its_code(word: str, code: str) -> None:
    assert build_adverse_event(replace(SEPSIS, outcome=word))["outcome"]["coding"][0]["code"] == code


@pytest.mark.parametrize(
    ("word", "code"),
    [("related", "C53260"), ("possible", "C53258"), ("unlikely", "C53257"), ("not-related", "C53256")],
)
def test_every_word_on_relatedness_has_its_code(word: str, code: str) -> None:
    suspect = Suspect(reference="MedicationAdministration/n1", relatedness=word)
    body = build_adverse_event(replace(SEPSIS, suspects=(suspect,)))
    assert body["suspectEntity"][0]["causality"][0]["assessment"]["coding"][0]["code"] == code


@pytest.mark.parametrize(
    "change",
    [
        {"grade": 0},
        {"grade": 6},
        {"outcome": "better"},
        {"patient": "p 1"},
        {"study": "Group/1"},
        {"study": "https://elsewhere.example/ResearchStudy/1"},
        {"conditions": ("Observation/1",)},
        {"suspects": (Suspect(reference="Medication/1"),)},
        {"suspects": (Suspect(reference="MedicationAdministration/1", relatedness="perhaps"),)},
        {"onset": "soon"},
        {"title": ""},
    ],
    ids=str,
)
def test_what_r4_or_a_list_does_not_have_is_not_sent(change: dict[str, Any]) -> None:
    with pytest.raises(InvariantError):
        build_adverse_event(replace(SEPSIS, **change))


@pytest.mark.parametrize(
    ("element", "value"),
    [
        ("actuality", "certain"),
        ("outcome", BETTER),
        ("severity", {"coding": [{"system": f"{HL7}severity", "code": "grade 3"}]}),
        ("status", "completed"),
        ("occurrenceDateTime", "2026-03-09"),
    ],
)
def test_the_last_look_refuses_other_codes_and_elements_of_r5(element: str, value: Any) -> None:
    with pytest.raises(InvariantError):
        validate_outgoing({**BODY, element: value})


def test_the_hospital_s_reader_understands_what_we_write() -> None:
    dates = {"date": "2026-02-09", "detected": None, "recordedDate": None}
    ours = {key: value for key, value in BODY.items() if key != "resourceType"}
    fact = read_report(**{**ours, **dates, "severity": None, "id": "ours"})
    assert (fact.terms, fact.grade, fact.serious, fact.outcome) == (("Sepsis",), 4, True, "resolvedWithSequelae")
    assert fact.suspects == SEPSIS.suspects
    assert fact.identifiers == ((SYSTEM, "AE-1"),)


def test_what_is_written_is_read_back() -> None:
    body = json.loads(json.dumps(BODY))
    body["meta"] = {"versionId": "3"}
    body["note"] = "theirs"
    body["extension"].append({"url": "https://elsewhere.example", "valueBoolean": True})
    assert read_own_adverse_event(body, identifier_system=SYSTEM) == SEPSIS


@pytest.mark.parametrize(
    ("changes", "reason", "path"),
    [
        ({"resourceType": "Condition"}, RejectionReason.INVALID_RESOURCE, "AdverseEvent"),
        ({"implicitRules": "https://x.example"}, RejectionReason.IMPLICIT_RULES, "AdverseEvent.implicitRules"),
        ({"actuality": "potential"}, RejectionReason.UNKNOWN_STATUS, "AdverseEvent.actuality"),
        ({"identifier": None}, RejectionReason.INVALID_RESOURCE, "AdverseEvent.identifier"),
        ({"identifier": {"system": SYSTEM}}, RejectionReason.INVALID_RESOURCE, "AdverseEvent.identifier"),
        ({"subject": {"reference": "Group/1"}}, RejectionReason.INVALID_RESOURCE, "AdverseEvent.subject"),
        ({"event": "Sepsis"}, RejectionReason.INVALID_RESOURCE, "AdverseEvent.event.text"),
        ({"event": UNREADABLE}, RejectionReason.INVALID_RESOURCE, "AdverseEvent.event.coding.code"),
        ({"recordedDate": None}, RejectionReason.INVALID_RESOURCE, "AdverseEvent.recordedDate"),
        ({"date": 5}, RejectionReason.INVALID_RESOURCE, "AdverseEvent.date"),
        ({"seriousness": None}, RejectionReason.UNKNOWN_STATUS, "AdverseEvent.seriousness"),
        ({"outcome": BETTER}, RejectionReason.UNKNOWN_STATUS, "AdverseEvent.outcome"),
        ({"extension": [{"url": GRADE}]}, RejectionReason.UNMAPPED_CODE, "AdverseEvent.extension.value"),
        ({"extension": BODY["extension"] * 2}, RejectionReason.UNMAPPED_CODE, "AdverseEvent.extension.value"),
        ({"study": None}, RejectionReason.INVALID_RESOURCE, "AdverseEvent.study"),
        ({"study": [{"reference": "Group/1"}]}, RejectionReason.INVALID_RESOURCE, "AdverseEvent.study"),
        ({"resultingCondition": [{}]}, RejectionReason.INVALID_RESOURCE, "AdverseEvent.resultingCondition"),
        ({"suspectEntity": [{}]}, RejectionReason.INVALID_RESOURCE, "AdverseEvent.suspectEntity[0].instance"),
        ({"suspectEntity": _caused([{}])}, RejectionReason.UNMAPPED_CODE, CAUSALITY),
        ({"suspectEntity": _caused(TWICE)}, RejectionReason.UNMAPPED_CODE, CAUSALITY),
    ],
)  # fmt: skip
def test_what_somebody_made_unreadable_is_told_with_its_place(
    changes: dict[str, Any], reason: RejectionReason, path: str
) -> None:
    body = {key: value for key, value in {**BODY, **changes}.items() if value is not None}
    refused = read_own_adverse_event(body, identifier_system=SYSTEM)
    assert isinstance(refused, Rejection)
    assert (refused.reason, refused.path) == (reason, path)
