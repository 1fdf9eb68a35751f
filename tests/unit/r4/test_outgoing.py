"""The last look before sending: structure by the model, code lists by ourselves."""

from __future__ import annotations

from typing import Any

import pytest

from fhir_adapter.errors import InvariantError
from fhir_adapter.r4.outgoing import validate_outgoing

SUBJECT: dict[str, Any] = {
    "resourceType": "ResearchSubject",
    "identifier": [{"system": "https://example.org/subjects", "value": "S-1"}],
    "status": "candidate",
    "study": {"reference": "ResearchStudy/1"},
    "individual": {"reference": "Patient/1"},
}


def test_a_correct_body_passes_and_is_not_changed() -> None:
    before = {**SUBJECT}
    validate_outgoing(SUBJECT)
    assert before == SUBJECT


@pytest.mark.parametrize(
    "change",
    [
        {"status": "bogus"},
        {"status": None},
        {"individual": None},
        {"subject": {"reference": "Patient/1"}},
        {"period": {"start": "yesterday"}},
        {"identifier": [{"use": "mine", "system": "https://example.org", "value": "1"}]},
        {"identifier": {"value": "1"}},
        {"identifier": []},
        {"meta": {}},
        {"actualArm": ""},
    ],
    ids=[
        "status",
        "no status",
        "no individual",
        "R5 element",
        "period",
        "identifier use",
        "not a list",
        "empty list",
        "empty element",
        "empty text",
    ],
)
def test_what_is_not_r4_is_refused(change: dict[str, Any]) -> None:
    body = {key: value for key, value in {**SUBJECT, **change}.items() if value is not None}
    with pytest.raises(InvariantError, match=r"^an outgoing ResearchSubject is not FHIR R4: "):
        validate_outgoing(body)


@pytest.mark.parametrize("resource_type", ["Patient", "Observation", "Device", "Practitioner", None])
def test_types_we_never_write_are_refused(resource_type: str | None) -> None:
    with pytest.raises(InvariantError, match="never writes"):
        validate_outgoing({**SUBJECT, "resourceType": resource_type})


def test_a_wrong_code_inside_a_bundle_is_found() -> None:
    bundle = {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [
            {
                "fullUrl": "urn:uuid:0b1c2d3e-0000-5000-8000-000000000001",
                "resource": {**SUBJECT, "status": "bogus"},
                "request": {"method": "POST", "url": "ResearchSubject"},
            }
        ],
    }
    with pytest.raises(InvariantError, match=r"ResearchSubject\.status is not one of candidate"):
        validate_outgoing(bundle)


@pytest.mark.parametrize(("path", "change"), [("Bundle.type", {"type": "transactions"})])
def test_a_wrong_bundle_type_is_found(path: str, change: dict[str, Any]) -> None:
    with pytest.raises(InvariantError, match=path):
        validate_outgoing({"resourceType": "Bundle", **change})


def test_the_refusal_shows_no_content() -> None:
    body = {
        **SUBJECT,
        "individual": {"reference": "Patient/1", "canary": "canary-name"},
        "status": "canary-status",
    }
    with pytest.raises(InvariantError) as refusal:
        validate_outgoing(body)
    assert "canary-name" not in str(refusal.value)
    assert "canary-status" not in str(refusal.value)
    assert refusal.value.__cause__ is None
