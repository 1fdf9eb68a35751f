from __future__ import annotations

from dataclasses import replace

from fhir_adapter.domain.source import HospitalId, ResourceVersion
from fhir_adapter.sync.repeats import Fingerprints, Repeats
from tests.fakes.memory_store import MemoryStore

VERSION = ResourceVersion(HospitalId("h"), "Observation", "1", "1", None, "c1")


def test_fingerprints_know_every_number_added_and_no_other() -> None:
    seen = Fingerprints()
    numbers = [7919 * number for number in range(20_000)]
    assert all(seen.add(number) for number in numbers)
    assert not any(seen.add(number) for number in numbers)
    assert seen.add(-1)
    assert not seen.add(-1)


def test_zero_and_one_share_a_fingerprint_because_zero_marks_a_free_slot() -> None:
    seen = Fingerprints()
    assert seen.add(0)
    assert not seen.add(1)


def test_an_identical_version_on_the_same_page_is_a_repeat() -> None:
    repeats = Repeats(MemoryStore().facts, "d")
    assert not repeats.is_repeat(VERSION)
    assert repeats.is_repeat(VERSION)


def test_another_version_or_another_content_is_not() -> None:
    repeats = Repeats(MemoryStore().facts, "d")
    assert not repeats.is_repeat(VERSION)
    assert not repeats.is_repeat(replace(VERSION, version="2"))
    assert not repeats.is_repeat(replace(VERSION, content="c2"))


def test_a_fingerprint_shared_by_chance_loses_nothing() -> None:
    repeats = Repeats(MemoryStore().facts, "d")
    assert not repeats.is_repeat(VERSION)
    repeats.saved()
    assert not repeats.is_repeat(VERSION), "the store holds no such version: it was another one's fingerprint"
