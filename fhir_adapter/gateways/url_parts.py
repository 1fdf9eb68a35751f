"""URLs that others wrote, taken apart without an exception.

Knows: that a server may send anything. Does not know: what a URL is for.
"""

from __future__ import annotations

from urllib.parse import SplitResult, parse_qsl, urljoin, urlsplit


def split_url(text: str | None) -> SplitResult:
    """Take a URL apart; what cannot be read has no parts.

    >>> split_url("https://[").path
    ''
    """  # noqa: DOC201 - one sentence says it
    try:
        return urlsplit(text or "")
    except ValueError:
        return urlsplit("")


def query_of(text: str | None) -> list[tuple[str, str]]:
    """Give the (name, value) pairs of a URL's query, decoded; none where it cannot be read."""
    try:
        return parse_qsl(split_url(text).query, keep_blank_values=True)
    except ValueError:  # absurdly many fields
        return []


def join_url(base: str, text: str) -> str | None:
    """Make a link absolute; None where it cannot be read."""
    try:
        return urljoin(base, text)
    except ValueError:
        return None
