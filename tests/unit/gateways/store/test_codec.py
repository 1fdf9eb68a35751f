"""Every stored type comes back as it was, digits included, and rows of earlier versions stay readable."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from fractions import Fraction
from functools import cache
from typing import Any, NewType, get_args, get_origin, get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fhir_adapter.domain.dosing.records import TreatmentRecord
from fhir_adapter.domain.facts import Fact, Reading
from fhir_adapter.domain.quantity import Comparator, Quantity
from fhir_adapter.domain.records import EligibilityRecord
from fhir_adapter.domain.review import Decision, ReviewItem
from fhir_adapter.domain.source import Completeness, Rejection
from fhir_adapter.domain.writeback import WriteIntent, WriteReceipt
from fhir_adapter.errors import InvariantError
from fhir_adapter.gateways.store.codec import Codec
from fhir_adapter.gateways.store.stored_types import FACTS
from fhir_adapter.ports.rows import AuditEntry, RunRow, SubjectRow

STORED = (
    *get_args(Fact),
    Reading,
    Rejection,
    Completeness,
    EligibilityRecord,
    TreatmentRecord,
    ReviewItem,
    Decision,
    WriteIntent,
    WriteReceipt,
    AuditEntry,
    RunRow,
    SubjectRow,
)

offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
leaves = st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.decimals(allow_nan=False, places=3)
open_json = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4) | st.just("$"), inner, max_size=2)
    ),
    max_leaves=5,
)
LEAVES: dict[Any, st.SearchStrategy[Any]] = {
    str: st.text(max_size=8),
    bool: st.booleans(),
    int: st.integers(),
    type(None): st.none(),
    date: st.dates(),
    datetime: st.datetimes(min_value=datetime(1900, 1, 2), timezones=offsets),  # noqa: DTZ001
    Decimal: st.decimals(allow_nan=False, allow_infinity=False),
    Fraction: st.fractions(),
    Any: open_json,
}


@cache
def values_of(hint: Any) -> st.SearchStrategy[Any]:
    """Any value of a stored type; hypothesis's own way would change how other tests draw dates and decimals."""
    if hint in LEAVES:
        return LEAVES[hint]
    if isinstance(hint, NewType):
        return values_of(hint.__supertype__)
    if is_dataclass(hint):
        hints = get_type_hints(hint)
        parts = {each.name: later(hints[each.name]) for each in fields(hint)}
        return st.builds(hint, **parts)  # type: ignore[arg-type, unused-ignore]
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(hint)
    return generics_of(get_origin(hint), get_args(hint))


def later(hint: Any) -> st.SearchStrategy[Any]:
    """Records may contain records of their own kind."""
    return st.deferred(lambda: values_of(hint))


