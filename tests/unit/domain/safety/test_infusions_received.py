"""Which cell infusions were received, and whether within their tolerance."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from fhir_adapter.domain.dosing.records import AdministeredDose, Deviation, DosingRecord
from fhir_adapter.domain.safety.infusions_received import Received, read_received
from tests.courses import an_item, cells
from tests.reactions import FIRST, SECOND
from tests.treatment_records import dosing

ITEMS = (an_item("fludarabine", -14), cells(1, -12, Fraction(2, 3)), cells(2, 5, Fraction(1, 3)))


def given(item: str = "nk-infusion-1", difference: str | None = "0", **more: Any) -> DosingRecord:
    """A cell infusion as recorded."""
    share = Fraction(difference) if difference is not None else None
    return dosing(item, -12, "GIVEN", administered=AdministeredDose(), difference=share, **more)


def first(*records: DosingRecord) -> Received:
    """What became of infusion 1."""
    return read_received(ITEMS, records, ((1, FIRST),))[0]


def test_every_cell_infusion_of_the_plan_is_listed_whether_received_or_not() -> None:
    assert read_received(ITEMS, (given(),), ((1, FIRST),)) == (
        Received(number=1, at=FIRST, within_tolerance=True),
        Received(number=2),
    )


def test_one_the_plan_does_not_have_is_listed_and_within_no_known_tolerance() -> None:
    received = read_received(ITEMS, (), ((3, SECOND),))
    assert received[-1] == Received(number=3, at=SECOND, within_tolerance=None)
    assert [each.given for each in received] == [False, False, True]


@pytest.mark.parametrize(
    "order", [((1, SECOND), (1, FIRST)), ((1, FIRST), (1, SECOND))], ids=["late first", "early first"]
)
def test_the_earliest_start_of_a_number_counts(order: Any) -> None:
    assert read_received(ITEMS, (given(),), order)[0].at == FIRST


@pytest.mark.parametrize("deviation", [Deviation.DOSE_LOW, Deviation.DOSE_HIGH, Deviation.LEVEL_MISMATCH])
def test_a_dose_off_its_plan_lies_outside(deviation: Deviation) -> None:
    assert first(given(deviations=(deviation,))).within_tolerance is False


@pytest.mark.parametrize("deviation", [Deviation.WRONG_DAY, Deviation.INFUSED_ON_HOLD, Deviation.TOO_FAST])
def test_another_deviation_says_nothing_of_the_dose(deviation: Deviation) -> None:
    assert first(given(deviations=(deviation,))).within_tolerance is True


def test_a_suspected_unit_leaves_it_open() -> None:
    suspect = given(difference=None, deviations=(Deviation.DOSE_LOW, Deviation.UNIT_SUSPECT))
    assert first(suspect).within_tolerance is None


def test_an_unknown_amount_leaves_it_open() -> None:
    assert first(given(difference=None)).within_tolerance is None


def test_of_two_records_the_one_outside_decides() -> None:
    assert first(given(), given(deviations=(Deviation.DOSE_HIGH,))).within_tolerance is False
    assert first(given(), given(difference=None)).within_tolerance is None


def test_a_plan_without_an_administration_is_no_record_of_the_dose() -> None:
    assert first(dosing("nk-infusion-1", -12, "UNKNOWN")).within_tolerance is None
