"""The canary's ward, for whoever asks."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command import Place, open_place
from tests.robustness import canary
from tests.robustness.canary_ward import Records, hold


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A ward that holds the canary patient alone; everything is logged."""
    place = open_place(tmp_path / "ward", {"FHIR_ADAPTER_LOG_LEVEL": "DEBUG"})
    hold(place, canary.bodies())
    return place


@pytest.fixture
def logged() -> Iterator[Records]:
    handler, root = Records(), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler
    root.removeHandler(handler)
    root.setLevel(level)
