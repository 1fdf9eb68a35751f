"""Drugs given that matter to a syndrome: what was, or may have been, administered, and from when to when.

Knows: statuses, routes, stated and open ends. Does not know: what the drug means for the syndrome.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from fhir_adapter.domain.astct.readings import View
from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.exposure import Exposure
from fhir_adapter.domain.spans import Span, span

_NEVER_GIVEN = "not-done"
_GOES_ON = "in-progress"


@dataclass(frozen=True, slots=True)
class Given:
    """One administration that took place, or may have.

    Attributes:
        start: 0..1; all its start can mean; None where no time is stated.
        end: 0..1; all its end can mean; None where none is stated.
    """

    exposure: Exposure
    start: Span | None
    end: Span | None

    @property
    def runs_on(self) -> bool:
        """True where it is said to be in progress and no end is stated."""
        return self.exposure.status == _GOES_ON and self.end is None


def find_given(view: View, concepts: Iterable[ConceptId], *, local: Collection[ConceptId] = ()) -> Iterator[Given]:
    """Give the administrations of some drugs up to the present that may have taken place, each once.

    Args:
        view: The facts.
        concepts: The drugs.
        local: Routes by which a drug does not reach the whole body: such an administration is left out, unless
            another route is stated too.

    Yields:
        Administrations in order of the drugs and of time; what was not done is nothing.
    """
    seen: set[tuple[str, str, str, str]] = set()
    for concept in concepts:
        for exposure in view.timeline.exposures.get(concept, ()):
            source = exposure.source
            key = (source.reference, source.version, source.content, exposure.path)
            if key in seen or exposure.status == _NEVER_GIVEN or is_local(exposure, local):
                continue
            seen.add(key)
            given = _timed(exposure, view)
            if given.start is None or given.start.first <= view.as_of:
                yield given


def is_local(exposure: Exposure, local: Collection[ConceptId]) -> bool:
    """Say whether every stated route is one by which the drug does not reach the whole body."""
    return bool(exposure.route) and set(exposure.route or ()) <= set(local)


def _timed(exposure: Exposure, view: View) -> Given:
    effective = exposure.effective
    start = span(effective.start, view.zone) if effective is not None and effective.start is not None else None
    end = span(effective.end, view.zone) if effective is not None and effective.end is not None else None
    if start is not None and end is not None and end.last < start.first:
        end = None  # an end before the start is a slip: nobody knows when it ended
    return Given(exposure, start, end)
