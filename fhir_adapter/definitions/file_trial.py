"""File model of trials/<id>/trial.yaml: identity, anchor, participation, links, settings.

Knows: the shape of the file. Does not know: any particular trial.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from fhir_adapter.definitions.scalar_text import (
    FileModel,
    IntegerText,
    Name,
    Slug,
    TruthText,
    Uri,
    ValueText,
    WindowText,
    Words,
)
from fhir_adapter.domain.protocol import LinkType
from fhir_adapter.r4.participation_codes import ResearchStudyStatus, ResearchSubjectStatus

ResourceTypeName = Annotated[str, Field(pattern=r"^[A-Z][A-Za-z]+$")]


class StudyRow(FileModel):
    """What is written about the study itself."""

    identifier_system: Uri
    identifier_value: Words
    title: Words
    status: ResearchStudyStatus
    phase: Words
    source: Words


class AnchorRow(FileModel):
    """How the eligibility anchor is found."""

    first_drugs: Annotated[list[Slug], Field(min_length=1)]
    plan_link: Name
    offset_days: IntegerText
    search_days_before: Annotated[IntegerText, Field(ge=0)]
    source: Words


class ParticipationRow(FileModel):
    """How a subject moves through the trial."""

    graph: dict[ResearchSubjectStatus, list[ResearchSubjectStatus]]
    automatic: list[ResearchSubjectStatus] = Field(default_factory=list)
    prescreen_parts: Annotated[list[Name], Field(min_length=1)]
    consent_criterion: Name
    consent_due_ages: list[IntegerText] = Field(default_factory=list)
    consent_grace_days: IntegerText = 30
    source: Words


class LinkRow(FileModel):
    """A statement people may attest."""

    link_id: Name
    type: LinkType
    text: Words
    values: list[Slug] = Field(default_factory=list)
    valid_for: WindowText | None = None
    source: Words


class SettingRow(FileModel):
    """A named reading of an ambiguity; a documentary one is stated for people and used by no rule."""

    id: Slug
    value: ValueText | list[ValueText]
    alternatives: list[ValueText | list[ValueText]] = Field(default_factory=list)
    documentary: TruthText = False
    ambiguity: Words | None = None
    note: Words
    source: Words


class SettingsPart(FileModel):
    """The settings of trial.yaml, read before anything else so that they can be filled in."""

    settings: list[SettingRow] = Field(default_factory=list)


class TrialFile(FileModel):
    """trials/<id>/trial.yaml."""

    id: Slug
    study: StudyRow
    subject_system: Uri
    questionnaires: list[Uri] = Field(default_factory=list)
    resource_types: Annotated[list[ResourceTypeName], Field(min_length=1)]
    prescreen_concepts: Annotated[list[Slug], Field(min_length=1)]
    also_needed: list[Slug] = Field(default_factory=list)
    withdrawal_criterion: Name
    anchor: AnchorRow
    participation: ParticipationRow
    links: list[LinkRow] = Field(default_factory=list)
    settings: list[SettingRow] = Field(default_factory=list)
