"""What every Runs promises: one manifest per run, newest first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fhir_adapter.errors import InvariantError
from fhir_adapter.ports.store import Store
from tests.store_samples import LATER, run_row


def test_a_run_is_listed_from_its_start(store: Store) -> None:
    store.runs.start(run_row("r1"))
    assert store.runs.list_runs() == (run_row("r1"),)


def test_a_finished_run_carries_its_report(store: Store) -> None:
    ended = replace(
        run_row("r1"),
        finished=LATER,
        exit_code=1,
        report={
            "counts": {"Observation": {"received": 3, "rejected_by": {"UNKNOWN_UNIT": 1}}},
            "writes": [],
            "x": None,
        },
    )
    store.runs.start(run_row("r1"))
    store.runs.finish(ended)
    assert store.runs.list_runs() == (ended,)


def test_runs_are_listed_newest_first_up_to_the_limit(store: Store) -> None:
    for name in ("b", "a", "c"):
        store.runs.start(run_row(name))
    assert [row.id for row in store.runs.list_runs()] == ["c", "a", "b"]
    assert [row.id for row in store.runs.list_runs(limit=2)] == ["c", "a"]


def test_a_second_run_with_the_same_id_is_refused(store: Store) -> None:
    store.runs.start(run_row("r1"))
    with pytest.raises(InvariantError):
        store.runs.start(run_row("r1"))


def test_a_run_that_never_began_cannot_end(store: Store) -> None:
    with pytest.raises(InvariantError):
        store.runs.finish(run_row("r1"))
    assert store.runs.list_runs() == ()
