"""A folder our resources are written to, for hospitals that load files.

Knows: NDJSON per type, one transaction Bundle, how a file is replaced at once. Does not know: what the
resources mean. The NDJSON files are the state: what was written is found and read back from them, and ids are
derived from identifiers, so that the same resources always make the same files.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from fhir_adapter.domain.writeback import Body
from fhir_adapter.errors import ConfigurationError, ConflictError
from fhir_adapter.gateways.fhir_json import read_body, write_body
from fhir_adapter.gateways.folder_bundle import FolderBundle, Key, derive_id, identifier_of
from fhir_adapter.gateways.own_identifier import carries
from fhir_adapter.ports.sink import StoredResource
from fhir_adapter.ports.source import SourceDescription

TRANSACTION = "transaction.json"


class FolderSink:
    """Keeps our resources as files."""

    def __init__(self, root: Path) -> None:
        """Read what the folder holds already; nothing is written before the first resource is.

        Args:
            root: The folder; made at the first write.

        Raises:
            ConfigurationError: It is no folder, or holds files that are not ours.
        """
        self._root = root
        if root.exists() and not root.is_dir():
            raise ConfigurationError("the sink folder's name is taken by a file")
        self._held: dict[Key, dict[str, Any]] = {}
        self._lines: dict[Key, bytes] = {}
        self._bundle = FolderBundle()
        for path in sorted(root.glob("*.ndjson")) if root.is_dir() else ():
            self._load(path)
        self._bundle_checked = False

    def describe(self) -> SourceDescription:
        """Say what this sink is."""
        return SourceDescription(kind="folder", place=str(self._root), fhir_version="4.0.1")

    def find(self, resource_type: str, identifier: tuple[str, str]) -> tuple[StoredResource, ...]:
        """Find our resource by identifier, Provenance and AdverseEvent by tag."""
        self._complete_bundle()
        found = self.read(resource_type, derive_id(resource_type, identifier))
        return (found,) if found is not None and carries(found.body, identifier) else ()

    def read(self, resource_type: str, resource_id: str) -> StoredResource | None:
        """Read one resource; None if it is gone."""
        body = self._held.get((resource_type, resource_id))
        return _stored(body) if body is not None else None

    def create(self, body: Body, identifier: tuple[str, str]) -> StoredResource:
        """Keep a resource unless one with this identifier is there; gives the existing one then.

        Args:
            body: FHIR JSON.
            identifier: (system, value); the tag for Provenance and AdverseEvent.

        Returns:
            The resource as it is kept, with id and version.

        Raises:
            ConfigurationError: The folder cannot be written.
        """
        resource_type = str(body["resourceType"])
        found = self.find(resource_type, identifier)
        if found:
            return found[0]
        return self._keep({**body, "id": derive_id(resource_type, identifier)}, version=1)

    def update(self, resource_id: str, body: Body, stored: StoredResource) -> StoredResource:
        """Replace exactly the version last seen.

        Args:
            resource_id: Id of the resource.
            body: FHIR JSON, whole.
            stored: The version last seen.

        Returns:
            The resource as it is kept; the same version where nothing changed.

        Raises:
            ConflictError: Another version is there, or the resource is gone.
            ConfigurationError: The folder cannot be written.
        """
        resource_type = str(body["resourceType"])
        current = self.read(resource_type, resource_id)
        if current is None or current.version != stored.version:
            raise ConflictError(action=f"update {resource_type}", status=412)
        version = int(current.version or "1")
        if _without_version({**body, "id": resource_id}) == _without_version(current.body):
            self._complete_bundle()
            return current
        return self._keep({**body, "id": resource_id}, version=version + 1)

    def _keep(self, body: dict[str, Any], *, version: int) -> StoredResource:
        resource_type = str(body["resourceType"])
        kept = {**body, "meta": {**body.get("meta", {}), "versionId": str(version)}}
        before = self._held.get((resource_type, str(body["id"])))
        self._hold(kept)
        try:
            self._write(resource_type, self._bundle.written(self._held))
        except BaseException:
            if before is None:
                self._drop(kept)
            else:
                self._hold(before)
            raise
        return _stored(kept)

    def _write(self, resource_type: str, bundle: bytes) -> None:
        keys = sorted(key for key in self._held if key[0] == resource_type)
        try:
            self._root.mkdir(parents=True, exist_ok=True)
            _replace(self._root / f"{resource_type}.ndjson", (self._lines[key] for key in keys))
            _replace(self._root / TRANSACTION, [bundle])
        except OSError:
            raise ConfigurationError("the sink folder cannot be written") from None
        self._bundle_checked = True

    def _hold(self, body: dict[str, Any]) -> None:
        key = str(body["resourceType"]), str(body["id"])
        self._held[key] = body
        self._lines[key] = write_body(body) + b"\n"
        self._bundle.forget(key)

    def _drop(self, body: dict[str, Any]) -> None:
        key = str(body["resourceType"]), str(body["id"])
        del self._held[key], self._lines[key]
        self._bundle.forget(key)

    def _load(self, path: Path) -> None:
        try:
            lines = path.read_bytes().splitlines()
        except OSError:
            raise ConfigurationError(f"the sink folder's {path.name} cannot be read") from None
        for line in lines:
            body = read_body(line)
            if body is None or not _is_ours(body, path.stem):
                raise ConfigurationError(f"the sink folder's {path.name} was not written by this adapter")
            self._hold(body)

    def _complete_bundle(self) -> None:
        """Write the Bundle again where a run was killed between the two files."""
        if self._bundle_checked or not self._held:
            return
        path = self._root / TRANSACTION
        try:
            content = self._bundle.written(self._held)
            if not path.is_file() or path.read_bytes() != content:
                _replace(path, [content])
        except OSError:
            raise ConfigurationError("the sink folder cannot be written") from None
        self._bundle_checked = True


def _is_ours(body: dict[str, Any], resource_type: str) -> bool:
    if body.get("resourceType") != resource_type or identifier_of(body) is None:
        return False
    meta = body.get("meta")
    return isinstance(meta, dict) and str(meta.get("versionId")).isdecimal()


def _stored(body: dict[str, Any]) -> StoredResource:
    version = str(body["meta"]["versionId"])
    return StoredResource(
        resource_type=str(body["resourceType"]),
        id=str(body["id"]),
        version=version,
        etag=f'W/"{version}"',
        body=body,
    )


def _without_version(body: Body) -> dict[str, Any]:
    meta = {key: value for key, value in (body.get("meta") or {}).items() if key != "versionId"}
    return {**{key: value for key, value in body.items() if key != "meta"}, "meta": meta}


def _replace(path: Path, chunks: Iterable[bytes]) -> None:
    """Replace a file at once: whoever reads it sees the old content or the new, never a part."""
    draft = path.with_name(f".{path.name}.new")
    with draft.open("wb") as stream:
        stream.writelines(chunks)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(path)
