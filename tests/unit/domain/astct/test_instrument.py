"""Which score counts in whom: age at the assessment, delay of development."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.builders import attestation
from tests.icans import CHILD, TEEN, capd, ice, interval_at, problem, propose, said

AT = "2026-03-11T08:00"
NOW = "2026-03-11T09:00"
DELAY = "developmental-delay"


@pytest.mark.parametrize(
    ("born", "is_ice"),
    [("2014-03-11", True), ("2014-03-12", False), ("2014-02", True), ("2014-04", False), ("2013", True)],
)
def test_ice_counts_from_the_twelfth_birthday_on(born: str, *, is_ice: bool) -> None:
    found = (said(propose(ice("5", AT), born=born), NOW), said(propose(capd("9", AT), born=born), NOW))
    if is_ice:
        assert found == ("G2 ice", "ungradable..3 NEEDS_ATTESTATION")
    else:
        assert found == ("ungradable..2 NEEDS_ATTESTATION", "G3 capd NEEDS_ATTESTATION")


def test_the_score_changes_on_the_birthday_within_the_window() -> None:
    record = propose(ice("5", "2026-03-11T08:00"), ice("5", "2026-03-12T08:00"), born="2014-03-12")
    assert said(record, "2026-03-11T12:00") == "ungradable..2 NEEDS_ATTESTATION"
    assert said(record, "2026-03-12T12:00") == "G2 ice"


@pytest.mark.parametrize(
    ("born", "reason"), [("2014", "PARTIAL_DATE"), ("2014-03", "PARTIAL_DATE"), (None, "MISSING")]
)
def test_a_date_of_birth_that_leaves_the_age_open_leaves_the_grade_open(born: str | None, reason: str) -> None:
    record = propose(ice("5", AT), born=born)
    assert said(record, NOW) == f"ungradable..2 {reason}"
    assert said(propose(ice("10", AT), born=born), NOW) == f"ungradable {reason}"
    assert date(2026, 3, 11) not in record.missing


def test_the_next_fact_is_the_date_of_birth() -> None:
    assert interval_at(propose(ice("5", AT), born="2014"), NOW).next_fact == "the exact date of birth"
    assert interval_at(propose(ice("5", AT), born=None), NOW).next_fact == "the date of birth"


def test_a_delay_of_development_on_record_makes_it_capd_at_any_age() -> None:
    delayed = problem(DELAY, "2020-01-01")
    assert said(propose(ice("5", AT), delayed, born=TEEN), NOW) == "ungradable..2 NEEDS_ATTESTATION"
    record = propose(capd("9", AT), delayed, born=None)
    assert said(record, NOW) == "G3 capd NEEDS_ATTESTATION"
    assert "development" in {each.role for each in interval_at(record, NOW).evidence}


@pytest.mark.parametrize(
    "more",
    [
        {"verification_status": "provisional"},
        {"verification_status": "refuted"},
        {"clinical_status": "resolved"},
        {"abated": True},
        {"contested": True},
    ],
)
def test_a_delay_that_is_not_sure_or_over_is_none(more: dict[str, Any]) -> None:
    assert said(propose(ice("5", AT), problem(DELAY, "2020-01-01", **more), born=TEEN), NOW) == "G2 ice"


def test_a_named_person_says_whether_development_is_delayed() -> None:
    yes, no = attestation(DELAY, at="2026-03-01T09:00"), attestation(DELAY, value=False, at="2026-03-01T09:00")
    assert said(propose(ice("5", AT), yes, born=TEEN), NOW) == "ungradable..2 NEEDS_ATTESTATION"
    assert said(propose(ice("5", AT), problem(DELAY, "2020-01-01"), no, born=TEEN), NOW) == "G2 ice"


def test_persons_who_disagree_leave_the_score_open_from_twelve_years_on() -> None:
    facts = [attestation(DELAY, by="dr-weber"), attestation(DELAY, value=False, by="dr-klein")]
    record = propose(ice("5", AT), *facts, born=TEEN)
    assert said(record, NOW) == "ungradable..2 CONFLICTING"
    assert said(propose(capd("9", AT), *facts, born=CHILD), NOW) == "G3 capd NEEDS_ATTESTATION"
    contested = attestation(DELAY, contested=True)
    assert said(propose(ice("5", AT), contested, born=TEEN), NOW) == "ungradable..2 CONFLICTING"
