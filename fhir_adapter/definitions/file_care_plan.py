"""File model of trials/<id>/care_plan.yaml: what is written as the subject's CarePlan.

Knows: the shape of the file and R4's words for it. Does not know: any particular trial.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from fhir_adapter.definitions.file_dosing import CodingRow
from fhir_adapter.definitions.scalar_text import FileModel, IntegerText, Uri, Words
from fhir_adapter.r4.participation_codes import ResearchSubjectStatus

PlanIntent = Literal["proposal", "plan", "order", "option"]
"""Source: http://hl7.org/fhir/R4/valueset-care-plan-intent.html."""

PlanStatus = Literal["draft", "active", "on-hold", "revoked", "completed"]
"""R4 request statuses a plan may be moved to: `entered-in-error` and `unknown` are nobody's plan.

Source: http://hl7.org/fhir/R4/valueset-request-status.html.
"""


class VisitRow(FileModel):
    """One follow-up visit and what it asks for."""

    day: Annotated[IntegerText, Field(ge=1)]
    title: Words
    observations: list[CodingRow] = Field(default_factory=list)
    source: Words


class CarePlanFile(FileModel):
    """trials/<id>/care_plan.yaml."""

    system: Uri
    title: Words
    intent: PlanIntent
    status: Annotated[dict[ResearchSubjectStatus, PlanStatus], Field(min_length=1)]
    last_day: Annotated[IntegerText, Field(ge=0)]
    visits: list[VisitRow] = Field(default_factory=list)
    source: Words
