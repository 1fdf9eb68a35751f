"""One planned dose and what became of it: every status, every deviation on both sides of its limit."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from fhir_adapter.domain.codes import Coding
from fhir_adapter.domain.dosing.records import DosingRecord, DosingStatus
from fhir_adapter.domain.facts import Fact, Reading
from fhir_adapter.domain.records import Amount
from fhir_adapter.domain.regimen import Basis, DayRange
from fhir_adapter.domain.source import Completeness, RejectionReason
from tests.builders import quantity, reading, receipt, refused, source
from tests.courses import MOUTH, VEIN, an_item, stated, weight
from tests.treated import READ, THIOTEPA, amount, dose, drug, shown, treated, unplanned

ON = "2026-03-11T09:00/2026-03-11T10:00"
LATER = "2026-03-11T15:00/2026-03-11T15:30"


def thiotepa(*facts: Fact | Reading | Completeness, **more: object) -> DosingRecord:
    """10 mg/kg for 15 kg on day -14, 11 March 2026: 150 mg."""
    return dose(treated(*facts, **{"items": (THIOTEPA,), **more}), "thiotepa", -14)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("milligrams", "expected"),
    [
        ("150", ("GIVEN",)),
        ("165", ("GIVEN",)),  # +10 % itself is within
        ("165.1", ("GIVEN", "DOSE_HIGH")),
        ("135", ("GIVEN",)),
        ("134.9", ("PARTIAL", "DOSE_LOW")),
        ("749", ("GIVEN", "DOSE_HIGH")),
        ("750", ("UNKNOWN(UNIT_UNUSABLE)", "UNIT_SUSPECT")),  # five times the plan
        ("30.1", ("PARTIAL", "DOSE_LOW")),
        ("30", ("UNKNOWN(UNIT_UNUSABLE)", "UNIT_SUSPECT")),  # a fifth of it
        ("10", ("UNKNOWN(UNIT_UNUSABLE)", "UNIT_SUSPECT")),  # mg/kg written as mg
        ("1500", ("UNKNOWN(UNIT_UNUSABLE)", "UNIT_SUSPECT")),
        ("0", ("UNKNOWN(UNIT_UNUSABLE)", "UNIT_SUSPECT")),
    ],
)
def test_the_amount_is_held_against_its_plan(milligrams: str, expected: tuple[str, ...]) -> None:
    record = thiotepa(drug(f"{milligrams} mg"))
    assert shown(record) == expected
    assert amount(record) == Fraction(milligrams)
    assert record.difference == Fraction(milligrams) / 150 - 1


def test_a_dose_given_as_planned_says_what_it_rests_on() -> None:
    record = thiotepa(drug("10 mg/kg"))
    given = record.administered
    assert given is not None
    assert (amount(record), given.routes, given.on, record.day_offset) == (150, (VEIN,), record.date, 0)
    assert given.minutes == 60
    assert given.started == "2026-03-11T09:00:00+01:00"
    assert [(each.role, each.reported.value if each.reported else None) for each in record.evidence] == [
        ("dose", "10"),
        ("given", "thiotepa"),
    ]
    assert (record.reason, record.next_fact, record.notes) == (None, None, ())


def test_two_bags_are_one_dose() -> None:
    record = thiotepa(drug("100 mg"), drug("50 mg", LATER))
    assert (shown(record), amount(record)) == (("GIVEN",), 150)
    assert record.administered is not None
    assert len(record.administered.parts) == 2
    assert record.administered.minutes == 90


def test_overlapping_bags_ran_as_long_as_both_together() -> None:
    record = thiotepa(drug("100 mg"), drug("50 mg", "2026-03-11T09:30/2026-03-11T10:30"))
    assert record.administered is not None
    assert shown(record) == ("GIVEN",)
    assert record.administered.minutes == 90


def test_three_bags_over_midnight_are_one_dose() -> None:
    bags = [
        drug("50 mg", at)
        for at in (
            "2026-03-11T22:30/2026-03-11T23:30",
            "2026-03-11T23:30/2026-03-12T00:10",
            "2026-03-12T00:10/2026-03-12T00:30",
        )
    ]
    record = treated(*bags, items=(replace(THIOTEPA, minutes=120),))
    assert (shown(dose(record, "thiotepa", -14)), unplanned(record)) == (("GIVEN",), ())
    assert amount(dose(record, "thiotepa", -14)) == 150


def test_a_bag_after_midnight_belongs_to_its_own_day_where_that_has_a_dose() -> None:
    """Administrations are grouped by the day they began on: what belongs where is then for a person to see."""
    item = an_item("thiotepa", -14, -13, basis=Basis.KG, amount=Fraction(10))
    bags = (
        drug("100 mg", "2026-03-11T23:00/2026-03-12T00:00"),
        drug("50 mg", "2026-03-12T00:00/2026-03-12T00:30"),
        drug("150 mg", "2026-03-12T09:00/2026-03-12T10:00"),
    )
    record = treated(*bags, items=(item,))
    assert shown(dose(record, "thiotepa", -14)) == ("PARTIAL", "DOSE_LOW")
    assert shown(dose(record, "thiotepa", -13)) == ("GIVEN", "DOSE_HIGH")


def test_a_bag_after_a_pause_over_midnight_is_unplanned() -> None:
    record = treated(
        drug("100 mg", "2026-03-11T22:00/2026-03-11T23:00"),
        drug("50 mg", "2026-03-12T00:10/2026-03-12T00:30"),
        items=(THIOTEPA,),
    )
    assert shown(dose(record, "thiotepa", -14)) == ("PARTIAL", "DOSE_LOW")
    assert [shown(each) for each in unplanned(record)] == [("GIVEN", "UNPLANNED")]


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


def test_an_identifier_on_two_days_is_an_orders() -> None:
    item = an_item("thiotepa", -14, -13, basis=Basis.KG, amount=Fraction(10))
    same: dict[str, Any] = {"identifiers": (("urn:order", "7"),)}
    record = treated(
        drug("150 mg", **same), drug("150 mg", "2026-03-12T09:00/2026-03-12T10:00", **same), items=(item,)
    )
    assert [shown(each) for each in record.records] == [("GIVEN",), ("GIVEN",)]


def test_the_same_dose_twice_at_once_may_be_one() -> None:
    record = thiotepa(drug("150 mg"), drug("150 mg", "2026-03-11T09:30/2026-03-11T10:30", id_="other"))
    assert (shown(record), amount(record)) == (("UNKNOWN(CONFLICTING)", "DUPLICATE"), None)
    assert record.next_fact == "amount actually given: the conflict settled by a person"
    assert record.difference is None


def test_the_same_dose_twice_apart_is_two() -> None:
    record = thiotepa(drug("150 mg"), drug("150 mg", LATER))
    assert (shown(record), amount(record)) == (("GIVEN", "DOSE_HIGH"), 300)


@pytest.mark.parametrize(
    ("trait", "milligrams", "expected", "given"),
    [
        ("administered", "90", ("PARTIAL", "DOSE_LOW"), 90),
        ("administered", "150", ("GIVEN",), 150),
        ("administered", "10", ("PARTIAL", "DOSE_LOW"), 10),  # little of a stopped one is no slip of the unit
        ("administered", "1500", ("UNKNOWN(UNIT_UNUSABLE)", "UNIT_SUSPECT"), 1500),
        ("ordered", "150", ("UNKNOWN(MISSING)",), None),
        ("unknown", "150", ("UNKNOWN(MISSING)",), None),
    ],
)
def test_a_stopped_infusion_by_what_its_dose_means_here(
    trait: str, milligrams: str, expected: tuple[str, ...], given: int | None
) -> None:
    reasons = (Coding("http://snomed.info/sct", "182862001"),)
    stopped = drug(f"{milligrams} mg", "2026-03-11T09:00/2026-03-11T09:10", status="stopped", reasons=reasons)
    record = thiotepa(stopped, stopped_dose=trait)
    assert (shown(record), amount(record)) == (expected, given)
    assert record.status_reasons == ("182862001",)
    assert "stopped before its end" in record.notes


@pytest.mark.parametrize("status", ["in-progress", "on-hold"])
def test_what_still_runs_never_completes_a_dose(status: str) -> None:
    record = thiotepa(drug("150 mg", "2026-03-11T09:00/", status=status))
    assert (shown(record), amount(record), record.reason) == (("PARTIAL",), None, None)
    assert record.administered is not None
    assert (record.administered.reason, record.administered.next_fact) == (
        "NOT_YET_DUE", "end of the administration, and the amount given",
    )  # fmt: skip
    assert record.notes == (f"not ended: {status}",)


def test_of_a_running_infusion_the_bags_that_ended_count() -> None:
    running = drug("50 mg", "2026-03-11T10:00/", status="in-progress")
    record = thiotepa(drug("100 mg"), running)
    assert (shown(record), amount(record), record.difference) == (("PARTIAL",), 100, None)
    above = thiotepa(drug("200 mg"), running)
    assert (shown(above), amount(above)) == (("PARTIAL", "DOSE_HIGH"), 200)
    slip = thiotepa(drug("10 mg"), running)
    assert (shown(slip), amount(slip)) == (("PARTIAL",), 10)


def test_what_was_not_done_was_not_given_and_says_why() -> None:
    reasons = (
        Coding("http://snomed.info/sct", "182890002", "Patient requests alternative"),
        Coding(None, None, "fever"),
    )
    record = thiotepa(drug(None, "2026-03-11T09:00", status="not-done", reasons=reasons))
    assert (shown(record), record.status_reasons) == (("NOT_GIVEN",), ("182890002", "fever"))
    assert (record.administered, len(record.evidence)) == (None, 1)


def test_not_done_in_the_morning_and_given_in_the_evening_is_given() -> None:
    record = thiotepa(drug(None, "2026-03-11T08:00", status="not-done"), drug("150 mg"))
    assert shown(record) == ("GIVEN",)
    assert record.notes == ("also recorded as not done",)
    assert len(record.evidence) == 3


def test_not_done_on_its_day_and_given_on_the_next_is_given_on_the_wrong_day() -> None:
    record = treated(
        drug(None, "2026-03-11T09:00", status="not-done"),
        drug("150 mg", "2026-03-12T09:00/2026-03-12T10:00"),
        items=(THIOTEPA,),
        body=(weight("15", "2026-03-11T06:00"),),
    )
    assert shown(dose(record, "thiotepa", -14)) == ("GIVEN", "WRONG_DAY")
    assert dose(record, "thiotepa", -14).day_offset == 1
    assert unplanned(record) == ()


def test_an_unknown_status_does_not_say_whether_it_was_given() -> None:
    record = thiotepa(drug("150 mg", status="unknown"))
    assert (shown(record), amount(record)) == (("UNKNOWN(UNMAPPED)",), None)
    assert record.next_fact == "whether it was given, and how much"


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


@pytest.mark.parametrize("at", ["2026-03", "2026", None])
def test_an_administration_of_unknown_day_leaves_its_doses_open(at: str | None) -> None:
    record = treated(drug("150 mg", at), items=(THIOTEPA,))
    assert shown(dose(record, "thiotepa", -14)) == ("UNKNOWN(PARTIAL_DATE)",)
    assert [shown(each) for each in unplanned(record)] == [("UNKNOWN(PARTIAL_DATE)",)]
    assert amount(unplanned(record)[0]) == 150
    assert unplanned(record)[0].next_fact == "Thiotepa: the exact date it was given"


def test_an_indexed_dose_of_unknown_day_has_no_weight() -> None:
    record = treated(drug("10 mg/kg", "2026-03"), items=(THIOTEPA,))
    assert amount(unplanned(record)[0]) is None


def test_an_administration_of_unknown_day_does_not_touch_a_dose_that_was_given() -> None:
    record = treated(drug("150 mg"), drug("150 mg", "2026-03", id_="other"), items=(THIOTEPA,))
    assert shown(dose(record, "thiotepa", -14)) == ("GIVEN",)
    assert [shown(each) for each in unplanned(record)] == [("UNKNOWN(PARTIAL_DATE)",)]


def test_an_administration_of_another_month_is_not_this_dose() -> None:
    record = treated(drug("150 mg", "2026-04"), items=(THIOTEPA,))
    assert shown(dose(record, "thiotepa", -14)) == ("OVERDUE",)
    assert treated(drug("150 mg", "2025-11"), items=(THIOTEPA,)).records[1:] == ()  # before the trial


def test_what_was_not_done_on_an_unknown_day_leaves_the_dose_open_and_is_no_administration() -> None:
    record = treated(drug(None, "2026-03", status="not-done"), items=(THIOTEPA,))
    assert [shown(each) for each in record.records] == [("UNKNOWN(PARTIAL_DATE)",)]


def test_a_dose_ahead_stays_not_yet_due_whatever_has_no_day() -> None:
    record = treated(drug("150 mg", "2026-03"), items=(THIOTEPA,), as_of="2026-03-10T23:59")
    assert shown(dose(record, "thiotepa", -14)) == ("NOT_YET_DUE",)
    on_the_day = treated(drug("150 mg", "2026-03"), items=(THIOTEPA,), as_of="2026-03-11T00:01")
    assert shown(dose(on_the_day, "thiotepa", -14)) == ("UNKNOWN(PARTIAL_DATE)",)


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ("2026-03-10T12:00", "NOT_YET_DUE"),
        ("2026-03-11T23:59", "NOT_YET_DUE"),
        ("2026-03-12T00:00", "OVERDUE"),
    ],
)
def test_a_dose_is_due_to_the_end_of_its_day(as_of: str, expected: str) -> None:
    assert shown(thiotepa(as_of=as_of)) == (expected,)


@pytest.mark.parametrize(
    ("as_of", "expected"), [("2026-03-13T23:59", "NOT_YET_DUE"), ("2026-03-14T00:00", "OVERDUE")]
)
def test_a_dose_is_due_to_the_end_of_its_window(as_of: str, expected: str) -> None:
    item = replace(THIOTEPA, in_window=DayRange(-1, 2))
    assert shown(thiotepa(as_of=as_of, items=(item,))) == (expected,)


def test_an_overdue_dose_rests_on_a_complete_reading() -> None:
    record = thiotepa()
    assert (shown(record), [each.path for each in record.evidence]) == (("OVERDUE",), ["MedicationAdministration"])


def _without(kind: str, *instead: Completeness) -> tuple[Completeness, ...]:
    return (*(each for each in READ if each.resource_type != kind), *instead)


MEDICATION = "MedicationAdministration"


@pytest.mark.parametrize(
    ("read", "reason"),
    [
        (_without(MEDICATION), "MISSING"),
        (_without(MEDICATION, receipt(MEDICATION, complete=False)), "MISSING"),
        (_without(MEDICATION, receipt(MEDICATION, truncated=True)), "MISSING"),
        (_without(MEDICATION, receipt(MEDICATION, hidden=True)), "HIDDEN"),
        (_without(MEDICATION, receipt(MEDICATION, rejected=1)), "UNMAPPED"),
    ],
)
def test_nothing_recorded_means_nothing_where_the_reading_was_not_complete(
    read: tuple[Completeness, ...], reason: str
) -> None:
    record = thiotepa(read=read)
    assert shown(record) == (f"UNKNOWN({reason})",)
    assert record.next_fact


@pytest.mark.parametrize(
    ("unread", "expected"),
    [
        (refused(RejectionReason.UNMAPPED_CODE, kind=MEDICATION, at="2026-03-11"), "UNKNOWN(UNMAPPED)"),
        (refused(RejectionReason.UNMAPPED_CODE, kind=MEDICATION, at=None), "UNKNOWN(UNMAPPED)"),
        (refused(RejectionReason.UNMAPPED_CODE, kind=MEDICATION, at="2026-03-13"), "UNKNOWN(UNMAPPED)"),
        (refused(RejectionReason.UNMAPPED_CODE, kind=MEDICATION, at="2026-03-14"), "OVERDUE"),  # reach 2
        (refused(RejectionReason.UNMAPPED_CODE, kind=MEDICATION, at="2026-03-08"), "OVERDUE"),
        (
            refused(RejectionReason.UNKNOWN_STATUS, "thiotepa", kind=MEDICATION, at="2026-03-11"),
            "UNKNOWN(UNMAPPED)",
        ),
        (refused(RejectionReason.UNKNOWN_STATUS, "heparin", kind=MEDICATION, at="2026-03-11"), "OVERDUE"),
        (refused(RejectionReason.UNMAPPED_CODE, kind="Procedure", at="2026-03-11"), "OVERDUE"),
        (refused(RejectionReason.WRONG_PATIENT, kind=MEDICATION, at="2026-03-11"), "OVERDUE"),
        (
            refused(RejectionReason.VALUE_ABSENT, "thiotepa", kind=MEDICATION, at="2026-03-11", detail="masked"),
            "UNKNOWN(HIDDEN)",
        ),
    ],
)
def test_something_unread_around_its_day_may_be_the_dose(unread: Reading, expected: str) -> None:
    assert shown(thiotepa(unread)) == (expected,)


def test_something_unread_ahead_is_no_excuse() -> None:
    unread = refused(RejectionReason.UNMAPPED_CODE, kind=MEDICATION, at="2026-03-13")
    assert shown(thiotepa(unread, as_of="2026-03-12T12:00")) == ("OVERDUE",)


def test_a_dose_refused_when_read_says_why() -> None:
    given = drug(None)
    rejection = refused(
        RejectionReason.MISSING_UNIT, "thiotepa", kind="MedicationAdministration.dosage.dose"
    ).rejections[0]
    record = thiotepa(replace(reading(given), rejections=(rejection,)))
    assert (shown(record), amount(record)) == (("UNKNOWN(UNIT_UNUSABLE)",), None)
    elsewhere = refused(RejectionReason.MISSING_UNIT, kind="MedicationAdministration.effective").rejections[0]
    assert shown(thiotepa(replace(reading(given), rejections=(elsewhere,)))) == ("UNKNOWN(MISSING)",)


def test_without_a_weight_the_plan_is_unknown_and_what_was_given_is_shown() -> None:
    record = thiotepa(drug("150 mg"), body=())
    assert (shown(record), amount(record), record.difference) == (("UNKNOWN(MISSING)",), 150, None)
    assert record.next_fact


def test_the_weight_of_the_day_it_was_given_counts() -> None:
    """Given a day late, when the child weighs 20 kg: 200 mg planned, and 10 mg/kg are 200 mg."""
    record = thiotepa(drug("10 mg/kg", "2026-03-12T09:00/2026-03-12T10:00"), weight("20", "2026-03-12T07:00"))
    assert record.planned is not None
    assert record.planned.dose is not None
    assert amount(record) == record.planned.dose.value == 200


@pytest.mark.parametrize(
    ("route", "expected", "note"),
    [
        ((VEIN,), (), None),
        ((MOUTH,), ("WRONG_ROUTE",), None),
        ((MOUTH, VEIN), (), None),
        (None, (), "route not stated; planned: intravenous"),
        ((), (), "route not mapped; planned: intravenous"),
    ],
)
def test_a_route_deviates_only_where_it_is_mapped(
    route: tuple[str, ...] | None, expected: tuple[str, ...], note: str | None
) -> None:
    record = thiotepa(drug("150 mg", route=route))
    assert shown(record) == ("GIVEN", *expected)
    assert record.notes == ((note,) if note else ())


def test_an_item_without_a_route_asks_for_none() -> None:
    record = thiotepa(drug("150 mg", route=None), items=(replace(THIOTEPA, routes=()),))
    assert (shown(record), record.notes) == (("GIVEN",), ())


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        ("09:29", ("TOO_FAST",)),  # an hour planned, half and one and a half still within
        ("09:30", ()),
        ("10:30", ()),
        ("10:31", ("TOO_SLOW",)),
    ],
)
def test_the_duration_is_held_against_its_plan(end: str, expected: tuple[str, ...]) -> None:
    assert shown(thiotepa(drug("150 mg", f"2026-03-11T09:00/2026-03-11T{end}"))) == ("GIVEN", *expected)


@pytest.mark.parametrize("at", ["2026-03-11T09:00", "2026-03-11", "2026-03-11T09:00/2026-03-11T09:00"])
def test_a_duration_nobody_knows_is_none(at: str) -> None:
    record = thiotepa(drug("150 mg", at))
    assert (shown(record), record.administered.minutes if record.administered else 0) == (("GIVEN",), None)


def test_what_was_stopped_was_not_too_fast_but_may_have_been_too_slow() -> None:
    short = drug("140 mg", "2026-03-11T09:00/2026-03-11T09:10", status="stopped")
    assert shown(thiotepa(short, stopped_dose="administered")) == ("GIVEN",)
    long = drug("140 mg", "2026-03-11T09:00/2026-03-11T11:00", status="stopped")
    assert shown(thiotepa(long, stopped_dose="administered")) == ("GIVEN", "TOO_SLOW")


def test_an_item_without_a_duration_is_neither_fast_nor_slow() -> None:
    item = replace(THIOTEPA, minutes=None)
    assert shown(thiotepa(drug("150 mg", "2026-03-11T09:00/2026-03-11T09:01"), items=(item,))) == ("GIVEN",)


@pytest.mark.parametrize(
    ("on", "matched"),
    [
        ("2026-03-09", True),
        ("2026-03-10", True),
        ("2026-03-12", True),
        ("2026-03-13", True),
        ("2026-03-14", False),
    ],
)
def test_a_dose_is_looked_for_as_far_as_its_item_reaches(on: str, matched: bool) -> None:
    record = treated(
        drug("150 mg", f"{on}T09:00/{on}T10:00"), items=(THIOTEPA,), body=(weight("15", "2026-03-09T06:00"),)
    )
    if matched:
        assert shown(dose(record, "thiotepa", -14)) == ("GIVEN", "WRONG_DAY")
    else:
        assert [shown(each) for each in record.records] == [("OVERDUE",), ("GIVEN", "UNPLANNED")]


def test_a_second_dose_on_another_day_is_unplanned() -> None:
    record = treated(drug("150 mg"), drug("150 mg", "2026-03-12T09:00/2026-03-12T10:00"), items=(THIOTEPA,))
    extra = unplanned(record)[0]
    assert (shown(extra), extra.day, extra.item, amount(extra)) == (("GIVEN", "UNPLANNED"), -13, "thiotepa", 150)
    assert (extra.planned, extra.difference, extra.day_offset) == (None, None, None)


def test_an_unplanned_dose_per_kilogram_rests_on_the_weight_of_its_day() -> None:
    record = treated(drug("150 mg"), drug("10 mg/kg", "2026-03-13T09:00"), items=(THIOTEPA,))
    assert amount(unplanned(record)[0]) == 150


def test_an_unplanned_dose_recorded_twice_at_once_may_be_one() -> None:
    twice = [drug("150 mg", "2026-03-20T09:00", id_=id_) for id_ in ("a", "b")]
    record = treated(drug("150 mg"), *twice, items=(THIOTEPA,))
    assert [shown(each) for each in unplanned(record)] == [("UNKNOWN(CONFLICTING)", "DUPLICATE", "UNPLANNED")]


def test_an_unplanned_dose_of_unknown_amount_is_unknown() -> None:
    record = treated(drug("150 mg"), drug(None, "2026-03-20T09:00"), items=(THIOTEPA,))
    assert [shown(each) for each in unplanned(record)] == [("UNKNOWN(MISSING)", "UNPLANNED")]


def test_a_drug_given_before_the_trials_time_was_earlier_treatment() -> None:
    """Three days before day -14 still belong to the trial."""
    assert [shown(each) for each in unplanned(treated(drug("150 mg", "2026-03-08T09:00"), items=(THIOTEPA,)))] == [
        ("GIVEN", "UNPLANNED")
    ]
    assert unplanned(treated(drug("150 mg", "2026-03-07T09:00"), items=(THIOTEPA,))) == ()


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


def test_a_status_is_never_unknown_without_a_reason_and_the_next_fact() -> None:
    record = treated(drug("10 mg"), drug(None, "2026-03-20"), drug("1 mg", None), items=(THIOTEPA,))
    for each in record.records:
        assert (each.status is DosingStatus.UNKNOWN) == (each.reason is not None) == (each.next_fact is not None)


def test_a_rate_is_cited_as_it_was_written() -> None:
    for rate, unit in (
        ((quantity("150", "mg/h"), None), "mg/h"),
        ((quantity("150", "mg"), quantity("1", "h")), "mg / 1 h"),
    ):
        record = thiotepa(drug(None, rate=rate))
        cited = [each.reported for each in record.evidence if each.role == "rate"]
        assert (shown(record), cited) == (("GIVEN",), [Amount("150", unit)])
