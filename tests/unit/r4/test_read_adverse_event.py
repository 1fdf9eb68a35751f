"""AdverseEvent -> ReportedEvent: what the hospital reports, in R4's own elements; a severity is never a grade."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from fhir_adapter.domain.codes import Coding
from fhir_adapter.domain.facts import Reading
from fhir_adapter.domain.reported_event import ReportedEvent, Suspect
from fhir_adapter.domain.source import Exclusion, RejectionReason
from fhir_adapter.r4.context import PageContext
from fhir_adapter.r4.read import read_resource
from tests.unit.r4.clinic import (
    CONTEXT,
    LEUKAEMIA,
    LOCAL,
    MODIFIER,
    RXNORM,
    SNOMED,
    TERMINOLOGY,
    causes,
    changed,
    coded,
    on,
    utc,
)

MEDDRA = "https://www.meddra.org"
NCIT = "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl"
HL7 = "http://terminology.hl7.org/CodeSystem/adverse-event-"
GRADE = "http://hl7.org/fhir/uv/ae-research-backport-ig/StructureDefinition/ae-grade"
REPORTING = replace(
    CONTEXT,
    terminology=replace(TERMINOLOGY, systems=TERMINOLOGY.systems | {MEDDRA}),
    event_terms={(MEDDRA, "10040047"): "Sepsis", (MEDDRA, "10016288"): "Febrile neutropenia"},
)


def graded(*codes: str, url: str = GRADE, system: str = NCIT) -> list[dict[str, Any]]:
    return [{"url": url, "valueCodeableConcept": coded(system, code)} for code in codes]


def suspect(system: str = NCIT, code: str = "C53258", **more: Any) -> dict[str, Any]:
    cause = {"assessment": coded(system, code)}
    return {"instance": {"reference": "MedicationAdministration/nk-1"}, "causality": [cause], **more}


REPORT: dict[str, Any] = {
    "resourceType": "AdverseEvent",
    "id": "ae-1",
    "meta": {"versionId": "1"},
    "identifier": {"system": "https://clinic.example/reports", "value": "7"},
    "extension": graded("C41340"),
    "actuality": "actual",
    "category": [coded(f"{HL7}category", "product-use-error")],
    "event": {"coding": [{"system": MEDDRA, "code": "10040047"}], "text": "septic in the night"},
    "subject": {"reference": "Patient/p-1"},
    "date": "2026-02-11",
    "detected": "2026-02-11T21:40:00Z",
    "recordedDate": "2026-02-12T08:00:00Z",
    "resultingCondition": [{"reference": "Condition/c-9"}],
    "seriousness": coded(f"{HL7}seriousness", "Serious"),
    "severity": coded(f"{HL7}severity", "severe"),
    "outcome": coded(f"{HL7}outcome", "recovering"),
    "suspectEntity": [suspect()],
    "study": [{"reference": "ResearchStudy/s-1"}],
}


def read(resource: dict[str, Any], page: PageContext | None = None) -> Reading:
    return read_resource(json.dumps(resource).encode(), REPORTING, page or PageContext())


def report(**changes: Any) -> ReportedEvent:
    (fact,) = read(changed(REPORT, **changes)).facts
    assert isinstance(fact, ReportedEvent)
    return fact


def test_a_report_is_read_with_everything_it_says() -> None:
    reading = read(REPORT)
    assert (reading.patient, reading.rejections) == ("p-1", ())
    assert reading.facts == (
        ReportedEvent(
            source=reading.source,
            path="AdverseEvent.event",
            concepts=(),
            codings=(Coding(MEDDRA, "10040047"),),
            text="septic in the night",
            terms=("Sepsis",),
            grade=3,
            severity="severe",
            serious=True,
            outcome="recovering",
            occurred=on("2026-02-11"),
            detected=utc("2026-02-11T21:40:00Z"),
            recorded=utc("2026-02-12T08:00:00Z"),
            conditions=("Condition/c-9",),
            suspects=(Suspect(reference="MedicationAdministration/nk-1", relatedness="possible"),),
            studies=("ResearchStudy/s-1",),
            categories=("product-use-error",),
            identifiers=(("https://clinic.example/reports", "7"),),
        ),
    )


@pytest.mark.parametrize(
    ("code", "grade"), [("C41338", 1), ("C41339", 2), ("C41340", 3), ("C41337", 4), ("C48275", 5)]
)
def test_every_grade_has_its_code(code: str, grade: int) -> None:
    assert report(extension=graded(code)).grade == grade


@pytest.mark.parametrize("severity", ["mild", "moderate", "severe"])
def test_a_severity_is_kept_and_never_turned_into_a_grade(severity: str) -> None:
    fact = report(extension=None, severity=coded(f"{HL7}severity", severity))
    assert (fact.severity, fact.grade) == (severity, None)


def test_the_grade_of_the_later_guide_is_read_and_another_extension_is_none() -> None:
    later = "http://hl7.org/fhir/uv/ae-research-ig/StructureDefinition/ae-grade"
    assert report(extension=graded("C41339", url=later)).grade == 2
    assert report(extension=graded("C41339", url="https://clinic.example/grade")).grade is None


def test_two_equal_grades_are_one_and_two_that_differ_are_none() -> None:
    assert report(extension=graded("C41339", "C41339")).grade == 2
    reading = read(changed(REPORT, extension=graded("C41339", "C41340")))
    assert causes(reading) == [(RejectionReason.INVALID_RESOURCE, "AdverseEvent.extension.value", "several")]
    assert [fact.grade for fact in reading.facts if isinstance(fact, ReportedEvent)] == [None]


@pytest.mark.parametrize(
    "extension",
    [graded("C99999"), graded("3", system=LOCAL), [{"url": GRADE}], [{"url": GRADE, "valueInteger": 3}]],
    ids=["unknown code", "local code", "no value", "a number"],
)
def test_a_grade_in_other_words_is_refused_and_the_event_stays(extension: Any) -> None:
    reading = read(changed(REPORT, extension=extension))
    assert causes(reading) == [(RejectionReason.UNMAPPED_CODE, "AdverseEvent.extension.value", "grade")]
    assert len(reading.facts) == 1


@pytest.mark.parametrize(
    ("system", "code", "word"),
    [
        (NCIT, "C53260", "related"),
        (NCIT, "C53258", "possible"),
        (NCIT, "C53257", "unlikely"),
        (NCIT, "C53256", "not-related"),
        (f"{HL7}causality-assess", "Certain", "related"),
        (f"{HL7}causality-assess", "Probably-Likely", "related"),
        (f"{HL7}causality-assess", "Possible", "possible"),
        (f"{HL7}causality-assess", "Unlikely", "unlikely"),
    ],
)
def test_causality_is_read_in_the_words_a_person_would_use_here(system: str, code: str, word: str) -> None:
    assert report(suspectEntity=[suspect(system, code)]).suspects[0].relatedness == word


def test_a_causality_nobody_can_assess_says_nothing_and_is_listed() -> None:
    reading = read(
        changed(REPORT, suspectEntity=[suspect(f"{HL7}causality-assess", "Unassessable-Unclassifiable")])
    )
    assert causes(reading) == [
        (RejectionReason.UNMAPPED_CODE, "AdverseEvent.suspectEntity[0].causality", "causality")
    ]
    (fact,) = reading.facts
    assert isinstance(fact, ReportedEvent)
    assert fact.suspects == (Suspect(reference="MedicationAdministration/nk-1"),)


def test_two_causalities_that_differ_are_refused() -> None:
    both = [{"assessment": coded(NCIT, code)} for code in ("C53260", "C53256")]
    reading = read(changed(REPORT, suspectEntity=[suspect(causality=both)]))
    assert causes(reading) == [
        (RejectionReason.INVALID_RESOURCE, "AdverseEvent.suspectEntity[0].causality", "several")
    ]


def test_a_suspect_under_a_modifier_or_outside_the_hospital_is_left_out() -> None:
    elsewhere = suspect(instance={"display": "cells"})
    reading = read(changed(REPORT, suspectEntity=[elsewhere, {}, suspect(modifierExtension=MODIFIER)]))
    assert causes(reading) == [(RejectionReason.MODIFIER_EXTENSION, "AdverseEvent.suspectEntity[2]", "")]
    (fact,) = reading.facts
    assert isinstance(fact, ReportedEvent)
    assert fact.suspects == ()


def test_a_suspect_without_causality_is_one() -> None:
    assert report(suspectEntity=[suspect(causality=[])]).suspects[0].relatedness is None


@pytest.mark.parametrize(("code", "serious"), [("Serious", True), ("Non-serious", False), ("serious", True)])
def test_seriousness_is_read_as_stated(code: str, serious: bool) -> None:
    assert report(seriousness=coded(f"{HL7}seriousness", code)).serious is serious


@pytest.mark.parametrize(
    ("element", "value", "reason"),
    [
        ("seriousness", coded(LOCAL, "SAE"), RejectionReason.UNMAPPED_CODE),
        ("seriousness", {"text": "yes"}, RejectionReason.UNMAPPED_CODE),
        ("severity", coded(f"{HL7}severity", "3"), RejectionReason.UNKNOWN_STATUS),
        ("outcome", coded(f"{HL7}outcome", "better"), RejectionReason.UNKNOWN_STATUS),
        ("date", "soon", RejectionReason.INVALID_RESOURCE),
        ("date", "2026-02-11T10:00:00", RejectionReason.NAIVE_TIME),
        ("recordedDate", "2026-12-12", RejectionReason.FUTURE_TIME),
        ("detected", "2026-02-11T10:00:00", RejectionReason.NAIVE_TIME),
    ],
)
def test_a_part_that_cannot_be_understood_is_refused_and_the_event_stays(
    element: str, value: Any, reason: RejectionReason
) -> None:
    reading = read(changed(REPORT, **{element: value}))
    assert len(reading.facts) == 1
    assert [each[:2] for each in causes(reading)] == [(reason, f"AdverseEvent.{element}")]


def test_what_is_not_said_stays_open() -> None:
    bare = {key: REPORT[key] for key in ("resourceType", "id", "actuality", "event", "subject")}
    (fact,) = read(bare).facts
    assert isinstance(fact, ReportedEvent)
    assert (fact.grade, fact.severity, fact.serious, fact.outcome) == (None, None, None, None)
    assert (fact.occurred, fact.recorded, fact.suspects, fact.identifiers) == (None, None, (), ())


def test_an_event_of_a_value_set_is_read_whether_a_rule_needs_it_or_not() -> None:
    assert report(event=coded(SNOMED, "91855006")).concepts == (LEUKAEMIA,)
    assert report(event=coded(RXNORM, "3002")).concepts == ("not-asked-for",)


def test_codings_that_name_two_events_of_the_scale_keep_both() -> None:
    both = {"coding": [{"system": MEDDRA, "code": code} for code in ("10040047", "10016288")]}
    assert report(event=both).terms == ("Sepsis", "Febrile neutropenia")


@pytest.mark.parametrize(
    ("event", "detail"),
    [
        (coded(MEDDRA, "10099999"), "not-listed"),
        (coded(SNOMED, "404684003"), "not-listed"),
        (coded(LOCAL, "QQ"), "not-in-map"),
        (coded("https://elsewhere.example", "1"), "unknown-system"),
        ({"coding": [{"code": "1"}]}, "no-system"),
        ({"text": "felt bad"}, "no-code"),
        (None, "no-code"),
    ],
)
def test_an_event_nobody_listed_is_refused_in_a_standard_code_too(event: Any, detail: str) -> None:
    reading = read(changed(REPORT, event=event))
    assert causes(reading) == [(RejectionReason.UNMAPPED_CODE, "AdverseEvent.event", detail)]
    assert reading.rejections[0].effective == on("2026-02-11")


def test_a_code_the_hospital_marks_as_having_no_counterpart_is_left_out() -> None:
    assert read(changed(REPORT, event=coded(LOCAL, "ZZ"))).excluded_by is Exclusion.CODE_UNMATCHED


def test_a_potential_event_happened_to_nobody_and_is_left_out_by_rule() -> None:
    reading = read(changed(REPORT, actuality="potential"))
    assert (reading.excluded_by, reading.patient, reading.facts) == (Exclusion.EVENT_POTENTIAL, "p-1", ())


@pytest.mark.parametrize("actuality", [None, "", "Actual", "entered-in-error"])
def test_an_event_that_does_not_say_whether_it_happened_is_refused(actuality: str | None) -> None:
    reading = read(changed(REPORT, actuality=actuality))
    assert causes(reading) == [(RejectionReason.UNKNOWN_STATUS, "AdverseEvent.actuality", "")]


def test_an_event_that_lies_ahead_is_refused_whole() -> None:
    reading = read(changed(REPORT, date="2026-12-01"))
    assert causes(reading) == [(RejectionReason.FUTURE_TIME, "AdverseEvent.date", "")]


def test_a_modifier_refuses_the_event_whatever_it_means() -> None:
    reading = read(changed(REPORT, modifierExtension=MODIFIER))
    assert causes(reading) == [(RejectionReason.MODIFIER_EXTENSION, "AdverseEvent.modifierExtension", "")]


def test_an_event_of_somebody_else_is_not_read() -> None:
    wrong = read(REPORT, PageContext(patient="p-2"))
    assert causes(wrong) == [(RejectionReason.WRONG_PATIENT, "AdverseEvent.subject", "")]
    assert read(changed(REPORT, subject={"reference": "Group/1"})).excluded_by is Exclusion.OTHER_PATIENT


def test_an_unreadable_event_is_still_about_what_its_code_names() -> None:
    reading = read(changed(REPORT, event=coded(SNOMED, "91855006"), date=5))
    assert reading.rejections[0].concepts == (LEUKAEMIA,)
