"""The Runs and Checkpoints ports on SQL.

Knows: manifests and cursors. Does not know: what a run does.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, insert, select, update

from fhir_adapter.domain.source import HospitalId
from fhir_adapter.errors import InvariantError
from fhir_adapter.gateways.store.database import Database
from fhir_adapter.gateways.store.schema import checkpoint
from fhir_adapter.gateways.store.stored_types import RUNS
from fhir_adapter.gateways.store.trial_schema import record, record_freeze
from fhir_adapter.gateways.store.trial_schema import run as runs_table
from fhir_adapter.ports.rows import RunRow
from fhir_adapter.ports.source import Cursor


class SqlRuns:
    """Keeps one manifest per run."""

    def __init__(self, database: Database) -> None:
        """Take the database; its tables exist."""
        self._database = database

    def start(self, run: RunRow) -> None:
        """Record that a run began; a second run with the same id is refused as a contradiction."""
        columns = {"id": run.id, "trial": run.trial, "hospital": run.hospital, "payload": RUNS.text(run)}
        with self._database.writing() as connection:
            connection.execute(insert(runs_table), columns)

    def finish(self, run: RunRow) -> None:
        """Record how it ended.

        Args:
            run: Its whole manifest.

        Raises:
            InvariantError: There is no run with this id.
        """
        values: dict[str, Any] = {"payload": RUNS.text(run)}
        with self._database.writing() as connection:
            for name, table in (("last_record", record), ("last_freeze", record_freeze)):
                # 0 = none yet: None would mean that the run did not end.
                values[name] = connection.execute(select(func.max(table.c.no))).scalar() or 0
            ended = connection.execute(update(runs_table).where(runs_table.c.id == run.id).values(**values))
            if ended.rowcount == 0:
                raise InvariantError("a run ended that never began")

    def list_runs(self, *, limit: int = 50) -> tuple[RunRow, ...]:
        """Give runs, newest first."""
        query = select(runs_table.c.payload).order_by(runs_table.c.no.desc()).limit(limit)
        with self._database.reading() as connection:
            return tuple(RUNS.value(text) for text in connection.execute(query).scalars())


class SqlCheckpoints:
    """Keeps the cursor of each scope; it moves last."""

    def __init__(self, database: Database) -> None:
        """Take the database; its tables exist."""
        self._database = database

    def load(self, hospital: HospitalId, scope: str) -> Cursor | None:
        """Give the cursor of a scope."""
        with self._database.reading() as connection:
            row = connection.execute(_cursor_query(hospital, scope)).one_or_none()
        return None if row is None else Cursor(position=row.position, query=row.query)

    def save(self, hospital: HospitalId, scope: str, cursor: Cursor) -> None:
        """Move the cursor of a scope; the same cursor again changes nothing."""
        values = {"position": cursor.position, "query": cursor.query}
        table = checkpoint.c
        with self._database.writing() as connection:
            row = connection.execute(_cursor_query(hospital, scope)).one_or_none()
            if row is None:
                connection.execute(insert(checkpoint), {"hospital": hospital, "scope": scope} | values)
            elif (row.position, row.query) != (cursor.position, cursor.query):
                where = (table.hospital == hospital, table.scope == scope)
                connection.execute(update(checkpoint).where(*where).values(**values))


def _cursor_query(hospital: HospitalId, scope: str) -> Any:
    table = checkpoint.c
    return select(table.position, table.query).where(table.hospital == hospital, table.scope == scope)
