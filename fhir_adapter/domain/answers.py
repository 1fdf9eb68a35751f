"""Building answers: decided ones with their evidence, UNKNOWN ones with every cause and the next fact.

Knows: precedence of reasons, clinical words. Does not know: facts, operators' rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.logic import Truth
from fhir_adapter.domain.operators import Node
from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.records import Answer, Computation, Evidence

PRECEDENCE = {reason: rank for rank, reason in enumerate(UnknownReason)}

_WANTED = {
    UnknownReason.HIDDEN: "{what}: what the hospital withholds, released by the hospital",
    UnknownReason.CONFLICTING: "{what}: the conflict settled by a person",
    UnknownReason.UNIT_UNUSABLE: "{what}: the result in a usable unit",
    UnknownReason.NO_REFERENCE_RANGE: "{what}: the laboratory's upper limit of normal for this result",
    UnknownReason.CENSORED: "{what}: an exact value instead of a limit",
    UnknownReason.PARTIAL_DATE: "{what}: the exact date",
    UnknownReason.UNMAPPED: "{what}: a mapping of the hospital's code, method, specimen or answer",
    UnknownReason.STALE: "{what}: a newer one",
    UnknownReason.NOT_YET_DUE: "{what}: a new one when it is due",
    UnknownReason.NEEDS_ATTESTATION: "{what}",
    UnknownReason.MISSING: "{what}",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One cause of UNKNOWN.

    Attributes:
        note: 0..1; what was found instead, in clinical words.
        wanted: 0..1; the fact that would decide, where it is more exact than the reason's usual words.
    """

    reason: UnknownReason
    note: str = ""
    wanted: str = ""
    evidence: tuple[Evidence, ...] = ()


def decided(
    node: Node,
    truth: Truth,
    *,
    evidence: Iterable[Evidence] = (),
    computations: tuple[Computation, ...] = (),
    notes: tuple[str, ...] = (),
    expires: datetime | None = None,
) -> Answer:
    """Build an answer that is MET or NOT_MET."""
    return Answer(
        truth=truth,
        part=node.part,
        label=node.label,
        evidence=in_order(evidence),
        computations=computations,
        notes=notes,
        expires=expires,
    )


def unknown(
    node: Node,
    causes: Sequence[Cause],
    *,
    what: str = "",
    evidence: Iterable[Evidence] = (),
    computations: tuple[Computation, ...] = (),
    expires: datetime | None = None,
) -> Answer:
    """Build an UNKNOWN answer from everything that stands in its way.

    Args:
        node: The statement.
        causes: 1..*; in any order.
        what: The fact asked for in clinical words, where the node names none.
        evidence: Sources seen besides those of the causes.
        computations: Values computed on the way.
        expires: 0..1; when time alone may change it.

    Returns:
        An answer with the reason that comes first by precedence and that reason's next fact; with several
        different causes each is a part of its own.

    Source:
        design contracts, Criteria and verdicts.
    """
    ranked = _ranked(causes)
    first = ranked[0]
    subject = node.next_fact or node.label or what
    parts = tuple(_part(cause, subject) for cause in ranked) if len(ranked) > 1 else ()
    return Answer(
        truth=Truth.UNKNOWN,
        reason=first.reason,
        next_fact=next_fact(first, subject),
        part=node.part,
        label=node.label,
        parts=parts,
        evidence=in_order([*evidence, *(each for cause in ranked for each in cause.evidence)]),
        computations=computations,
        notes=tuple(dict.fromkeys(cause.note for cause in ranked if cause.note)),
        expires=expires,
    )


def _ranked(causes: Sequence[Cause]) -> list[Cause]:
    """Give equal causes once, with the evidence of all of them, the weightiest first."""
    if len(causes) == 1:
        return list(causes)
    alike: dict[tuple[int, str, str], list[Cause]] = {}
    for cause in causes:
        alike.setdefault((PRECEDENCE[cause.reason], cause.note, cause.wanted), []).append(cause)
    return [
        replace(same[0], evidence=in_order(each for cause in same for each in cause.evidence))
        for _, same in sorted(alike.items())
    ]


def _part(cause: Cause, subject: str) -> Answer:
    return Answer(
        truth=Truth.UNKNOWN,
        reason=cause.reason,
        next_fact=next_fact(cause, subject),
        label=cause.note,
        evidence=in_order(cause.evidence),
    )


def next_fact(cause: Cause, subject: str) -> str:
    """Say which fact would remove a cause, in clinical words."""
    return cause.wanted or _WANTED[cause.reason].format(what=subject or "a fact not named in the definitions")


def first_unknown(answers: Iterable[Answer]) -> Answer:
    """Give the UNKNOWN answer whose reason comes first by precedence, the earliest of equal ones."""
    return min((each for each in answers if each.reason is not None), key=_rank)


def _rank(answer: Answer) -> int:
    return PRECEDENCE[answer.reason] if answer.reason is not None else len(PRECEDENCE)


def reasons_of(answer: Answer) -> Iterator[UnknownReason]:
    """Give every reason in an UNKNOWN answer and in the UNKNOWN parts it rests on."""
    if answer.reason is not None:
        yield answer.reason
        for part in answer.parts:
            yield from reasons_of(part)


def in_words(concepts: Iterable[ConceptId]) -> str:
    """Write concept names as words, for a next fact: `oxygen-saturation` is `oxygen saturation`."""
    return " or ".join(concept.replace("-", " ") for concept in concepts)


def in_order(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Give evidence without repeats, ordered by reference, path and role."""
    every = tuple(evidence)
    if len(every) < 2:
        return every
    return tuple(
        sorted(dict.fromkeys(every), key=lambda each: (each.reference, each.path, each.role, each.version))
    )
