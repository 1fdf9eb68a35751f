"""Compare two safety records of one subject: which grades, adverse events and syndromes changed.

Knows: safety records. Does not know: where they came from, how changes are shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fhir_adapter.domain.safety_model.event_records import AdverseEventRecord
from fhir_adapter.domain.safety_model.records import DoseLimitingRecord, GradedResult, SafetyRecord
from fhir_adapter.domain.safety_model.syndrome_records import SyndromeEpisode
from fhir_adapter.domain.toxicity.result import GradeStatus
from fhir_adapter.sync.pair import Pair


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetyChange:
    """How one thing a safety record says changed.

    Attributes:
        kind: `result`, `event`, `syndrome` or `dose-limiting`.
        id: Reference of the result with its term, id of the event or episode; empty for dose-limiting.
        title: What it is about.
        said: What it says in plain words, before and now.
    """

    kind: str
    id: str
    title: str
    said: Pair


def compare_safety(old: SafetyRecord | None, new: SafetyRecord | None) -> tuple[SafetyChange, ...]:
    """List what two safety records say differently.

    Does not report changes of evidence and notes that leave grades, times and states as they are.

    Args:
        old: 0..1; before.
        new: 0..1; now.

    Returns:
        0..*; results first, then events, syndromes, and whether the subject counts; what stands in one of both
        only has None on the other side.
    """
    return tuple(change for change in _changes(old, new) if change.said.is_changed)


def _changes(old: SafetyRecord | None, new: SafetyRecord | None) -> Iterator[SafetyChange]:
    yield from _pairs("result", _results(old), _results(new))
    yield from _pairs("event", _events(old), _events(new))
    yield from _pairs("syndrome", _episodes(old), _episodes(new))
    before = _limiting(old.dose_limiting) if old is not None else None
    now = _limiting(new.dose_limiting) if new is not None else None
    yield SafetyChange(kind="dose-limiting", id="", title="dose-limiting toxicity", said=Pair(before, now))


_Said = Mapping[str, tuple[str, str]]
"""Id -> title and what is said."""


def _pairs(kind: str, before: _Said, after: _Said) -> Iterator[SafetyChange]:
    for name in dict.fromkeys((*after, *before)):
        (title, _), old, new = (after.get(name) or before[name]), before.get(name), after.get(name)
        said = Pair(old[1] if old is not None else None, new[1] if new is not None else None)
        yield SafetyChange(kind=kind, id=name, title=title, said=said)


def _results(record: SafetyRecord | None) -> _Said:
    results = record.results if record is not None else ()
    return {f"{each.reference} {each.path} {each.term}": (each.term, _result(each)) for each in results}


def _result(result: GradedResult) -> str:
    grade = result.grade
    if grade.status is GradeStatus.UNGRADABLE:
        return f"{result.value}: ungradable, at worst grade {grade.worst}"
    if grade.status is GradeStatus.AT_LEAST:
        return f"{result.value}: at least grade {grade.grade}, at worst {grade.worst}"
    return f"{result.value}: grade {grade.grade}"


def _events(record: SafetyRecord | None) -> _Said:
    events = record.events if record is not None else ()
    return {each.id: (each.term, _event(each)) for each in events}


def _event(event: AdverseEventRecord) -> str:
    grade = f"{'at least ' * event.at_least}grade {event.grade}" if event.grade is not None else "not graded"
    worst = f", at worst {event.worst_possible}" if event.at_least or event.grade is None else ""
    until = f" to {event.resolved}" if event.resolved is not None else ""
    before = f", grade {event.baseline_grade} before treatment" if event.baseline_grade is not None else ""
    parts = (
        f"{event.state}, {grade}{worst}, {event.onset}{until}{_emergence(event)}{before}",
        f"expected: {event.expected}" if event.expected is not None else "",
        _origin(event),
        _judged(event),
        *event.lineage,
    )
    return ", ".join(part for part in parts if part)


def _emergence(event: AdverseEventRecord) -> str:
    if event.worsened:
        return ", worsened"
    if event.pre_existing:
        return ", there before treatment"
    return {True: ", treatment-emergent", False: "", None: ", emergence not known"}[event.treatment_emergent]


def _origin(event: AdverseEventRecord) -> str:
    told = " ".join(sorted(link.reference for link in event.reported))
    return f"{event.origin}{f' by {told}' if told else ''}"


def _judged(event: AdverseEventRecord) -> str:
    judged = event.judgement
    if judged is None:
        return ""
    grade = f", grade {judged.grade}" if judged.grade is not None else ""
    return f"judged {'serious' if judged.serious else 'not serious'}, {judged.relatedness}{grade}"


def _episodes(record: SafetyRecord | None) -> _Said:
    syndromes = record.syndromes if record is not None else ()
    return {each.id: (each.syndrome, _episode(each)) for one in syndromes for each in one.episodes}


def _episode(episode: SyndromeEpisode) -> str:
    proposed = "ungradable" if episode.grade is None else f"grade {episode.grade}"
    worst = f", at worst {episode.worst}" if episode.worst != episode.grade else ""
    asks = ", needs attestation" * episode.needs_attestation
    end = episode.end.isoformat() if episode.end is not None else "now"
    told = (
        f"{link.reference} {f'grade {link.grade}' if link.grade is not None else 'no grade'}"
        for link in episode.reported
    )
    parts = (
        f"proposed {proposed}{worst}{asks}, {episode.start.isoformat()} to {end}",
        _verdict(episode),
        *(f"the hospital: {each}" for each in told),
    )
    return "; ".join(part for part in parts if part)


def _verdict(episode: SyndromeEpisode) -> str:
    judged = episode.judgement
    if judged is None:
        return ""
    again = ", to be judged again" * (not episode.stands)
    return f"judged grade {judged.grade}, {'' if judged.associated else 'not '}associated{again}"


def _limiting(record: DoseLimitingRecord) -> str:
    words = {True: "yes", False: "no", None: "not known"}
    level = f"level {record.level}" if record.level is not None else "no level"
    parts = (
        f"{record.part or 'no part'}, {level}, {record.state}",
        f"dose-limiting toxicity: {words[record.dose_limiting]}",
        " ".join(record.events),
        f"evaluable: {words[record.evaluable]}{', replaced' * record.replaced}{', withheld' * record.withheld}",
    )
    return ", ".join(part for part in parts if part)
