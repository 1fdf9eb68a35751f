"""Participation never leaves the trial's graph; the adapter proposes, a named person commits."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fhir_adapter.domain.review import ItemKind
from fhir_adapter.errors import DecisionRefusedError
from fhir_adapter.sync.attest import AttestRequest, run_attest
from fhir_adapter.sync.move import MoveRequest, run_move
from tests.study import GRAPH, PARTICIPATION, condition, consent, haemoglobin, patient
from tests.ward import EVERYBODY, Ward, roster

Event = Callable[[Ward], Any]
COUNTER = iter(range(10**9))


def _move(to: str, by: str) -> Event:
    def event(ward: Ward) -> None:
        run_move(ward.desk, MoveRequest(subject="Patient/p1", to=to, by=by, reason="because"))

    return event


def _answer(accept: bool, by: str) -> Event:
    def event(ward: Ward) -> None:
        for item in ward.items():
            ward.answer(item.id, accept=accept, by=by)

    return event


def _attest(value: str) -> Event:
    def event(ward: Ward) -> None:
        ward.wait(minutes=1)
        run_attest(ward.desk, AttestRequest(subject="Patient/p1", link="I4", value=value, by="weber"))

    return event


def _edit(status: str) -> Event:
    def event(ward: Ward) -> None:
        if ward.written():
            ward.held.edit("ResearchSubject", ward.written()[0]["id"], status=status)

    return event


def _version() -> str:
    return str(1 + next(COUNTER) % 9)


EVENTS: list[Event] = [
    lambda ward: ward.give(condition("p1")),
    lambda ward: ward.give(condition("p1", verification="refuted", version="9")),
    lambda ward: ward.give(consent("p1", version=_version())),
    lambda ward: ward.give(consent("p1", status="inactive", version=_version())),
    lambda ward: ward.give(haemoglobin("p1", "99", version=_version())),
    lambda ward: ward.give(haemoglobin("p1", "44", version=_version())),
    lambda ward: ward.give(patient("p1", version="2", deceasedBoolean=True)),
    lambda ward: ward.sync(EVERYBODY),
    lambda ward: ward.sync(roster("p1")),
    lambda ward: ward.sync(roster("p1"), write=False),
    lambda ward: ward.wait(days=6),
    _attest("true"),
    _attest("false"),
    _answer(accept=True, by="weber"),
    _answer(accept=False, by="weber"),
    _answer(accept=True, by="guest"),
    _edit("on-study"),
    *(_move(to, "weber") for to in GRAPH),
    _move("eligible", "kurz"),
]


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(events=st.lists(st.sampled_from(EVENTS), max_size=14))
def test_no_sequence_of_events_leaves_the_graph_or_decides_for_a_person(events: list[Event]) -> None:
    ward = Ward(patient("p1"))
    ward.sync()
    for event in events:
        try:
            event(ward)
        except DecisionRefusedError:
            continue
    statuses = [None, *_path(ward)]
    for old, new in pairwise(statuses):
        assert new in (PARTICIPATION.automatic if old is None else GRAPH[old])
    assert ward.row("p1").status == statuses[-1]
    for entry in ward.store.records.audit_entries():
        if entry.who not in ward.traits.people:
            assert entry.action != "status" or entry.new in PARTICIPATION.automatic
    for queued in ward.memory_store.memory.intents:
        if queued.intent.resource_type == "ResearchSubject" and queued.intent.by is None:
            reached = queued.intent.body["status"]
            assert reached in PARTICIPATION.automatic or reached in _decided(ward)


def _path(ward: Ward) -> list[str]:
    """Every status the subject ever reached, in order."""
    changes = [
        (entry.old, entry.new)
        for entry in ward.store.records.audit_entries()
        if (entry.action == "status" or entry.action.startswith("decide-")) and entry.old != entry.new
    ]
    assert [old for old, _ in changes[1:]] == [new for _, new in changes[:-1]]
    return [new for _, new in changes if new is not None]


def _decided(ward: Ward) -> set[str | None]:
    return {entry.new for entry in ward.store.records.audit_entries() if entry.who in ward.traits.people}


def test_a_verdict_never_becomes_a_status_by_itself() -> None:
    ward = Ward(patient("p1"), condition("p1"), consent("p1"), haemoglobin("p1"))
    ward.sync(roster("p1"))
    _attest("true")(ward)
    for _ in range(3):
        ward.sync(roster("p1"))
    assert ward.item(ItemKind.ELIGIBILITY).asked == "ELIGIBLE"
    assert ward.written_of("p1")["status"] == "screening"
