"""FHIR's envelopes: Bundles taken apart into single resources, CapabilityStatements read for their version.

Knows: Bundle entries, fullUrl, links, outcomes. Does not know: how Bundles travel, what their resources say.
What it gives are plain types: gateways never see a wire struct.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import msgspec
from msgspec import Raw

from fhir_adapter.ports.source import SourceIssue
from fhir_adapter.r4.outcome import read_outcome
from fhir_adapter.r4.wire import ABSENT, Wire

UUID_PREFIX: Final = "urn:uuid:"
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """A Bundle taken apart.

    Attributes:
        type: Bundle.type as received.
        resources: One JSON document each, in order; outcomes of a search are in `issues` instead.
        references: fullUrl -> `Type/id`.
        issues: What the server said beside its results; whom it was said of is for the caller to add.
        next_link: 0..1; URL of the next page as received.
        self_link: 0..1; what the server says it was asked.
        total: 0..1; number of matches, where the server counts them.
    """

    type: str
    resources: tuple[bytes, ...] = ()
    references: Mapping[str, str] = field(default_factory=dict)
    issues: tuple[SourceIssue, ...] = ()
    next_link: str | None = None
    self_link: str | None = None
    total: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """What a server says it is."""

    fhir_version: str
    software: str | None = None
    software_version: str | None = None


class _Link(Wire):
    relation: str = ""
    url: str = ""


class _Search(Wire):
    mode: str = ""


class _Response(Wire):
    outcome: Raw = ABSENT


class _Entry(Wire):
    full_url: str = ""
    resource: Raw = ABSENT
    search: _Search | None = None
    response: _Response | None = None


class _Bundle(Wire):
    resource_type: str
    type: str = ""
    total: Raw = ABSENT
    link: tuple[_Link, ...] = ()
    entry: tuple[_Entry, ...] = ()


class _Named(Wire):
    resource_type: str = ""
    id: str = ""


class _Software(Wire):
    name: str = ""
    version: str = ""


class _Capability(Wire):
    resource_type: str
    fhir_version: str = ""
    software: _Software | None = None


_bundle_decoder = msgspec.json.Decoder(_Bundle)
_named_decoder = msgspec.json.Decoder(_Named)
_capability_decoder = msgspec.json.Decoder(_Capability)
_SEARCH_TYPES: Final = frozenset({"searchset", "batch-response", "transaction-response"})


def read_bundle(raw: bytes | memoryview) -> Bundle | None:
    """Take a Bundle apart: collection, searchset, transaction, batch, history, or a response.

    A resource without id takes the uuid of its fullUrl. Bundles inside the Bundle are taken apart too. Does not
    look at what resources say.

    Args:
        raw: JSON.

    Returns:
        Its parts; None for what is no readable Bundle (a single resource, or cut off).

    Source:
        http://hl7.org/fhir/R4/bundle.html#references
    """
    try:
        bundle = _bundle_decoder.decode(raw)
    except _UNREADABLE:
        return None
    if bundle.resource_type != "Bundle":
        return None
    parts = _Parts(is_answer=bundle.type in _SEARCH_TYPES)
    for entry in bundle.entry:
        parts.add(entry)
    links = {link.relation: link.url for link in reversed(bundle.link) if link.url}
    return Bundle(
        type=bundle.type,
        resources=tuple(parts.resources),
        references=parts.references,
        issues=tuple(parts.issues),
        next_link=links.get("next"),
        self_link=links.get("self"),
        total=_read_total(bundle.total),
    )


def read_capability(raw: bytes | memoryview) -> Capability | None:
    """Read what a server says it is.

    Args:
        raw: JSON.

    Returns:
        Version and software; None for what is no CapabilityStatement.

    Source:
        http://hl7.org/fhir/R4/capabilitystatement.html
    """
    try:
        capability = _capability_decoder.decode(raw)
    except _UNREADABLE:
        return None
    if capability.resource_type != "CapabilityStatement":
        return None
    software = capability.software or _Software()
    return Capability(
        fhir_version=capability.fhir_version,
        software=software.name or None,
        software_version=software.version or None,
    )


class _Parts:
    """What the entries of one Bundle gave."""

    def __init__(self, *, is_answer: bool) -> None:
        self.is_answer = is_answer
        self.resources: list[bytes] = []
        self.references: dict[str, str] = {}
        self.issues: list[SourceIssue] = []

    def add(self, entry: _Entry) -> None:
        if entry.response is not None and entry.response.outcome:
            self.issues.extend(read_outcome(entry.response.outcome))
        if not entry.resource:
            return
        named = _name(entry.resource)
        is_outcome = entry.search is not None and entry.search.mode == "outcome"
        if is_outcome or (self.is_answer and named.resource_type == "OperationOutcome"):
            self.issues.extend(read_outcome(entry.resource))
        elif named.resource_type == "Bundle" and (inner := read_bundle(memoryview(entry.resource))) is not None:
            self.resources.extend(inner.resources)
            self.references.update(inner.references)
            self.issues.extend(inner.issues)
        else:
            self._add_resource(entry, named)

    def _add_resource(self, entry: _Entry, named: _Named) -> None:
        resource = bytes(entry.resource)
        identity = named.id
        if not identity and entry.full_url.startswith(UUID_PREFIX):
            identity = entry.full_url.removeprefix(UUID_PREFIX)
            if _ID.fullmatch(identity) is None or not resource.startswith(b"{"):
                identity = ""
            else:
                resource = _with_id(resource, identity)
        if entry.full_url and named.resource_type and identity:
            self.references[entry.full_url] = f"{named.resource_type}/{identity}"
        self.resources.append(resource)


def _name(raw: Raw) -> _Named:
    try:
        return _named_decoder.decode(raw)
    except _UNREADABLE:
        return _Named()


def _with_id(resource: bytes, identity: str) -> bytes:
    """Write the id as the first element; `identity` holds nothing JSON would have to escape."""
    rest = resource[1:].lstrip()
    comma = b"" if rest.startswith(b"}") else b","
    return b'{"id":"' + identity.encode() + b'"' + comma + rest


def _read_total(raw: Raw) -> int | None:
    text = bytes(raw)
    return int(text) if text.isdigit() and len(text) < 10 else None
