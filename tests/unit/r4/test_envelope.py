"""Bundles come apart into single resources, and what a server said beside them keeps its kind."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fhir_adapter.ports.source import IssueKind
from fhir_adapter.r4.context import PageContext
from fhir_adapter.r4.envelope import Bundle, Capability, read_bundle, read_capability
from tests.unit.r4.laboratory import CONTEXT, amount, observation, read

PATIENT = {"resourceType": "Patient", "id": "p1"}


def bundle(kind: str, *entries: dict[str, Any], **elements: Any) -> Bundle:
    written = {"resourceType": "Bundle", "type": kind, "entry": list(entries), **elements}
    found = read_bundle(json.dumps(written).encode())
    assert found is not None
    return found


@pytest.mark.parametrize("kind", ["collection", "searchset", "transaction", "batch", "history"])
def test_every_kind_of_bundle_gives_its_resources_in_order(kind: str) -> None:
    found = bundle(kind, {"resource": PATIENT}, {"fullUrl": "x"}, {"resource": observation()})
    assert found.type == kind
    assert [json.loads(each)["resourceType"] for each in found.resources] == ["Patient", "Observation"]


def test_numbers_of_a_resource_are_passed_on_as_written() -> None:
    raw = b'{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"value": 1.50}}]}'
    found = read_bundle(raw)
    assert found is not None
    assert found.resources == (b'{"value": 1.50}',)


def test_a_urn_leads_to_the_resource_it_names() -> None:
    found = bundle(
        "transaction",
        {"fullUrl": "urn:uuid:9b1c", "resource": PATIENT},
        {"fullUrl": "urn:uuid:77aa", "resource": observation(subject={"reference": "urn:uuid:9b1c"})},
    )
    assert found.references == {"urn:uuid:9b1c": "Patient/p1", "urn:uuid:77aa": "Observation/o1"}
    result = {**observation(subject={"reference": "urn:uuid:9b1c"}), "valueQuantity": amount(1, "mg/dL")}
    assert read(result, PageContext(references=found.references)).patient == "p1"


def test_a_resource_without_id_takes_the_uuid_of_its_full_url() -> None:
    found = bundle(
        "transaction",
        {"fullUrl": "urn:uuid:9b1c", "resource": {"resourceType": "Patient"}},
        {"fullUrl": "urn:uuid:00", "resource": {}},
        {"fullUrl": "urn:uuid:not/an/id", "resource": {"resourceType": "Patient"}},
        {"resource": {"resourceType": "Patient"}},
    )
    assert found.references == {"urn:uuid:9b1c": "Patient/9b1c"}
    assert [json.loads(each).get("id") for each in found.resources] == ["9b1c", "00", None, None]


def test_a_full_url_on_another_server_is_known_within_its_bundle() -> None:
    found = bundle("collection", {"fullUrl": "https://elsewhere.example/fhir/Patient/p1", "resource": PATIENT})
    elsewhere = observation(subject={"reference": "https://elsewhere.example/fhir/Patient/p1"}, valueInteger=1)
    assert read(elsewhere).rejections[0].path == "Observation.subject"
    assert read(elsewhere, PageContext(references=found.references)).patient == "p1"


def test_a_bundle_in_a_bundle_is_taken_apart_too() -> None:
    inner = {
        "resourceType": "Bundle",
        "type": "searchset",
        "entry": [
            {"fullUrl": "urn:uuid:1", "resource": PATIENT},
            {
                "resource": {
                    "resourceType": "OperationOutcome",
                    "issue": [{"severity": "warning", "code": "forbidden"}],
                }
            },
        ],
    }
    found = bundle("batch-response", {"resource": inner})
    assert [json.loads(each)["id"] for each in found.resources] == ["p1"]
    assert found.references == {"urn:uuid:1": "Patient/p1"}
    assert [issue.kind for issue in found.issues] == [IssueKind.HIDDEN]


def test_a_bundle_nobody_took_apart_is_never_left_out_silently() -> None:
    reading = read({"resourceType": "Bundle", "type": "collection"})
    assert [(each.path, each.detail) for each in reading.rejections] == [("Bundle", "not-taken-apart")]


def test_links_and_total_are_as_the_server_wrote_them() -> None:
    found = bundle(
        "searchset",
        link=[
            {"relation": "self", "url": "https://x/Observation?patient=1"},
            {"relation": "next", "url": "?page=2"},
            {"relation": "next", "url": "?page=3"},
        ],
        total=17,
    )
    assert (found.self_link, found.next_link, found.total) == ("https://x/Observation?patient=1", "?page=2", 17)


@pytest.mark.parametrize("total", ["17", -1, 1.5, True, 10**12])
def test_an_impossible_total_is_no_total(total: Any) -> None:
    assert bundle("searchset", total=total).total is None


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b'{"resourceType":"Patient"}',
        b'{"type":"collection"}',
        b'{"resourceType":"Bundle","entry":{}}',
        b'{"resourceType":"Bundle","entry":[{"resource":{}}',
        b'{"resourceType":"Bundle","entry":' + b"[" * 5000 + b"]" * 5000 + b"}",
    ],
)
def test_what_is_no_bundle_is_none(raw: bytes) -> None:
    assert read_bundle(raw) is None


def said(severity: str, code: str, details: str | None = None, system: str | None = None) -> list[tuple[str, str]]:
    issue: dict[str, Any] = {"severity": severity, "code": code, "diagnostics": "Jane Canary"}
    if details is not None:
        coding = {"code": details} if system is None else {"code": details, "system": system}
        issue["details"] = {"coding": [coding], "text": "Jane Canary"}
    outcome = {"resourceType": "OperationOutcome", "issue": [issue]}
    found = bundle("searchset", {"search": {"mode": "outcome"}, "resource": outcome})
    assert found.resources == ()
    return [(issue.kind.value, issue.code) for issue in found.issues]


EPIC = "urn:oid:1.2.840.114350.1.13.0.1.7.2.657369"


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("4101", "information"),
        ("4103", "information"),
        ("4107", "merged"),
        ("4113", "truncated"),
        ("4119", "more-may-exist"),
        ("4127", "truncated"),
        ("4130", "hidden"),
        ("4131", "hidden"),
        ("4134", "hidden"),
        ("59101", "ignored-parameter"),
    ],
)
def test_a_vendor_code_tells_hidden_truncated_and_empty_apart(code: str, kind: str) -> None:
    assert said("warning", "processing", code, EPIC) == [(kind, code)]
    assert said("warning", "processing", code) == [(kind, code)]
    assert said("warning", "processing", code, "https://other.example") == [("information", "processing")]


@pytest.mark.parametrize(
    ("severity", "code", "kind"),
    [
        ("warning", "suppressed", "hidden"),
        ("information", "suppressed", "hidden"),
        ("error", "security", "hidden"),
        ("error", "forbidden", "hidden"),
        ("warning", "incomplete", "more-may-exist"),
        ("warning", "too-costly", "truncated"),
        ("warning", "not-supported", "ignored-parameter"),
        ("information", "not-supported", "information"),
        ("information", "informational", "information"),
        ("warning", "not-found", "information"),
        ("warning", "processing", "information"),
        ("error", "processing", "truncated"),
        ("fatal", "exception", "truncated"),
    ],
)
def test_an_issue_type_has_its_kind(severity: str, code: str, kind: str) -> None:
    assert said(severity, code) == [(kind, code)]


def test_a_code_that_is_no_word_is_not_kept() -> None:
    assert said("warning", "Jane Canary, born 2014") == [("information", "")]


def test_an_outcome_nobody_can_read_counts_as_truncation() -> None:
    found = bundle("searchset", {"search": {"mode": "outcome"}, "resource": {"issue": 5}})
    assert [(issue.kind, issue.code) for issue in found.issues] == [(IssueKind.TRUNCATED, "unreadable")]


def test_the_outcome_of_a_single_response_is_read() -> None:
    outcome = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "forbidden"}]}
    found = bundle("batch-response", {"response": {"status": "403", "outcome": outcome}})
    assert [issue.kind for issue in found.issues] == [IssueKind.HIDDEN]


def test_what_is_no_resource_at_all_is_passed_on_to_be_refused() -> None:
    found = bundle("collection", {"fullUrl": "urn:uuid:1", "resource": "Jane Canary"})
    assert found.resources == (b'"Jane Canary"',)
    assert found.references == {}
    assert read(found.resources[0].decode()).rejections


def test_an_outcome_in_a_collection_is_a_resource_like_others() -> None:
    found = bundle("collection", {"resource": {"resourceType": "OperationOutcome", "issue": []}})
    assert len(found.resources) == 1
    assert "OperationOutcome" not in CONTEXT.resource_types


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (
            b'{"resourceType":"CapabilityStatement","fhirVersion":"4.0.1","software":{"name":"S","version":"2"}}',
            Capability(fhir_version="4.0.1", software="S", software_version="2"),
        ),
        (b'{"resourceType":"CapabilityStatement"}', Capability(fhir_version="")),
        (b'{"resourceType":"Patient"}', None),
        (b"<html>", None),
    ],
)
def test_a_server_says_what_it_is(raw: bytes, expected: Capability | None) -> None:
    assert read_capability(raw) == expected
