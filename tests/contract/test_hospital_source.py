"""What every HospitalSource promises; held against the fake, a folder, a fake server and a real one alike."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fhir_adapter.errors import UsageError
from fhir_adapter.gateways.fhir_http import FhirConnection
from fhir_adapter.gateways.fhir_source import ServerSource
from fhir_adapter.gateways.folder_source import FolderSource
from fhir_adapter.ports.source import (
    HospitalSource,
    PatientMatch,
    PatientScope,
    ReadPlan,
    RosterRow,
    ScopeKind,
    ScopeReceipt,
    SourcePage,
)
from tests.fakes.fake_hospital import BASE, FakeHospital
from tests.fakes.memory_source import MemorySource
from tests.server.running import fhir_server_or_skip

Json = dict[str, Any]
MRN = "https://hospital.example/mrn"
SNOMED = "http://snomed.info/sct"
ALL_SNOMED = (SNOMED, "91855006")


def patient(patient_id: str, *values: str) -> Json:
    identifiers = [{"system": MRN, "value": value} for value in values]
    return {"resourceType": "Patient", "id": patient_id, "identifier": identifiers}


def about(resource_type: str, resource_id: str, patient_id: str, system: str, code: str) -> Json:
    resource: Json = {
        "resourceType": resource_type,
        "id": resource_id,
        "subject": {"reference": f"Patient/{patient_id}"},
        "code": {"coding": [{"system": system, "code": code}]},
    }
    return resource | ({"status": "final"} if resource_type == "Observation" else {})


WARD: list[Json] = [
    patient("anna", "4711", "4711b"),
    patient("ben", "47,12"),
    patient("cleo", "twice"),
    patient("dora", "twice"),
    about("Condition", "c1", "anna", *ALL_SNOMED),
    about("Condition", "c2", "anna", *ALL_SNOMED),
    about("Condition", "c3", "ben", SNOMED, "38341003"),
    about("Condition", "c4", "cleo", *ALL_SNOMED),
    *(about("Observation", f"o{n}", "anna", "http://loinc.org", "718-7") for n in range(7)),
    about("Observation", "o9", "ben", "http://loinc.org", "718-7"),
    {
        "resourceType": "Group",
        "id": "cohort",
        "type": "person",
        "actual": True,
        "member": [
            {"entity": {"reference": "Patient/dora"}},
            {"entity": {"reference": "Patient/ben"}, "inactive": True},
            {"entity": {"reference": "Patient/anna"}},
        ],
    },
]


def _memory(_tmp_path: Path) -> HospitalSource:
    return MemorySource(WARD)


def _folder(tmp_path: Path) -> HospitalSource:
    """An export in every shape at once: NDJSON plain and packed, single resources, a Bundle."""
    lines = {
        kind: [json.dumps(r) for r in WARD if r["resourceType"] == kind] for kind in ("Patient", "Observation")
    }
    (tmp_path / "Patient.ndjson").write_text("\n".join(lines["Patient"]))
    (tmp_path / "Observation.ndjson").write_text("\n".join(lines["Observation"][:3]) + "\n\n")
    (tmp_path / "Observation.1.ndjson.gz").write_bytes(gzip.compress("\n".join(lines["Observation"][3:]).encode()))
    conditions = [{"resource": resource} for resource in WARD if resource["resourceType"] == "Condition"]
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": conditions}
    (tmp_path / "bundle.json").write_text(json.dumps(bundle, indent=1))
    (tmp_path / "group.json").write_text(json.dumps(WARD[-1]))
    return FolderSource(tmp_path)


def _fake_server(_tmp_path: Path) -> HospitalSource:
    hospital = FakeHospital(page_size=2)
    hospital.add(*WARD)
    return ServerSource(FhirConnection(BASE, transport=hospital.transport))


def _real_server(_tmp_path: Path) -> HospitalSource:
    server = fhir_server_or_skip()
    server.reset()
    server.load(WARD)
    return ServerSource(FhirConnection(server.base))


SOURCES: dict[str, Callable[[Path], HospitalSource]] = {
    "memory": _memory,
    "folder": _folder,
    "fake server": _fake_server,
    "real server": _real_server,
}


@pytest.fixture(
    params=[pytest.param(name, marks=[pytest.mark.server] * name.startswith("real")) for name in SOURCES]
)
def source(request: pytest.FixtureRequest, tmp_path: Path) -> HospitalSource:
    return SOURCES[request.param](tmp_path)


def read(source: HospitalSource, plan: ReadPlan) -> tuple[list[str], list[ScopeReceipt]]:
    keys: list[str] = []
    receipts: list[ScopeReceipt] = []
    for item in source.pages(plan):
        if isinstance(item, SourcePage):
            bodies = [json.loads(bytes(raw)) for raw in item.resources]
            keys += [f"{body['resourceType']}/{body['id']}" for body in bodies]
        else:
            receipts.append(item)
    return keys, receipts


def chosen(source: HospitalSource, scope: PatientScope) -> set[str]:
    return {match.patient for match in source.resolve(scope).matches}


def test_a_source_says_what_it_is_without_secrets(source: HospitalSource) -> None:
    description = source.describe()
    assert description.kind
    assert "@" not in description.place
    assert "?" not in description.place


def test_everybody_is_everybody(source: HospitalSource) -> None:
    assert chosen(source, PatientScope(kind=ScopeKind.ALL)) == {"anna", "ben", "cleo", "dora"}


def test_a_group_is_its_active_members(source: HospitalSource) -> None:
    assert chosen(source, PatientScope(kind=ScopeKind.GROUP, group="cohort")) == {"anna", "dora"}


def test_a_group_that_does_not_exist_is_a_mistake_of_the_caller(source: HospitalSource) -> None:
    with pytest.raises(UsageError):
        source.resolve(PatientScope(kind=ScopeKind.GROUP, group="nobody"))


def test_a_diagnosis_finds_each_patient_once(source: HospitalSource) -> None:
    scope = source.resolve(PatientScope(kind=ScopeKind.PRESCREEN, codes=(ALL_SNOMED, (SNOMED, "0"))))
    assert sorted(match.patient for match in scope.matches) == ["anna", "cleo"]


def test_a_roster_matches_exactly_one_patient_per_row_and_lists_the_others(source: HospitalSource) -> None:
    rows = (
        RosterRow(MRN, "4711", "SCR-01"),
        RosterRow(MRN, "47,12", None),
        RosterRow(MRN, "471", "SCR-03"),
        RosterRow(MRN, "twice", "SCR-04"),
        RosterRow("https://elsewhere.example/mrn", "4711", "SCR-05"),
        RosterRow(MRN, "4711b", "SCR-06"),
    )
    scope = source.resolve(PatientScope(kind=ScopeKind.ROSTER, roster=rows))
    assert scope.matches == (
        PatientMatch(patient="anna", screening_number="SCR-01"),
        PatientMatch(patient="ben", screening_number=None),
    )
    assert scope.unmatched_rows == (3, 5)
    assert scope.doubled_rows == (4, 6)


def test_a_full_reading_gives_every_resource_of_the_plan_once(source: HospitalSource) -> None:
    keys, _ = read(
        source, ReadPlan(resource_types=("Patient", "Observation", "Condition", "Group"), patients=None)
    )
    assert sorted(keys) == sorted(f"{resource['resourceType']}/{resource['id']}" for resource in WARD)


def test_a_reading_by_patient_gives_at_least_what_was_asked_for(source: HospitalSource) -> None:
    keys, _ = read(source, ReadPlan(resource_types=("Patient", "Observation"), patients=("anna",)))
    assert {"Patient/anna", *(f"Observation/o{n}" for n in range(7))} <= set(keys)
    assert len(keys) == len(set(keys))


def test_every_type_of_the_plan_ends_with_a_receipt_that_covers_each_patient(source: HospitalSource) -> None:
    plan = ReadPlan(resource_types=("Patient", "Observation", "Procedure"), patients=("anna", "ben"))
    _, receipts = read(source, plan)
    covered = {(receipt.resource_type, receipt.patient) for receipt in receipts if receipt.complete}
    assert all(
        (kind, None) in covered or (kind, patient_id) in covered
        for kind in plan.resource_types
        for patient_id in ("anna", "ben")
    )
    assert not any(receipt.hidden or receipt.truncated for receipt in receipts)


def test_codes_worth_asking_for_never_lose_what_carries_them(source: HospitalSource) -> None:
    plan = ReadPlan(
        resource_types=("Observation",),
        patients=("anna",),
        codes={
            "Observation": (("http://loinc.org", "718-7"), *(("http://loinc.org", str(n)) for n in range(300)))
        },
    )
    keys, receipts = read(source, plan)
    assert {f"Observation/o{n}" for n in range(7)} <= set(keys)
    assert all(receipt.complete for receipt in receipts)


def test_reading_twice_gives_the_same(source: HospitalSource) -> None:
    plan = ReadPlan(resource_types=("Patient", "Observation"), patients=None)
    assert read(source, plan) == read(source, plan)


def test_fetching_what_does_not_exist_gives_nothing(source: HospitalSource) -> None:
    assert [raw for page in source.fetch(["Medication/none", "rubbish"]) for raw in page.resources] == []
