"""File model of hospitals/<id>/decisions.yaml: what invented people decide, for a demo to replay.

Knows: the shape of the file. Does not know: whether what is decided is allowed.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from fhir_adapter.definitions.scalar_text import FileModel, IntegerText, Slug, Words


class AnswerRow(FileModel):
    """An answer to the review item of a kind, about something of one patient."""

    kind: Literal["syndrome", "adverse-event", "cause-of-death", "evaluability"]
    patient: Annotated[str, Field(pattern=r"^[A-Za-z0-9.-]{1,64}$")]
    about: Words
    values: Annotated[dict[Slug, Words], Field(min_length=1)]


class EscalationRow(FileModel):
    """A decision on dose levels."""

    action: Literal["ENROL", "WAIT", "ESCALATE", "EXPAND", "DE_ESCALATE", "DECLARE_MTD", "STOP_STUDY"]
    level: IntegerText | None = None


class DecisionRow(FileModel):
    """One decision of one person, at one moment: exactly one of both parts."""

    at: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})$")]
    by: Slug
    reason: Words
    answer: AnswerRow | None = None
    escalation: EscalationRow | None = None


class DecisionsFile(FileModel):
    """hospitals/<id>/decisions.yaml."""

    trial: Slug
    decisions: list[DecisionRow] = Field(min_length=1)
