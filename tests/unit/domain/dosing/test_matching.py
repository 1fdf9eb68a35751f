"""Which administration was which planned dose, by calendar days alone."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.dosing.course_doses import share_concepts
from fhir_adapter.domain.regimen import Basis
from tests.courses import an_item, the_items
from tests.treated import drug, shown, treated

TWO_DAYS = an_item("thiotepa", -14, -13, basis=Basis.ABSOLUTE, amount=Fraction(150), routes=(), minutes=None)


def days(*on: str, item: Any = TWO_DAYS) -> dict[int | None, tuple[int | None, ...]]:
    """Planned day -> how many days off something was given; unplanned ones under None with their day."""
    record = treated(*(drug("150 mg", f"{each}T09:00") for each in on), items=(item,))
    found: dict[int | None, tuple[int | None, ...]] = {}
    for each in record.records:
        if each.administered is not None:
            key = each.day if each.planned is not None else None
            offset = each.day_offset if each.planned is not None else each.day
            found[key] = (*found.get(key, ()), offset)
    return found


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (["2026-03-11", "2026-03-12"], {-14: (0,), -13: (0,)}),
        (["2026-03-12"], {-13: (0,)}),  # its own day comes first
        (["2026-03-12", "2026-03-13"], {-13: (0,), -14: (2,)}),
        (["2026-03-13", "2026-03-14"], {-13: (1,), None: (-11,)}),  # three days are out of reach
        (["2026-03-10", "2026-03-13"], {-14: (-1,), -13: (1,)}),
        (["2026-03-10", "2026-03-09"], {-14: (-1,), None: (-16,)}),
        (["2026-03-11", "2026-03-12", "2026-03-13"], {-14: (0,), -13: (0,), None: (-12,)}),
    ],
)
def test_a_dose_is_taken_from_its_own_day_then_from_the_nearest_in_reach(
    on: list[str], expected: dict[int | None, tuple[int, ...]]
) -> None:
    assert days(*on) == expected
    assert days(*reversed(on)) == expected


def test_of_two_equally_near_doses_the_earlier_planned_one_is_taken() -> None:
    item = an_item("thiotepa", -14, -12, basis=Basis.ABSOLUTE, amount=Fraction(150), routes=(), minutes=None)
    assert days("2026-03-12", item=item) == {-14: (1,)}


def test_a_late_evening_in_another_zone_is_the_hospitals_next_day() -> None:
    """23:30 UTC on 11 March is 00:30 of 12 March in Berlin."""
    record = treated(drug("150 mg", "2026-03-11T23:30:00+00:00"), items=(TWO_DAYS,))
    assert [shown(each) for each in record.records] == [("OVERDUE",), ("GIVEN",)]


def test_what_was_not_done_leaves_its_own_dose_open_to_nobody_else() -> None:
    not_done = drug(None, "2026-03-11T09:00", status="not-done")
    record = treated(not_done, drug("150 mg", "2026-03-12T09:00"), items=(TWO_DAYS,))
    assert [shown(each) for each in record.records] == [("NOT_GIVEN",), ("GIVEN",)]


def test_what_was_not_done_near_a_dose_is_that_dose() -> None:
    near = drug(None, "2026-03-10T09:00", status="not-done")
    record = treated(near, drug("150 mg", "2026-03-12T09:00"), items=(TWO_DAYS,))
    assert [shown(each) for each in record.records] == [("NOT_GIVEN",), ("GIVEN",)]
    far = drug(None, "2026-03-20T09:00", status="not-done")
    assert [shown(each) for each in treated(far, items=(TWO_DAYS,)).records] == [("OVERDUE",), ("OVERDUE",)]


MIXED = ConceptId("mixture")
ONE = an_item("one", -14, concepts=(ConceptId("one"), MIXED), basis=Basis.ABSOLUTE, routes=(), minutes=None)
OTHER = an_item("other", -12, concepts=(ConceptId("other"), MIXED), basis=Basis.ABSOLUTE, routes=(), minutes=None)


def test_items_that_share_a_concept_are_matched_together() -> None:
    assert [[item.id for item in group] for group in share_concepts((ONE, TWO_DAYS, OTHER))] == [
        ["thiotepa"],
        ["one", "other"],
    ]
    pools = [{item.id for item in group} for group in share_concepts(the_items())]
    assert {"nk-infusion-1", "nk-infusion-2"} in pools
    assert len(pools) == 10


def test_what_is_of_one_item_alone_is_never_the_others() -> None:
    record = treated(drug("40 mg", "2026-03-13T09:00", of="one"), items=(ONE, OTHER))
    assert [(each.item, shown(each)) for each in record.records] == [
        ("one", ("GIVEN", "WRONG_DAY")),
        ("other", ("OVERDUE",)),
    ]
    shared = treated(drug("40 mg", "2026-03-13T09:00", of="mixture"), items=(ONE, OTHER))
    assert [(each.item, shown(each)) for each in shared.records] == [("one", ("OVERDUE",)), ("other", ("GIVEN",))]
    extra = treated(drug("40 mg", "2026-03-20T09:00", of="other"), items=(ONE, OTHER))
    assert [each.item for each in extra.records] == ["one", "other", "other"]
    undated = treated(drug("40 mg", "2026-03", of="other"), items=(ONE, OTHER))
    assert [each.item for each in undated.records] == ["one", "other", "other"]
