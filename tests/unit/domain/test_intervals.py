from __future__ import annotations

from decimal import Decimal

import pytest

from fhir_adapter.domain.intervals import interval_of, is_measurable, lies
from fhir_adapter.domain.quantity import Quantity
from fhir_adapter.domain.queries import Operator
from tests.builders import quantity

LESS, AT_MOST, AT_LEAST, MORE = Operator


@pytest.mark.parametrize(
    ("value", "below", "at_most", "at_least", "above"),
    [
        ("9.9", True, True, False, False),
        ("10", False, True, True, False),
        ("10.0", False, True, True, False),
        ("10.1", False, False, True, True),
        ("<9", True, True, False, False),
        ("<10", True, True, False, False),
        ("<=10", None, True, None, False),
        ("<11", None, None, None, None),
        (">11", False, False, True, True),
        (">10", False, False, True, True),
        (">=10", False, None, True, None),
        (">9", None, None, None, None),
    ],
)
def test_which_side_of_ten_a_value_lies_on(
    value: str, below: bool | None, at_most: bool | None, at_least: bool | None, above: bool | None
) -> None:
    interval = interval_of(quantity(value, "mg/dL"))
    answers = [lies(interval, operator, Decimal(10)) for operator in (LESS, AT_MOST, AT_LEAST, MORE)]
    assert answers == [below, at_most, at_least, above]


def test_a_conversions_last_digit_does_not_move_a_limit() -> None:
    three_times_uln = Decimal("3.684210526315789473684210525")
    value = Quantity(Decimal("3.684210526315789473684210526"), "mg/dL")
    assert lies(interval_of(value), AT_MOST, three_times_uln) is True
    assert lies(interval_of(value), MORE, three_times_uln) is False
    assert lies(interval_of(quantity("3.68421052631578948", "mg/dL")), MORE, three_times_uln) is True


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("0", True),
        ("0E+999999", True),
        ("1E+30", True),
        ("1E+31", False),
        ("1E-30", True),
        ("1E-31", False),
        ("NaN", False),
        ("Infinity", False),
    ],
)
def test_numbers_no_instrument_gives_are_no_measurements(number: str, expected: bool) -> None:
    assert is_measurable(Decimal(number)) is expected
