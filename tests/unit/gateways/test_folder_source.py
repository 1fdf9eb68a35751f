from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fhir_adapter.errors import ConfigurationError, UsageError
from fhir_adapter.gateways.folder_lines import PAGE_BYTES
from fhir_adapter.gateways.folder_source import FolderSource
from fhir_adapter.ports.source import (
    IssueKind,
    PatientScope,
    ReadPlan,
    ScopeKind,
    ScopeReceipt,
    SourceIssue,
    SourcePage,
)

Json = dict[str, Any]
PLAN = ReadPlan(resource_types=("Patient", "Observation"), patients=None)
COMPLETE = [("Patient", None, True), ("Observation", None, True)]


def write(root: Path, name: str, content: bytes | Json | list[Any]) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())


def read(root: Path, plan: ReadPlan = PLAN) -> tuple[list[SourcePage], list[ScopeReceipt]]:
    items = list(FolderSource(root).pages(plan))
    pages = [item for item in items if isinstance(item, SourcePage)]
    return pages, [item for item in items if isinstance(item, ScopeReceipt)]


def resources(pages: list[SourcePage]) -> list[bytes]:
    return [bytes(raw) for page in pages for raw in page.resources]


def issues(pages: list[SourcePage]) -> list[SourceIssue]:
    return [issue for page in pages for issue in page.issues]


def states(receipts: list[ScopeReceipt]) -> list[tuple[str, str | None, bool]]:
    return [(receipt.resource_type, receipt.patient, receipt.complete) for receipt in receipts]


def searchset(self_link: str | None, *entries: Json) -> Json:
    bundle: Json = {"resourceType": "Bundle", "type": "searchset", "entry": list(entries)}
    return bundle | ({"link": [{"relation": "self", "url": self_link}]} if self_link else {})


def said(code: str) -> Json:
    issue = {"severity": "warning", "code": "suppressed", "details": {"coding": [{"code": code}]}}
    return {"resource": {"resourceType": "OperationOutcome", "issue": [issue]}, "search": {"mode": "outcome"}}


def test_an_empty_folder_is_complete_and_empty(tmp_path: Path) -> None:
    pages, receipts = read(tmp_path)
    assert pages == []
    assert states(receipts) == COMPLETE


def test_every_line_is_one_resource_whatever_it_holds(tmp_path: Path) -> None:
    write(tmp_path, "Observation.ndjson", b'{"a":1}\n\nnot json}\n[1]\n{"a": "\xff"}\n{"b":2}')
    pages, _ = read(tmp_path)
    assert resources(pages) == [b'{"a":1}', b"not json}", b"[1]", b'{"a": "\xff"}', b'{"b":2}']
    assert pages[0].origin == "Observation.ndjson, file 1 of 1, from resource 1"
    assert pages[0].resource_type == "Observation"


def test_patients_come_first(tmp_path: Path) -> None:
    write(tmp_path, "Observation.ndjson", b'{"o":1}\n')
    write(tmp_path, "000.Patient.ndjson.gz", gzip.compress(b'{"p":1}\n'))
    pages, _ = read(tmp_path)
    assert resources(pages) == [b'{"p":1}', b'{"o":1}']


def test_large_files_come_in_pages_of_bounded_size(tmp_path: Path) -> None:
    line = b'{"x":"' + b"y" * 100_000 + b'"}'
    write(tmp_path, "Observation.ndjson", b"\n".join([line] * 50))
    pages, receipts = read(tmp_path)
    assert len(resources(pages)) == 50
    assert max(sum(len(raw) for raw in page.resources) for page in pages) <= PAGE_BYTES + len(line)
    assert [page.origin.rpartition(" ")[2] for page in pages[:2]] == ["1", "11"]
    assert states(receipts) == COMPLETE


def test_a_file_that_breaks_off_makes_its_type_incomplete(tmp_path: Path) -> None:
    write(tmp_path, "Observation.ndjson", b'{"a":1}\n{"b":')
    pages, receipts = read(tmp_path)
    assert resources(pages) == [b'{"a":1}', b'{"b":']
    assert issues(pages) == [
        SourceIssue(kind=IssueKind.TRUNCATED, resource_type="Observation", patient=None, code="broken-end")
    ]
    assert states(receipts) == [("Patient", None, True), ("Observation", None, False)]
    assert receipts[1].truncated


def test_a_broken_file_of_any_type_makes_every_type_incomplete(tmp_path: Path) -> None:
    write(tmp_path, "export.ndjson", b'{"a":')
    _, receipts = read(tmp_path)
    assert states(receipts) == [("Patient", None, False), ("Observation", None, False)]


