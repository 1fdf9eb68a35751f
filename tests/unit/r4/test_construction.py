"""An object made quickly cannot be told from one made the usual way."""

from __future__ import annotations

import pickle
from dataclasses import dataclass, field, replace
from decimal import Decimal

import pytest

from fhir_adapter.domain.quantity import Comparator, Quantity
from fhir_adapter.r4.construction import fast_constructor

make = fast_constructor(Quantity)


@dataclass(frozen=True, slots=True)
class Busy:
    part: int

    def __post_init__(self) -> None:
        """Do work of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    name: str
    parts: list[int] = field(default_factory=list)


def test_it_is_of_the_class_and_equal() -> None:
    made = make(Decimal("1.5"), "kg", Comparator.LESS)
    usual = Quantity(Decimal("1.5"), "kg", Comparator.LESS)
    assert type(made) is Quantity
    assert (made, hash(made), repr(made)) == (usual, hash(usual), repr(usual))
    assert make(Decimal(1), "kg") == Quantity(Decimal(1), "kg")


def test_it_is_frozen() -> None:
    with pytest.raises(AttributeError):
        make(Decimal(1), "kg").unit = "g"  # type: ignore[misc]


def test_it_can_be_copied_and_sent() -> None:
    made = make(Decimal(1), "kg")
    assert replace(made, unit="g") == Quantity(Decimal(1), "g")
    assert pickle.loads(pickle.dumps(made)) == made  # noqa: S301 - made here


def test_defaults_are_made_anew_for_each() -> None:
    listed = fast_constructor(Listed)
    first, second = listed(name="a"), listed(name="b")
    assert first.parts == []
    assert first.parts is not second.parts


def test_a_class_that_does_work_of_its_own_is_refused() -> None:
    with pytest.raises(TypeError, match="Busy"):
        fast_constructor(Busy)
