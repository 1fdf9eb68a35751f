"""What one cell of a table of results says, or why it cannot be read. Nothing is repaired.

Knows: how numbers, censored numbers and truths are written in a table. Does not know: terms, units, grades, files.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Final

from fhir_adapter.domain.quantity import Comparator

_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]{1,20}(?:\.[0-9]{0,20})?|\.[0-9]{1,20})(?:[eE][+-]?[0-9]{1,2})?")
_COMPARATORS: Final[Mapping[str, Comparator]] = {
    "<=": Comparator.LESS_OR_EQUAL,
    ">=": Comparator.GREATER_OR_EQUAL,
    "≤": Comparator.LESS_OR_EQUAL,
    "≥": Comparator.GREATER_OR_EQUAL,
    "<": Comparator.LESS,
    ">": Comparator.GREATER,
}
"""Sign -> comparator; a sign that begins with another stands before it."""

_TRUTHS: Final = {"true": True, "false": False}
_FURTHEST: Final = 15
_REMEMBERED: Final = 16384
_OLDEST: Final = 130


class RowProblem(StrEnum):
    """Why a row of a table cannot be graded whatever is asked further: a closed list."""

    UNREADABLE = "UNREADABLE"
    CONFLICTING = "CONFLICTING"
    UNMAPPED = "UNMAPPED"
    UNIT_UNUSABLE = "UNIT_UNUSABLE"
    MISSING = "MISSING"


class BadCell(Exception):  # noqa: N818 - an answer on its way up, not an error of the program
    """A row that cannot be graded: why, in which column, and what was expected there.

    Never holds what the cell says: it can be anything.
    """

    def __init__(self, problem: RowProblem, column: str, expected: str) -> None:
        """Build the line `PROBLEM: column: expected` from its parts."""
        self.problem = problem
        super().__init__(f"{problem}: {column}: {expected}")


@lru_cache(maxsize=_REMEMBERED)
def read_number(text: str, column: str) -> Decimal | None:
    """Read a number that is not below zero.

    Args:
        text: Digits with a decimal point; an exponent is read, blanks around it are ignored.
        column: Name of its column.

    Returns:
        The exact number; None where the cell is empty.

    Raises:
        BadCell: It is not such a number: a decimal comma, a word, NaN, something no measurement reaches.

    >>> read_number(" 1.50 ", "value")
    Decimal('1.50')
    """
    written = text.strip()
    if not written:
        return None
    if "," in written:
        raise BadCell(RowProblem.UNREADABLE, column, "holds a comma; numbers are written with a decimal point")
    if not _NUMBER.fullmatch(written):
        raise BadCell(RowProblem.UNREADABLE, column, "not a number of at most 20 digits")
    number = Decimal(written)
    if number < 0:
        raise BadCell(RowProblem.UNREADABLE, column, "below zero")
    if not number.is_zero() and abs(number.adjusted()) > _FURTHEST:
        raise BadCell(RowProblem.UNREADABLE, column, "no measurement reaches this number")
    return abs(number)  # a zero written with a sign is a zero


def read_value(text: str, column: str) -> tuple[Decimal, Comparator | None]:
    """Read a value, censored or not.

    Args:
        text: A number, with <, <=, > or >= before it where the true value only lies on that side.
        column: Name of its column.

    Returns:
        The number and its comparator.

    Raises:
        BadCell: The cell is empty or not such a value.

    >>> read_value("<0.5", "value")
    (Decimal('0.5'), <Comparator.LESS: '<'>)
    """
    written = text.strip()
    sign = next((sign for sign in _COMPARATORS if written.startswith(sign)), "")
    number = read_number(written[len(sign) :], column)
    if number is None:
        raise BadCell(RowProblem.MISSING, column, "no number after the comparator" if sign else "empty")
    return number, _COMPARATORS.get(sign)


@lru_cache(maxsize=_REMEMBERED)
def read_truth(text: str, column: str) -> bool | None:
    """Read true or false, in any case.

    Args:
        text: `true`, `false` or nothing.
        column: Name of its column.

    Returns:
        None where the cell is empty: unknown, never false.

    Raises:
        BadCell: It says something else.

    >>> read_truth("TRUE", "symptomatic")
    True
    """
    written = text.strip().casefold()
    if not written:
        return None
    if written not in _TRUTHS:
        raise BadCell(RowProblem.UNREADABLE, column, "neither true nor false; leave it empty where it is unknown")
    return _TRUTHS[written]


def read_years(text: str, column: str) -> int | None:
    """Read an age in completed years; decimals are cut off, for a child of 11.9 years is 11.

    Args:
        text: A number of years.
        column: Name of its column.

    Returns:
        Completed years [a]; None where the cell is empty.

    Raises:
        BadCell: It is no number of years.

    >>> read_years("11.9", "age_years")
    11
    """
    number = read_number(text, column)
    if number is None:
        return None
    if number > _OLDEST:
        raise BadCell(RowProblem.UNREADABLE, column, "nobody is that old")
    return int(number)
