"""Whole cases: what a hospital sends, and everything the reader makes of it under the shipped definitions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fhir_adapter.gateways.store.stored_types import READINGS
from fhir_adapter.r4.context import PageContext
from fhir_adapter.r4.read import read_resource
from tests.scenarios.reading import definitions_for, reading_context

CASES = sorted(path.parent for path in Path(__file__).parent.glob("*/*/input.json"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_is_read_as_written_down(case: Path) -> None:
    context = reading_context(definitions_for("nct07256210"))
    resources = json.loads((case / "input.json").read_text(encoding="utf-8"))
    readings = [read_resource(json.dumps(each).encode(), context, PageContext()) for each in resources]
    found = [json.loads(READINGS.text(each)) for each in readings]
    for source in (each["source"] for one in found for each in (one, *one.get("facts", ()))):
        del source["content"]  # a digest of the bytes
    assert found == json.loads((case / "expected.json").read_text(encoding="utf-8"))