def test_a_file_that_is_no_fhir_is_told_and_harms_nothing(tmp_path: Path) -> None:
    write(tmp_path, "README.txt", b"Dear colleague")
    pages, receipts = read(tmp_path)
    assert resources(pages) == []
    assert [(issue.kind, issue.code) for issue in issues(pages)] == [(IssueKind.INFORMATION, "not-a-fhir-file")]
    assert states(receipts) == COMPLETE


def test_a_single_resource_is_given_as_it_is(tmp_path: Path) -> None:
    content = b'{\n  "resourceType": "Patient",\n  "id": "1"\n}\n'
    write(tmp_path, "Patient-1.json", content)
    write(tmp_path, "empty.json", b"  \n")
    pages, _ = read(tmp_path)
    assert resources(pages) == [content]


@pytest.mark.parametrize("kind", ["collection", "searchset", "transaction", "batch"])
def test_bundles_are_taken_apart_with_their_references(tmp_path: Path, kind: str) -> None:
    entries = [
        {"fullUrl": "urn:uuid:1f", "resource": {"resourceType": "Patient", "id": "p"}},
        {"fullUrl": "urn:uuid:2f", "resource": {"resourceType": "Observation", "id": "o"}},
    ]
    write(tmp_path, "Jane_Doe.json", {"resourceType": "Bundle", "type": kind, "entry": entries})
    (page,), receipts = read(tmp_path)
    assert [json.loads(bytes(raw))["id"] for raw in page.resources] == ["p", "o"]
    assert page.references == {"urn:uuid:1f": "Patient/p", "urn:uuid:2f": "Observation/o"}
    assert page.origin == "a json file, file 1 of 1, part 1"
    assert states(receipts) == COMPLETE


def test_large_bundles_come_in_pages_too(tmp_path: Path) -> None:
    entries = [
        {"resource": {"resourceType": "Observation", "id": f"o{n}", "note": "y" * 100_000}} for n in range(25)
    ]
    write(tmp_path, "bundle.json", {"resourceType": "Bundle", "type": "collection", "entry": entries})
    pages, _ = read(tmp_path)
    assert [len(page.resources) for page in pages] == [11, 11, 3]


@pytest.mark.parametrize("name", ["Bundle.ndjson", "export.ndjson"])
def test_bundles_as_lines_are_taken_apart(tmp_path: Path, name: str) -> None:
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": {"resourceType": "Patient"}}]}
    write(tmp_path, name, json.dumps(bundle).encode() + b'\n{"resourceType":"Patient","id":"2"}\n')
    pages, _ = read(tmp_path)
    assert resources(pages) == [b'{"resourceType": "Patient"}', b'{"resourceType":"Patient","id":"2"}']


@pytest.mark.parametrize(
    "content",
    [
        b'{"resourceType": "Bundle", "type": "collection", "entry": [{"resource": {"resou',
        b'{"resourceType": "Bundle", "entry": 7}',
        b"[]",
        b"rubbish",
        b'{"resourceType":"Patient"}\n{"resourceType":"Patient"}',
    ],
)
def test_a_document_that_may_have_held_more_is_rejected_and_nothing_is_complete(
    tmp_path: Path, content: bytes
) -> None:
    write(tmp_path, "bundle.json", content)
    pages, receipts = read(tmp_path)
    assert resources(pages) == [content]
    assert states(receipts) == [("Patient", None, False), ("Observation", None, False)]


def test_a_document_that_only_mentions_bundles_is_one_resource(tmp_path: Path) -> None:
    content = b'{"resourceType": "Basic", "code": {"text": "Bundle"}, "x": ["Bundle"]}'
    write(tmp_path, "Basic.json", content)
    write(tmp_path, "note.json", b'{"word": "Bundle"}')
    pages, receipts = read(tmp_path)
    assert sorted(resources(pages)) == sorted([content, b'{"word": "Bundle"}'])
    assert states(receipts) == COMPLETE


@pytest.mark.parametrize(
    "link",
    [
        "Observation?patient=anna",
        "https://hospital.example/fhir/Observation?_count=5&patient=Patient/anna",
        "https://hospital.example/fhir/Observation/_search?subject=Patient%2Fanna",
    ],
)
def test_a_saved_searchset_says_of_whom_and_what_something_is_withheld(tmp_path: Path, link: str) -> None:
    write(tmp_path, "bundle.json", searchset(link, said("4130")))
    pages, receipts = read(tmp_path)
    assert issues(pages) == [
        SourceIssue(kind=IssueKind.HIDDEN, resource_type="Observation", patient="anna", code="4130")
    ]
    assert states(receipts) == [*COMPLETE, ("Observation", "anna", False)]
    assert receipts[2].hidden
    assert not receipts[2].truncated


