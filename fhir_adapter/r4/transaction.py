"""Our resources as one FHIR R4 transaction Bundle, for hospitals that load files.

Knows: conditional creates, guarded updates, references inside the Bundle. Does not know: where it is kept.
Loading the same Bundle twice leaves the same resources: a create happens only where nothing is found, an
update by id names the version it replaces, an update by identifier puts the same content again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from fhir_adapter.domain.writeback import Body
from fhir_adapter.errors import InvariantError
from fhir_adapter.r4.outgoing import validate_outgoing
from fhir_adapter.r4.outgoing_reference import (
    TAGGED_TYPES,
    conditional_reference,
    is_logical_id,
    replace_references,
    search_token,
    stand_in,
)
from fhir_adapter.r4.participation_codes import BundleType, HttpVerb

_ORDER = ("ResearchStudy", "ResearchSubject", "CarePlan", "AdverseEvent", "Provenance")


class EntryAction(StrEnum):
    """What loading the Bundle does to a resource.

    create: conditional create. update: by id, only the version last seen. replace: by identifier, for
    hospitals that have not told us their id yet; it creates where nothing is found.
    """

    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionEntry:
    """One resource of a transaction.

    Attributes:
        body: FHIR JSON; its id and version, if any, are left out of creates.
        identifier: (system, value) it is found by; the tag for types that are found by one.
        known_as: 0..1; `Type/id` other bodies of the same Bundle may refer to it by.
        resource_id: 0..1; the hospital's id; needed for `update`.
        etag: 0..1; the version last seen, as the server gave it; needed for `update`.
    """

    action: EntryAction
    body: Body
    identifier: tuple[str, str]
    known_as: str | None = None
    resource_id: str | None = None
    etag: str | None = None


def build_transaction(entries: Sequence[TransactionEntry]) -> dict[str, Any]:
    """Write our resources as one transaction Bundle whose entries refer to each other by fullUrl.

    Args:
        entries: 0..*; in any order, each identifier once per type.

    Returns:
        FHIR JSON; the study, then subjects, plans, events, Provenance, each by identifier: equal entries give an
        equal Bundle.

    Raises:
        InvariantError: An update without id and version, two entries for one resource, or invalid FHIR.

    Source:
        http://hl7.org/fhir/R4/http.html#transaction, conditional create and replacement of fullUrl references.
    """
    ordered = sorted(entries, key=_position)
    keys = [(entry.body["resourceType"], entry.identifier) for entry in ordered]
    if len(set(keys)) != len(keys):
        raise InvariantError("two entries of a transaction are about the same resource")
    replacements: dict[str, str] = {}
    for entry in ordered:
        replacements |= _names(entry)
    body: dict[str, Any] = {"resourceType": "Bundle", "type": BundleType.TRANSACTION.value}
    if ordered:
        body["entry"] = [_entry(entry, replacements) for entry in ordered]
    validate_outgoing(body)
    return body


def _position(entry: TransactionEntry) -> tuple[int, tuple[str, str]]:
    resource_type = entry.body.get("resourceType")
    if resource_type not in _ORDER:
        raise InvariantError("a transaction carries a type the adapter never writes")
    return _ORDER.index(resource_type), entry.identifier


def _full_url(entry: TransactionEntry) -> str:
    return stand_in(entry.body["resourceType"], entry.identifier)


def _names(entry: TransactionEntry) -> dict[str, str]:
    """Every reference under which other bodies may name the resource -> its fullUrl."""
    names = {conditional_reference(entry.body["resourceType"], entry.identifier): _full_url(entry)}
    if entry.known_as is not None:
        names[entry.known_as] = _full_url(entry)
    return names


def _entry(entry: TransactionEntry, replacements: dict[str, str]) -> dict[str, Any]:
    resource = replace_references(entry.body, replacements)
    resource.pop("id", None)
    if entry.action is EntryAction.UPDATE:
        resource = {"resourceType": resource["resourceType"], "id": entry.resource_id, **resource}
    return {"fullUrl": _full_url(entry), "resource": _without_version(resource), "request": _request(entry)}


def _without_version(resource: dict[str, Any]) -> dict[str, Any]:
    """Leave out what the server itself writes into meta."""
    meta = {
        key: value for key, value in resource.pop("meta", {}).items() if key not in {"versionId", "lastUpdated"}
    }
    return {**resource, "meta": meta} if meta else resource


def _request(entry: TransactionEntry) -> dict[str, Any]:
    resource_type = entry.body["resourceType"]
    token = search_token("_tag" if resource_type in TAGGED_TYPES else "identifier", entry.identifier)
    if entry.action is EntryAction.CREATE:
        return {"method": HttpVerb.POST.value, "url": resource_type, "ifNoneExist": token}
    if entry.action is EntryAction.REPLACE:
        return {"method": HttpVerb.PUT.value, "url": f"{resource_type}?{token}"}
    if entry.resource_id is None or entry.etag is None or not is_logical_id(entry.resource_id):
        raise InvariantError("an update by id needs the resource's id and the version last seen")
    return {"method": HttpVerb.PUT.value, "url": f"{resource_type}/{entry.resource_id}", "ifMatch": entry.etag}
