"""When every RecordStore says that a subject must be derived again."""

from __future__ import annotations

from typing import Any

import pytest

from fhir_adapter.domain.source import Completeness, SubjectId
from fhir_adapter.ports.rows import Derivation, SubjectRow
from fhir_adapter.ports.store import Store
from tests.store_samples import (
    HOSPITAL,
    LATER,
    NOON,
    SUBJECT,
    TRIAL,
    attestation,
    audit,
    decision,
    keep_subject,
    reading,
)

OTHER = SubjectId("S-0000000002")


def commit(store: Store, row: SubjectRow, **given: Any) -> None:
    values: dict[str, Any] = {"record": None}
    store.records.commit(given.pop("run", "r1"), Derivation(row=row, **(values | given)), at=NOON)


def touch_by_reading(store: Store, _row: SubjectRow) -> None:
    store.facts.save_readings("r2", [reading()], reading_digest="rd1", at=LATER)


def touch_by_receipt(store: Store, _row: SubjectRow) -> None:
    receipt = Completeness(resource_type="Condition", complete=True)
    store.facts.save_completeness("r2", HOSPITAL, {"p1": [receipt]}, at=LATER)


def touch_by_attestation(store: Store, row: SubjectRow) -> None:
    store.facts.save_attestation(row.person, attestation(), at=LATER, audit=audit())


def touch_by_decision(store: Store, row: SubjectRow) -> None:
    store.records.save_decision(decision(), Derivation(row=row, record=None, audit=(audit(),)))


@pytest.mark.parametrize("touch", [touch_by_reading, touch_by_receipt, touch_by_attestation, touch_by_decision])
def test_whatever_may_change_a_derivation_touches_the_subject_until_the_next_commit(
    store: Store, touch: Any
) -> None:
    """A run that dies between reading and deriving must not leave an outdated verdict behind."""
    row = keep_subject(store)
    other = keep_subject(store, OTHER, "p2")
    commit(store, row)
    commit(store, other)
    touch(store, only_first(store))
    assert {found.subject for found in store.records.subjects(TRIAL) if found.touched} == {SUBJECT}
    commit(store, only_first(store))
    assert not any(found.touched for found in store.records.subjects(TRIAL))


def only_first(store: Store) -> SubjectRow:
    return store.records.subjects(TRIAL)[0]
