"""FHIR JSON of what we write: read and written without losing a digit.

Knows: JSON. Does not know: FHIR. Hospital data is read by r4 from bytes; this is for our own few resources.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from fhir_adapter.domain.writeback import Body


def read_body(raw: bytes) -> dict[str, Any] | None:
    """Read one resource.

    Args:
        raw: JSON.

    Returns:
        0..1; its elements, numbers with a fraction as Decimal; None where it is no JSON object.

    >>> read_body(b'{"value": 1.50}')
    {'value': Decimal('1.50')}
    """
    try:
        body = json.loads(raw, parse_float=Decimal)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def write_body(body: Body) -> bytes:
    """Write one resource on one line.

    Args:
        body: FHIR JSON; numbers may be Decimal.

    Returns:
        ASCII, which is UTF-8 too; equal bodies give equal bytes.

    Raises:
        TypeError: A value that JSON does not have.

    >>> write_body({"value": Decimal("1.50")})
    b'{"value":1.50}'
    """
    return _written(body).encode("ascii")


def _written(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{_written(str(key))}:{_written(item)}" for key, item in value.items()) + "}"
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise TypeError("a number that is not finite cannot be written as JSON")
        return str(value)
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return "[" + ",".join(_written(item) for item in value) + "]"
    return json.dumps(value, allow_nan=False)
