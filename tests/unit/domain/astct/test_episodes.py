"""One episode per infusion, what the hospital says beside it, and whether a judgement still stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from fhir_adapter.domain.astct.episodes import digest_episode, judged
from fhir_adapter.domain.moments import FhirDateTime
from fhir_adapter.domain.safety_model.judgements import SyndromeJudgement
from fhir_adapter.domain.safety_model.syndrome_records import SyndromeEpisode, SyndromeRecord
from tests.builders import diagnosis
from tests.crs import RATE, Given, given, named, propose, temperature, used
from tests.icans import clock

FEVER = temperature("38.5", "2026-03-10T08:00")
COOL = temperature("37.0", "2026-03-10T12:00")
NOREPINEPHRINE = given("norepinephrine", "2026-03-10T09:00/2026-03-10T11:00")
TWICE = ("2026-03-09T10:00", "2026-03-26T10:00")


def says(grade: int | None, since: str | None = "2026-03-10T09:00", **more: Any) -> Given:
    """A problem on the hospital's list; None = its code states no grade."""
    concepts = named("crs") if grade is None else named("crs", f"crs-grade-{grade}")
    return diagnosis("crs", since, id_=f"crs-{grade}-{since}", concepts=concepts, **more)


def only(record: SyndromeRecord) -> SyndromeEpisode:
    (episode,) = record.episodes
    return episode


def test_an_episode_reaches_from_the_first_grade_above_0_to_the_last() -> None:
    again = temperature("38.2", "2026-03-12T08:00")
    episode = only(propose(FEVER, COOL, NOREPINEPHRINE, again, temperature("37", "2026-03-12T10:00")))
    assert (episode.id, episode.after_infusion, episode.grade, episode.worst) == ("CRS-1", 1, 3, 3)
    assert (episode.start, episode.end) == (clock("2026-03-10T08:00"), clock("2026-03-12T10:00"))
    assert [each.grade for each in episode.intervals] == [1, 3, 1, 0, None, 1]
    assert not episode.needs_attestation  # nobody measured the night between, which asks nobody
    assert not episode.disagrees


def test_an_episode_that_goes_on_has_no_end() -> None:
    episode = only(propose(FEVER, as_of="2026-03-10T10:00"))
    assert (episode.end, episode.needs_attestation) == (None, False)


def test_a_stretch_without_a_temperature_is_no_episode_but_a_list_of_days() -> None:
    record = propose(COOL, as_of="2026-03-12T12:00")
    assert record.episodes == ()
    assert [day.isoformat() for day in record.missing] == ["2026-03-09", "2026-03-11"]


def test_each_infusion_has_an_episode_of_its_own() -> None:
    late = temperature("39", "2026-03-28T08:00")
    record = propose(FEVER, late, infused=TWICE, as_of="2026-03-28T09:00")
    assert [(each.id, each.start) for each in record.episodes] == [
        ("CRS-1", clock("2026-03-10T08:00")),
        ("CRS-2", clock("2026-03-28T08:00")),
    ]


@pytest.mark.parametrize(
    ("grade", "disagrees", "worst"),
    [(None, False, 1), (1, False, 1), (2, True, 2), (3, True, 3), (5, True, 4)],
)
def test_a_grade_of_the_hospital_that_differs_is_a_disagreement(
    grade: int | None, disagrees: bool, worst: int
) -> None:
    episode = only(propose(FEVER, COOL, says(grade)))
    assert (episode.grade, episode.disagrees, episode.worst) == (1, disagrees, worst)
    assert episode.needs_attestation is disagrees
    assert [(each.reference, each.grade) for each in episode.reported] == [
        (f"Condition/crs-{grade}-2026-03-10T09:00", grade)
    ]


def test_a_grade_the_proposal_leaves_possible_is_no_disagreement() -> None:
    oxygen = used("high-flow-oxygen", "2026-03-10T09:00/2026-03-10T11:00")
    episode = only(propose(FEVER, COOL, oxygen, says(3)))
    assert (episode.grade, episode.worst, episode.disagrees) == (3, 3, False)


