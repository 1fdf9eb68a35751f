"""File models of cytokine release syndrome: `crs:` of a consensus, and `masking:` of a trial's safety.yaml.

Knows: the shape of these sections. Does not know: whether their parts fit together.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from fhir_adapter.definitions.file_icans import StatedPart
from fhir_adapter.definitions.file_rule_body import Concepts
from fhir_adapter.definitions.file_treatment_rule import LimitBody
from fhir_adapter.definitions.scalar_text import FileModel, IntegerText, Slug, TruthText, WindowText, Words

Grade = Annotated[IntegerText, Field(ge=1, le=4)]
"""A grade a machine may propose."""


class FeverPart(FileModel):
    """Fever, and the grade of fever alone."""

    concepts: Concepts
    limit: LimitBody
    grade: Grade
    source: Words


class PressureLimitRow(FileModel):
    """Systolic pressure of a hypotensive patient of some age; `per_year` is added for each completed year."""

    from_: Annotated[IntegerText, Field(alias="from", ge=0)]
    below: IntegerText | None = None
    limit: LimitBody
    per_year: IntegerText = 0
    source: Words


class PressorsPart(FileModel):
    """Vasopressors that count, add-ons that count only alone, inotropes that never do."""

    counted: Concepts
    add_on: list[Slug] = Field(default_factory=list)
    inotropes: list[Slug] = Field(default_factory=list)
    routes: Annotated[list[Slug], Field(min_length=1)]
    local: list[Slug] = Field(default_factory=list)
    one: Grade
    many: Annotated[IntegerText, Field(ge=2)]
    several: Grade
    source: Words


class HypotensionPart(FileModel):
    """Hypotension by pressure, by the problem list, by pressors; `grade` is that without a pressor."""

    pressure: Concepts
    limits: Annotated[list[PressureLimitRow], Field(min_length=1)]
    documented: list[Slug] = Field(default_factory=list)
    grade: Grade
    pressors: PressorsPart
    source: Words


class DeviceRow(FileModel):
    """One way to give oxygen or support breathing; `grade` above the limit of low flow, or at any flow."""

    id: Words
    concepts: list[Slug] = Field(default_factory=list)
    shown_by: list[Slug] = Field(default_factory=list)
    grade: Grade
    low_flow: Grade | None = None
    asks: TruthText = False
    support: IntegerText | None = None
    airway: TruthText = False
    generic: TruthText = False
    source: Words


class HypoxiaPart(FileModel):
    """Oxygen: flow, concentration, devices."""

    flow: Concepts
    fraction: list[Slug] = Field(default_factory=list)
    saturation: list[Slug] = Field(default_factory=list)
    device: list[Slug] = Field(default_factory=list)
    no_device: list[Slug] = Field(default_factory=list)
    low_flow: LimitBody
    devices: Annotated[list[DeviceRow], Field(min_length=1)]
    source: Words


class CrsReadingsPart(FileModel):
    """What the consensus leaves open; each a setting of the trial."""

    reading_holds: WindowText
    open_end: WindowText
    short_dose_minutes: Annotated[IntegerText, Field(ge=1)]
    reaction_within: WindowText
    home_support_within: WindowText
    source: Words


class CrsPart(FileModel):
    """`crs:` of a consensus."""

    fever: FeverPart
    hypotension: HypotensionPart
    hypoxia: HypoxiaPart
    readings: CrsReadingsPart
    stated: StatedPart


class MaskingRow(FileModel):
    """Drugs after which a missing fever proves nothing for `within`; by `local` routes they do not count."""

    title: Words
    concepts: Concepts
    local: list[Slug] = Field(default_factory=list)
    within: WindowText
    source: Words


class MaskingPart(FileModel):
    """`masking:` of safety.yaml."""

    drugs: list[MaskingRow]
    source: Words
