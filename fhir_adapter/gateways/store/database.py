"""The database: connections, transactions, numbers, and what its errors mean to a user.

Knows: SQLite's and other databases' manners. Does not know: what is stored.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import (
    URL,
    Connection,
    Dialect,
    Engine,
    Table,
    create_engine,
    event,
    insert,
    make_url,
    select,
    update,
)
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import StaticPool

from fhir_adapter.errors import ConfigurationError, InvariantError
from fhir_adapter.gateways.store import schema

T = TypeVar("T")

_WRITES = "fhir_adapter_writes"
# Below the 999 variables that older SQLite builds allow.
_CHUNK = 500
_PROBLEMS = (
    ("locked", "is locked by another process; wait until that run has ended"),
    ("not a database", "is not a database file; name another file"),
    ("malformed", "is damaged; restore it from a backup"),
    ("full", "has no space left on its disk"),
    ("readonly", "may not be written; check its permissions"),
    ("unable to open", "cannot be opened; check the path and its permissions"),
)


class Database:
    """One database behind an engine; every use is one transaction, whole or not at all."""

    def __init__(self, url: str, *, busy_timeout: float) -> None:
        """Prepare the engine; nothing is read yet.

        Args:
            url: Any SQLAlchemy URL.
            busy_timeout: How long a SQLite writer waits for another one [s].

        Raises:
            ConfigurationError: The URL is no database URL, its driver is missing, its file unusable.
        """
        parsed = _parse(url)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        options: dict[str, Any] = {}
        if self.is_sqlite:
            options["connect_args"] = {"timeout": busy_timeout}
            if _is_memory(parsed):
                options["poolclass"] = StaticPool
            else:
                _secure_file(Path(parsed.database or ""))
        try:
            # Without hide_parameters an error would print the rows it was about.
            self.engine: Engine = create_engine(parsed, hide_parameters=True, **options)
        except (ImportError, SQLAlchemyError):
            raise ConfigurationError(
                f"store URL: the driver for {parsed.drivername} is not installed (install it, or use sqlite:///FILE)"
            ) from None
        if self.is_sqlite:
            event.listen(self.engine, "connect", _set_manners)
            event.listen(self.engine, "begin", _begin)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a transaction that sees one state and changes nothing."""
        with _explained(), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a transaction that is the only writer; what fails inside leaves nothing."""
        with (
            _explained(),
            self.engine.connect().execution_options(**{_WRITES: True}) as connection,
            connection.begin(),
        ):
            yield connection

    def close(self) -> None:
        """Give up every connection."""
        self.engine.dispose()


def next_numbers(connection: Connection, name: str, count: int) -> int:
    """Reserve numbers of a counter for this transaction.

    Args:
        connection: A writing transaction.
        name: The counter.
        count: How many.

    Returns:
        The first of them; the others follow without gap.
    """
    counter = schema.counter
    step = update(counter).where(counter.c.name == name).values(next=counter.c.next + count)
    if connection.execute(step).rowcount == 0:
        connection.execute(insert(counter), {"name": name, "next": 1 + count})
        return 1
    reached = connection.execute(select(counter.c.next).where(counter.c.name == name)).scalar_one()
    return int(reached) - count


def insert_all(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Append many rows with one prepared statement.

    SQLAlchemy's own way looks at every value of every row again; the rows come from this package alone.

    Args:
        connection: A writing transaction.
        table: Where to.
        rows: 1..*; all with the same columns, every value as the driver takes it.
    """
    statement, order = _prepared(connection.dialect, table, tuple(rows[0]))
    if order is None:
        connection.exec_driver_sql(statement, [dict(row) for row in rows])
    else:
        connection.exec_driver_sql(statement, [tuple(row[name] for name in order) for row in rows])


@lru_cache(maxsize=64)
def _prepared(dialect: Dialect, table: Table, names: tuple[str, ...]) -> tuple[str, tuple[str, ...] | None]:
    """Give the statement, and the order of its values where the driver takes them by position."""
    compiled = insert(table).compile(dialect=dialect, column_keys=list(names))
    return str(compiled), tuple(compiled.positiontup or ()) if dialect.positional else None


def utc_text(moment: datetime) -> str:
    """Write an aware time as UTC text of fixed width, so that text order is time order.

    Args:
        moment: Aware.

    Returns:
        ISO 8601 with microseconds and +00:00.

    Raises:
        InvariantError: The time is naive.

    >>> utc_text(datetime.fromisoformat("2026-03-01T10:00:00+01:00"))
    '2026-03-01T09:00:00.000000+00:00'
    """
    if moment.tzinfo is None:
        raise InvariantError("a time without zone was given to the store")
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def chunks(items: Iterable[T]) -> Iterator[Sequence[T]]:
    """Cut items into pieces that fit into one statement's variables."""
    iterator = iter(items)
    while piece := list(islice(iterator, _CHUNK)):
        yield piece


def clean(text: str) -> str:
    r"""Spell out what no database text can hold; the text is for finding and showing, not for reading back.

    Broken resources may carry NUL or unpaired surrogates in their ids.

    Args:
        text: As the hospital wrote it.

    Returns:
        The same text, or one with those characters spelled out.

    >>> clean("a\x00b")
    'a\\x00b'
    """
    if text.isascii() and "\x00" not in text:
        return text
    return text.encode("utf-8", "backslashreplace").decode().replace("\x00", r"\x00")


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
        parsed.get_dialect()
    except (NoSuchModuleError, ImportError):
        raise ConfigurationError(
            "store URL: unknown kind of database (use sqlite:///FILE or a supported one)"
        ) from None
    except ArgumentError:
        raise ConfigurationError(
            "store URL: not a database URL (expected for example sqlite:///fhir_adapter.db)"
        ) from None
    return parsed


def _is_memory(url: URL) -> bool:
    return url.database in {None, "", ":memory:"}


def _secure_file(path: Path) -> None:
    """Let nobody else read the file; SQLite gives its -wal and -shm the same rights."""
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise ConfigurationError(f"store {path}: the folder does not exist or the path is a folder")
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        if path.stat().st_mode & 0o077:
            path.chmod(0o600)
    except OSError:
        raise ConfigurationError(f"store {path}: cannot be opened for writing; check its permissions") from None


def _set_manners(connection: Any, _record: Any) -> None:
    # The driver must not begin transactions by itself: it would do so too late for a consistent reading.
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA foreign_keys=ON")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    # A writer takes its lock at once: upgrading a reader later could fail half-way.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _explained() -> Iterator[None]:
    """Turn the database's errors into ours; their text may hold rows, so only its kind is kept."""
    try:
        yield
    except IntegrityError:
        raise InvariantError("the store refused a row that contradicts another one") from None
    except (DBAPIError, SQLAlchemyError) as error:
        said = str(getattr(error, "orig", "")).lower()
        meaning = next((meaning for sign, meaning in _PROBLEMS if sign in said), None)
        if meaning is None and not isinstance(error, DBAPIError):
            raise InvariantError(f"the store was used wrongly ({type(error).__name__})") from None
        raise ConfigurationError(f"the store {meaning or f'failed ({type(error).__name__})'}") from None
