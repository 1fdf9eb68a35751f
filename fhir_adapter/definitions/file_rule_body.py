"""File models of the statements criteria are made of: findings, limits, events, consents, attestations.

Knows: the shape of what stands under an operator key. Does not know: the operators that join statements.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from fhir_adapter.definitions.scalar_text import (
    CodeText,
    DecimalText,
    FileModel,
    IntegerText,
    Name,
    Slug,
    TruthText,
    WindowText,
    Words,
)
from fhir_adapter.domain.operators import Absence, AgeAt, EventSource, FormulaId
from fhir_adapter.domain.queries import OnConflict, Operator
from fhir_adapter.domain.statements import SignerRole

Concepts = Annotated[list[Slug], Field(min_length=1)]
ClinicalStatus = Literal["active", "recurrence", "relapse", "inactive", "remission", "resolved"]
VerificationStatus = Literal["unconfirmed", "provisional", "differential", "confirmed"]


class AgeWindowRow(FileModel):
    """A window for patients below an age; the last row may leave the age out."""

    below: IntegerText | None = None
    window: WindowText


class QueryFile(FileModel):
    """Which findings may carry a statement."""

    concepts: Concepts
    window: WindowText | None = None
    windows: list[AgeWindowRow] = Field(default_factory=list)
    methods: list[Slug] = Field(default_factory=list)
    specimens: list[Slug] = Field(default_factory=list)
    room_air: TruthText = False
    after_last: list[Slug] = Field(default_factory=list)
    unaccepted: list[Slug] = Field(default_factory=list)
    preferred_qualifier: Slug | None = None
    category: Slug | None = None
    latest: TruthText = False

    @model_validator(mode="after")
    def _one_kind_of_window(self) -> QueryFile:
        if self.window is not None and self.windows:
            raise ValueError("both window and windows; keep one")
        return self


class AttestedBody(FileModel):
    """Whose statement, and for how long it counts; `values` of a coded link that mean it holds (default: all)."""

    link: Name
    values: list[Slug] = Field(default_factory=list)
    valid_for: WindowText | None = None
    roles: list[Slug] = Field(default_factory=list)
    shows: list[Slug] = Field(default_factory=list)
    continuous: TruthText = False


class AgeBody(FileModel):
    """Completed years in [at_least, below)."""

    at_least: IntegerText | None = None
    below: IntegerText | None = None
    at: AgeAt = AgeAt.ANCHOR


class SexBody(FileModel):
    """FHIR administrative gender."""

    is_: Literal["male", "female"] = Field(alias="is")


class CompareBody(FileModel):
    """A finding and its limit; with `times_uln` the limit is a multiple of the result's own upper limit."""

    find: QueryFile
    op: Operator
    value: DecimalText
    unit: CodeText | None = None
    times_uln: TruthText = False
    on_conflict: OnConflict = OnConflict.UNKNOWN


class FormulaBody(FileModel):
    """A formula, its inputs and its limit; without a limit the value only supports a person."""

    name: FormulaId
    inputs: Annotated[dict[Slug, QueryFile], Field(min_length=1)]
    op: Operator | None = None
    value: DecimalText | None = None
    unit: CodeText | None = None
    bsa: FormulaId = FormulaId.BSA_MOSTELLER

    @model_validator(mode="after")
    def _whole_limit(self) -> FormulaBody:
        given = [part is not None for part in (self.op, self.value, self.unit)]
        if any(given) and not all(given):
            raise ValueError("half a limit; give op, value and unit, or none of them")
        return self


class CodedBody(FileModel):
    """Which answers decide which way."""

    find: QueryFile
    met: list[Slug] = Field(default_factory=list)
    not_met: list[Slug] = Field(default_factory=list)
    unconfirmed: list[Slug] = Field(default_factory=list)
    by_limit: TruthText = False
    on_conflict: OnConflict = OnConflict.UNKNOWN


class ConditionBody(FileModel):
    """A problem on the list."""

    concepts: Concepts
    clinical: list[ClinicalStatus] = Field(default_factory=list)
    verification: Annotated[list[VerificationStatus], Field(min_length=1, default_factory=lambda: ["confirmed"])]
    presence_needs_attestation: TruthText = False
    absence: Absence = Absence.MISSING
    settled_by: list[Slug] = Field(default_factory=list)
    within: WindowText | None = None


class EventBody(FileModel):
    """Something that happened within a window before the anchor."""

    concepts: Concepts
    sources: Annotated[list[EventSource], Field(min_length=1)]
    within: WindowText
    undated: list[Slug] = Field(default_factory=list)
    absence: Absence = Absence.COMPLETE


class SignatureRow(FileModel):
    """Who must sign below an age; the last row may leave the age out."""

    below: IntegerText | None = None
    roles: Annotated[list[SignerRole], Field(min_length=1)]


class ConsentSignedBody(FileModel):
    """Signatures by age."""

    rules: Annotated[list[SignatureRow], Field(min_length=1)]
    policies: list[Words] = Field(default_factory=list)


class ConsentWithdrawnBody(FileModel):
    """Policies the consent must be about; empty = any research consent."""

    policies: list[Words] = Field(default_factory=list)


class ConsentProvisionBody(FileModel):
    """The provision asked about."""

    concept: Slug
    policies: list[Words] = Field(default_factory=list)
