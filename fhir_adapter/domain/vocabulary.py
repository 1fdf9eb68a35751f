"""The few concepts the operators themselves know by name; value sets of these names give them their codes.

Knows: names shared between the definitions and the rules. Does not know: codes, files, any trial.
"""

from __future__ import annotations

from typing import Final

from fhir_adapter.domain.codes import ConceptId

INHALED_OXYGEN_FLOW: Final = ConceptId("inhaled-oxygen-flow")
"""Component beside an oxygen saturation: flow of supplemental oxygen [L/min]."""

INHALED_OXYGEN_CONCENTRATION: Final = ConceptId("inhaled-oxygen-concentration")
"""Component beside an oxygen saturation: inspired oxygen [%]; room air is at most 21 %."""

DETECTED: Final = ConceptId("detected")
"""Answer: what was looked for is there."""

NOT_DETECTED: Final = ConceptId("not-detected")
"""Answer: what was looked for is not there, at the limit of the method."""

ROOM_AIR: Final = "room-air"
"""Qualifier of a code that by itself says: measured without supplemental oxygen."""

RADIATION_DOSE: Final = ConceptId("radiation-dose")
"""Finding that is part of an irradiation: the dose delivered [Gy]."""

OTHER_SPECIMEN: Final = ConceptId("other-specimen")
"""A specimen whose type is known and not one any criterion asks for; no value set carries it."""
