"""File models of the statements criteria to receive an infusion need besides those of eligibility.

Knows: the shape of what stands under their operator keys. Does not know: the operators that join statements.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from fhir_adapter.definitions.file_rule_body import AttestedBody, Concepts, QueryFile
from fhir_adapter.definitions.fraction_text import AmountText
from fhir_adapter.definitions.scalar_text import CodeText, DecimalText, FileModel, IntegerText, Slug, WindowText
from fhir_adapter.domain.queries import Operator
from fhir_adapter.domain.treatment_operators import ReactionReading, Resolution


class LimitBody(FileModel):
    """A limit: which side, which number, in which unit."""

    op: Operator
    value: DecimalText
    unit: CodeText


class SteroidLoadBody(FileModel):
    """Steroids in every total of `span` within `within`, as mg of the one whose factor is 1, per kilogram."""

    factors: Annotated[dict[Slug, AmountText], Field(min_length=1)]
    systemic: Annotated[list[Slug], Field(min_length=1)]
    local: list[Slug] = Field(default_factory=list)
    within: WindowText
    span: WindowText
    weight: QueryFile
    limit: LimitBody


class UnderWayBody(FileModel):
    """A procedure that goes on; one noted at a moment, or a finding that shows it, counts for `within`."""

    concepts: Concepts
    within: WindowText
    shown_by: list[Slug] = Field(default_factory=list)


class OxygenSupplyBody(FileModel):
    """Supplemental oxygen: the latest record in the window; without `saturation` room air proves nothing."""

    flow: Concepts
    fraction: Concepts
    saturation: list[Slug] = Field(default_factory=list)
    window: WindowText
    category: Slug | None = None
    limit: LimitBody
    fraction_limit: LimitBody | None = None


class NoReactionBody(FileModel):
    """No reaction of `grade` or more since the first infusion; `release`: a person lets resolved ones pass."""

    grade: Annotated[IntegerText, Field(ge=1, le=5)]
    reading: ReactionReading
    resolution: Resolution
    release: AttestedBody
