"""Digests of definitions: over what they mean, not over bytes, comments or the order of keys.

Knows: canonical text of dataclasses, models and plain values. Does not know: which digests a record carries.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass
from json.encoder import encode_basestring as quote
from typing import Any, Final

from pydantic import BaseModel

LENGTH = 32
"""Hexadecimal digits kept: 128 bits, short enough to be read out."""

_Write = Callable[[Any], str]


def digest_of(*parts: object) -> str:
    """Compute the digest of definitions.

    Args:
        parts: 1..*; dataclasses, file models, mappings, sets, sequences and plain values.

    Returns:
        32 hexadecimal digits; equal for equal content, whatever the order of keys and sets.

    >>> digest_of({"a": 1, "b": {2, 3}}) == digest_of({"b": {3, 2}, "a": 1})
    True
    """
    return hashlib.sha256(_list(parts).encode()).hexdigest()[:LENGTH]


def _list(values: Iterable[Any]) -> str:
    return "[" + ",".join([_WRITERS[each.__class__](each) for each in values]) + "]"


def _set(values: Iterable[Any]) -> str:
    return "[" + ",".join(sorted([_WRITERS[each.__class__](each) for each in values])) + "]"


def _mapping(values: Mapping[Any, Any]) -> str:
    return "[" + ",".join(sorted([_list(pair) for pair in values.items()])) + "]"


def _record_writer(kind: type) -> _Write:
    """Write a record as its name and its fields in the order they are declared."""
    names = tuple(each.name for each in fields(kind))
    form = f"[{quote(kind.__name__)}" + "".join(f",[{quote(name)},%s]" for name in names) + "]"

    def write(value: Any) -> str:
        items = [getattr(value, name) for name in names]
        return form % tuple([_WRITERS[each.__class__](each) for each in items])

    return write


class _Writers(dict[type, _Write]):
    """How each kind of value is written; found when a kind is first met."""

    def __missing__(self, kind: type) -> _Write:
        self[kind] = write = _find_writer(kind)
        return write


def _find_writer(kind: type) -> _Write:
    if issubclass(kind, str):
        return lambda value: quote(str(value))
    if issubclass(kind, BaseModel):
        names = tuple(kind.model_fields)
        return lambda value: _mapping({name: getattr(value, name) for name in names})
    if is_dataclass(kind):
        return _record_writer(kind)
    for wider, write in _WIDER:
        if issubclass(kind, wider):
            return write
    return lambda value: quote(f"{kind.__name__}:{value}")


_WIDER: Final[tuple[tuple[type, _Write], ...]] = (
    (Mapping, _mapping),
    (AbstractSet, _set),
    (tuple, _list),
    (list, _list),
    (int, int.__repr__),
)
_WRITERS: Final = _Writers({
    type(None): lambda _: "null",
    bool: lambda value: "true" if value else "false",
    str: quote,
})
