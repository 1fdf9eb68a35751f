"""What the source does when servers behave as real ones do: every quirk named in the design has its test."""

from __future__ import annotations

import json
import logging
from urllib.parse import parse_qsl

import pytest

from fhir_adapter.errors import (
    AuthorizationError,
    FatalTransportError,
    UsageError,
)
from fhir_adapter.ports.source import (
    IssueKind,
    PatientScope,
    ReadPlan,
    RosterRow,
    ScopeKind,
    ScopeReceipt,
    SourceIssue,
    SourcePage,
)
from tests.fakes.fake_hospital import BASE, Fault, outcome
from tests.fakes.server_ward import ALL_FIVE, LOINC, Ward, observation

MRN = "https://hospital.example/mrn"


@pytest.fixture
def ward() -> Ward:
    return Ward()


def test_every_page_is_read_and_the_receipt_says_so(ward: Ward) -> None:
    keys, issues, receipts = ward.read()
    assert keys == ALL_FIVE
    assert issues == []
    assert receipts == [
        ScopeReceipt(resource_type="Observation", patient="anna", complete=True, query="whole type")
    ]


def test_pages_carry_their_origin_without_query_or_patient(ward: Ward) -> None:
    plan = ReadPlan(resource_types=("Observation", "Patient"), patients=("anna",))
    pages = [item for item in ward.source.pages(plan) if isinstance(item, SourcePage)]
    assert [page.origin for page in pages] == [
        "read Patient",
        "search Observation, page 1",
        "search Observation, page 2",
        "search Observation, page 3",
    ]
    assert {page.patient for page in pages} == {"anna"}
    assert [page.resource_type for page in pages] == ["Patient", *["Observation"] * 3]
    assert {page.base for page in pages} == {BASE}


def test_searches_ask_for_strict_handling(ward: Ward) -> None:
    ward.read()
    searches = [request for request in ward.hospital.requests if request.url.path.endswith("Observation")]
    assert {request.headers["Prefer"] for request in searches} == {"handling=strict"}


def test_few_codes_are_asked_for_by_get_and_panels_are_not_lost(ward: Ward) -> None:
    _, _, receipts = ward.read(codes=("718-7", "2823-3"))
    asked = dict(ward.hospital.requests[1].url.params)
    assert asked == {"patient": "anna", "combo-code": f"{LOINC}|2823-3,{LOINC}|718-7", "_count": "250"}
    assert [receipt.query for receipt in receipts] == ["by code"]


def test_many_codes_are_asked_for_by_post_and_paged(ward: Ward) -> None:
    keys, _, _ = ward.read(codes=("718-7", *(f"{n}-1" for n in range(200))))
    request = ward.hospital.requests[1]
    assert (request.method, request.url.path, request.url.query) == ("POST", "/fhir/Observation/_search", b"")
    assert dict(parse_qsl(request.content.decode()))["patient"] == "anna"
    assert keys == ALL_FIVE


@pytest.mark.parametrize("quirk", ["ignored", "refused"])
def test_a_server_that_cannot_filter_by_code_is_asked_for_the_whole_type(ward: Ward, quirk: str) -> None:
    setattr(ward.hospital, quirk, frozenset({"combo-code"}))
    keys, issues, receipts = ward.read(codes=("718-7",))
    assert keys == ALL_FIVE
    assert issues == []
    assert [(receipt.complete, receipt.query) for receipt in receipts] == [(True, "whole type")]


def test_a_server_that_ignores_the_patient_gives_an_error_and_no_result(ward: Ward) -> None:
    ward.hospital.add(observation(9, "ben"))
    ward.hospital.ignored = frozenset({"patient"})
    keys, issues, receipts = ward.read()
    assert keys == []
    assert [(issue.kind, issue.resource_type, issue.patient) for issue in issues] == [
        (IssueKind.IGNORED_PARAMETER, "Observation", "anna")
    ]
    assert [receipt.complete for receipt in receipts] == [False]


