from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fhir_adapter.errors import ConfigurationError, ConflictError, InvariantError
from fhir_adapter.gateways.folder_sink import FolderSink

SYSTEM = "https://fhir-adapter.example/subjects"
STUDY = ("https://fhir-adapter.example/study", "T-1")
INTENT = ("https://fhir-adapter.example/CodeSystem/write-intent", "0a1b")


def study() -> dict[str, Any]:
    return {
        "resourceType": "ResearchStudy",
        "identifier": [{"system": STUDY[0], "value": STUDY[1]}],
        "status": "active",
    }


def subject(value: str, study_id: str = "", **elements: Any) -> dict[str, Any]:
    return {
        "resourceType": "ResearchSubject",
        "identifier": [{"system": SYSTEM, "value": value}],
        "status": "candidate",
        "study": {"reference": f"ResearchStudy/{study_id}"},
        "individual": {"reference": f"Patient/{value}"},
        **elements,
    }


def provenance(target: str) -> dict[str, Any]:
    return {
        "resourceType": "Provenance",
        "meta": {"tag": [{"system": INTENT[0], "code": INTENT[1]}]},
        "target": [{"reference": target}],
        "recorded": "2026-03-11T09:30:00+01:00",
        "agent": [{"who": {"display": "fhir-adapter"}}],
    }


def fill(root: Path, values: tuple[str, ...] = ("S-1", "S-2")) -> FolderSink:
    sink = FolderSink(root)
    stored = sink.create(study(), STUDY)
    for value in values:
        sink.create(subject(value, stored.id), (SYSTEM, value))
    return sink


