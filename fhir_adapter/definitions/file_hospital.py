"""File models of mappings/hospitals/<id>: the hospital's traits and its concept map.

Knows: the shape of these files. Does not know: how a hospital is reached.
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from fhir_adapter.definitions.scalar_text import CodeText, DecimalText, FileModel, Slug, TruthText, Uri, Words


class PersonRow(FileModel):
    """Somebody who may decide or attest."""

    id: Slug
    name: Words
    roles: list[Slug] = Field(min_length=1)


class AssumedZone(FileModel):
    """A zone to add to naive times, declared by a person."""

    zone: Words
    by: Words
    source: Words


class HospitalFile(FileModel):
    """hospitals/<id>/hospital.yaml."""

    id: Slug
    title: Words
    timezone: Words
    server: Uri | None = None
    base_urls: list[Uri] = Field(default_factory=list)
    writes: Literal["enabled", "disabled"] = "disabled"
    provenance: Literal["on", "off"] = "on"
    folder_only: TruthText = False
    assume_timezone: AssumedZone | None = None
    people: list[PersonRow] = Field(default_factory=list)
    patients: Annotated[str, Field(pattern=r"^(all|prescreen|group:\S+|roster:\S.*)$")] | None = None
    consent_policies: list[Uri] = Field(default_factory=list)
    stopped_dose: Literal["administered", "ordered", "unknown"] = "unknown"
    adverse_events: Literal["write", "off"] = "off"
    rejection_budget: Annotated[DecimalText, Field(ge=0, le=1)] = Decimal(1)


class Equivalence(StrEnum):
    """The two R4 ConceptMap equivalences that are safe: the same, or nothing corresponds.

    Source: http://hl7.org/fhir/R4/valueset-concept-map-equivalence.html; wider and narrower would change meaning.
    """

    EQUIVALENT = "equivalent"
    UNMATCHED = "unmatched"


class MapTarget(FileModel):
    """What one local code stands for."""

    code: CodeText | None = None
    display: Words | None = None
    equivalence: Equivalence
    comment: Words | None = None


class MapElement(FileModel):
    """One local code."""

    code: CodeText
    display: Words
    target: list[MapTarget] = Field(min_length=1)


class MapGroup(FileModel):
    """Local codes of one system and the system they are mapped to."""

    source: Uri
    target: Uri
    element: list[MapElement] = Field(min_length=1)


class TextAnswer(FileModel):
    """An answer the hospital writes as text; matched exactly, never by similarity."""

    concept: Annotated[str, Field(pattern=r"^(\*|[a-z0-9]+([.-][a-z0-9]+)*)$")]
    text: Words
    answer: Slug | list[Slug]
    source: Words | None = None


class ConceptMapFile(FileModel):
    """hospitals/<id>/concept_map.yaml, in the shape of R4 ConceptMap."""

    resource_type: Literal["ConceptMap"] = Field(alias="resourceType")
    id: Slug
    status: Literal["active"] = "active"
    title: Words | None = None
    group: list[MapGroup] = Field(default_factory=list)
    text_answers: list[TextAnswer] = Field(default_factory=list)
