"""The collector is told once what stays."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from fhir_adapter.gateways.heap import YOUNG_OBJECTS, spare_collector


@pytest.fixture(autouse=True)
def collector_as_it_was() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


def test_what_is_loaded_is_not_looked_at_again_and_cycles_are_still_found() -> None:
    before = gc.get_threshold()
    spare_collector()
    assert gc.get_freeze_count() > 0
    assert gc.get_threshold() == (YOUNG_OBJECTS, *before[1:])
    cycle: list[object] = []
    cycle.append(cycle)
    del cycle
    assert gc.collect() >= 1
