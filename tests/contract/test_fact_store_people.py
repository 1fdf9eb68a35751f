"""What every FactStore promises beside readings: people, merges, receipts, attestations, rejections."""

from __future__ import annotations

from typing import Any

import pytest

from fhir_adapter.domain.facts import Reading
from fhir_adapter.domain.source import Completeness, PersonKey, RejectionReason
from fhir_adapter.errors import InvariantError
from fhir_adapter.ports.rows import KeptRejection, SavedPage
from fhir_adapter.ports.store import Store
from tests.store_samples import (
    HOSPITAL,
    IDENTIFIER,
    LATER,
    NOON,
    OTHER_HOSPITAL,
    attestation,
    audit,
    demographics,
    finding,
    keep_subject,
    moment,
    reading,
    rejection,
    version,
)


def save(store: Store, *readings: Reading, **given: Any) -> SavedPage:
    values: dict[str, Any] = {"reading_digest": "rd1", "at": NOON}
    return store.facts.save_readings(given.pop("run", "r1"), readings, **(values | given))


def person(store: Store, patient: str = "p1") -> PersonKey:
    return store.facts.persons(HOSPITAL, [patient])[patient]


def load(store: Store, patient: str = "p1", **given: Any) -> tuple[Reading, ...]:
    values: dict[str, Any] = {"reading_digest": "rd1"}
    return store.facts.load_readings(person(store, patient), **(values | given))


def test_identifiers_find_their_person_in_any_version(store: Store) -> None:
    save(store, demographics("p1"), demographics("p2", content="c2"))
    assert store.facts.persons_identified(HOSPITAL, IDENTIFIER) == {person(store, "p1"), person(store, "p2")}
    assert store.facts.persons_identified(HOSPITAL, (IDENTIFIER[0], "MRN-CANARY-7")) == frozenset()
    assert store.facts.persons_identified(OTHER_HOSPITAL, IDENTIFIER) == frozenset()


def test_a_merge_is_known_from_either_end(store: Store) -> None:
    save(
        store,
        demographics("p1", links=(("replaced-by", "Patient/p2"),)),
        demographics("p4", links=(("replaces", "Patient/p3"), ("seealso", "Patient/p9"))),
    )
    assert store.facts.merged_patients(HOSPITAL) == {"p1": "p2", "p3": "p4"}
    assert store.facts.merged_patients(OTHER_HOSPITAL) == {}


def test_where_links_contradict_each_other_the_merged_record_is_believed(store: Store) -> None:
    save(
        store,
        demographics("p1", links=(("replaced-by", "Patient/p2"),)),
        demographics("p5", links=(("replaces", "Patient/p1"),)),
    )
    assert store.facts.merged_patients(HOSPITAL) == {"p1": "p2"}


def test_a_merge_taken_back_by_a_newer_version_is_none(store: Store) -> None:
    newer = moment("2026-03-05T10:00:00+01:00")
    save(
        store,
        demographics("p1", version="2", content="c2", last_updated=newer),
        demographics("p1", links=(("replaced-by", "Patient/p2"),)),
    )
    assert store.facts.merged_patients(HOSPITAL) == {}


def test_receipts_are_appended_only_where_they_differ(store: Store) -> None:
    first = Completeness(resource_type="Condition", complete=True, run="r1", read_at="then", query="q")
    later = Completeness(resource_type="Condition", complete=True, run="r2", read_at="now", query="q")
    other = Completeness(resource_type="Condition", complete=False, run="r3", read_at="now", query="q")
    facts = store.facts
    assert facts.save_completeness("r1", HOSPITAL, {"p1": [first]}, at=NOON) == {person(store)}
    assert facts.save_completeness("r2", HOSPITAL, {"p1": [later]}, at=LATER) == frozenset()
    assert facts.load_completeness(person(store)) == (first,)
    assert facts.save_completeness("r3", HOSPITAL, {"p1": [other]}, at=LATER) == {person(store)}
    assert facts.load_completeness(person(store)) == (other,)
    assert facts.load_completeness(person(store), known_at=NOON) == (first,)


def test_receipts_are_kept_per_type_and_patient(store: Store) -> None:
    conditions = Completeness(resource_type="Condition", complete=True)
    observations = Completeness(resource_type="Observation", complete=True, rejected=2)
    store.facts.save_completeness("r1", HOSPITAL, {"p1": [observations, conditions], "p2": [conditions]}, at=NOON)
    assert store.facts.load_completeness(person(store)) == (conditions, observations)
    assert store.facts.load_completeness(person(store, "p2")) == (conditions,)


def test_an_attestation_is_kept_once_with_its_audit_entry(store: Store) -> None:
    row = keep_subject(store)
    said = attestation()
    for _ in range(2):
        store.facts.save_attestation(row.person, said, at=NOON, audit=audit("attest", who="lee"))
    assert load(store) == (Reading(source=said.source, patient="p1", facts=said.facts),)
    assert store.records.audit_entries() == (audit("attest", who="lee"),)


def test_an_attestation_about_nobody_is_refused(store: Store) -> None:
    with pytest.raises(InvariantError):
        store.facts.save_attestation(PersonKey(404), attestation(), at=NOON, audit=audit())


def test_rejections_are_listed_with_their_run_and_origin(store: Store) -> None:
    save(
        store,
        reading("p1", id="o2", rejections=(rejection(detail="no-system"),)),
        reading("p1", id="o1"),
        origin="Observation.ndjson",
    )
    listed = KeptRejection(
        run="r1",
        resource_type="Observation",
        reason="UNKNOWN_UNIT",
        path="Observation.valueQuantity.code",
        detail="no-system",
        reference="Observation/o2",
        origin="Observation.ndjson",
    )
    assert store.facts.rejections(HOSPITAL) == (listed,)
    assert store.facts.rejections(HOSPITAL, run="r1") == (listed,)
    assert store.facts.rejections(HOSPITAL, run="r2") == ()
    assert store.facts.rejections(OTHER_HOSPITAL) == ()


def test_a_rejected_patient_is_listed_too(store: Store) -> None:
    source = version("Patient", "p1")
    broken = Reading(source=source, patient=None, rejections=(rejection(RejectionReason.INVALID_RESOURCE),))
    save(store, broken)
    assert [entry.reference for entry in store.facts.rejections(HOSPITAL)] == ["Patient/p1"]


def test_a_rejection_healed_by_a_new_map_is_no_longer_listed(store: Store) -> None:
    source = version()
    save(store, reading(source=source, rejections=(rejection(RejectionReason.UNMAPPED_CODE),)), run="r1")
    save(store, reading(source=source), reading_digest="rd2", run="r2")
    assert store.facts.rejections(HOSPITAL) == ()
    assert len(store.facts.rejections(HOSPITAL, run="r1")) == 1


def test_strings_no_database_can_hold_come_back_in_facts(store: Store) -> None:
    """FHIR JSON may spell NUL and unpaired surrogates; displays carry them sometimes."""
    source = version(resource_id="o1")
    odd = reading(source=source, facts=(finding(source, status="final\x00\ud800"),))
    save(store, odd)
    assert load(store) == (odd,)


def test_ids_no_database_can_hold_do_not_break_a_page(store: Store) -> None:
    odd = reading(None, id="o\x00\ud800", rejections=(rejection(RejectionReason.INVALID_RESOURCE),))
    assert save(store, odd, reading()).new == 2
    assert save(store, odd) == SavedPage(new=0, touched=frozenset())
