"""The identity of adverse events over re-derivations: a corrected result may split, merge or dissolve one.

Knows: which results two records of an event share, what became of an event. Does not know: grades, terms' meaning.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from fhir_adapter.domain.digests import SHORT, digest_of
from fhir_adapter.domain.records import Evidence
from fhir_adapter.domain.safety_model.event_records import AdverseEventRecord, EventOrigin, EventState
from fhir_adapter.domain.source import SubjectId

RESULT = "value"
"""Role of the evidence that an event is made of; everything else about it may change without it."""

BACK = "back: its results stand again"
DISSOLVED = "dissolved: its results were corrected or withdrawn"

_PREFIX = "AE-"
_Key = tuple[str, str, str]
"""Term, reference and path of a result an event is made of."""


def event_id(subject: SubjectId, term: str, reference: str, attempt: int = 0) -> str:
    """Give the id of an event that was never seen before.

    Args:
        subject: Whose event it is.
        term: Name of the term.
        reference: The result that opened it.
        attempt: Above 0 where earlier ids are taken by what became of the event once opened there.

    Returns:
        `AE-` and 12 hexadecimal characters.

    >>> event_id(SubjectId("S-1"), "Anemia", "Observation/1")
    'AE-a1a159766537'
    """
    parts = (subject, term, reference) if not attempt else (subject, term, reference, attempt)
    return f"{_PREFIX}{digest_of(*parts)[:SHORT]}"


def keep_identity(
    subject: SubjectId,
    events: Sequence[AdverseEventRecord],
    openings: Sequence[str],
    previous: Sequence[AdverseEventRecord],
) -> tuple[AdverseEventRecord, ...]:
    """Give events the ids they had, and say what a correction did to them.

    Does not look at what the hospital reported by itself: only at events made of results.

    Args:
        subject: Whose events they are.
        events: 0..*; as derived now, without ids.
        openings: For each event the reference of the result that opened it.
        previous: 0..*; the events of the record before.

    Returns:
        Each event with the id of the earlier one it shares most results with, of equal ones that with the earlier
        onset; the others with an id of their own. Then what is left of the earlier ones whose id nobody has: they
        stay as DISSOLVED, with what became of them, so that what a person said of them is not lost.

    Source:
        issue C, adverse-event records: stable identity across re-runs and corrections, history kept.
    """
    book = _Book([each for each in previous if each.origin is not EventOrigin.REPORTED])
    shared = [book.shared(event) for event in events]
    kept = _matched(events, shared, book)
    taken = set(book.events)
    names: list[str] = []
    for place, event in enumerate(events):
        name = kept.get(place) or _fresh(subject, event.term, openings[place], taken)
        taken.add(name)
        names.append(name)
    lines = _lineage(names, shared, kept, book)
    current = [
        replace(event, id=name, lineage=tuple(lines[name])) for event, name in zip(events, names, strict=True)
    ]
    held = set(kept.values())
    gone = [_dissolved(former, lines[name]) for name, former in book.events.items() if name not in held]
    return (*current, *gone)


@dataclass(slots=True)
class _Book:
    """The events of the record before, by id and by the results they were made of."""

    former: Iterable[AdverseEventRecord]
    events: dict[str, AdverseEventRecord] = field(default_factory=dict)
    _by_result: dict[_Key, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for event in self.former:
            self.events[event.id] = event
            for key in _results_of(event):
                self._by_result.setdefault(key, []).append(event.id)

    def shared(self, event: AdverseEventRecord) -> Counter[str]:
        """Count the results an event shares with each former one."""
        return Counter(name for key in _results_of(event) for name in self._by_result.get(key, ()))


def _results_of(event: AdverseEventRecord) -> Iterator[_Key]:
    return ((event.term, each.reference, each.path) for each in event.evidence if _is_result(each))


def _is_result(evidence: Evidence) -> bool:
    return evidence.role == RESULT


def _matched(events: Sequence[AdverseEventRecord], shared: Sequence[Counter[str]], book: _Book) -> dict[int, str]:
    """Match events with former ones, one to one: the most shared results first."""
    pairs = sorted(
        (
            (-count, _is_gone(book.events[name]), _onset(book.events[name]), _onset(events[place]), name, place)
            for place, counts in enumerate(shared)
            for name, count in counts.items()
        ),
    )
    kept: dict[int, str] = {}
    used: set[str] = set()
    for *_, name, place in pairs:
        if place not in kept and name not in used:
            kept[place] = name
            used.add(name)
    return kept


def _is_gone(event: AdverseEventRecord) -> bool:
    return event.state is EventState.DISSOLVED


def _onset(event: AdverseEventRecord) -> datetime:
    return event.changes[0].at if event.changes else datetime.max.replace(tzinfo=UTC)


def _fresh(subject: SubjectId, term: str, reference: str, taken: set[str]) -> str:
    attempt = 0
    while (name := event_id(subject, term, reference, attempt)) in taken:
        attempt += 1
    return name


def _lineage(
    names: Sequence[str],
    shared: Sequence[Counter[str]],
    kept: Mapping[int, str],
    book: _Book,
) -> dict[str, list[str]]:
    """Go on with the history of every event, current and former, in the order of what happened."""
    lines = {name: list(event.lineage) for name, event in book.events.items()}
    held = set(kept.values())
    for place, own_name in enumerate(names):
        own = lines.setdefault(own_name, [])
        if place in kept and _is_gone(book.events[own_name]):
            own.append(BACK)
        for name in sorted(shared[place].keys() - {own_name}):
            if name not in held:
                _add(own, f"joined by {name}")
                _add(lines[name], f"joined to {own_name}")
            else:
                _add(own, f"took results of {name}" if place in kept else f"split from {name}")
    for name in book.events.keys() - held:
        former = book.events[name]
        if not _is_gone(former) and len(lines[name]) == len(former.lineage):
            lines[name].append(DISSOLVED)
    return lines


def _add(lines: list[str], line: str) -> None:
    if line not in lines:
        lines.append(line)


def _dissolved(event: AdverseEventRecord, lines: Sequence[str]) -> AdverseEventRecord:
    """Keep what is left of an event nothing is made into any more."""
    return replace(
        event, state=EventState.DISSOLVED, origin=EventOrigin.DERIVED, reported=(), due=(), lineage=tuple(lines)
    )
