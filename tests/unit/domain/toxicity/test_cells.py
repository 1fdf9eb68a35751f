"""A cell of a table is read exactly, or says which column is wrong; nothing in it is repaired."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from fhir_adapter.domain.quantity import Comparator
from fhir_adapter.domain.toxicity.cells import (
    BadCell,
    RowProblem,
    read_number,
    read_truth,
    read_value,
    read_years,
)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", "0"),
        ("-0.0", "0.0"),
        ("1.50", "1.50"),
        (" 7 ", "7"),
        (".5", "0.5"),
        ("5.", "5"),
        ("+5", "5"),
        ("1e3", "1E+3"),
        ("1.2E-3", "0.0012"),
        ("1e15", "1E+15"),
        ("1e-15", "1E-15"),
        ("12345678901234567890e-5", "123456789012345.67890"),
    ],
)
def test_a_plain_number_is_read_with_its_digits(text: str, number: str) -> None:
    read = read_number(text, "value")
    assert read is not None
    assert (read.as_tuple(), read.is_signed()) == (Decimal(number).as_tuple(), False)


def test_an_empty_cell_is_no_number() -> None:
    assert read_number("", "lln") is None
    assert read_number("   ", "lln") is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("9,5", "UNREADABLE: uln: holds a comma; numbers are written with a decimal point"),
        ("1,000.5", "UNREADABLE: uln: holds a comma; numbers are written with a decimal point"),
        ("-0.1", "UNREADABLE: uln: below zero"),
        ("1e16", "UNREADABLE: uln: no measurement reaches this number"),
        ("1e-16", "UNREADABLE: uln: no measurement reaches this number"),
        *[
            (text, "UNREADABLE: uln: not a number of at most 20 digits")
            for text in ("nan", "inf", "-Infinity", "1e", "1e100", "0x1", "1_0", "٣", "1 2", "<5", "5 H", "1" * 21)
        ],
    ],
)
def test_what_is_no_such_number_is_refused_with_its_column(text: str, said: str) -> None:
    with pytest.raises(BadCell) as refusal:
        read_number(text, "uln")
    assert str(refusal.value) == said
    assert refusal.value.problem is RowProblem.UNREADABLE


@pytest.mark.parametrize(
    ("text", "comparator"),
    [
        ("5", None),
        ("<5", Comparator.LESS),
        ("< 5", Comparator.LESS),
        ("<=5", Comparator.LESS_OR_EQUAL),
        ("≤5", Comparator.LESS_OR_EQUAL),
        (">5", Comparator.GREATER),
        (" >= 5 ", Comparator.GREATER_OR_EQUAL),
        ("≥5", Comparator.GREATER_OR_EQUAL),
    ],
)
def test_a_value_keeps_the_side_it_is_censored_on(text: str, comparator: Comparator | None) -> None:
    assert read_value(text, "value") == (Decimal(5), comparator)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "MISSING: value: empty"),
        (" ", "MISSING: value: empty"),
        (">=", "MISSING: value: no number after the comparator"),
        ("<<5", "UNREADABLE: value: not a number of at most 20 digits"),
        ("< -5", "UNREADABLE: value: below zero"),
        ("=5", "UNREADABLE: value: not a number of at most 20 digits"),
        ("positive", "UNREADABLE: value: not a number of at most 20 digits"),
    ],
)
def test_a_value_that_is_none_is_refused(text: str, said: str) -> None:
    with pytest.raises(BadCell) as refusal:
        read_value(text, "value")
    assert str(refusal.value) == said


@pytest.mark.parametrize(
    ("text", "answer"),
    [("true", True), ("TRUE", True), (" False ", False), ("false", False), ("", None), ("  ", None)],
)
def test_true_and_false_are_read_in_any_case_and_empty_is_unknown(text: str, answer: bool | None) -> None:
    assert read_truth(text, "symptomatic") is answer


@pytest.mark.parametrize("text", ["yes", "no", "1", "0", "t", "wahr"])
def test_no_other_word_is_taken_for_true_or_false(text: str) -> None:
    with pytest.raises(BadCell, match="UNREADABLE: symptomatic: neither true nor false"):
        read_truth(text, "symptomatic")


@pytest.mark.parametrize(("text", "years"), [("", None), ("0", 0), ("11.99", 11), ("18", 18), ("130", 130)])
def test_an_age_is_in_completed_years(text: str, years: int | None) -> None:
    assert read_years(text, "age_years") == years


@pytest.mark.parametrize(("read", "text"), [(read_years, "130.5"), (read_years, "-1"), (read_years, "ten")])
def test_an_age_nobody_reaches_is_refused(read: Callable[[str, str], object], text: str) -> None:
    with pytest.raises(BadCell, match="UNREADABLE: age_years"):
        read(text, "age_years")


def test_an_age_nobody_reaches_says_so() -> None:
    with pytest.raises(BadCell) as refusal:
        read_years("130.5", "age_years")
    assert str(refusal.value) == "UNREADABLE: age_years: nobody is that old"
