"""Total body irradiation: 12 Gy from day -4 to -2 (21 to 23 March 2026), however it is cut and recorded."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.dosing.records import DosingRecord
from fhir_adapter.domain.facts import Fact, Reading
from fhir_adapter.domain.regimen import DayRange
from fhir_adapter.domain.source import RejectionReason
from tests.builders import ZONE, moment, patient, procedure, reading, refused, source
from tests.courses import stated, the_items
from tests.treated import a_quantity, amount, dose, dose_during, drug, radiation, shown, treated, unplanned

TBI = next(item for item in the_items() if item.id == "tbi")
WHOLE = "2026-03-21/2026-03-23"
SIX = tuple(f"2026-03-{day}T{hour}:00/2026-03-{day}T{hour}:30" for day in (21, 22, 23) for hour in ("08", "16"))


def tbi(*facts: Fact | Reading, **more: Any) -> DosingRecord:
    return dose(treated(*facts, **{"items": (TBI,), "said": stated(choice="tbi"), **more}), "tbi", -4)


def test_one_procedure_may_be_the_whole_course() -> None:
    record = tbi(radiation("12", WHOLE))
    assert (shown(record), amount(record)) == (("GIVEN",), 12)
    assert record.planned is not None
    assert (record.planned.day, record.planned.last_day) == (-4, -2)


def test_six_fractions_add_up_to_the_course() -> None:
    record = tbi(*(radiation("2", at) for at in SIX))
    assert (shown(record), amount(record)) == (("GIVEN",), 12)
    assert record.administered is not None
    assert record.administered.minutes == 180


def test_the_dose_may_be_written_in_centigray() -> None:
    assert amount(tbi(procedure("tbi", WHOLE, radiation=a_quantity("1200 cGy")))) == 12


@pytest.mark.parametrize("missing", [1, 2])
def test_fractions_left_out_make_the_course_partial(missing: int) -> None:
    record = tbi(*(radiation("2", at) for at in SIX[missing:]))
    assert shown(record) == ("PARTIAL", "DOSE_LOW")


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        (None, "MISSING"),
        ("12 mg", "UNIT_UNUSABLE"),
        ("12", "UNIT_UNUSABLE"),
        ("-12 Gy", "UNIT_UNUSABLE"),
        ("<12 Gy", "CENSORED"),
    ],
)
def test_without_a_usable_dose_the_course_is_unknown(written: str | None, reason: str) -> None:
    record = tbi(procedure("tbi", WHOLE, radiation=a_quantity(written)))
    assert (shown(record), amount(record)) == ((f"UNKNOWN({reason})",), None)
    assert record.next_fact is not None
    assert record.next_fact.startswith("radiation dose delivered")


def test_a_dose_measured_during_a_procedure_is_its_dose() -> None:
    done = [radiation(None, at) for at in SIX]
    record = tbi(*done, *(dose_during(each, "2") for each in done))
    assert (shown(record), amount(record)) == (("GIVEN",), 12)
    assert len([each for each in record.evidence if each.role == "dose"]) == 6


def test_a_dose_measured_during_another_procedure_is_not_its_dose() -> None:
    done, other = radiation(None, WHOLE), radiation(None, SIX[0])
    record = tbi(done, dose_during(other, "12"))
    assert shown(record) == ("UNKNOWN(MISSING)",)


@pytest.mark.parametrize("status", ["preliminary", "registered"])
def test_a_preliminary_dose_never_decides(status: str) -> None:
    done = radiation(None, WHOLE)
    assert shown(tbi(done, dose_during(done, "12", status=status))) == ("UNKNOWN(MISSING)",)


def test_a_measured_dose_that_is_no_number_is_none() -> None:
    done = radiation(None, WHOLE)
    measured = replace(dose_during(done, "12"), standard=None)
    assert shown(tbi(done, measured)) == ("UNKNOWN(UNIT_UNUSABLE)",)


def test_several_doses_during_one_procedure_conflict() -> None:
    done = radiation(None, WHOLE)
    record = tbi(done, dose_during(done, "12"), dose_during(done, "6"))
    assert (shown(record), amount(record)) == (("UNKNOWN(CONFLICTING)",), None)


def test_a_measured_dose_without_a_time_counts_and_two_contents_of_it_conflict() -> None:
    done = radiation(None, WHOLE)
    assert amount(tbi(done, dose_during(done, "12", effective=None))) == 12
    measured = dose_during(done, "12")
    one, two = (source("Observation", "d", version=each, updated=None, content=each) for each in "ab")
    record = tbi(done, reading(measured, at=one), reading(measured, at=two))
    assert shown(record) == ("UNKNOWN(CONFLICTING)",)


@pytest.mark.parametrize(
    ("measured", "expected"), [("12", 12), ("13.2", 12), ("13.3", None), ("10.8", 12), ("10.7", None)]
)
def test_its_own_dose_wins_unless_what_was_measured_differs(measured: str, expected: int | None) -> None:
    done = radiation("12", WHOLE)
    record = tbi(done, dose_during(done, measured))
    assert amount(record) == expected
    assert (shown(record) == ("UNKNOWN(CONFLICTING)",)) == (expected is None)


def test_a_dose_nobody_can_read_is_not_replaced_by_a_measured_one() -> None:
    done = procedure("tbi", WHOLE, radiation=a_quantity("12 mg"))
    assert shown(tbi(done, dose_during(done, "12"))) == ("UNKNOWN(UNIT_UNUSABLE)",)


def test_a_measured_dose_nobody_can_read_does_not_spoil_its_own() -> None:
    done = radiation("12", WHOLE)
    assert amount(tbi(done, dose_during(done, "12", "mg"))) == 12


def _part(gray: str | None, at: str, of: str, **more: Any) -> Any:
    return radiation(gray, at, part_of=(f"Procedure/{of}",), **more)


def test_the_dose_of_a_course_holds_that_of_its_fractions() -> None:
    course = radiation("12", WHOLE, id_="course")
    record = tbi(course, *(_part("2", at, "course") for at in SIX))
    assert (shown(record), amount(record)) == (("GIVEN",), 12)
    assert record.administered is not None
    assert record.administered.parts == ("Procedure/course",)


def test_the_dose_of_a_course_holds_that_of_the_parts_of_its_parts() -> None:
    course = radiation("12", WHOLE, id_="course")
    phase = _part(None, WHOLE, "course", id_="phase")
    record = tbi(course, phase, *(_part("2", at, "phase") for at in SIX))
    assert amount(record) == 12


def test_a_course_without_a_dose_is_the_sum_of_its_fractions() -> None:
    course = radiation(None, WHOLE, id_="course")
    record = tbi(course, *(_part("2", at, "course") for at in SIX))
    assert (shown(record), amount(record)) == (("GIVEN",), 12)


def test_procedures_that_are_part_of_each_other_all_count() -> None:
    """Nonsense, but nothing may be lost by it."""
    one, two = _part("6", SIX[0], "b", id_="a"), _part("6", SIX[2], "a", id_="b")
    assert amount(tbi(one, two)) == 12


def test_a_course_and_its_fractions_that_do_not_know_each_other_may_be_recorded_twice() -> None:
    record = tbi(radiation("12", WHOLE, id_="course"), *(radiation("2", at) for at in SIX))
    assert (shown(record), amount(record)) == (("UNKNOWN(CONFLICTING)", "DUPLICATE"), None)


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("2026-03-18", ("OVERDUE",)),
        ("2026-03-19", ("GIVEN", "WRONG_DAY")),  # two days before the first
        ("2026-03-21", ("GIVEN",)),
        ("2026-03-23", ("GIVEN",)),
        ("2026-03-25", ("GIVEN", "WRONG_DAY")),
        ("2026-03-26", ("OVERDUE",)),
    ],
)
def test_a_course_takes_what_was_done_between_its_days_or_within_reach(on: str, expected: tuple[str, ...]) -> None:
    assert shown(tbi(radiation("12", f"{on}T08:00"))) == expected


def test_one_fraction_outside_its_days_is_on_the_wrong_day() -> None:
    record = tbi(radiation("10", SIX[0]), radiation("2", "2026-03-24T08:00"))
    assert (shown(record), amount(record)) == (("GIVEN", "WRONG_DAY"), 12)


@pytest.mark.parametrize(
    ("as_of", "expected"), [("2026-03-23T23:59", "NOT_YET_DUE"), ("2026-03-24T00:00", "OVERDUE")]
)
def test_a_course_is_due_to_the_end_of_its_last_day(as_of: str, expected: str) -> None:
    assert shown(tbi(as_of=as_of)) == (expected,)
    wider = replace(TBI, in_window=DayRange(-1, 1))
    assert shown(tbi(as_of="2026-03-24T23:59", items=(wider,))) == ("NOT_YET_DUE",)


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ("2026-03-21T12:00", ("PARTIAL",)),  # 2 of 12 Gy: no slip of the unit either
        ("2026-03-23T23:59", ("PARTIAL",)),
        ("2026-03-24T00:00", ("UNKNOWN(UNIT_UNUSABLE)", "UNIT_SUSPECT")),
    ],
)
def test_a_course_that_goes_on_is_neither_low_nor_in_doubt(as_of: str, expected: tuple[str, ...]) -> None:
    assert shown(tbi(radiation("2", SIX[0]), as_of=as_of)) == expected


def test_a_course_that_goes_on_is_not_complete_until_it_is_over() -> None:
    day_3 = treated(
        *(radiation("2", at) for at in SIX[:4]),
        items=(TBI,), said=stated(choice="tbi"), as_of="2026-03-22T20:00",
    )  # fmt: skip
    record = dose(day_3, "tbi", -4)
    assert shown(record) == ("PARTIAL",)
    assert (amount(record), record.difference) == (8, None)
    assert [(each.is_complete, each.deviations) for each in day_3.totals] == [(False, ())]
    assert day_3.valid_until == datetime(2026, 3, 24, tzinfo=ZONE)


def test_a_course_whose_dose_is_reached_early_is_given() -> None:
    record = tbi(radiation("12", SIX[0]), as_of="2026-03-21T12:00")
    assert shown(record) == ("GIVEN",)
    assert record.difference == 0


def test_a_course_ended_by_death_goes_on_no_longer() -> None:
    dead = replace(patient(), deceased=moment("2026-03-22T10:00"))
    record = tbi(dead, *(radiation("4", at) for at in SIX[:2]), as_of="2026-03-23T12:00")
    assert shown(record) == ("PARTIAL", "DOSE_LOW")


def test_a_procedure_in_preparation_is_nothing_yet() -> None:
    assert shown(tbi(radiation("12", WHOLE, status="preparation"))) == ("OVERDUE",)


def test_a_procedure_of_unknown_status_or_not_done() -> None:
    assert shown(tbi(radiation("12", WHOLE, status="unknown"))) == ("UNKNOWN(UNMAPPED)",)
    assert shown(tbi(radiation("12", WHOLE, status="not-done"))) == ("NOT_GIVEN",)


def test_a_stopped_procedure_delivered_what_it_says() -> None:
    record = tbi(radiation("8", WHOLE, status="stopped"))
    assert (shown(record), amount(record)) == (("PARTIAL", "DOSE_LOW"), 8)


WHOLE_BODY = ConceptId("whole-body")


def test_radiotherapy_is_this_item_only_at_its_body_site() -> None:
    item = replace(TBI, body_sites=(WHOLE_BODY,))
    assert shown(tbi(radiation("12", WHOLE, body_site=(WHOLE_BODY,)), items=(item,))) == ("GIVEN",)
    assert shown(tbi(radiation("12", WHOLE, body_site=(ConceptId("knee"),)), items=(item,))) == ("OVERDUE",)


def test_a_code_that_names_the_body_site_needs_no_other() -> None:
    item = replace(TBI, body_sites=(WHOLE_BODY,))
    named = radiation("12", WHOLE, concepts=(*TBI.concepts, WHOLE_BODY))
    assert shown(tbi(named, items=(item,))) == ("GIVEN",)


def test_radiotherapy_without_a_mapped_body_site_may_be_this_item() -> None:
    item = replace(TBI, body_sites=(WHOLE_BODY,))
    assert shown(tbi(radiation("12", WHOLE), items=(item,))) == ("UNKNOWN(UNMAPPED)",)
    assert shown(tbi(radiation("12", WHOLE, elsewhere=True), items=(item,))) == ("OVERDUE",)
    assert shown(tbi(radiation("12", "2026-03-01"), items=(item,))) == ("OVERDUE",)
    assert shown(tbi(radiation("12", WHOLE, status="not-done"), items=(item,))) == ("OVERDUE",)


def test_an_unread_procedure_leaves_the_course_open_and_an_unread_drug_does_not() -> None:
    unread = refused(RejectionReason.UNMAPPED_CODE, kind="Procedure", at="2026-03-22")
    assert shown(tbi(unread)) == ("UNKNOWN(UNMAPPED)",)
    drugs = refused(RejectionReason.UNMAPPED_CODE, kind="MedicationAdministration", at="2026-03-22")
    assert shown(tbi(drugs)) == ("OVERDUE",)


def test_a_drug_recorded_as_irradiation_has_no_radiation_dose() -> None:
    assert shown(tbi(drug("12 mg", WHOLE, of="tbi"))) == ("UNKNOWN(UNIT_UNUSABLE)",)


def test_irradiation_beside_the_course_is_unplanned() -> None:
    record = treated(
        radiation("12", WHOLE), radiation("2", "2026-04-02T08:00"), items=(TBI,), said=stated(choice="tbi")
    )
    assert [(shown(each), amount(each)) for each in unplanned(record)] == [(("GIVEN", "UNPLANNED"), 2)]
