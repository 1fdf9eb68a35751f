"""Strictness of the JSON itself, before any element is looked at.

Knows: UTF-8, nesting depth, control characters. Does not know: FHIR. Numbers written as strings are refused
where a number is read; duplicate keys under full validation.
"""

from __future__ import annotations

import re

MAX_DEPTH = 64
"""Nesting beyond this is refused (design contracts, Facts, strict JSON)."""

_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_NOT_OPENING = bytes(set(range(256)) - set(b"{["))
_NOT_BRACKETS = bytes(set(range(256)) - set(b"{}[]"))


def find_problem(raw: bytes) -> str | None:
    """Say what is wrong with the bytes as JSON text.

    Does not parse: what this lets through may still be no JSON.

    Args:
        raw: As received.

    Returns:
        `utf-8`, `control-character`, `depth`; None if nothing shows.

    >>> find_problem(b'{"a": [1]}')
    >>> find_problem(b'["' + bytes([255]) + b'"]')
    'utf-8'
    """
    if not raw.isascii() and not _is_utf8(raw):
        return "utf-8"
    if b"\\" in raw and b"\\u0000" in raw:
        return "control-character"
    if len(raw.translate(None, _NOT_OPENING)) > MAX_DEPTH and _is_too_deep(raw):
        return "depth"
    return None


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


def _is_too_deep(raw: bytes) -> bool:
    """Peel the innermost brackets off, one level at a time."""
    brackets = _STRING.sub(b"", raw).translate(None, _NOT_BRACKETS)
    for _ in range(MAX_DEPTH):
        brackets = brackets.replace(b"{}", b"").replace(b"[]", b"")
        if not brackets:
            return False
    return True
