"""Digests of what people saw and what was planned: equal content, equal digest.

Knows: canonical JSON, SHA-256. Does not know: what is digested or why.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

SHORT = 12
"""Characters of a digest in ids people read aloud."""


def digest_of(*parts: Any) -> str:
    """Give the digest of texts, numbers, lists and mappings, whatever the order of a mapping's keys.

    Args:
        parts: JSON values; anything else is taken as its text.

    Returns:
        64 hexadecimal characters.

    >>> digest_of({"a": 1, "b": 2}) == digest_of({"b": 2, "a": 1})
    True
    """
    text = json.dumps(parts, sort_keys=True, ensure_ascii=True, separators=(",", ":"), default=str)
    return sha256(text.encode("ascii")).hexdigest()
