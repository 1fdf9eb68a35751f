from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.command import Place, open_place

PATIENTS = ("aml-boy-7", "alt-above", "consent-none", "alt-masked")
"""Eligible, ineligible, and two of whom something is not known."""


@pytest.fixture
def ward(tmp_path: Path) -> Place:
    """A ward with four patients; nothing was read yet."""
    place = open_place(tmp_path / "ward")
    place.write_export(PATIENTS)
    return place


@pytest.fixture(scope="session")
def read_once(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A ward that was read and written to its folder; not to be changed."""
    place = open_place(tmp_path_factory.mktemp("cli") / "ward")
    place.write_export(PATIENTS)
    done = place.sync("--sink", "sink", "--write")
    assert done.code == 0, done.err
    return place


@pytest.fixture
def read_ward(read_once: Place, tmp_path: Path) -> Place:
    """A copy of the ward that was read."""
    return Place(Path(shutil.copytree(read_once.folder, tmp_path / "ward")))
