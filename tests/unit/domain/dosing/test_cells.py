"""Cells infused: recorded in three ways, out of products that say what they hold. Level 1, 15 kg.

Infusion 1: 2/3 of 10 10*6/kg x 15 kg = 100 10*6; infusion 2: 50 10*6. Tolerance 20 % below, 10 % above.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fhir_adapter.domain.dosing.records import DosingRecord
from fhir_adapter.domain.facts import Fact, Reading
from tests.builders import reading, source
from tests.courses import CELLS, CONTENT, stated, the_items, weight
from tests.treated import a_quantity, amount, bag, dose, graft, infusion, shown, treated, unplanned

NK = tuple(item for item in the_items() if item.concepts == (CELLS,))


def first(*facts: Fact | Reading, **more: Any) -> DosingRecord:
    """Infusion 1, day -12."""
    return dose(treated(*facts, **{"items": NK, **more}), "nk-infusion-1", -12)


def per_kg(record: DosingRecord) -> Any:
    given = record.administered
    return given.per_kg.value if given is not None and given.per_kg is not None else None


def level(record: DosingRecord) -> int | None:
    return record.administered.matched_level if record.administered is not None else None


@pytest.mark.parametrize(
    ("given_as", "millions"),
    [("6.6 10*6/kg", 99), ("99 10*6", 99), ("99000000 {cells}", 99), ("6600000 {cells}/kg", 99)],
)
def test_cells_are_the_same_however_they_were_recorded(given_as: str, millions: int) -> None:
    record = first(infusion(given_as))
    assert (shown(record), amount(record), level(record)) == (("GIVEN",), millions, 1)
    assert float(per_kg(record)) == pytest.approx(6.6)


@pytest.mark.parametrize(
    ("millions", "expected"),
    [
        ("100", ("GIVEN",)),
        ("80", ("GIVEN",)),  # -20 % itself is within
        ("79.9", ("PARTIAL", "DOSE_LOW")),
        ("110", ("GIVEN",)),
        ("110.1", ("GIVEN", "DOSE_HIGH")),
        ("20", ("UNKNOWN(UNIT_UNUSABLE)", "UNIT_SUSPECT")),
        ("50", ("PARTIAL", "DOSE_LOW", "LEVEL_MISMATCH")),  # level 0
        ("200", ("GIVEN", "DOSE_HIGH", "LEVEL_MISMATCH")),  # level 2
        ("300", ("GIVEN", "DOSE_HIGH", "LEVEL_MISMATCH")),  # level 3
    ],
)
def test_the_amount_is_held_against_the_assigned_level(millions: str, expected: tuple[str, ...]) -> None:
    assert shown(first(infusion(f"{millions} 10*6"))) == expected


def test_cells_per_kilogram_written_as_cells_are_not_silently_recorded() -> None:
    record = first(infusion("6.67 10*6"))
    assert shown(record) == ("UNKNOWN(UNIT_UNUSABLE)", "UNIT_SUSPECT")


def test_without_an_assigned_level_no_level_is_missed() -> None:
    record = first(infusion("100 10*6"), said=stated(level=None))
    assert (shown(record), amount(record), level(record)) == (("UNKNOWN(NEEDS_ATTESTATION)",), 100, 1)


def test_an_indexed_dose_without_a_locked_weight_keeps_what_was_recorded() -> None:
    record = first(infusion("6.6 10*6/kg"), body=())
    assert (record.status.value, amount(record), level(record)) == ("UNKNOWN", None, 1)
    absolute = first(infusion("100 10*6"), body=())
    assert (absolute.status.value, amount(absolute), per_kg(absolute)) == ("UNKNOWN", 100, None)


def test_cells_rest_on_the_locked_weight_whatever_the_child_weighs_later() -> None:
    record = first(infusion("6 10*6/kg"), weight("20", "2026-03-13T06:00"))
    assert amount(record) == 90


def test_the_content_of_the_product_stands_for_an_amount_nobody_wrote_down() -> None:
    record = first(infusion(None, bags=["b"]), bag("b", "99 10*6"))
    assert (shown(record), amount(record)) == (("GIVEN",), 99)
    assert float(per_kg(record)) == pytest.approx(6.6)
    assert {each.role for each in record.evidence} == {"given", "product"}


def test_a_volume_of_a_product_of_known_content_is_that_content() -> None:
    assert amount(first(infusion("50 mL", bags=["b"]), bag("b", "99 10*6"))) == 99


def test_the_content_is_authoritative_where_it_agrees() -> None:
    assert amount(first(infusion("100 10*6", bags=["b"]), bag("b", "99 10*6"))) == 99


@pytest.mark.parametrize(
    ("recorded", "expected"),
    [("80", 100), ("79.9", None), ("110", 100), ("110.1", None)],
)
def test_dose_and_content_that_differ_by_more_than_the_tolerance_conflict(
    recorded: str, expected: int | None
) -> None:
    record = first(infusion(f"{recorded} 10*6", bags=["b"]), bag("b", "100 10*6"))
    assert amount(record) == expected
    assert (shown(record) == ("UNKNOWN(CONFLICTING)",)) == (expected is None)


def test_a_dose_in_an_unusable_unit_is_not_replaced_by_the_content() -> None:
    record = first(infusion("100 10E6", bags=["b"]), bag("b", "100 10*6"))
    assert (shown(record), amount(record)) == (("UNKNOWN(UNIT_UNUSABLE)",), None)


@pytest.mark.parametrize("content", [None, "<100 10*6", "100 mg", "-1 10*6", "100"])
def test_a_product_without_a_usable_content_says_nothing_of_the_amount(content: str | None) -> None:
    record = first(infusion(None, bags=["b"]), bag("b", content))
    assert (record.status.value, amount(record)) == ("UNKNOWN", None)


def test_a_product_nobody_has_read_says_nothing() -> None:
    assert shown(first(infusion(None, bags=["gone"]))) == ("UNKNOWN(MISSING)",)
    assert amount(first(infusion("100 10*6", bags=["gone"]))) == 100


def test_two_contents_of_one_product_conflict() -> None:
    one = source("BiologicallyDerivedProduct", "b", updated=None)
    two = source("BiologicallyDerivedProduct", "b", version="2", updated=None, content="other")
    bags = (reading(bag("b", "100 10*6"), at=one), reading(bag("b", "60 10*6"), at=two))
    assert shown(first(infusion(None, bags=["b"]), *bags)) == ("UNKNOWN(CONFLICTING)",)
    measures = ((CONTENT, a_quantity("100 10*6")), (CONTENT, a_quantity("60 10*6")))
    assert shown(first(infusion(None, bags=["b"]), bag("b", measures=measures))) == ("UNKNOWN(CONFLICTING)",)


def test_two_bags_of_one_infusion_add_up() -> None:
    record = first(infusion(None, bags=["b", "c"]), bag("b", "60 10*6"), bag("c", "40 10*6"))
    assert (shown(record), amount(record)) == (("GIVEN",), 100)
    one_unmeasured = first(infusion(None, bags=["b", "c"]), bag("b", "60 10*6"), bag("c"))
    assert (shown(one_unmeasured), amount(one_unmeasured)) == (("UNKNOWN(MISSING)",), None)


def test_two_partial_infusions_out_of_one_bag_are_held_against_it_together() -> None:
    later = "2026-03-13T15:00/2026-03-13T15:30"
    parts = (infusion("60 10*6", bags=["b"]), infusion("40 10*6", later, bags=["b"]))
    assert amount(first(*parts, bag("b", "99 10*6"))) == 99
    absent = (infusion(None, bags=["b"]), infusion(None, later, bags=["b"]))
    assert amount(first(*absent, bag("b", "99 10*6"))) == 99
    other = (infusion("60 10*6", bags=["b"]), infusion("40 10*6", later, bags=["c"]))
    assert amount(first(*other, bag("b", "60 10*6"), bag("c", "41 10*6"))) == 101


def test_the_content_says_nothing_of_a_stopped_infusion() -> None:
    stopped = infusion("70 10*6", bags=["b"], status="stopped")
    record = first(stopped, bag("b", "100 10*6"), stopped_dose="administered")
    assert (shown(record), amount(record)) == (("PARTIAL", "DOSE_LOW"), 70)
    unknown = first(stopped, bag("b", "100 10*6"))
    assert (shown(unknown), amount(unknown)) == (("UNKNOWN(MISSING)",), None)


def test_the_content_says_nothing_while_something_of_it_still_runs() -> None:
    running = infusion(None, "2026-03-13T12:00/", bags=["b"], status="in-progress")
    record = first(infusion("60 10*6", bags=["b"]), running, bag("b", "100 10*6"))
    assert (shown(record), amount(record)) == (("PARTIAL",), 60)


def test_a_product_used_for_both_infusions_says_nothing_of_either() -> None:
    second = infusion("50 10*6", "2026-03-30T11:00/2026-03-30T11:30", bags=["b"])
    record = treated(infusion("100 10*6", bags=["b"]), second, graft(), bag("b", "150 10*6"), items=NK)
    assert amount(dose(record, "nk-infusion-1", -12)) == 100
    assert amount(dose(record, "nk-infusion-2", 5)) == 50


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("2026-03-11", ("NEEDS_DECISION", "WRONG_DAY")),  # day -14
        ("2026-03-12", ("WRONG_DAY",)),
        ("2026-03-13", ()),  # day -12
        ("2026-03-14", ("WRONG_DAY",)),
        ("2026-03-15", ("NEEDS_DECISION", "WRONG_DAY")),  # day -10
    ],
)
def test_infusion_1_is_due_on_day_minus_12_exactly(on: str, expected: tuple[str, ...]) -> None:
    record = first(infusion("100 10*6", f"{on}T11:00/{on}T11:30"))
    assert shown(record)[0] == "GIVEN"
    assert set(shown(record)[1:]) == set(expected)


@pytest.mark.parametrize(
    ("on", "day", "expected"),
    [
        ("2026-03-27", 2, {"NEEDS_DECISION", "WRONG_DAY"}),
        ("2026-03-28", 3, set()),
        ("2026-03-30", 5, set()),
        ("2026-04-01", 7, set()),
        ("2026-04-02", 8, {"NEEDS_DECISION", "WRONG_DAY"}),
    ],
)
def test_infusion_2_is_due_from_day_3_to_day_7(on: str, day: int, expected: set[str]) -> None:
    record = treated(
        infusion("100 10*6"), graft(), infusion("50 10*6", f"{on}T11:00/{on}T11:30"), items=(*NK, GRAFT)
    )
    second = dose(record, "nk-infusion-2", 5)
    assert (shown(second)[0], set(shown(second)[1:]), second.day_offset) == ("GIVEN", expected, day - 5)


GRAFT = next(item for item in the_items() if item.id == "graft")


def test_infusion_2_without_infusion_1_needs_a_decision() -> None:
    record = treated(graft(), infusion("50 10*6", "2026-03-30T11:00/2026-03-30T11:30"), items=(*NK, GRAFT))
    assert shown(dose(record, "nk-infusion-1", -12)) == ("OVERDUE",)
    assert shown(dose(record, "nk-infusion-2", 5)) == ("GIVEN", "NEEDS_DECISION")


def test_a_second_infusion_before_the_graft_is_infusion_2_and_needs_a_decision() -> None:
    record = treated(infusion("100 10*6"), infusion("50 10*6", "2026-03-18T11:00"), graft(), items=(*NK, GRAFT))
    second = dose(record, "nk-infusion-2", 5)
    assert (shown(second), second.day_offset) == (("GIVEN", "WRONG_DAY", "NEEDS_DECISION"), -12)


def test_infusion_2_with_no_graft_on_record_needs_a_decision() -> None:
    record = treated(infusion("100 10*6"), infusion("50 10*6", "2026-03-30T11:00"), items=NK)
    assert shown(dose(record, "nk-infusion-2", 5)) == ("GIVEN", "NEEDS_DECISION")


@pytest.mark.parametrize("on", ["2026-03-31", "2026-03-20"])
def test_a_third_infusion_is_unplanned(on: str) -> None:
    third = infusion("50 10*6", f"{on}T11:00")
    record = treated(
        infusion("100 10*6"), graft(), infusion("50 10*6", "2026-03-30T11:00"), third, items=(*NK, GRAFT)
    )
    extra = unplanned(record)
    assert len(extra) == 1
    assert (shown(extra[0])[-1], level(extra[0])) == ("UNPLANNED", None)


def test_an_infusion_over_midnight_is_one_infusion() -> None:
    bags = (
        infusion("60 10*6", "2026-03-13T23:30/2026-03-14T00:10"),
        infusion("40 10*6", "2026-03-14T00:05/2026-03-14T00:30"),
    )
    record = treated(*bags, items=NK)
    assert (shown(dose(record, "nk-infusion-1", -12)), unplanned(record)) == (("GIVEN",), ())


def test_an_infusion_that_was_not_done_is_that_infusion_and_no_other() -> None:
    not_done = infusion(None, "2026-03-13T11:00", status="not-done")
    record = treated(not_done, graft(), items=NK)
    assert shown(dose(record, "nk-infusion-1", -12)) == ("NOT_GIVEN",)
    assert shown(dose(record, "nk-infusion-2", 5)) == ("OVERDUE",)
    moved = treated(not_done, infusion("100 10*6", "2026-03-14T11:00"), items=NK)
    assert shown(dose(moved, "nk-infusion-1", -12)) == ("GIVEN", "WRONG_DAY")
    late = treated(infusion(None, "2026-03-30T11:00", status="not-done"), graft(), items=NK[1:])
    assert shown(dose(late, "nk-infusion-2", 5)) == ("NOT_GIVEN",)
    of_none = treated(infusion(None, "2026-03-30T11:00", status="not-done"), graft(), items=NK[:1])
    assert [shown(each) for each in of_none.records] == [("OVERDUE",)]


def test_cells_given_by_a_procedure_have_no_amount_of_their_own() -> None:
    record = first(replace(graft("2026-03-13T11:00"), concepts=(CELLS,)))
    assert (shown(record), record.next_fact) == (("UNKNOWN(MISSING)",), "amount actually given")
