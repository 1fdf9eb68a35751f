"""Twenty real kills of `sync --write`: whatever the moment, the next run ends where an undisturbed one ends.

A place holds a hospital that was synced once and in which a person accepted a verdict; then more patients come,
and the first treatments begin. The run that reads them is killed, three times in each place, at moments drawn over
the length of an undisturbed run, and at last left alone.
"""

from __future__ import annotations

import json
import random
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.command import Place, command_line, open_place
from tests.demo_export import NOON, patients
from tests.robustness.holdings import holdings, unfinished_runs

pytestmark = pytest.mark.slow

KILLS = 20
PER_PLACE = 3
MOST_DRAWS = 80
"""Moments drawn; one at which the run had already ended is drawn again."""

FIRST, ALL = 4, 20
"""Patients of the first run, and of the one that is killed."""

QUESTIONNAIRE = "https://fhir-adapter.example/Questionnaire/nct07256210-eligibility"
TREATED = (patients()[0], patients()[FIRST])
"""One of the first run's patients, and one of those who come later."""

GLANCE = 0.002
"""How often a run is looked at until it begins to work [s]."""


def prepare(folder: Path) -> Place:
    """Sync some patients, let a person accept a verdict, and bring more patients and the first treatments."""
    place = open_place(folder)
    chosen = patients()[:ALL]
    place.write_export(chosen[:FIRST])
    assert place.sync("--sink", "sink", "--write").code == 0
    listed = place.run("review", "list", "--format", "json").result
    item = next(each for each in listed if each["asked"] == "ELIGIBLE")
    decided = place.run("review", "accept", item["id"], "--by", "dr-weber", "--reason", "seen", "--as-of", NOON)
    assert decided.code == 0, decided.err
    place.write_export(chosen)
    assign(place)
    return place


def assign(place: Place) -> None:
    """Let the hospital say that dose levels were assigned: to one patient known, to one who is new."""
    with (place.export / "QuestionnaireResponse.ndjson").open("a", encoding="utf-8") as file:
        for patient in TREATED:
            answer = {"linkId": "dose-level", "answer": [{"valueInteger": 1}]}
            body = {
                "resourceType": "QuestionnaireResponse",
                "id": f"{patient}-level",
                "questionnaire": QUESTIONNAIRE,
                "status": "completed",
                "subject": {"reference": f"Patient/{patient}"},
                "authored": "2026-03-11T10:00:00+01:00",
                "author": {"reference": "Practitioner/dr-weber"},
                "item": [answer],
            }
            file.write(json.dumps(body) + "\n")


def copy_of(place: Place, folder: Path) -> Place:
    """Give a place of its own with the same content."""
    return Place(Path(shutil.copytree(place.folder, folder)))


def journal(place: Place) -> tuple[int, ...]:
    """Give what changes as soon as a run writes to the store."""
    files = (place.folder / name for name in ("store.db", "store.db-wal"))
    return tuple(
        number for path in files if path.exists() for number in (path.stat().st_size, path.stat().st_mtime_ns)
    )


def begin(place: Place) -> subprocess.Popen[bytes]:
    """Start a run and come back when it begins to work: nothing is at risk while Python starts."""
    before = journal(place)
    arguments = ("sync", "--source", "export", "--as-of", NOON, "--sink", "sink", "--write")
    process = subprocess.Popen(
        command_line(*arguments),
        cwd=place.folder,
        env=place.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while journal(place) == before:
        try:
            process.wait(timeout=GLANCE)
        except subprocess.TimeoutExpired:
            continue
        break
    return process


def run_to_its_end(place: Place) -> float:
    """Leave a run alone; gives how long it worked [s]."""
    process = begin(place)
    began = time.monotonic()
    assert process.wait(timeout=240) == 0
    return time.monotonic() - began


def is_killed_after(place: Place, seconds: float) -> bool:
    """Kill a run so long after it began to work; False where it had ended before."""
    process = begin(place)
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
    return process.wait(timeout=60) == -signal.SIGKILL


def test_after_twenty_kills_everything_stands_as_if_there_had_been_none(tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(10**6)
    rng = random.Random(seed)
    template = prepare(tmp_path / "template")
    undisturbed = copy_of(template, tmp_path / "undisturbed")
    length = run_to_its_end(undisturbed)
    expected = holdings(undisturbed)
    assert all(expected.values()), [name for name, rows in expected.items() if not rows]
    assert len(expected["facts"]) == ALL
    killed = inside = draws = 0
    while killed < KILLS and draws < MOST_DRAWS:
        place = copy_of(template, tmp_path / f"killed-{draws}")
        for _ in range(PER_PLACE):
            draws += 1
            killed += is_killed_after(place, rng.uniform(0, length))
        inside += unfinished_runs(place)
        run_to_its_end(place)
        found = holdings(place)
        different = [name for name, rows in expected.items() if found[name] != rows]
        assert different == [], f"seed {seed}, place {place.folder.name}"
    said = f"seed {seed}: {killed} kills in {draws} draws, {inside} inside {length:.1f} s of work"
    print(said)  # noqa: T201 - the seed is part of the result
    assert killed >= KILLS, said
    assert inside >= KILLS // 2, said
