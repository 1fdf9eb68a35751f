"""A Patient becomes demographics; what cannot be read of it is left out and said."""

from __future__ import annotations

from typing import Any

import pytest

from fhir_adapter.domain.facts import Demographics, Reading
from fhir_adapter.domain.moments import FhirDateTime
from fhir_adapter.domain.source import RejectionReason
from fhir_adapter.r4.context import PageContext
from tests.unit.r4.laboratory import MODIFIER, read, rejection


def patient(**elements: Any) -> dict[str, Any]:
    return {"resourceType": "Patient", "id": "p1", **elements}


def demographics(reading: Reading) -> Demographics:
    (fact,) = reading.facts
    assert isinstance(fact, Demographics)
    return fact


def test_a_patient_is_read_with_everything_that_identifies() -> None:
    reading = read(
        patient(
            identifier=[
                {"system": "https://lab.example/mrn", "value": "42"},
                {"system": "https://lab.example/mrn", "value": "41", "use": "old"},
                {"system": "https://lab.example/mrn"},
            ],
            active=True,
            gender="female",
            birthDate="2014-05",
            deceasedBoolean=False,
            link=[{"other": {"reference": "Patient/p0"}, "type": "replaces"}],
        )
    )
    fact = demographics(reading)
    assert reading.rejections == ()
    assert reading.patient == "p1"
    assert fact.birth_date is not None
    assert fact.birth_date.text == "2014-05"
    assert (fact.gender, fact.deceased, fact.active) == ("female", False, True)
    assert fact.identifiers == (("https://lab.example/mrn", "42"),)
    assert fact.links == (("replaces", "Patient/p0"),)


def test_a_patient_may_say_nothing() -> None:
    fact = demographics(read(patient()))
    assert (fact.birth_date, fact.gender, fact.deceased, fact.active) == (None, None, None, None)


def test_a_time_of_death_is_kept() -> None:
    died = demographics(read(patient(deceasedDateTime="2026-01-05"))).deceased
    assert isinstance(died, FhirDateTime)
    assert died.text == "2026-01-05"


@pytest.mark.parametrize(
    ("elements", "reason", "path", "detail"),
    [
        ({"birthDate": "2014-02-30"}, RejectionReason.INVALID_RESOURCE, "Patient.birthDate", "time"),
        ({"birthDate": "2014-02-03T00:00:00Z"}, RejectionReason.INVALID_RESOURCE, "Patient.birthDate", "time"),
        ({"birthDate": "0001-01-01"}, RejectionReason.INVALID_RESOURCE, "Patient.birthDate", "year"),
        ({"birthDate": "2026-03-03"}, RejectionReason.FUTURE_TIME, "Patient.birthDate", ""),
        ({"gender": "F"}, RejectionReason.UNKNOWN_STATUS, "Patient.gender", ""),
        (
            {"link": [{"other": {"reference": "Patient/p0"}, "type": "same"}]},
            RejectionReason.UNKNOWN_STATUS,
            "Patient.link[0].type",
            "",
        ),
        (
            {"link": [{"other": {"display": "x"}, "type": "replaces"}]},
            RejectionReason.INVALID_RESOURCE,
            "Patient.link[0].other",
            "reference",
        ),
        (
            {"link": [{"other": {"reference": "Patient/p0"}, "type": "refer", "modifierExtension": MODIFIER}]},
            RejectionReason.MODIFIER_EXTENSION,
            "Patient.link[0].modifierExtension",
            "",
        ),
    ],
)
def test_a_part_that_cannot_be_read_is_left_out_and_said(
    elements: dict[str, Any], reason: RejectionReason, path: str, detail: str
) -> None:
    reading = read(patient(**elements))
    fact = demographics(reading)
    assert (fact.birth_date, fact.gender, fact.links) == (None, None, ())
    assert [(each.reason, each.path, each.detail) for each in reading.rejections] == [(reason, path, detail)]


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("2026-01-05T10:00:00", RejectionReason.NAIVE_TIME),
        ("2026-03-03", RejectionReason.FUTURE_TIME),
        ("?", RejectionReason.INVALID_RESOURCE),
    ],
)
def test_a_time_of_death_that_cannot_be_read_still_says_the_patient_died(
    written: str, reason: RejectionReason
) -> None:
    reading = read(patient(deceasedDateTime=written))
    assert demographics(reading).deceased is True
    assert [each.reason for each in reading.rejections] == [reason]


@pytest.mark.parametrize(
    ("elements", "reason", "path"),
    [
        ({"modifierExtension": MODIFIER}, RejectionReason.MODIFIER_EXTENSION, "Patient.modifierExtension"),
        ({"implicitRules": "x"}, RejectionReason.IMPLICIT_RULES, "Patient.implicitRules"),
        (
            {"deceasedBoolean": False, "deceasedDateTime": "2026-01-05"},
            RejectionReason.INVALID_RESOURCE,
            "Patient.deceased",
        ),
    ],
)
def test_what_changes_the_meaning_of_the_whole_is_refused(
    elements: dict[str, Any], reason: RejectionReason, path: str
) -> None:
    refused = rejection(read(patient(**elements)))
    assert (refused.reason, refused.path) == (reason, path)


def test_another_patient_than_the_one_asked_for_is_refused() -> None:
    refused = rejection(read(patient(), PageContext(patient="p2")))
    assert (refused.reason, refused.path) == (RejectionReason.WRONG_PATIENT, "Patient.id")