def generics_of(origin: Any, arguments: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    inner = [values_of(argument) for argument in arguments if argument is not Ellipsis]
    if origin is tuple:
        return st.lists(inner[0], max_size=2).map(tuple) if Ellipsis in arguments else st.tuples(*inner)
    if origin is frozenset:
        return st.frozensets(inner[0], max_size=2)
    if origin is Mapping:
        return st.dictionaries(inner[0] | st.just("$"), inner[1], max_size=2)
    return st.one_of(inner)


@pytest.mark.parametrize("kind", STORED, ids=lambda kind: kind.__name__)
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_stored_type_comes_back_equal_and_equal_values_give_equal_text(
    kind: Any, data: st.DataObject
) -> None:
    value = data.draw(values_of(kind))
    codec = Codec[Any](kind)
    text = codec.text(value)
    assert codec.value(text) == value
    assert codec.text(codec.value(text)) == text


@pytest.mark.parametrize("kind", get_args(Fact), ids=lambda kind: kind.__name__)
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_fact_comes_back_with_its_key_from_columns(kind: Any, data: st.DataObject) -> None:
    fact = data.draw(values_of(kind))
    text = FACTS[kind.__name__].text(fact)
    assert not {"source", "path"} & json.loads(text).keys()
    assert FACTS[kind.__name__].value(text, source=fact.source, path=fact.path) == fact


@pytest.mark.parametrize("digits", ["1.50", "0.123456789012345678901", "1E+3", "-0", "7"])
def test_decimals_keep_their_digits(digits: str) -> None:
    codec = Codec[Quantity](Quantity)
    assert str(codec.value(codec.text(Quantity(Decimal(digits), "g/L"))).value) == digits


class Colour(StrEnum):
    RED = "red"


class Rank(IntEnum):
    LOW = 1


@dataclass(frozen=True)
class Leaf:
    name: str = "leaf"


@dataclass(frozen=True)
class Twig:
    leaves: tuple[Leaf, ...] = ()


@dataclass(frozen=True)
class Tree:
    either: Leaf | Twig | bool | date | Decimal | Colour | str | None = None
    pair: tuple[int, Fraction] | None = None
    names: frozenset[str] = frozenset()
    ranks: Mapping[Rank, tuple[Leaf | None, ...]] = field(default_factory=dict)
    keyed: Mapping[tuple[str, str], int] = field(default_factory=dict)
    shares: Mapping[int, Fraction] = field(default_factory=dict)
    branches: tuple[Tree, ...] = ()
    when: datetime | None = None


@pytest.mark.parametrize(
    ("either", "written"),
    [
        (Leaf("x"), '{"either":{"$":"Leaf","name":"x"}}'),
        (Leaf(), '{"either":{"$":"Leaf"}}'),
        (Twig((Leaf("x"),)), '{"either":{"$":"Twig","leaves":[{"name":"x"}]}}'),
        (True, '{"either":true}'),
        (date(2026, 3, 1), '{"either":{"$":"date","v":"2026-03-01"}}'),
        (Decimal("2.0"), '{"either":{"$":"Decimal","v":"2.0"}}'),
        (Colour.RED, '{"either":{"$":"Colour","v":"red"}}'),
        ("red", '{"either":"red"}'),
        (None, "{}"),
    ],
)
def test_a_member_of_a_union_is_told_apart_by_its_name_where_json_cannot(either: Any, written: str) -> None:
    codec = Codec[Tree](Tree)
    assert codec.text(Tree(either=either)) == written
    read = codec.value(written).either
    assert (read, type(read)) == (either, type(either))


def test_sets_and_mappings_are_written_in_the_order_of_their_keys() -> None:
    tree = Tree(names=frozenset({"b", "a"}), keyed={("b", "1"): 1, ("a", "2"): 2})
    assert Codec[Tree](Tree).text(tree) == '{"names":["a","b"],"keyed":[[["a","2"],2],[["b","1"],1]]}'


def test_nested_values_of_every_kind_come_back() -> None:
    tree = Tree(
        pair=(2, Fraction(-5, 7)),
        ranks={Rank.LOW: (Leaf("x"), None)},
        shares={0: Fraction(2, 3), -14: Fraction(10)},
        branches=(Tree(either="inner"),),
        when=datetime(2026, 3, 1, tzinfo=UTC),
    )
    assert Codec[Tree](Tree).value(Codec[Tree](Tree).text(tree)) == tree


def test_a_row_written_before_a_field_existed_takes_its_default() -> None:
    assert Codec[Quantity](Quantity).value('{"value":"1","unit":"g"}') == Quantity(Decimal(1), "g")


def test_a_row_with_a_field_that_no_longer_exists_is_read_without_it() -> None:
    assert Codec[Leaf](Leaf).value('{"name":"x","colour":"green"}') == Leaf("x")


@pytest.mark.parametrize(
    "text",
    ["", "[]", '{"unit":"g"}', '{"value":"one","unit":"g"}', '{"value":"1","unit":"g","comparator":"~"}'],
)
def test_a_row_that_does_not_fit_is_refused_without_showing_it(text: str) -> None:
    with pytest.raises(InvariantError, match=r"^a stored Quantity does not fit its type$"):
        Codec[Quantity](Quantity).value(text)


def test_types_the_store_cannot_hold_are_refused_when_the_program_starts() -> None:
    with pytest.raises(InvariantError):
        Codec[Any](set[str])
    with pytest.raises(InvariantError):
        Codec[Any](tuple[int, ...] | tuple[str, ...])


def test_censoring_survives() -> None:
    codec = Codec[Quantity](Quantity)
    censored = Quantity(Decimal("0.10"), "%", Comparator.LESS)
    assert codec.value(codec.text(censored)) == censored
