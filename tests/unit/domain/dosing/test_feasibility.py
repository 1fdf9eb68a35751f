"""Level 1: 10 x 10*6/kg in all, 20/3 in infusion 1 and 10/3 in infusion 2; 20 % less still reaches it."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from fhir_adapter.domain.dosing.feasibility import (
    FeasibilityCount,
    assess_feasibility,
    count_feasibility,
)
from fhir_adapter.domain.dosing.records import (
    AdministeredDose,
    Dose,
    DosingRecord,
    FeasibilityRecord,
    InfusionFeasibility,
)
from tests.courses import a_course, a_regimen, an_item, stated
from tests.treatment_records import dosing, planned

DAYS = {1: -12, 2: 5}


def given(per_kg: str | None, level: int | None = None, total: str | None = "100") -> AdministeredDose:
    return AdministeredDose(
        dose=Dose(Fraction(total), "10*6") if total is not None else None,
        per_kg=Dose(Fraction(per_kg), "10*6/kg") if per_kg is not None else None,
        matched_level=level,
    )


def infused(infusion: int, status: str, administered: AdministeredDose | None = None, **more: Any) -> DosingRecord:
    item, day = f"nk-infusion-{infusion}", DAYS[infusion]
    return dosing(
        item,
        day,
        status,
        **{"planned": planned(item, day, None), "administered": administered, "day_offset": 0, **more},
    )


def first(*records: DosingRecord, **more: Any) -> InfusionFeasibility:
    return assess_feasibility(a_course(**more), records).infusions[0]


FIRST = infused(1, "GIVEN", given("20/3", 1))
SECOND = infused(2, "GIVEN", given("10/3", 1))


def test_both_infusions_at_the_level_in_their_windows() -> None:
    record = assess_feasibility(a_course(), [SECOND, FIRST])
    assert (record.level, record.reached_level) == (1, True)
    assert [each.infusion for each in record.infusions] == [1, 2]
    assert [(each.given, each.in_window, each.reached_level, each.reason) for each in record.infusions] == [
        (True, True, True, None),
        (True, True, True, None),
    ]


@pytest.mark.parametrize(
    ("administered", "expected"),
    [
        (given("16/3"), True),  # 80 % of 20/3
        (given("5.33"), False),
        (given("20", 2), True),  # more than the level reaches it
        (given(None), None),
        (given(None, 1), True),
        (given("13/3", 0), False),
    ],
)
def test_the_level_is_reached_by_its_share_less_a_fifth(
    administered: AdministeredDose, expected: bool | None
) -> None:
    assert first(infused(1, "GIVEN", administered)).reached_level is expected


def test_without_an_assigned_level_nothing_can_be_reached() -> None:
    record = assess_feasibility(a_course(said=stated(level=None)), [FIRST, SECOND])
    assert (record.level, record.reached_level) == (None, None)


def test_cells_without_a_share_of_the_level_reach_none() -> None:
    plan = a_regimen(an_item("nk-infusion-1", -12, infusion=1, amount=None))
    assert first(FIRST, regimen=plan).reached_level is None


@pytest.mark.parametrize(
    ("status", "administered", "expected"),
    [
        ("GIVEN", given("20/3"), True),
        ("GIVEN", given("20/3", total=None), True),
        ("GIVEN", None, True),
        ("PARTIAL", given("3"), True),
        ("PARTIAL", given("0", total="0"), False),
        ("PARTIAL", given(None, total=None), None),
        ("PARTIAL", None, None),
        ("NOT_GIVEN", None, False),
        ("OVERDUE", None, False),
        ("NOT_YET_DUE", None, None),
        ("UNKNOWN", given("20/3"), None),
    ],
)
def test_an_infusion_counts_as_given_where_cells_were_infused(
    status: str, administered: AdministeredDose | None, expected: bool | None
) -> None:
    assert first(infused(1, status, administered)).given is expected


@pytest.mark.parametrize(("offset", "expected"), [(0, True), (1, False), (-1, False), (None, None)])
def test_the_window_is_that_of_the_plan(offset: int | None, expected: bool | None) -> None:
    assert first(infused(1, "GIVEN", given("20/3", 1), day_offset=offset)).in_window is expected


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, "not given"),
        ({"status_reasons": ("910001000", "182862001")}, "not given: 910001000, 182862001"),
        ({"next_fact": "why it was not given"}, "not given: why it was not given"),
    ],
)
def test_an_infusion_not_given_says_why(more: dict[str, Any], expected: str) -> None:
    infusion = first(infused(1, "NOT_GIVEN", **more))
    assert (infusion.reason, infusion.in_window, infusion.reached_level) == (expected, None, None)


def test_no_infusion_is_awaited_after_the_end_of_treatment() -> None:
    ended = first(ends=date(2026, 3, 12))
    assert (ended.given, ended.reason) == (False, "treatment ended on 2026-03-12")


@pytest.mark.parametrize(("last", "was_given"), [(date(2026, 3, 12), None), (date(2026, 3, 13), False)])
def test_cells_recorded_after_the_end_of_treatment_leave_open_which_is_true(
    last: date, was_given: bool | None
) -> None:
    late = dosing("nk-infusion-1", -12, "GIVEN", administered=given("20/3", 1), planned=None)
    infusion = first(late, ends=last)
    assert infusion.given is was_given


def test_without_a_planned_dose_nothing_is_known() -> None:
    unplanned = dosing("nk-infusion-1", -12, "GIVEN", administered=given("20/3", 1))
    infusion = first(unplanned)
    assert (infusion.given, infusion.reason) == (None, "it is not known whether and when it is planned")


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ([FIRST, SECOND], True),
        ([FIRST, infused(2, "NOT_YET_DUE")], None),
        ([FIRST, infused(2, "NOT_GIVEN")], None),
        ([infused(1, "GIVEN", given("1")), infused(2, "NOT_GIVEN")], False),
        ([infused(1, "GIVEN", given("1")), SECOND], False),
        ([FIRST, infused(2, "GIVEN", given(None))], None),
        ([infused(1, "GIVEN", given("1")), infused(2, "GIVEN", given(None))], False),
        ([infused(1, "NOT_GIVEN"), infused(2, "NOT_GIVEN")], None),
    ],
)
def test_the_product_reached_the_level_where_every_infusion_did(
    records: list[DosingRecord], expected: bool | None
) -> None:
    assert assess_feasibility(a_course(), records).reached_level is expected


def subject(level: int | None, *infusions: tuple[bool | None, bool | None, bool | None]) -> FeasibilityRecord:
    known = tuple(
        InfusionFeasibility(infusion=number, given=given_, in_window=window, reached_level=reached)
        for number, (given_, window, reached) in enumerate(infusions, start=1)
    )
    reached = [each.reached_level for each in known]
    whole = False if False in reached else None if None in reached else True
    return FeasibilityRecord(level=level, reached_level=whole, infusions=known)


GOOD = (True, True, True)
NOT_GIVEN = (False, None, None)
AHEAD = (None, None, None)


def test_the_primary_objective_is_counted_per_level() -> None:
    counts = count_feasibility([
        subject(2, GOOD, AHEAD),
        subject(1, GOOD, GOOD),
        subject(1, GOOD, (True, False, True)),
        subject(1, GOOD, NOT_GIVEN),
        subject(1, (True, True, False), NOT_GIVEN),
        subject(1, (True, None, True), GOOD),
        subject(None, (True, True, None), GOOD),
    ])
    assert counts == (
        FeasibilityCount(
            level=1, subjects=5, given=((1, 5), (2, 3)), all_given=3, in_window=1, reached_level=3, unknown=1
        ),
        FeasibilityCount(
            level=2, subjects=1, given=((1, 1), (2, 0)), all_given=0, in_window=0, reached_level=0, unknown=1
        ),
        FeasibilityCount(
            level=None, subjects=1, given=((1, 1), (2, 1)), all_given=1, in_window=1, reached_level=0, unknown=1
        ),
    )


def test_nobody_is_no_count() -> None:
    assert count_feasibility([]) == ()


def test_a_subject_without_infusions_in_the_plan_got_none() -> None:
    (count,) = count_feasibility([subject(1)])
    assert (count.given, count.all_given, count.unknown) == ((), 0, 0)
