"""File model of `observation:` in trials/<id>/safety.yaml: what is dose-limiting, and how long it is looked for.

Knows: the shape of the section. Does not know: any particular trial, or whether the parts fit together.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from fhir_adapter.definitions.fraction_text import ShareText
from fhir_adapter.definitions.scalar_text import FileModel, IntegerText, Name, Slug, Words
from fhir_adapter.domain.safety_model.observation_rule import Reopening, Unassessed, Unfinished
from fhir_adapter.domain.safety_model.syndrome_records import Syndrome


class LaterPart(FileModel):
    """When a person is asked about the part that follows the dose escalation."""

    part: Slug
    first: Annotated[IntegerText, Field(ge=1)]
    limit: Annotated[IntegerText, Field(ge=1)]
    share: ShareText
    source: Words


class ObservationPart(FileModel):
    """Observation for dose-limiting toxicity."""

    window_days: Annotated[IntegerText, Field(ge=1)]
    grade: Annotated[IntegerText, Field(ge=1, le=5)]
    syndromes: Annotated[list[Syndrome], Field(min_length=1)]
    part_link: Name
    escalating: Slug
    unfinished: Unfinished
    unassessed: Unassessed
    reopening: Reopening
    reviewed: list[Slug] = Field(default_factory=list)
    deciders: list[Slug] = Field(default_factory=list)
    later: LaterPart | None = None
    source: Words
