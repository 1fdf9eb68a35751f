"""The grade of a result, the short way where there is one.

Knows: which terms were made ready before. Does not know: what makes a result plain, any scale's numbers.
"""

from __future__ import annotations

from typing import Final

from fhir_adapter.domain.toxicity.grade import grade_measurement
from fhir_adapter.domain.toxicity.measurement import Measurement
from fhir_adapter.domain.toxicity.plain import PlainTerm, make_plain
from fhir_adapter.domain.toxicity.result import ToxicityGrade
from fhir_adapter.domain.toxicity.scale import Term

_REMEMBERED: Final = 1024
"""Terms kept ready: those of a few scales."""

_ready: Final[dict[int, tuple[Term, PlainTerm | None]]] = {}
"""Identity of a term -> the term, kept so that its identity stays its own, and what was made of it."""


def grade_quickly(term: Term, measurement: Measurement) -> ToxicityGrade:
    """Grade one result by one term, the short way where everything is known.

    Args:
        term: One term of one scale; made ready once, as long as it is the very same one.
        measurement: The result.

    Returns:
        As grade_measurement.
    """
    plain = _made_ready(term)
    grade = plain.grade(measurement) if plain is not None else None
    return grade if grade is not None else grade_measurement(term, measurement)


def _made_ready(term: Term) -> PlainTerm | None:
    known = _ready.get(id(term))
    if known is None:
        if len(_ready) >= _REMEMBERED:
            _ready.clear()
        known = _ready[id(term)] = (term, make_plain(term))
    return known[1]
