"""Everything a place holds after its runs, without run ids, times of work, surrogate keys, ids and versions."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from fhir_adapter.definitions.load import Definitions, load_definitions
from fhir_adapter.gateways.store.store import SqlStore, open_store
from tests.command import WARD, Place

Holdings = dict[str, list[str]]

_TRIAL = "nct07256210"
_WORK_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(\+\d\d:\d\d|Z)?|datetime\.datetime\(2\d{3}[^)]*\)+")
_RUN = re.compile(r"\d{8}T\d{6}-[0-9a-f]{6}")
_VERSION = re.compile(r"/_history/\w+")


def holdings(place: Place) -> Holdings:
    """Read store and sink of a place by their own ways of being read."""
    overlay = place.folder / "mappings"
    definitions = load_definitions(hospital=WARD, trial=_TRIAL, overlays=(overlay,))
    store = open_store(f"sqlite:///{place.folder / 'store.db'}")
    try:
        return {
            **_of_people(store, definitions),
            **_of_work(store, definitions),
            "resources": written(place.folder / "sink"),
        }
    finally:
        store.close()


def unfinished_runs(place: Place) -> int:
    """Count the runs that began and never said how they ended."""
    store = open_store(f"sqlite:///{place.folder / 'store.db'}")
    try:
        return sum(run.finished is None for run in store.runs.list_runs(limit=1000))
    finally:
        store.close()


def _of_people(store: SqlStore, definitions: Definitions) -> Holdings:
    trial, hospital = definitions.trial.id, definitions.traits.id
    rows = store.records.subjects(trial, hospital)
    stored = [store.records.latest_record(row.subject) for row in rows]
    treated = store.records.latest_treatments(trial, hospital).values()
    watched = store.records.latest_safety_records(trial, hospital).values()
    digest = definitions.reading_digest
    readings = [sorted(map(_plain, store.facts.load_readings(row.person, reading_digest=digest))) for row in rows]
    receipts = [store.facts.load_completeness(row.person) for row in rows]
    return {
        "subjects": [_plain(replace(row, person=type(row.person)(0))) for row in rows],
        "facts": ["\n".join(each) for each in readings],
        "receipts of reading": [
            _plain([replace(receipt, run="", read_at="") for receipt in each]) for each in receipts
        ],
        "records": [_plain(each and (each.record, each.frozen, each.version)) for each in stored],
        "treatments": [_plain((each.record, each.version)) for each in treated],
        "safety": [_plain((each.record, each.version)) for each in watched],
        "decisions": [_plain(store.records.decisions(row.subject)) for row in rows],
        "trail": [_plain(sorted(map(_plain, store.records.audit_entries(row.subject)))) for row in rows],
    }


def _of_work(store: SqlStore, definitions: Definitions) -> Holdings:
    trial, hospital = definitions.trial, definitions.traits.id
    identities = [(trial.subject_system, row.subject) for row in store.records.subjects(trial.id, hospital)]
    receipts = [store.outbox.receipt(hospital, "ResearchSubject", identity) for identity in identities]
    plans = [(trial.care_plan.system, name) for _, name in identities] if trial.care_plan is not None else []
    receipts += [store.outbox.receipt(hospital, "CarePlan", identity) for identity in plans]
    study = (trial.study.identifier_system, trial.study.identifier_value)
    receipts.append(store.outbox.receipt(hospital, "ResearchStudy", study))
    items = store.records.review_items(trial.id, open_only=False)
    return {
        "receipts of writing": [_plain(each and (each.identifier, each.owned, each.kept)) for each in receipts],
        "items": sorted(_plain((item.id, item.kind, item.state, item.asked)) for item in items),
        "waiting": [_plain(store.outbox.pending(trial.id, hospital))],
    }


def written(sink: Path) -> list[str]:
    """Give the resources of a folder, each named by its identifier or its tag."""
    lines = [line for path in sorted(sink.glob("*.ndjson")) for line in path.read_text("utf-8").splitlines()]
    bodies = [json.loads(line) for line in lines]
    names = {body["id"]: _name(body) for body in bodies}
    found = []
    for body in bodies:
        body.get("meta", {}).pop("versionId", None)
        body.pop("recorded", None)
        text = _VERSION.sub("", json.dumps(body, sort_keys=True))
        for server_id, name in names.items():
            text = text.replace(server_id, name)
        found.append(text)
    return sorted(found)


def _name(body: dict[str, Any]) -> str:
    entries = body.get("identifier") or body["meta"]["tag"]
    return f"{body['resourceType']} {entries[0].get('value') or entries[0].get('code')}"


def _plain(value: Any) -> str:
    return _RUN.sub("RUN", _WORK_TIME.sub("TIME", repr(value)))
