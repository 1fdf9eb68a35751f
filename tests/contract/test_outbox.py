"""What every Outbox promises: each intent once, dependencies first, all of a settlement or nothing."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from fhir_adapter.domain.source import HospitalId
from fhir_adapter.domain.writeback import IntentState, WriteIntent
from fhir_adapter.errors import InvariantError
from fhir_adapter.ports.rows import Derivation, Settlement
from fhir_adapter.ports.store import Store
from tests.store_samples import (
    HOSPITAL,
    LATER,
    NOON,
    OTHER_HOSPITAL,
    SUBJECT,
    TRIAL,
    intent,
    item,
    keep_subject,
    receipt,
)

STUDY = intent(
    "w-study", subject=None, resource_type="ResearchStudy", identifier=("https://registry.example", "n1")
)


def queue(store: Store, *intents: WriteIntent) -> None:
    row = keep_subject(store)
    store.records.commit("r1", Derivation(row=row, record=None, intents=intents), at=NOON)


def settle(
    store: Store, wanted: WriteIntent, state: IntentState = IntentState.DELIVERED, *, version: str = "1"
) -> None:
    kept = receipt(wanted, version=version) if state is IntentState.DELIVERED else None
    done = Settlement(hospital=HOSPITAL, intent=wanted, state=state, receipt=kept)
    store.outbox.settle("r1", done, at=LATER)


def pending(store: Store, hospital: HospitalId = HOSPITAL) -> tuple[WriteIntent, ...]:
    return store.outbox.pending(TRIAL, hospital)


def test_a_queued_intent_is_pending_as_it_was_given_digits_included(store: Store) -> None:
    queue(store, intent())
    (found,) = pending(store)
    assert found == intent()
    assert str(found.body["weight"]) == "1.50"
    assert isinstance(found.body["weight"], Decimal)
    assert pending(store, OTHER_HOSPITAL) == ()


def test_the_same_intent_is_queued_once(store: Store) -> None:
    queue(store, intent(), intent())
    queue(store, intent())
    assert pending(store) == (intent(),)


def test_another_intent_for_the_resource_replaces_the_pending_one(store: Store) -> None:
    newer = intent("w2", body={"status": "screening"})
    queue(store, intent())
    queue(store, newer)
    assert pending(store) == (newer,)


def test_an_intent_already_delivered_is_not_queued_again(store: Store) -> None:
    queue(store, intent())
    settle(store, intent())
    queue(store, intent())
    assert pending(store) == ()


def test_going_back_to_what_was_delivered_before_is_delivered_again(store: Store) -> None:
    """Candidate, screening, candidate again: the third equals the first and must still be written."""
    queue(store, intent("w1"))
    settle(store, intent("w1"))
    queue(store, intent("w2"))
    settle(store, intent("w2"))
    queue(store, intent("w1"))
    assert pending(store) == (intent("w1"),)


def test_going_back_before_delivery_leaves_one_intent(store: Store) -> None:
    queue(store, intent("w1"))
    queue(store, intent("w2"))
    queue(store, intent("w1"))
    assert pending(store) == (intent("w1"),)


def test_what_waits_for_review_is_not_queued_again(store: Store) -> None:
    queue(store, intent())
    settle(store, intent(), IntentState.FOR_REVIEW)
    queue(store, intent())
    assert pending(store) == ()


def test_dependencies_come_first_whatever_the_order_of_queueing(store: Store) -> None:
    first = intent("w1", depends_on=("w-study",))
    second = intent("w2", identifier=("https://trial.example/subject", "other"), depends_on=("w-study", "w-gone"))
    queue(store, first, second, STUDY)
    assert pending(store) == (STUDY, first, second)


def test_intents_without_dependencies_keep_the_order_of_queueing(store: Store) -> None:
    others = [intent(name, identifier=("https://trial.example/subject", name)) for name in ("w3", "w1", "w2")]
    queue(store, *others)
    assert pending(store) == tuple(others)


def test_the_last_receipt_of_a_resource_is_given(store: Store) -> None:
    system, value = intent().identifier
    assert store.outbox.receipt(HOSPITAL, "ResearchSubject", (system, value)) is None
    queue(store, intent("w1"))
    settle(store, intent("w1"), version="1")
    queue(store, intent("w2"))
    settle(store, intent("w2"), version="2")
    assert store.outbox.receipt(HOSPITAL, "ResearchSubject", (system, value)) == receipt(intent("w2"), version="2")
    assert store.outbox.receipt(OTHER_HOSPITAL, "ResearchSubject", (system, value)) is None
    assert store.outbox.receipt(HOSPITAL, "Provenance", (system, value)) is None
    assert store.outbox.receipt(HOSPITAL, "ResearchSubject", ("other", value)) is None


def test_a_settlement_brings_its_follow_up_and_its_item(store: Store) -> None:
    provenance = intent("w-prov", resource_type="Provenance", identifier=("https://trial.example/tag", "w1"))
    queue(store, intent())
    done = Settlement(
        hospital=HOSPITAL,
        intent=intent(),
        state=IntentState.DELIVERED,
        receipt=receipt(intent()),
        follow_up=(provenance,),
        item=item("R-9"),
    )
    store.outbox.settle("r1", done, at=LATER)
    assert pending(store) == (provenance,)
    assert store.records.review_items(TRIAL) == (item("R-9"),)


def test_what_is_not_pending_cannot_be_settled(store: Store) -> None:
    queue(store, intent())
    settle(store, intent())
    with pytest.raises(InvariantError):
        settle(store, intent(), version="2")
    with pytest.raises(InvariantError):
        settle(store, intent("w-unknown"))
    found = store.outbox.receipt(HOSPITAL, "ResearchSubject", intent().identifier)
    assert found == receipt(intent(), version="1")


def test_a_settlement_whose_item_names_nobody_leaves_nothing(store: Store) -> None:
    queue(store, intent())
    done = Settlement(
        hospital=HOSPITAL,
        intent=intent(),
        state=IntentState.FOR_REVIEW,
        item=item("R-9", subject="S-unknown"),
    )
    with pytest.raises(InvariantError):
        store.outbox.settle("r1", done, at=LATER)
    assert pending(store) == (intent(),)


def test_equal_intents_of_two_hospitals_are_settled_apart(store: Store) -> None:
    """The study itself is the same resource everywhere."""
    queue(store, STUDY)
    other = keep_subject(store, type(SUBJECT)("S-0000000009"), "p9", hospital=OTHER_HOSPITAL)
    store.records.commit("r1", Derivation(row=other, record=None, intents=(STUDY,)), at=NOON)
    settle(store, STUDY)
    assert pending(store) == ()
    assert pending(store, OTHER_HOSPITAL) == (replace(STUDY),)
