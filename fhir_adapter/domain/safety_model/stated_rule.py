"""How a hospital's own statement of a syndrome is recognised, as data.

Knows: the shape of the rule. Does not know: any code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fhir_adapter.domain.codes import ConceptId


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedRule:
    """How the hospital's own statement of a syndrome is recognised.

    Attributes:
        concept: The syndrome, whatever its grade.
        grades: Concept -> grade its code states; one without has no grade.
    """

    concept: ConceptId
    grades: Mapping[ConceptId, int]
