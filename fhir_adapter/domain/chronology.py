"""Facts in order of time, and found by what they are about.

Knows: dates among instants, facts without a time. Does not know: what any fact says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.moments import Effective, FhirDateTime
from fhir_adapter.domain.source import ResourceVersion


class _Timed(Protocol):
    @property
    def source(self) -> ResourceVersion: ...
    @property
    def path(self) -> str: ...


class _Coded(_Timed, Protocol):
    @property
    def concepts(self) -> tuple[ConceptId, ...]: ...


_T = TypeVar("_T", bound=_Timed)
_C = TypeVar("_C", bound=_Coded)
_EPOCH = 719163 * 86400.0  # the ordinal of 1970-01-01, so that dates sort among instants


def index_by_concept(
    facts: Iterable[_C], moment: Callable[[_C], FhirDateTime | None]
) -> dict[ConceptId, tuple[_C, ...]]:
    """File facts under each of their concepts, in order of time.

    Args:
        facts: 0..*; in any order.
        moment: Gives the time a fact is ordered by; None sorts last.

    Returns:
        Concept -> facts, earliest first.
    """
    found: dict[ConceptId, list[_C]] = {}
    for fact in in_order(facts, moment):
        for concept in fact.concepts:
            found.setdefault(concept, []).append(fact)
    return {concept: tuple(each) for concept, each in found.items()}


def in_order(facts: Iterable[_T], moment: Callable[[_T], FhirDateTime | None]) -> tuple[_T, ...]:
    """Order facts by time, then by resource, version and path, so that the order of arrival never shows.

    Args:
        facts: 0..*; in any order.
        moment: Gives the time a fact is ordered by; None sorts last.

    Returns:
        The facts, earliest first.
    """
    return tuple(
        sorted(facts, key=lambda fact: (_when(moment(fact)), fact.source.id, fact.source.version, fact.path))
    )


def start_of(effective: Effective | None) -> FhirDateTime | None:
    """Give the start of a time; None where there is none, or its start is open."""
    return effective.start if effective is not None else None


def _when(moment: FhirDateTime | None) -> float:
    if moment is None:
        return float("inf")
    if moment.instant is not None:
        return moment.instant.timestamp()
    return moment.first_day.toordinal() * 86400.0 - _EPOCH