@pytest.mark.parametrize("grade", [None, 2])
def test_what_the_hospital_alone_says_opens_an_episode_to_be_judged(grade: int | None) -> None:
    episode = only(propose(COOL, says(grade), as_of="2026-03-10T18:00"))
    assert (episode.grade, episode.worst, episode.intervals) == (0, grade or 0, ())
    assert (episode.disagrees, episode.needs_attestation) == (True, True)
    assert (episode.start, episode.end) == (clock("2026-03-10T09:00"), None)


def test_what_the_hospital_says_of_a_closed_window_ends_with_it() -> None:
    episode = only(propose(COOL, says(2), until="2026-03-11T00:00"))
    assert episode.end == clock("2026-03-11T00:00")


def test_what_was_said_of_the_day_of_the_infusion_begins_with_it() -> None:
    assert only(propose(says(2, "2026-03-09"))).start == clock("2026-03-09T10:00")


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"verification_status": "provisional"}, "verification status provisional"),
        ({"contested": True}, "two contents contest each other"),
    ],
)
def test_what_the_hospital_is_not_sure_of_is_shown_and_decides_nothing(more: dict[str, Any], why: str) -> None:
    episode = only(propose(FEVER, COOL, says(3, **more)))
    assert (episode.disagrees, episode.worst) == (False, 1)
    assert episode.reported[0].why == f"the hospital's problem list names it; {why}"


@pytest.mark.parametrize(
    "statement",
    [
        says(3, verification_status="refuted"),
        says(3, "2026-03-08"),
        says(3, "2026-03-21"),
    ],
)
def test_what_is_refuted_earlier_or_later_belongs_to_no_infusion(statement: Given) -> None:
    assert propose(COOL, statement).episodes == ()


def test_a_problem_is_placed_by_when_it_was_recorded_where_its_onset_is_not_stated() -> None:
    recorded = diagnosis("crs-grade-2", None, id_="late", recorded=clock_text("2026-03-10T09:00"))
    (link,) = only(propose(COOL, recorded)).reported
    assert (link.grade, link.why) == (
        2,
        "the hospital's problem list names it; by the day it was recorded",
    )


def test_what_was_recorded_after_the_window_without_an_onset_is_of_the_last_infusion_before() -> None:
    coded = diagnosis("crs-grade-3", None, id_="discharge", recorded=clock_text("2026-03-18T09:00"))
    episode = only(propose(FEVER, COOL, coded, until="2026-03-15T00:00"))
    assert (episode.grade, episode.worst, episode.disagrees) == (1, 3, True)
    alone = only(propose(COOL, coded, until="2026-03-15T00:00"))
    assert (alone.start, alone.worst, alone.needs_attestation) == (clock("2026-03-09T10:00"), 3, True)
    begun = diagnosis(
        "crs-grade-3", "2026-03-17", id_="begun", recorded=clock_text("2026-03-18T09:00")
    )  # its onset is stated, and lies behind the window
    assert propose(COOL, begun, until="2026-03-15T00:00").episodes == ()


def test_what_the_hospital_says_without_any_time_is_of_the_last_infusion() -> None:
    record = propose(COOL, says(3, None), infused=TWICE, as_of="2026-03-28T09:00")
    assert [(each.id, each.worst, each.disagrees) for each in record.episodes] == [("CRS-2", 3, True)]
    assert record.episodes[0].start == clock("2026-03-26T10:00")
    assert propose(says(3, None), infused=()).episodes == ()


def clock_text(text: str) -> FhirDateTime | None:
    effective = temperature("37", text).effective
    assert effective is not None
    return effective.start


