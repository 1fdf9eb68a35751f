"""What an ICE or a CAPD total says of the grade: every boundary, baselines, censored and differing totals."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fhir_adapter.domain.facts import Fact
from fhir_adapter.domain.safety_model.icans_rule import AwakeCapd
from tests.builders import procedure
from tests.icans import CHILD, INFUSED, RULE, TEEN, capd, ice, interval_at, level, propose, rass, said, unable

DAY = "2026-03-11T08:00"
NOW = "2026-03-11T09:00"
AWAKE = rass("0", DAY)


@pytest.mark.parametrize(
    ("total", "expected"),
    [
        *(("10", "G0"), ("9", "G1 ice"), ("8", "G1 ice"), ("7", "G1 ice"), ("6", "G2 ice"), ("5", "G2 ice")),
        *(("4", "G2 ice"), ("3", "G2 ice"), ("2", "G3 ice"), ("1", "G3 ice")),
    ],
)
def test_ice_is_graded_by_its_band(total: str, expected: str) -> None:
    assert said(propose(ice(total, DAY), born=TEEN), NOW) == expected


@pytest.mark.parametrize(
    ("beside", "expected"),
    [
        ("fully-alert", "G3 ice"),
        ("awakens-spontaneously", "G3 ice"),
        ("awakens-to-voice", "G3 ice"),
        ("awakens-to-touch", "G3 ice"),
        ("unarousable", "G4 ice"),
        (None, "G3..4 ice NEEDS_ATTESTATION"),
    ],
)
def test_an_ice_of_0_is_an_awake_or_an_unarousable_patients(beside: str | None, expected: str) -> None:
    facts = [ice("0", DAY), *([level(beside, DAY)] if beside else [])]
    assert said(propose(*facts, born=TEEN), NOW) == expected


@pytest.mark.parametrize(
    ("beside", "expected"),
    [
        (None, "G4 ice"),
        ("unarousable", "G4 ice"),
        ("fully-alert", "G3..4 ice NEEDS_ATTESTATION"),
    ],
)
def test_ice_that_could_not_be_done_is_an_unarousable_patients(beside: str | None, expected: str) -> None:
    facts = [unable("ice", DAY), *([level(beside, DAY)] if beside else [])]
    assert said(propose(*facts, born=TEEN), NOW) == expected


@pytest.mark.parametrize(
    ("baseline", "total", "beside", "expected"),
    [
        ("3", "9", None, "G3 capd"),
        ("8", "9", None, "G3 capd"),
        ("9", "9", None, "G3 capd NEEDS_ATTESTATION"),
        ("12", "10", None, "G3 capd NEEDS_ATTESTATION"),
        (None, "9", None, "G3 capd NEEDS_ATTESTATION"),
        ("3", "8", "awakens-spontaneously", "G1 capd"),
        ("3", "8", "awakens-to-voice", "G2 capd"),
        ("3", "8", None, "G1..2 capd NEEDS_ATTESTATION"),
        ("8", "8", None, "G1..2 capd NEEDS_ATTESTATION"),
        (None, "8", None, "G1..2 capd NEEDS_ATTESTATION"),
        ("3", "1", None, "G1..2 capd NEEDS_ATTESTATION"),
        (None, "0", None, "G0"),
        ("3", "8", "fully-alert", "G0"),
        ("8", "8", "fully-alert", "G0"),
        (None, "8", "fully-alert", "G0"),
    ],
)
def test_capd_is_graded_against_its_baseline(
    baseline: str | None, total: str, beside: str | None, expected: str
) -> None:
    facts = [capd(total, DAY)]
    facts += [capd(baseline, "2026-03-08T08:00")] if baseline else []
    facts += [level(beside, DAY)] if beside else []
    assert said(propose(*facts), NOW) == expected


def test_a_total_not_above_its_baseline_says_so_whatever_the_arousal() -> None:
    record = propose(capd("8", "2026-03-08T08:00"), capd("8", DAY))
    assert interval_at(record, NOW).notes == (
        "only arousal tells the grade of a CAPD below the limit, and it is not recorded",
        "CAPD not above its baseline of 8",
    )


@pytest.mark.parametrize(
    ("baseline", "expected"),
    [(None, "G0..1 NEEDS_ATTESTATION"), ("8", "G0..1 NEEDS_ATTESTATION"), ("7", "G0")],
)
def test_where_the_trial_asks_so_even_an_awake_child_is_attested(baseline: str | None, expected: str) -> None:
    rule = replace(RULE, capd=replace(RULE.capd, awake=AwakeCapd.ATTEST))
    facts = [capd("8", DAY), AWAKE, *([capd(baseline, "2026-03-08T08:00")] if baseline else [])]
    assert said(propose(*facts, rule=rule), NOW) == expected


@pytest.mark.parametrize(
    ("beside", "expected"),
    [
        (None, "G4 capd"),
        ("unarousable", "G4 capd"),
        ("awakens-to-voice", "G4 capd NEEDS_ATTESTATION"),
    ],
)
def test_capd_that_could_not_be_done_is_grade_4(beside: str | None, expected: str) -> None:
    facts = [unable("capd", DAY), *([level(beside, DAY)] if beside else [])]
    assert said(propose(*facts), NOW) == expected


@pytest.mark.parametrize(
    ("at", "is_baseline"),
    [
        ("2026-03-02T00:00", True),
        ("2026-03-02", True),
        ("2026-03-01T23:59", False),
        ("2026-03-09T09:59", True),
        ("2026-03-09", False),
        (INFUSED, False),
    ],
)
def test_a_baseline_is_at_most_7_days_old_and_surely_before_the_first_infusion(at: str, is_baseline: bool) -> None:
    record = propose(capd("3", at), capd("9", DAY), infused=(INFUSED,))
    expected = "G3 capd" if is_baseline else "G3 capd NEEDS_ATTESTATION"
    assert said(record, NOW) == expected


def test_the_last_baseline_counts_and_of_one_moment_the_highest() -> None:
    earlier, last = capd("20", "2026-03-05T08:00"), [capd("4", "2026-03-08T08:00"), capd("9", "2026-03-08T08:00")]
    assert said(propose(earlier, last[0], capd("9", DAY)), NOW) == "G3 capd"
    assert said(propose(earlier, *last, capd("9", DAY)), NOW) == "G3 capd NEEDS_ATTESTATION"
    assert said(propose(earlier, *last, capd("10", DAY)), NOW) == "G3 capd"


@pytest.mark.parametrize(
    "useless",
    [
        [capd("<4", "2026-03-08T08:00")],
        [unable("capd", "2026-03-08T08:00")],
        [capd("3", "2026-03-08T08:00", status="preliminary")],
        [capd("3", "2026-03-08T08:00", contested=True)],
        [capd("3", "2026-03-08T08:00"), rass("-3", "2026-03-08T08:00")],
        [capd("3", "2026-03-08T08:00"), procedure("sedation", "2026-03-08T07:30")],
    ],
)
def test_what_is_not_an_exact_total_of_an_awake_child_is_no_baseline(useless: list[Fact]) -> None:
    assert said(propose(*useless, capd("9", DAY)), NOW) == "G3 capd NEEDS_ATTESTATION"


def test_a_useless_baseline_leaves_the_one_before_it() -> None:
    facts = [capd("3", "2026-03-07T08:00"), capd("20", "2026-03-08T08:00", contested=True), capd("9", DAY)]
    assert said(propose(*facts), NOW) == "G3 capd"


@pytest.mark.parametrize(
    ("total", "expected"),
    [
        ("<3", "G3..4 ice CENSORED"),
        (">=7", "G1 ice CENSORED"),
        (">9", "G0"),
        ("<=6", "G3..4 ice CENSORED"),
        (">8", "G1 ice CENSORED"),
        (">10", "ungradable..4 UNMAPPED"),
        ("11", "ungradable..4 UNMAPPED"),
    ],
)
def test_a_limit_for_a_total_takes_the_worst_it_can_mean(total: str, expected: str) -> None:
    assert said(propose(ice(total, DAY), born=TEEN), NOW) == expected


def test_a_limit_within_one_band_leaves_nothing_open() -> None:
    awake = [ice("<2", DAY), rass("0", DAY)]
    assert said(propose(*awake, born=TEEN), NOW) == "G3 ice"


def test_two_totals_of_one_moment_take_the_worst_and_ask_a_person() -> None:
    record = propose(ice("9", DAY), ice("2", DAY), born=TEEN)
    found = interval_at(record, NOW)
    assert said(record, NOW) == "G3 ice CONFLICTING"
    assert found.notes == (f"ICE totals {DAY}:00+01:00 differ (2, 9): the worst is taken",)
    assert {each.reported.value for each in found.evidence if each.role == "ice" and each.reported} == {"9", "2"}


def test_two_totals_of_one_band_agree() -> None:
    assert said(propose(ice("9", DAY), ice("7", DAY), born=TEEN), NOW) == "G1 ice"


def test_a_total_beside_an_answer_nobody_mapped_is_open() -> None:
    record = propose(ice("9", DAY), unable("ice", DAY, answer=""), born=TEEN)
    assert said(record, NOW) == "G1..4 ice CONFLICTING"


def test_an_answer_nobody_mapped_says_no_grade() -> None:
    record = propose(unable("ice", DAY, answer=""), born=TEEN)
    assert said(record, NOW) == "ungradable..4 UNMAPPED"
    assert interval_at(record, NOW).next_fact == "a mapping of what the hospital answers for the ICE"


def test_two_contents_of_one_score_never_decide() -> None:
    record = propose(ice("2", DAY, contested=True), born=TEEN)
    assert said(record, NOW) == "ungradable..3 CONFLICTING"
    assert interval_at(record, NOW).next_fact == "the ICE settled by a person"


def test_the_literal_grade_is_shown_with_what_it_rests_on() -> None:
    record = propose(capd("3", "2026-03-08T08:00"), capd("9", DAY), born=CHILD)
    roles = [(each.role, each.reported.value) for each in interval_at(record, NOW).evidence if each.reported]
    assert roles == [("baseline", "3"), ("capd", "9")]
