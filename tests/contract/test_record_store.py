"""What every RecordStore promises: versions, freezes, items, decisions, one transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from fhir_adapter.domain.review import ItemState
from fhir_adapter.domain.source import SubjectId
from fhir_adapter.domain.writeback import IntentState
from fhir_adapter.errors import InvariantError, UsageError
from fhir_adapter.ports.rows import Derivation, RecordHead, Settlement, StoredRecord, SubjectRow
from fhir_adapter.ports.source import ScopeKind
from fhir_adapter.ports.store import Store
from tests.store_samples import (
    HOSPITAL,
    LATER,
    NOON,
    OTHER_HOSPITAL,
    SUBJECT,
    TRIAL,
    audit,
    decision,
    intent,
    item,
    keep_subject,
    record,
    run_row,
    subject_row,
)

OTHER = SubjectId("S-0000000002")


def commit(store: Store, row: SubjectRow, **given: Any) -> None:
    values: dict[str, Any] = {"record": None}
    store.records.commit(given.pop("run", "r1"), Derivation(row=row, **(values | given)), at=NOON)


def only_subject(store: Store) -> SubjectRow:
    (row,) = store.records.subjects(TRIAL)
    return row


def test_subjects_come_back_as_they_were_added_in_order_of_their_ids(store: Store) -> None:
    second = keep_subject(store, OTHER, "p2", scope=ScopeKind.PRESCREEN)
    first = keep_subject(store, SUBJECT, "p1", screening_number="001")
    assert first == subject_row(first.person, screening_number="001")
    assert store.records.subjects(TRIAL) == (first, second)
    assert store.records.subjects(TRIAL, HOSPITAL) == (first, second)
    assert store.records.subjects(TRIAL, OTHER_HOSPITAL) == ()


@pytest.mark.parametrize("listed", [ScopeKind.ROSTER, ScopeKind.GROUP])
@pytest.mark.parametrize("found", [ScopeKind.ALL, ScopeKind.PRESCREEN])
def test_a_listing_upgrades_the_scope_and_nothing_takes_it_back(
    store: Store, listed: ScopeKind, found: ScopeKind
) -> None:
    row = keep_subject(store, scope=found)
    commit(store, row)
    store.records.ensure_subjects([replace(row, scope=listed)], at=LATER)
    assert (only_subject(store).scope, only_subject(store).touched) == (listed, True)
    store.records.ensure_subjects([replace(row, scope=found)], at=LATER)
    assert only_subject(store).scope is listed


def test_listing_a_known_subject_again_keeps_its_status_and_takes_its_number(store: Store) -> None:
    row = keep_subject(store)
    commit(store, replace(row, status="candidate"), audit=(audit(),))
    store.records.ensure_subjects([replace(row, screening_number="007")], at=LATER)
    assert only_subject(store) == replace(row, status="candidate", screening_number="007")
    store.records.ensure_subjects([row], at=LATER)
    assert only_subject(store).screening_number == "007"


def test_a_commit_keeps_where_the_subject_stands(store: Store) -> None:
    row = keep_subject(store)
    stands = replace(
        row,
        status="screening",
        since="2026-03-01",
        until="2026-03",
        consent="Consent/c1",
        withdrawn=True,
        deceased=True,
        recheck_on=date(2026, 9, 1),
    )
    commit(store, stands, audit=(audit(),))
    assert only_subject(store) == replace(stands, touched=False)


def test_a_status_without_audit_entry_is_refused(store: Store) -> None:
    row = keep_subject(store)
    with pytest.raises(InvariantError):
        commit(store, replace(row, status="candidate"))
    with pytest.raises(InvariantError):
        commit(store, replace(row, moved=True))
    assert only_subject(store) == row


def test_an_unknown_subject_is_refused(store: Store) -> None:
    row = keep_subject(store)
    with pytest.raises(InvariantError):
        commit(store, replace(row, subject=OTHER))


def test_records_are_versioned_and_the_newest_is_given(store: Store) -> None:
    row = keep_subject(store)
    assert store.records.latest_record(SUBJECT) is None
    commit(store, row, record=record(digest="e1"))
    assert store.records.latest_record(SUBJECT) == StoredRecord(
        record=record(digest="e1"), version=1, frozen=False
    )
    commit(store, row, record=record(digest="e2"))
    assert store.records.latest_record(SUBJECT) == StoredRecord(
        record=record(digest="e2"), version=2, frozen=False
    )


def test_heads_tell_of_the_newest_records_only(store: Store) -> None:
    row = keep_subject(store)
    keep_subject(store, OTHER, "p2")
    commit(store, row, record=record(digest="e1"))
    commit(store, row, record=record(digest="e2", valid_until=None, definitions_digest="d2"))
    head = RecordHead(evidence_digest="e2", definitions_digest="d2", valid_until=None, frozen=False)
    assert store.records.record_heads(TRIAL, HOSPITAL) == {SUBJECT: head}
    assert store.records.record_heads(TRIAL, OTHER_HOSPITAL) == {}


def test_a_head_keeps_the_validity_of_its_record(store: Store) -> None:
    commit(store, keep_subject(store), record=record())
    assert store.records.record_heads(TRIAL, HOSPITAL)[SUBJECT].valid_until == record().valid_until


def test_a_frozen_record_stays_until_a_person_reopens_it(store: Store) -> None:
    row = keep_subject(store)
    commit(store, row, record=record(digest="e1"))
    decided = Derivation(row=row, record=None, audit=(audit("freeze"),))
    store.records.save_decision(decision(), decided, freeze=True)
    commit(store, row, record=record(digest="e2"))
    frozen = StoredRecord(record=record(digest="e1"), version=1, frozen=True)
    assert store.records.latest_record(SUBJECT) == frozen
    assert store.records.record_heads(TRIAL, HOSPITAL)[SUBJECT].frozen
    store.records.save_decision(decision(), decided, freeze=False)
    reopened = StoredRecord(record=record(digest="e2"), version=2, frozen=False)
    assert store.records.latest_record(SUBJECT) == reopened


def test_a_decision_freezes_the_record_it_brings(store: Store) -> None:
    row = keep_subject(store)
    commit(store, row, record=record(digest="e1"))
    brought = Derivation(row=row, record=record(digest="e2"), audit=(audit("freeze"),))
    store.records.save_decision(decision(), brought, freeze=True)
    frozen = StoredRecord(record=record(digest="e2"), version=2, frozen=True)
    assert store.records.latest_record(SUBJECT) == frozen
    assert not only_subject(store).touched


def test_freezing_nothing_is_refused_and_leaves_nothing(store: Store) -> None:
    row = keep_subject(store)
    decided = Derivation(row=row, record=None, audit=(audit(),))
    with pytest.raises(InvariantError):
        store.records.save_decision(decision(), decided, freeze=True)
    assert store.records.decisions(SUBJECT) == ()
    assert store.records.audit_entries() == ()


def test_the_records_of_a_run_are_those_current_when_it_ended(store: Store) -> None:
    row = keep_subject(store)
    store.runs.start(run_row("r0"))
    store.runs.finish(run_row("r0"))
    store.runs.start(run_row("r1"))
    commit(store, row, record=record(digest="e1"))
    store.runs.finish(run_row("r1"))
    store.runs.start(run_row("r2"))
    commit(store, row, record=record(digest="e2"), run="r2")
    assert store.records.records_of_run("r0", TRIAL) == {}
    assert store.records.records_of_run("r1", TRIAL) == {SUBJECT: record(digest="e1")}
    assert store.records.records_of_run("r2", TRIAL) == {SUBJECT: record(digest="e2")}


def test_a_freeze_after_a_run_does_not_change_what_was_current_then(store: Store) -> None:
    row = keep_subject(store)
    store.runs.start(run_row("r1"))
    commit(store, row, record=record(digest="e1"))
    decided = Derivation(row=row, record=None, audit=(audit("freeze"),))
    store.records.save_decision(decision(), decided, freeze=True)
    commit(store, row, record=record(digest="e2"))
    store.runs.finish(run_row("r1"))
    store.records.save_decision(decision(), decided, freeze=False)
    assert store.records.records_of_run("r1", TRIAL) == {SUBJECT: record(digest="e1")}


def test_the_records_of_an_unknown_run_are_refused(store: Store) -> None:
    with pytest.raises(UsageError):
        store.records.records_of_run("r9", TRIAL)


def test_items_are_opened_once_and_listed_oldest_first(store: Store) -> None:
    row = keep_subject(store)
    commit(store, row, opened=(item("R-2"), item("R-1")))
    commit(store, row, opened=(replace(item("R-2"), opened_at=LATER),))
    assert store.records.review_items(TRIAL) == (item("R-2"), item("R-1"))


def test_an_item_that_asks_something_else_replaces_the_open_one(store: Store) -> None:
    row = keep_subject(store)
    other = item("R-1", asked="INELIGIBLE", digest="e2")
    commit(store, row, opened=(item("R-1"),))
    commit(store, row, opened=(other,))
    assert store.records.review_items(TRIAL) == (other,)
    replaced = replace(item("R-1"), state=ItemState.REPLACED)
    assert store.records.review_items(TRIAL, open_only=False) == (replaced, other)


def test_items_that_no_longer_apply_are_closed_and_may_open_again(store: Store) -> None:
    row = keep_subject(store)
    commit(store, row, opened=(item("R-1"),))
    commit(store, row, replaced=("R-1", "R-unknown"))
    assert store.records.review_items(TRIAL) == ()
    commit(store, row, opened=(item("R-1"),))
    assert store.records.review_items(TRIAL) == (item("R-1"),)


def test_a_decision_is_kept_and_closes_what_it_answers(store: Store) -> None:
    row = keep_subject(store)
    commit(store, row, opened=(item("R-1"), item("R-2")))
    decided = Derivation(row=replace(row, status="eligible", moved=True), record=None, audit=(audit("decide"),))
    store.records.save_decision(decision(), decided, decided="R-1")
    assert store.records.decisions(SUBJECT) == (decision(),)
    assert store.records.decisions(OTHER) == ()
    assert store.records.review_items(TRIAL) == (item("R-2"),)
    assert only_subject(store) == replace(row, status="eligible", moved=True, touched=True)


def test_a_decision_about_an_item_that_is_not_open_is_refused_whole(store: Store) -> None:
    row = keep_subject(store)
    decided = Derivation(row=replace(row, status="eligible"), record=None, audit=(audit(),))
    with pytest.raises(InvariantError):
        store.records.save_decision(decision(), decided, decided="R-1")
    assert (only_subject(store), store.records.decisions(SUBJECT)) == (row, ())


def test_a_decision_without_audit_entry_is_refused(store: Store) -> None:
    row = keep_subject(store)
    with pytest.raises(InvariantError):
        store.records.save_decision(decision(), Derivation(row=row, record=None))


def test_a_decision_queues_again_what_waits_for_review(store: Store) -> None:
    row = keep_subject(store)
    commit(store, row, intents=(intent(),))
    store.outbox.settle(
        "r1", Settlement(hospital=HOSPITAL, intent=intent(), state=IntentState.FOR_REVIEW), at=NOON
    )
    commit(store, row, intents=(intent(),))
    assert store.outbox.pending(TRIAL, HOSPITAL) == ()
    ours = Derivation(row=row, record=None, intents=(intent(),), audit=(audit("decide"),))
    store.records.save_decision(decision(), ours)
    assert store.outbox.pending(TRIAL, HOSPITAL) == (intent(),)


def test_the_audit_trail_is_kept_in_order_and_by_subject(store: Store) -> None:
    row, other = keep_subject(store), keep_subject(store, OTHER, "p2")
    first = audit("status", old=None, new="candidate", reason="listed")
    second = audit("status", subject=OTHER)
    commit(store, row, audit=(first,))
    commit(store, other, audit=(second, replace(second, action="note")))
    assert store.records.audit_entries() == (first, second, replace(second, action="note"))
    assert store.records.audit_entries(SUBJECT) == (first,)
