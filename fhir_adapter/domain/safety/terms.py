"""Every term of a scale an event may be coded with, graded by a number or not.

Knows: codes, organ classes, what counts as hematologic. Does not know: how anything is graded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fhir_adapter.domain.toxicity.catalogue import Catalogue
from fhir_adapter.domain.toxicity.scale import Scale


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownTerm:
    """One term an event may be coded with.

    Attributes:
        meddra: Code as the scale's owner gives it.
        soc: System organ class.
        hematologic: True where the criterion for the second infusion does not count it.
    """

    meddra: str
    soc: str
    hematologic: bool


def known_terms(scale: Scale, catalogue: Catalogue) -> Mapping[str, KnownTerm]:
    """List every term of a scale.

    Args:
        scale: The terms graded by numbers, and what is said of others.
        catalogue: All terms its owner prints.

    Returns:
        Name as printed -> term; one the scale says nothing of is nonhematologic.

    Source:
        clinical review, section 3: everything else is nonhematologic.
    """
    hematologic = {term.name for term in scale.terms if term.hematologic}
    return {
        term.name: KnownTerm(meddra=term.meddra, soc=term.soc, hematologic=term.name in hematologic)
        for term in catalogue.terms
    }
