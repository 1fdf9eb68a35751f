"""A complete window after which nobody ever looked for a syndrome: a person says whether the subject counts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fhir_adapter.domain.safety.dose_limiting import JUDGE_EVALUABILITY, Observed, assess_dose_limiting
from fhir_adapter.domain.safety.infusions_received import Received
from fhir_adapter.domain.safety_model.observation_rule import Unassessed, Unfinished
from fhir_adapter.domain.safety_model.records import DoseLimitingRecord
from fhir_adapter.domain.safety_model.syndrome_records import Syndrome, SyndromeRecord
from tests.builders import ZONE
from tests.reactions import FIRST, SECOND, at, counts_by_word, episode, observation_rule, syndromes, verdict_on

BOTH = (
    Received(number=1, at=FIRST, within_tolerance=True),
    Received(number=2, at=SECOND, within_tolerance=True),
)
ONLY_FIRST = (BOTH[0], Received(number=2))
CRS_2 = "never assessed for CRS after infusion 2: does the subject count"


def unassessed(*infusions: int, kind: Syndrome = Syndrome.CRS) -> tuple[SyndromeRecord, ...]:
    """Nobody looked for a syndrome after these infusions."""
    return tuple(
        replace(each, unassessed=infusions if each.syndrome is kind else (), missing=(at("03-05").date(),))
        for each in syndromes()
    )


def assessed(as_of: str = "04-17T00:00", rule: dict[str, Any] | None = None, **given: Any) -> DoseLimitingRecord:
    values: dict[str, Any] = {"part": "phase1", "level": 1, "received": BOTH, "syndromes": unassessed(2)}
    observed = Observed(**(values | given))
    return assess_dose_limiting(observation_rule(**(rule or {})), observed, as_of=at(as_of), zone=ZONE)


def test_who_was_never_assessed_after_an_infusion_waits_for_a_person() -> None:
    record = assessed()
    assert (record.evaluable, record.dose_limiting, record.why) == (None, False, CRS_2)
    assert record.next_assessment == JUDGE_EVALUABILITY


def test_every_syndrome_and_infusion_nobody_looked_at_is_named() -> None:
    neither = tuple(replace(each, unassessed=(1, 2)) for each in syndromes())
    assert assessed(syndromes=neither).why == (
        "never assessed for CRS after infusion 1, CRS after infusion 2, ICANS after infusion 1, "
        "ICANS after infusion 2: does the subject count"
    )


def test_single_days_without_an_assessment_decide_nothing() -> None:
    assert assessed(syndromes=unassessed()).evaluable is True


def test_another_reading_lets_the_subject_count_without_asking() -> None:
    record = assessed(rule={"unassessed": Unassessed.COUNTS})
    assert (record.evaluable, record.next_assessment) == (True, None)


def test_a_syndrome_that_cannot_be_dose_limiting_need_not_be_looked_for() -> None:
    only_icans = {"syndromes": (Syndrome.ICANS,)}
    assert assessed(rule=only_icans).evaluable is True
    assert assessed(rule=only_icans, syndromes=unassessed(1, kind=Syndrome.ICANS)).evaluable is None


def test_nothing_is_asked_while_the_window_is_open() -> None:
    record = assessed("04-16T23:59")
    assert (record.why, record.next_assessment) == ("the observation window is open", "ICE or CAPD of 2026-03-05")


@pytest.mark.parametrize(("replaced", "evaluable"), [(False, True), (True, False)])
def test_a_person_lets_the_subject_count_or_replaces_it(replaced: bool, evaluable: bool) -> None:
    record = assessed("04-21", judgement=counts_by_word(replaced=replaced))
    assert (record.evaluable, record.next_assessment) == (evaluable, None)


def test_a_toxicity_counts_whoever_was_not_assessed_for_the_other_syndrome() -> None:
    toxic = (
        *unassessed(1)[:1],
        *syndromes(episode(id="ICANS-1", syndrome=Syndrome.ICANS, judgement=verdict_on("ICANS-1")))[1:],
    )
    assert assessed(syndromes=toxic).evaluable is True


def test_it_is_asked_together_with_an_infusion_that_was_not_received() -> None:
    record = assessed(received=ONLY_FIRST, syndromes=unassessed(1))
    assert record.why == (
        "infusion 2 not received: why, and is the subject replaced; "
        "never assessed for CRS after infusion 1: does the subject count"
    )


def test_who_is_replaced_anyway_is_not_asked_about() -> None:
    outside = (BOTH[0], Received(number=2, at=SECOND, within_tolerance=False))
    assert assessed(received=outside).evaluable is False
    by_rule = assessed(rule={"unfinished": Unfinished.RULE}, received=ONLY_FIRST)
    assert (by_rule.evaluable, by_rule.next_assessment) == (False, None)
