"""Opening the store.

Knows: the parts of the store. Does not know: who uses them.
"""

from __future__ import annotations

from dataclasses import dataclass

from fhir_adapter.gateways.store.database import Database
from fhir_adapter.gateways.store.facts import SqlFactStore
from fhir_adapter.gateways.store.migration import run_migrations
from fhir_adapter.gateways.store.outbox import SqlOutbox
from fhir_adapter.gateways.store.records import SqlRecordStore
from fhir_adapter.gateways.store.runs import SqlCheckpoints, SqlRuns


@dataclass(frozen=True, slots=True)
class SqlStore:
    """All stores of one database."""

    database: Database
    facts: SqlFactStore
    records: SqlRecordStore
    outbox: SqlOutbox
    runs: SqlRuns
    checkpoints: SqlCheckpoints

    def close(self) -> None:
        """Give up every connection."""
        self.database.close()


def open_store(url: str, *, busy_timeout: float = 5.0) -> SqlStore:
    """Open a store, creating or upgrading its tables where needed.

    Args:
        url: Any SQLAlchemy URL, for example `sqlite:///fhir_adapter.db`; `sqlite://` is a store in memory.
        busy_timeout: How long to wait for another writer of a SQLite file [s].

    Returns:
        The store; close it after use.

    Raises:
        ConfigurationError: Bad URL, missing driver, no database, another program's database, a newer store, a
            locked one.
    """
    database = Database(url, busy_timeout=busy_timeout)
    try:
        with database.writing() as connection:
            run_migrations(connection)
    except BaseException:
        database.close()
        raise
    return SqlStore(
        database=database,
        facts=SqlFactStore(database),
        records=SqlRecordStore(database),
        outbox=SqlOutbox(database),
        runs=SqlRuns(database),
        checkpoints=SqlCheckpoints(database),
    )
