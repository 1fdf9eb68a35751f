"""A store written by an earlier version is brought up to date, and keeps what it holds."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import text

from fhir_adapter.gateways.store.store import open_store
from fhir_adapter.gateways.store.stored_types import WHOLE_SAFETY_RECORDS
from fhir_adapter.ports.rows import Derivation
from tests.store_samples import NOON, SUBJECT, TRIAL, keep_subject
from tests.stored_safety import safety


def make_first_version(url: str) -> None:
    """Take a store of today back to what the first version had."""
    store = open_store(url)
    keep_subject(store)
    with store.database.writing() as connection:
        connection.execute(text("DROP TABLE escalation_decision"))
        connection.execute(text("ALTER TABLE record DROP COLUMN results"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    store.close()


def test_a_store_of_the_first_version_gets_the_table_of_escalation_decisions(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'old.db'}"
    make_first_version(url)
    store = open_store(url)
    assert [row.subject for row in store.records.subjects(TRIAL)] == [SUBJECT]
    assert store.records.escalation_decisions(TRIAL) == ()
    store.close()


def test_a_safety_record_written_before_results_stood_apart_is_read_with_them(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'old.db'}"
    store = open_store(url)
    row = keep_subject(store)
    store.records.commit("r1", Derivation(row=row, record=None, safety=safety()), at=NOON)
    with store.database.writing() as connection:
        whole = {"whole": WHOLE_SAFETY_RECORDS.text(safety())}
        connection.execute(text("UPDATE record SET payload = :whole, results = NULL"), whole)
    stored, without = (store.records.latest_safety(SUBJECT, with_results=each) for each in (True, False))
    assert stored is not None
    assert without is not None
    assert stored.record == safety()
    assert without.record == safety(results=())
    store.close()
