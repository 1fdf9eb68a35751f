"""Syndromes known only from a hospital's code, and the dose escalation. Windows as in test_dose_limiting."""

from __future__ import annotations

from typing import Any

import pytest

from fhir_adapter.domain.safety.dose_limiting import (
    Observed,
    assess_dose_limiting,
)
from fhir_adapter.domain.safety.infusions_received import Received
from fhir_adapter.domain.safety_model.event_records import SpecialInterest
from fhir_adapter.domain.safety_model.records import DoseLimitingRecord
from tests.builders import ZONE
from tests.reactions import (
    FIRST,
    SECOND,
    at,
    episode,
    event,
    observation_rule,
    reported,
    said_of,
    syndromes,
)

BOTH = (
    Received(number=1, at=FIRST, within_tolerance=True),
    Received(number=2, at=SECOND, within_tolerance=True),
)
ONLY_FIRST = (BOTH[0], Received(number=2))
OVER = "04-17T00:00"
DURING = "04-16T23:59"


def assessed(as_of: str = OVER, rule: dict[str, Any] | None = None, **given: Any) -> DoseLimitingRecord:
    """Assess a subject of phase I at level 1 who received both infusions, unless said otherwise."""
    values: dict[str, Any] = {"part": "phase1", "level": 1, "received": BOTH}
    observed = Observed(**(values | given))
    return assess_dose_limiting(observation_rule(**(rule or {})), observed, as_of=at(as_of), zone=ZONE)


class TestCodedOnly:
    CRS = event(
        id="AE-7",
        grade=4,
        special_interest=SpecialInterest.CRS,
        reported=(reported("AdverseEvent/7", 4),),
    )

    def test_a_syndrome_known_only_from_a_code_is_suspected(self) -> None:
        record = assessed(events=(self.CRS,))
        assert (record.dose_limiting, record.events) == (None, ("AE-7",))

    def test_it_is_not_counted_twice_where_an_episode_carries_it(self) -> None:
        joined = episode(reported=(reported("AdverseEvent/7", 4),))
        record = assessed(syndromes=syndromes(joined), events=(self.CRS,))
        assert record.events == ("CRS-1",)

    @pytest.mark.parametrize(
        ("word", "dose_limiting"),
        [
            ("related", True),
            ("possible", True),
            ("unlikely", False),
            ("not-related", False),
            ("not-assessed", None),
        ],
    )
    def test_a_person_says_whether_it_was_the_cells(self, word: str, dose_limiting: bool | None) -> None:
        judged = event(id="AE-7", grade=4, special_interest=SpecialInterest.CRS, judgement=said_of(word))
        assert assessed(events=(judged,)).dose_limiting is dose_limiting

    def test_a_related_one_of_unknown_grade_still_waits(self) -> None:
        judged = event(
            grade=None, worst_possible=5, special_interest=SpecialInterest.ICANS, judgement=said_of("related")
        )
        assert assessed(events=(judged,)).dose_limiting is None

    def test_a_grade_below_and_an_event_of_another_kind_are_nothing(self) -> None:
        low = event(grade=2, special_interest=SpecialInterest.CRS)
        other = event(grade=4)
        assert assessed(events=(low, other)).dose_limiting is False

    @pytest.mark.parametrize(
        ("onset", "found"),
        [("03-01", False), ("03-02", None), ("04-16", None), ("04-17", False)],
    )
    def test_it_must_begin_on_a_day_of_the_window(self, onset: str, found: bool | None) -> None:
        coded = event(grade=4, special_interest=SpecialInterest.CRS, onset_on=at(onset).date())
        assert assessed("04-20", events=(coded,)).dose_limiting is found

    def test_one_without_a_day_may_lie_inside(self) -> None:
        coded = event(grade=4, special_interest=SpecialInterest.CRS, onset_on=None)
        assert assessed(events=(coded,)).dose_limiting is None
