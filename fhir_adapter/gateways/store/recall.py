"""Writing the same object once: facts of one kind share their codings, limits and times.

Knows: which values are small and can never change. Does not know: how anything is written.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from types import NoneType, UnionType
from typing import Any, NewType, Union, get_args, get_origin, get_type_hints

KEPT = 256
"""Texts kept per shape: enough for what one page repeats, and little memory."""


class Recalled:
    """Writes brief values; the text of an object written lately is not made again."""

    __slots__ = ("_texts", "_write")

    def __init__(self, write: Callable[[Any], str]) -> None:
        """Take the function that makes the text."""
        self._write = write
        # The value is held too: as long as it is, nothing else can have its identity.
        self._texts: dict[int, tuple[Any, str]] = {}

    def __call__(self, value: Any) -> str:
        """Give the text of a value."""
        known = self._texts.get(id(value))
        if known is None:
            if len(self._texts) >= KEPT:
                self._texts.clear()
            known = self._texts[id(value)] = (value, self._write(value))
        return known[1]


def is_brief(hint: Any, *, inside: bool = False) -> bool:
    """Say whether values of a type are small and can never change once they are made.

    Args:
        hint: A type as a dataclass field declares it.
        inside: True for a field of a dataclass: a list of dataclasses there may be large.

    Returns:
        True for plain values, for frozen dataclasses of them, and for rows of either.

    >>> is_brief(tuple[str, ...]), is_brief(dict[str, str])
    (True, False)
    """
    if isinstance(hint, NewType):
        return is_brief(hint.__supertype__)
    if is_dataclass(hint):
        hints = get_type_hints(hint)
        parameters = getattr(hint, "__dataclass_params__", None)
        return bool(getattr(parameters, "frozen", False)) and all(
            is_brief(hints[each.name], inside=True) for each in fields(hint)
        )
    if get_origin(hint) in _ROWS:
        members = [each for each in get_args(hint) if each is not Ellipsis]
        return not (inside and any(map(is_dataclass, members))) and all(map(is_brief, members))
    if get_origin(hint) in _UNIONS:
        return all(is_brief(each, inside=inside) for each in get_args(hint))
    return isinstance(hint, type) and (issubclass(hint, Enum) or hint in _PLAIN)


_ROWS = frozenset({tuple, frozenset})
_UNIONS = frozenset({Union, UnionType})
_PLAIN = frozenset({str, bool, int, float, NoneType, Decimal, Fraction, datetime, date})
