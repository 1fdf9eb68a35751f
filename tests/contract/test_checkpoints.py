"""What every Checkpoints promises: one cursor per hospital and scope."""

from __future__ import annotations

from fhir_adapter.ports.source import Cursor
from fhir_adapter.ports.store import Store
from tests.store_samples import HOSPITAL, OTHER_HOSPITAL


def test_a_scope_never_read_has_no_cursor(store: Store) -> None:
    assert store.checkpoints.load(HOSPITAL, "Observation") is None


def test_a_cursor_comes_back_as_it_was_saved(store: Store) -> None:
    cursor = Cursor(position="2026-03-11T12:00:00+01:00", query="q1")
    store.checkpoints.save(HOSPITAL, "Observation", cursor)
    assert store.checkpoints.load(HOSPITAL, "Observation") == cursor


def test_a_cursor_moves(store: Store) -> None:
    store.checkpoints.save(HOSPITAL, "Observation", Cursor(position="1", query="q1"))
    store.checkpoints.save(HOSPITAL, "Observation", Cursor(position="1", query="q2"))
    assert store.checkpoints.load(HOSPITAL, "Observation") == Cursor(position="1", query="q2")


def test_cursors_of_scopes_and_hospitals_are_apart(store: Store) -> None:
    store.checkpoints.save(HOSPITAL, "Observation", Cursor(position="1", query="q"))
    store.checkpoints.save(HOSPITAL, "Condition", Cursor(position="2", query="q"))
    assert store.checkpoints.load(HOSPITAL, "Observation") == Cursor(position="1", query="q")
    assert store.checkpoints.load(OTHER_HOSPITAL, "Observation") is None
