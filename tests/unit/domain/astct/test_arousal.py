"""Levels of consciousness: they count only where they are depressed and no sedation explains it."""

from __future__ import annotations

import pytest

from fhir_adapter.domain.facts import Fact
from tests.builders import exposure, procedure
from tests.icans import TEEN, ice, interval_at, level, propose, rass, said

AT = "2026-03-11T08:00"
NOW = "2026-03-11T09:00"
FULL = ice("10", AT)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("fully-alert", "G0"),
        ("awakens-spontaneously", "G1 consciousness"),
        ("awakens-to-voice", "G2 consciousness"),
        ("awakens-to-touch", "G3 consciousness"),
        ("unarousable", "G4 consciousness"),
    ],
)
def test_a_level_in_words_has_its_grade(answer: str, expected: str) -> None:
    assert said(propose(FULL, level(answer, AT), born=TEEN), NOW) == expected


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("4", "G0"),
        ("1", "G0"),
        ("0", "G0"),
        ("-1", "G1 consciousness"),
        ("-2", "G2 consciousness"),
        ("-3", "ungradable..4 NEEDS_ATTESTATION"),
        ("-5", "ungradable..4 NEEDS_ATTESTATION"),
    ],
)
def test_the_sedation_scale_has_grades_above_the_sedated_state(number: str, expected: str) -> None:
    assert said(propose(FULL, rass(number, AT), born=TEEN), NOW) == expected


def test_a_sedated_state_says_what_would_settle_it() -> None:
    sedation = procedure("sedation", AT)
    found = interval_at(propose(rass("-4", AT), sedation, born=TEEN), NOW)
    assert found.next_fact == "a neurological assessment without sedation, or a person's judgement"
    assert f"sedated {AT}:00+01:00: a sedated state is no grade" in found.notes


def test_without_sedation_on_record_nobody_is_called_sedated() -> None:
    deep = f"deeply depressed {AT}:00+01:00 and no sedation on record: "
    for facts in ((rass("-4", AT),), (rass("-4", AT), ice("0", AT))):
        notes = interval_at(propose(*facts, born=TEEN), NOW).notes
        assert f"{deep}a person says whether it is sedation or neurotoxicity" in notes
        assert not any(note.startswith("sedated") for note in notes)


def test_an_awake_child_without_a_score_is_not_assessed() -> None:
    assert said(propose(rass("0", AT)), NOW) == "ungradable MISSING"


def test_a_depressed_level_counts_without_a_score_and_says_what_is_missing() -> None:
    record = propose(level("awakens-to-voice", AT))
    assert said(record, NOW) == "G2 consciousness"
    assert interval_at(record, NOW).notes == ("no ICE or CAPD for this time",)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("awakens-spontaneously", "G0"),
        ("awakens-to-voice", "G0"),
        ("awakens-to-touch", "ungradable..4 NEEDS_ATTESTATION"),
        ("unarousable", "ungradable..4 NEEDS_ATTESTATION"),
    ],
)
def test_sedation_explains_a_depressed_level(answer: str, expected: str) -> None:
    sedative = exposure("sedative-drug", "2026-03-11T09:30")
    facts: list[Fact] = [FULL, level(answer, "2026-03-11T12:30"), sedative]
    record = propose(*facts, born=TEEN)
    assert said(record, "2026-03-11T13:00") == expected
    note = "depressed consciousness 2026-03-11T12:30:00+01:00 not counted: sedation explains it"
    assert record.notes == ((note,) if expected == "G0" else ())


def test_of_levels_of_one_moment_the_worst_counts_and_a_person_settles_it() -> None:
    record = propose(FULL, level("fully-alert", AT), rass("-2", AT), born=TEEN)
    assert said(record, NOW) == "G2 consciousness CONFLICTING"
    assert said(propose(FULL, rass("-2", AT), level("unarousable", AT), born=TEEN), NOW) == (
        "G4 consciousness CONFLICTING"
    )
    assert said(propose(FULL, rass("-4", AT), level("fully-alert", AT), born=TEEN), NOW) == (
        "ungradable..4 NEEDS_ATTESTATION"
    )


