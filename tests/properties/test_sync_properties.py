"""Sync twice is sync once, order does not matter, and a crash anywhere leaves no trace after the next run."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fhir_adapter.domain.review import ItemKind, ItemState
from fhir_adapter.domain.safety_model.event_records import EventState
from fhir_adapter.domain.source import PersonKey
from fhir_adapter.errors import DecisionRefusedError
from fhir_adapter.sync.attest import AttestRequest, run_attest
from fhir_adapter.sync.move import MoveRequest, run_move
from tests.fakes.faults import CrashError, Fuse, Fused
from tests.guarded_ward import (
    ALONE,
    SICK,
    administered,
    alt,
    cells,
    decide,
    guard,
    temperature,
    watching_ward,
)
from tests.study import condition, consent, haemoglobin, patient, whole_patient
from tests.treated_ward import DAY_ZERO, answered, fludarabine, height, infused, weight
from tests.ward import Ward, roster

Step = Callable[[Ward], Any]


def story() -> list[Step]:
    """From a candidate to an accepted verdict, a dose, cells and what followed, corrections and a withdrawal."""
    return [
        lambda ward: ward.sync(roster("p1", "p2", "p3", "nobody")),
        lambda ward: ward.give(consent("p2"), haemoglobin("p3", "64")),
        lambda ward: ward.sync(roster("p1", "p2", "p3")),
        lambda ward: run_attest(
            ward.desk, AttestRequest(subject="Patient/p1", link="I4", value="true", by="weber", reason="asked")
        ),
        lambda ward: run_attest(
            ward.desk, AttestRequest(subject="Patient/p1", link="planned-day-0", value=DAY_ZERO, by="weber")
        ),
        lambda ward: run_attest(
            ward.desk, AttestRequest(subject="Patient/p1", link="dose-level", value="1", by="weber")
        ),
        _accept,
        lambda ward: ward.held.edit(
            "ResearchSubject", ward.written_of("p2")["id"], status="eligible", assignedArm="A"
        ),
        lambda ward: ward.give(
            haemoglobin("p1", "62", version="2"),
            fludarabine("p1", "2080"),
            cells(),
            *SICK,
            consent("p2", status="inactive", version="2"),
            patient("p3", version="2", link=[{"other": {"reference": "Patient/p4"}, "type": "replaced-by"}]),
            patient("p4"),
            condition("p4"),
        ),
        lambda ward: ward.wait(days=5),
        lambda ward: ward.sync(roster("p1", "p2", "p3")),
        _judge,
        lambda ward: ward.give(alt("30", "03-15T08", version="2"), administered(*ALONE)),
        lambda ward: run_move(
            ward.desk, MoveRequest(subject="Patient/p1", to="pending-on-study", by="weber", reason="slot")
        ),
        lambda ward: ward.sync(roster("p1", "p2", "p3")),
    ]


def _accept(ward: Ward) -> None:
    subject = ward.row("p1").subject
    (item,) = [each for each in ward.items(ItemKind.ELIGIBILITY, open_only=False) if each.subject == subject][-1:]
    ward.answer(item.id)


def _judge(ward: Ward) -> None:
    (item,) = ward.items(ItemKind.SYNDROME, open_only=False)
    if item.state is ItemState.OPEN:  # it was recorded before the crash: a second answer would be a correction
        decide(ward, item, grade="3", associated="yes")


def begin() -> Ward:
    child = (*whole_patient("p1"), weight("p1"), height("p1"))
    return watching_ward(*child, patient("p2"), condition("p2"), patient("p3"), haemoglobin("p9"))


def run(fuse: Fuse) -> tuple[Ward, int]:
    """Tell the story; what crashes is done again, as a user would. Gives the ward and the crashes."""
    ward, crashes = begin(), 0
    plain = (ward.store, ward.source, ward.sink)
    for step in story():
        ward.store, ward.source, ward.sink = (Fused(port, fuse) for port in plain)
        try:
            step(ward)
        except CrashError:
            crashes += 1
            ward.store, ward.source, ward.sink = plain
            with suppress(DecisionRefusedError):  # it was recorded before the crash
                step(ward)
    ward.store, ward.source, ward.sink = plain
    ward.sync(roster("p1", "p2", "p3"))
    return ward, crashes


def snapshot(ward: Ward) -> dict[str, Any]:
    """Everything that must be the same, without run ids, times, server ids and what only says when."""
    memory = ward.memory_store.memory
    patients = {key: name for (_, name), key in memory.persons.items()}
    last_receipts = {(each.resource_type, each.identifier): each for _, each in memory.receipts}
    return {
        "facts": sorted(str((kept.reading, kept.digest)) for kept in memory.readings),
        "completeness": sorted(
            str((patients[person], replace(receipt, run="", read_at="")))
            for person, receipt, _ in memory.completeness
        ),
        "subjects": [
            replace(row, touched=False, person=PersonKey(0)) for row in ward.store.records.subjects(ward.trial.id)
        ],
        "records": [(each.record.subject, each.version, each.record.evidence_digest) for each in memory.records],
        "treatments": [(each.record.subject, each.version, each.record) for each in memory.treatments],
        "safety": [(each.record.subject, each.version, repr(each.record)) for each in memory.safety],
        "frozen": memory.freezes,
        "items": sorted((item.id, item.kind, item.state, item.asked) for item in memory.items),
        "decisions": [
            (each.item, each.subject, dict(each.values), each.by, each.seen) for each in memory.decisions
        ],
        "audit": sorted(str(entry) for entry in memory.audit),
        "receipts": sorted(
            str((key, each.owned, each.kept)) for key, each in last_receipts.items() if key[0] != "Provenance"
        ),
        "waiting": len(ward.store.outbox.pending(ward.trial.id, ward.traits.id)),
        "resources": sorted(str(_nameless(body, ward)) for body in ward.held.held.values()),
    }


def _nameless(body: Any, ward: Ward) -> Any:
    """Server ids by what they name."""
    names = {name: f"{kind}-{_identity(held)}" for (kind, name), held in ward.held.held.items()}
    if isinstance(body, dict):
        return {key: _nameless(value, ward) for key, value in body.items() if key != "recorded"}
    if isinstance(body, list):
        return [_nameless(value, ward) for value in body]
    text = str(body)
    for name in sorted(names, key=len, reverse=True):
        if text == name or text.endswith(f"/{name}") or f"/{name}/" in text:
            return text.replace(name, names[name])
    return text


def _identity(body: dict[str, Any]) -> str:
    entries = body.get("identifier") or body["meta"]["tag"]
    return str(entries[0].get("value") or entries[0].get("code"))


FUSE = Fuse()
UNDISTURBED, _ = run(FUSE)
EXPECTED = snapshot(UNDISTURBED)
LENGTH = FUSE.calls


def test_the_story_has_everything_in_it() -> None:
    kinds = {item.kind for item in UNDISTURBED.items(open_only=False)}
    assert kinds >= {
        ItemKind.ELIGIBILITY,
        ItemKind.FROZEN_EVIDENCE,
        ItemKind.CONSENT_WITHDRAWN,
        ItemKind.PATIENT_MERGED,
        ItemKind.TREATMENT,
        ItemKind.SYNDROME,
        ItemKind.ADVERSE_EVENT,
    }
    assert len(UNDISTURBED.memory_store.memory.treatments) > 1
    last = guard(UNDISTURBED)
    assert last.dose_limiting.dose_limiting is True
    assert {each.state for each in last.events} >= {EventState.DISSOLVED, EventState.RESOLVED}
    assert [plan["status"] for plan in UNDISTURBED.written("CarePlan")] == ["draft"]
    assert {body["status"] for body in UNDISTURBED.written()} == {"pending-on-study", "eligible", "candidate"}


def test_another_run_with_nothing_new_changes_nothing() -> None:
    ward, _ = run(Fuse())
    writes = list(ward.held.writes)
    ward.sync(roster("p1", "p2", "p3"))
    assert snapshot(ward) == EXPECTED
    assert ward.held.writes == writes


def _crash_at(number: int, *, after: bool) -> None:
    fuse = Fuse(number, after=after)
    ward, crashes = run(fuse)
    assert crashes == 1, "the fuse was placed beyond the story"
    assert snapshot(ward) == EXPECTED, f"after a crash {'after' if after else 'before'} {fuse.names[number]}"


@pytest.mark.parametrize("number", range(0, LENGTH, 23))
def test_a_crash_before_some_calls_leaves_no_trace_after_the_next_run(number: int) -> None:
    _crash_at(number, after=False)


@pytest.mark.parametrize("number", range(12, LENGTH, 23))
def test_a_crash_after_some_calls_leaves_no_trace_after_the_next_run(number: int) -> None:
    _crash_at(number, after=True)


@pytest.mark.slow
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_crash_at_any_call_leaves_no_trace_after_the_next_run(after: bool) -> None:
    for number in range(LENGTH):
        _crash_at(number, after=after)


RESOURCES = [
    *whole_patient("p1"),
    *whole_patient("p2", birth="2009-01-01"),
    haemoglobin("p2", "70", version="2"),
    haemoglobin("p2", "70", version="2"),
    haemoglobin("p1", status="entered-in-error", version="3"),
    patient("p3", link=[{"other": {"reference": "Patient/p1"}, "type": "replaced-by"}]),
    {**haemoglobin("p3", "90"), "id": "p3-late"},
    *infused("p2", "Patient/p4", day="2026-03-10"),
    fludarabine("p2", day="2026-03-08"),
    fludarabine("p2", day="2026-03-08"),
    weight("p2"),
    answered("p2"),
    alt("30", "03-05T08", name="p2"),
    alt("300", "03-11T08", name="p2"),
    temperature("39.1", "03-11T07", name="p2"),
    administered("norepinephrine", "03-11T06", "03-11T08", name="p2"),
]


def _result(resources: list[Any], page_size: int) -> dict[str, Any]:
    ward = watching_ward(*resources, page_size=page_size)
    report = ward.sync()
    told = snapshot(ward)
    told["counts"] = report.as_dict()["counts"]
    return told


def test_what_is_read_in_any_order_has_treatment_in_it() -> None:
    result = _result(RESOURCES, 3)
    assert result["treatments"]
    assert "CRS-1" in str(result["safety"])
    assert any(kind is ItemKind.ADVERSE_EVENT for _, kind, _, _ in result["items"])


@settings(deadline=None, max_examples=16, suppress_health_check=[HealthCheck.too_slow])
@given(order=st.permutations(RESOURCES), page_size=st.integers(min_value=1, max_value=20))
def test_the_order_of_pages_and_resources_does_not_matter(order: list[Any], page_size: int) -> None:
    assert _result(order, page_size) == _result(RESOURCES, 3)
