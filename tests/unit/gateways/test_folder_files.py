from __future__ import annotations

import os
from pathlib import Path

import pytest

from fhir_adapter.errors import ConfigurationError
from fhir_adapter.gateways.folder_files import FileKind, FolderFile, list_files


def write(root: Path, name: str, content: bytes = b"") -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def only(root: Path) -> FolderFile:
    (file,) = list_files(root)
    return file


@pytest.mark.parametrize(
    ("name", "kind", "hint", "label"),
    [
        ("Observation.ndjson", "ndjson", "Observation", "Observation.ndjson"),
        ("Observation.1.ndjson", "ndjson", "Observation", "Observation.1.ndjson"),
        ("Observation-2.ndjson.gz", "ndjson", "Observation", "Observation-2.ndjson.gz"),
        ("Observation.ndjson.1", "ndjson", "Observation", "Observation.ndjson.1"),
        ("000.Observation.ndjson.gz", "ndjson", "Observation", "000.Observation.ndjson.gz"),
        ("1.Patient.ndjson", "ndjson", "Patient", "1.Patient.ndjson"),
        ("Observation.jsonl", "ndjson", "Observation", "Observation.jsonl"),
        ("Observation.000.NDJSON", "ndjson", "Observation", "Observation.000.NDJSON"),
        ("bundle-0.json", "json", None, "bundle-0.json"),
        ("export.ndjson", "ndjson", None, "export.ndjson"),
        ("Jane_Doe_1944.json", "json", None, "a json file"),
        ("Patient-4711-Jane.json", "json", "Patient", "Patient json file"),
        ("Patient-123456.json", "json", "Patient", "Patient json file"),  # could be a hospital number
        ("Observation-f001.json", "json", "Observation", "Observation json file"),
        ("ObservationX.ndjson", "ndjson", None, "a ndjson file"),
        ("readme.txt", "other", None, "a other file"),
        ("Observation.csv", "other", "Observation", "Observation.csv"),
        (".DS_Store", "other", None, "a other file"),
    ],
)
def test_a_file_name_tells_kind_and_type_and_never_a_patient(
    tmp_path: Path, name: str, kind: str, hint: str | None, label: str
) -> None:
    write(tmp_path, name)
    file = only(tmp_path)
    assert (file.kind, file.hint, file.label) == (FileKind(kind), hint, f"{label}, file 1 of 1")


def test_patients_come_first_then_files_of_any_type_then_the_rest_by_name(tmp_path: Path) -> None:
    for name in (
        "Condition.ndjson",
        "sub/Patient.2.ndjson",
        "Patient.ndjson",
        "bundle-1.json",
        "Observation.ndjson",
    ):
        write(tmp_path, name)
    assert [file.path.name for file in list_files(tmp_path)] == [
        "Patient.ndjson",
        "Patient.2.ndjson",
        "bundle-1.json",
        "Condition.ndjson",
        "Observation.ndjson",
    ]


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError):
        list_files(tmp_path / "nowhere")


def test_a_file_is_not_a_folder(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError):
        list_files(write(tmp_path, "Patient.ndjson"))


def test_an_empty_folder_has_no_files(tmp_path: Path) -> None:
    assert list_files(tmp_path) == ()


@pytest.mark.parametrize("folder", [False, True])
def test_a_link_out_of_the_folder_is_refused(tmp_path: Path, folder: bool) -> None:
    outside = write(tmp_path, "outside/Patient.ndjson")
    (tmp_path / "export").mkdir()
    (tmp_path / "export" / "Patient.ndjson").symlink_to(outside.parent if folder else outside)
    with pytest.raises(ConfigurationError, match="out of the source folder"):
        list_files(tmp_path / "export")


def test_a_link_within_the_folder_is_not_read_twice(tmp_path: Path) -> None:
    write(tmp_path, "Patient.ndjson")
    (tmp_path / "Patient.2.ndjson").symlink_to(tmp_path / "Patient.ndjson")
    assert [file.kind for file in list_files(tmp_path)] == [FileKind.OTHER, FileKind.NDJSON]


def test_the_folder_itself_may_be_a_link(tmp_path: Path) -> None:
    write(tmp_path, "real/Patient.ndjson")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert only(tmp_path / "link").kind is FileKind.NDJSON


def test_a_link_in_a_circle_ends(tmp_path: Path) -> None:
    write(tmp_path, "Patient.ndjson")
    (tmp_path / "again").symlink_to(tmp_path)
    assert [file.kind for file in list_files(tmp_path)] == [FileKind.NDJSON, FileKind.OTHER]


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "Patient.ndjson")
    assert only(tmp_path).kind is FileKind.OTHER
