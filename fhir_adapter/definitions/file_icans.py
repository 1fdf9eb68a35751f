"""File model of the section `icans` of terminology/astct-2019.yaml: how ICANS is graded.

Knows: the shape of the section. Does not know: the consensus table, or whether the parts fit together.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from fhir_adapter.definitions.file_rule_body import Concepts
from fhir_adapter.definitions.scalar_text import FileModel, IntegerText, Name, Slug, TruthText, WindowText, Words
from fhir_adapter.domain.safety_model.icans_rule import AwakeCapd

GradeText = Annotated[IntegerText, Field(ge=0, le=4)]
"""A grade a machine may propose; 5 is a named person's."""


class BandRow(FileModel):
    """Grade of every number from one on, up to the next higher row."""

    at_least: IntegerText
    grade: GradeText
    source: Words


class TotalRow(FileModel):
    """The range of a score, and what it means that it could not be done."""

    concept: Slug
    lowest: IntegerText
    highest: IntegerText
    unable: Concepts
    unable_grade: GradeText
    source: Words


class IcePart(TotalRow):
    """The score of those old enough."""

    bands: Annotated[list[BandRow], Field(min_length=1)]
    unarousable_at: IntegerText


class CapdPart(TotalRow):
    """The score of younger children, and with a delay of development."""

    counts_from: IntegerText
    delirium_from: IntegerText
    delirium_grade: GradeText
    below: Annotated[list[GradeText], Field(min_length=2, max_length=2)]
    baseline: WindowText
    awake: AwakeCapd


class AgePart(FileModel):
    """Which score counts in whom."""

    ice_from: Annotated[IntegerText, Field(ge=0)]
    delay: Concepts
    delay_link: Name
    source: Words


class LevelRow(FileModel):
    """Grade of one level of consciousness in words."""

    answer: Slug
    grade: GradeText
    source: Words


class ArousalPart(FileModel):
    """How awake a patient is."""

    scale: Slug
    sedated_to: IntegerText
    bands: Annotated[list[BandRow], Field(min_length=1)]
    level: Slug
    levels: Annotated[list[LevelRow], Field(min_length=1)]
    asleep_from: GradeText
    holds: WindowText
    source: Words


class SedationPart(FileModel):
    """What explains a depressed level."""

    procedures: Concepts
    drugs: Concepts
    lasts: WindowText
    source: Words


class SignRow(FileModel):
    """One sign recorded as a problem; `worst` above `grade` where the record does not tell, then `wanted` does."""

    id: Slug
    driver: Slug
    title: Words
    concepts: Concepts
    grade: GradeText
    worst: GradeText | None = None
    wanted: Words | None = None
    minutes: Annotated[IntegerText, Field(ge=1)] | None = None
    lasting: TruthText = True
    unless: list[Slug] = Field(default_factory=list)
    source: Words


class StatedGradeRow(FileModel):
    """The grade one concept of the hospital's own statement states."""

    concept: Slug
    grade: Annotated[IntegerText, Field(ge=1, le=5)]
    source: Words


class StatedPart(FileModel):
    """How the hospital's own statement is recognised."""

    concept: Slug
    grades: list[StatedGradeRow]
    source: Words


class IcansPart(FileModel):
    """Section `icans`."""

    age: AgePart
    ice: IcePart
    capd: CapdPart
    arousal: ArousalPart
    sedation: SedationPart
    signs: list[SignRow]
    excluded: list[Slug] = Field(default_factory=list)
    holds: WindowText
    stated: StatedPart
    source: Words
