"""The review finds treatment plans that load but cannot be meant."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from fhir_adapter.definitions.finding import Severity
from fhir_adapter.definitions.review import review_mappings
from tests.treatment_samples import CARE_PLAN, DOSING, PRODUCTS, TRIAL, write_treated

FILES = {"dosing": DOSING, "care_plan": CARE_PLAN, "trial": TRIAL}
PROJECT = "https://fhir-adapter.example/CodeSystem/concepts"


def found(root: Path) -> list[tuple[str, Severity, str, str]]:
    review = review_mappings((root,), default_mappings=False)
    return [
        (one.code, one.severity, one.path, one.message)
        for one in review.findings
        if one.severity is not Severity.NOTE
    ]


def test_the_sample_with_a_treatment_plan_is_clean(tmp_path: Path) -> None:
    assert found(write_treated(tmp_path)) == []


SUSPECTS = yaml.load(
    (Path(__file__).parent / "suspect_treatment.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader
)


@pytest.mark.parametrize("suspect", SUSPECTS, ids=[f"{place}-{row['code']}" for place, row in enumerate(SUSPECTS)])
def test_what_cannot_be_meant_is_found(suspect: dict[str, str], tmp_path: Path) -> None:
    expected = (suspect["code"], Severity(suspect["severity"]), suspect["path"], suspect["message"])
    assert expected in found(write_treated(tmp_path, (FILES[suspect["file"]], suspect["old"], suspect["new"])))


def test_a_plan_that_ends_before_something_is_due_is_found(tmp_path: Path) -> None:
    root = write_treated(
        tmp_path,
        (CARE_PLAN, "last_day: 60", "last_day: 27"),
        (CARE_PLAN, "  - day: 30", "  - day: 1"),
        (CARE_PLAN, "{day: 60, title", "{day: 27, title"),
    )
    message = "something is due on day 28, after the plan has ended"
    assert ("plan-ends-early", Severity.ERROR, "last_day", message) in found(root)


def test_a_course_whose_days_depend_on_a_statement_is_not_added_up(tmp_path: Path) -> None:
    root = write_treated(tmp_path, (DOSING, "    routes: [vein]\n", "    routes: [vein]\n    course: 80\n"))
    assert found(root) == []


def test_a_share_and_a_fraction_flip_by_themselves_and_need_no_other_reading(tmp_path: Path) -> None:
    root = write_treated(tmp_path, (TRIAL, "{id: low, value: 10 %", "{id: low, value: 1/10"))
    assert found(root) == []


def test_a_plan_without_care_plan_is_reviewed_too(tmp_path: Path) -> None:
    root = write_treated(
        tmp_path, (TRIAL, "note: A word,", "note: A word, documentary: true,"), without=frozenset({CARE_PLAN})
    )
    assert found(root) == []


def test_a_value_set_is_used_by_a_code_something_is_written_with(tmp_path: Path) -> None:
    """Nothing reads what a visit asks for: the code alone names its value set."""
    row = "{code: asked, display: asked, source: x}"
    head = "---\nresourceType: ValueSet\n"
    include = f"{{system: '{PROJECT}', concept: [{row}]}}"
    own = f"{head}id: asked\ntitle: asked\nstatus: active\ncompose: {{include: [{include}]}}\n"
    listed = (PRODUCTS, f"{head}id: weight\n", f"{own}{head}id: weight\n")
    asked = f"{{system: '{PROJECT}', code: asked, display: asked}}"
    unasked = write_treated(tmp_path / "unasked", listed)
    assert [code for code, *_ in found(unasked)] == ["unused-value-set"]
    named = (CARE_PLAN, "title: Last visit, source", f"title: Last visit, observations: [{asked}], source")
    assert found(write_treated(tmp_path / "asked", listed, named)) == []
