"""What every FactStore promises: appending, choosing, superseding."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from fhir_adapter.domain.facts import Reading
from fhir_adapter.domain.source import Exclusion, PersonKey, RejectionReason
from fhir_adapter.errors import InvariantError
from fhir_adapter.ports.rows import SavedPage
from fhir_adapter.ports.store import Store
from tests.store_samples import (
    HOSPITAL,
    LATER,
    NOON,
    OTHER_HOSPITAL,
    demographics,
    exposure,
    finding,
    product,
    reading,
    rejection,
    version,
)

NOTHING = SavedPage(new=0, touched=frozenset())


def save(store: Store, *readings: Reading, **given: Any) -> SavedPage:
    values: dict[str, Any] = {"reading_digest": "rd1", "at": NOON}
    return store.facts.save_readings(given.pop("run", "r1"), readings, **(values | given))


def person(store: Store, patient: str = "p1") -> PersonKey:
    return store.facts.persons(HOSPITAL, [patient])[patient]


def load(store: Store, patient: str = "p1", **given: Any) -> tuple[Reading, ...]:
    values: dict[str, Any] = {"reading_digest": "rd1"}
    return store.facts.load_readings(person(store, patient), **(values | given))


def test_a_patient_keeps_its_key_and_two_patients_never_share_one(store: Store) -> None:
    first = store.facts.persons(HOSPITAL, ["p1", "p2"])
    again = store.facts.persons(HOSPITAL, ["p2", "p3", "p1"])
    assert {name: again[name] for name in ("p1", "p2")} == first
    assert len(set(again.values())) == 3


def test_the_same_logical_id_at_two_hospitals_is_two_people(store: Store) -> None:
    here = store.facts.persons(HOSPITAL, ["p1"])["p1"]
    there = store.facts.persons(OTHER_HOSPITAL, ["p1"])["p1"]
    assert here != there


def test_a_reading_comes_back_as_it_was_saved(store: Store) -> None:
    source = version()
    kept = reading(
        source=source,
        facts=(finding(source), finding(source, path="Observation.component[0].value")),
        rejections=(rejection(path="Observation.component[1]", concepts=(), category="laboratory"),),
        references=("Observation/o9",),
    )
    assert save(store, kept) == SavedPage(new=1, touched=frozenset({person(store)}))
    assert load(store) == (kept,)


def test_a_patient_resource_comes_back_as_it_was_saved(store: Store) -> None:
    kept = demographics()
    save(store, kept)
    assert load(store) == (kept,)


def test_saving_the_same_page_again_changes_nothing(store: Store) -> None:
    page = (reading(), demographics(), product())
    save(store, *page)
    assert save(store, *page, run="r2", at=LATER) == NOTHING


def test_the_same_version_twice_in_one_page_is_kept_once(store: Store) -> None:
    assert save(store, reading(), reading()).new == 1
    assert load(store) == (reading(),)


def test_two_contents_under_one_version_are_both_kept(store: Store) -> None:
    one, other = reading(content="c1"), reading(content="c2")
    save(store, one)
    assert save(store, other).new == 1
    assert load(store) == (one, other)


def test_a_version_read_again_under_another_digest_is_given_as_read_under_the_one_asked_for(
    store: Store,
) -> None:
    source = version()
    before = reading(source=source, facts=(finding(source, status="final"),))
    after = reading(source=source, facts=(finding(source, status="amended"),))
    save(store, before, reading_digest="rd1")
    assert save(store, after, reading_digest="rd2").new == 1
    assert load(store, reading_digest="rd1") == (before,)
    assert load(store, reading_digest="rd2") == (after,)


def test_a_version_never_read_under_the_digest_is_given_as_read_last(store: Store) -> None:
    source = version()
    last = reading(source=source, facts=(finding(source, status="amended"),))
    save(store, reading(source=source), reading_digest="rd1")
    save(store, last, reading_digest="rd2")
    assert load(store, reading_digest="rd3") == (last,)


def test_a_code_no_longer_needed_takes_its_facts_away_under_the_new_digest(store: Store) -> None:
    source = version()
    save(store, reading(source=source), reading_digest="rd1")
    dropped = reading(source=source, excluded_by=Exclusion.CODE_UNMATCHED)
    saved = save(store, dropped, reading_digest="rd2")
    assert saved.touched == {person(store)}
    assert load(store, reading_digest="rd2") == (dropped,)


@pytest.mark.parametrize("rule", [Exclusion.CODE_NOT_NEEDED, Exclusion.CODE_UNMATCHED, Exclusion.RETRACTED])
def test_an_excluded_version_is_kept_because_it_supersedes(store: Store, rule: Exclusion) -> None:
    newer = reading(version="2", content="c2", excluded_by=rule, retracts=rule is Exclusion.RETRACTED)
    save(store, newer)
    save(store, reading())
    assert load(store) == (reading(), newer)


@pytest.mark.parametrize("rule", [Exclusion.TYPE_NOT_READ, Exclusion.DUPLICATE, Exclusion.CONSENT_WITHDRAWN])
def test_what_is_excluded_without_meaning_for_the_resource_is_not_kept(store: Store, rule: Exclusion) -> None:
    save(store, reading())
    assert save(store, reading(version="2", excluded_by=rule)) == NOTHING
    assert load(store) == (reading(),)


def test_an_excluded_resource_never_seen_before_touches_nobody(store: Store) -> None:
    saved = save(store, reading(excluded_by=Exclusion.CODE_NOT_NEEDED))
    assert saved == SavedPage(new=1, touched=frozenset())


def test_another_patients_resource_is_not_kept(store: Store) -> None:
    assert save(store, reading("p9", excluded_by=Exclusion.OTHER_PATIENT)) == NOTHING


def test_a_resource_moved_to_a_patient_nobody_reads_leaves_the_first_one(store: Store) -> None:
    """A result filed under the wrong child and corrected later must not stay with that child."""
    moved = reading("p9", version="2", content="c2", excluded_by=Exclusion.OTHER_PATIENT)
    save(store, reading())
    assert save(store, moved) == SavedPage(new=1, touched=frozenset({person(store)}))
    told = Reading(source=moved.source, patient=None, excluded_by=Exclusion.OTHER_PATIENT)
    assert load(store) == (reading(), told)


def test_a_resource_moved_to_another_patient_of_the_trial_shows_nothing_of_that_one(store: Store) -> None:
    moved = reading("p2", version="2", content="c2")
    save(store, reading())
    saved = save(store, moved)
    assert saved.touched == {person(store, "p1"), person(store, "p2")}
    told = Reading(source=moved.source, patient=None, excluded_by=Exclusion.OTHER_PATIENT)
    assert load(store, "p1") == (reading(), told)
    assert moved in load(store, "p2")


def test_a_version_that_can_no_longer_be_read_still_counts_for_its_owner(store: Store) -> None:
    broken = reading(None, version="2", content="c2", rejections=(rejection(RejectionReason.INVALID_RESOURCE),))
    save(store, reading())
    assert save(store, broken).touched == {person(store)}
    assert load(store) == (reading(), broken)


def test_only_what_was_recorded_by_then_is_known_at_a_time(store: Store) -> None:
    newer = reading(version="2", content="c2")
    save(store, reading(), demographics())
    save(store, newer, at=LATER)
    assert load(store, known_at=LATER - timedelta(microseconds=1)) == (reading(), demographics())
    assert load(store, known_at=LATER) == (reading(), newer, demographics())
    assert load(store, known_at=NOON - timedelta(microseconds=1)) == ()


def test_the_order_of_reading_does_not_show(store: Store) -> None:
    one, two, three = reading(id="o1"), reading(id="o2"), reading(id="o3")
    save(store, three, one)
    save(store, two)
    assert load(store) == (one, two, three)


def test_shared_resources_come_with_whoever_refers_to_them(store: Store) -> None:
    given = version("MedicationAdministration", "ma1")
    administration = Reading(source=given, patient="p1", facts=(exposure(given, "Medication/m1"),))
    brand, ingredient = product("m1"), product("m2")
    brand = Reading(source=brand.source, patient=None, facts=brand.facts, references=("Medication/m2",))
    save(store, administration, brand, ingredient, product("m3"), reading("p2", id="o2"))
    assert load(store) == (brand, ingredient, administration)
    assert load(store, "p2") == (reading("p2", id="o2"),)


def test_a_changed_shared_resource_touches_whoever_refers_to_it(store: Store) -> None:
    given = version("MedicationAdministration", "ma1")
    save(store, Reading(source=given, patient="p1", facts=(exposure(given, "Medication/m1"),)))
    save(store, reading("p2", id="o2"))
    assert save(store, product("m1")).touched == {person(store)}


def test_the_same_id_at_two_hospitals_is_two_resources(store: Store) -> None:
    there = reading(hospital=OTHER_HOSPITAL)
    assert save(store, reading(), there).new == 2
    assert load(store) == (reading(),)


def test_an_unknown_person_has_no_readings(store: Store) -> None:
    assert store.facts.load_readings(PersonKey(404), reading_digest="rd1") == ()


def test_a_fact_of_another_source_is_refused_and_nothing_of_the_page_is_kept(store: Store) -> None:
    wrong = reading(id="o2", facts=(finding(version(resource_id="o3")),))
    with pytest.raises(InvariantError):
        save(store, reading(), wrong)
    assert load(store) == ()


def test_what_is_on_record_is_held_under_its_digest_only(store: Store) -> None:
    save(store, reading(), demographics())
    assert store.facts.holds(version(), reading_digest="rd1")
    assert store.facts.holds(demographics().source, reading_digest="rd1")
    assert not store.facts.holds(version(), reading_digest="rd2")
    assert not store.facts.holds(version(content="c2"), reading_digest="rd1")
