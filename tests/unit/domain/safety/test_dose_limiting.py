"""One subject's place in the dose escalation: windows, toxicity, who counts.

Infusion 1 on 2 March 2026, infusion 2 on 19 March: with 28 days the window ends with 16 April, Berlin time.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from fhir_adapter.domain.safety.dose_limiting import (
    JUDGE_EVALUABILITY,
    Observed,
    assess_dose_limiting,
    observation_end,
)
from fhir_adapter.domain.safety.ending import Ending
from fhir_adapter.domain.safety.infusions_received import Received
from fhir_adapter.domain.safety_model.observation_rule import Unfinished
from fhir_adapter.domain.safety_model.records import DoseLimitingRecord, WindowState
from fhir_adapter.domain.safety_model.syndrome_records import Syndrome
from tests.builders import ZONE
from tests.reactions import (
    FIRST,
    SECOND,
    at,
    counts_by_word,
    episode,
    observation_rule,
    reported,
    syndromes,
    verdict_on,
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


class TestWindow:
    @pytest.mark.parametrize(
        ("as_of", "rule", "state"),
        [
            (DURING, {}, WindowState.OPEN),
            (OVER, {}, WindowState.COMPLETE),
            ("04-15T23:59", {"window_days": 27}, WindowState.OPEN),
            ("04-16T00:00", {"window_days": 27}, WindowState.COMPLETE),
        ],
        ids=["last minute of day 28", "day 29 begins", "last minute of day 27", "day 28 begins"],
    )
    def test_it_is_complete_at_the_end_of_the_last_calendar_day(
        self, as_of: str, rule: dict[str, Any], state: WindowState
    ) -> None:
        assert assessed(as_of, rule).state is state

    def test_it_runs_from_infusion_1_to_the_28th_day_after_the_last_infusion_over_a_change_of_the_clocks(
        self,
    ) -> None:
        record = assessed()
        assert (record.window_start, record.window_end) == (FIRST, at("04-17T00:00"))

    def test_the_second_infusion_moves_its_end(self) -> None:
        before = assessed("03-19T11:59")
        after = assessed("03-19T12:00")
        assert before.window_end == at("03-31T00:00")
        assert after.window_end == at("04-17T00:00")

    def test_nobody_without_an_infusion_is_observed(self) -> None:
        record = assessed("03-02T11:59")
        assert (record.state, record.evaluable, record.dose_limiting) == (WindowState.NOT_STARTED, None, False)
        assert (record.window_start, record.window_end) == (None, None)
        assert record.next_assessment == "infusion 1"

    def test_who_left_before_the_first_infusion_never_counts(self) -> None:
        gone = Ending(day=date(2026, 3, 1), why="withdrawal")
        record = assessed(received=(Received(number=1), Received(number=2)), ending=gone)
        assert (record.state, record.evaluable) == (WindowState.CLOSED, False)
        assert record.why == "no cell infusion received before withdrawal on 2026-03-01"


class TestEvaluable:
    def test_both_infusions_within_tolerance_and_a_complete_window_count(self) -> None:
        assert assessed().evaluable is True

    def test_nobody_counts_while_the_window_is_open(self) -> None:
        record = assessed(DURING)
        assert (record.evaluable, record.why) == (None, "the observation window is open")

    @pytest.mark.parametrize(
        ("within", "evaluable"), [(True, True), (False, False), (None, None)], ids=["inside", "outside", "unknown"]
    )
    def test_a_dose_outside_its_tolerance_is_to_be_replaced(
        self, within: bool | None, evaluable: bool | None
    ) -> None:
        second = Received(number=2, at=SECOND, within_tolerance=within)
        assert assessed(received=(BOTH[0], second)).evaluable is evaluable

    def test_a_certain_bad_dose_outweighs_one_nobody_knows(self) -> None:
        doses = (Received(number=1, at=FIRST), Received(number=2, at=SECOND, within_tolerance=False))
        assert assessed(received=doses).evaluable is False

    def test_without_infusion_2_a_person_says_why_and_whether_the_subject_is_replaced(self) -> None:
        record = assessed(received=ONLY_FIRST)
        assert (record.state, record.evaluable) == (WindowState.COMPLETE, None)
        assert record.why == "infusion 2 not received: why, and is the subject replaced"
        assert record.next_assessment == JUDGE_EVALUABILITY

    def test_another_reading_replaces_without_asking(self) -> None:
        record = assessed(rule={"unfinished": Unfinished.RULE}, received=ONLY_FIRST)
        assert (record.evaluable, record.replaced, record.next_assessment) == (False, False, None)

    def test_a_person_replaces_and_says_that_the_infusion_was_withheld_for_toxicity(self) -> None:
        record = assessed("04-21", received=ONLY_FIRST, judgement=counts_by_word(replaced=True, withheld=True))
        assert (record.evaluable, record.replaced, record.withheld) == (False, True, True)

    def test_a_person_may_let_an_unfinished_subject_count(self) -> None:
        record = assessed("04-21", received=ONLY_FIRST, judgement=counts_by_word(replaced=False, withheld=True))
        assert (record.evaluable, record.replaced, record.withheld) == (True, False, True)

    def test_a_word_said_later_does_not_exist_yet(self) -> None:
        judged = counts_by_word(replaced=True, when="04-20")
        assert assessed("04-20T11:59", received=ONLY_FIRST, judgement=judged).evaluable is None
        assert assessed("04-20T12:00", received=ONLY_FIRST, judgement=judged).evaluable is False

    def test_a_person_replaces_before_the_window_is_over(self) -> None:
        record = assessed("03-25", received=ONLY_FIRST, judgement=counts_by_word(replaced=True, when="03-20"))
        assert (record.state, record.evaluable) == (WindowState.CLOSED, False)

    def test_nobody_lets_a_subject_count_before_the_window_is_over(self) -> None:
        record = assessed("03-25", judgement=counts_by_word(replaced=False, when="03-20"))
        assert (record.state, record.evaluable) == (WindowState.OPEN, None)


class TestEnding:
    DEATH = Ending(day=date(2026, 4, 16), why="death")

    def test_a_death_on_the_last_day_closes_the_window_and_waits_for_review(self) -> None:
        record = assessed("04-20", ending=self.DEATH)
        assert (record.state, record.evaluable) == (WindowState.CLOSED, None)
        assert record.why == "death on 2026-04-16, inside the window: named review"
        assert record.window_end == at("04-17T00:00")

    def test_a_death_on_the_day_after_changes_nothing(self) -> None:
        record = assessed("04-20", ending=Ending(day=date(2026, 4, 17), why="death"))
        assert (record.state, record.evaluable) == (WindowState.COMPLETE, True)

    def test_a_death_that_lies_ahead_closes_nothing_yet(self) -> None:
        assert assessed("04-15", ending=self.DEATH).state is WindowState.OPEN

    @pytest.mark.parametrize("day", [date(2026, 3, 19), date(2026, 4, 16), date(2026, 7, 1)])
    def test_a_death_nobody_dated_may_lie_inside_the_window_however_late_it_is_known(self, day: date) -> None:
        unknown = Ending(day=day, why="death", first=date.min, when="on an unknown day")
        record = assessed("07-01", ending=unknown)
        assert (record.state, record.evaluable) == (WindowState.CLOSED, None)
        assert record.why == "death on an unknown day, perhaps inside the window: named review"
        assert record.window_end == min(at("04-17T00:00"), at(f"{day + timedelta(days=1):%m-%d}T00:00"))

    @pytest.mark.parametrize(
        ("first", "state"), [(date(2026, 4, 16), WindowState.CLOSED), (date(2026, 4, 17), WindowState.COMPLETE)]
    )
    def test_a_death_of_a_known_month_closes_the_window_where_it_may_lie_in_it(
        self, first: date, state: WindowState
    ) -> None:
        unknown = Ending(day=date(2026, 4, 30), why="death", first=first, when="in 2026-04")
        assert assessed("07-01", ending=unknown).state is state

    def test_after_a_review_the_subject_is_replaced_or_counts(self) -> None:
        for replaced, evaluable in ((True, False), (False, True)):
            record = assessed("04-21", ending=self.DEATH, judgement=counts_by_word(replaced=replaced))
            assert record.evaluable is evaluable

    def test_a_toxicity_before_the_death_counts_without_any_review(self) -> None:
        found = syndromes(episode(judgement=verdict_on(grade=5)))
        record = assessed("04-20", ending=self.DEATH, syndromes=found)
        assert (record.dose_limiting, record.evaluable) == (True, True)


class TestToxicity:
    def test_a_judged_and_associated_syndrome_counts_at_once(self) -> None:
        record = assessed("03-20", syndromes=syndromes(episode(judgement=verdict_on(grade=3))))
        assert (record.dose_limiting, record.evaluable, record.events) == (True, True, ("CRS-1",))
        assert record.state is WindowState.OPEN

    @pytest.mark.parametrize(
        ("grade", "associated", "dose_limiting"),
        [(2, True, False), (3, True, True), (3, False, False), (4, False, False)],
    )
    def test_it_takes_the_grade_and_the_association(
        self, grade: int, associated: bool, dose_limiting: bool
    ) -> None:
        found = syndromes(episode(grade=grade, judgement=verdict_on(grade=grade, associated=associated)))
        assert assessed(syndromes=found).dose_limiting is dose_limiting

    @pytest.mark.parametrize(
        ("given", "pending"),
        [
            ({"grade": 2, "worst": 2}, False),
            ({"grade": 2, "worst": 3}, True),
            ({"grade": None, "worst": 3}, True),
            ({"grade": 3, "worst": 3}, True),
            ({"grade": 1, "worst": 1, "reported": (reported(grade=3),)}, True),
            ({"grade": 1, "worst": 1, "reported": (reported(grade=2),)}, False),
        ],
        ids=["2", "2 or 3", "not gradable, up to 3", "3", "hospital says 3", "hospital says 2"],
    )
    def test_what_may_be_of_the_grade_waits_for_a_person(self, given: dict[str, Any], pending: bool) -> None:
        record = assessed(syndromes=syndromes(episode(**given)))
        assert (record.dose_limiting is None, record.evaluable is None) == (pending, pending)

    def test_a_suspicion_outlives_the_window_until_it_is_judged(self) -> None:
        record = assessed("05-20", syndromes=syndromes(episode()))
        assert (record.state, record.evaluable) == (WindowState.COMPLETE, None)
        assert (record.why, record.next_assessment) == ("to be judged: CRS-1", "judgement of CRS-1")

    def test_a_judgement_made_later_than_the_moment_asked_about_does_not_exist(self) -> None:
        found = syndromes(episode(judgement=verdict_on(when="05-20")))
        assert assessed("05-20T11:59", syndromes=found).dose_limiting is None
        assert assessed("05-20T12:00", syndromes=found).dose_limiting is True

    @pytest.mark.parametrize(("judged", "associated"), [(2, True), (2, False), (3, False)])
    def test_a_judgement_overtaken_by_later_data_is_asked_again(self, judged: int, associated: bool) -> None:
        word = verdict_on(grade=judged, associated=associated)
        standing, overtaken = (episode(grade=3, judgement=word, stands=stands) for stands in (True, False))
        assert assessed(syndromes=syndromes(standing)).dose_limiting is False
        assert assessed(syndromes=syndromes(overtaken)).dose_limiting is None

    def test_a_toxicity_judged_stays_one_when_later_data_change(self) -> None:
        found = syndromes(episode(grade=1, judgement=verdict_on(grade=3), stands=False))
        assert assessed(syndromes=found).dose_limiting is True

    def test_a_suspicion_cannot_be_replaced_away(self) -> None:
        record = assessed("04-21", syndromes=syndromes(episode()), judgement=counts_by_word(replaced=True))
        assert (record.evaluable, record.replaced, record.withheld) == (None, False, False)

    @pytest.mark.parametrize(("start", "found"), [("04-16T23:59", None), ("04-17T00:00", False)])
    def test_it_must_begin_inside_the_window(self, start: str, found: bool | None) -> None:
        late = syndromes(episode(start=at(start), end=None))
        assert assessed("04-20", syndromes=late).dose_limiting is found

    def test_only_the_syndromes_of_the_rule_are_dose_limiting(self) -> None:
        toxic = episode(id="ICANS-1", syndrome=Syndrome.ICANS)
        record = assessed(rule={"syndromes": (Syndrome.CRS,)}, syndromes=syndromes(toxic))
        assert record.dose_limiting is False

    def test_one_found_and_one_suspected_is_found_and_both_are_named(self) -> None:
        found = episode(judgement=verdict_on())
        suspected = episode(id="ICANS-1", syndrome=Syndrome.ICANS)
        record = assessed(syndromes=syndromes(suspected, found))
        assert (record.dose_limiting, record.events) == (True, ("CRS-1", "ICANS-1"))


class TestNextAssessment:
    def test_the_latest_missing_day_is_asked_for_while_the_window_is_open(self) -> None:
        missing = (date(2026, 3, 4), date(2026, 3, 6), date(2026, 3, 9))
        record = assessed("03-06", syndromes=syndromes(missing=missing))
        assert record.next_assessment == "ICE or CAPD of 2026-03-06"

    def test_otherwise_that_of_today(self) -> None:
        assert assessed("03-06", syndromes=syndromes()).next_assessment == "ICE or CAPD of 2026-03-06"

    def test_nothing_is_due_for_who_counts(self) -> None:
        assert assessed().next_assessment is None


def test_part_and_level_are_told_as_they_are() -> None:
    record = assessed(part="", level=None)
    assert (record.part, record.level) == ("", None)


def test_observation_ends_28_days_after_the_last_infusion_in_whatever_order_they_are_given() -> None:
    assert observation_end(observation_rule(), ((2, SECOND), (1, FIRST)), ZONE) == at("04-17T00:00")
    assert observation_end(observation_rule(), (), ZONE) is None
