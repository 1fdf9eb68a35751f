"""Id and version of a resource, as servers give them: in the body, as ETag, as Location.

Knows: the forms real servers use. Does not know: which request was answered.
"""

from __future__ import annotations

import re
from typing import Any

from fhir_adapter.gateways.url_parts import split_url
from fhir_adapter.ports.sink import StoredResource

_ETAG = re.compile(r'(?:W/)?"?(?P<version>[A-Za-z0-9\-.]{1,64})"?')


def read_etag(header: str | None) -> str | None:
    """Read the version from an ETag.

    Args:
        header: 0..1; `W/"3"`, `"3"` or `3`.

    Returns:
        0..1; the version.

    >>> [read_etag(text) for text in ('W/"3"', '"3"', "3", None)]
    ['3', '3', '3', None]
    """
    match = _ETAG.fullmatch(header.strip()) if header is not None else None
    return match["version"] if match is not None else None


def read_location(header: str | None, resource_type: str) -> tuple[str, str | None] | None:
    """Read id and version from a Location.

    Args:
        header: 0..1; absolute or relative, with or without version.
        resource_type: The type that was written.

    Returns:
        0..1; (id, version or None).

    >>> read_location("https://example.org/fhir/ResearchSubject/7/_history/2", "ResearchSubject")
    ('7', '2')
    >>> read_location("ResearchSubject/7", "ResearchSubject")
    ('7', None)
    """
    match = re.search(rf"(?:^|/){resource_type}/([^/]+)(?:/_history/([^/]+))?/?$", split_url(header).path)
    return (match[1], match[2]) if match is not None else None


def stored_resource(
    body: dict[str, Any],
    resource_type: str,
    *,
    etag: str | None = None,
    location: tuple[str, str | None] | None = None,
) -> StoredResource | None:
    """Put together what a server told about a resource.

    Args:
        body: The resource as the server gave it.
        resource_type: FHIR type asked for.
        etag: 0..1; header.
        location: 0..1; (id, version) from the header.

    Returns:
        0..1; None where the body is of another type or nobody said its id. The version comes from the body,
        else the ETag, else the Location.
    """
    resource_id = body.get("id") or (location[0] if location is not None else None)
    if body.get("resourceType") != resource_type or not isinstance(resource_id, str):
        return None
    meta = body.get("meta")
    in_body = meta.get("versionId") if isinstance(meta, dict) else None
    version = in_body or read_etag(etag) or (location[1] if location is not None else None)
    return StoredResource(
        resource_type=resource_type,
        id=resource_id,
        version=str(version) if version is not None else None,
        etag=etag,
        body=body,
    )
