"""Any domain dataclass to canonical JSON and back, by its type hints alone.

Knows: how each kind of type hint is written. Does not know: which types are stored, SQL.

Fields equal to their default are left out, and missing fields take their default, so rows written before a
field existed stay readable; for the same reason the default of a stored field must never change its meaning.
Numbers keep their digits: Decimal and Fraction are written as text. A member of a union that JSON cannot tell
from the others carries its name under `$`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, Generic, NewType, TypeVar, Union, get_args, get_origin, get_type_hints

from fhir_adapter.errors import InvariantError

T = TypeVar("T")
Convert = Callable[[Any], Any]
Shape = tuple[Convert | None, Convert | None]
"""How to write and how to read one type; None = JSON holds it as it is."""

_TAG = "$"
_AS_IT_IS: Shape = (None, None)
_JSON_KINDS = (str, bool, int, float)
# Escaped to ASCII: unpaired surrogates and NUL, which FHIR JSON can spell, would not fit a database's text.
_write_json = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode
_TEXT_KINDS: Mapping[type, Shape] = {
    Decimal: (str, Decimal),
    Fraction: (str, Fraction),
    datetime: (datetime.isoformat, datetime.fromisoformat),
    date: (date.isoformat, date.fromisoformat),
}
_shapes: dict[Any, Shape] = {}


class Codec(Generic[T]):
    """Writes values of one type hint as JSON text and reads them back.

    >>> from fhir_adapter.domain.quantity import Comparator, Quantity
    >>> codec = Codec[Quantity](Quantity)
    >>> codec.text(Quantity(Decimal("1.50"), "mg/dL", Comparator.LESS))
    '{"value":"1.50","unit":"mg/dL","comparator":"<"}'
    >>> codec.value('{"value":"1.50","unit":"mg/dL"}')
    Quantity(value=Decimal('1.50'), unit='mg/dL', comparator=None)
    """

    def __init__(self, hint: Any, *, leave_out: tuple[str, ...] = ()) -> None:
        """Prepare a type hint; `leave_out` names fields of a dataclass kept elsewhere."""
        self._name = getattr(hint, "__name__", str(hint))
        encode, decode = shape_of(hint)
        self._encode, self._decode = encode or _same, decode or _same
        self._complete: Convert | None = None
        if leave_out:
            record = _Record(hint, leave_out)
            record.prepare()
            self._encode, self._complete = record.encode, record.decode_with

    def text(self, value: T) -> str:
        """Write a value: equal values give equal text."""
        return _write_json(self._encode(value))

    def value(self, text: str, **given: Any) -> T:
        """Read a value; `given` are the fields left out.

        Args:
            text: As written by `text`, by this or an earlier version of the adapter.
            given: Field -> value, for exactly the fields left out.

        Returns:
            A value equal to the one written.

        Raises:
            InvariantError: The text does not fit the type.
        """
        try:
            document = json.loads(text)
            return self._complete((document, given)) if self._complete else self._decode(document)  # type: ignore[no-any-return]
        except (KeyError, TypeError, ValueError, ArithmeticError, AttributeError):
            raise InvariantError(f"a stored {self._name} does not fit its type") from None


class _Record:
    """Shape of a dataclass; prepared in two steps because dataclasses may contain themselves."""

    def __init__(self, kind: Any, leave_out: tuple[str, ...] = ()) -> None:
        self._kind = kind
        self._fields = tuple(field for field in fields(kind) if field.init and field.name not in leave_out)

    def prepare(self) -> None:
        hints = get_type_hints(self._kind)
        shapes = [(field, *shape_of(hints[field.name])) for field in self._fields]
        self._write = tuple((field.name, encode, _silent_default(field)) for field, encode, _ in shapes)
        self._read = tuple((field.name, decode) for field, _, decode in shapes)
        names = tuple(field.name for field in self._fields)
        self._take: Convert = attrgetter(*names) if len(names) > 1 else _take_each(names)

    def encode(self, value: Any) -> dict[str, Any]:
        document = {}
        for (name, encode, default), item in zip(self._write, self._take(value), strict=True):
            if item is default or (item.__class__ is default.__class__ and item == default):
                continue
            document[name] = item if encode is None or item is None else encode(item)
        return document

    def decode(self, document: Mapping[str, Any]) -> Any:
        return self.decode_with((document, {}))

    def decode_with(self, parts: tuple[Mapping[str, Any], dict[str, Any]]) -> Any:
        document, values = parts
        for name, decode in self._read:
            if name in document:
                item = document[name]
                values[name] = item if decode is None or item is None else decode(item)
        return self._kind(**values)


def shape_of(hint: Any) -> Shape:
    """Find how a type hint is written and read.

    Args:
        hint: A type as a dataclass field declares it.

    Returns:
        The two conversions; None where JSON holds the value as it is.

    Raises:
        InvariantError: There is no way to write such a type.
    """
    if hint not in _shapes:
        if is_dataclass(hint):
            record = _Record(hint)
            _shapes[hint] = (record.encode, record.decode)
            record.prepare()
        else:
            _shapes[hint] = _shape_of_other(hint)
    return _shapes[hint]


def _shape_of_other(hint: Any) -> Shape:
    if isinstance(hint, NewType):
        return shape_of(hint.__supertype__)
    if hint is Any:
        return _encode_open, _decode_open
    if hint in _JSON_KINDS or hint is NoneType:
        return _AS_IT_IS
    if hint in _TEXT_KINDS:
        return _TEXT_KINDS[hint]
    if isinstance(hint, type) and issubclass(hint, Enum):
        return attrgetter("value"), {member.value: member for member in hint}.__getitem__
    return _shape_of_generic(hint)


def _shape_of_generic(hint: Any) -> Shape:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in {Union, UnionType}:
        return _union(tuple(argument for argument in arguments if argument is not NoneType))
    if origin is tuple:
        return _row(arguments)
    if origin is frozenset:
        encode, decode = shape_of(arguments[0])
        return (
            lambda items: sorted(_each(encode, items), key=_write_json),
            lambda items: frozenset(_each(decode, items)),
        )
    if origin in {Mapping, dict}:
        return _mapping(*arguments)
    raise InvariantError(f"the store cannot hold the type {hint}")


def _row(arguments: tuple[Any, ...]) -> Shape:
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        encode, decode = shape_of(arguments[0])
        return lambda items: _each(encode, items), lambda items: tuple(_each(decode, items))
    shapes = [shape_of(argument) for argument in arguments]
    encoders, decoders = [encode for encode, _ in shapes], [decode for _, decode in shapes]
    return (
        lambda items: [_one(encode, item) for encode, item in zip(encoders, items, strict=True)],
        lambda items: tuple(_one(decode, item) for decode, item in zip(decoders, items, strict=True)),
    )


def _mapping(key: Any, item: Any) -> Shape:
    """Mappings are pairs in the order of their keys: a key may be anything, and equal mappings give equal text."""
    encode_key, decode_key = shape_of(key)
    encode, decode = shape_of(item)
    return (
        lambda items: sorted(
            ([_one(encode_key, name), _one(encode, value)] for name, value in items.items()),
            key=lambda pair: _write_json(pair[0]),
        ),
        lambda pairs: {_one(decode_key, name): _one(decode, value) for name, value in pairs},
    )


def _union(members: tuple[Any, ...]) -> Shape:
    if len(members) == 1:
        return shape_of(members[0])
    kinds = {(get_origin(member) or member): member for member in members}
    if len(kinds) < len(members):
        raise InvariantError("the store cannot tell two members of a union apart")
    shapes = {kind: shape_of(member) for kind, member in kinds.items()}
    by_name = {kind.__name__: (is_dataclass(kind), shape[1]) for kind, shape in shapes.items()}

    def encode(value: Any) -> Any:
        kind = type(value) if type(value) in shapes else next(kind for kind in shapes if isinstance(value, kind))
        if kind in _JSON_KINDS:
            return value
        document = _one(shapes[kind][0], value)
        return {_TAG: kind.__name__} | (document if is_dataclass(kind) else {"v": document})

    def decode(document: Any) -> Any:
        if not isinstance(document, dict):
            return document
        is_record, read = by_name[document[_TAG]]
        return _one(read, document if is_record else document["v"])

    return encode, decode


def _encode_open(value: Any) -> Any:
    """Write open JSON (a FHIR body, a report): as it is, but with exact decimals; tuples become lists."""
    if isinstance(value, Decimal):
        return {_TAG: "Decimal", "v": str(value)}
    if isinstance(value, Mapping):
        document = {str(name): _encode_open(item) for name, item in value.items()}
        return {_TAG: "object", "v": document} if _TAG in document else document
    if isinstance(value, list | tuple):
        return [_encode_open(item) for item in value]
    return value


def _decode_open(document: Any) -> Any:
    if isinstance(document, list):
        return [_decode_open(item) for item in document]
    if not isinstance(document, dict):
        return document
    tag = document.get(_TAG)
    if tag == "Decimal":
        return Decimal(document["v"])
    return {name: _decode_open(item) for name, item in (document["v"] if tag == "object" else document).items()}


def _silent_default(field: Field[Any]) -> Any:
    """Give the default that need not be written; only kinds whose equal values are the same value."""
    default = field.default if field.default_factory is MISSING else field.default_factory()
    if default is None or isinstance(default, str | bool | int | Enum) or default in ((), frozenset(), {}):
        return default
    return MISSING


def _take_each(names: Iterable[str]) -> Convert:
    return lambda value: tuple(getattr(value, name) for name in names)


def _one(convert: Convert | None, item: Any) -> Any:
    return item if convert is None or item is None else convert(item)


def _each(convert: Convert | None, items: Iterable[Any]) -> list[Any]:
    return list(items) if convert is None else [None if item is None else convert(item) for item in items]


def _same(value: Any) -> Any:
    return value
