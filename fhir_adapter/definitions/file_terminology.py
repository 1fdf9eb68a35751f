"""File models of mappings/terminology: code systems, value sets, units.

Knows: the shape of these files. Does not know: what their content means to a criterion.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import Field

from fhir_adapter.definitions.scalar_text import (
    CodeText,
    DecimalText,
    FileModel,
    IntegerText,
    Slug,
    TruthText,
    Uri,
    Words,
)


class SystemKind(StrEnum):
    """What a code system is for.

    standard: concepts of a published terminology. answer: answers, statuses, methods. project: this adapter's
    own concepts, for what no published terminology has a code.
    """

    STANDARD = "standard"
    ANSWER = "answer"
    PROJECT = "project"


class CodeSystemRow(FileModel):
    """One code system whose codes need no hospital map.

    `pattern` is the shape of its codes (a regular expression for the whole code); the review alone uses it.
    `names_substances` says that each of its codes for a drug names the substance: a drug coded in it that no value
    set lists is known to be another one. Other systems code products and forms, of which value sets list a few.
    """

    uri: Uri
    name: Words
    kind: SystemKind
    pattern: Words | None = None
    names_substances: TruthText = False
    source: Words


class CodeSystemsFile(FileModel):
    """terminology/code_systems.yaml."""

    code_systems: list[CodeSystemRow] = Field(min_length=1)


class ValueSetRole(StrEnum):
    """Whether a value set is something measured or done, or an answer, method or specimen."""

    CONCEPT = "concept"
    ANSWER = "answer"


class ValueSetCode(FileModel):
    """One code of a value set, with where its meaning was read."""

    code: CodeText
    display: Words
    source: Words
    unit_rule: Slug | None = Field(default=None, alias="unitRule")
    qualifiers: list[Slug] = Field(default_factory=list)
    score: DecimalText | None = None
    note: Words | None = None


class ValueSetInclude(FileModel):
    """The codes of one system."""

    system: Uri
    concept: list[ValueSetCode] = Field(min_length=1)


class ValueSetCompose(FileModel):
    """R4 ValueSet.compose: enumerated codes only."""

    include: list[ValueSetInclude] = Field(min_length=1)


class ValueSetFile(FileModel):
    """One document of terminology/value_sets/*.yaml, in the shape of R4 ValueSet."""

    resource_type: Literal["ValueSet"] = Field(alias="resourceType")
    id: Slug
    title: Words
    status: Literal["active"]
    role: ValueSetRole = ValueSetRole.CONCEPT
    unit_rule: Slug | None = Field(default=None, alias="unitRule")
    description: Words | None = None
    compose: ValueSetCompose


class UnitFamily(StrEnum):
    """Limits printed for one family never serve another."""

    MASS = "mass"
    MOLAR = "molar"
    OTHER = "other"


class AcceptedUnit(FileModel):
    """A unit the concept may be reported in.

    `alias_of` declares another spelling of a listed unit; `annotated` a unit that differs from the standard unit's
    kind only in annotations that say what is counted; `as_is` keeps a unit of another basis as reported.
    """

    unit: CodeText
    alias_of: CodeText | None = None
    annotated: TruthText = False
    as_is: TruthText = False
    family: UnitFamily | None = None
    source: Words | None = None


class MolarMass(FileModel):
    """What turns mass into amount of substance [g/mol], and equivalents into moles."""

    g_per_mol: DecimalText
    valence: IntegerText | None = None
    source: Words


class Believable(FileModel):
    """Bounds in the standard unit, both included, beyond which a number was not measured in it."""

    from_: DecimalText | None = Field(default=None, alias="from")
    to: DecimalText | None = None
    source: Words


class UnitRuleRow(FileModel):
    """The units one kind of finding may be reported in.

    With `standard_refused` nobody may report in the standard unit itself; with `whole` nobody in parts of one.
    """

    id: Slug
    standard: CodeText
    unitless: TruthText = False
    whole: TruthText = False
    standard_refused: TruthText = False
    family: UnitFamily | None = None
    accepts: list[AcceptedUnit] = Field(default_factory=list)
    molar: MolarMass | None = None
    believable: Believable | None = None
    source: Words
    note: Words | None = None


class UnitsFile(FileModel):
    """terminology/units.yaml."""

    unit_rules: list[UnitRuleRow] = Field(min_length=1)
