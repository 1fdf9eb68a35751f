"""A FHIR server our resources are written to.

Knows: conditional create, guarded update, what to do when an answer is lost. Does not know: what the resources
mean. A write whose answer was lost is looked up before it is sent again, so the caller always learns what
stands at the hospital, or gets a RetryableTransportError; nothing is ever written twice or deleted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fhir_adapter.domain.writeback import Body
from fhir_adapter.errors import ConflictError, FatalTransportError, RetryableTransportError
from fhir_adapter.gateways.fhir_http import FHIR_JSON, Answer, FhirConnection, Request
from fhir_adapter.gateways.fhir_json import read_body, write_body
from fhir_adapter.gateways.fhir_query import Search, encode, token
from fhir_adapter.gateways.fhir_version import check_version
from fhir_adapter.gateways.own_identifier import carries, search_parameter
from fhir_adapter.gateways.stored import read_location, stored_resource
from fhir_adapter.ports.sink import StoredResource
from fhir_adapter.ports.source import SourceDescription

_FEW = 10
_GONE = frozenset({404, 410})
_WRITING = {"Content-Type": FHIR_JSON, "Prefer": "return=representation"}


class ServerSink:
    """Writes our resources to one FHIR server."""

    def __init__(self, connection: FhirConnection) -> None:
        """Keep the connection; nothing is sent yet."""
        self._connection = connection

    def describe(self) -> SourceDescription:
        """Say what this sink is; refuses by name a server that is not R4 or R4B."""
        version = check_version(self._connection)
        return SourceDescription(kind="server", place=self._connection.place, fhir_version=version)

    def find(self, resource_type: str, identifier: tuple[str, str]) -> tuple[StoredResource, ...]:
        """Find our resource by identifier, Provenance and AdverseEvent by tag.

        Args:
            resource_type: FHIR type.
            identifier: (system, value).

        Returns:
            0..*; several are a conflict for a person.

        Raises:
            FatalTransportError: The server ignored the search, or refused.
            RetryableTransportError: No usable answer.
        """
        return self._connection.retry.run(lambda: self._find_once(resource_type, identifier))

    def read(self, resource_type: str, resource_id: str) -> StoredResource | None:
        """Read one resource; None if it is gone (404, 410)."""
        return self._connection.retry.run(lambda: self._read_once(resource_type, resource_id))

    def create(self, body: Body, identifier: tuple[str, str]) -> StoredResource:
        """Create unless a resource with this identifier (Provenance: tag) exists; gives the existing one then.

        Args:
            body: FHIR JSON.
            identifier: (system, value).

        Returns:
            The resource as the server stored it.

        Raises:
            ConflictError: Several resources carry the identifier.
            FatalTransportError: The server refused.
            RetryableTransportError: It could not be found out what the server did.
        """
        resource_type = str(body["resourceType"])
        condition = encode([(search_parameter(resource_type), token(*identifier))])
        request = Request(
            action=f"create {resource_type}",
            method="POST",
            url=self._connection.url(resource_type),
            content=write_body(body),
            headers={**_WRITING, "If-None-Exist": condition},
        )
        lost = False

        def attempt() -> StoredResource:
            nonlocal lost
            if lost and (found := self._single(resource_type, identifier)) is not None:
                return found
            try:
                answer = self._connection.send_once(request)
            except RetryableTransportError:
                lost = True
                raise
            stored = self._stored(answer, resource_type)
            found = self._single(resource_type, identifier) if lost or stored is None else stored
            if found is None:
                raise FatalTransportError(
                    action=request.action, detail="the server does not give back what it stored"
                )
            return found

        return self._connection.retry.run(attempt)

    def update(self, resource_id: str, body: Body, stored: StoredResource) -> StoredResource:
        """Replace exactly the version last seen.

        Args:
            resource_id: Id of the resource.
            body: FHIR JSON, whole.
            stored: The version last seen.

        Returns:
            The resource as the server stored it.

        Raises:
            ConflictError: It changed meanwhile, or is gone.
            FatalTransportError: The server refused.
            RetryableTransportError: It could not be found out what the server did.
        """
        resource_type = stored.resource_type
        guard = _if_match(stored)
        request = Request(
            action=f"update {resource_type}",
            method="PUT",
            url=self._connection.url(f"{resource_type}/{resource_id}"),
            content=write_body({**body, "id": resource_id}),
            headers={**_WRITING, **guard},
            accepts=_GONE,
        )
        lost = not guard  # without a version to name, what stands there is looked at before writing

        def attempt() -> StoredResource:
            nonlocal lost
            if lost and (done := self._written_by_us(request.action, body, resource_id, stored)) is not None:
                return done
            try:
                answer = self._connection.send_once(request)
            except RetryableTransportError:
                lost = True
                raise
            if answer.status in _GONE:
                raise ConflictError(action=request.action, status=answer.status)
            found = self._stored(answer, resource_type) or self._read_once(resource_type, resource_id)
            if found is None:
                raise ConflictError(action=request.action, status=410)
            return found

        return self._connection.retry.run(attempt)

    def _written_by_us(
        self, action: str, body: Body, resource_id: str, stored: StoredResource
    ) -> StoredResource | None:
        """Say what became of an update without an answer: done, None = not done, or somebody else was faster."""
        current = self._read_once(stored.resource_type, resource_id)
        if current is None:
            raise ConflictError(action=action, status=410)
        same = current.version == stored.version if stored.version is not None else current.body == stored.body
        if same:
            return None
        if _holds_just(current.body, body):
            return current
        raise ConflictError(action=action, status=412)

    def _single(self, resource_type: str, identifier: tuple[str, str]) -> StoredResource | None:
        found = self._find_once(resource_type, identifier)
        if len(found) > 1:
            raise ConflictError(action=f"create {resource_type}", status=412)
        return found[0] if found else None

    def _find_once(self, resource_type: str, identifier: tuple[str, str]) -> tuple[StoredResource, ...]:
        search = Search(
            resource_type=resource_type,
            parameters=((search_parameter(resource_type), token(*identifier)),),
        )
        bundle = _object(self._connection.send_once(search.request(self._connection, count=_FEW)), search.action)
        if bundle.get("resourceType") != "Bundle":
            raise FatalTransportError(action=search.action, detail="the answer is no searchset")
        bodies = [body for body in _matches(bundle) if body.get("resourceType") == resource_type]
        if not all(carries(body, identifier) for body in bodies):
            raise FatalTransportError(action=search.action, detail="the server ignored the search by identifier")
        stored = (stored_resource(body, resource_type) for body in bodies)
        return tuple(resource for resource in stored if resource is not None)

    def _read_once(self, resource_type: str, resource_id: str) -> StoredResource | None:
        url = self._connection.url(f"{resource_type}/{resource_id}")
        request = Request(action=f"read {resource_type}", url=url, accepts=_GONE)
        answer = self._connection.send_once(request)
        if answer.status in _GONE:
            return None
        body = _object(answer, request.action)
        stored = stored_resource(body, resource_type, etag=answer.headers.get("etag"))
        if stored is None:
            raise FatalTransportError(action=request.action, detail="the answer is not the resource asked for")
        return stored

    def _stored(self, answer: Answer, resource_type: str) -> StoredResource | None:
        """Take the resource from a write's answer; read it where the server gave only its place."""
        etag, location = answer.headers.get("etag"), read_location(answer.headers.get("location"), resource_type)
        body = read_body(answer.body)
        if body is not None and body.get("resourceType") == resource_type:
            return stored_resource(body, resource_type, etag=etag, location=location)
        return self._read_once(resource_type, location[0]) if location is not None else None


def _object(answer: Answer, action: str) -> dict[str, Any]:
    body = read_body(answer.body)
    if body is None:
        raise RetryableTransportError(action=action, detail="the answer is not complete JSON")
    return body


def _matches(bundle: Mapping[str, Any]) -> list[dict[str, Any]]:
    entries = bundle.get("entry")
    listed = [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    return [entry["resource"] for entry in listed if isinstance(entry.get("resource"), dict)]


def _if_match(stored: StoredResource) -> dict[str, str]:
    if stored.etag is not None and stored.etag.endswith('"'):
        return {"If-Match": stored.etag}
    return {"If-Match": f'W/"{stored.version}"'} if stored.version is not None else {}


def _holds_just(current: Body, ours: Body) -> bool:
    """Say whether a stored resource is what we sent; the server writes meta, and may write the narrative."""
    own = {"meta", "text"}
    return set(current) - own == set(ours) - own | {"id"} and all(
        current[key] == ours[key] for key in set(ours) - own
    )
