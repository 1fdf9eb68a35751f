"""Digests of definitions: over what they mean, not over bytes, comments or the order of keys.

Knows: canonical text of dataclasses, models and plain values. Does not know: which digests a record carries.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass
from typing import Any

from pydantic import BaseModel

LENGTH = 32
"""Hexadecimal digits kept: 128 bits, short enough to be read out."""


def digest_of(*parts: object) -> str:
    """Compute the digest of definitions.

    Args:
        parts: 1..*; dataclasses, file models, mappings, sets, sequences and plain values.

    Returns:
        32 hexadecimal digits; equal for equal content, whatever the order of keys and sets.

    >>> digest_of({"a": 1, "b": {2, 3}}) == digest_of({"b": {3, 2}, "a": 1})
    True
    """
    text = json.dumps([_canonical(part) for part in parts], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:LENGTH]


def _canonical(value: Any) -> Any:
    if isinstance(value, str):
        return str(value)
    if isinstance(value, BaseModel):
        value = {name: getattr(value, name) for name in type(value).model_fields}
    if is_dataclass(value):
        name = type(value).__name__
        return [name, *((field.name, _canonical(getattr(value, field.name))) for field in fields(value))]
    if isinstance(value, Mapping):
        return sorted(([_canonical(key), _canonical(entry)] for key, entry in value.items()), key=_order)
    if isinstance(value, AbstractSet):
        return sorted((_canonical(entry) for entry in value), key=_order)
    if isinstance(value, (tuple, list)):
        return [_canonical(entry) for entry in value]
    return value if value is None or isinstance(value, int) else f"{type(value).__name__}:{value}"


def _order(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
