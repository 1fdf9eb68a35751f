"""Small changes of single values: a number's last digit, an operator, a window, one member less.

Knows: values of definitions. Does not know: where they stand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from fhir_adapter.definitions.scalar_text import window_text
from fhir_adapter.domain.queries import Limit, Operator, Window

Change = tuple[str, Any]
"""What changed, in words, and the new value."""

SWAPPED: Final = {
    Operator.LESS: Operator.LESS_OR_EQUAL,
    Operator.LESS_OR_EQUAL: Operator.LESS,
    Operator.GREATER: Operator.GREATER_OR_EQUAL,
    Operator.GREATER_OR_EQUAL: Operator.GREATER,
}


def stepped(number: Decimal) -> Iterator[Change]:
    """Step a number by its last digit, both ways."""
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int)
    step = Decimal(1).scaleb(exponent)
    for changed in (number - step, number + step):
        yield f"{number}>{changed}", changed


def stepped_integer(number: int) -> Iterator[Change]:
    """Step a whole number by one, both ways."""
    for changed in (number - 1, number + 1):
        yield f"{number}>{changed}", changed


def stepped_fraction(number: Fraction) -> Iterator[Change]:
    """Step a fraction above and below the line by one, both ways; a whole number like any other."""
    above, below = number.as_integer_ratio()
    pairs = [(above - 1, below), (above + 1, below)]
    if below > 1:
        pairs += [(above, below - 1), (above, below + 1)]
    for one, other in pairs:
        changed = Fraction(one, other)
        if changed >= 0:
            yield f"{number}>{changed}", changed


def shifted(window: Window) -> Iterator[Change]:
    """Make a window one unit shorter and one longer."""
    for changed in (replace(window, amount=window.amount - 1), replace(window, amount=window.amount + 1)):
        yield f"{window_text(window)}>{window_text(changed)}", changed


def limit_changes(limit: Limit) -> Iterator[Change]:
    """Swap strict and inclusive, step the number."""
    swapped = SWAPPED[limit.operator]
    yield f"operator:{limit.operator}>{swapped}", replace(limit, operator=swapped)
    for words, number in stepped(limit.value):
        yield f"value:{words}", replace(limit, value=number)


def without_each(members: tuple[Any, ...]) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """Leave out each member in turn."""
    for place in range(len(members)):
        yield place, members[:place] + members[place + 1 :]


def label_of(member: Any, place: int) -> str:
    """Name a member of a list: by its id where it has one, so that the name survives a row added before it."""
    name = member if isinstance(member, str) else getattr(member, "id", None)
    return name if isinstance(name, str) else str(place)


def scalar_changes(value: int | Fraction | Decimal | Window) -> Iterator[Change]:
    """Flip a truth, step a number, shift a window."""
    if isinstance(value, bool):
        yield f"{value}>{not value}", not value
    elif isinstance(value, Window):
        yield from shifted(value)
    elif isinstance(value, Fraction):
        yield from stepped_fraction(value)
    elif isinstance(value, Decimal):
        yield from stepped(value)
    else:
        yield from stepped_integer(value)
