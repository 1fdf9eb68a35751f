"""What every RecordStore promises about treatment records: a kind of their own, versioned, never frozen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fhir_adapter.domain.source import SubjectId
from fhir_adapter.errors import InvariantError, UsageError
from fhir_adapter.ports.rows import Derivation, RecordHead, StoredTreatment, SubjectRow
from fhir_adapter.ports.store import Store
from tests.store_samples import (
    HOSPITAL,
    NOON,
    OTHER_HOSPITAL,
    SUBJECT,
    TRIAL,
    audit,
    decision,
    keep_subject,
    record,
    run_row,
)
from tests.stored_treatment import treatment

OTHER = SubjectId("S-0000000002")


def commit(store: Store, row: SubjectRow, **given: Any) -> None:
    values: dict[str, Any] = {"record": None}
    store.records.commit(given.pop("run", "r1"), Derivation(row=row, **(values | given)), at=NOON)


def test_a_treatment_record_comes_back_whole_with_exact_fractions(store: Store) -> None:
    row = keep_subject(store)
    assert store.records.latest_treatment(SUBJECT) is None
    commit(store, row, treatment=treatment())
    assert store.records.latest_treatment(SUBJECT) == StoredTreatment(record=treatment(), version=1)


def test_each_kind_of_record_counts_its_own_versions(store: Store) -> None:
    row = keep_subject(store)
    commit(store, row, record=record(digest="e1"))
    commit(store, row, record=record(digest="e2"), treatment=treatment(digest="t1"))
    commit(store, row, treatment=treatment(digest="t2"))
    stored, given = store.records.latest_record(SUBJECT), store.records.latest_treatment(SUBJECT)
    assert stored is not None
    assert given is not None
    assert (stored.version, stored.record.evidence_digest) == (2, "e2")
    assert (given.version, given.record.evidence_digest) == (2, "t2")


def test_heads_of_treatment_tell_of_the_newest_records_only(store: Store) -> None:
    row = keep_subject(store)
    keep_subject(store, OTHER, "p2")
    commit(store, row, record=record(), treatment=treatment(digest="t1"))
    commit(store, row, treatment=treatment(digest="t2", valid_until=None, definitions_digest="d2"))
    head = RecordHead(evidence_digest="t2", definitions_digest="d2", valid_until=None, frozen=False)
    assert store.records.treatment_heads(TRIAL, HOSPITAL) == {SUBJECT: head}
    assert store.records.treatment_heads(TRIAL, OTHER_HOSPITAL) == {}
    assert store.records.record_heads(TRIAL, HOSPITAL)[SUBJECT].evidence_digest == "e1"


def test_a_head_of_treatment_keeps_its_validity(store: Store) -> None:
    commit(store, keep_subject(store), treatment=treatment())
    assert store.records.treatment_heads(TRIAL, HOSPITAL)[SUBJECT].valid_until == treatment().valid_until


def test_the_newest_treatments_of_all_subjects_are_given_at_once(store: Store) -> None:
    row, other = keep_subject(store), keep_subject(store, OTHER, "p2")
    commit(store, row, treatment=treatment(digest="t1"))
    commit(store, row, treatment=treatment(digest="t2"))
    commit(store, other, record=record(subject=OTHER))
    assert store.records.latest_treatments(TRIAL, HOSPITAL) == {
        SUBJECT: StoredTreatment(record=treatment(digest="t2"), version=2)
    }
    assert store.records.latest_treatments(TRIAL, OTHER_HOSPITAL) == {}


def test_a_frozen_verdict_does_not_hold_up_the_treatment(store: Store) -> None:
    row = keep_subject(store)
    commit(store, row, record=record(digest="e1"), treatment=treatment(digest="t1"))
    decided = Derivation(row=row, record=None, audit=(audit("freeze"),))
    store.records.save_decision(decision(), decided, freeze=True)
    commit(store, row, treatment=treatment(digest="t2"))
    given = store.records.latest_treatment(SUBJECT)
    assert given is not None
    assert given.record.evidence_digest == "t2"
    assert not store.records.treatment_heads(TRIAL, HOSPITAL)[SUBJECT].frozen
    stored = store.records.latest_record(SUBJECT)
    assert stored is not None
    assert (stored.frozen, stored.version) == (True, 1)


def test_a_freeze_after_a_treatment_freezes_the_eligibility_record(store: Store) -> None:
    row = keep_subject(store)
    commit(store, row, record=record(digest="e1"))
    commit(store, row, treatment=treatment(digest="t1"))
    commit(store, row, treatment=treatment(digest="t2"))
    decided = Derivation(row=row, record=None, audit=(audit("freeze"),))
    store.records.save_decision(decision(), decided, freeze=True)
    stored = store.records.latest_record(SUBJECT)
    assert stored is not None
    assert (stored.frozen, stored.record) == (True, record(digest="e1"))


def test_a_treatment_alone_is_nothing_to_freeze(store: Store) -> None:
    row = keep_subject(store)
    commit(store, row, treatment=treatment())
    decided = Derivation(row=row, record=None, audit=(audit("freeze"),))
    with pytest.raises(InvariantError):
        store.records.save_decision(decision(), decided, freeze=True)


def test_the_records_of_a_run_are_of_eligibility_whatever_was_treated(store: Store) -> None:
    row = keep_subject(store)
    store.runs.start(run_row("r1"))
    commit(store, row, record=record(digest="e1"), treatment=treatment(digest="t1"))
    store.runs.finish(run_row("r1"))
    store.runs.start(run_row("r2"))
    commit(store, row, treatment=treatment(digest="t2"), run="r2")
    store.runs.finish(run_row("r2"))
    for run in ("r1", "r2"):
        assert store.records.records_of_run(run, TRIAL) == {SUBJECT: record(digest="e1")}


def test_the_treatments_of_a_run_are_those_newest_when_it_ended(store: Store) -> None:
    row = keep_subject(store)
    store.runs.start(run_row("r0"))
    commit(store, row, record=record())
    store.runs.finish(run_row("r0"))
    store.runs.start(run_row("r1"))
    commit(store, row, treatment=treatment(digest="t1"))
    store.runs.finish(run_row("r1"))
    store.runs.start(run_row("r2"))
    commit(store, row, treatment=treatment(digest="t2"), run="r2")
    assert store.records.treatments_of_run("r0", TRIAL) == {}
    assert store.records.treatments_of_run("r1", TRIAL) == {SUBJECT: treatment(digest="t1")}
    assert store.records.treatments_of_run("r2", TRIAL) == {SUBJECT: treatment(digest="t2")}
    with pytest.raises(UsageError):
        store.records.treatments_of_run("r9", TRIAL)


def test_a_subject_keeps_its_arm_and_the_status_of_its_plan(store: Store) -> None:
    row = keep_subject(store)
    commit(store, replace(row, arm="L1", plan_status="on-hold"), treatment=treatment())
    (kept,) = store.records.subjects(TRIAL)
    assert (kept.arm, kept.plan_status) == ("L1", "on-hold")


def test_the_key_of_a_patient_nobody_read_is_not_made_by_asking(store: Store) -> None:
    keep_subject(store)
    known = store.facts.known_persons(HOSPITAL, ["p1", "donor-77"])
    assert set(known) == {"p1"}
    assert store.facts.known_persons(OTHER_HOSPITAL, ["p1"]) == {}
    assert known == store.facts.persons(HOSPITAL, ["p1"])