def bundle(root: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((root / "transaction.json").read_bytes())
    return loaded


def files(root: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in root.iterdir()}


def test_looking_never_makes_the_folder(tmp_path: Path) -> None:
    sink = FolderSink(tmp_path / "sink")
    assert sink.find("ResearchStudy", STUDY) == ()
    assert sink.read("ResearchStudy", "1") is None
    assert not (tmp_path / "sink").exists()


def test_each_type_has_a_file_and_all_stand_in_one_transaction(tmp_path: Path) -> None:
    fill(tmp_path)
    assert sorted(files(tmp_path)) == ["ResearchStudy.ndjson", "ResearchSubject.ndjson", "transaction.json"]
    lines = (tmp_path / "ResearchSubject.ndjson").read_text().splitlines()
    assert sorted(json.loads(line)["identifier"][0]["value"] for line in lines) == ["S-1", "S-2"]
    content = bundle(tmp_path)
    assert (content["resourceType"], content["type"], len(content["entry"])) == ("Bundle", "transaction", 3)


def test_the_transaction_creates_conditionally_and_refers_inside_itself(tmp_path: Path) -> None:
    fill(tmp_path, ("S-1",))
    first, second = bundle(tmp_path)["entry"]
    assert first["request"] == {
        "method": "POST",
        "url": "ResearchStudy",
        "ifNoneExist": "identifier=https%3A%2F%2Ffhir-adapter.example%2Fstudy%7CT-1",
    }
    assert first["fullUrl"].startswith("urn:uuid:")
    assert second["resource"]["study"] == {"reference": first["fullUrl"]}
    assert second["resource"]["individual"] == {"reference": "Patient/S-1"}
    assert "id" not in second["resource"]


def test_provenance_refers_to_its_target_inside_the_transaction(tmp_path: Path) -> None:
    sink = fill(tmp_path, ("S-1",))
    (target,) = sink.find("ResearchSubject", (SYSTEM, "S-1"))
    sink.create(provenance(f"ResearchSubject/{target.id}/_history/1"), INTENT)
    _, second, third = bundle(tmp_path)["entry"]
    assert third["resource"]["target"] == [{"reference": second["fullUrl"]}]
    assert third["request"]["ifNoneExist"].startswith("_tag=")


def test_a_changed_resource_is_put_by_identifier(tmp_path: Path) -> None:
    sink = fill(tmp_path, ("S-1",))
    (stored,) = sink.find("ResearchSubject", (SYSTEM, "S-1"))
    updated = sink.update(stored.id, subject("S-1", status="screening"), stored)
    assert updated.version == "2"
    entry = bundle(tmp_path)["entry"][1]
    assert entry["request"] == {
        "method": "PUT",
        "url": "ResearchSubject?identifier=https%3A%2F%2Ffhir-adapter.example%2Fsubjects%7CS-1",
    }
    assert entry["resource"]["status"] == "screening"


def test_the_same_update_again_changes_nothing(tmp_path: Path) -> None:
    sink = fill(tmp_path, ("S-1",))
    (stored,) = sink.find("ResearchSubject", (SYSTEM, "S-1"))
    before = files(tmp_path)
    assert sink.update(stored.id, stored.body, stored).version == "1"
    assert files(tmp_path) == before


def test_the_order_of_writing_does_not_show_in_the_files(tmp_path: Path) -> None:
    fill(tmp_path / "one", ("S-1", "S-2", "S-3"))
    fill(tmp_path / "two", ("S-3", "S-1", "S-2"))
    assert files(tmp_path / "one") == files(tmp_path / "two")


def test_what_was_written_is_found_after_a_restart(tmp_path: Path) -> None:
    fill(tmp_path)
    before = files(tmp_path)
    again = FolderSink(tmp_path)
    (found,) = again.find("ResearchSubject", (SYSTEM, "S-2"))
    assert found.body["individual"] == {"reference": "Patient/S-2"}
    fill(tmp_path)
    assert files(tmp_path) == before


@pytest.mark.parametrize("left", [None, b"", b'{"resourceType": "Bundle", "type": "transaction"}'])
def test_a_run_killed_between_the_two_files_is_mended_by_the_next(tmp_path: Path, left: bytes | None) -> None:
    fill(tmp_path)
    before = files(tmp_path)
    (tmp_path / "transaction.json").unlink()
    if left is not None:
        (tmp_path / "transaction.json").write_bytes(left)
    FolderSink(tmp_path).find("ResearchStudy", STUDY)
    assert files(tmp_path) == before


def test_a_draft_left_by_a_killed_run_is_not_taken_for_content(tmp_path: Path) -> None:
    fill(tmp_path)
    (tmp_path / ".ResearchSubject.ndjson.new").write_bytes(b'{"half')
    assert len(FolderSink(tmp_path).find("ResearchSubject", (SYSTEM, "S-1"))) == 1


def test_an_edit_at_the_hospital_is_read_back(tmp_path: Path) -> None:
    fill(tmp_path, ("S-1",))
    path = tmp_path / "ResearchSubject.ndjson"
    body = json.loads(path.read_bytes())
    body |= {"status": "withdrawn", "meta": {"versionId": "2"}}
    path.write_text(json.dumps(body) + "\n")
    sink = FolderSink(tmp_path)
    (found,) = sink.find("ResearchSubject", (SYSTEM, "S-1"))
    assert (found.version, found.body["status"]) == ("2", "withdrawn")


def test_a_resource_the_checker_refuses_leaves_no_trace(tmp_path: Path) -> None:
    sink = fill(tmp_path, ("S-1",))
    before = files(tmp_path)
    with pytest.raises(InvariantError):
        sink.create(subject("S-9", status="bogus"), (SYSTEM, "S-9"))
    assert sink.find("ResearchSubject", (SYSTEM, "S-9")) == ()
    (stored,) = sink.find("ResearchSubject", (SYSTEM, "S-1"))
    with pytest.raises(InvariantError):
        sink.update(stored.id, subject("S-1", status="bogus"), stored)
    assert sink.read("ResearchSubject", stored.id) == stored
    assert files(tmp_path) == before


def test_a_folder_that_cannot_be_made_is_a_configuration_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    sink = FolderSink(tmp_path / "file" / "sink")
    with pytest.raises(ConfigurationError):
        sink.create(study(), STUDY)
    assert sink.find("ResearchStudy", STUDY) == ()


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sink").write_bytes(b"")
    with pytest.raises(ConfigurationError):
        FolderSink(tmp_path / "sink")


@pytest.mark.parametrize(
    "content",
    [
        b"not json\n",
        b"[]\n",
        b'{"resourceType": "Patient", "id": "1"}\n',
        b'{"resourceType": "ResearchSubject", "id": "1", "identifier": [{"system": "s", "value": "v"}]}\n',
        b'{"resourceType": "ResearchSubject", "id": 1, "identifier": "x", "meta": 7}\n',
    ],
)
def test_files_of_somebody_else_are_not_overwritten(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "ResearchSubject.ndjson").write_bytes(content)
    with pytest.raises(ConfigurationError, match="not written by this adapter"):
        FolderSink(tmp_path)
    assert (tmp_path / "ResearchSubject.ndjson").read_bytes() == content


def test_an_update_of_a_version_not_seen_last_is_a_conflict(tmp_path: Path) -> None:
    sink = fill(tmp_path, ("S-1",))
    (stored,) = sink.find("ResearchSubject", (SYSTEM, "S-1"))
    sink.update(stored.id, subject("S-1", status="screening"), stored)
    with pytest.raises(ConflictError):
        sink.update(stored.id, subject("S-1", status="withdrawn"), stored)
