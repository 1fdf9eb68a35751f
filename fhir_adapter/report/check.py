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
    """The review of the definitions of some hospitals and trials."""

    hospitals: list[str]
    trials: list[str]
    origins: dict[str, str]
    findings: list[FindingOut]
