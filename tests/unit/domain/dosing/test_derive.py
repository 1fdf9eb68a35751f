"""One subject's whole treatment: who has one, when it ends, until when it is valid, what it always holds to."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fhir_adapter.domain.dosing.derive import derive_treatment
from fhir_adapter.domain.dosing.records import DosingStatus, TreatmentRecord
from fhir_adapter.domain.exposure import Exposure
from fhir_adapter.domain.facts import Fact, Reading
from fhir_adapter.domain.moments import Effective
from fhir_adapter.domain.quantity import Quantity
from fhir_adapter.domain.regimen import Basis, DayRange
from fhir_adapter.domain.timeline import build_timeline
from tests.builders import ZONE, attestation, exposure, moment, patient, reading
from tests.courses import CELLS, GRAFT, SUBJECT, a_treated_trial, an_item, stated, the_items, weight
from tests.scenes import timeline, trial
from tests.treated import (
    BODY,
    DAY_15,
    READ,
    THIOTEPA,
    a_quantity,
    amount,
    bag,
    dose,
    drug,
    graft,
    infusion,
    radiation,
    shown,
    strength,
    treated,
    unplanned,
)


def derive(*facts: Any, **more: Any) -> TreatmentRecord | None:
    return derive_treatment(
        timeline(*facts),
        **{"trial": a_treated_trial(), "subject": SUBJECT, "as_of": DAY_15, "zone": ZONE, **more},
    )


def test_a_trial_without_a_plan_gives_no_treatment() -> None:
    assert derive(*stated(), trial=trial()) is None


def test_only_who_was_assigned_chosen_for_or_given_cells_has_a_treatment() -> None:
    assert derive(*stated(level=None, choice=None)) is None
    assert derive(attestation("dose-level", Fraction(1), at="2026-03-01T09:00")) is not None  # type: ignore[arg-type]
    assert derive(attestation("conditioning-choice", "tbi", at="2026-03-01T09:00")) is not None
    assert derive(infusion("100 10*6")) is not None
    assert derive(infusion("100 10*6", status="not-done")) is None


def test_the_record_says_day_0_level_and_arm() -> None:
    record = treated(graft())
    assert (record.day_zero, record.day_zero_source, record.level, record.arm) == (
        date(2026, 3, 25), "graft", 1, "L1",
    )  # fmt: skip
    assert {each.role for each in record.evidence} == {"attestation", "graft"}
    assert (record.trial, record.subject, record.definitions_digest) == ("tiny", SUBJECT, "definitions-1")
    without = treated(said=stated(level=None))
    assert (without.level, without.arm) == (None, None)


def test_records_are_by_day_in_the_order_of_the_protocol_then_the_unplanned() -> None:
    late, early = drug("1 mg", "2026-04-08T09:00"), drug("1 mg", "2026-04-02T09:00", of="busulfan")
    undated = drug("1 mg", "2026-03", of="cyclophosphamide")
    record = treated(late, early, undated)
    planned = [each for each in record.records if each.planned is not None]
    assert [each.day for each in planned] == sorted(each.day or 0 for each in planned)
    assert [each.item for each in planned][:3] == ["fludarabine", "thiotepa", "cyclophosphamide"]
    assert [each.item for each in unplanned(record)] == ["busulfan", "thiotepa", "cyclophosphamide"]


def test_after_death_nothing_is_planned() -> None:
    dead = replace(patient(), deceased=moment("2026-03-12T10:00"))
    record = treated(dead, drug("75 mg"))
    assert {each.date for each in record.records} == {date(2026, 3, 11), date(2026, 3, 12)}
    assert record.notes == ("nothing is planned after 2026-03-12",)


def test_after_a_withdrawal_nothing_is_planned_or_read() -> None:
    late = drug("75 mg", "2026-03-13T09:00")
    record = treated(drug("75 mg"), late, withdrawn_on=date(2026, 3, 12))
    assert {each.date for each in record.records} == {date(2026, 3, 11), date(2026, 3, 12)}
    assert unplanned(record) == ()
    assert record.notes == ("nothing is planned or read after 2026-03-12",)


@pytest.mark.parametrize(
    ("as_of", "until"),
    [
        ("2026-03-11T12:00", "2026-03-12T00:00:00+01:00"),
        ("2026-03-12T00:00", None),  # overdue: time alone changes nothing more
    ],
)
def test_a_record_is_valid_to_the_end_of_the_next_planned_day(as_of: str, until: str | None) -> None:
    item = replace(THIOTEPA, basis=Basis.ABSOLUTE, course=None)
    record = treated(items=(item,), as_of=as_of)
    assert (record.valid_until.isoformat() if record.valid_until else None) == until


def test_a_record_is_valid_to_the_end_of_a_window_and_of_a_course() -> None:
    item = replace(THIOTEPA, basis=Basis.ABSOLUTE, in_window=DayRange(-1, 2))
    assert treated(items=(item,), as_of="2026-03-11T12:00").valid_until == datetime(2026, 3, 14, tzinfo=ZONE)
    tbi = next(item for item in the_items() if item.id == "tbi")
    record = treated(items=(tbi,), said=stated(choice="tbi"), as_of="2026-03-22T12:00")
    assert record.valid_until == datetime(2026, 3, 24, tzinfo=ZONE)


def test_a_record_is_valid_until_a_dose_that_something_undated_may_be_is_due() -> None:
    item = replace(THIOTEPA, basis=Basis.ABSOLUTE, course=None)
    given = drug("10 mg", "2026-03")
    assert treated(given, items=(item,), as_of="2026-03-10T12:00").valid_until == datetime(
        2026, 3, 11, tzinfo=ZONE
    )


def test_a_record_is_valid_until_its_weight_grows_old() -> None:
    """Weighed on 10 March, 7 days: from 18 March on no dose can be computed."""
    item = replace(THIOTEPA, days=(replace(THIOTEPA.days[0], day=-2),))
    record = treated(items=(item,), as_of="2026-03-15T12:00")
    assert record.valid_until == datetime(2026, 3, 18, tzinfo=ZONE)
    stale = treated(items=(item,), as_of="2026-03-18T12:00")
    assert stale.records[0].planned is not None
    assert (stale.records[0].planned.dose, stale.records[0].planned.reason) == (None, "STALE")


def test_a_record_of_the_past_is_valid_until_the_next_fact() -> None:
    item = replace(THIOTEPA, basis=Basis.ABSOLUTE, course=None)
    record = treated(drug("10 mg"), items=(item,), as_of="2026-03-11T08:00")
    assert record.valid_until == datetime(2026, 3, 11, 9, tzinfo=ZONE)


def test_feasibility_follows_the_records() -> None:
    record = treated(infusion("100 10*6"), graft(), infusion("50 10*6", "2026-03-30T11:00"))
    assert (record.feasibility.level, record.feasibility.reached_level) == (1, True)
    assert [(each.given, each.in_window) for each in record.feasibility.infusions] == [(True, True), (True, True)]


def test_nothing_but_what_a_person_sees_is_in_the_digest() -> None:
    early = treated(drug("75 mg"), as_of="2026-04-09T12:00")
    late = treated(drug("75 mg"), as_of="2026-04-09T13:00")
    assert early.evidence_digest == late.evidence_digest
    other = treated(drug("76 mg"), as_of="2026-04-09T12:00")
    assert other.evidence_digest != early.evidence_digest
    reread = treated(drug("75 mg"), read=tuple(replace(each, read_at="2026-04-09") for each in READ))
    assert reread.evidence_digest == early.evidence_digest


AMOUNTS = ["75 mg", "5 mg/kg", "0.075 g", "10 mL", "75", "1 {tbl}", "500 mg", "6.6 10*6/kg", "100 10*6", "12 Gy"]
STARTS = [
    None, "2026", "2026-03", "2026-03-11", "2026-03-11T09:00", "2026-03-11T09:00/2026-03-11T10:00",
    "2026-03-12T00:00/2026-03-12T01:00", "2026-03-13T11:00/", "2026-03-28", "2026-03-30T11:00/2026-03-30T11:30",
    "/2026-03-30", "2026-03-30T12:00/2026-03-30T11:00", "9999-12-31", "2026-04-30",
]  # fmt: skip
STATUSES = ["completed", "stopped", "in-progress", "on-hold", "not-done", "unknown", "preparation"]
GIVEN = ["fludarabine", "thiotepa", "cyclophosphamide", "treosulfan", "busulfan", "tbi", "abatacept", CELLS, GRAFT]


@st.composite
def administrations(draw: st.DrawFn) -> Exposure:
    """Anything a hospital may have written down of something given."""
    text = draw(st.sampled_from([None, *AMOUNTS]))
    rated = a_quantity(draw(st.sampled_from([None, "75 mg/h", "20 min"])))
    return drug(
        text,
        draw(st.sampled_from(STARTS)),
        of=draw(st.sampled_from(GIVEN)),
        id_=draw(st.sampled_from(["a", "b", "c", "d", "e"])),
        status=draw(st.sampled_from(STATUSES)),
        route=draw(st.sampled_from([None, (), ("oral",), ("intravenous",)])),
        identifiers=draw(st.sampled_from([(), (("urn:x", "1"),), (("urn:x", "2"),)])),
        supporting=draw(st.sampled_from([(), ("BiologicallyDerivedProduct/b",)])),
        rate=(rated, None) if rated is not None else None,
        strengths=draw(st.sampled_from([(), (strength("thiotepa", "75 mg", "10 mL"),)])),
    )


KNOWN: tuple[Fact, ...] = (
    *BODY,
    *stated(),
    graft(),
    bag("b", "100 10*6"),
    radiation("12", "2026-03-21/2026-03-23"),
)


def _readings(given: list[Exposure]) -> list[Reading]:
    """Readings of resources; two of one id are two contents of it."""
    found = []
    for index, each in enumerate(given):
        source = replace(each.source, last_updated=None, content=f"{index}", version=f"{index}")
        found.append(reading(each, at=source))
    return [*found, *map(reading, KNOWN)]


def _derived(readings: list[Reading], as_of: datetime = DAY_15) -> TreatmentRecord:
    record = derive_treatment(
        build_timeline(readings, READ), a_treated_trial(), subject=SUBJECT, as_of=as_of, zone=ZONE
    )
    assert record is not None
    return record


@settings(deadline=None, max_examples=60)
@given(st.lists(administrations(), max_size=5), st.randoms(use_true_random=False))
def test_the_order_of_readings_never_matters(given: list[Exposure], dice: random.Random) -> None:
    readings = _readings(given)
    first = _derived(readings)
    dice.shuffle(readings)
    again = _derived(readings)
    assert again == first


@settings(deadline=None, max_examples=60)
@given(st.lists(administrations(), max_size=4, unique_by=lambda each: each.source.id))
def test_every_administration_is_in_one_record_and_no_status_is_unknown_without_reason(
    given: list[Exposure],
) -> None:
    record = _derived(_readings(given))
    for each in record.records:
        assert (each.status is DosingStatus.UNKNOWN) == (each.reason is not None)
        assert (each.reason is None) == (each.next_fact is None)
        if each.administered is not None and each.item != "graft":
            assert (each.administered.dose is None) == (each.administered.reason is not None)
    parts = [part for each in record.records if each.administered is not None for part in each.administered.parts]
    assert len(parts) == len(set(parts))


@settings(deadline=None, max_examples=60)
@given(st.lists(administrations(), min_size=1, max_size=4, unique_by=lambda each: each.source.id))
def test_retracting_an_administration_is_never_having_had_it(given: list[Exposure]) -> None:
    readings = _readings(given)
    retraction = Reading(
        source=replace(readings[0].source, version="r", content="r", last_updated=moment("2026-04-01T09:00")),
        patient="child",
        retracts=True,
    )
    dated = replace(readings[0].source, last_updated=moment("2026-03-31T09:00"))
    had = reading(readings[0].facts[0], at=dated)
    assert _derived([had, retraction, *readings[1:]]) == _derived(readings[1:])


@settings(deadline=None, max_examples=60)
@given(st.lists(st.decimals(min_value=1, max_value=60, places=3), min_size=1, max_size=6))
def test_the_sum_of_the_parts_is_the_record(parts: list[Any]) -> None:
    """One bag after the other, 150 mg planned; a course adds up what is not in doubt."""
    bags = [
        exposure(
            "thiotepa", f"2026-03-11T{9 + index:02}:00/2026-03-11T{9 + index:02}:45", dose=Quantity(each, "mg"),
        )
        for index, each in enumerate(parts)
    ]  # fmt: skip
    record = treated(*bags, items=(THIOTEPA,))
    given = dose(record, "thiotepa", -14)
    assert amount(given) == sum(map(Fraction, parts), Fraction(0))
    in_doubt = "UNIT_SUSPECT" in given.deviations
    received = record.totals[0].administered
    assert (received.value if received is not None else None) == (None if in_doubt else amount(given))
    assert given.administered is not None
    assert given.administered.minutes == 45 * len(parts)


def test_a_period_that_ends_before_it_starts_has_no_duration() -> None:
    odd = replace(
        drug("150 mg"), effective=Effective(moment("2026-03-11T10:00"), moment("2026-03-11T09:00"), True)
    )
    given = dose(treated(odd, items=(THIOTEPA,)), "thiotepa", -14)
    assert shown(given) == ("GIVEN",)
    assert given.administered is not None
    assert given.administered.minutes is None


def test_a_duration_over_the_night_the_clocks_change_is_elapsed_time() -> None:
    """Day +4 is 29 March 2026: 01:00 CET to 04:00 CEST are two hours; the day is 23 hours long."""
    item = an_item("abatacept", 4, basis=Basis.ABSOLUTE, amount=Fraction(150), minutes=120)
    night = drug("150 mg", "2026-03-29T01:00/2026-03-29T04:00", of="abatacept")
    given = dose(treated(night, items=(item,)), "abatacept", 4)
    assert (shown(given), given.day_offset) == (("GIVEN",), 0)
    assert given.administered is not None
    assert given.administered.minutes == 120


def test_the_weight_of_another_day_does_not_change_what_was_given() -> None:
    before = treated(drug("10 mg/kg"), items=(THIOTEPA,))
    after = treated(drug("10 mg/kg"), weight("30", "2026-03-20T07:00"), items=(THIOTEPA,))
    assert dose(before, "thiotepa", -14) == dose(after, "thiotepa", -14)
