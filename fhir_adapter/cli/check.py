"""`fhir-adapter check`: review the definitions."""

from __future__ import annotations

from rich.console import Group
from rich.table import Table
from rich.text import Text

from fhir_adapter.bootstrap import Choice, review_definitions
from fhir_adapter.cli.options import Hospital, Mappings, OutputFormat, Trial
from fhir_adapter.cli.output import Format, emit, show
from fhir_adapter.definitions.finding import DefinitionReview
from fhir_adapter.report.check import CheckResult, FindingOut


def check(
    *,
    hospital: Hospital = None,
    trial: Trial = None,
    mappings: Mappings = None,
    output: OutputFormat = Format.TEXT,
) -> int:
    """Review terminology, units, concept maps and criteria; exit code 1 where something must be looked at."""
    review = review_definitions(Choice(hospital=hospital, trial=trial, mappings=mappings))
    result = _result(review)
    if output is Format.JSON:
        emit(result)
    else:
        table = Table("severity", "finding", "where", "message")
        for finding in result.findings:
            where = f"{finding.file}:{finding.line or ''} {finding.path}"
            table.add_row(finding.severity, finding.code, where, finding.message)
        origins = Table("file", "taken from")
        for file, origin in sorted(result.origins.items()):
            origins.add_row(file, origin)
        total = f"{len(result.findings)} findings in {len(result.origins)} files"
        show(Group(origins, table if result.findings else Text("nothing found"), Text(total)))
    return 0 if review.clean else 1


def _result(review: DefinitionReview) -> CheckResult:
    return CheckResult(
        hospitals=list(review.hospitals),
        trials=list(review.trials),
        origins=dict(review.origins),
        findings=[
            FindingOut(
                severity=finding.severity,
                code=finding.code,
                file=finding.file,
                line=finding.line,
                path=finding.path,
                message=finding.message,
            )
            for finding in review.findings
        ],
    )
