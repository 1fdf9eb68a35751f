"""File model of terminology/<scale>.yaml: the official wording of a toxicity scale beside what grades by it.

Knows: the shape of the file. Does not know: any particular scale, or whether its parts fit together.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from fhir_adapter.definitions.fraction_text import AmountText
from fhir_adapter.definitions.limit_text import Limit, Multiple, ShareOfChange
from fhir_adapter.definitions.scalar_text import CodeText, FileModel, IntegerText, Slug, TruthText, Words
from fhir_adapter.domain.toxicity.result import Direction, Needed
from fhir_adapter.domain.toxicity.scale import ClinicalInput, Reference


class FamilyRow(FileModel):
    """Units that convert to the unit a limit is printed in; mass and molar units never share a family."""

    id: Slug
    printed: CodeText
    units: Annotated[dict[CodeText, AmountText], Field(min_length=1)]
    source: Words


class AgeRow(FileModel):
    """Completed years [a]."""

    from_: IntegerText | None = Field(default=None, alias="from")
    below: IntegerText | None = None


class ConditionRow(FileModel):
    """One condition: a comparison, a clinical input, the baseline's state, or an age."""

    above: Limit | None = None
    at_least: Limit | None = None
    below: Limit | None = None
    at_most: Limit | None = None
    of: Slug | None = None
    rise_from: Reference | None = None
    drop_from: Reference | None = None
    input: ClinicalInput | None = None
    recorded: ClinicalInput | None = None
    is_: TruthText = Field(default=True, alias="is")
    baseline: Literal["normal", "abnormal"] | None = None
    age: AgeRow | None = None

    @property
    def limit(self) -> Multiple | ShareOfChange | dict[str, Decimal] | None:
        """The limit compared with, whatever the comparison."""
        return next(
            (each for each in (self.above, self.at_least, self.below, self.at_most) if each is not None), None
        )

    @model_validator(mode="after")
    def _one_condition(self) -> Self:
        kinds = (self.above, self.at_least, self.below, self.at_most)
        others = (self.input, self.recorded, self.baseline, self.age)
        if sum(each is not None for each in (*kinds, *others)) != 1:
            raise ValueError("not exactly one condition; write one of above, at_least, below, at_most, input ...")
        changes = [each for each in (self.rise_from, self.drop_from) if each is not None]
        if (changes or self.of) and not isinstance(self.limit, dict):
            raise ValueError("rise_from, drop_from and of go with numbers; write the numbers by unit")
        if len(changes) + (self.of is not None) > 1:
            raise ValueError("rise_from, drop_from and of exclude each other; keep one")
        if not self.is_ and self.input is None and self.recorded is None:
            raise ValueError("`is` goes with input and recorded; remove it")
        return self


Alternative = Annotated[list[ConditionRow], Field(min_length=1)]


class GradeRow(FileModel):
    """One grade: its official wording, and what gives it by numbers where anything does."""

    grade: Annotated[IntegerText, Field(ge=1, le=5)]
    wording: Words
    any: list[Alternative] = Field(default_factory=list)


class RaiseRow(FileModel):
    """A clinical fact that, where it is recorded, lifts a result graded at least 1."""

    input: ClinicalInput
    to: Annotated[IntegerText, Field(ge=2, le=4)]


class TermRow(FileModel):
    """One term, for one kind of result.

    `by_unit`: every unit has numbers of its own; a condition speaks only of the units it names.
    """

    name: Words
    meddra: CodeText
    soc: Words
    direction: Direction | None = None
    hematologic: TruthText = False
    concepts: list[Slug] = Field(default_factory=list)
    combined: TruthText = False
    by_person: TruthText = False
    by_unit: TruthText = False
    refused: Needed | None = None
    age: AgeRow | None = None
    bounded_by: list[Slug] = Field(default_factory=list)
    families: list[Slug] = Field(default_factory=list)
    grades: Annotated[list[GradeRow], Field(min_length=1)]
    raised: list[RaiseRow] = Field(default_factory=list)
    note: Words | None = None
    source: Words


class ScaleFile(FileModel):
    """terminology/<scale>.yaml."""

    id: Slug
    title: Words
    version: CodeText
    source: Words
    families: Annotated[list[FamilyRow], Field(min_length=1)]
    terms: Annotated[list[TermRow], Field(min_length=1)]
