"""File model of trials/<id>/dosing.yaml: what is given on which day, and what must hold before cells are infused.

Knows: the shape of the file. Does not know: any particular trial, or whether the parts fit together.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Discriminator, Field, Tag

from fhir_adapter.definitions.file_rule_body import Concepts, QueryFile
from fhir_adapter.definitions.file_rules import AnyNode
from fhir_adapter.definitions.fraction_text import AmountText, ShareText
from fhir_adapter.definitions.scalar_text import (
    CodeText,
    FileModel,
    IntegerText,
    Name,
    Slug,
    TruthText,
    Uri,
    Words,
)
from fhir_adapter.domain.criterion import Mode
from fhir_adapter.domain.operators import FormulaId
from fhir_adapter.domain.regimen import Basis, ItemKind

NO_UNIT = "1"


def _two(value: Any) -> Any:
    if isinstance(value, list) and len(value) != 2:
        raise ValueError("not a range of days; write the first and the last, for example [-1, 1]")
    return value


DayPair = Annotated[list[IntegerText], BeforeValidator(_two), Field(min_length=2, max_length=2)]
"""First and last day around the planned one, as offsets: `[-2, 2]`."""


class CodingRow(FileModel):
    """One code something is written with."""

    system: Uri
    code: CodeText
    display: Words


class StatedRow(FileModel):
    """Something somebody attested."""

    link: Name
    is_: Slug = Field(alias="is")


class DayRow(FileModel):
    """A day that is due only for some."""

    day: IntegerText
    only_if: StatedRow


AnyDay = Annotated[
    Annotated[IntegerText, Tag("<day>")] | Annotated[DayRow, Tag("<row>")],
    Discriminator(lambda value: "<row>" if isinstance(value, dict | DayRow) else "<day>"),
]
"""A day relative to day 0, alone or with for whom it is due."""


class ToleranceRow(FileModel):
    """How far something may lie below and above its plan."""

    below: ShareText
    above: ShareText


class ItemRow(FileModel):
    """One thing the protocol gives, on one or several days."""

    id: Slug
    title: Words
    kind: ItemKind
    concepts: Concepts
    body_sites: list[Slug] = Field(default_factory=list)
    codings: list[CodingRow] = Field(default_factory=list)
    days: Annotated[list[AnyDay], Field(min_length=1)]
    basis: Basis
    amount: AmountText | None = None
    unit: CodeText = NO_UNIT
    course: AmountText | None = None
    as_course: TruthText = False
    routes: list[Slug] = Field(default_factory=list)
    minutes: Annotated[IntegerText, Field(ge=1)] | None = None
    tolerance: ToleranceRow | None = None
    duration_tolerance: ToleranceRow | None = None
    in_window: DayPair
    undecided_outside: DayPair | None = None
    reach: Annotated[IntegerText, Field(ge=0)] = 0
    only_if: StatedRow | None = None
    exclusive: Slug | None = None
    locked_weight: TruthText = False
    infusion: Annotated[IntegerText, Field(ge=1)] | None = None
    warn_above: AmountText | None = None
    source: Words


class DayZeroPart(FileModel):
    """How day 0 is found."""

    graft: Concepts
    plan_link: Name
    first_day: IntegerText
    source: Words


class BodyPart(FileModel):
    """From which weight and height doses are computed."""

    weight: QueryFile
    height: QueryFile
    area: FormulaId
    lock_day: IntegerText
    replan_share: ShareText
    doubt_share: ShareText
    source: Words


class LevelRow(FileModel):
    """One dose level: total cells per kilogram over all infusions."""

    level: Annotated[IntegerText, Field(ge=0)]
    total: AmountText
    source: Words


class LevelsPart(FileModel):
    """The dose levels."""

    unit: CodeText
    link: Name
    arm: Words
    totals: Annotated[list[LevelRow], Field(min_length=1)]
    source: Words


class CellsPart(FileModel):
    """How cell products are read."""

    content: Slug
    shown: list[Slug] = Field(default_factory=list)
    source: Words


class DonorFactRow(FileModel):
    """One ranking fact of the donor: attested, or from the donor's own record."""

    id: Slug
    title: Words
    link: Name | None = None
    concepts: list[Slug] = Field(default_factory=list)
    gender: TruthText = False
    source: Words


class DonorPart(FileModel):
    """Facts about the donor."""

    type_link: Name
    same_donor_link: Name
    shown: list[DonorFactRow] = Field(default_factory=list)
    source: Words


class ClearanceRow(FileModel):
    """One criterion to receive a cell infusion; its statement must hold, as an inclusion's."""

    id: Name
    infusions: Annotated[list[IntegerText], Field(min_length=1)]
    mode: Mode
    text: Words
    source: Words
    shows: list[Slug] = Field(default_factory=list)
    rule: AnyNode


class DosingFile(FileModel):
    """trials/<id>/dosing.yaml."""

    day_zero: DayZeroPart
    body: BodyPart
    levels: LevelsPart
    cells: CellsPart
    donor: DonorPart
    implausible: AmountText
    items: Annotated[list[ItemRow], Field(min_length=1)]
    clearance: list[ClearanceRow] = Field(default_factory=list)
