"""What should stand at the hospital, and how it differs from what stands there.

Knows: the elements we own, three-way merge, intents. Does not know: how lists of entries with ids are merged, FHIR
JSON building, HTTP.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from fhir_adapter.domain.source import SubjectId
from fhir_adapter.domain.writeback_list import (
    EntryLists,
    entry_differences,
    is_entries,
    merge_entries,
    without_entries,
)

Body = Mapping[str, Any]


class IntentState(StrEnum):
    """Where a write intent stands."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FOR_REVIEW = "for-review"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteIntent:
    """One resource that should stand at the hospital.

    Attributes:
        id: Digest of subject, resource type, identifier and body: equal intents are one intent.
        subject: 0..1; None for the study itself.
        resource_type: `ResearchStudy`, `ResearchSubject`, `CarePlan`, `AdverseEvent`, `Provenance`.
        identifier: (system, value) our resource is found by.
        body: The elements we own, as FHIR JSON.
        record: 0..1; evidence digest of the record it was planned from.
        depends_on: 0..*; intents to be delivered first (a ResearchSubject needs its ResearchStudy).
        by: 0..1; id of the person whose decision it carries out; None = an automatic rule.
        override: 0..*; elements in which a person decided that ours replace somebody else's edit.
    """

    id: str
    subject: SubjectId | None
    resource_type: str
    identifier: tuple[str, str]
    body: Body
    record: str | None = None
    depends_on: tuple[str, ...] = ()
    by: str | None = None
    override: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteReceipt:
    """What the hospital stored after our last write.

    Attributes:
        version: 0..1; versionId as the server gave it.
        etag: 0..1; header as the server gave it.
        body: The resource as the server stored it: the base of the next three-way merge.
        owned: The body of the intent that was delivered.
        kept: 0..*; elements of ours in which somebody else's edit was left standing.
    """

    intent: str
    subject: SubjectId | None
    resource_type: str
    identifier: tuple[str, str]
    resource_id: str
    version: str | None
    etag: str | None
    body: Body
    owned: Body
    kept: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """The resource to be sent, and where somebody else's edit stands against ours.

    Attributes:
        body: What should stand at the hospital now.
        kept: 0..*; paths of elements of ours whose edit by somebody else stays.
        changed: False = the hospital's resource is as it should be; nothing is to be sent.
    """

    body: dict[str, Any]
    kept: tuple[str, ...]
    changed: bool


@dataclass(frozen=True, slots=True)
class ElementDifference:
    """One element we own: as the hospital has it, and as it would be after our write (None = absent)."""

    path: str
    hospital: Any
    ours: Any


_SERVER_OWNED = frozenset({"resourceType", "id", "meta"})
_SHARED_LISTS = frozenset({"identifier", "supportingInfo"})
_NAMING = ("system", "value", "reference")
"""What makes two entries of a shared list the same: identifiers have system and value, the others a reference."""
_ABSENT: Any = None  # JSON has no null in FHIR resources: None can mean that an element is absent


def merge_three_way(
    last_server: Body | None,
    current: Body,
    last_owned: Body | None,
    owned: Body,
    *,
    override: tuple[str, ...] = (),
    kept: tuple[str, ...] = (),
) -> Merge:
    """Bring our elements into the hospital's resource without touching anybody else's work.

    An element follows us only while it is as we last left it. An element changed or removed by somebody else
    stays as they made it and is reported. Everything we do not own (other elements, tags, extensions, further
    identifiers, additions inside our elements) survives. A list whose entries have ids is merged entry by entry.

    Args:
        last_server: 0..1; the resource as the server stored it after our last write.
        current: The resource as it is now.
        last_owned: 0..1; our elements as last written, without those in which an edit was kept.
        owned: Our elements as they should be.
        override: 0..*; paths a named person decided should follow us anyway.
        kept: 0..*; paths in which an edit was kept at the last write; entries of lists that somebody removed are
            known by it.

    Returns:
        The merged resource; `changed` is False where it equals the current one.

    Source:
        design contracts, Writing: three-way updates.

    >>> merge_three_way(
    ...     {"status": "candidate"}, {"status": "candidate", "note": "theirs"},
    ...     {"status": "candidate"}, {"status": "screening"},
    ... ).body
    {'status': 'screening', 'note': 'theirs'}
    """
    merging = _Merging(override, kept)
    before = last_owned or {}
    body = merging.merge("", last_server if last_server is not None else before, current, before, owned)
    return Merge(body=body, kept=tuple(sorted(merging.kept)), changed=body != current)


