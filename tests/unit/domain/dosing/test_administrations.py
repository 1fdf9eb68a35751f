"""What counts as one administration, and which belong to the course."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from fhir_adapter.domain.exposure import Exposure
from fhir_adapter.domain.regimen import Basis
from tests.builders import attestation, reading, source
from tests.courses import an_item, stated
from tests.treated import THIOTEPA, amount, drug, graft, shown, thiotepa, treated, unplanned

ON = "2026-03-11T09:00/2026-03-11T10:00"


def test_a_shared_identifier_is_one_administration() -> None:
    same: dict[str, Any] = {"identifiers": (("urn:pump", "7"),)}
    record = thiotepa(drug("150 mg", **same), drug("150 mg", "2026-03-11T09:05", id_="other", **same))
    assert (shown(record), amount(record)) == (("GIVEN",), 150)
    assert record.notes == ("recorded more than once under one identifier: counted once",)
    assert record.administered is not None
    assert record.administered.parts == (f"MedicationAdministration/thiotepa-{ON}",)
    assert {each.reference for each in record.evidence} == {
        f"MedicationAdministration/thiotepa-{ON}", "MedicationAdministration/other",
    }  # fmt: skip


def test_of_one_administration_the_completed_record_counts() -> None:
    same: dict[str, Any] = {"identifiers": (("urn:pump", "7"),)}
    record = thiotepa(drug("150 mg", **same), drug("15 mg", id_="a", status="in-progress", **same))
    assert (shown(record), amount(record)) == (("GIVEN",), 150)


def test_of_one_administration_the_richer_record_counts() -> None:
    same: dict[str, Any] = {"identifiers": (("urn:pump", "7"),)}
    record = thiotepa(drug(None, id_="a", **same), drug("150 mg", **same))
    assert (shown(record), amount(record)) == (("GIVEN",), 150)


def test_one_administration_with_two_amounts_is_a_conflict() -> None:
    same: dict[str, Any] = {"identifiers": (("urn:pump", "7"),)}
    record = thiotepa(drug("150 mg", **same), drug("100 mg", id_="other", **same))
    assert (shown(record), amount(record)) == (("UNKNOWN(CONFLICTING)",), None)


@pytest.mark.parametrize(
    "other",
    [
        drug("75 mg", id_="other", status="stopped"),
        drug(None, id_="other", status="not-done"),
        drug("150 mg", "2026-03-11T10:00/2026-03-11T11:00", id_="other"),  # begins when the first had ended
    ],
    ids=["stopped", "not-done", "later"],
)
def test_records_of_one_administration_that_cannot_both_be_true_are_a_conflict(other: Exposure) -> None:
    same = (("urn:pump", "7"),)
    record = thiotepa(drug("150 mg", identifiers=same), replace(other, identifiers=same))
    assert (shown(record), amount(record)) == (("UNKNOWN(CONFLICTING)",), None)


def test_a_record_of_a_moment_within_an_administration_is_of_the_same() -> None:
    same = (("urn:pump", "7"),)
    within = drug("150 mg", "2026-03-11T10:00", id_="other", identifiers=same)
    assert shown(thiotepa(drug("150 mg", identifiers=same), within)) == ("GIVEN",)


def test_an_identifier_on_two_days_is_an_orders() -> None:
    item = an_item("thiotepa", -14, -13, basis=Basis.KG, amount=Fraction(10))
    same: dict[str, Any] = {"identifiers": (("urn:order", "7"),)}
    record = treated(
        drug("150 mg", **same), drug("150 mg", "2026-03-12T09:00/2026-03-12T10:00", **same), items=(item,)
    )
    assert [shown(each) for each in record.records] == [("GIVEN",), ("GIVEN",)]


@pytest.mark.parametrize("other", ["completed", "not-done"])
def test_two_contents_that_cannot_be_ordered_contest_each_other(other: str) -> None:
    one, two = (
        source("MedicationAdministration", "m", updated=None),
        source("MedicationAdministration", "m", version="2", updated=None, content="other"),
    )
    record = thiotepa(reading(drug("150 mg"), at=one), reading(drug("15 mg", status=other), at=two))
    assert (shown(record), amount(record)) == (("UNKNOWN(CONFLICTING)",), None)


def test_two_contents_of_different_days_are_of_no_day() -> None:
    one, two = (
        source("MedicationAdministration", "m", updated=None),
        source("MedicationAdministration", "m", version="2", updated=None, content="other"),
    )
    record = treated(
        reading(drug("150 mg"), at=one),
        reading(drug("150 mg", "2026-03-12T09:00"), at=two),
        items=(THIOTEPA,),
    )
    assert [shown(each) for each in record.records] == [("UNKNOWN(CONFLICTING)",), ("UNKNOWN(CONFLICTING)",)]


def test_a_drug_given_before_the_trials_time_was_earlier_treatment() -> None:
    """Three days before day -14 still belong to the trial."""
    assert [shown(each) for each in unplanned(treated(drug("150 mg", "2026-03-08T09:00"), items=(THIOTEPA,)))] == [
        ("GIVEN", "UNPLANNED")
    ]
    assert unplanned(treated(drug("150 mg", "2026-03-07T09:00"), items=(THIOTEPA,))) == ()


def test_a_graft_days_late_loses_nothing_that_was_given_as_planned() -> None:
    """Planned for 25 March, done on the 29th: what was given on 11 March, now day -18, is still the trial's."""
    record = treated(drug("150 mg"), graft("2026-03-29T11:00"), items=(THIOTEPA,))
    assert [(shown(each), each.day, amount(each)) for each in unplanned(record)] == [
        (("GIVEN", "UNPLANNED"), -18, 150)
    ]


