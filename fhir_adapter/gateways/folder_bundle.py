"""The transaction Bundle of a sink folder, built entry by entry.

Knows: which of our resources refer to each other. Does not know: files. Each entry is checked once, when its
resource changes: checking the whole Bundle at every write would cost the square of its size.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from fhir_adapter.errors import ConfigurationError
from fhir_adapter.gateways.fhir_json import write_body
from fhir_adapter.r4.outgoing_reference import stand_in
from fhir_adapter.r4.transaction import EntryAction, TransactionEntry, build_transaction

Key = tuple[str, str]
"""(resource type, id)."""

_ORDER = ("ResearchStudy", "ResearchSubject", "CarePlan", "AdverseEvent")
_REFERENCE = re.compile(r'"reference":"(?P<type>[A-Za-z]+)/(?P<id>[^"/]+)')
_ID_DIGITS = 32


def derive_id(resource_type: str, identifier: tuple[str, str]) -> str:
    """Give the id a resource has in the folder: the same identifier always gives the same id."""
    return sha256("|".join((resource_type, *identifier)).encode()).hexdigest()[:_ID_DIGITS]


def identifier_of(body: Mapping[str, Any]) -> tuple[str, str] | None:
    """Give the identifier (or tag) a resource's id was derived from; None for what is not ours."""
    resource_type, resource_id = str(body.get("resourceType")), body.get("id")
    meta = body.get("meta")
    tags = meta.get("tag") if isinstance(meta, dict) else None
    pairs = [(entry.get("system"), entry.get("value")) for entry in _elements(body.get("identifier"))]
    pairs += [(entry.get("system"), entry.get("code")) for entry in _elements(tags)]
    for system, value in pairs:
        identifier = str(system), str(value)
        if derive_id(resource_type, identifier) == resource_id:
            return identifier
    return None


def _elements(entries: Any) -> list[dict[str, Any]]:
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


class FolderBundle:
    """Keeps the finished entries of the Bundle."""

    def __init__(self) -> None:
        """Start empty."""
        self._entries: dict[Key, bytes] = {}

    def forget(self, key: Key) -> None:
        """Build an entry again at the next writing; its resource changed."""
        self._entries.pop(key, None)

    def written(self, held: Mapping[Key, Mapping[str, Any]]) -> bytes:
        """Write the Bundle.

        Args:
            held: Every resource of the folder.

        Returns:
            FHIR JSON; the study, then subjects, plans, events, Provenance, each by id; equal ones, equal bytes.
        """
        for key in held:
            if key not in self._entries:
                self._entries[key] = _entry(key, held)
        lines = b",\n".join(self._entries[key] for key in sorted(held, key=_position))
        return b'{"resourceType":"Bundle","type":"transaction","entry":[\n' + lines + b"\n]}\n"


def _position(key: Key) -> tuple[int, str, str]:
    resource_type, resource_id = key
    place = _ORDER.index(resource_type) if resource_type in _ORDER else len(_ORDER)
    return place, resource_type, resource_id


def _entry(key: Key, held: Mapping[Key, Mapping[str, Any]]) -> bytes:
    body = held[key]
    named = {(match["type"], match["id"]) for match in _REFERENCE.finditer(write_body(body).decode("ascii"))}
    together = {key, *(other for other in named if other in held)}
    bundle = build_transaction([_as_entry(held[other]) for other in together])
    full_url = stand_in(key[0], _own_identifier(body))
    return write_body(next(entry for entry in bundle["entry"] if entry["fullUrl"] == full_url))


def _as_entry(body: Mapping[str, Any]) -> TransactionEntry:
    """Say how a hospital loads the resource: created once, put by identifier after a change."""
    changed = body["meta"]["versionId"] != "1"
    return TransactionEntry(
        action=EntryAction.REPLACE if changed else EntryAction.CREATE,
        body=body,
        identifier=_own_identifier(body),
        known_as=f"{body['resourceType']}/{body['id']}",
    )


def _own_identifier(body: Mapping[str, Any]) -> tuple[str, str]:
    identifier = identifier_of(body)
    if identifier is None:
        raise ConfigurationError("the sink folder holds a resource without our identifier")
    return identifier
