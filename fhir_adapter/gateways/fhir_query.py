"""One FHIR search as a request: tokens escaped, values encoded, long ones by POST, and whether it was honoured.

Knows: search syntax of R4. Does not know: HTTP connections, what is searched for and why.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from fhir_adapter.gateways.fhir_http import FhirConnection, Request
from fhir_adapter.gateways.url_parts import query_of

LONGEST_URL = 1800
"""Characters; longer searches go by POST, because proxies and servers cut or refuse longer URLs."""

PAGE_SIZE = 250
"""Resources asked for per page; a server may give fewer."""

STRICT = {"Prefer": "handling=strict"}
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_ESCAPED = ("\\", ",", "|", "$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """A search of one type.

    Attributes:
        parameters: 1..*; (name, value), values escaped but not yet percent-encoded.
    """

    resource_type: str
    parameters: tuple[tuple[str, str], ...]

    @property
    def action(self) -> str:
        """The search in words, for messages."""
        return f"search {self.resource_type}"

    def request(self, connection: FhirConnection, *, count: int = PAGE_SIZE) -> Request:
        """Write the first request of the search.

        Args:
            connection: The server.
            count: Resources per page.

        Returns:
            GET, or POST `_search` where the URL would be too long.
        """
        query = encode((*self.parameters, ("_count", str(count))))
        url = connection.url(self.resource_type, query)
        if len(url) <= LONGEST_URL:
            return Request(action=self.action, url=url, headers=STRICT)
        return Request(
            action=self.action,
            method="POST",
            url=connection.url(f"{self.resource_type}/_search"),
            content=query.encode("ascii"),
            headers={**STRICT, **_FORM},
        )

    def dropped(self, self_link: str | None) -> tuple[str, ...]:
        """Name the parameters the server did not honour, as its own account of the search tells.

        Args:
            self_link: 0..1; link[self] of the first page.

        Returns:
            0..*; names. Empty too where the server gives no account: absent, or without any query.

        Source:
            http://hl7.org/fhir/R4/search.html#conformance, "Server Conformance".

        >>> search = Search(resource_type="Observation", parameters=(("patient", "7"), ("combo-code", "a|b")))
        >>> search.dropped("https://example.org/fhir/Observation?patient=Patient/7&_count=20")
        ('combo-code',)
        """
        honoured = {name for name, _ in query_of(self_link)}
        if not honoured:
            return () if self_link is None or self_link.endswith("/_search") else self._names()
        return tuple(name for name in self._names() if name not in honoured)

    def _names(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.parameters)


def encode(parameters: Iterable[tuple[str, str]]) -> str:
    """Write parameters as a query, every reserved character encoded.

    Args:
        parameters: (name, value), in order.

    Returns:
        The query, without a question mark.

    Source:
        design fhir-servers, Reading: a proxy collapsed an unencoded `//` and silently found nothing.

    >>> encode([("code", "http://loinc.org|718-7"), ("_count", "20")])
    'code=http%3A%2F%2Floinc.org%7C718-7&_count=20'
    """
    return "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in parameters)


def token(system: str, value: str) -> str:
    r"""Write one search token.

    Args:
        system: Its code or identifier system.
        value: Its code or value.

    Returns:
        `system|value`, with the characters escaped that mean something in a search.

    Source:
        http://hl7.org/fhir/R4/search.html#escaping

    >>> token("https://example.org/mrn", "12,3")
    'https://example.org/mrn|12\\,3'
    """
    return f"{_escape(system)}|{_escape(value)}"


def token_list(pairs: Iterable[tuple[str, str]]) -> str:
    """Write a list of tokens of which one has to match, each once, in a fixed order."""
    return ",".join(sorted({token(system, value) for system, value in pairs}))


def _escape(text: str) -> str:
    for character in _ESCAPED:
        text = text.replace(character, f"\\{character}")
    return text
