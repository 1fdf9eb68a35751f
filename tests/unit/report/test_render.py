"""An explanation answers "why, and from which result?" in the first lines and at every leaf."""

from __future__ import annotations

import io

from rich.console import Console

from fhir_adapter.report.explain import CriterionOut, EvidenceOut, ExplainResult, PartOut, WaitingOut
from fhir_adapter.report.render import render_explanation

RECEIPT = EvidenceOut(
    reference="receipt",
    version="whole folder",
    last_updated=None,
    path="Procedure",
    role="receipt",
    reported=None,
    standard=None,
    effective=None,
    note="read to the last page",
)


def criterion(name: str, verdict: str, *, kind: str = "inclusion", **more: object) -> CriterionOut:
    """A criterion that rests on nothing."""
    base: dict[str, object] = {
        "id": name,
        "kind": kind,
        "mode": "auto",
        "text": f"text of {name}",
        "verdict": verdict,
        "unknown_reason": None,
        "next_fact": None,
        "parts": [],
        "evidence": [],
        "computations": [],
        "notes": [],
    }
    return CriterionOut.model_validate(base | more)


def printed(*criteria: CriterionOut, **more: object) -> str:
    """What a wide terminal shows."""
    base: dict[str, object] = {
        "subject": "S-1",
        "patient": "Patient/p",
        "trial": "t",
        "as_of": "2026-03-11T12:00:00+01:00",
        "anchor": "2026-03-11T12:00:00+01:00",
        "anchor_source": "as-of",
        "verdict": "UNDETERMINED",
        "frozen": False,
        "valid_until": None,
        "definitions_digest": "d",
        "status": None,
        "waiting": [],
        "criteria": criteria,
    }
    out = io.StringIO()
    Console(file=out, width=200).print(render_explanation(ExplainResult.model_validate(base | more)))
    return out.getvalue()


def test_what_fails_and_what_is_open_is_said_first() -> None:
    text = printed(
        criterion("A", "FAIL"), criterion("B", "PASS"), criterion("C", "UNKNOWN"), criterion("D", "FAIL")
    )
    assert text.index("fails: A, D\n") < text.index("open: C\n") < text.index("S-1  Patient/p  UNDETERMINED")


def test_nothing_is_said_about_nothing() -> None:
    text = printed(criterion("B", "PASS"))
    assert "fails:" not in text
    assert "open:" not in text
    assert "status" not in text


def test_a_death_that_waits_for_a_person_stands_beside_the_verdict() -> None:
    """An eligible verdict of somebody who died must not be read alone."""
    waiting = [WaitingOut(id="R-1", kind="deceased", asked="DECEASED")]
    text = printed(criterion("B", "PASS"), status="screening", waiting=waiting)
    assert "status screening\n" in text
    assert "waits for a person: deceased DECEASED (fhir-adapter review show R-1)\n" in text


def test_an_exclusion_says_which_way_it_turns() -> None:
    text = printed(
        criterion("E1", "PASS", kind="exclusion"),
        criterion("E2", "FAIL", kind="exclusion"),
        criterion("E3", "UNKNOWN", kind="exclusion"),
        criterion("I1", "FAIL"),
    )
    assert "E1   PASS (does not exclude)  text of E1" in text
    assert "E2   FAIL (excludes)  text of E2" in text
    assert "E3   UNKNOWN  text of E3" in text
    assert "I1   FAIL  text of I1" in text


def test_what_was_searched_in_vain_is_said_in_words() -> None:
    text = printed(criterion("E2a", "PASS", kind="exclusion", evidence=[RECEIPT]))
    assert "searched: Procedure, whole folder (read to the last page)" in text


def test_a_note_is_said_once() -> None:
    text = printed(criterion("I1", "UNKNOWN", notes=["the signature is missing", "the signature is missing"]))
    assert text.count("the signature is missing") == 1


def test_a_part_without_a_label_is_named_by_its_id_alone() -> None:
    part = PartOut(
        id="old-enough",
        label="",
        verdict="MET",
        unknown_reason=None,
        next_fact=None,
        evidence=[],
        computations=[],
        notes=[],
        parts=[],
    )
    assert "old-enough MET" in printed(criterion("AGE", "PASS", parts=[part]))