@pytest.mark.parametrize(("number", "worst"), [("-2", "2"), ("-4", "4")])
def test_a_contested_level_never_decides(number: str, worst: str) -> None:
    record = propose(FULL, rass(number, AT, contested=True), born=TEEN)
    assert said(record, NOW) == f"ungradable..{worst} CONFLICTING"


def test_a_contested_level_tells_no_scores_meaning() -> None:
    record = propose(ice("0", AT), level("fully-alert", AT, contested=True), born=TEEN)
    assert said(record, NOW) == "G3..4 ice NEEDS_ATTESTATION"


def test_a_level_that_cannot_be_read_is_said_and_not_used() -> None:
    facts = [FULL, level("", AT), rass("<0", AT)]
    record = propose(*facts, born=TEEN)
    assert said(record, NOW) == "G0"
    note = f"level of consciousness {AT}:00+01:00 not used: its answer is not mapped"
    assert record.notes == (note,)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-03-11T04:00", "G3 ice"),
        ("2026-03-11T12:00", "G3 ice"),
        ("2026-03-11T03:59", "G3..4 ice NEEDS_ATTESTATION"),
        ("2026-03-11T12:01", "G3..4 ice NEEDS_ATTESTATION"),
    ],
)
def test_a_level_within_4_hours_tells_a_scores_meaning(at: str, expected: str) -> None:
    assert said(propose(ice("0", AT), level("fully-alert", at), born=TEEN), "2026-03-11T08:30") == expected


def test_the_nearest_level_tells_a_scores_meaning_and_of_equally_near_ones_the_worst() -> None:
    awake, deep = level("fully-alert", "2026-03-11T07:00"), level("unarousable", "2026-03-11T09:00")
    assert said(propose(ice("0", AT), awake, deep, born=TEEN), "2026-03-11T08:30") == "G4 ice"
    nearer = level("fully-alert", "2026-03-11T07:30")
    assert said(propose(ice("0", AT), nearer, deep, born=TEEN), "2026-03-11T08:30") == "G3 ice"
    sedated = rass("-4", "2026-03-11T09:00")
    assert said(propose(ice("0", AT), awake, sedated, born=TEEN), "2026-03-11T08:30") == (
        "ungradable..4 NEEDS_ATTESTATION"
    )


def test_a_depressed_level_stands_until_the_next_record_of_it() -> None:
    facts = [FULL, level("awakens-to-voice", "2026-03-11T10:00"), rass("0", "2026-03-11T11:00")]
    record = propose(*facts, born=TEEN)
    assert said(record, "2026-03-11T10:59") == "G2 consciousness"
    assert said(record, "2026-03-11T11:00") == "G0"


def test_a_depressed_level_that_has_held_ends_with_the_next_score() -> None:
    facts = [level("awakens-to-voice", AT), ice("10", "2026-03-11T09:00"), ice("10", "2026-03-11T14:00")]
    record = propose(*facts, born=TEEN)
    assert said(record, "2026-03-11T13:59") == "G2 consciousness"
    assert said(record, "2026-03-11T14:00") == "G0"


def test_a_depressed_level_stands_where_nobody_looked_again() -> None:
    record = propose(level("awakens-to-voice", AT))
    assert said(record, "2026-03-19T08:00") == "G2 consciousness"
    assert record.intervals[-1].end is None


def test_a_level_before_the_first_infusion_is_no_sign() -> None:
    record = propose(FULL, level("unarousable", "2026-03-09T09:59"), born=TEEN)
    assert said(record, "2026-03-09T10:00") == "ungradable MISSING"
    assert record.notes == ()


def test_a_level_of_the_infusions_day_may_lie_before_it() -> None:
    record = propose(level("awakens-to-voice", "2026-03-09"))
    assert said(record, "2026-03-09T10:00") == "G2 consciousness PARTIAL_DATE"


def test_recorded_sedation_takes_the_grade_away() -> None:
    done = procedure("sedation", "2026-03-11T07:00/2026-03-11T07:30")
    assert said(propose(ice("5", AT), done, born=TEEN), NOW) == "ungradable..4 NEEDS_ATTESTATION"
