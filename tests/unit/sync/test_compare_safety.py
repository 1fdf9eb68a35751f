"""What a correction changed in a safety record is shown, all of it, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fhir_adapter.domain.safety_model.event_records import EventOrigin, EventState, ReportedLink
from fhir_adapter.domain.safety_model.records import SafetyRecord
from fhir_adapter.domain.toxicity.result import GradeStatus
from fhir_adapter.sync.compare_safety import SafetyChange, compare_safety
from tests.reactions import verdict_on
from tests.stored_safety import safety


def link(reference: str, grade: int | None) -> ReportedLink:
    return ReportedLink(reference=reference, grade=grade, why="same term")


def changes(old: SafetyRecord | None, new: SafetyRecord | None) -> list[tuple[str, str | None, str | None]]:
    return [(each.kind, each.said.old, each.said.new) for each in compare_safety(old, new)]


def with_event(**changed: Any) -> SafetyRecord:
    """The record with something else said of its first event."""
    record = safety()
    return replace(record, events=(replace(record.events[0], **changed), *record.events[1:]))


def with_episode(**changed: Any) -> SafetyRecord:
    """The record with something else said of its first syndrome."""
    record = safety()
    syndrome = record.syndromes[0]
    episode = replace(syndrome.episodes[0], **changed)
    first = replace(syndrome, episodes=(episode, *syndrome.episodes[1:]))
    return replace(record, syndromes=(first, *record.syndromes[1:]))


def one(new: SafetyRecord) -> SafetyChange:
    (change,) = compare_safety(safety(), new)
    return change


def test_equal_records_have_no_change() -> None:
    assert changes(safety(), safety()) == []
    assert changes(None, None) == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"state": EventState.DISSOLVED}, "DISSOLVED"),
        ({"grade": 4, "at_least": True, "worst_possible": 4}, "at least grade 4, at worst 4"),
        ({"grade": None, "worst_possible": 4}, "not graded, at worst 4"),
        ({"onset": "2026-03-01"}, "2026-03-01"),
        ({"resolved": "2026-03-29"}, " to 2026-03-29"),
        ({"treatment_emergent": None, "worsened": False}, ", emergence not known"),
        ({"treatment_emergent": False, "worsened": False, "pre_existing": True}, ", there before treatment"),
        ({"worsened": False}, ", treatment-emergent"),
        ({"baseline_grade": 1}, ", grade 1 before treatment"),
        ({"expected": "something else"}, ", expected: something else"),
        ({"origin": EventOrigin.REPORTED}, ", reported"),
        (
            {"reported": (link("AdverseEvent/9", 3),)},
            " by AdverseEvent/9",
        ),
        ({"lineage": ("joined by AE-2",)}, ", joined by AE-2"),
    ],
    ids=[
        "state",
        "grade",
        "no grade",
        "onset",
        "end",
        "emergence not known",
        "before treatment",
        "no worse",
        "grade before",
        "expected",
        "origin",
        "reports",
        "lineage",
    ],
)
def test_whatever_is_said_of_an_event_shows_when_it_changes(changed: dict[str, Any], said: str) -> None:
    change = one(with_event(**changed))
    assert change.kind == "event"
    assert said in (change.said.new or "")
    assert said not in (change.said.old or "")


def test_a_judgement_that_is_gone_shows() -> None:
    """What a person said must never get lost unseen."""
    change = one(with_event(judgement=None))
    assert "judged serious" in (change.said.old or "")
    assert "judged" not in (change.said.new or "")


def test_an_event_that_is_new_has_nothing_before() -> None:
    record = safety()
    fewer = replace(record, events=record.events[1:])
    assert [(kind, before) for kind, before, _ in changes(fewer, record)] == [("event", None)]
    assert [(kind, now) for kind, _, now in changes(record, fewer)] == [("event", None)]


def test_the_worst_a_result_can_be_shows() -> None:
    record = safety()
    grade = replace(record.results[0].grade, status=GradeStatus.AT_LEAST, grade=1, worst=2)
    before = replace(record, results=(replace(record.results[0], grade=grade), *record.results[1:]))
    wider = replace(grade, worst=3)
    after = replace(record, results=(replace(record.results[0], grade=wider), *record.results[1:]))
    value = record.results[0].value
    assert changes(before, after) == [
        ("result", f"{value}: at least grade 1, at worst 2", f"{value}: at least grade 1, at worst 3")
    ]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"grade": 1, "worst": 1}, "proposed grade 1"),
        ({"end": None}, " to now"),
        ({"judgement": verdict_on(grade=3)}, "judged grade 3, associated"),
        ({"stands": True}, "judged grade 2, not associated;"),
        (
            {"reported": (link("Condition/9", 2),)},
            "the hospital: Condition/9 grade 2",
        ),
        (
            {"reported": (link("Condition/9", None),)},
            "the hospital: Condition/9 no grade",
        ),
    ],
    ids=["grade", "end", "associated", "stands again", "hospital", "hospital without grade"],
)
def test_whatever_is_said_of_a_syndrome_shows_when_it_changes(changed: dict[str, Any], said: str) -> None:
    change = one(with_episode(**changed))
    assert change.kind == "syndrome"
    assert said in (change.said.new or "")
    assert said not in (change.said.old or "")


@pytest.mark.parametrize(
    "changed",
    [{"part": "phase2"}, {"level": 0}, {"withheld": False}, {"events": ("CRS-9",)}, {"replaced": False}],
    ids=lambda changed: next(iter(changed)),
)
def test_whatever_decides_whether_a_subject_counts_shows_when_it_changes(changed: dict[str, Any]) -> None:
    record = safety()
    assert one(replace(record, dose_limiting=replace(record.dose_limiting, **changed))).kind == "dose-limiting"
