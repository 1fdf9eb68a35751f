"""One planned dose and what became of it: amounts, bags, statuses, what was given beside the plan."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from fhir_adapter.domain.codes import Coding
from fhir_adapter.domain.dosing.records import DosingStatus
from fhir_adapter.domain.records import Amount
from fhir_adapter.domain.regimen import Basis
from fhir_adapter.domain.source import RejectionReason
from tests.builders import quantity, reading, refused
from tests.courses import VEIN, an_item, weight
from tests.treated import THIOTEPA, amount, dose, drug, shown, thiotepa, treated, unplanned

LATER = "2026-03-11T15:00/2026-03-11T15:30"


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


@pytest.mark.parametrize(
    ("reason", "detail", "expected"),
    [
        (RejectionReason.UNKNOWN_UNIT, "", "UNKNOWN(UNIT_UNUSABLE)"),
        (RejectionReason.VALUE_ABSENT, "masked", "UNKNOWN(HIDDEN)"),
        (RejectionReason.VALUE_ABSENT, "unknown", "GIVEN"),  # nobody wrote a dose down: the rate tells
    ],
)
def test_a_rate_does_not_stand_in_for_a_dose_that_was_refused(
    reason: RejectionReason, detail: str, expected: str
) -> None:
    kind = "MedicationAdministration.dosage.dose"
    rejection = refused(reason, "thiotepa", kind=kind, detail=detail).rejections[0]
    given = reading(drug(None, rate=(quantity("150", "mg/h"), None)))
    assert shown(thiotepa(replace(given, rejections=(rejection,)))) == (expected,)


def test_a_rate_tells_of_a_stopped_infusion_whatever_the_ordered_dose_was() -> None:
    kind = "MedicationAdministration.dosage.dose"
    rejection = refused(RejectionReason.UNKNOWN_UNIT, "thiotepa", kind=kind).rejections[0]
    given = reading(drug(None, status="stopped", rate=(quantity("150", "mg/h"), None)))
    assert shown(thiotepa(replace(given, rejections=(rejection,)))) == ("GIVEN",)


def test_a_drug_recorded_per_kilogram_is_no_number_of_cells() -> None:
    record = thiotepa(drug("10 mg/kg"))
    assert record.administered is not None
    assert (amount(record), record.administered.per_kg) == (150, None)
