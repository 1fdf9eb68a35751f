"""Scripted decisions are recorded once, each at its own moment. The present is 11 March 2026, noon."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from fhir_adapter.domain.review import ItemKind, ItemState, ReviewItem
from fhir_adapter.domain.scripted import ScriptedAnswer, ScriptedDecision, ScriptedEscalation
from fhir_adapter.domain.source import SubjectId
from fhir_adapter.ports.rows import Derivation
from fhir_adapter.sync.desk import Desk
from fhir_adapter.sync.replay import Replayed, ReplayEnd, replay_decisions
from tests.cohorts import the_rule
from tests.courses import a_regimen
from tests.fakes.faults import CrashError, Fuse, Fused
from tests.fakes.fixed_clock import FixedClock
from tests.fakes.memory_store import MemoryStore
from tests.reactions import later_part, observation_rule
from tests.safety_rules import safety_rule
from tests.store_samples import keep_subject
from tests.study import AS_OF, DIGEST, HOSPITAL, IDS, TRIAL, make_traits, make_trial

SAFETY = safety_rule(observation=observation_rule(deciders=("pi",), later=later_part()))
WHEN = AS_OF - timedelta(days=30)
JUDGED = {"grade": "2", "associated": "yes"}


class Bench:
    """A desk at which items wait for somebody."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.desk = Desk(
            store=self.store,
            clock=FixedClock(AS_OF),
            trial=replace(make_trial(), regimen=a_regimen(), escalation=the_rule(), safety=SAFETY),
            traits=make_traits(),
            ids=IDS,
            reading_digest=DIGEST,
            as_of=AS_OF,
        )

    def ask(self, patient: str, kind: ItemKind, details: dict[str, str], item: str) -> None:
        """Let an item wait about a patient."""
        subject = SubjectId(f"S-{patient}")
        known = {row.subject: row for row in self.store.records.subjects(TRIAL, HOSPITAL)}
        row = known.get(subject) or keep_subject(self.store, subject, patient, trial=TRIAL, hospital=HOSPITAL)
        waiting = ReviewItem(
            id=item,
            kind=kind,
            trial=TRIAL,
            subject=subject,
            asked="CRS_G2",
            digest="seen",
            opened_at=AS_OF,
            details=details,
        )
        self.store.records.commit("hand", Derivation(row=row, record=None, opened=(waiting,)), at=AS_OF)

    def replay(self, *script: ScriptedDecision) -> list[ReplayEnd]:
        """Replay a script and say how each decision ended."""
        return [each.end for each in self.told(*script)]

    def told(self, *script: ScriptedDecision) -> tuple[Replayed, ...]:
        """Replay a script."""
        return replay_decisions(self.desk, script, FixedClock)

    def made(self, patient: str) -> list[tuple[str, str, datetime]]:
        """What is on record about a patient: item, who, when."""
        return [(each.item, each.by, each.at) for each in self.store.records.decisions(SubjectId(f"S-{patient}"))]


@pytest.fixture
def bench() -> Bench:
    return fresh()


def fresh() -> Bench:
    """Two patients with a syndrome each."""
    place = Bench()
    place.ask("p1", ItemKind.SYNDROME, {"about": "CRS-1"}, "R-1")
    place.ask("p2", ItemKind.SYNDROME, {"about": "CRS-1"}, "R-2")
    return place


def answer(
    patient: str, *, about: str = "CRS-1", at: datetime = WHEN, by: str = "weber", **values: str
) -> ScriptedDecision:
    kind = ItemKind.ADVERSE_EVENT if "serious" in values else ItemKind.SYNDROME
    told = ScriptedAnswer(kind=kind, patient=patient, about=about, values=values or JUDGED)
    return ScriptedDecision(at=at, by=by, reason="seen at the bedside", decided=told)


def escalation(action: str, level: int | None = None, at: datetime = WHEN) -> ScriptedDecision:
    return ScriptedDecision(
        at=at, by="weber", reason="by the table", decided=ScriptedEscalation(action=action, level=level)
    )


def test_an_answer_is_recorded_as_of_its_own_moment(bench: Bench) -> None:
    assert bench.replay(answer("p1")) == [ReplayEnd.RECORDED]
    assert bench.made("p1") == [("R-1", "weber", WHEN)]
    assert bench.made("p2") == []


