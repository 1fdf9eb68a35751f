"""The digest of definitions is that of canonical text, written out here by hand."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from fractions import Fraction
from typing import Any

import pytest
from pydantic import BaseModel

from fhir_adapter.definitions.digest import digest_of


class Side(StrEnum):
    LOW = "low"


class Rank(IntEnum):
    FIRST = 1


class Colour(Enum):
    RED = "red"


class Row(BaseModel):
    unit: str
    count: int = 2


@dataclass(frozen=True)
class Rule:
    title: str
    numbers: dict[str, Decimal] = field(default_factory=dict)
    units: frozenset[str] = frozenset()


def text_digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("ä\n", '"ä\\n"'),
        (None, "null"),
        (True, "true"),
        (False, "false"),
        (-3, "-3"),
        (1.5, '"float:1.5"'),
        (Decimal("1.50"), '"Decimal:1.50"'),
        (Fraction(1, 3), '"Fraction:1/3"'),
        (Side.LOW, '"low"'),
        (Rank.FIRST, "1"),
        (Colour.RED, '"Colour:Colour.RED"'),
        ((), "[]"),
        ([1, ("a",)], '[1,["a"]]'),
        ({"b", "a"}, '["a","b"]'),
        ({"b": 1, "a": [2]}, '[["a",[2]],["b",1]]'),
        (OrderedDict(b=1, a=2), '[["a",2],["b",1]]'),
        ({(1, 10): "x", (1, 2): "y", (1,): "z"}, '[[[1,10],"x"],[[1,2],"y"],[[1],"z"]]'),
        (Row(unit="g"), '[["count",2],["unit","g"]]'),
        (Rule("x"), '["Rule",["title","x"],["numbers",[]],["units",[]]]'),
        (
            Rule("x", {"g": Decimal(1)}, frozenset("ba")),
            '["Rule",["title","x"],["numbers",[["g","Decimal:1"]]],["units",["a","b"]]]',
        ),
    ],
)
def test_every_kind_of_value_has_its_text(value: Any, text: str) -> None:
    assert digest_of(value) == text_digest(f"[{text}]")
    assert digest_of(value, value) == text_digest(f"[{text},{text}]")
