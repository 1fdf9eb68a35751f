"""A result the hospital takes back, seen through the command line: what rested on it changes, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

from tests import demo_export
from tests.command import open_place

ALT = "Alanine aminotransferase increased"
BOY = "treated-l1-boy-17-months"


def test_a_result_taken_back_changes_what_rests_on_it_and_nothing_else(tmp_path: Path) -> None:
    """ALT of day +12 was entered in error: its grade goes, the event is the hospital's own report from then on."""
    place = open_place(tmp_path / "ward")
    place.write_export([BOY])
    before = place.sync("--format", "json").result["run"]
    observations = place.export / "Observation.ndjson"
    lines = observations.read_text(encoding="utf-8").splitlines()
    (wrong,) = [line for line in lines if f'"id":"{BOY}-liver-D12"' in line]
    observations.write_text("\n".join([*lines, taken_back(wrong)]) + "\n", encoding="utf-8")
    assert place.sync("--format", "json").result["safety"]["changed"] == 1
    compared = place.run("derive", "--compare", before, "--as-of", demo_export.NOON, "--format", "json").result
    (change,) = compared["changes"]
    assert (change["criteria"], change["doses"]) == ([], [])
    result, event = change["safety"]
    assert (result["kind"], result["id"].split()[0]) == ("result", f"Observation/{BOY}-liver-D12")
    assert result["said"] == {"old": "262 U/L: grade 3", "new": None}
    assert (event["kind"], event["title"]) == ("event", ALT)
    assert event["said"]["old"].startswith("RESOLVED, grade 3, 2025-09-02T07:00:00+02:00 to 2025-09-10T07:00:00")
    assert event["said"]["new"].startswith("RESOLVED, grade 3, 2025-09-02T08:00:00+02:00 to 2025-09-10T15:00:00")


def taken_back(line: str) -> str:
    """The second version of a result: entered in error."""
    body = json.loads(line)
    body["meta"] = {"versionId": "2", "lastUpdated": "2026-03-11T07:00:00+01:00"}
    return json.dumps({**body, "status": "entered-in-error"})