def test_a_statement_after_the_second_infusion_is_of_the_second() -> None:
    record = propose(says(2, "2026-03-27"), infused=TWICE, as_of="2026-03-28T09:00")
    assert [each.id for each in record.episodes] == ["CRS-2"]


def decision(
    episode: SyndromeEpisode, grade: int, *, seen: str = "", at: str = "2026-03-15T09:00"
) -> SyndromeJudgement:
    return SyndromeJudgement(
        about=episode.id, by="dr-weber", at=clock(at), reason="", seen=seen, grade=grade, associated=True
    )


def test_a_judgement_stands_while_the_proposal_does_not_rise_above_it() -> None:
    before = only(propose(FEVER, COOL))
    after = only(propose(FEVER, COOL, NOREPINEPHRINE))
    assert judged(before, [decision(before, 0, seen=before.digest)]).stands
    assert judged(after, [decision(before, 3, seen=before.digest)]).stands
    assert not judged(after, [decision(before, 2, seen=before.digest)]).stands


def test_a_judgement_does_not_stand_where_the_hospital_said_a_higher_grade_later() -> None:
    before = only(propose(FEVER, COOL))
    after = only(propose(FEVER, COOL, says(3)))
    assert (after.grade, after.worst) == (1, 3)
    assert not judged(after, [decision(before, 1, seen=before.digest)]).stands
    assert not judged(after, [decision(before, 2, seen=before.digest)]).stands
    assert judged(after, [decision(before, 3, seen=before.digest)]).stands
    assert judged(after, [decision(after, 1, seen=after.digest)]).stands


def test_a_judgement_does_not_stand_where_a_higher_grade_became_possible_later() -> None:
    before = only(propose(FEVER, COOL))
    unended = given("norepinephrine", "2026-03-10T09:00", rate=RATE, status="unknown")
    after = only(propose(FEVER, COOL, unended))
    assert (after.grade, after.worst) == (1, 3)
    assert not judged(after, [decision(before, 1, seen=before.digest)]).stands


def test_what_was_called_not_associated_excuses_nothing_that_began_later() -> None:
    before = only(propose(FEVER, COOL, NOREPINEPHRINE))
    said = replace(decision(before, 3, seen=before.digest, at="2026-03-11T09:00"), associated=False)
    warm = temperature("38.2", "2026-03-12T08:00")
    again = given("norepinephrine", "2026-03-12T09:00/2026-03-12T11:00")
    cool = temperature("37", "2026-03-12T12:00")
    assert judged(only(propose(FEVER, COOL, NOREPINEPHRINE, warm, cool)), [said]).stands
    after = only(propose(FEVER, COOL, NOREPINEPHRINE, warm, again, cool))
    assert not judged(after, [said]).stands
    assert judged(after, [replace(said, associated=True)]).stands


def test_the_latest_judgement_of_the_episode_counts() -> None:
    episode = only(propose(FEVER, COOL))
    first = decision(episode, 2)
    second = decision(episode, 1, at="2026-03-16T09:00")
    other = replace(first, about="CRS-2")
    assert judged(episode, [second, first, other]).judgement == second
    assert judged(episode, [other]) == episode
    at_once = replace(second, grade=0)
    assert judged(episode, [second, at_once]).judgement == at_once
    assert judged(episode, [second]).stands


def test_the_digest_changes_with_a_grade_and_not_with_a_reading_that_changes_none() -> None:
    episode = only(propose(FEVER, COOL))
    assert only(propose(FEVER, COOL, temperature("38.6", "2026-03-10T09:00"))).digest == episode.digest
    assert only(propose(FEVER, COOL, as_of="2026-03-19T12:00")).digest == episode.digest
    assert only(propose(FEVER, COOL, NOREPINEPHRINE)).digest != episode.digest
    assert only(propose(FEVER, COOL, says(1))).digest != episode.digest
    assert (
        digest_episode(replace(episode, end=datetime(2026, 3, 19, tzinfo=episode.start.tzinfo))) == episode.digest
    )
