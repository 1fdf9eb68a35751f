"""What the review of the mappings found.

Knows: severities, places. Does not know: what is looked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from fhir_adapter.definitions.scalar_text import FileModel
from fhir_adapter.definitions.typed_file import Typed
from fhir_adapter.definitions.yaml_text import Step
from fhir_adapter.errors import DefinitionError


class Severity(StrEnum):
    """error: the definitions cannot be used as they are. warning: somebody must look. note: good to know."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class DefinitionFinding:
    """One thing the review found.

    Attributes:
        code: Kind of finding, stable: `unused-value-set`, `check-digit` ...
        severity: How bad it is.
        file: As shown to people.
        line: 0..1.
        path: Inside the file.
        message: What is wrong.
    """

    code: str
    severity: Severity
    file: str
    line: int | None
    path: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DefinitionReview:
    """Everything the review found, by file and line.

    Attributes:
        findings: 0..*.
        origins: File inside mappings -> root it was taken from.
        hospitals: Ids reviewed.
        trials: Ids reviewed.
    """

    findings: tuple[DefinitionFinding, ...]
    origins: Mapping[str, str]
    hospitals: tuple[str, ...]
    trials: tuple[str, ...]

    @property
    def clean(self) -> bool:
        """True where nothing but notes was found."""
        return all(finding.severity is Severity.NOTE for finding in self.findings)


def finding(
    code: str, severity: Severity, file: Typed[FileModel], steps: tuple[Step, ...], message: str
) -> DefinitionFinding:
    """Build a finding about a part of a file."""
    return DefinitionFinding(
        code=code,
        severity=severity,
        file=file.document.file,
        line=file.document.line_at(steps),
        path=file.document.path_text(steps),
        message=message,
    )


def from_error(error: DefinitionError) -> DefinitionFinding:
    """Build the finding for a definition that does not load."""
    message = f"{error.problem} ({error.remedy})" if error.remedy else error.problem
    return DefinitionFinding(
        code="definition",
        severity=Severity.ERROR,
        file=error.file,
        line=error.line,
        path=error.path,
        message=message,
    )
