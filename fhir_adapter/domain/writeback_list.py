"""Lists whose entries have ids of ours, merged entry by entry: the activities of a plan.

Knows: which entry at the hospital is which of ours, whose edit stands. Does not know: elements that are no lists,
FHIR JSON building. An entry is one piece: whoever edits any part of it at the hospital owns it from then on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryLists:
    """One list as four sides have it.

    Attributes:
        base: 0..*; as the server stored it after our last write.
        now: 0..*; as it is now, in the hospital's order.
        before: 0..*; ours as last written, without those in which an edit was kept.
        ours: 0..*; as they should be.
    """

    base: Sequence[Entry]
    now: Sequence[Entry]
    before: Sequence[Entry]
    ours: Sequence[Entry]


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryMerge:
    """The list as it should stand, and the paths at which somebody else's edit stays."""

    entries: list[Entry]
    kept: tuple[str, ...]


def is_entries(value: Any) -> bool:
    """Say whether one of our elements is a list to be merged entry by entry: every entry has an id."""
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(each, Mapping) and "id" in each for each in value)
    )


def entry_path(path: str, entry: str) -> str:
    """Name an entry as a merge reports it.

    >>> entry_path("activity", "visit-30")
    'activity[visit-30]'
    """  # noqa: DOC201 - one sentence says it
    return f"{path}[{entry}]"


def merge_entries(
    path: str, lists: EntryLists, *, override: Collection[str] = (), kept: Collection[str] = ()
) -> EntryMerge:
    """Bring our entries into the hospital's list without touching anybody else's.

    An entry is found by its id, else by kind, code and period: servers may drop or change ids inside a resource.
    One that somebody changed or removed stays so and is reported; one nobody touched follows us; what others
    added stays; the hospital's order stays, new entries come last.

    Args:
        path: Path of the list.
        lists: The list on every side.
        override: 0..*; entry paths a named person decided should follow us anyway.
        kept: 0..*; entry paths in which an edit was kept at the last write.

    Returns:
        The merged list.

    Source:
        design contracts, Writing: activities are matched by activity.id, else kind + code + scheduledPeriod.
    """
    before, ours = _by_id(lists.before), _by_id(lists.ours)
    names = {name: _present(before.get(name), ours.get(name)) for name in (*ours, *before)}
    base_at, now_at = _match(lists.base, names), _match(lists.now, names)
    merged: list[Entry | None] = list(lists.now)
    reported: list[str] = []
    for name in names:
        here = entry_path(path, name)
        base, now = _at(lists.base, base_at.get(name)), _at(lists.now, now_at.get(name))
        merging = _Entry(base=base, now=now, before=before.get(name), ours=ours.get(name))
        value, is_kept = merging.decide(chosen=here in override, was_kept=here in kept)
        if is_kept:
            reported.append(here)
        if name in now_at:
            merged[now_at[name]] = value
        else:
            merged.append(value)
    return EntryMerge(entries=[each for each in merged if each is not None], kept=tuple(reported))


def entry_differences(
    path: str, now: Sequence[Entry], then: Sequence[Entry], ours: Sequence[Entry]
) -> Iterator[tuple[str, Entry | None, Entry | None]]:
    """List how a write would change the entries that are ours.

    Args:
        path: Path of the list.
        now: 0..*; as the hospital has it.
        then: 0..*; as it would be.
        ours: 0..*; our entries: others are never shown.

    Yields:
        Entry path, the entry now, the entry then (None = absent); only where they differ.
    """
    names = {name: (entry,) for name, entry in _by_id(ours).items()}
    now_at, then_at = _match(now, names), _match(then, names)
    for name in names:
        one, other = _at(now, now_at.get(name)), _at(then, then_at.get(name))
        if one != other:
            yield entry_path(path, name), one, other


def without_entries(path: str, entries: Sequence[Entry], paths: Collection[str]) -> list[Entry]:
    """Leave out the entries in which somebody else's edit was kept: they are not ours any more."""
    return [entry for entry in entries if entry_path(path, str(entry.get("id"))) not in paths]


