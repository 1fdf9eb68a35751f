"""How our own resources are told apart: by identifier, Provenance and AdverseEvent by tag.

Knows: where the identifier stands. Does not know: which identifiers exist.
"""

from __future__ import annotations

from typing import Any

from fhir_adapter.domain.writeback import Body
from fhir_adapter.r4.outgoing_reference import TAGGED_TYPES


def search_parameter(resource_type: str) -> str:
    """Name the parameter our resources of a type are found by.

    >>> search_parameter("ResearchSubject"), search_parameter("Provenance")
    ('identifier', '_tag')
    """  # noqa: DOC201 - one sentence says it
    return "_tag" if resource_type in TAGGED_TYPES else "identifier"


def carries(body: Body, identifier: tuple[str, str]) -> bool:
    """Say whether a resource carries the identifier (or tag) itself; a search may have been ignored."""
    if body.get("resourceType") in TAGGED_TYPES:
        meta = body.get("meta")
        return _has(meta.get("tag") if isinstance(meta, dict) else None, "code", identifier)
    return _has(body.get("identifier"), "value", identifier)


def _has(entries: Any, key: str, identifier: tuple[str, str]) -> bool:
    listed = entries if isinstance(entries, list) else [entries]
    return any(isinstance(entry, dict) and (entry.get("system"), entry.get(key)) == identifier for entry in listed)
