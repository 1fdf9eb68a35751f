"""Signs recorded as problems: seizures, weakness, oedema; and what is no part of the syndrome."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import during, moment
from tests.icans import TEEN, ice, interval_at, problem, propose, rass, said

AT = "2026-03-11T08:00"
NOW = "2026-03-11T09:00"


@pytest.mark.parametrize(
    ("concept", "expected"),
    [
        ("seizure", "G3..4 seizure NEEDS_ATTESTATION"),
        ("status-epilepticus", "G4 seizure"),
        ("deep-focal-weakness", "G4 motor"),
        ("cerebral-oedema", "G3..4 oedema NEEDS_ATTESTATION"),
        ("cerebral-oedema-focal", "G3 oedema"),
        ("raised-intracranial-pressure", "G4 oedema"),
    ],
)
def test_a_sign_on_record_has_its_own_grade(concept: str, expected: str) -> None:
    assert said(propose(problem(concept, AT)), NOW) == expected


def test_a_sign_counts_beside_a_full_score() -> None:
    record = propose(ice("10", "2026-03-11T07:00"), problem("deep-focal-weakness", AT), born=TEEN)
    assert said(record, NOW) == "G4 motor"


def test_a_sign_counts_in_a_sedated_patient() -> None:
    record = propose(rass("-4", AT), problem("status-epilepticus", AT), born=TEEN)
    assert said(record, NOW) == "G4 seizure"
    assert said(propose(rass("-4", AT), problem("cerebral-oedema-focal", AT)), NOW) == (
        "G3..4 oedema NEEDS_ATTESTATION"
    )


@pytest.mark.parametrize(
    ("lasted", "expected"),
    [
        ("2026-03-11T08:00/2026-03-11T08:05", "G3 seizure"),
        ("2026-03-11T08:00/2026-03-11T08:05:01", "G4 seizure"),
        ("2026-03-11T08:00/", "G3..4 seizure NEEDS_ATTESTATION"),
        ("2026-03-11/2026-03-11", "G3..4 seizure NEEDS_ATTESTATION"),
    ],
)
def test_a_seizures_recorded_duration_tells_its_grade(lasted: str, expected: str) -> None:
    assert said(propose(problem("seizure", AT, onset=during(lasted))), NOW) == expected


def test_the_next_fact_is_how_long_the_seizure_lasted() -> None:
    found = interval_at(propose(problem("seizure", AT)), NOW)
    assert found.next_fact == "how long the seizure lasted, and whether it repeated without return to baseline"
    assert [each.role for each in found.evidence] == ["seizure"]


def test_a_seizure_speaks_for_a_day_or_as_long_as_it_lasted() -> None:
    record = propose(problem("status-epilepticus", AT, abatement=during("2026-03-11T08:30")))
    assert said(record, "2026-03-12T07:59") == "G4 seizure"
    assert said(record, "2026-03-12T08:00") == "ungradable MISSING"
    longer = propose(problem("status-epilepticus", AT, abatement=during("2026-03-13T08:30")))
    assert said(longer, "2026-03-13T08:29") == "G4 seizure"
    assert said(propose(problem("status-epilepticus", AT)), "2026-03-12T08:00") == "ungradable MISSING"


@pytest.mark.parametrize(
    ("end", "last"),
    [
        ({}, None),
        ({"abated": True}, None),
        ({"abatement": during("2026-03-12T08:00")}, "2026-03-12T07:59"),
        ({"abatement": during("2026-03-12T06:00/2026-03-12T08:00")}, "2026-03-12T07:59"),
        ({"onset": during("2026-03-11T08:00/2026-03-12T08:00")}, "2026-03-12T07:59"),
        ({"abatement": during("2026-03-12")}, "2026-03-12T23:59"),
    ],
)
def test_a_state_lasts_until_its_recorded_end(end: dict[str, Any], last: str | None) -> None:
    record = propose(problem("deep-focal-weakness", AT, **end))
    (episode,) = record.episodes
    if last is None:
        assert episode.end is None
    else:
        assert said(record, last) == "G4 motor"
        assert said(record, "2026-03-13T00:00" if "23:59" in last else "2026-03-12T08:00") == "ungradable MISSING"


def test_a_sign_that_began_before_the_first_infusion_does_not_count() -> None:
    record = propose(problem("deep-focal-weakness", "2026-03-08"))
    assert record.episodes == ()
    assert record.notes == ("deep focal weakness began before the first infusion: not counted",)


def test_a_sign_of_the_infusions_day_may_lie_before_it() -> None:
    record = propose(problem("deep-focal-weakness", "2026-03-09"))
    assert said(record, "2026-03-09T10:00") == "G4 motor PARTIAL_DATE"


def test_a_sign_that_ended_on_its_day_is_still_seen() -> None:
    ended = problem("deep-focal-weakness", "2026-03-09", abatement=during("2026-03-09T10:00"))
    assert said(propose(ended), "2026-03-09T12:00") == "G4 motor PARTIAL_DATE"


def test_a_sign_dated_by_month_is_open() -> None:
    assert said(propose(problem("deep-focal-weakness", "2026-03")), NOW) == "G4 motor PARTIAL_DATE"


def test_a_sign_without_onset_is_placed_by_when_it_was_recorded() -> None:
    record = propose(problem("deep-focal-weakness", None, recorded=moment(AT)))
    assert said(record, NOW) == "G4 motor"


def test_a_sign_without_any_date_is_said_and_not_placed() -> None:
    record = propose(problem("seizure", None), problem("tremor", None))
    assert record.episodes == ()
    assert record.notes == ("seizure without a date: not placed",)


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"verification_status": "provisional"}, "G4 motor NEEDS_ATTESTATION"),
        ({"verification_status": None}, "G4 motor"),
        ({"verification_status": "refuted"}, "ungradable MISSING"),
        ({"contested": True}, "ungradable..4 CONFLICTING"),
    ],
)
def test_a_sign_decides_only_where_it_is_sure(more: dict[str, Any], expected: str) -> None:
    assert said(propose(problem("deep-focal-weakness", AT, **more)), NOW) == expected


def test_a_sign_ahead_of_the_present_does_not_exist() -> None:
    assert propose(problem("seizure", AT), as_of="2026-03-11T07:59").episodes == ()


@pytest.mark.parametrize("concept", ["cerebral-oedema", "cerebral-oedema-focal", "raised-intracranial-pressure"])
def test_oedema_beside_a_haemorrhage_is_no_part_of_the_grade(concept: str) -> None:
    record = propose(problem(concept, AT), problem("intracranial-haemorrhage", "2026-03-10"))
    assert said(record, NOW) == "ungradable MISSING"
    assert record.notes[-1] == "intracranial haemorrhage is on record and no part of the grade"
    assert record.notes[0].endswith("not counted: intracranial haemorrhage is on record")


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"verification_status": "provisional"}, "G3 oedema NEEDS_ATTESTATION"),
        ({"contested": True}, "G3 oedema NEEDS_ATTESTATION"),
        ({"verification_status": "refuted"}, "G3 oedema"),
        ({"abatement": during("2026-03-10T20:00")}, "G3 oedema"),
    ],
)
def test_a_haemorrhage_takes_oedema_out_only_where_it_is_sure(more: dict[str, Any], expected: str) -> None:
    bleeding = problem("intracranial-haemorrhage", "2026-03-10T08:00", **more)
    assert said(propose(problem("cerebral-oedema-focal", AT), bleeding), NOW) == expected


def test_a_haemorrhage_after_the_oedema_was_over_leaves_it() -> None:
    oedema = problem("cerebral-oedema-focal", AT, abatement=during("2026-03-11T12:00"))
    bleeding = problem("intracranial-haemorrhage", "2026-03-12T08:00")
    assert said(propose(oedema, bleeding), NOW) == "G3 oedema"


@pytest.mark.parametrize("concept", ["intracranial-haemorrhage", "tremor", "myoclonus"])
def test_what_is_excluded_is_said_and_grades_nothing(concept: str) -> None:
    record = propose(problem(concept, AT))
    assert said(record, NOW) == "ungradable MISSING"
    assert record.notes == (f"{concept.replace('-', ' ')} is on record and no part of the grade",)
    assert propose(problem(concept, "2026-03-08")).notes == ()
