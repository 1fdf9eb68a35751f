"""One subject's safety derived by everything together; what each part says is told in the tests of the parts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fhir_adapter.domain.facts import Reading
from fhir_adapter.domain.safety.derive import Treated, derive_safety
from fhir_adapter.domain.safety.ending import Ending
from fhir_adapter.domain.safety_model.event_records import EventState, SpecialInterest
from fhir_adapter.domain.safety_model.judgements import EventJudgement, Judgement
from fhir_adapter.domain.safety_model.records import WindowState
from fhir_adapter.domain.safety_model.syndrome_records import Syndrome
from fhir_adapter.domain.source import Completeness
from tests.builders import ZONE, attestation
from tests.graded import INFUSION_1, alt
from tests.guarded import (
    ALT_RISE,
    FACTS,
    PRESSOR,
    SUBJECT,
    TREATED,
    TRIAL,
    TWICE,
    at,
    died,
    on_counting,
    on_death,
    on_event,
    on_syndrome,
    the_episode,
    the_event,
    the_syndrome,
    watched,
    without,
)
from tests.scenes import timeline
from tests.small_scale import ALT, FEVER

WITHDRAWN = replace(TREATED, ending=Ending(day=date(2026, 3, 17), why="withdrawal of consent"))


def test_a_record_holds_grades_events_syndromes_and_whether_the_subject_counts() -> None:
    record = watched()
    assert (record.subject, record.trial, record.as_of) == (SUBJECT, TRIAL.id, at("03-20"))
    assert [each.reference for each in record.results if each.term == ALT] == [
        "Observation/alt-10T08.00-30",
        "Observation/alt-15T08.00-300",
        "Observation/alt-20T08.00-20",
    ]
    assert {each.term: (each.grade, each.state) for each in record.events} == {
        FEVER: (1, EventState.RESOLVED),
        ALT: (3, EventState.RESOLVED),
    }
    assert [each.syndrome for each in record.syndromes] == [Syndrome.CRS, Syndrome.ICANS]
    assert (the_episode(record).grade, record.dose_limiting.events) == (3, ("CRS-1",))
    assert (record.dose_limiting.part, record.dose_limiting.level) == ("phase1", 1)
    assert (record.death, record.ends, record.notes) == (None, None, ())
    assert record.definitions_digest == TRIAL.digest
    assert len(record.evidence_digest) == 64


@pytest.mark.parametrize("lacking", ["safety", "regimen"])
def test_without_rules_or_a_plan_there_is_no_record(lacking: str) -> None:
    trial = replace(TRIAL, **{lacking: None})  # type: ignore[arg-type]
    found = derive_safety(timeline(), trial, subject=SUBJECT, treated=TREATED, as_of=at("03-20"), zone=ZONE)
    assert found is None


def test_of_a_person_nothing_is_known_of_there_is_a_record_that_says_so() -> None:
    record = derive_safety(
        timeline(), TRIAL, subject=SUBJECT, treated=Treated(doses=()), as_of=at("03-20"), zone=ZONE
    )
    assert record is not None
    assert (record.results, record.events, record.infusions) == ((), (), ())
    assert record.dose_limiting.state is WindowState.NOT_STARTED
    assert record.notes == ("start of conditioning not known: no result has a baseline to be compared with",)


def test_every_time_is_told_at_the_hospital() -> None:
    record = watched()
    assert record.baseline_before == at("03-11T09:00")
    assert record.infusions == ((1, INFUSION_1),)
    told = [record.as_of, record.baseline_before, record.valid_until, record.infusions[0][1]]
    assert [each.utcoffset() for each in told if each is not None] == [timedelta(hours=1)] * 4


def test_an_infusion_that_lies_ahead_does_not_exist() -> None:
    assert watched(as_of="03-13T10:59").infusions == ()
    assert watched(as_of="03-13T11:00").infusions == ((1, INFUSION_1),)
    assert watched(treated=TWICE).infusions == ((1, INFUSION_1),)


class TestPart:
    def test_it_is_what_somebody_stated_by_then(self) -> None:
        later = attestation("study-part", "phase2", at="2026-03-19T09:00")
        assert watched(*FACTS, later, as_of="03-19T08:59").dose_limiting.part == "phase1"
        assert watched(*FACTS, later, as_of="03-19T09:00").dose_limiting.part == "phase2"

    def test_nobody_said_is_no_part(self) -> None:
        assert watched(*(each for each in FACTS if each != FACTS[1])).dose_limiting.part == ""


@settings(max_examples=12)
@given(order=st.permutations(FACTS))
def test_the_order_of_facts_never_shows(order: list[Reading | Completeness]) -> None:
    assert watched(*order) == watched()


class TestRetraction:
    def test_a_result_taken_back_is_as_if_it_had_never_been_recorded(self) -> None:
        assert watched(*without(ALT_RISE)).events != watched().events
        wrong = replace(ALT_RISE, status="entered-in-error")
        assert watched(*without(ALT_RISE), wrong) == watched(*without(ALT_RISE))

    def test_beside_the_record_before_it_leaves_its_event_as_history(self) -> None:
        event = the_event(watched(), ALT)
        gone = the_event(watched(*without(ALT_RISE), previous=watched()), ALT)
        assert (gone.id, gone.state) == (event.id, EventState.DISSOLVED)

    def test_nothing_else_changes(self) -> None:
        before, after = watched(), watched(*without(ALT_RISE), previous=watched())
        assert after.syndromes == before.syndromes
        assert after.dose_limiting == before.dose_limiting
        assert the_event(after, FEVER) == the_event(before, FEVER)


class TestCorrection:
    """The result an event began with is replaced by another one of the day before."""

    FIRST = watched(as_of="03-18")
    ID = the_event(FIRST, ALT).id
    CORRECTED = (*without(ALT_RISE), alt("500", "14T08:00"), alt("310", "15T08:00"))

    def test_an_event_keeps_its_id_while_it_shares_a_result(self) -> None:
        earlier = watched(*FACTS, alt("500", "14T08:00"), as_of="03-18", previous=self.FIRST)
        assert the_event(earlier, ALT).id == self.ID
        assert the_event(earlier, ALT).onset == "2026-03-14T08:00:00+01:00"
        assert the_event(watched(*FACTS, alt("500", "14T08:00"), as_of="03-18"), ALT).id != self.ID

    def test_what_a_person_said_of_it_goes_with_the_id(self) -> None:
        word = on_event(self.ID)
        before = watched(as_of="03-18", said=(word,), previous=self.FIRST)
        after = watched(*FACTS, alt("500", "14T08:00"), as_of="03-18", said=(word,), previous=before)
        assert the_event(after, ALT).judgement == word

    def test_an_event_nothing_is_left_of_is_dissolved_and_its_successor_unjudged(self) -> None:
        before = watched(as_of="03-18", said=(on_event(self.ID),), previous=self.FIRST)
        after = watched(*self.CORRECTED, as_of="03-18", said=(on_event(self.ID),), previous=before)
        states = {each.state: each for each in after.events if each.term == ALT}
        assert states[EventState.DISSOLVED].id == self.ID
        assert states[EventState.ONGOING].judgement is None

    def test_deriving_again_from_the_same_facts_says_the_same(self) -> None:
        once = watched(*self.CORRECTED, as_of="03-18", previous=self.FIRST)
        assert watched(*self.CORRECTED, as_of="03-18", previous=once) == once

    def test_looking_at_an_earlier_time_and_back_leaves_everything_as_it_was(self) -> None:
        now = watched(previous=watched())
        past = watched(as_of="03-14T12:00", previous=now)
        assert {each.state for each in past.events if each.term == ALT} == {EventState.DISSOLVED}
        again = watched(previous=past)
        assert {each.id: each.state for each in again.events} == {each.id: each.state for each in now.events}


WORDS: dict[str, tuple[Judgement, Judgement]] = {
    "syndrome": (on_syndrome(3), on_syndrome(2, when="03-19")),
    "event": (on_event(TestCorrection.ID), on_event(TestCorrection.ID, when="03-19", relatedness="unlikely")),
    "death": (on_death(), on_death("toxicity", when="03-19")),
    "counting": (on_counting(replaced=True), on_counting(replaced=False, when="03-19")),
}
SETTLED = on_syndrome(3, associated=False, when="03-17")
"""With this word the syndrome is not dose-limiting, and nobody is asked about it."""

DEAD = (*without(FACTS[0]), died("2026-03-17"))


def heard(*said: Judgement, as_of: str = "03-20") -> tuple[object, ...]:
    """What a record of a child who died makes of these words."""
    record = watched(*DEAD, as_of=as_of, said=said)
    limiting = record.dose_limiting
    return (
        the_episode(record).judgement,
        the_event(record, ALT).judgement,
        record.death,
        (limiting.evaluable, limiting.dose_limiting, limiting.replaced),
    )


class TestJudgements:
    @pytest.mark.parametrize("about", WORDS)
    def test_one_made_later_than_the_moment_looked_at_does_not_exist(self, about: str) -> None:
        word, _ = WORDS[about]
        settled = () if about == "syndrome" else (SETTLED,)
        assert heard(*settled, word, as_of="03-18T11:59") == heard(*settled, as_of="03-18T11:59")
        assert heard(*settled, word, as_of="03-18T12:00") != heard(*settled, as_of="03-18T12:00")

    @pytest.mark.parametrize("about", WORDS)
    def test_a_later_one_replaces_an_earlier_one(self, about: str) -> None:
        first, second = WORDS[about]
        settled = () if about == "syndrome" else (SETTLED,)
        assert heard(*settled, first, second) == heard(*settled, second)
        assert heard(*settled, first) != heard(*settled, second)

    def test_a_severe_syndrome_called_associated_is_dose_limiting(self) -> None:
        limiting = watched(said=(on_syndrome(3),)).dose_limiting
        assert (limiting.dose_limiting, limiting.evaluable) == (True, True)
        assert watched(said=(on_syndrome(3, associated=False),)).dose_limiting.dose_limiting is False

    def test_of_an_event_the_person_may_say_more_than_the_data(self) -> None:
        word = on_event(TestCorrection.ID, serious=True, criteria=("important",), aware="2026-03-16")
        event = the_event(watched(said=(word,)), ALT)
        assert event.judgement == word
        assert [name for name, _ in event.due] == ["SAE to the sponsor (investigator)"]

    def test_nobody_has_a_cause_of_death_who_is_not_dead(self) -> None:
        assert watched(said=(on_death(),)).death is None
        assert watched(*DEAD, said=(on_death(),)).death == on_death()


class TestEnding:
    def test_a_death_closes_the_window_and_is_an_event_of_its_own(self) -> None:
        treated = replace(TREATED, ending=Ending(day=date(2026, 3, 17), why="death"))
        record = watched(*DEAD, treated=treated, said=(SETTLED,))
        limiting = record.dose_limiting
        assert (limiting.state, limiting.evaluable) == (WindowState.CLOSED, None)
        assert limiting.why == "death on 2026-03-17, inside the window: named review"
        assert the_event(record, "Death").special_interest is SpecialInterest.DEATH
        assert record.ends == date(2026, 3, 17)

    def test_nobody_is_looked_for_after_the_last_day(self) -> None:
        missing = the_syndrome(watched(treated=WITHDRAWN)).missing
        assert missing == (date(2026, 3, 13), date(2026, 3, 15), date(2026, 3, 16), date(2026, 3, 17))

    @pytest.mark.parametrize("as_of", ["03-21", "04-30", "08-01"])
    def test_afterwards_time_alone_changes_nothing(self, as_of: str) -> None:
        first = watched(*without(FACTS[5]), as_of="03-18T00:00", treated=WITHDRAWN)
        later = watched(*without(FACTS[5]), as_of=as_of, treated=WITHDRAWN)
        assert later.evidence_digest == first.evidence_digest
        assert first.valid_until is None

    def test_a_death_nobody_dated_says_the_same_on_every_later_day(self) -> None:
        def told(day: str) -> tuple[str, date | None]:
            ending = Ending(day=at(day).date(), why="death", first=date.min, when="on an unknown day")
            record = watched(as_of=day, treated=replace(TREATED, ending=ending), said=(SETTLED,))
            return record.dose_limiting.why, record.ends

        words = "death on an unknown day, perhaps inside the window: named review"
        assert told("03-19") == told("03-20") == told("06-20") == (words, None)

    def test_the_day_that_ends_it_is_the_last_thing_that_changes(self) -> None:
        today = replace(TREATED, ending=Ending(day=date(2026, 3, 20), why="death"))
        assert watched(treated=today).valid_until == at("03-21T00:00")

    def test_an_ending_after_the_window_ends_nothing(self) -> None:
        late = replace(TREATED, ending=Ending(day=date(2026, 5, 1), why="leaving the study"))
        record, usual = watched(as_of="05-02", treated=late), watched(as_of="05-02")
        assert record.syndromes == usual.syndromes
        assert record.dose_limiting == usual.dose_limiting
        assert record.ends == date(2026, 5, 1)


class TestValidity:
    def test_an_open_window_grows_by_a_day_every_day(self) -> None:
        assert watched(as_of="03-18").valid_until == at("03-19T00:00")

    def test_a_reading_that_tells_no_more_comes_before_the_end_of_the_day(self) -> None:
        assert watched(as_of="03-14T20:30").valid_until == at("03-15T00:00")
        assert watched(as_of="03-14T08:30").valid_until == at("03-14T20:00")

    def test_after_the_window_nothing_changes_by_itself(self) -> None:
        assert watched(as_of="04-10T23:59").valid_until == at("04-11T00:00")
        assert watched(as_of="04-11T00:00").valid_until is None

    def test_before_the_first_infusion_nothing_does_either(self) -> None:
        assert watched(as_of="03-12").valid_until is None


class TestDigest:
    def test_the_same_evidence_derived_later_is_the_same_record(self) -> None:
        closed = watched(as_of="05-01")
        later = watched(as_of="05-02")
        assert later.as_of != closed.as_of
        assert later.evidence_digest == closed.evidence_digest

    def test_one_fact_less_is_another_record(self) -> None:
        assert watched(*without(PRESSOR)).evidence_digest != watched().evidence_digest

    def test_a_word_is_part_of_what_a_record_says(self) -> None:
        word = on_syndrome(2)
        assert watched(said=(word,)).evidence_digest != watched().evidence_digest
        other: EventJudgement = on_event("AE-of-nobody")
        assert watched(said=(other,)).evidence_digest == watched().evidence_digest
