"""Everything a SQL store holds, as text, for comparing and searching."""

from __future__ import annotations

from sqlalchemy import inspect, text

from fhir_adapter.gateways.store.store import SqlStore

Dump = dict[str, list[str]]


def dump(store: SqlStore, *, without: frozenset[str] = frozenset()) -> Dump:
    """Give each table's rows, sorted."""
    with store.database.reading() as connection:
        tables = sorted(set(inspect(connection).get_table_names()) - without)
        return {
            table: sorted(repr(tuple(row)) for row in connection.execute(text(f'SELECT * FROM "{table}"')))  # noqa: S608
            for table in tables
        }


def tables_with(store: SqlStore, secret: str) -> set[str]:
    """Give the tables in which a string stands anywhere."""
    return {table for table, rows in dump(store).items() if any(secret in row for row in rows)}
