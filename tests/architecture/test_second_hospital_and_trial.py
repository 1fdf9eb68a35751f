"""A second hospital and a second trial are folders: no line of code knows either of them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.architecture.invented_pair import AS_OF, EVERYBODY, write_export, write_mappings
from tests.command import Place, Ran

PAIR = ("--hospital", "sumida", "--trial", "keepers")
NAMES = [body["id"] for body in EVERYBODY if body["resourceType"] == "Patient"]
BY = ("--by", "dr-ito", "--reason", "asked her")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Place, Ran]:
    """The hospital after its first sync, and what the sync said."""
    place = Place(tmp_path_factory.mktemp("sumida"))
    write_mappings(place.folder / "mappings")
    source = write_export(place.folder / "export")
    sink = ("--sink", "sink", "--write")
    ran = place.run("sync", *PAIR, "--source", str(source), "--as-of", AS_OF, *sink, "--format", "json")
    assert ran.code == 0, ran.err
    return place, ran


def test_the_definitions_have_no_finding(kept: tuple[Place, Ran]) -> None:
    place, _ = kept
    ran = place.run("check", *PAIR, "--format", "json")
    assert [each for each in ran.result["findings"] if each["severity"] != "note"] == []
    assert ran.code == 0


def test_everything_received_is_accounted_for(kept: tuple[Place, Ran]) -> None:
    """An answer that is in no map is a fact all the same: it was received, and it leaves its criterion open."""
    _, ran = kept
    counts = {name: (row["received"], row["mapped"]) for name, row in ran.result["counts"].items()}
    assert counts == {
        "Patient": (8, 8),
        "Consent": (8, 8),
        "Observation": (16, 16),
        "QuestionnaireResponse": (7, 7),
    }


def test_everybody_is_listed_with_what_fails_and_what_is_open(kept: tuple[Place, Ran]) -> None:
    place, _ = kept
    rows = place.run("subjects", *PAIR, "--format", "json").result
    assert {row["patient"]: (row["verdict"], row["failing"], row["unknown"]) for row in rows} == {
        "Patient/at-every-limit": ("ELIGIBLE", [], []),
        "Patient/a-day-too-young": ("INELIGIBLE", ["OLD"], []),
        "Patient/in-other-units": ("INELIGIBLE", ["KIDNEY"], []),
        "Patient/first-minute-of-the-week": ("ELIGIBLE", [], []),
        "Patient/last-minute-before-it": ("UNDETERMINED", [], ["KIDNEY"]),
        "Patient/answer-not-in-the-map": ("UNDETERMINED", [], ["HEPB"]),
        "Patient/antigen-found": ("INELIGIBLE", ["HEPB"], []),
        "Patient/nobody-asked": ("UNDETERMINED", [], ["TRAVEL"]),
    }


def test_what_is_open_says_why(kept: tuple[Place, Ran]) -> None:
    """2026-05-12T15:00Z is the first minute of the 13th in Tokyo, seven days before; a minute earlier is stale."""
    place, _ = kept
    worklist = place.run("subjects", "--needs", *PAIR, "--format", "json").result["by_subject"]
    assert {row["patient"]: [each["unknown_reason"] for each in row["needs"]] for row in worklist} == {
        "Patient/last-minute-before-it": ["STALE"],
        "Patient/answer-not-in-the-map": ["UNMAPPED"],
        "Patient/nobody-asked": ["NEEDS_ATTESTATION"],
    }


def test_every_verdict_leads_to_the_result_it_rests_on(kept: tuple[Place, Ran]) -> None:
    """177 umol/L x 113.12 g/mol = 20.02224 mg/L, which is 2.002224 mg/dL and above the limit of 2."""
    place, _ = kept
    result = place.run("explain", "Patient/in-other-units", *PAIR, "--format", "json").result
    assert {each["id"]: each["verdict"] for each in result["criteria"]} == {
        "OLD": "PASS",
        "SIGNED": "PASS",
        "KIDNEY": "FAIL",
        "TRAVEL": "PASS",
        "HEPB": "PASS",
        "LEFT": "PASS",
    }
    (kidney,) = (each for each in result["criteria"] if each["id"] == "KIDNEY")
    (evidence,) = kidney["evidence"]
    assert evidence["reference"] == "Observation/in-other-units-0419"
    assert (evidence["reported"]["value"], evidence["reported"]["unit"]) == ("177.0", "umol/L")
    assert evidence["standard"] == {"value": "2.002224", "unit": "mg/dL"}


def test_nothing_but_the_trials_automatic_statuses_is_written(kept: tuple[Place, Ran]) -> None:
    """Everybody signed, so everybody is in screening; eligible and ineligible wait for a person."""
    place, _ = kept
    lines = (place.folder / "sink" / "ResearchSubject.ndjson").read_text(encoding="utf-8").splitlines()
    bodies = [json.loads(line) for line in lines]
    assert {body["individual"]["reference"] for body in bodies} == {f"Patient/{name}" for name in NAMES}
    assert {body["status"] for body in bodies} == {"screening"}
    waiting = place.run("review", "list", *PAIR, "--format", "json").result
    assert sorted(item["asked"] for item in waiting) == ["ELIGIBLE"] * 2 + ["INELIGIBLE"] * 3


def test_a_move_the_trials_graph_does_not_draw_is_refused_and_the_message_names_its_arrows(
    kept: tuple[Place, Ran],
) -> None:
    place, _ = kept
    ran = place.run("subject", "move", "Patient/at-every-limit", "--to", "withdrawn", *BY, *PAIR)
    assert ran.code == 6
    assert "no move from screening to withdrawn; allowed: eligible, ineligible" in ran.err


def test_the_roles_of_the_trial_decide_who_may_state_something(kept: tuple[Place, Ran]) -> None:
    """The statement is made now and so counts from now on, whatever day that is."""
    place = Place(Path(shutil.copytree(kept[0].folder, kept[0].folder.parent / "stated")))
    ran = place.run("attest", "Patient/nobody-asked", "TRAVEL", "true", *BY, *PAIR)
    assert ran.code == 0, ran.err
    result = place.run("explain", "Patient/nobody-asked", *PAIR, "--format", "json").result
    assert {each["id"]: each["verdict"] for each in result["criteria"]}["TRAVEL"] == "PASS"
