"""Twenty real kills of `sync --write`: whatever the moment, the next run ends where an undisturbed one ends.

A place holds a hospital that was synced once and in which a person accepted a verdict; then more patients come.
The run that reads them is killed again and again, at moments drawn over the length of an undisturbed run, and at
last left alone. Compared are facts, receipts of reading, records, decisions, receipts of writing and the resources
written, without run ids, times of work and versions.
"""

from __future__ import annotations

import json
import random
import re
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from fhir_adapter.domain.source import HospitalId, TrialId
from fhir_adapter.gateways.store.store import open_store
from tests.command import WARD, Place, command_line, open_place
from tests.demo_export import NOON, patients

pytestmark = pytest.mark.slow

KILLS = 20
PLACES = 4
"""Each is killed five times, so that kills land early, in the middle and on runs that find most of it done."""

FIRST, ALL = 4, 14
GLANCE = 0.005
"""How often a run is looked at until it begins its work [s]."""

_WORK_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(\+\d\d:\d\d|Z)?|datetime\.datetime\(2\d{3}[^)]*\)+")
_RUN = re.compile(r"\d{8}T\d{6}-[0-9a-f]{6}")


def prepare(folder: Path) -> Place:
    """Sync some patients, let a person accept a verdict, and bring more patients."""
    place = open_place(folder)
    chosen = patients()[:ALL]
    place.write_export(chosen[:FIRST])
    assert place.sync("--sink", "sink", "--write").code == 0
    item = next(
        each for each in place.run("review", "list", "--format", "json").result if each["asked"] == "ELIGIBLE"
    )
    decided = place.run("review", "accept", item["id"], "--by", "dr-weber", "--reason", "seen", "--as-of", NOON)
    assert decided.code == 0, decided.err
    place.write_export(chosen)
    return place


def sync_process(place: Place) -> subprocess.Popen[bytes]:
    arguments = ("sync", "--source", str(place.export), "--as-of", NOON, "--sink", "sink", "--write")
    return subprocess.Popen(
        command_line(*arguments),
        cwd=place.folder,
        env=place.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def journal(place: Place) -> tuple[int, ...]:
    """Give what changes as soon as a run writes to the store."""
    files = (place.folder / name for name in ("store.db", "store.db-wal"))
    return tuple(
        number for path in files if path.exists() for number in (path.stat().st_size, path.stat().st_mtime_ns)
    )


def begin(place: Place) -> subprocess.Popen[bytes]:
    """Start a run and come back when it begins its work: nothing is at risk while Python starts."""
    before = journal(place)
    process = sync_process(place)
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


def kill_after(place: Place, seconds: float) -> bool:
    """Kill a run so long after it began its work; False where it had ended before."""
    process = begin(place)
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
    return process.wait(timeout=60) == -signal.SIGKILL


def unfinished_runs(place: Place) -> int:
    """Count the runs that began their work and never said how it ended: the kills that landed inside."""
    store = open_store(f"sqlite:///{place.folder / 'store.db'}")
    try:
        return sum(run.finished is None for run in store.runs.list_runs(limit=1000))
    finally:
        store.close()


def plain(value: Any) -> str:
    """Write anything without run ids and times of work."""
    return _RUN.sub("RUN", _WORK_TIME.sub("TIME", repr(value)))


def holdings(place: Place) -> dict[str, list[str]]:
    """Give everything that must be the same, however the runs went."""
    store = open_store(f"sqlite:///{place.folder / 'store.db'}")
    try:
        rows = store.records.subjects(TrialId(_trial(place)), HospitalId(WARD))
        records = [store.records.latest_record(row.subject) for row in rows]
        return {
            "subjects": [plain(row) for row in rows],
            "facts": [
                plain(reading)
                for row in rows
                for reading in store.facts.load_readings(row.person, reading_digest="")
            ],
            "receipts of reading": [plain(store.facts.load_completeness(row.person)) for row in rows],
            "records": [plain(stored and (stored.record, stored.frozen)) for stored in records],
            "decisions": [plain(store.records.decisions(row.subject)) for row in rows],
            "items": sorted(plain((item.id, item.state)) for item in store.records.review_items(rows[0].trial)),
            "pending": [plain(store.outbox.pending(rows[0].trial, rows[0].hospital))],
            "resources": _written(place.folder / "sink"),
        }
    finally:
        store.close()


def _trial(place: Place) -> str:
    explained = place.run("explain", f"Patient/{patients()[0]}", "--format", "json").result
    return str(explained["trial"])


def _written(sink: Path) -> list[str]:
    bodies = [
        json.loads(line) for path in sorted(sink.glob("*.ndjson")) for line in path.read_text("utf-8").splitlines()
    ]
    for body in bodies:
        body.get("meta", {}).pop("versionId", None)
        body.pop("recorded", None)
    return sorted(plain(sorted(body.items())) for body in bodies)


def test_after_twenty_kills_everything_stands_as_if_there_had_been_none(tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(10**6)
    rng = random.Random(seed)
    undisturbed = prepare(tmp_path / "undisturbed")
    length = run_to_its_end(undisturbed)
    expected = holdings(undisturbed)
    killed = inside = 0
    for number in range(PLACES):
        place = prepare(tmp_path / f"killed-{number}")
        for _ in range(KILLS // PLACES):
            killed += kill_after(place, rng.uniform(0, length))
        inside += unfinished_runs(place)
        run_to_its_end(place)
        found = holdings(place)
        for name, rows in expected.items():
            assert found[name] == rows, f"{name} differ (seed {seed}, place {number})"
    said = f"seed {seed}: {killed} of {KILLS} runs killed, {inside} inside {length:.1f} s of work"
    print(said)  # noqa: T201 - the seed is part of the result
    assert inside >= KILLS // 2, said
