"""How each kind of type hint is written as JSON text and read back.

Knows: dataclasses, unions, tuples, sets, mappings, enums, exact numbers, times. Does not know: which types are
stored.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from json.encoder import encode_basestring_ascii
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, NewType, Union, get_args, get_origin, get_type_hints

from fhir_adapter.errors import InvariantError
from fhir_adapter.gateways.store.recall import Recalled, is_brief

Write = Callable[[Any], str]
Read = Callable[[Any], Any]
Shape = tuple[Write, Read | None]
"""How a value becomes JSON text, and what parsed JSON becomes; None = it is the value already."""

_TAG = "$"
# Escaped to ASCII: unpaired surrogates and NUL, which FHIR JSON can spell, would not fit a database's text.
_write_open = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode
_JSON_KINDS: Mapping[type, Shape] = {
    str: (encode_basestring_ascii, None),
    bool: ({True: "true", False: "false"}.__getitem__, None),
    int: (int.__repr__, None),
    float: (_write_open, None),
    NoneType: (lambda _: "null", None),
}
_TEXT_KINDS: Mapping[type, Shape] = {
    Decimal: (lambda number: f'"{number}"', Decimal),
    Fraction: (lambda number: f'"{number}"', Fraction),
    datetime: (lambda moment: f'"{moment.isoformat()}"', datetime.fromisoformat),
    date: (lambda day: f'"{day.isoformat()}"', date.fromisoformat),
}
_UNIONS = frozenset({Union, UnionType})
_shapes: dict[Any, Shape] = {}


class Record:
    """Shape of a dataclass; prepared in two steps because dataclasses may contain themselves."""

    def __init__(self, kind: Any, leave_out: tuple[str, ...] = ()) -> None:
        self._kind = kind
        self._fields = tuple(field for field in fields(kind) if field.init and field.name not in leave_out)

    def prepare(self) -> None:
        """Find the shapes of the fields."""
        hints = get_type_hints(self._kind)
        # Whether a field is None is looked at here, once for all kinds of it.
        shapes = [shape_of(_without_none(hints[field.name])) for field in self._fields]
        names = tuple(field.name for field in self._fields)
        self._keys = tuple(f'"{name}":' for name in names)
        self._writers = tuple(write for write, _ in shapes)
        self._defaults = tuple(_silent_default(field) for field in self._fields)
        self._readers = {name: read for name, (_, read) in zip(names, shapes, strict=True)}
        self._take: Read = attrgetter(*names) if len(names) > 1 else _take_each(names)

    def write(self, value: Any) -> str:
        """Write a value as a JSON object; fields equal to their default are left out."""
        written = []
        parts = zip(self._keys, self._writers, self._defaults, self._take(value))  # noqa: B905 - all as long
        for key, write, default, item in parts:
            if item is default or (item.__class__ is default.__class__ and item == default):
                continue
            written.append(key + ("null" if item is None else write(item)))
        return "{" + ",".join(written) + "}"

    def read(self, document: Mapping[str, Any]) -> Any:
        """Read a parsed JSON object."""
        return self.read_with((document, {}))

    def read_with(self, parts: tuple[Mapping[str, Any], dict[str, Any]]) -> Any:
        """Read a parsed JSON object into the fields already given."""
        document, values = parts
        readers = self._readers
        for name, item in document.items():
            if name in readers:
                read = readers[name]
                values[name] = item if read is None or item is None else read(item)
        return self._kind(**values)


def shape_of(hint: Any) -> Shape:
    """Find how a type hint is written and read.

    Args:
        hint: A type as a dataclass field declares it.

    Returns:
        How to write and how to read it.

    Raises:
        InvariantError: There is no way to write such a type.
    """
    if hint not in _shapes:
        if is_dataclass(hint):
            record = Record(hint)
            write = Recalled(record.write) if is_brief(hint) else record.write
            _shapes[hint] = (write, record.read)
            record.prepare()
        else:
            _shapes[hint] = _shape_of_other(hint)
    return _shapes[hint]


def _shape_of_other(hint: Any) -> Shape:
    if isinstance(hint, NewType):
        return shape_of(hint.__supertype__)
    if hint is Any:
        return lambda value: _write_open(_encode_open(value)), _decode_open
    if hint in _JSON_KINDS:
        return _JSON_KINDS[hint]
    if hint in _TEXT_KINDS:
        return _TEXT_KINDS[hint]
    if isinstance(hint, type) and issubclass(hint, Enum):
        written = {member: _write_open(member.value) for member in hint}
        return written.__getitem__, {member.value: member for member in hint}.__getitem__
    return _shape_of_generic(hint)


def _shape_of_generic(hint: Any) -> Shape:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in _UNIONS:
        return _union(hint)
    if origin is tuple:
        return _row(arguments)
    if origin is frozenset:
        write, read = shape_of(arguments[0])
        return (
            _recalled(arguments[0], lambda items: _list(sorted(map(write, items)))),
            lambda items: frozenset(_each(read, items)),
        )
    if origin in {Mapping, dict}:
        return _mapping(*arguments)
    raise InvariantError(f"the store cannot hold the type {hint}")


def _row(arguments: tuple[Any, ...]) -> Shape:
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        write, read = shape_of(arguments[0])
        return (
            _recalled(arguments[0], lambda items: _list(map(write, items))),
            lambda items: tuple(_each(read, items)),
        )
    shapes = [shape_of(argument) for argument in arguments]
    writers, readers = [write for write, _ in shapes], [read for _, read in shapes]
    return (
        lambda items: _list(write(item) for write, item in zip(writers, items, strict=True)),
        lambda items: tuple(_one(read, item) for read, item in zip(readers, items, strict=True)),
    )


def _recalled(member: Any, write: Write) -> Write:
    return Recalled(write) if is_brief(member) else write


def _mapping(key: Any, item: Any) -> Shape:
    """Mappings are pairs in the order of their keys: a key may be anything, and equal mappings give equal text."""
    write_key, read_key = shape_of(key)
    write, read = shape_of(item)
    return (
        lambda items: _list(sorted(f"[{write_key(name)},{write(value)}]" for name, value in items.items())),
        lambda pairs: {_one(read_key, name): _one(read, value) for name, value in pairs},
    )


def _union(hint: Any) -> Shape:
    members = tuple(member for member in get_args(hint) if member is not NoneType)
    write, read = shape_of(members[0]) if len(members) == 1 else _tagged(members)
    if len(members) == len(get_args(hint)):
        return write, read
    return lambda value: "null" if value is None else write(value), lambda document: _one(read, document)


def _tagged(members: tuple[Any, ...]) -> Shape:
    kinds = {(get_origin(member) or member): member for member in members}
    if len(kinds) < len(members):
        raise InvariantError("the store cannot tell two members of a union apart")
    writers = {kind: _with_tag(kind, shape_of(member)[0]) for kind, member in kinds.items()}
    readers = {kind.__name__: (is_dataclass(kind), shape_of(member)[1]) for kind, member in kinds.items()}

    def write(value: Any) -> str:
        kind = type(value)
        if kind not in writers:
            kind = next(kind for kind in writers if isinstance(value, kind))
        return writers[kind](value)

    def read(document: Any) -> Any:
        if not isinstance(document, dict):
            return document
        is_record, reader = readers[document[_TAG]]
        return _one(reader, document if is_record else document["v"])

    return write, read


def _with_tag(kind: type, write: Write) -> Write:
    if kind in _JSON_KINDS:
        return write
    opening = f'{{"{_TAG}":"{kind.__name__}"'
    if not is_dataclass(kind):
        return lambda value: f'{opening},"v":{write(value)}}}'

    def write_record(value: Any) -> str:
        written = write(value)
        return opening + ("}" if written == "{}" else "," + written[1:])

    return write_record


def _without_none(hint: Any) -> Any:
    if get_origin(hint) not in _UNIONS:
        return hint
    return Union[tuple(member for member in get_args(hint) if member is not NoneType)]  # noqa: UP007 - built at run time


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


def _take_each(names: Iterable[str]) -> Read:
    return lambda value: tuple(getattr(value, name) for name in names)


def _one(read: Read | None, item: Any) -> Any:
    return item if read is None or item is None else read(item)


def _each(read: Read | None, items: Iterable[Any]) -> Iterable[Any]:
    return items if read is None else map(read, items)


def _list(items: Iterable[str]) -> str:
    return "[" + ",".join(items) + "]"
