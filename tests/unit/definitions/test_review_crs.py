"""The review of how CRS is graded: the shipped consensus is clean, slips are found."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from fhir_adapter.definitions.compile_terminology import Vocabulary, compile_vocabulary
from fhir_adapter.definitions.compile_units import compile_units
from fhir_adapter.definitions.file_astct import load_astct_file
from fhir_adapter.definitions.file_set import load_terminology_files, load_trial_files
from fhir_adapter.definitions.folder import TERMINOLOGY, mapping_roots
from fhir_adapter.definitions.review_crs import review_crs
from fhir_adapter.definitions.setting_text import Filler, SettingValue

NAME = "astct-2019"


@cache
def vocabulary() -> Vocabulary:
    files = load_terminology_files(mapping_roots(()))
    return compile_vocabulary(files, compile_units(files))


@cache
def values() -> dict[str, SettingValue]:
    return dict(load_trial_files(mapping_roots(()), "nct07256210").values)


def reviewed(folder: Path, old: str = "", new: str = "") -> list[str]:
    shipped, _ = mapping_roots(()).folder(TERMINOLOGY).file(f"{NAME}.yaml")
    text = shipped.read_text(encoding="utf-8")
    assert old in text
    (folder / TERMINOLOGY).mkdir()
    (folder / TERMINOLOGY / f"{NAME}.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    file = load_astct_file(mapping_roots((folder,)), NAME, Filler(values()))
    return [f"{each.code}: {each.message}" for each in review_crs(file, vocabulary())]


def test_the_shipped_consensus_is_clean(tmp_path: Path) -> None:
    assert reviewed(tmp_path) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("from: 11, limit", "from: 12, limit", "pressure-gap: no limit of systolic pressure holds at 11 years"),
        (
            "from: 11, limit",
            "from: 11, below: 18, limit",
            "pressure-gap: no limit of systolic pressure holds at 18 years",
        ),
        (
            "concepts: [oxygen-nasal-cannula]",
            "concepts: [oxygen-nasal-cannula, oxygen-mask]",
            "device-shadowed: every code of this device stands for one listed before",
        ),
    ],
)
def test_a_slip_is_found(tmp_path: Path, old: str, new: str, expected: str) -> None:
    assert reviewed(tmp_path, old, new) == [expected]
