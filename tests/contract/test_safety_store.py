"""What every RecordStore promises about safety records and decisions on the dose escalation."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fhir_adapter.domain.cohort.decision import EscalationDecision, decision_id
from fhir_adapter.domain.source import SubjectId, TrialId
from fhir_adapter.errors import UsageError
from fhir_adapter.ports.rows import AuditEntry, Derivation, RecordHead, StoredSafety, SubjectRow
from fhir_adapter.ports.store import Store
from tests.store_samples import HOSPITAL, NOON, OTHER_HOSPITAL, SUBJECT, TRIAL, keep_subject, record, run_row
from tests.stored_safety import safety
from tests.stored_treatment import treatment

OTHER = SubjectId("S-0000000002")
OPENED = AuditEntry(at=NOON, who="dr-weber", action="escalation", subject=None, old="1", new="2", reason="0 of 3")


def commit(store: Store, row: SubjectRow, **given: Any) -> None:
    values: dict[str, Any] = {"record": None}
    store.records.commit(given.pop("run", "r1"), Derivation(row=row, **(values | given)), at=NOON)


def escalated(**given: Any) -> EscalationDecision:
    values: dict[str, Any] = {
        "id": decision_id(TRIAL, "ESCALATE", 2, "dr-weber", NOON),
        "trial": TRIAL,
        "action": "ESCALATE",
        "level": 2,
        "by": "dr-weber",
        "reason": "0 of 3",
        "at": NOON,
        "seen": "c1",
        "proposed_action": "ESCALATE",
        "proposed_level": 2,
    }
    return EscalationDecision(**(values | given))


def test_a_safety_record_comes_back_whole(store: Store) -> None:
    row = keep_subject(store)
    assert store.records.latest_safety(SUBJECT) is None
    commit(store, row, safety=safety())
    assert store.records.latest_safety(SUBJECT) == StoredSafety(record=safety(), version=1)


def test_a_safety_record_comes_back_without_its_results_where_nobody_looks_at_them(store: Store) -> None:
    row = keep_subject(store)
    commit(store, row, safety=safety())
    without = StoredSafety(record=safety(results=()), version=1)
    assert store.records.latest_safety(SUBJECT, with_results=False) == without
    assert safety().results


def test_a_safety_record_without_results_comes_back_whole_too(store: Store) -> None:
    row = keep_subject(store)
    commit(store, row, safety=safety(results=()))
    assert store.records.latest_safety(SUBJECT) == StoredSafety(record=safety(results=()), version=1)


def test_safety_counts_its_own_versions(store: Store) -> None:
    row = keep_subject(store)
    commit(store, row, record=record(), treatment=treatment(), safety=safety(digest="s1"))
    commit(store, row, safety=safety(digest="s2"))
    assert store.records.latest_safety(SUBJECT) == StoredSafety(record=safety(digest="s2"), version=2)
    given = store.records.latest_treatment(SUBJECT)
    assert given is not None
    assert given.version == 1


def test_heads_of_safety_tell_of_the_newest_records_of_one_hospital(store: Store) -> None:
    row = keep_subject(store)
    keep_subject(store, OTHER, "p2")
    commit(store, row, safety=safety(digest="s1"))
    commit(store, row, safety=safety(digest="s2", valid_until=None, definitions_digest="d2"))
    head = RecordHead(evidence_digest="s2", definitions_digest="d2", valid_until=None, frozen=False)
    assert store.records.safety_heads(TRIAL, HOSPITAL) == {SUBJECT: head}
    assert store.records.safety_heads(TRIAL, OTHER_HOSPITAL) == {}
    assert store.records.treatment_heads(TRIAL, HOSPITAL) == {}


def test_the_newest_safety_of_all_subjects_is_given_for_the_whole_trial_without_results(store: Store) -> None:
    row, other = keep_subject(store), keep_subject(store, OTHER, "p2")
    commit(store, row, safety=safety(digest="s1"))
    commit(store, other, safety=safety(subject=OTHER, digest="o1"))
    everybody = {
        SUBJECT: StoredSafety(record=safety(digest="s1", results=()), version=1),
        OTHER: StoredSafety(record=safety(subject=OTHER, digest="o1", results=()), version=1),
    }
    assert store.records.latest_safety_records(TRIAL) == everybody
    assert store.records.latest_safety_records(TRIAL, HOSPITAL) == everybody
    assert store.records.latest_safety_records(TRIAL, OTHER_HOSPITAL) == {}
    assert store.records.latest_safety_records(TrialId("t2")) == {}


def test_the_safety_of_a_run_is_the_newest_when_it_ended(store: Store) -> None:
    row = keep_subject(store)
    store.runs.start(run_row("r0"))
    store.runs.finish(run_row("r0"))
    store.runs.start(run_row("r1"))
    commit(store, row, safety=safety(digest="s1"))
    store.runs.finish(run_row("r1"))
    store.runs.start(run_row("r2"))
    commit(store, row, safety=safety(digest="s2"), run="r2")
    assert store.records.safety_of_run("r0", TRIAL) == {}
    assert store.records.safety_of_run("r1", TRIAL) == {SUBJECT: safety(digest="s1")}
    assert store.records.safety_of_run("r2", TRIAL) == {SUBJECT: safety(digest="s2")}
    with pytest.raises(UsageError):
        store.records.safety_of_run("r9", TRIAL)


def test_decisions_on_the_escalation_are_kept_in_order_with_their_audit_entry(store: Store) -> None:
    assert store.records.escalation_decisions(TRIAL) == ()
    later = escalated(id="ED-2", action="DE_ESCALATE", level=1, deviation=True)
    store.records.save_escalation_decision(escalated(), OPENED)
    store.records.save_escalation_decision(later, replace(OPENED, action="escalation-later"))
    assert store.records.escalation_decisions(TRIAL) == (escalated(), later)
    assert store.records.escalation_decisions(TrialId("t2")) == ()
    assert [entry.action for entry in store.records.audit_entries()] == ["escalation", "escalation-later"]


def test_the_same_decision_on_the_escalation_is_kept_once(store: Store) -> None:
    store.records.save_escalation_decision(escalated(), OPENED)
    store.records.save_escalation_decision(escalated(), OPENED)
    assert store.records.escalation_decisions(TRIAL) == (escalated(),)
    assert store.records.audit_entries() == (OPENED,)
