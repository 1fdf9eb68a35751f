"""On which day, by which route and how fast something was given."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.courses import MOUTH, VEIN, weight
from tests.treated import THIOTEPA, dose, drug, shown, thiotepa, treated


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