def test_a_server_without_self_links_is_taken_at_its_word(ward: Ward) -> None:
    ward.hospital.with_self = False
    keys, _, receipts = ward.read()
    assert (keys, [receipt.complete for receipt in receipts]) == (ALL_FIVE, [True])


@pytest.mark.parametrize(
    ("details", "kind", "hidden", "truncated"),
    [
        ("4130", IssueKind.HIDDEN, True, False),
        ("4131", IssueKind.HIDDEN, True, False),
        ("4134", IssueKind.HIDDEN, True, False),
        ("4127", IssueKind.TRUNCATED, False, True),
        ("4119", IssueKind.MORE_MAY_EXIST, False, True),
        ("4107", IssueKind.MERGED, False, False),
    ],
)
def test_what_the_server_says_beside_its_results_reaches_the_receipt(
    ward: Ward, details: str, kind: IssueKind, hidden: bool, truncated: bool
) -> None:
    ward.hospital.outcomes["Observation"] = [outcome("processing", "warning", details)]
    keys, issues, receipts = ward.read()
    assert keys == ALL_FIVE
    assert issues == [SourceIssue(kind=kind, resource_type="Observation", patient="anna", code=details)]
    assert [(r.complete, r.hidden, r.truncated) for r in receipts] == [(False, hidden, truncated)]


def test_a_word_of_information_leaves_the_result_complete(ward: Ward) -> None:
    ward.hospital.outcomes["Observation"] = [outcome("informational", "information")]
    _, issues, receipts = ward.read()
    assert [issue.kind for issue in issues] == [IssueKind.INFORMATION]
    assert [receipt.complete for receipt in receipts] == [True]


@pytest.mark.parametrize(("offset", "complete"), [(0, True), (1, False), (-1, True)])
def test_fewer_results_than_the_server_counts_are_not_complete(ward: Ward, offset: int, complete: bool) -> None:
    ward.hospital.total_offset = offset
    _, _, receipts = ward.read()
    assert [(r.complete, r.truncated) for r in receipts] == [(complete, not complete)]


def test_a_server_that_does_not_count_is_believed(ward: Ward) -> None:
    ward.hospital.with_total = False
    assert ward.read()[2][0].complete


@pytest.mark.parametrize("status", [400, 404])
def test_a_type_the_server_does_not_know_is_not_complete_and_stops_nothing(ward: Ward, status: int) -> None:
    ward.hospital.faults.append(Fault(path="Consent", status=status))
    keys, issues, receipts = ward.read("Consent", "Observation")
    assert keys == ALL_FIVE
    assert [(issue.resource_type, issue.code) for issue in issues] == [("Consent", f"http-{status}")]
    assert [(r.resource_type, r.complete) for r in receipts] == [("Consent", False), ("Observation", True)]


def test_a_type_the_server_withholds_is_hidden(ward: Ward) -> None:
    ward.hospital.forbidden_types = frozenset({"Consent"})
    _, issues, receipts = ward.read("Consent", "Observation")
    assert [(issue.kind, issue.code) for issue in issues] == [(IssueKind.HIDDEN, "http-403")]
    assert [(r.complete, r.hidden) for r in receipts] == [(False, True), (True, False)]


def test_a_refused_token_ends_the_run(ward: Ward) -> None:
    ward.hospital.faults.append(Fault(path="Observation", status=401))
    with pytest.raises(AuthorizationError):
        ward.read()


def test_a_patient_that_is_gone_is_not_complete(ward: Ward) -> None:
    keys, issues, receipts = ward.read("Patient", patients=("nobody",))
    assert keys == []
    assert [issue.code for issue in issues] == ["http-404"]
    assert [receipt.complete for receipt in receipts] == [False]


def test_everybody_can_be_read_type_by_type(ward: Ward) -> None:
    ward.hospital.add(observation(9, "ben"), {"resourceType": "Medication", "id": "m1"})
    keys, _, receipts = ward.read("Observation", "Medication", patients=None)
    assert keys == ["m1", *ALL_FIVE, "o9"]
    assert [(r.resource_type, r.patient, r.complete) for r in receipts] == [
        ("Medication", None, True),
        ("Observation", None, True),
    ]