@pytest.mark.parametrize(
    ("moved_on", "is_seen"),
    [
        ("2026-03-20T09:00", True),  # treatment had begun by the first plan
        ("2026-03-11T00:01", True),  # its day -14 had come
        ("2026-03-10T23:59", False),  # nothing was due by it yet: what is given then is no part of the course
    ],
)
def test_what_was_given_by_a_plan_that_was_moved_later_is_not_lost(moved_on: str, *, is_seen: bool) -> None:
    moved = attestation("planned-day-0", date(2026, 4, 8), at=moved_on)
    record = treated(drug("150 mg"), said=(*stated(), moved), items=(THIOTEPA,))
    assert record.day_zero == date(2026, 4, 8)
    assert bool(unplanned(record)) is is_seen


def test_what_lies_ahead_of_the_moment_asked_for_does_not_exist() -> None:
    assert shown(thiotepa(drug("150 mg"), as_of="2026-03-11T08:59")) == ("NOT_YET_DUE",)
    assert shown(thiotepa(drug("150 mg"), as_of="2026-03-11T09:00")) == ("GIVEN",)


def test_without_day_0_nothing_is_matched_and_nothing_is_lost() -> None:
    record = treated(
        drug("150 mg"), drug(None, "2026-03-12", status="not-done"), items=(THIOTEPA,), said=stated(planned=None)
    )
    assert [shown(each) for each in record.records] == [
        ("UNKNOWN(NEEDS_ATTESTATION)",), ("UNKNOWN(NEEDS_ATTESTATION)",),
    ]  # fmt: skip
    planned, given = record.records
    assert (planned.date, planned.administered) == (None, None)
    assert (given.planned, amount(given), given.day) == (None, 150, None)
    assert record.notes == ("day 0 is not known: needed is planned date of the graft infusion (day 0)",)


def test_without_day_0_what_was_given_before_anybody_spoke_of_the_course_is_earlier_treatment() -> None:
    record = treated(
        drug("150 mg", "2026-02-27"), items=(THIOTEPA,), said=stated(planned=None, at="2026-03-01T09:00")
    )
    assert len(record.records) == 1
