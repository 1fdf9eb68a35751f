"""Specimens and reports: what a specimen is, which results a report names."""

from __future__ import annotations

from typing import Any

import pytest

from fhir_adapter.domain.facts import SpecimenKind
from fhir_adapter.domain.source import Exclusion, RejectionReason
from fhir_adapter.domain.vocabulary import OTHER_SPECIMEN
from fhir_adapter.r4.context import PageContext
from tests.unit.r4.laboratory import (
    LOCAL,
    MARROW,
    MODIFIER,
    SNOMED,
    amount,
    coded,
    finding,
    observation,
    read,
    rejection,
)


def specimen(**elements: Any) -> dict[str, Any]:
    written = {
        "resourceType": "Specimen",
        "id": "s1",
        "type": coded(SNOMED, "119359002"),
        "subject": {"reference": "Patient/p1"},
        **elements,
    }
    return {key: value for key, value in written.items() if value is not None}


def report(**elements: Any) -> dict[str, Any]:
    return {
        "resourceType": "DiagnosticReport",
        "id": "d1",
        "status": "final",
        "subject": {"reference": "Patient/p1"},
        "result": [{"reference": "Observation/1"}, {"reference": "Observation/2"}, {"reference": "Observation/1"}],
        **elements,
    }


@pytest.mark.parametrize(("subject", "patient"), [({"reference": "Patient/p1"}, "p1"), (None, None)])
def test_a_specimen_is_what_its_type_says(subject: dict[str, str] | None, patient: str | None) -> None:
    reading = read(specimen(status="available", subject=subject))
    (fact,) = reading.facts
    assert isinstance(fact, SpecimenKind)
    assert (fact.concepts, reading.patient) == ((MARROW,), patient)


def test_a_specimen_nobody_asks_for_is_left_out_by_rule() -> None:
    assert read(specimen(type=coded(SNOMED, "1"))).excluded_by is Exclusion.CODE_NOT_NEEDED
    assert read(specimen(type=coded(LOCAL, "COMMENT"))).excluded_by is Exclusion.CODE_UNMATCHED


@pytest.mark.parametrize(
    ("elements", "reason", "path"),
    [
        ({"type": coded(LOCAL, "new")}, RejectionReason.UNMAPPED_CODE, "Specimen.type"),
        ({"type": None}, RejectionReason.UNMAPPED_CODE, "Specimen.type"),
        ({"status": "lost"}, RejectionReason.UNKNOWN_STATUS, "Specimen.status"),
        ({"modifierExtension": MODIFIER}, RejectionReason.MODIFIER_EXTENSION, "Specimen.modifierExtension"),
        ({"implicitRules": "x"}, RejectionReason.IMPLICIT_RULES, "Specimen.implicitRules"),
        ({"subject": {"reference": "Patient/p2"}}, RejectionReason.WRONG_PATIENT, "Specimen.subject"),
    ],
)
def test_a_specimen_that_cannot_be_read_is_refused(
    elements: dict[str, Any], reason: RejectionReason, path: str
) -> None:
    refused = rejection(read(specimen(**elements), PageContext(patient="p1")))
    assert (refused.reason, refused.path) == (reason, path)


def test_a_specimen_entered_in_error_voids_what_was_read_before() -> None:
    assert read(specimen(status="entered-in-error", type=None)).retracts


@pytest.mark.parametrize(
    ("kind", "concepts"),
    [
        (coded(SNOMED, "119359002"), (MARROW,)),
        (coded(SNOMED, "1"), (OTHER_SPECIMEN,)),
        (coded(LOCAL, "new"), ()),
        ({"text": "marrow"}, ()),
    ],
)
def test_a_contained_specimen_is_read_where_it_stands(kind: dict[str, Any], concepts: tuple[str, ...]) -> None:
    contained = [
        {"resourceType": "Practitioner", "id": "x"},
        {"resourceType": "Specimen", "id": "s", "type": kind},
    ]
    resource = observation(valueQuantity=amount(1, "mg/dL"), specimen={"reference": "#s"}, contained=contained)
    assert finding(read(resource)).specimen == concepts


def test_a_report_names_each_result_once_and_is_no_fact() -> None:
    reading = read(report())
    assert reading.excluded_by is Exclusion.CODE_NOT_NEEDED
    assert reading.references == ("Observation/1", "Observation/2")
    assert reading.patient == "p1"


@pytest.mark.parametrize("status", ["entered-in-error", "cancelled"])
def test_a_voided_report_names_nothing(status: str) -> None:
    reading = read(report(status=status))
    assert (reading.retracts, reading.references) == (True, ())


@pytest.mark.parametrize(
    ("elements", "reason", "path"),
    [
        ({"status": "done"}, RejectionReason.UNKNOWN_STATUS, "DiagnosticReport.status"),
        ({"subject": {}}, RejectionReason.INVALID_RESOURCE, "DiagnosticReport.subject"),
        ({"implicitRules": "x"}, RejectionReason.IMPLICIT_RULES, "DiagnosticReport.implicitRules"),
    ],
)
def test_a_report_that_cannot_be_trusted_is_refused(
    elements: dict[str, Any], reason: RejectionReason, path: str
) -> None:
    refused = rejection(read(report(**elements)))
    assert (refused.reason, refused.path) == (reason, path)
