"""Whatever the results: their order never shows, a withdrawn one never was, each is in exactly one place."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from fhir_adapter.domain.facts import Fact, Finding, Reading
from fhir_adapter.domain.records import Evidence
from fhir_adapter.domain.safety_model.event_records import AdverseEventRecord, EventState
from fhir_adapter.domain.safety_model.records import GradedResult
from tests.builders import ZONE, exposure, procedure, read_completely
from tests.graded import events, graded, lab
from tests.small_scale import RED_CELLS

_VALUES = {
    "alt": ("20", "45", "150", "900", "<30"),
    "platelets": ("10", "20", "60", "110", "200", "<25", ">150"),
    "neutrophils": ("0.2", "0.5", "0.7", "1.2", "2.5", "<0.5"),
    "leukocytes": ("0.4", "0.9", "6"),
    "hemoglobin": ("7.2", "9", "11", "13"),
    "potassium": ("2.8", "3.2", "4.1"),
    "calcium-total": ("6.5", "7.6", "9.1"),
    "albumin": ("2.5", "4.0"),
    "body-temperature": ("37.0", "38.2", "39.4"),
    "lymphocytes": ("3", "7", "25"),
}
_NORMAL = {"alt": "0-40", "platelets": "150-400", "neutrophils": "1.8-8", "hemoglobin": "11.5-15"}
_NORMAL |= {"potassium": "3.5-5.0", "calcium-total": "8.5-10.5", "lymphocytes": "4-10"}
_FIRST = datetime(2026, 3, 4, 6, 0, tzinfo=ZONE)


@st.composite
def results(draw: st.DrawFn) -> Finding:
    concept = draw(st.sampled_from(sorted(_VALUES)))
    at = _FIRST + timedelta(hours=draw(st.integers(0, 24 * 40)) // 6 * 6)
    text = at.isoformat() if draw(st.integers(0, 9)) else at.date().isoformat()
    normal = _NORMAL.get(concept) if draw(st.integers(0, 5)) else None
    found = lab(concept, draw(st.sampled_from(_VALUES[concept])), text, normal=normal, id_="to be named")
    return replace(found, status=draw(st.sampled_from(("final", "final", "final", "preliminary"))))


@st.composite
def histories(draw: st.DrawFn) -> tuple[Fact, ...]:
    facts: list[Fact] = [
        replace(each, source=replace(each.source, id=f"o{place}", content=f"o{place}"))
        for place, each in enumerate(draw(st.lists(results(), min_size=4, max_size=24)))
    ]
    for concept in draw(st.lists(st.sampled_from(RED_CELLS), max_size=2)):
        day = draw(st.integers(12, 28))
        maker = draw(st.sampled_from((procedure, exposure)))
        facts.append(maker(concept, f"2026-03-{day}T10:00"))
    return tuple(facts)


READ = read_completely("MedicationAdministration", "Procedure")


@settings(max_examples=15, deadline=None)
@given(histories(), st.randoms(use_true_random=False))
def test_the_order_of_facts_never_shows(facts: tuple[Fact, ...], chance: Random) -> None:
    shuffled = list(facts)
    chance.shuffle(shuffled)
    assert graded(*shuffled) == graded(*facts)
    assert events(*shuffled, *READ) == events(*facts, *READ)


@settings(max_examples=15, deadline=None)
@given(histories(), st.integers(0, 3))
def test_a_retracted_result_is_as_one_never_recorded(facts: tuple[Fact, ...], place: int) -> None:
    gone = facts[place]
    withdrawn = Reading(source=replace(gone.source, version="2", content="2"), patient="child", retracts=True)
    kept = (*facts[:place], *facts[place + 1 :])
    assert graded(*facts, withdrawn) == graded(*kept)
    assert events(*facts, withdrawn, *READ) == events(*kept, *READ)


@settings(max_examples=20, deadline=None)
@given(histories())
def test_each_result_is_in_one_place_and_no_event_says_less_than_its_results(facts: tuple[Fact, ...]) -> None:
    every = graded(*facts)
    by_key = {_key(each.term, each): each for each in every}
    assert len(by_key) == len(every)
    found = events(*facts, *READ)
    inside = Counter(_key(event.term, each) for event in found for each in event.evidence if each.role == "value")
    assert set(inside.values()) <= {1}
    for event in found:
        own = [by_key[_key(event.term, each)] for each in event.evidence if each.role == "value"]
        assert event.grade == max(each.grade.grade or 0 for each in own) >= 1
        assert event.worst_possible >= event.grade
        assert event.changes[0].at == min(each.at for each in own)
    recovered = {event.term for event in found if event.resolved_by and event.resolved_by.endswith("recovery")}
    for key, each in by_key.items():
        if each.grade.grade and each.grade.within_range is not True and each.term not in recovered:
            assert key in inside


def _key(term: str, where: GradedResult | Evidence) -> tuple[str, str, str]:
    return term, where.reference, where.path


@settings(max_examples=15, deadline=None)
@given(histories(), histories())
def test_whatever_came_before_ids_are_unique_and_deriving_again_changes_nothing(
    earlier: tuple[Fact, ...], facts: tuple[Fact, ...]
) -> None:
    former = events(*earlier, *READ)
    now = events(*facts, *READ, previous=former)
    assert len({event.id for event in now}) == len(now)
    assert events(*facts, *READ, previous=now) == now
    assert [_said(each) for each in now if each.state is not EventState.DISSOLVED] == [
        _said(each) for each in events(*facts, *READ)
    ]
    assert {event.id for event in former} <= {event.id for event in now}


def _said(event: AdverseEventRecord) -> AdverseEventRecord:
    """Everything but the name and the history."""
    return replace(event, id="", lineage=())
