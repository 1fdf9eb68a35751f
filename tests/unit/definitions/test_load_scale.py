"""Scales and their catalogues are read by id; another version is another file."""

from __future__ import annotations

from pathlib import Path

import pytest

from fhir_adapter.definitions.folder import mapping_roots
from fhir_adapter.definitions.load_scale import available_scales, load_catalogue, load_scale
from fhir_adapter.domain.toxicity.catalogue import CatalogueTerm
from fhir_adapter.errors import DefinitionError, UsageError
from tests.scale_samples import TERMS, write_scaled


def test_a_second_scale_is_another_pair_of_files(tmp_path: Path) -> None:
    roots = mapping_roots((write_scaled(tmp_path),), default=False)
    assert available_scales(roots) == ("sample-v1",)
    assert load_scale(roots, "sample-v1").title == "Sample 1"
    assert load_catalogue(roots, "sample-v1").terms[1] == CatalogueTerm(
        name="Muscle lost", meddra="11", soc="Muscles", wording={1: "Some", 4: "Most"}
    )


@pytest.mark.parametrize("name", ["sample-v2", "../sample-v1", "units"])
def test_a_scale_that_is_not_there_is_refused_with_those_there_are(name: str, tmp_path: Path) -> None:
    roots = mapping_roots((write_scaled(tmp_path),), default=False)
    for load in (load_scale, load_catalogue):
        with pytest.raises(UsageError, match="there are: sample-v1"):
            load(roots, name)


@pytest.mark.parametrize(
    ("old", "new", "line", "problem"),
    [
        ("term,meddra_code", "name,meddra_code", 1, "not the columns of a catalogue"),
        ("Weakness,12", "Weakness,11", 4, "a term or code that stands there before"),
        ("Weakness,12", "MUSCLE lost,12", 4, "a term or code that stands there before"),
        ("Some,-,-,Most,-", "Some,-,-,Most", 3, "empty or missing cells"),
        ("Some,-,-,Most,-", "Some,,-,Most,-", 3, "empty or missing cells"),
    ],
)
def test_a_slip_in_a_catalogue_is_refused_with_its_line(
    old: str, new: str, line: int, problem: str, tmp_path: Path
) -> None:
    roots = mapping_roots((write_scaled(tmp_path, (TERMS, old, new)),), default=False)
    with pytest.raises(DefinitionError) as refusal:
        load_catalogue(roots, "sample-v1")
    assert problem in refusal.value.problem
    assert refusal.value.line == line


def test_a_catalogue_that_is_not_text_is_refused(tmp_path: Path) -> None:
    root = write_scaled(tmp_path)
    (root / TERMS).write_bytes(b"term,\xff\n")
    with pytest.raises(DefinitionError) as refusal:
        load_catalogue(mapping_roots((root,), default=False), "sample-v1")
    assert refusal.value.problem == "not UTF-8 text in CSV form"
