"""Reading a real FHIR server: paging, long searches, strictness, types it does not know."""

from __future__ import annotations

import json

import pytest

from fhir_adapter.gateways.fhir_http import FhirConnection
from fhir_adapter.gateways.fhir_source import ServerSource
from fhir_adapter.ports.source import ReadPlan, ScopeReceipt, SourcePage
from tests.server.running import RunningServer

pytestmark = pytest.mark.server

LOINC = "http://loinc.org"


def observation(number: int) -> dict[str, object]:
    """Every third result hides its code in a component, as panels do."""
    code = {"coding": [{"system": LOINC, "code": "718-7"}]}
    panel = {"code": {"text": "panel"}, "component": [{"code": code}]}
    return {
        "resourceType": "Observation",
        "id": f"o{number:03}",
        "status": "final",
        "subject": {"reference": "Patient/p1"},
        **(panel if number % 3 == 0 else {"code": code}),
    }


@pytest.mark.parametrize("codes", [1, 200], ids=["by GET", "by POST"])
def test_every_page_of_a_search_by_code_is_read(fhir_server: RunningServer, codes: int) -> None:
    fhir_server.load([{"resourceType": "Patient", "id": "p1"}, *(observation(n) for n in range(260))])
    pairs = ((LOINC, "718-7"), *((LOINC, f"{n}-0") for n in range(codes - 1)))
    plan = ReadPlan(resource_types=("Observation",), patients=("p1",), codes={"Observation": pairs})
    items = list(ServerSource(FhirConnection(fhir_server.base)).pages(plan))
    pages = [item for item in items if isinstance(item, SourcePage)]
    found = [json.loads(bytes(raw))["id"] for page in pages for raw in page.resources]
    assert sorted(found) == [f"o{n:03}" for n in range(260)]
    assert [len(page.resources) for page in pages] == [250, 10]
    assert items[-1] == ScopeReceipt(resource_type="Observation", patient="p1", complete=True, query="by code")


def test_a_type_the_server_does_not_declare_is_not_complete(fhir_server: RunningServer) -> None:
    fhir_server.load([{"resourceType": "Patient", "id": "p1"}])
    plan = ReadPlan(resource_types=("Patient", "Immunization"), patients=("p1",))
    receipts = [
        item
        for item in ServerSource(FhirConnection(fhir_server.base)).pages(plan)
        if isinstance(item, ScopeReceipt)
    ]
    assert [(receipt.resource_type, receipt.complete) for receipt in receipts] == [
        ("Patient", True),
        ("Immunization", False),
    ]


def test_medications_and_cell_products_are_fetched_by_the_references_to_them(fhir_server: RunningServer) -> None:
    fhir_server.load([
        {"resourceType": "Patient", "id": "p1"},
        {"resourceType": "Medication", "id": "m1", "code": {"text": "vial"}},
        {"resourceType": "BiologicallyDerivedProduct", "id": "b1", "productCategory": "cells"},
    ])
    source = ServerSource(FhirConnection(fhir_server.base))
    plan = ReadPlan(resource_types=("Medication", "BiologicallyDerivedProduct"), patients=("p1",))
    assert list(source.pages(plan)) == [], "types of no patient are not searched by one"
    wanted = ["BiologicallyDerivedProduct/b1", "Medication/m1", "BiologicallyDerivedProduct/none"]
    bodies = [json.loads(bytes(raw)) for page in source.fetch(wanted) for raw in page.resources]
    assert {(body["resourceType"], body["id"]) for body in bodies} == {
        ("BiologicallyDerivedProduct", "b1"),
        ("Medication", "m1"),
    }
