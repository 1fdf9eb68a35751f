"""A FHIR server in this process: search, paging, versions, conditional create, and every misbehaviour we know.

Kept honest by tests/contract, which run on it and on a real server alike. Use it through `transport`.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import httpx

from tests.fakes.fake_search import matches

BASE = "https://hospital.example/fhir"
Json = dict[str, Any]


@dataclass(kw_only=True)
class Fault:
    """One scripted misbehaviour, used up by the first request it fits.

    status: refuse with it. error: raise it, after doing the work where `lost`. body: answer 200 with these bytes.
    """

    method: str = ""
    path: str = ""
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    content_type: str = "application/fhir+json"
    error: type[httpx.TransportError] | None = None
    lost: bool = False

    def fits(self, request: httpx.Request, path: str) -> bool:
        return self.method in {"", request.method} and path.startswith(self.path)

    def answer(self, request: httpx.Request) -> httpx.Response:
        if self.error is not None:
            raise self.error("scripted", request=request)
        headers = {"Content-Type": self.content_type, **self.headers}
        if self.body is not None:
            return httpx.Response(self.status or 200, content=self.body, headers=headers)
        return httpx.Response(self.status, json=outcome("transient"), headers=headers)


def outcome(code: str, severity: str = "error", details: str = "") -> Json:
    issue: Json = {"severity": severity, "code": code}
    if details:
        issue["details"] = {"coding": [{"code": details}]}
    return {"resourceType": "OperationOutcome", "issue": [issue]}


@dataclass
class FakeHospital:
    """Its attributes are its character; change them per test."""

    version: str = "4.0.1"
    page_size: int = 1000
    ignored: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()
    unknown_types: frozenset[str] = frozenset()
    forbidden_types: frozenset[str] = frozenset()
    with_total: bool = True
    with_self: bool = True
    total_offset: int = 0
    returns_body: bool = True
    etag: Callable[[str], str | None] = lambda version: f'W/"{version}"'
    location: str = "{base}/{type}/{id}/_history/{version}"
    next_link: Callable[[str], str] = lambda url: url
    outcomes: dict[str, list[Json]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    requests: list[httpx.Request] = field(default_factory=list)
    _held: dict[tuple[str, str], Json] = field(default_factory=dict)
    _searches: list[tuple[str, list[tuple[str, str]]]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self._handle)

    def add(self, *resources: Json) -> None:
        for resource in resources:
            self.put(resource)

    def put(self, resource: Json) -> Json:
        """Keep a new version of a resource, as somebody at the hospital would."""
        key = resource["resourceType"], resource["id"]
        before = self._held.get(key)
        version = str(int(before["meta"]["versionId"]) + 1) if before else "1"
        meta = {**resource.get("meta", {}), "versionId": version, "lastUpdated": "2026-03-10T08:00:00Z"}
        self._held[key] = {**resource, "meta": meta}
        return self._held[key]

    def held(self, resource_type: str) -> list[Json]:
        return [resource for (kind, _), resource in self._held.items() if kind == resource_type]

    def remove(self, resource_type: str, resource_id: str) -> None:
        del self._held[resource_type, resource_id]

    def _handle(self, request: httpx.Request) -> httpx.Response:
        with self._lock:
            self.requests.append(request)
            path = request.url.path.removeprefix("/fhir/")
            fault = next((fault for fault in self.faults if fault.fits(request, path)), None)
            if fault is not None:
                self.faults.remove(fault)
                if fault.lost:
                    self._answer(request, path)
                return fault.answer(request)
            return self._answer(request, path)

    def _answer(self, request: httpx.Request, path: str) -> httpx.Response:
        if path == "metadata":
            return _json(200, {"resourceType": "CapabilityStatement", "fhirVersion": self.version})
        resource_type, _, resource_id = path.partition("/")
        denied = self._denied(resource_type)
        return denied or self._served(request, resource_type, resource_id)

    def _denied(self, resource_type: str) -> httpx.Response | None:
        if resource_type in self.unknown_types:
            return _json(404, outcome("not-supported"))
        if resource_type in self.forbidden_types:
            return _json(403, outcome("forbidden"))
        return None

    def _served(self, request: httpx.Request, resource_type: str, resource_id: str) -> httpx.Response:
        if request.method == "PUT":
            return self._update(request, resource_type, resource_id)
        if request.method == "POST" and resource_id != "_search":
            return self._create(request, resource_type)
        if resource_id and resource_id != "_search":
            found = self._held.get((resource_type, resource_id))
            return self._resource(200, found) if found else _json(404, outcome("not-found"))
        return self._search(request, resource_type)

    def _search(self, request: httpx.Request, resource_type: str) -> httpx.Response:
        query = request.content.decode() if request.method == "POST" else request.url.query.decode()
        asked = parse_qsl(query, keep_blank_values=True)
        offset = 0
        if asked and asked[0][0] == "_page":
            number, offset = int(asked[0][1]), int(asked[1][1])
            resource_type, asked = self._searches[number]
        refused = [name for name, _ in asked if name in self.refused]
        if refused and request.headers.get("Prefer") == "handling=strict":
            return _json(400, outcome("not-supported"))
        honoured = [(name, value) for name, value in asked if name not in self.ignored | self.refused]
        found = [resource for resource in self.held(resource_type) if matches(resource, honoured)]
        count = min(self.page_size, int(dict(asked).get("_count", "20")))
        bundle: Json = {"resourceType": "Bundle", "type": "searchset", "link": []}
        if self.with_self:
            url = httpx.URL(f"{BASE}/{resource_type}", params=dict(honoured))
            bundle["link"].append({"relation": "self", "url": str(url)})
        if self.with_total:
            bundle["total"] = len(found) + self.total_offset
        if offset + count < len(found):
            self._searches.append((resource_type, asked))
            url_next = f"{BASE}/{resource_type}?_page={len(self._searches) - 1}&_offset={offset + count}"
            bundle["link"].append({"relation": "next", "url": self.next_link(url_next)})
        page = found[offset : offset + count]
        bundle["entry"] = [
            {"fullUrl": f"{BASE}/{r['resourceType']}/{r['id']}", "resource": r, "search": {"mode": "match"}}
            for r in page
        ]
        if offset == 0:
            said = self.outcomes.get(resource_type, [])
            bundle["entry"] += [{"resource": issue, "search": {"mode": "outcome"}} for issue in said]
        return _json(200, bundle)

    def _create(self, request: httpx.Request, resource_type: str) -> httpx.Response:
        condition = request.headers.get("If-None-Exist")
        if condition is not None:
            asked = parse_qsl(condition)
            found = [resource for resource in self.held(resource_type) if matches(resource, asked)]
            if len(found) > 1:
                return _json(412, outcome("multiple-matches"))
            if found:
                return self._resource(200, found[0])
        body = json.loads(request.content)
        stored = self.put({**body, "id": f"server-{len(self._held) + 1}"})
        return self._resource(201, stored)

    def _update(self, request: httpx.Request, resource_type: str, resource_id: str) -> httpx.Response:
        body = json.loads(request.content)
        current = self._held.get((resource_type, resource_id))
        guard = request.headers.get("If-Match")
        if current is None and guard is not None:
            return _json(404, outcome("not-found"))
        if current is not None and guard is not None and guard.strip('W/"') != current["meta"]["versionId"]:
            return _json(412, outcome("conflict"))
        return self._resource(200 if current else 201, self.put({**body, "id": resource_id}))

    def _resource(self, status: int, resource: Json) -> httpx.Response:
        version = resource["meta"]["versionId"]
        headers = {"Content-Type": "application/fhir+json"}
        etag = self.etag(version)
        if etag is not None:
            headers["ETag"] = etag
        if status == 201 and self.location:
            headers["Location"] = self.location.format(
                base=BASE, type=resource["resourceType"], id=resource["id"], version=version
            )
        if not self.returns_body and status == 201:
            return httpx.Response(status, headers=headers)
        return httpx.Response(status, json=resource, headers=headers)


def _json(status: int, body: Json) -> httpx.Response:
    return httpx.Response(status, json=body, headers={"Content-Type": "application/fhir+json; charset=utf-8"})
