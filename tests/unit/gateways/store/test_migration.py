"""A store written by an earlier version is brought up to date, and keeps what it holds."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import text

from fhir_adapter.gateways.store.store import open_store
from tests.store_samples import SUBJECT, TRIAL, keep_subject


def make_first_version(url: str) -> None:
    """Take a store of today back to what the first version had."""
    store = open_store(url)
    keep_subject(store)
    with store.database.writing() as connection:
        connection.execute(text("DROP TABLE escalation_decision"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    store.close()


def test_a_store_of_the_first_version_gets_the_table_of_escalation_decisions(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'old.db'}"
    make_first_version(url)
    store = open_store(url)
    assert [row.subject for row in store.records.subjects(TRIAL)] == [SUBJECT]
    assert store.records.escalation_decisions(TRIAL) == ()
    store.close()
