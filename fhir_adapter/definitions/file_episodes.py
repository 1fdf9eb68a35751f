"""File model of `episodes:` in safety.yaml: how graded results become adverse events.

Knows: the shape of the section. Does not know: any particular trial, or whether the parts fit together.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from fhir_adapter.definitions.scalar_text import (
    CodeText,
    DecimalText,
    FileModel,
    IntegerText,
    Slug,
    TruthText,
    Words,
)
from fhir_adapter.domain.safety_model.episode_rule import Resolution
from fhir_adapter.domain.toxicity.scale import ClinicalInput

Concepts = Annotated[list[Slug], Field(min_length=1)]
Terms = Annotated[list[Words], Field(min_length=1)]
Count = Annotated[IntegerText, Field(ge=0)]
Length = Annotated[IntegerText, Field(ge=1)]


class RecoveryRow(FileModel):
    """When counts of one term have recovered."""

    term: Words
    title: Words
    limit: DecimalText
    unit: CodeText
    days: Length
    every_day: TruthText
    without: list[Slug] = Field(default_factory=list)
    source: Words


class ExpectedRow(FileModel):
    """What the treatment itself is known to cause."""

    terms: Terms
    text: Words
    last_day: IntegerText
    source: Words


class ActionRow(FileModel):
    """Something given that is what was done about events of these terms."""

    title: Words
    role: Literal["transfusion", "rescue"]
    concepts: Concepts
    terms: Terms
    source: Words


class InputRow(FileModel):
    """Something given that answers what a grade asks of a person."""

    input: ClinicalInput
    concepts: Concepts
    terms: Terms
    hours: Length
    source: Words


class CorrectionRow(FileModel):
    """A value graded only once it is corrected for albumin."""

    concepts: Concepts
    graded_as: Slug
    albumin: Concepts
    hours: Count
    lowest: DecimalText
    highest: DecimalText
    source: Words


class CombinationRow(FileModel):
    """Results that make one grade together."""

    term: Words
    leading: Slug
    beside: Slug
    hours: Length
    lasting_from: DecimalText
    lasting_minutes: Count
    source: Words


class EpisodesPart(FileModel):
    """How graded results become adverse events."""

    baseline_days: Length
    resolution: Resolution
    gap_days: Length
    dose_days: Count
    action_hours: Count
    recoveries: list[RecoveryRow] = Field(default_factory=list)
    expected: list[ExpectedRow] = Field(default_factory=list)
    actions: list[ActionRow] = Field(default_factory=list)
    inputs: list[InputRow] = Field(default_factory=list)
    corrections: list[CorrectionRow] = Field(default_factory=list)
    combinations: list[CombinationRow] = Field(default_factory=list)
    source: Words