def test_the_same_script_again_records_nothing(bench: Bench) -> None:
    script = (
        answer("p1"),
        answer("p2", at=WHEN + timedelta(days=1)),
        escalation("WAIT", at=WHEN + timedelta(days=2)),
    )
    assert bench.replay(*script) == [ReplayEnd.RECORDED] * 3
    before = repr(bench.store.memory)
    assert bench.replay(*script) == [ReplayEnd.ON_RECORD] * 3
    assert repr(bench.store.memory) == before


def test_an_item_that_opens_again_is_not_answered_by_what_is_on_record(bench: Bench) -> None:
    bench.replay(answer("p1"))
    bench.ask("p1", ItemKind.SYNDROME, {"about": "CRS-1"}, "R-3")
    assert bench.replay(answer("p1")) == [ReplayEnd.ON_RECORD]
    assert [item for item, _, _ in bench.made("p1")] == ["R-1"]


def test_an_adverse_event_is_found_by_its_term(bench: Bench) -> None:
    details = {"about": "AE-1", "term": "Fever"}
    bench.ask("p1", ItemKind.ADVERSE_EVENT, details, "R-3")
    fever = answer("p1", about="Fever", serious="no", relatedness="unlikely")
    assert bench.replay(fever) == [ReplayEnd.RECORDED]
    assert [item for item, _, _ in bench.made("p1")] == ["R-3"]


def test_where_nothing_waits_nothing_is_recorded(bench: Bench) -> None:
    other = answer("p1", about="CRS-2")
    assert bench.replay(other) == [ReplayEnd.NOTHING_WAITS]
    assert bench.made("p1") == []


def test_an_answer_that_may_be_about_several_items_is_given_to_none(bench: Bench) -> None:
    for item in ("R-3", "R-4"):
        bench.ask("p1", ItemKind.ADVERSE_EVENT, {"about": f"AE-{item}", "term": "Fever"}, item)
    (told,) = bench.told(answer("p1", about="Fever", serious="no", relatedness="unlikely"))
    assert (told.end, told.why) == (
        ReplayEnd.REFUSED,
        "several items wait that the answer may be about: R-3, R-4",
    )
    assert bench.made("p1") == []


@pytest.mark.parametrize(
    ("decision", "why"),
    [
        (answer("p1", by="nobody"), "not listed"),
        (answer("p9"), "no subject answers"),
        (escalation("ESCALATE", 2), "level 1 is not finished"),
    ],
)
def test_what_a_person_may_not_decide_is_refused_and_the_rest_goes_on(
    bench: Bench, decision: ScriptedDecision, why: str
) -> None:
    refused, recorded = bench.told(decision, answer("p2"))
    assert (refused.end, recorded.end) == (ReplayEnd.REFUSED, ReplayEnd.RECORDED)
    assert why in refused.why


def test_a_decision_on_levels_is_recorded_as_of_its_own_moment(bench: Bench) -> None:
    assert bench.replay(escalation("WAIT")) == [ReplayEnd.RECORDED]
    (made,) = bench.store.records.escalation_decisions(TRIAL)
    assert (made.action, made.by, made.at) == ("WAIT", "weber", WHEN)


def test_a_crash_between_two_decisions_is_made_good_by_the_same_script(bench: Bench) -> None:
    """The process dies at every call in turn; a second replay completes the rest, and nothing stands twice."""
    script = (
        answer("p1"),
        escalation("WAIT", at=WHEN + timedelta(days=1)),
        answer("p2", at=WHEN + timedelta(days=2)),
    )
    number = 0
    while True:
        place = fresh()
        fuse = Fuse(number)
        try:
            replay_decisions(replace(place.desk, store=Fused(place.store, fuse)), script, FixedClock)
        except CrashError:
            pass
        else:
            break
        assert set(place.replay(*script)) <= {ReplayEnd.RECORDED, ReplayEnd.ON_RECORD}
        assert (len(place.made("p1")), len(place.made("p2"))) == (1, 1)
        assert len(place.store.records.escalation_decisions(TRIAL)) == 1
        states = [item.state for item in place.store.records.review_items(TRIAL, open_only=False)]
        assert states == [ItemState.DECIDED] * 2
        number += 1
    assert number > 20
