"""Amounts and shares in mapping files: exact fractions, written as people write them.

Knows: how a fraction, a decimal and a percentage are written. Does not know: what they are amounts of.
Two thirds of a dose level is 2/3 here and everywhere after; 0.667 would be another dose.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

_PLAIN = re.compile(r"(0|[1-9][0-9]*)(\.[0-9]+)?")
_RATIO = re.compile(r"(0|[1-9][0-9]*)/([1-9][0-9]*)")
_PERCENT = re.compile(r"((0|[1-9][0-9]*)(\.[0-9]+)?) %")


def _amount(value: Any) -> Any:
    if isinstance(value, str):
        if not (_PLAIN.fullmatch(value) or _RATIO.fullmatch(value)):
            raise ValueError("not a plain amount; write a decimal number like 0.5, or an exact fraction like 2/3")
        return Fraction(value)
    return value


def _share(value: Any) -> Any:
    if isinstance(value, str):
        percent = _PERCENT.fullmatch(value)
        if percent:
            return Fraction(percent[1]) / 100
        if not _RATIO.fullmatch(value):
            raise ValueError("not a share; write `10 %`, or an exact fraction like 2/3")
        return Fraction(value)
    return value


_NUMBER = r"(0|[1-9]\d*)"
AmountText = Annotated[
    Fraction,
    BeforeValidator(_amount),
    PlainSerializer(str),
    WithJsonSchema({"type": ["number", "string"], "pattern": rf"^{_NUMBER}(\.\d+|/[1-9]\d*)?$"}),
]
"""`40`, `0.5` or `2/3`; never negative, for nothing is given less than not at all."""

ShareText = Annotated[
    Fraction,
    BeforeValidator(_share),
    PlainSerializer(str),
    WithJsonSchema({"type": "string", "pattern": rf"^{_NUMBER}((\.\d+)? %|/[1-9]\d*)$"}),
]
"""`10 %` or `1/10`; a bare 10 would not say which it is."""
