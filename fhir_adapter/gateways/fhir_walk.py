"""Every page of one search, in order, and nothing but pages of that search.

Knows: paging links, what a server must not do with them. Does not know: patients, completeness.
"""

from __future__ import annotations

from collections.abc import Iterator

from fhir_adapter.errors import FatalTransportError, RetryableTransportError
from fhir_adapter.gateways.fhir_http import Answer, FhirConnection, Request
from fhir_adapter.gateways.fhir_query import STRICT, Search
from fhir_adapter.gateways.url_parts import join_url
from fhir_adapter.ports.source import IssueKind
from fhir_adapter.r4.envelope import Bundle, read_bundle

MOST_PAGES = 100_000
_EXPIRED = frozenset({404, 410})


class IgnoredParameterError(FatalTransportError):
    """The server did not honour a parameter: what it gave is not what was asked for."""


def walk(connection: FhirConnection, search: Search) -> Iterator[tuple[int, Bundle]]:
    """Follow a search from page to page.

    A paging session that expired under way is begun again, once: page 1 then comes a second time.

    Args:
        connection: The server.
        search: What to search for.

    Yields:
        (page number from 1, the page).

    Raises:
        IgnoredParameterError: By its own account the server dropped a parameter; no page was given.
        FatalTransportError: It refused, pages in a circle, or its link leads to another origin.
        RetryableTransportError: No usable answer.
    """
    try:
        yield from _walk_once(connection, search)
    except _ExpiredError:
        yield from _walk_once(connection, search)


class _ExpiredError(FatalTransportError):
    """The server forgot the search while it was paged through."""


def _walk_once(connection: FhirConnection, search: Search) -> Iterator[tuple[int, Bundle]]:
    request = search.request(connection)
    seen = {request.url}
    for number in range(1, MOST_PAGES + 1):
        bundle = _read_page(connection, request, number)
        if number == 1:
            _check_honoured(search, bundle)
        yield number, bundle
        if bundle.next_link is None:
            return
        url = join_url(f"{connection.place}/", bundle.next_link)
        if url is None:
            raise FatalTransportError(action=search.action, detail="the link to the next page cannot be read")
        if url in seen:
            raise FatalTransportError(action=search.action, detail="the server pages in a circle")
        seen.add(url)
        request = Request(action=search.action, url=url, headers=STRICT)
    raise FatalTransportError(action=search.action, detail="the search has no last page")


def _read_page(connection: FhirConnection, request: Request, number: int) -> Bundle:
    def read(answer: Answer) -> Bundle:
        bundle = read_bundle(answer.body)
        if bundle is None:
            raise RetryableTransportError(action=request.action, detail="the answer is not complete JSON")
        if bundle.type != "searchset":
            raise FatalTransportError(
                action=request.action, status=answer.status, detail="the answer is no searchset"
            )
        return bundle

    try:
        return connection.send(request, read)
    except FatalTransportError as error:
        if number > 1 and error.status in _EXPIRED:
            raise _ExpiredError(action=request.action, status=error.status) from None
        raise


def _check_honoured(search: Search, bundle: Bundle) -> None:
    dropped = search.dropped(bundle.self_link)
    if dropped or any(issue.kind is IssueKind.IGNORED_PARAMETER for issue in bundle.issues):
        raise IgnoredParameterError(
            action=search.action, status=200, detail=f"not honoured: {', '.join(dropped) or 'a parameter'}"
        )