def test_types_of_no_patient_are_left_to_fetch(ward: Ward) -> None:
    keys, _, receipts = ward.read("Medication", "BiologicallyDerivedProduct", "Observation")
    assert keys == ALL_FIVE
    assert [receipt.resource_type for receipt in receipts] == ["Observation"]


def test_single_resources_are_fetched_at_most_once(ward: Ward) -> None:
    ward.hospital.add({"resourceType": "Medication", "id": "m1"}, {"resourceType": "Medication", "id": "m2"})
    asked = [
        "Medication/m1",
        f"{BASE}/Medication/m2/_history/1",
        "Medication/m1",
        "Medication/none",
        "#m3",
        "urn:x",
    ]
    found = [json.loads(bytes(raw))["id"] for page in ward.source.fetch(asked) for raw in page.resources]
    assert found == ["m1", "m2"]
    assert list(ward.source.fetch(asked)) == []
    assert sorted(ward.paths()) == ["Medication/m1", "Medication/m2", "Medication/none"]


def test_a_single_resource_that_is_withheld_is_told(ward: Ward) -> None:
    ward.hospital.forbidden_types = frozenset({"Medication"})
    (page,) = ward.source.fetch(["Medication/m1"])
    assert [(issue.kind, issue.resource_type) for issue in page.issues] == [(IssueKind.HIDDEN, "Medication")]


@pytest.mark.parametrize("fault", [Fault(status=400), Fault(status=501)], ids=str)
def test_a_single_resource_that_is_refused_is_skipped(ward: Ward, fault: Fault) -> None:
    ward.hospital.faults.append(fault)
    assert list(ward.source.fetch(["Medication/m1"])) == []


@pytest.mark.parametrize("with_self", [True, False])
def test_a_roster_never_matches_by_a_search_that_was_ignored(ward: Ward, with_self: bool) -> None:
    ward.hospital.ignored, ward.hospital.with_self = frozenset({"identifier"}), with_self
    scope = PatientScope(kind=ScopeKind.ROSTER, roster=(RosterRow(MRN, "4711"),))
    if with_self:
        with pytest.raises(FatalTransportError):
            ward.source.resolve(scope)
    else:
        assert ward.source.resolve(scope).unmatched_rows == (1,)


def test_a_prescreen_never_takes_everybody_when_the_code_was_ignored(ward: Ward) -> None:
    ward.hospital.ignored = frozenset({"code"})
    with pytest.raises(FatalTransportError):
        ward.source.resolve(PatientScope(kind=ScopeKind.PRESCREEN, codes=((LOINC, "1"),)))


@pytest.mark.parametrize("group", ["../Patient/anna", "", "a b", "x?y"])
def test_a_group_is_named_by_a_plain_id(ward: Ward, group: str) -> None:
    with pytest.raises(UsageError):
        ward.source.resolve(PatientScope(kind=ScopeKind.GROUP, group=group))


def test_the_token_goes_with_every_request_and_nothing_reaches_the_log(
    ward: Ward, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, logger="fhir_adapter"):
        ward.hospital.faults.append(Fault(path="Observation", status=503))
        ward.read()
    assert {request.headers["Authorization"] for request in ward.hospital.requests} == {"Bearer t0ken"}
    logged = " ".join(f"{record.getMessage()} {vars(record)}" for record in caplog.records)
    assert "t0ken" not in logged
    assert "anna" not in logged


@pytest.mark.parametrize("fault", [Fault(status=401), Fault(status=301)], ids=str)
def test_a_fetch_that_concerns_the_whole_server_ends_the_run(ward: Ward, fault: Fault) -> None:
    ward.hospital.faults.append(fault)
    with pytest.raises(FatalTransportError):
        list(ward.source.fetch(["Medication/m1"]))
