"""Proposing ICANS over time: domains together, episodes, what the hospital says, what holds of any facts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fhir_adapter.domain.astct.stated import Stated
from fhir_adapter.domain.facts import Fact
from fhir_adapter.domain.safety_model.syndrome_records import ProposalStatus, Syndrome
from fhir_adapter.domain.source import Completeness
from tests.builders import exposure, procedure, receipt
from tests.icans import CHILD, TEEN, capd, clock, ice, interval_at, level, problem, propose, rass, said, unable

AT = "2026-03-11T08:00"
NOW = "2026-03-11T09:00"


def test_the_highest_domain_drives_the_grade() -> None:
    assert said(propose(ice("5", AT), level("awakens-to-touch", AT), born=TEEN), NOW) == "G3 consciousness"
    assert said(propose(ice("1", AT), level("awakens-to-voice", AT), born=TEEN), NOW) == "G3 ice"


def test_a_domain_that_is_certain_settles_the_grade_another_leaves_open() -> None:
    facts = [capd("9", AT), level("awakens-to-touch", AT)]
    assert said(propose(*facts), NOW) == "G3 consciousness"
    assert said(propose(capd("9", AT), level("awakens-to-voice", AT)), NOW) == "G3 capd NEEDS_ATTESTATION"


def test_an_open_domain_that_can_be_higher_keeps_the_grade_open() -> None:
    assert said(propose(ice("1", AT), problem("seizure", AT), born=TEEN), NOW) == "G3..4 ice NEEDS_ATTESTATION"


def test_the_next_infusion_begins_an_episode_of_its_own() -> None:
    facts = [ice("5", "2026-03-10T08:00"), ice("10", "2026-03-11T08:00"), ice("2", "2026-03-15T08:00")]
    record = propose(*facts, born=TEEN, infused=("2026-03-09T10:00", "2026-03-14T10:00"))
    first, second = record.episodes
    assert (first.id, first.syndrome, first.grade, first.after_infusion) == ("ICANS-1", Syndrome.ICANS, 2, 1)
    assert (first.start, first.end) == (clock("2026-03-10T08:00"), clock("2026-03-11T08:00"))
    assert (second.id, second.grade, second.worst, second.end) == ("ICANS-2", 3, 3, None)
    assert not second.needs_attestation


def test_without_an_infusion_there_is_nothing_to_grade() -> None:
    for record in (propose(ice("2", AT), infused=()), propose(ice("2", AT), infused=("2026-03-21T10:00",))):
        assert (record.intervals, record.episodes, record.missing, record.notes) == ((), (), (), ())


def test_the_hospitals_own_grade_is_compared() -> None:
    concepts = ("icans", "icans-grade-3")
    told = problem("icans", AT, concepts=concepts)
    (episode,) = propose(ice("5", AT), told, born=TEEN).episodes
    assert episode.disagrees
    assert [link.grade for link in episode.reported] == [3]
    (agreed,) = propose(ice("2", AT), told, born=TEEN).episodes
    assert not agreed.disagrees


def test_a_reported_event_is_compared_like_a_problem() -> None:
    at = clock(AT)
    told = Stated(reference="AdverseEvent/1", first=at, last=at, grade=4, why="reported")
    (episode,) = propose(ice("5", AT), born=TEEN, stated=(told,)).episodes
    assert (episode.disagrees, episode.worst) == (True, 4)


@pytest.mark.parametrize(
    "incomplete",
    [
        receipt("Condition", complete=False),
        receipt("Condition", hidden=True),
        receipt("Condition", truncated=True),
    ],
)
def test_what_was_not_read_completely_is_said(incomplete: Completeness) -> None:
    record = propose(ice("10", AT), born=TEEN, receipts=(receipt("Observation"), incomplete))
    assert said(record, NOW) == "G0"
    assert record.notes == ("Condition was not read completely: a sign of neurotoxicity may be missing",)


def test_removing_one_result_changes_what_it_carried() -> None:
    facts = [ice("5", AT), ice("8", "2026-03-12T08:00")]
    assert said(propose(*facts, born=TEEN), NOW) == "G2 ice"
    without = propose(facts[1], born=TEEN)
    assert said(without, NOW) == "ungradable MISSING"
    assert said(without, "2026-03-12T09:00") == said(propose(*facts, born=TEEN), "2026-03-12T09:00") == "G1 ice"
    assert without.missing[2] == date(2026, 3, 11)


def test_a_proposal_points_to_what_it_rests_on() -> None:
    found = interval_at(propose(ice("5", AT, id_="score"), rass("0", AT, id_="alert"), born=TEEN), NOW)
    assert [each.reference for each in found.evidence] == ["Observation/alert", "Observation/score"]


_TIMES = st.sampled_from([
    None, "2026-03", "2026-03-08T08:00", "2026-03-09", "2026-03-09T10:00", AT, "2026-03-11", "2026-03-12T08:00",
])  # fmt: skip
_MORE: st.SearchStrategy[dict[str, Any]] = st.sampled_from([
    {}, {}, {"contested": True}, {"status": "preliminary"},
])  # fmt: skip


@st.composite
def any_fact(draw: st.DrawFn) -> Fact:
    at, more = draw(_TIMES), draw(_MORE)
    kind = draw(st.sampled_from(["ice", "capd", "rass", "level", "unable", "problem", "sedation", "drug"]))
    if kind in {"ice", "capd"}:
        sign = draw(st.sampled_from(["", "", "<", ">="]))
        total = f"{sign}{draw(st.integers(0, 10 if kind == 'ice' else 32))}"
        return ice(total, at, **more) if kind == "ice" else capd(total, at, **more)
    if kind == "rass":
        return rass(str(draw(st.integers(-5, 4))), at, **more)
    if kind == "level":
        answers = ["fully-alert", "awakens-to-voice", "awakens-to-touch", "unarousable", ""]
        return level(draw(st.sampled_from(answers)), at, **more)
    if kind == "unable":
        return unable(draw(st.sampled_from(["ice", "capd"])), at or AT)
    contested = bool(more)
    if kind == "problem":
        concepts = ["seizure", "deep-focal-weakness", "cerebral-oedema", "intracranial-haemorrhage", "tremor"]
        return problem(draw(st.sampled_from(concepts)), at, contested=contested)
    return (
        procedure("sedation", at, contested=contested)
        if kind == "sedation"
        else exposure("sedative-drug", at, contested=contested)
    )


_FACTS = st.lists(any_fact(), max_size=6)
_BORN = st.sampled_from([CHILD, TEEN, "2014", None])


@settings(max_examples=40)
@given(facts=_FACTS, born=_BORN)
def test_any_facts_give_intervals_without_a_hole_that_say_what_they_may(
    facts: list[Fact], born: str | None
) -> None:
    record = propose(*facts, born=born)
    assert record.intervals[0].start == clock("2026-03-09T10:00")
    assert record.intervals[-1].end is None
    for one, other in zip(record.intervals, record.intervals[1:], strict=False):
        assert one.end == other.start
    for each in record.intervals:
        assert each.grade is None or 0 <= each.grade <= each.worst <= 4
        assert (each.status is ProposalStatus.PROPOSED) == (each.reason is None) == (each.next_fact is None)
        assert (each.status is ProposalStatus.UNGRADABLE) == (each.grade is None)
        assert each.status is not ProposalStatus.PROPOSED or each.grade == each.worst
        assert bool(each.driver) == bool(each.grade)


@settings(max_examples=20)
@given(facts=_FACTS, born=_BORN)
def test_the_order_of_facts_never_matters(facts: list[Fact], born: str | None) -> None:
    assert propose(*facts, born=born) == propose(*reversed(facts), born=born)


@settings(max_examples=30)
@given(facts=_FACTS, total=st.integers(1, 10))
def test_a_lower_ice_never_gives_a_lower_grade(facts: list[Fact], total: int) -> None:
    other = [fact for fact in facts if fact.path != "Observation.value"]
    higher, lower = (
        interval_at(propose(*other, ice(str(each), AT), born=TEEN), NOW) for each in (total, total - 1)
    )
    assert higher.worst <= lower.worst
    assert lower.grade is None or (higher.grade or 0) <= lower.grade


def test_an_infusion_after_which_no_score_for_the_age_was_taken_was_never_assessed() -> None:
    baseline, wrong = capd("3", "2026-03-09T09:00"), ice("10", "2026-03-12T09:00")
    assert propose(baseline, wrong).unassessed == (1,)
    assert propose(baseline, capd("3", "2026-03-12T09:00")).unassessed == ()
    assert propose(unable("capd", "2026-03-12T09:00")).unassessed == ()
