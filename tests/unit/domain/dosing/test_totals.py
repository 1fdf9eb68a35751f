"""What a whole course comes to. Thiotepa 5 mg/kg on days -14 and -13 for 15 kg: twice 75 mg, 150 mg in all."""

from __future__ import annotations

from typing import Any

import pytest

from fhir_adapter.domain.dosing.records import CourseTotal
from fhir_adapter.domain.facts import Fact
from tests.builders import attestation
from tests.courses import stated, the_items, weight
from tests.treated import drug, radiation, treated

THIOTEPA = next(item for item in the_items() if item.id == "thiotepa")
SECOND = "2026-03-12T09:00/2026-03-12T10:00"


def total(*facts: Fact, **more: Any) -> CourseTotal:
    record = treated(*facts, **{"items": (THIOTEPA,), **more})
    return record.totals[0]


def said(found: CourseTotal) -> tuple[Any, Any, Any, bool, tuple[str, ...]]:
    planned = found.planned.value if found.planned is not None else None
    given = found.administered.value if found.administered is not None else None
    return planned, given, found.difference, found.is_complete, tuple(found.deviations)


def test_a_course_given_as_planned() -> None:
    found = total(drug("75 mg"), drug("75 mg", SECOND))
    assert said(found) == (150, 150, 0, True, ())
    assert (found.per_basis, found.title, found.reason) == ("10 mg/kg", "Thiotepa", None)


@pytest.mark.parametrize(
    ("second", "deviations"),
    [("90 mg", ()), ("90.1 mg", ("COURSE_TOTAL",)), ("60 mg", ()), ("59.9 mg", ("COURSE_TOTAL",))],
)
def test_a_course_off_its_total_by_more_than_the_tolerance(second: str, deviations: tuple[str, ...]) -> None:
    found = total(drug("75 mg"), drug(second, SECOND))
    assert found.is_complete
    assert tuple(found.deviations) == deviations


def test_an_amount_whose_unit_is_in_doubt_adds_up_to_nothing() -> None:
    """5 mg where 75 mg were planned: mg/kg written as mg, perhaps."""
    found = total(drug("75 mg"), drug("5 mg", SECOND))
    assert said(found) == (150, None, None, False, ())
    assert found.reason == "UNIT_UNUSABLE"


def test_a_course_that_is_not_over_has_no_difference() -> None:
    found = total(drug("75 mg"), as_of="2026-03-12T08:00")
    assert said(found) == (150, 75, None, False, ())


def test_an_overdue_dose_leaves_the_course_open() -> None:
    assert said(total(drug("75 mg"))) == (150, 75, None, False, ())


def test_a_dose_not_given_closes_the_course() -> None:
    found = total(drug("75 mg"), drug(None, "2026-03-12T09:00", status="not-done"))
    assert said(found)[1:] == (75, -1 / 2, True, ("COURSE_TOTAL",))


def test_a_dose_that_still_runs_leaves_the_course_open() -> None:
    found = total(drug("75 mg"), drug("75 mg", "2026-03-12T09:00/", status="in-progress"))
    assert said(found) == (150, 75, None, False, ())


def test_a_dose_of_unknown_amount_leaves_the_total_unknown() -> None:
    found = total(drug("75 mg"), drug(None, SECOND))
    assert said(found) == (150, None, None, False, ())
    assert found.reason == "MISSING"


def test_a_dose_that_may_have_been_given_unrecorded_leaves_the_total_unknown() -> None:
    found = total(drug("75 mg"), read=())
    assert (said(found)[1], found.reason) == (None, "MISSING")


def test_without_a_plan_what_was_given_is_still_added_up() -> None:
    found = total(drug("75 mg"), drug("75 mg", SECOND), body=())
    assert said(found) == (None, 150, None, False, ())


def test_what_was_given_unplanned_counts_for_the_patient() -> None:
    found = total(drug("75 mg"), drug("75 mg", SECOND), drug("75 mg", "2026-03-20T09:00"))
    assert said(found) == (150, 225, 1 / 2, True, ("COURSE_TOTAL",))


def test_irradiation_is_totalled_in_gray() -> None:
    tbi = next(item for item in the_items() if item.id == "tbi")
    found = total(radiation("12", "2026-03-21/2026-03-23"), items=(tbi,), said=stated(choice="tbi"))
    assert (said(found), found.per_basis) == ((12, 12, 0, True, ()), "12 Gy")


def test_the_planned_total_follows_a_new_weight() -> None:
    """On day -4 the child weighs 20 kg: the last two days are re-planned, at 0.745 m2 instead of 0.645 m2."""
    fludarabine = next(item for item in the_items() if item.id == "fludarabine")
    found = total(weight("20", "2026-03-20T07:00"), items=(fludarabine,), as_of="2026-03-20T12:00")
    assert found.per_basis == "160 mg/m2"
    assert found.planned is not None
    # 2 x 40 x sqrt(100 x 15 / 3600) + 2 x 40 x sqrt(100 x 20 / 3600)
    assert float(found.planned.value) == pytest.approx(80 * 0.6454972 + 80 * 0.7453560, rel=1e-6)


def test_an_item_ruled_out_and_never_given_has_no_total() -> None:
    busulfan = next(item for item in the_items() if item.id == "busulfan")
    assert treated(items=(busulfan,)).totals == ()


def test_an_item_whose_choice_nobody_made_is_not_planned_and_not_given() -> None:
    busulfan = next(item for item in the_items() if item.id == "busulfan")
    found = total(items=(busulfan,), said=stated(choice=None))
    assert said(found) == (None, 0, None, False, ())
    assert found.reason == "NEEDS_ATTESTATION"


def test_an_item_without_a_course_amount_has_no_total() -> None:
    abatacept = next(item for item in the_items() if item.id == "abatacept")
    assert treated(attestation("N1", True), items=(abatacept,)).totals == ()
