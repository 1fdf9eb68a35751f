"""`check`: what is wrong with the definitions, and where each file comes from."""

from __future__ import annotations

from fhir_adapter.report.model import Result


class FindingOut(Result):
    """One finding of the review."""

    severity: str
    code: str
    file: str
    line: int | None
    path: str
    message: str


class CheckResult(Result):
    """The review of one hospital's and one trial's definitions."""

    hospital: str
    trial: str
    definitions_digest: str
    origins: dict[str, str]
    findings: list[FindingOut]
