"""References are brought to `Type/id`, or known to lead nowhere here."""

from __future__ import annotations

import pytest

from fhir_adapter.domain.source import Exclusion, RejectionReason
from fhir_adapter.r4.context import PageContext
from tests.unit.r4.laboratory import CONTEXT, amount, observation, read

PAGE = PageContext(base="https://page.example/r4/", references={"urn:uuid:1": "Patient/p1"})


@pytest.mark.parametrize(
    "reference",
    [
        "Patient/p1",
        "Patient/p1/_history/3",
        "https://page.example/r4/Patient/p1",
        "https://page.example/r4/Patient/p1/_history/3",
        "https://lab.example/fhir/Patient/p1",
        "urn:uuid:1",
    ],
)
def test_every_way_to_name_a_patient_of_this_hospital_is_understood(reference: str) -> None:
    resource = observation(subject={"reference": reference}, valueQuantity=amount(1, "mg/dL"))
    assert read(resource, PAGE).patient == "p1"
    assert read(resource, PAGE).facts


@pytest.mark.parametrize(
    "subject",
    [
        {},
        {"reference": ""},
        {"display": "Jane"},
        {"identifier": {"system": "https://lab.example/mrn", "value": "42"}},
        {"reference": "#p"},
        {"reference": "urn:uuid:2"},
        {"reference": "p1"},
        {"reference": "patient/p1"},
        {"reference": "Patient/"},
        {"reference": "Patient/a b"},
        {"reference": "Patient/p1?x=y"},
        {"reference": "https://page.example/r4x/Patient/p1"},
        {"reference": "https://other.example/Patient/p1"},
        {"reference": "Patient?identifier=x|y"},
    ],
)
def test_a_reference_that_names_nobody_here_is_refused(subject: dict[str, str]) -> None:
    for page in (PAGE, PageContext()):
        reading = read(observation(subject=subject, valueQuantity=amount(1, "mg/dL")), page)
        assert [(each.reason, each.path, each.detail) for each in reading.rejections] == [
            (RejectionReason.INVALID_RESOURCE, "Observation.subject", "no-patient")
        ]


def test_the_same_reference_may_mean_another_on_another_page() -> None:
    resource = observation(subject={"reference": "https://page.example/r4/Patient/p1"}, valueInteger=1)
    assert read(resource, PageContext(base="https://page.example/r4")).patient == "p1"
    assert read(resource, PageContext(base="https://elsewhere.example")).patient is None
    assert CONTEXT.caches.patients


def test_what_is_about_no_patient_is_left_out() -> None:
    resource = observation(subject={"reference": "Device/d"}, valueQuantity=amount(1, "mg/dL"))
    assert read(resource).excluded_by is Exclusion.OTHER_PATIENT
