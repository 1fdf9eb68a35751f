"""What a derivation changed: counts of three kinds of record, and every changed word beside what stood before."""

from __future__ import annotations

import io
from typing import Any

from rich.console import Console

from fhir_adapter.domain.source import SubjectId
from fhir_adapter.report.changes import (
    DeriveResult,
    build_comparison,
    render_comparison,
    render_derivation,
)
from fhir_adapter.report.sync import RecordCounts
from fhir_adapter.sync.compare import CriterionChange, RecordChange
from fhir_adapter.sync.compare_doses import DoseChange
from fhir_adapter.sync.compare_safety import SafetyChange
from fhir_adapter.sync.pair import Pair

NONE = Pair(None, None)
CHANGE = RecordChange(
    subject=SubjectId("S-1"),
    verdict=Pair("ELIGIBLE", "UNDETERMINED"),
    criteria=(
        CriterionChange(
            id="I7", verdict=Pair("PASS", "UNKNOWN"), reason=Pair(None, "STALE"), removed=("a",), added=()
        ),
    ),
    doses=(
        DoseChange(
            item="fludarabine",
            day=-14,
            status=Pair("NOT_YET_DUE", "GIVEN"),
            planned=NONE,
            administered=Pair(None, "20.8 mg"),
            deviations=NONE,
        ),
    ),
    safety=(
        SafetyChange(
            kind="result", id="Observation/1 Observation.value Anemia", title="Anemia", said=Pair("7.9 g/dL", None)
        ),
        SafetyChange(kind="event", id="AE-1", title="Anemia", said=Pair("ONGOING, grade 3", None)),
        SafetyChange(kind="dose-limiting", id="", title="dose-limiting toxicity", said=Pair(None, "OPEN")),
    ),
)


def printed(renderable: Any) -> str:
    out = io.StringIO()
    Console(file=out, width=200, highlight=False).print(renderable)
    return out.getvalue()


def rows(change: RecordChange) -> list[list[str]]:
    text = printed(render_comparison(build_comparison("run-1", [change])))
    lines = [line for line in text.splitlines() if "\N{BOX DRAWINGS LIGHT VERTICAL}" in line]
    return [[cell.strip() for cell in line.split("\N{BOX DRAWINGS LIGHT VERTICAL}")[1:5]] for line in lines]


def test_every_kind_of_change_is_a_row_with_before_and_now() -> None:
    assert rows(CHANGE) == [
        ["S-1", "all", "ELIGIBLE", "UNDETERMINED"],
        ["", "I7", "PASS", "UNKNOWN STALE"],
        ["", "fludarabine day -14", "NOT_YET_DUE, -, -, -", "GIVEN, -, 20.8 mg, -"],
        ["", "Observation/1 Observation.value Anemia", "7.9 g/dL", "-"],
        ["", "Anemia AE-1", "ONGOING, grade 3", "-"],
        ["", "dose-limiting toxicity", "-", "OPEN"],
    ]


def test_as_a_result_nothing_is_left_out() -> None:
    (change,) = build_comparison("run-1", [CHANGE]).changes
    assert [(each.kind, each.id, each.said.old, each.said.new) for each in change.safety] == [
        ("result", "Observation/1 Observation.value Anemia", "7.9 g/dL", None),
        ("event", "AE-1", "ONGOING, grade 3", None),
        ("dose-limiting", "", None, "OPEN"),
    ]
    assert [(each.item, each.day, each.status.new) for each in change.doses] == [("fludarabine", -14, "GIVEN")]
    assert [(each.id, each.unknown_reason.new, each.removed) for each in change.criteria] == [
        ("I7", "STALE", ["a"])
    ]


def test_how_many_differ_is_said() -> None:
    assert "1 records differ from run-1" in printed(render_comparison(build_comparison("run-1", [CHANGE])))
    assert "0 records differ from mappings" in printed(render_comparison(build_comparison("mappings", [])))


def test_a_derivation_counts_all_three_kinds_of_record() -> None:
    result = DeriveResult(
        run="r",
        as_of="2026-03-11T12:00:00+01:00",
        known_at=None,
        saved=True,
        records=RecordCounts(created=1, changed=2, unchanged=3),
        treatments=RecordCounts(created=4, changed=5, unchanged=6),
        safety=RecordCounts(created=7, changed=8, unchanged=9),
        definitions_digest="d" * 64,
    )
    assert printed(render_derivation(result)).splitlines() == [
        "records: 1 created, 2 changed, 3 unchanged",
        "treatment records: 4 created, 5 changed, 6 unchanged",
        "safety records: 7 created, 8 changed, 9 unchanged",
        "run r, as of 2026-03-11T12:00:00+01:00, definitions dddddddddddd",
    ]
    past = result.model_copy(update={"saved": False})
    assert "(nothing saved: the knowledge time lies in the past)" in printed(render_derivation(past))
