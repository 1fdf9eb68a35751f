"""File model of `reporting:` in trials/<id>/safety.yaml: what hospitals report, and what is due to whom.

Knows: the shape of the section. Does not know: any particular trial, or whether the parts fit together.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from fhir_adapter.definitions.scalar_text import FileModel, IntegerText, Slug, TruthText, Uri, WindowText, Words
from fhir_adapter.domain.safety_model.event_records import SpecialInterest
from fhir_adapter.domain.safety_model.reporting_rule import ReportWhen
from fhir_adapter.domain.safety_model.syndrome_records import Syndrome


class KindRow(FileModel):
    """Something hospitals report that is an adverse event under one name."""

    name: Words
    concepts: list[Slug] = Field(default_factory=list)
    terms: list[Words] = Field(default_factory=list)
    scale: Words | None = None
    special: SpecialInterest | None = None
    from_problems: TruthText = True
    source: Words


class SyndromeRow(FileModel):
    """How a report of a syndrome is recognised."""

    syndrome: Syndrome
    concepts: Annotated[list[Slug], Field(min_length=1)]
    terms: list[Words] = Field(default_factory=list)
    source: Words


class ReportRow(FileModel):
    """One report that is due."""

    id: Slug
    title: Words
    when: ReportWhen
    within: WindowText
    who: Annotated[list[Slug], Field(min_length=1)]
    source: Words


class ReportingPart(FileModel):
    """Hospital reports and reporting duties."""

    system: Uri
    term_systems: Annotated[list[Uri], Field(min_length=1)]
    overlap_days: Annotated[IntegerText, Field(ge=0)]
    look_back_days: Annotated[IntegerText, Field(ge=0)]
    death: Words
    kinds: list[KindRow] = Field(default_factory=list)
    syndromes: list[SyndromeRow] = Field(default_factory=list)
    hematologic: list[Words] = Field(default_factory=list)
    related: Annotated[list[Slug], Field(min_length=1)]
    fatal: Annotated[list[Slug], Field(min_length=1)]
    reports: Annotated[list[ReportRow], Field(min_length=1)]
    source: Words
