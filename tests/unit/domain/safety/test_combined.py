"""Febrile neutropenia: a temperature and the neutrophils near it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fhir_adapter.domain.facts import Finding
from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.toxicity.result import Needed
from fhir_adapter.domain.toxicity.scale import AgeCondition, Scale
from tests import graded as small
from tests.graded import graded, neutrophils, temperature, words
from tests.small_scale import FEBRILE_NEUTROPENIA, SCALE

LOW = neutrophils("0.9", "14T08:00")


def febrile(*facts: Finding) -> list[str]:
    return words(graded(*facts), FEBRILE_NEUTROPENIA)


@pytest.mark.parametrize(("value", "expected"), [("38.3", "?3"), ("38.4", "3"), ("38.0", "?3"), ("37.9", "0")])
def test_one_high_temperature_is_enough_a_lower_one_has_to_last(value: str, expected: str) -> None:
    assert febrile(LOW, temperature(value, "14T10:00")) == [expected]


@pytest.mark.parametrize(("count", "expected"), [("0.9", "3"), ("1.0", "0")])
def test_the_neutrophils_are_low_below_their_limit(count: str, expected: str) -> None:
    assert febrile(neutrophils(count, "14T08:00"), temperature("38.4", "14T10:00")) == [expected]


@pytest.mark.parametrize(("later", "expected"), [("14T11:00", "?3"), ("14T11:01", "3")])
def test_a_lower_fever_counts_once_it_lasted_more_than_an_hour(later: str, expected: str) -> None:
    assert febrile(LOW, temperature("38.0", "14T10:00"), temperature("38.1", later)) == ["?3", expected]


def test_a_normal_temperature_in_between_begins_it_anew() -> None:
    values = (temperature("38.0", "14T10:00"), temperature("37.5", "14T11:00"), temperature("38.0", "14T12:00"))
    assert febrile(LOW, *values) == ["?3", "0", "?3"]


def test_after_a_long_pause_nobody_knows_whether_it_lasted() -> None:
    count = neutrophils("0.9", "16T08:00")
    assert febrile(count, temperature("38.0", "14T08:00"), temperature("38.0", "16T08:00")) == ["?3", "3"]
    assert febrile(count, temperature("38.0", "14T08:00"), temperature("38.0", "16T08:01")) == ["?3", "?3"]


def test_a_temperature_without_standard_unit_does_not_last() -> None:
    bare = replace(temperature("38.0", "14T12:00"), standard=None)
    assert febrile(LOW, temperature("38.0", "14T10:00"), bare) == ["?3", "?3"]


@pytest.mark.parametrize(
    ("count_at", "expected"),
    [("12T10:00", "3"), ("12T09:59", "?3"), ("16T10:00", "3"), ("16T10:01", "?3")],
)
def test_the_neutrophils_lie_near_the_temperature(count_at: str, expected: str) -> None:
    assert febrile(neutrophils("0.9", count_at), temperature("38.4", "14T10:00")) == [expected]


def test_the_last_count_before_goes_before_the_first_after() -> None:
    counts = (neutrophils("1.2", "14T08:00"), neutrophils("0.3", "14T12:00"))
    assert febrile(*counts, temperature("38.4", "14T10:00")) == ["0"]
    assert febrile(counts[0], neutrophils("0.3", "14T10:00"), temperature("38.4", "14T10:00")) == ["3"]


def test_without_a_count_only_a_normal_temperature_is_graded() -> None:
    assert febrile(temperature("37.0", "14T10:00"), temperature("38.4", "14T12:00")) == ["0", "?3"]
    (_, result) = (
        each
        for each in graded(temperature("37.0", "14T10:00"), temperature("38.4", "14T12:00"))
        if each.term == FEBRILE_NEUTROPENIA
    )
    assert result.grade.needed == (Needed.RESULT,)


def test_counts_of_one_moment_on_both_sides_decide_nothing() -> None:
    counts = (neutrophils("0.9", "14T08:00"), neutrophils("1.1", "14T08:00"))
    (result,) = (
        each for each in graded(*counts, temperature("38.4", "14T10:00")) if each.term == FEBRILE_NEUTROPENIA
    )
    assert (small.word(result), result.grade.reason) == ("?3", UnknownReason.CONFLICTING)


def test_counts_of_one_moment_on_one_side_decide() -> None:
    counts = (neutrophils("0.9", "14T08:00"), neutrophils("0.8", "14T08:00"))
    assert febrile(*counts, temperature("38.4", "14T10:00")) == ["3"]


def test_the_count_is_cited_and_named() -> None:
    (result,) = (each for each in graded(LOW, temperature("38.4", "14T10:00")) if each.term == FEBRILE_NEUTROPENIA)
    assert [each.role for each in result.evidence] == ["value", "beside"]
    assert result.grade.notes == ("together with 0.9 10*9/L of 2026-03-14T08:00:00+01:00",)


def test_a_scale_without_the_term_grades_nothing_so() -> None:
    terms = tuple(each for each in SCALE.terms if each.name != FEBRILE_NEUTROPENIA)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(small, "SCALE", Scale(id="s", title="S", version="1", terms=terms))
        assert febrile(LOW, temperature("38.4", "14T10:00")) == []


def test_of_a_term_made_for_an_age_the_age_at_the_count_matters_even_beside_a_normal_temperature() -> None:
    adults = replace(
        next(each for each in SCALE.terms if each.name == FEBRILE_NEUTROPENIA), age=AgeCondition(from_years=18)
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(small, "SCALE", Scale(id="s", title="S", version="1", terms=(adults,)))
        for born, expected in (("2008-03-14", "?3"), ("2008-03-13", "0")):
            facts = (neutrophils("0.9", "13T08:00"), temperature("37.0", "14T10:00"))
            assert words(graded(*facts, born=born), FEBRILE_NEUTROPENIA) == [expected]


def test_equal_temperatures_are_told_with_their_own_counts() -> None:
    facts = (LOW, temperature("37.0", "14T10:00"), neutrophils("0.8", "15T08:00"), temperature("37.0", "15T10:00"))
    found = [each for each in graded(*facts) if each.term == FEBRILE_NEUTROPENIA]
    assert [each.grade.notes for each in found] == [
        ("together with 0.9 10*9/L of 2026-03-14T08:00:00+01:00",),
        ("together with 0.8 10*9/L of 2026-03-15T08:00:00+01:00",),
    ]
