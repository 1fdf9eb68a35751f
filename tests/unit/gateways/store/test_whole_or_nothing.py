"""A crash between any two statements leaves all of a transaction or nothing; nothing new writes nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import event

from fhir_adapter.domain.source import Completeness
from fhir_adapter.domain.writeback import IntentState
from fhir_adapter.gateways.store.store import SqlStore, open_store
from fhir_adapter.ports.rows import Derivation, Settlement, SubjectRow
from fhir_adapter.ports.source import Cursor
from tests.store_dump import dump
from tests.store_samples import (
    HOSPITAL,
    LATER,
    NOON,
    SUBJECT,
    TRIAL,
    attestation,
    audit,
    decision,
    demographics,
    exposure,
    intent,
    item,
    keep_subject,
    product,
    reading,
    receipt,
    record,
    rejection,
    run_row,
    subject_row,
    version,
)
from tests.stored_treatment import treatment

GIVEN = version("MedicationAdministration", "ma1")
PAGE = (
    demographics(),
    reading(),
    replace(reading(source=GIVEN), facts=(exposure(GIVEN, "Medication/m1"),)),
    product("m1"),
    reading(id="o2", rejections=(rejection(),)),
)


class Crash(Exception):  # noqa: N818 - not an error of the adapter: the process is gone
    """The process dies here."""


@pytest.fixture
def store() -> Iterator[SqlStore]:
    opened = open_store("sqlite://")
    row = keep_subject(opened)
    shown = replace(record().criteria[0].evidence[0], reference="Patient/p1")
    derivation = Derivation(row=row, record=record(evidence=(shown,)), intents=(intent(),), opened=(item(),))
    opened.records.commit("r0", derivation, at=NOON)
    opened.runs.start(run_row())
    yield opened
    opened.close()


def save_page(store: SqlStore) -> None:
    store.facts.save_readings("r1", PAGE, reading_digest="rd1", at=NOON)


def save_receipts(store: SqlStore) -> None:
    receipts = {name: [Completeness(resource_type="Condition", complete=True)] for name in ("p1", "p2")}
    store.facts.save_completeness("r1", HOSPITAL, receipts, at=NOON)


def attest(store: SqlStore) -> None:
    store.facts.save_attestation(row_of(store).person, attestation(), at=NOON, audit=audit())


def commit(store: SqlStore) -> None:
    shown = replace(record().criteria[0].evidence[0], reference="Patient/p1", note="new")
    derivation = Derivation(
        row=replace(row_of(store), status="candidate"),
        record=record(digest="e2", evidence=(shown,)),
        treatment=treatment(),
        intents=(intent("w2"), intent("w3", identifier=("s", "v"))),
        opened=(item("R-2"),),
        replaced=("R-1",),
        audit=(audit(),),
    )
    store.records.commit("r1", derivation, at=NOON)


def decide(store: SqlStore) -> None:
    derivation = Derivation(row=replace(row_of(store), moved=True), record=None, audit=(audit(),))
    store.records.save_decision(decision(), derivation, freeze=True, decided="R-1")


def settle(store: SqlStore) -> None:
    done = Settlement(
        hospital=HOSPITAL,
        intent=intent(),
        state=IntentState.DELIVERED,
        receipt=receipt(intent()),
        follow_up=(intent("w-prov", resource_type="Provenance"),),
        item=item("R-3"),
    )
    store.outbox.settle("r1", done, at=NOON)


def list_subject(store: SqlStore) -> None:
    person = store.facts.persons(HOSPITAL, ["p7"])["p7"]
    store.records.ensure_subjects([subject_row(person, type(SUBJECT)("S-7"))], at=NOON)


def finish(store: SqlStore) -> None:
    store.runs.finish(replace(run_row(), finished=LATER))


def move_cursor(store: SqlStore) -> None:
    store.checkpoints.save(HOSPITAL, "Observation", Cursor(position="9", query="q"))


STEPS: list[Callable[[SqlStore], None]] = [
    save_page,
    save_receipts,
    attest,
    commit,
    decide,
    settle,
    finish,
    move_cursor,
]


def row_of(store: SqlStore) -> SubjectRow:
    return store.records.subjects(TRIAL)[0]


def crash_at(store: SqlStore, statement: int) -> Callable[[], bool]:
    """Let the process die before its n-th statement; the result tells whether it came to that, and ends it."""
    seen = 0

    def count(*_: object) -> None:
        nonlocal seen
        seen += 1
        if seen == statement:
            raise Crash

    event.listen(store.database.engine, "before_cursor_execute", count)

    def stop() -> bool:
        event.remove(store.database.engine, "before_cursor_execute", count)
        return seen >= statement

    return stop


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.__name__)
def test_a_crash_before_any_statement_leaves_nothing_and_the_step_can_be_done_again(
    store: SqlStore, step: Callable[[SqlStore], None]
) -> None:
    before = dump(store)
    statement = 0
    while True:
        statement += 1
        stop = crash_at(store, statement)
        try:
            step(store)
        except Crash:
            stop()
            assert dump(store) == before
            continue
        assert not stop()
        break
    assert statement > 2
    assert dump(store) != before


def test_a_second_run_with_nothing_new_writes_nothing_but_its_manifest(store: SqlStore) -> None:
    same = (save_page, save_receipts, attest, list_subject, move_cursor)
    for step in same:
        step(store)
    row = row_of(store)
    store.records.commit("r1", Derivation(row=row, record=None), at=NOON)
    before = dump(store, without=frozenset({"run"}))
    store.runs.start(run_row("r2"))
    for step in same:
        step(store)
    row = row_of(store)
    store.records.commit("r2", Derivation(row=row, record=None), at=LATER)
    store.runs.finish(run_row("r2"))
    assert dump(store, without=frozenset({"run"})) == before


WRITER = """
import sys
from dataclasses import replace
from fhir_adapter.gateways.store.store import open_store
from tests.store_samples import NOON, finding, reading, version
store = open_store(sys.argv[1])
for page in range(100000):
    sources = [version(resource_id=f"o{page}-{number}") for number in range(20)]
    page_readings = [reading(f"p{page}", source=source, facts=(finding(source),)) for source in sources]
    store.facts.save_readings("r1", page_readings, reading_digest="rd1", at=NOON)
    print(page, flush=True)
"""


@pytest.mark.slow
@pytest.mark.parametrize("pages", [1, 7, 23])
def test_a_killed_writer_leaves_whole_pages(tmp_path: Path, pages: int) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    writer = subprocess.Popen([sys.executable, "-c", WRITER, url], stdout=subprocess.PIPE, text=True)
    with writer:
        assert writer.stdout is not None
        reported = [int(writer.stdout.readline()) for _ in range(pages)]
        os.kill(writer.pid, signal.SIGKILL)
    store = open_store(url)
    patients = [f"p{page}" for page in range(reported[-1] + 1)]
    keys = store.facts.persons(HOSPITAL, patients)
    counts = {len(store.facts.load_readings(keys[name], reading_digest="rd1")) for name in patients}
    held = dump(store)
    store.close()
    assert counts == {20}
    assert len(held["fact"]) == len(held["resource_version"])
    assert len(held["fact"]) % 20 == 0
