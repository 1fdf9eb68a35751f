"""A clearance says first whether the cells may be given, and what stands in the way."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from fhir_adapter.report.clearance import build_clearance, render_clearance
from tests.treatment_records import ZONE, clearance

TEXTS = {"N1": "Off corticosteroids", "N4": "Not requiring ventilator support"}


def printed(verdict: str, **verdicts: str) -> str:
    """What a wide terminal shows."""
    out = io.StringIO()
    result = build_clearance(clearance(1, verdict, **verdicts), TEXTS, ZONE)
    Console(file=out, width=160, highlight=False).print(render_clearance(result))
    return out.getvalue()


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        ("CLEAR", "every criterion to receive it is met"),
        ("HOLD", "a criterion to receive it is not met"),
        ("UNKNOWN", "what is recorded does not say whether it may be given"),
    ],
)
def test_each_verdict_is_said_in_words(verdict: str, said: str) -> None:
    assert f"S-1  infusion 1  {verdict}  {said}" in printed(verdict, N1="PASS")


def test_what_holds_the_infusion_and_what_is_open_stand_before_the_tree() -> None:
    lines = printed("HOLD", N1="FAIL", N2="PASS", N4="UNKNOWN").splitlines()
    assert lines[1:3] == ["not met: N1", "open: N4"]
    assert any("next: oxygen flow" in line for line in lines)
    assert any("Off corticosteroids" in line for line in lines)


def test_the_result_has_the_criteria_as_explain_gives_them() -> None:
    result = build_clearance(clearance(2, "HOLD", N1="FAIL", N3="UNKNOWN"), TEXTS, ZONE).model_dump()
    assert {key: result[key] for key in ("subject", "infusion", "as_of", "verdict", "is_retrospective")} == {
        "subject": "S-1",
        "infusion": 2,
        "as_of": "2026-03-27T12:00:00+01:00",
        "verdict": "HOLD",
        "is_retrospective": False,
    }
    assert [each["id"] for each in result["criteria"]] == ["N1", "N3"]
    assert result["criteria"][0]["text"] == "Off corticosteroids"
    assert result["criteria"][1]["text"] == ""
    assert result["criteria"][0]["evidence"][0]["reference"] == "Observation/weight"


def test_a_named_person_decides() -> None:
    assert "a named person decides" in printed("CLEAR", N1="PASS")