class _Merging:
    """One merge; collects what was kept."""

    def __init__(self, override: tuple[str, ...], kept_before: tuple[str, ...]) -> None:
        self.override = override
        self.kept_before = kept_before
        self.kept: list[str] = []

    def merge(self, path: str, base: Body, now: Body, before: Body, ours: Body) -> dict[str, Any]:
        merged = dict(now)
        for key in dict.fromkeys((*ours, *before)):
            if not path and key in _SERVER_OWNED:
                continue
            here = f"{path}.{key}" if path else key
            value = self._value(here, *(side.get(key, _ABSENT) for side in (base, now, before, ours)))
            if value is _ABSENT:
                merged.pop(key, None)
            else:
                merged[key] = value
        return merged

    def _value(self, path: str, base: Any, now: Any, before: Any, ours: Any) -> Any:
        if path in _SHARED_LISTS and not isinstance(ours or before, Mapping):  # AdverseEvent has one identifier
            return self._shared(path, base, now, before, ours)
        if is_entries(ours) or (is_entries(before) and ours is _ABSENT):
            return self._entries(path, base, now, before, ours)
        return self._element(path, base, now, before, ours)

    def _element(self, path: str, base: Any, now: Any, before: Any, ours: Any) -> Any:
        if isinstance(now, Mapping) and isinstance(ours, Mapping):
            return self.merge(path, _mapping(base), now, _mapping(before), ours)
        if now == ours:
            return now
        if path in self.override or any(path.startswith(f"{chosen}.") for chosen in self.override):
            return ours
        if now == base and ours == before:
            return now  # the server may write our element in its own way
        is_new = now is _ABSENT and path not in self.kept_before  # what somebody took away stays away
        if now == base and (before is not _ABSENT or is_new):
            return ours
        if ours is not _ABSENT:
            self.kept.append(path)
        return now

    def _shared(self, path: str, base: Any, now: Any, _before: Any, ours: Any) -> Any:
        """Identifiers and the like are lists everybody adds to; ours is one entry of them."""
        entries = list(now or ())
        for entry in ours or ():
            if any(_is_same(entry, other) for other in entries):
                continue
            removed = any(_is_same(entry, other) for other in base or ())
            if removed and path not in self.override:
                self.kept.append(path)
            else:
                entries.append(entry)
        return entries or _ABSENT

    def _entries(self, path: str, base: Any, now: Any, before: Any, ours: Any) -> Any:
        lists = EntryLists(base=_entries(base), now=_entries(now), before=_entries(before), ours=_entries(ours))
        merge = merge_entries(path, lists, override=self.override, kept=self.kept_before)
        self.kept += merge.kept
        return merge.entries or _ABSENT


def _mapping(value: Any) -> Body:
    return value if isinstance(value, Mapping) else {}


def _entries(value: Any) -> list[Body]:
    return [entry for entry in value if isinstance(entry, Mapping)] if isinstance(value, list) else []


def _is_same(one: Body, other: Body) -> bool:
    return all(one.get(key) == other.get(key) for key in _NAMING)


def list_differences(current: Body | None, merged: Body, owned: Body) -> tuple[ElementDifference, ...]:
    """List how a write would change the elements we own.

    Args:
        current: 0..1; the hospital's resource; None = there is none.
        merged: The resource as it would stand after the write.
        owned: Our elements: others are never shown.

    Returns:
        0..*; one per element (inner ones by path), in the order of `owned`.

    >>> list_differences({"status": "candidate"}, {"status": "screening"}, {"status": "screening"})
    (ElementDifference(path='status', hospital='candidate', ours='screening'),)
    """
    return tuple(_differences("", current or {}, merged, owned))


def _differences(path: str, current: Body, merged: Body, owned: Body) -> list[ElementDifference]:
    found: list[ElementDifference] = []
    for key, ours in owned.items():
        if not path and key in _SERVER_OWNED:
            continue
        here = f"{path}.{key}" if path else key
        now, then = current.get(key, _ABSENT), merged.get(key, _ABSENT)
        if isinstance(ours, Mapping) and isinstance(then, Mapping):
            found += _differences(here, _mapping(now), then, ours)
        elif is_entries(ours):
            listed = entry_differences(here, _entries(now), _entries(then), ours)
            found += [ElementDifference(*difference) for difference in listed]
        elif now != then:
            found.append(ElementDifference(here, now, then))
    return found


def without_elements(owned: Body, paths: tuple[str, ...]) -> dict[str, Any]:
    """Leave out the elements in which somebody else's edit was kept: they are not ours any more.

    Args:
        owned: Our elements.
        paths: Paths as a Merge reports them.

    Returns:
        The rest.

    >>> without_elements({"status": "screening", "period": {"start": "2026-01-02"}}, ("period.start",))
    {'status': 'screening', 'period': {}}
    """
    rest: dict[str, Any] = {}
    for key, value in owned.items():
        if key in paths:
            continue
        if is_entries(value):
            rest[key] = without_entries(key, value, paths)
            continue
        inner = tuple(path.removeprefix(f"{key}.") for path in paths if path.startswith(f"{key}."))
        rest[key] = without_elements(value, inner) if inner and isinstance(value, Mapping) else value
    return rest
