"""File model of trials/<id>/escalation.yaml: dose levels, sizes and the decision table of the dose escalation.

Knows: the shape of the file. Does not know: any particular trial, what a condition means.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from fhir_adapter.definitions.scalar_text import FileModel, IntegerText, Name, Words
from fhir_adapter.domain.escalation.rule import Condition, EscalationAction, Place


class TableRowRow(FileModel):
    """One row of the decision table; the first whose conditions all hold decides."""

    row: Name
    when: list[Condition] = Field(default_factory=list)
    level: Annotated[IntegerText, Field(ge=0)] | None = None
    level_from: Annotated[IntegerText, Field(ge=0)] | None = None
    action: EscalationAction
    at: Place = Place.HERE
    text: Words
    source: Words


class EscalationFile(FileModel):
    """trials/<id>/escalation.yaml."""

    levels: Annotated[list[Annotated[IntegerText, Field(ge=0)]], Field(min_length=1)]
    start: Annotated[IntegerText, Field(ge=0)]
    cohort: Annotated[IntegerText, Field(ge=1)]
    expanded: Annotated[IntegerText, Field(ge=1)]
    too_toxic: Annotated[IntegerText, Field(ge=1)]
    withheld: Annotated[IntegerText, Field(ge=1)]
    table: Annotated[list[TableRowRow], Field(min_length=1)]
    source: Words
