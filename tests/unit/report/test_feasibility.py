"""The primary objective: counts per level, and per subject what is known, what is not, and why not."""

from __future__ import annotations

import io
from dataclasses import replace

from rich.console import Console

from fhir_adapter.domain.dosing.records import TreatmentRecord
from fhir_adapter.domain.source import SubjectId
from fhir_adapter.report.feasibility import build_feasibility, render_feasibility
from tests.treatment_records import feasibility, treatment


def subject(name: str, level: int | None, *given: bool | None) -> TreatmentRecord:
    """A subject whose infusions were given as said."""
    return treatment(subject=SubjectId(name), feasibility=feasibility(level, *given))


def printed(*records: TreatmentRecord) -> str:
    """What a wide terminal shows."""
    out = io.StringIO()
    Console(file=out, width=160, highlight=False).print(render_feasibility(build_feasibility("t", records)))
    return out.getvalue()


def test_levels_are_counted_in_subjects_and_subjects_keep_their_order() -> None:
    result = build_feasibility(
        "t", [subject("S-2", 2, True, None), subject("S-1", 1, True, True), subject("S-3", 1, True, False)]
    ).model_dump()
    assert [row["subject"] for row in result["subjects"]] == ["S-2", "S-1", "S-3"]
    assert [(row["level"], row["subjects"], row["all_given"], row["unknown"]) for row in result["levels"]] == [
        (1, 2, 1, 0),
        (2, 1, 0, 1),
    ]
    assert result["levels"][0]["given"] == [
        {"infusion": 1, "subjects": 2},
        {"infusion": 2, "subjects": 1},
    ]


def test_a_subject_without_a_level_is_counted_apart() -> None:
    text = printed(subject("S-1", None, None, None))
    assert "not known" in text
    assert build_feasibility("t", [subject("S-1", None, None)]).levels[0].level is None


def test_each_infusion_is_a_line_with_why_it_was_not_given() -> None:
    record = subject("S-1", 1, True, False)
    first, second = record.feasibility.infusions
    told = replace(record.feasibility, infusions=(first, replace(second, reason="not given: product failed")))
    lines = [
        line
        for line in printed(replace(record, feasibility=told)).splitlines()
        if "\N{BOX DRAWINGS LIGHT VERTICAL}" in line
    ]
    cells = [[cell.strip() for cell in line.split("\N{BOX DRAWINGS LIGHT VERTICAL}")[1:-1]] for line in lines]
    assert cells[-2:] == [
        ["S-1", "1", "1", "yes", "yes", "yes", ""],
        ["", "", "2", "no", "-", "-", "not given: product failed"],
    ]


def test_a_plan_without_infusions_still_names_the_subject() -> None:
    assert "S-1" in printed(subject("S-1", 1))


def test_without_subjects_the_objective_stands_and_nothing_is_counted() -> None:
    text = printed()
    assert text.startswith("Feasibility, the primary objective")
    assert "nothing to count" in text