def test_a_saved_searchset_about_patients_names_them_by_id(tmp_path: Path) -> None:
    write(tmp_path, "bundle.json", searchset("Patient?_id=anna", said("4127")))
    _, receipts = read(tmp_path)
    assert [(r.resource_type, r.patient, r.truncated) for r in receipts[2:]] == [("Patient", "anna", True)]


@pytest.mark.parametrize("link", [None, "https://[", "nonsense", "Nonsense?patient=anna"])
def test_something_withheld_without_saying_of_whom_concerns_everybody(tmp_path: Path, link: str | None) -> None:
    write(tmp_path, "bundle.json", searchset(link, said("4130")))
    _, receipts = read(tmp_path)
    assert [(r.resource_type, r.patient, r.hidden) for r in receipts] == [
        ("Patient", None, True),
        ("Observation", None, True),
    ]


def test_something_withheld_of_a_type_nobody_asked_about_changes_nothing(tmp_path: Path) -> None:
    write(tmp_path, "bundle.json", searchset("Immunization?patient=anna", said("4130")))
    _, receipts = read(tmp_path)
    assert states(receipts) == COMPLETE


def test_a_patient_named_beside_a_broken_file_is_truncated_too(tmp_path: Path) -> None:
    write(tmp_path, "bundle.json", searchset("Observation?patient=anna", said("4130")))
    write(tmp_path, "Observation.ndjson", b'{"a":')
    _, receipts = read(tmp_path)
    assert [(r.patient, r.hidden, r.truncated) for r in receipts[1:]] == [
        (None, False, True),
        ("anna", True, True),
    ]


def test_nothing_is_left_to_fetch(tmp_path: Path) -> None:
    assert list(FolderSource(tmp_path).fetch(["Medication/1"])) == []


ACTIONS: dict[str, Callable[[FolderSource], object]] = {
    "describe": FolderSource.describe,
    "pages": lambda source: list(source.pages(PLAN)),
    "resolve": lambda source: source.resolve(PatientScope(kind=ScopeKind.ALL)),
}


@pytest.mark.parametrize("action", ACTIONS)
def test_a_missing_folder_is_a_configuration_error(tmp_path: Path, action: str) -> None:
    with pytest.raises(ConfigurationError):
        ACTIONS[action](FolderSource(tmp_path / "nowhere"))


def test_a_group_refers_to_its_members_in_every_way(tmp_path: Path) -> None:
    members = [
        {"entity": {"reference": "Patient/p1"}},
        {"entity": {"reference": "https://hospital.example/fhir/Patient/p2"}},
        {"entity": {"reference": "urn:uuid:3f"}},
        {"entity": {"reference": "Patient/p4/_history/2"}},
        {"entity": {"reference": "Patient/p5"}, "inactive": True},
        {"entity": {"reference": "Device/1"}},
        {"entity": {"display": "somebody"}},
        {"entity": {"reference": "Patient/p1"}},
    ]
    entries = [
        {"fullUrl": "urn:uuid:3f", "resource": {"resourceType": "Patient", "id": "p3"}},
        {"resource": {"resourceType": "Group", "id": "g", "type": "person", "actual": True, "member": members}},
    ]
    write(tmp_path, "bundle.json", {"resourceType": "Bundle", "type": "collection", "entry": entries})
    source = FolderSource(tmp_path, bases=("https://hospital.example/fhir/",))
    scope = source.resolve(PatientScope(kind=ScopeKind.GROUP, group="g"))
    assert [match.patient for match in scope.matches] == ["p1", "p2", "p3", "p4"]
    assert scope.unmatched_rows == (6, 7)


def test_patients_of_another_shape_are_never_matched(tmp_path: Path) -> None:
    lines: list[Any] = [
        {"resourceType": "Patient", "id": "a/../b"},
        {"resourceType": "Patient", "id": 7},
        {"resourceType": "Patient"},
        [],
        {"resourceType": "Patient", "id": "ok", "identifier": "x"},
    ]
    write(tmp_path, "Patient.ndjson", b"\n".join(json.dumps(line).encode() for line in lines) + b"\nrubbish\n")
    scope = FolderSource(tmp_path).resolve(PatientScope(kind=ScopeKind.ALL))
    assert [match.patient for match in scope.matches] == ["ok"]


def test_a_group_nobody_exported_is_a_mistake_of_the_caller(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        FolderSource(tmp_path).resolve(PatientScope(kind=ScopeKind.GROUP, group="g"))
