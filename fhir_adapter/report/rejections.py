"""`rejections`: every resource, or part of one, that could not be read, with reason and path."""

from __future__ import annotations

from fhir_adapter.report.model import Result


class RejectionOut(Result):
    """One rejection: what was refused, why, where. No content of the resource."""

    reason: str
    detail: str
    path: str
    resource_type: str
    reference: str
    origin: str
    run: str


class RejectionsResult(Result):
    """All rejections; as JSON the list alone."""

    rejections: list[RejectionOut]
