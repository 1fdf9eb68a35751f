"""Opening a store: what is created, what is refused, in which words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from fhir_adapter.errors import ConfigurationError, InvariantError
from fhir_adapter.gateways.store import migration, schema, trial_schema
from fhir_adapter.gateways.store.database import chunks, clean, next_numbers, utc_text
from fhir_adapter.gateways.store.store import SqlStore, open_store
from tests.store_samples import HOSPITAL, reading, run_row


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
def store(path: Path) -> Iterator[SqlStore]:
    opened = open_store(f"sqlite:///{path}")
    yield opened
    opened.close()


def refusal(url: str) -> str:
    with pytest.raises(ConfigurationError) as refused:
        open_store(url, busy_timeout=0.01)
    assert refused.value.exit_code == 2
    # No cause: a cause would be printed with the statement and its rows.
    assert refused.value.__suppress_context__ or refused.value.__context__ is None
    return str(refused.value)


def test_the_tables_migrated_are_the_tables_declared(store: SqlStore) -> None:
    assert schema.metadata.tables["subject"] is trial_schema.subject
    with store.database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), schema.metadata) == []


def test_the_revision_expected_is_the_newest_migration() -> None:
    script = ScriptDirectory(migration._FOLDER)
    assert script.get_heads() == [schema.REVISION]


def test_a_store_opens_again_with_what_it_holds(path: Path) -> None:
    with closing(open_store(f"sqlite:///{path}")) as first:
        first.runs.start(run_row("r1"))
    with closing(open_store(f"sqlite:///{path}")) as second:
        assert second.runs.list_runs() == (run_row("r1"),)


def test_a_store_in_memory_works_like_any_other() -> None:
    with closing(open_store("sqlite://")) as store:
        store.facts.save_readings("r1", [reading()], reading_digest="rd", at=datetime(2026, 3, 1, tzinfo=UTC))
        person = store.facts.persons(HOSPITAL, ["p1"])["p1"]
        assert store.facts.load_readings(person, reading_digest="rd") == (reading(),)


def test_nobody_else_may_read_the_files(store: SqlStore, path: Path) -> None:
    store.runs.start(run_row("r1"))
    names = sorted(file.name for file in path.parent.iterdir())
    assert names == ["store.db", "store.db-shm", "store.db-wal"]
    assert {oct(file.stat().st_mode & 0o777) for file in path.parent.iterdir()} == {"0o600"}


def test_an_existing_file_is_closed_to_others(path: Path) -> None:
    path.touch(mode=0o644)
    path.chmod(0o644)
    open_store(f"sqlite:///{path}").close()
    assert oct(path.stat().st_mode & 0o777) == "0o600"


def test_the_database_writes_ahead_and_checks_references(store: SqlStore) -> None:
    with store.database.reading() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("fhir_adapter.db", "not a database URL"),
        ("", "not a database URL"),
        ("nonsense://somewhere", "unknown kind of database"),
        ("mysql+mysqldb://user:secret@host/db", "is not installed"),
    ],
)
def test_a_bad_url_is_refused_without_repeating_it(url: str, said: str) -> None:
    message = refusal(url)
    assert said in message
    assert "secret" not in message


def test_a_folder_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    assert "folder does not exist" in refusal(f"sqlite:///{tmp_path}/nowhere/store.db")
    assert "is a folder" in refusal(f"sqlite:///{tmp_path}")


def test_a_file_that_is_no_database_is_refused_and_left_alone(path: Path) -> None:
    path.write_bytes(b"patients, comma separated\n" * 100)
    assert "not a database file" in refusal(f"sqlite:///{path}")
    assert path.read_bytes().startswith(b"patients, comma")


def test_another_programs_database_is_refused_and_left_alone(path: Path) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE notes (body TEXT)")
    assert "another program" in refusal(f"sqlite:///{path}")
    with closing(sqlite3.connect(path)) as other:
        assert [row[0] for row in other.execute("SELECT name FROM sqlite_master")] == ["notes"]


def test_a_store_written_by_a_newer_adapter_is_refused(path: Path) -> None:
    open_store(f"sqlite:///{path}").close()
    with closing(sqlite3.connect(path)) as other:
        other.execute("UPDATE alembic_version SET version_num = '9999'")
        other.commit()
    assert "newer version" in refusal(f"sqlite:///{path}")


def test_a_locked_store_is_refused(path: Path) -> None:
    open_store(f"sqlite:///{path}").close()
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert "locked by another process" in refusal(f"sqlite:///{path}")


def test_a_store_locked_while_it_is_used_says_so(path: Path) -> None:
    opened = open_store(f"sqlite:///{path}", busy_timeout=0.01)
    with closing(opened) as store, closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(ConfigurationError, match="locked by another process"):
            store.runs.start(run_row("r1"))
        assert store.runs.list_runs() == ()


def test_a_migration_that_fails_leaves_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    upgrade = migration._upgrade

    def upgrade_and_fail(connection: Connection) -> None:
        upgrade(connection)
        raise InvariantError("stop")

    monkeypatch.setattr(migration, "_upgrade", upgrade_and_fail)
    with pytest.raises(InvariantError):
        open_store(f"sqlite:///{path}")
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)


def test_a_row_that_contradicts_another_is_an_invariant_error_without_the_row(store: SqlStore) -> None:
    store.runs.start(run_row("r-canary"))
    with pytest.raises(InvariantError) as refused:
        store.runs.start(run_row("r-canary"))
    assert "canary" not in str(refused.value)


def test_numbers_are_reserved_without_gap(store: SqlStore) -> None:
    with store.database.writing() as connection:
        assert [next_numbers(connection, "n", count) for count in (3, 1, 2)] == [1, 4, 5]


def test_a_failed_transaction_gives_its_numbers_back(store: SqlStore) -> None:
    with suppress(InvariantError), store.database.writing() as connection:
        assert next_numbers(connection, "n", 3) == 1
        raise InvariantError("stop")
    with store.database.writing() as connection:
        assert next_numbers(connection, "n", 1) == 1


def test_times_are_utc_text_of_one_width_and_naive_ones_are_refused() -> None:
    assert utc_text(datetime.fromisoformat("2026-03-29T03:30:00+02:00")) == "2026-03-29T01:30:00.000000+00:00"
    assert utc_text(datetime(2026, 3, 1, 1, 2, 3, 4, UTC)) == "2026-03-01T01:02:03.000004+00:00"
    with pytest.raises(InvariantError):
        utc_text(datetime.fromisoformat("2026-03-29T03:30:00"))


@pytest.mark.parametrize(
    ("written", "kept"),
    [("plain", "plain"), ("Zoë", "Zoë"), ("a\x00b", r"a\x00b"), ("ë\ud800", r"ë\ud800")],
)
def test_only_what_no_database_can_hold_is_spelled_out(written: str, kept: str) -> None:
    assert clean(written) == kept


@pytest.mark.parametrize(("count", "sizes"), [(0, []), (500, [500]), (501, [500, 1])])
def test_pieces_fit_into_one_statement(count: int, sizes: list[int]) -> None:
    assert [len(piece) for piece in chunks(range(count))] == sizes


def test_a_refused_statement_is_not_shown(store: SqlStore) -> None:
    with pytest.raises(ConfigurationError) as refused, store.database.reading() as connection:
        connection.execute(text("SELECT 'canary' FROM nowhere"))
    assert "canary" not in str(refused.value)
