"""What every FactStore promises of a resource whose date lay ahead when it was first read."""

from __future__ import annotations

from datetime import timedelta

from fhir_adapter.domain.facts import Reading
from fhir_adapter.domain.source import RejectionReason
from fhir_adapter.ports.rows import SavedPage
from fhir_adapter.ports.store import Store
from tests.store_samples import HOSPITAL, LATER, NOON, demographics, finding, reading, rejection, version

TOO_EARLY = rejection(RejectionReason.FUTURE_TIME, path="Observation.effective")
NOTHING = SavedPage(new=0, touched=frozenset())


def refused() -> Reading:
    return reading(source=version(), facts=(), rejections=(TOO_EARLY,))


def readable() -> Reading:
    return reading(source=version())


def save(store: Store, one: Reading, *, run: str = "r1", digest: str = "rd1") -> SavedPage:
    at = NOON if run == "r1" else LATER
    return store.facts.save_readings(run, [one], reading_digest=digest, at=at)


def load(store: Store, **given: object) -> tuple[Reading, ...]:
    person = store.facts.persons(HOSPITAL, ["p1"])["p1"]
    return store.facts.load_readings(person, reading_digest="rd1", **given)  # type: ignore[arg-type]


def test_a_result_refused_for_its_date_is_taken_once_the_date_has_come(store: Store) -> None:
    save(store, refused())
    assert save(store, readable(), run="r2").new == 1
    assert load(store) == (readable(),)
    assert store.facts.rejections(HOSPITAL) == ()


def test_what_was_known_before_is_still_what_was_known_before(store: Store) -> None:
    save(store, refused())
    save(store, readable(), run="r2")
    assert load(store, known_at=NOON + timedelta(minutes=1)) == (refused(),)


def test_still_ahead_is_nothing_new(store: Store) -> None:
    save(store, refused())
    assert save(store, refused(), run="r2") == NOTHING
    assert [entry.reason for entry in store.facts.rejections(HOSPITAL)] == ["FUTURE_TIME"]


def test_a_clock_that_went_back_takes_nothing_away(store: Store) -> None:
    save(store, readable())
    assert save(store, refused(), run="r2") == NOTHING
    assert load(store) == (readable(),)


def test_a_version_refused_for_its_date_is_held(store: Store) -> None:
    save(store, refused())
    assert store.facts.holds(version(), reading_digest="rd1")
    assert not store.facts.holds(version(), reading_digest="rd2")


def test_a_result_part_of_which_lay_ahead_is_taken_whole_later(store: Store) -> None:
    source = version()
    partly = reading(source=source, facts=(finding(source),), rejections=(TOO_EARLY,))
    save(store, partly)
    assert load(store) == (partly,)
    save(store, readable(), run="r2")
    assert load(store) == (readable(),)


def test_a_patients_death_recorded_ahead_is_taken_once_it_has_come(store: Store) -> None:
    known = demographics()
    ahead = Reading(
        source=known.source,
        patient=known.patient,
        facts=known.facts,
        rejections=(rejection(RejectionReason.FUTURE_TIME, path="Patient.deceased"),),
    )
    save(store, ahead)
    assert save(store, known, run="r2").new == 1
    assert load(store) == (known,)
