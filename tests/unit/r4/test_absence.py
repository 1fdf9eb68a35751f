"""A value that is not there says why, in a closed word, however it is said."""

from __future__ import annotations

from typing import Any

import pytest

from fhir_adapter.domain.source import RejectionReason
from tests.unit.r4.laboratory import LOCAL, LOINC, amount, coded, observation, read, rejection

VIRUS = coded(LOINC, "5009-6")
ABSENT_REASON = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
ABSENT_EXTENSION = {
    "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "masked"}]
}


@pytest.mark.parametrize(
    ("reason", "detail"),
    [
        (coded(ABSENT_REASON, "masked"), "masked"),
        (coded(ABSENT_REASON, "unknown"), "unknown"),
        (coded("http://terminology.hl7.org/CodeSystem/v3-NullFlavor", "MSK"), "masked"),
        (coded(LOCAL, "lost"), "other"),
        ({"text": "sample of Jane lost"}, "other"),
    ],
)
def test_an_absent_value_says_why_in_a_closed_word(reason: dict[str, Any], detail: str) -> None:
    refused = rejection(read(observation(dataAbsentReason=reason)))
    assert (refused.reason, refused.path, refused.detail) == (
        RejectionReason.VALUE_ABSENT,
        "Observation.value",
        detail,
    )
    assert refused.concepts == ("creatinine",)


@pytest.mark.parametrize(
    ("answer", "detail"),
    [
        (coded(ABSENT_REASON, "not-performed"), "not-performed"),
        (coded("http://terminology.hl7.org/CodeSystem/v3-NullFlavor", "XYZ"), "other"),
        (ABSENT_EXTENSION, "masked"),
    ],
)
def test_an_answer_that_only_says_there_is_none_is_absent(answer: dict[str, Any], detail: str) -> None:
    refused = rejection(read(observation(VIRUS, valueCodeableConcept=answer)))
    assert (refused.reason, refused.detail) == (RejectionReason.VALUE_ABSENT, detail)


def test_a_value_beside_the_reason_for_its_absence_is_refused() -> None:
    absent = coded(ABSENT_REASON, "error")
    refused = rejection(read(observation(valueQuantity=amount(1, "mg/dL"), dataAbsentReason=absent)))
    assert (refused.reason, refused.path) == (RejectionReason.INVALID_RESOURCE, "Observation.dataAbsentReason")


def test_no_value_and_no_reason_is_an_absent_value() -> None:
    refused = rejection(read(observation()))
    assert (refused.reason, refused.path, refused.detail) == (
        RejectionReason.VALUE_ABSENT,
        "Observation.value",
        "none",
    )


def test_another_extension_says_nothing_about_absence() -> None:
    other = {"extension": [{"url": "https://lab.example/note", "valueCode": "masked"}]}
    refused = rejection(read(observation(valueQuantity=other)))
    assert (refused.reason, refused.detail) == (RejectionReason.VALUE_ABSENT, "none")
