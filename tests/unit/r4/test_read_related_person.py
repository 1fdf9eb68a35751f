"""RelatedPerson: left out, for a caregiver's data are not ours to keep."""

from __future__ import annotations

from typing import Any

import pytest

from fhir_adapter.domain.source import Exclusion, RejectionReason
from tests.unit.r4.clinic import MODIFIER, changed, coded, only, read

MOTHER: dict[str, Any] = {
    "resourceType": "RelatedPerson",
    "id": "r-1",
    "patient": {"reference": "Patient/p-1"},
    "relationship": [coded("http://terminology.hl7.org/CodeSystem/v3-RoleCode", "MTH")],
    "name": [{"family": "Invented"}],
    "birthDate": "1980-01-01",
}


def test_a_relative_is_counted_for_the_patient_and_left_out() -> None:
    reading = read(MOTHER)
    assert (reading.patient, reading.facts, reading.rejections) == ("p-1", (), ())
    assert reading.excluded_by is Exclusion.CODE_NOT_NEEDED


@pytest.mark.parametrize(
    ("change", "reason", "path"),
    [
        ({"modifierExtension": MODIFIER}, RejectionReason.MODIFIER_EXTENSION, "RelatedPerson.modifierExtension"),
        ({"implicitRules": "https://x.example"}, RejectionReason.IMPLICIT_RULES, "RelatedPerson.implicitRules"),
        ({"patient": None}, RejectionReason.INVALID_RESOURCE, "RelatedPerson.patient"),
    ],
)
def test_what_cannot_be_understood_is_refused(change: dict[str, Any], reason: RejectionReason, path: str) -> None:
    rejection = only(read(changed(MOTHER, **change)))
    assert (rejection.reason, rejection.path) == (reason, path)
