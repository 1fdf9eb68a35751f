"""The stores every store contract is held against: the fake and the real ones alike."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fhir_adapter.gateways.store.store import open_store
from fhir_adapter.ports.store import Store
from tests.fakes.memory_store import MemoryStore


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, copied for each test because migrating takes longer than most tests."""
    path = tmp_path_factory.mktemp("store") / "empty.db"
    open_store(f"sqlite:///{path}").close()
    return path


def _open_memory(_folder: Path, _empty: Path) -> Store:
    return MemoryStore()


def _open_sqlite(folder: Path, empty: Path) -> Store:
    shutil.copy(empty, folder / "store.db")
    return open_store(f"sqlite:///{folder / 'store.db'}")


# Another database is one more line here.
STORES: dict[str, Callable[[Path, Path], Store]] = {"memory": _open_memory, "sqlite": _open_sqlite}


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path, empty_database: Path) -> Iterator[Store]:
    opened = STORES[request.param](tmp_path, empty_database)
    yield opened
    opened.close()