def stands_at(body: Entry, path: str) -> Any:
    """Give what stands at a path a merge reported: the entry of a list, else the whole outermost element.

    Args:
        body: A resource as the hospital holds it.
        path: Path as a Merge reports it.

    Returns:
        0..1; None where it is absent.

    >>> stands_at({"period": {"start": "2026-03-11"}}, "period.start")
    {'start': '2026-03-11'}
    """
    element, bracket, entry = path.partition("[")
    if not bracket:
        return body.get(path.partition(".")[0])
    return next((each for each in body.get(element, ()) if each.get("id") == entry.removesuffix("]")), None)


def kept_entries(path: str, kept: Collection[str]) -> frozenset[str]:
    """Give the ids of the entries a merge reported.

    >>> kept_entries("activity", ("status", "activity[visit-30]"))
    frozenset({'visit-30'})
    """  # noqa: DOC201 - one sentence says it
    start = f"{path}["
    return frozenset(each.removeprefix(start).removesuffix("]") for each in kept if each.startswith(start))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """One entry as four sides have it; None = absent."""

    base: Entry | None
    now: Entry | None
    before: Entry | None
    ours: Entry | None

    def decide(self, *, chosen: bool, was_kept: bool) -> tuple[Entry | None, bool]:
        """Give the entry as it should stand, and whether that is somebody else's edit against ours."""
        if self.ours is None:
            return (None if self.now == self.base else self.now), False
        if _says(self.now, self.ours):
            return self.now, False
        if chosen:
            return self.ours, False
        if self.now != self.base or (self.now is None and was_kept):
            return self.now, True
        if self.ours == self.before:
            return self.now, False  # the server writes it in its own way
        is_free = self.before is not None or self.now is None
        return (self.ours if is_free else self.now), not is_free


def _says(entry: Entry | None, ours: Entry) -> bool:
    """Say whether an entry says what ours says; a server may drop or change ids inside a resource."""
    return entry is not None and _without_id(entry) == _without_id(ours)


def _without_id(entry: Entry) -> Entry:
    return {key: value for key, value in entry.items() if key != "id"}


def _by_id(entries: Sequence[Entry]) -> dict[str, Entry]:
    return {str(entry["id"]): entry for entry in entries}


def _present(*entries: Entry | None) -> tuple[Entry, ...]:
    return tuple(entry for entry in entries if entry is not None)


def _at(entries: Sequence[Entry], index: int | None) -> Entry | None:
    return entries[index] if index is not None else None


def _match(entries: Sequence[Entry], names: Mapping[str, tuple[Entry, ...]]) -> dict[str, int]:
    """Say where each of ours stands: by id; those not found so, by what they plan, among entries nobody took."""
    found: dict[str, int] = {}
    for index, entry in enumerate(entries):
        if entry.get("id") in names:
            found.setdefault(entry["id"], index)
    free = [index for index, entry in enumerate(entries) if entry.get("id") not in names]
    for name, twins in names.items():
        if name not in found:
            twin = next((each for each in free if _plans_one_of(entries[each], twins)), None)
            if twin is not None:
                found[name] = twin
                free.remove(twin)
    return found


def _plans_one_of(entry: Entry, twins: tuple[Entry, ...]) -> bool:
    plan = _plan(entry)
    return plan is not None and any(plan == _plan(twin) for twin in twins)


def _plan(entry: Entry) -> tuple[Any, ...] | None:
    """What an activity plans: kind, codes (or the words where it has none), period."""
    detail = entry.get("detail")
    if not isinstance(detail, Mapping) or not isinstance(detail.get("scheduledPeriod"), Mapping):
        return None
    code = detail.get("code") or {}
    coded = {(coding.get("system"), coding.get("code")) for coding in code.get("coding", ())}
    return detail.get("kind"), coded or code.get("text"), detail["scheduledPeriod"]
