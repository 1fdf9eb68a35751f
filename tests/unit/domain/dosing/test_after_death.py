"""What is dated after a child's death: recorded, never planned. Planned 150 mg of thiotepa on 11 March 2026."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from fhir_adapter.domain.dosing.records import DosingStatus
from tests.builders import moment, patient
from tests.treated import THIOTEPA, amount, drug, shown, treated, unplanned

DEAD = replace(patient(), deceased=moment("2026-03-12T10:00"))


@pytest.mark.parametrize(
    ("at", "days"),
    [
        ("2026-03-12T23:59", []),  # the day of death is a day like others: one day late, it is the planned dose
        ("2026-03-13T00:00", [date(2026, 3, 13)]),
        ("2026-04", [None]),
    ],
)
def test_what_is_dated_after_death_is_never_lost(at: str, days: list[date | None]) -> None:
    """A date of death may be mistyped; what was given is then all there is to notice it by."""
    record = treated(DEAD, drug("150 mg", at), items=(THIOTEPA,))
    assert [each.date for each in unplanned(record)] == days
    assert all("dated after death (2026-03-12)" in each.notes for each in unplanned(record))
    assert all(each.status is not DosingStatus.NOT_YET_DUE for each in record.records)


def test_what_is_dated_after_death_is_unplanned_with_its_amount() -> None:
    late = drug("150 mg", "2026-03-13T09:00"), drug(None, "2026-03-13T10:00", id_="n", status="not-done")
    record = treated(DEAD, *late, items=(THIOTEPA,))
    assert [(shown(each), each.day) for each in record.records] == [
        (("OVERDUE",), -14),
        (("GIVEN", "UNPLANNED"), -12),
    ]
    assert amount(record.records[1]) == 150


def test_after_death_and_withdrawal_what_came_between_is_read() -> None:
    late = drug("75 mg", "2026-03-13T09:00"), drug("75 mg", "2026-03-14T09:00")
    record = treated(DEAD, *late, withdrawn_on=date(2026, 3, 13))
    assert [each.date for each in unplanned(record)] == [date(2026, 3, 13)]
    assert record.notes == ("nothing is planned after 2026-03-12", "nothing is read after 2026-03-13")
