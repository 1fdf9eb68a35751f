"""Who counts for the dose escalation, one row per subject."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest
from rich.console import Console

from fhir_adapter.report.dlt import build_dlt, render_dlt
from tests.stored_safety import safety


def row(**given: Any) -> list[str]:
    """The cells of the only row."""
    record = safety()
    out = io.StringIO()
    changed = replace(record, dose_limiting=replace(record.dose_limiting, **given))
    Console(file=out, width=240, highlight=False).print(render_dlt(build_dlt([changed])))
    line = next(each for each in out.getvalue().splitlines() if record.subject in each)
    return [cell.strip() for cell in line.split("\N{BOX DRAWINGS LIGHT VERTICAL}")[1:-1]]


def test_a_row_tells_window_toxicity_why_and_what_comes_next() -> None:
    assert row(replaced=False) == [
        safety().subject,
        "phase1",
        "1",
        "OPEN",
        "2026-03-11",
        "not known yet",
        "not known yet",
        "CRS-1 is not judged",
        "CAPD of today",
    ]


def test_what_is_not_known_is_said_so() -> None:
    cells = row(part="", level=None, window_end=None, next_assessment=None)
    assert (cells[1], cells[2], cells[4], cells[8]) == ("not stated", "-", "-", "-")


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({"replaced": True, "evaluable": False}, "replaced"),
        ({"replaced": False, "evaluable": True}, "yes"),
        ({"replaced": False, "evaluable": False}, "no"),
    ],
)
def test_who_is_replaced_is_told_apart_from_who_does_not_count(given: dict[str, Any], shown: str) -> None:
    assert row(**given)[6] == shown


def test_subjects_stand_in_the_order_given() -> None:
    records = [replace(safety(), subject=name) for name in ("S-2", "S-1")]  # type: ignore[arg-type]
    assert [each.subject for each in build_dlt(records).subjects] == ["S-2", "S-1"]
