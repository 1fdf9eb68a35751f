"""What holds of eligibility for any history."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fhir_adapter.domain.eligibility import derive_eligibility
from fhir_adapter.domain.facts import Reading
from fhir_adapter.domain.records import EligibilityRecord
from fhir_adapter.domain.source import Completeness, SubjectId
from fhir_adapter.domain.timeline import build_timeline
from tests.builders import UPDATED, ZONE, moment, source
from tests.histories import TRIAL, histories, readings, receipts
from tests.scenes import AS_OF


def derive(
    given_readings: list[Reading], complete: list[Completeness], as_of: datetime = AS_OF
) -> EligibilityRecord:
    facts_of_today = build_timeline(given_readings, complete)
    return derive_eligibility(facts_of_today, TRIAL, subject=SubjectId("S"), as_of=as_of, zone=ZONE)


few = settings(max_examples=25, deadline=None)


@few
@given(histories, receipts, st.randoms(use_true_random=False))
def test_order_of_readings_never_matters(
    history: list[Reading], complete: list[Completeness], rng: Random
) -> None:
    shuffled = list(history)
    rng.shuffle(shuffled)
    assert derive(shuffled, complete) == derive(history, complete)


@few
@given(histories, receipts)
def test_every_unknown_has_a_reason_and_a_next_fact(history: list[Reading], complete: list[Completeness]) -> None:
    for result in derive(history, complete).criteria:
        is_unknown = result.verdict == "UNKNOWN"
        assert (result.unknown_reason is not None) is (result.next_fact is not None) is is_unknown


@few
@given(histories, receipts, readings())
def test_a_retracted_resource_is_as_one_never_read(
    history: list[Reading], complete: list[Completeness], extra: Reading
) -> None:
    at = replace(extra.source, id="extra", last_updated=moment(UPDATED))
    added = replace(extra, source=at, facts=tuple(replace(fact, source=at) for fact in extra.facts))
    later = source(at.type, "extra", version="9", updated="2026-03-11T07:00:00+01:00", content="gone")
    gone = Reading(source=later, patient="child", retracts=True)
    assert derive([*history, added, gone], complete) == derive(history, complete)


def check_validity(history: list[Reading], complete: list[Completeness], share: float) -> None:
    """The passing of time alone changes nothing before `valid_until`."""
    record = derive(history, complete)
    end = AS_OF + timedelta(days=500)
    until = record.valid_until or end
    assert until > AS_OF
    between = AS_OF + (min(until, end) - AS_OF) * share
    later = derive(history, complete, min(between, until - timedelta(microseconds=1)))
    assert later.evidence_digest == record.evidence_digest


@few
@given(histories, receipts, st.floats(0, 1))
def test_a_record_stays_the_same_until_it_expires(
    history: list[Reading], complete: list[Completeness], share: float
) -> None:
    check_validity(history, complete, share)


@pytest.mark.slow
@settings(max_examples=1500, deadline=None)
@given(histories, receipts, st.floats(0, 1))
def test_a_record_stays_the_same_until_it_expires_at_length(
    history: list[Reading], complete: list[Completeness], share: float
) -> None:
    check_validity(history, complete, share)
