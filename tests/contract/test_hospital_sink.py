"""What every HospitalSink promises; held against the fake, a folder, a fake server and a real one alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fhir_adapter.errors import ConflictError
from fhir_adapter.gateways.fhir_http import FhirConnection
from fhir_adapter.gateways.folder_sink import FolderSink
from fhir_adapter.gateways.server_sink import ServerSink
from fhir_adapter.ports.sink import HospitalSink
from fhir_adapter.r4.build_care_plan import build_care_plan
from tests.fakes.fake_hospital import BASE, FakeHospital
from tests.fakes.memory_sink import MemorySink
from tests.plans import plan_of, treatment_of
from tests.server.running import fhir_server_or_skip

Json = dict[str, Any]
STUDIES = "https://fhir-adapter.example/study"
INTENTS = "https://fhir-adapter.example/CodeSystem/write-intent"
STUDY = (STUDIES, "T-1")
INTENT = (INTENTS, "0a1b2c")


def study(value: str = "T-1", **elements: Any) -> Json:
    body = {
        "resourceType": "ResearchStudy",
        "identifier": [{"system": STUDIES, "value": value}],
        "status": "active",
    }
    return body | elements


def provenance() -> Json:
    return {
        "resourceType": "Provenance",
        "meta": {"tag": [{"system": INTENTS, "code": "0a1b2c"}]},
        "target": [{"reference": "ResearchStudy/1"}],
        "recorded": "2026-03-11T09:30:00+01:00",
        "agent": [{"who": {"display": "fhir-adapter"}}],
    }


def _memory(_tmp_path: Path) -> HospitalSink:
    return MemorySink()


def _folder(tmp_path: Path) -> HospitalSink:
    return FolderSink(tmp_path / "sink")


def _fake_server(_tmp_path: Path) -> HospitalSink:
    return ServerSink(FhirConnection(BASE, transport=FakeHospital().transport))


def _real_server(_tmp_path: Path) -> HospitalSink:
    server = fhir_server_or_skip()
    server.reset()
    return ServerSink(FhirConnection(server.base))


SINKS: dict[str, Callable[[Path], HospitalSink]] = {
    "memory": _memory,
    "folder": _folder,
    "fake server": _fake_server,
    "real server": _real_server,
}


@pytest.fixture(
    params=[pytest.param(name, marks=[pytest.mark.server] * name.startswith("real")) for name in SINKS]
)
def sink(request: pytest.FixtureRequest, tmp_path: Path) -> HospitalSink:
    return SINKS[request.param](tmp_path)


def test_a_sink_says_what_it_is(sink: HospitalSink) -> None:
    assert sink.describe().kind


def test_what_was_never_written_is_not_found(sink: HospitalSink) -> None:
    assert sink.find("ResearchStudy", STUDY) == ()
    assert sink.read("ResearchStudy", "nowhere") is None


def test_what_was_created_is_found_by_identifier_and_read_by_id(sink: HospitalSink) -> None:
    created = sink.create(study(title="A trial, <né>"), STUDY)
    (found,) = sink.find("ResearchStudy", STUDY)
    read = sink.read("ResearchStudy", created.id)
    assert read is not None
    for stored in (created, found, read):
        assert (stored.resource_type, stored.id, stored.version) == ("ResearchStudy", created.id, created.version)
        assert stored.body["title"] == "A trial, <né>"
        assert stored.body["id"] == created.id
    assert created.version


def test_creating_twice_gives_the_first_resource(sink: HospitalSink) -> None:
    first = sink.create(study(title="first"), STUDY)
    second = sink.create(study(title="second"), STUDY)
    assert (second.id, second.version, second.body["title"]) == (first.id, first.version, "first")
    assert len(sink.find("ResearchStudy", STUDY)) == 1


def test_another_identifier_is_another_resource(sink: HospitalSink) -> None:
    first, second = sink.create(study(), STUDY), sink.create(study("T-2"), (STUDIES, "T-2"))
    assert first.id != second.id


def test_provenance_is_found_by_its_tag(sink: HospitalSink) -> None:
    first = sink.create(provenance(), INTENT)
    second = sink.create(provenance(), INTENT)
    (found,) = sink.find("Provenance", INTENT)
    assert first.id == second.id == found.id
    assert sink.find("Provenance", (INTENTS, "ffff")) == ()


def test_an_update_replaces_the_version_last_seen(sink: HospitalSink) -> None:
    created = sink.create(study(title="before", description="kept by nobody"), STUDY)
    updated = sink.update(created.id, study(title="after"), created)
    read = sink.read("ResearchStudy", created.id)
    assert read is not None
    assert (updated.id, read.version) == (created.id, updated.version)
    assert updated.version != created.version
    assert read.body["title"] == "after"
    assert "description" not in read.body


def test_an_update_of_a_version_somebody_else_changed_is_a_conflict(sink: HospitalSink) -> None:
    created = sink.create(study(title="ours"), STUDY)
    sink.update(created.id, study(title="theirs"), created)
    with pytest.raises(ConflictError):
        sink.update(created.id, study(title="ours again"), created)
    read = sink.read("ResearchStudy", created.id)
    assert read is not None
    assert read.body["title"] == "theirs"


def test_an_update_by_version_alone_works_where_the_etag_is_not_known(sink: HospitalSink) -> None:
    created = sink.create(study(title="before"), STUDY)
    (found,) = sink.find("ResearchStudy", STUDY)
    sink.update(created.id, study(title="after"), replace(found, etag=None))
    with pytest.raises(ConflictError):
        sink.update(created.id, study(title="late"), replace(found, etag=None))


def test_an_update_of_what_is_gone_is_a_conflict(sink: HospitalSink) -> None:
    created = sink.create(study(), STUDY)
    with pytest.raises(ConflictError):
        sink.update("gone", study(id="gone"), created)


def test_a_plan_comes_back_with_its_activities_in_order_their_ids_and_digits(sink: HospitalSink) -> None:
    """A sink that reorders, renames or rounds would make every run write again."""
    identifier = ("https://fhir-adapter.example/plan", "S-1")
    body = build_care_plan(replace(plan_of(treatment_of()), identifier=identifier))
    created = sink.create(body, identifier)
    updated = sink.update(created.id, {**created.body, "status": "active"}, created)
    (found,) = sink.find("CarePlan", identifier)
    for stored in (created, updated, found):
        assert stored.body["activity"] == body["activity"]
