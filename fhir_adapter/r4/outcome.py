"""OperationOutcome -> what a server said beside its results, by kind.

Knows: FHIR's issue types, the vendor codes that tell hidden from empty. Does not know: what was asked.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec
from msgspec import Raw

from fhir_adapter.ports.source import IssueKind, SourceIssue
from fhir_adapter.r4.wire import CodeableConcept, Wire

EPIC: Final = "urn:oid:1.2.840.114350"
"""Root of Epic's identifiers; each customer's code system lies below it."""

# Source: Epic's published OperationOutcome codes, as listed in design/fhir-servers, Reading.
_EPIC_KINDS: Final = {
    "4101": IssueKind.INFORMATION,  # nothing found
    "4103": IssueKind.INFORMATION,  # deleted
    "4107": IssueKind.MERGED,
    "4113": IssueKind.TRUNCATED,  # the paging session ended before its last page
    "4119": IssueKind.MORE_MAY_EXIST,
    "4127": IssueKind.TRUNCATED,
    "4130": IssueKind.HIDDEN,  # break the glass
    "4131": IssueKind.HIDDEN,
    "4134": IssueKind.HIDDEN,
    "59101": IssueKind.IGNORED_PARAMETER,  # unknown category
}

# Source: http://hl7.org/fhir/R4/valueset-issue-type.html
_TYPE_KINDS: Final = {
    "suppressed": IssueKind.HIDDEN,
    "security": IssueKind.HIDDEN,
    "forbidden": IssueKind.HIDDEN,
    "login": IssueKind.HIDDEN,
    "expired": IssueKind.HIDDEN,
    "unknown": IssueKind.HIDDEN,  # R4: the user or system was not able to be authenticated
    "incomplete": IssueKind.MORE_MAY_EXIST,
    "too-costly": IssueKind.TRUNCATED,
    "too-long": IssueKind.TRUNCATED,
    "timeout": IssueKind.TRUNCATED,
    "throttled": IssueKind.TRUNCATED,
    "not-supported": IssueKind.IGNORED_PARAMETER,
    "invalid": IssueKind.IGNORED_PARAMETER,
    "value": IssueKind.IGNORED_PARAMETER,
    "code-invalid": IssueKind.IGNORED_PARAMETER,
    "not-found": IssueKind.INFORMATION,
    "deleted": IssueKind.INFORMATION,
    "informational": IssueKind.INFORMATION,
}
_WORD = re.compile(r"[a-z0-9-]{1,32}")


class _Issue(Wire):
    severity: str = ""
    code: str = ""
    details: CodeableConcept | None = None
    modifier_extension: tuple[Raw, ...] = ()


class _Outcome(Wire):
    issue: tuple[_Issue, ...] = ()


_decoder = msgspec.json.Decoder(_Outcome)


def read_outcome(raw: bytes | memoryview | Raw) -> tuple[SourceIssue, ...]:
    """Read what an OperationOutcome says.

    Never keeps its texts: they may name the patient.

    Args:
        raw: The OperationOutcome.

    Returns:
        One issue each; what cannot be read at all counts as truncation, for something was said.

    Source:
        http://hl7.org/fhir/R4/operationoutcome.html; design/fhir-servers, Reading.
    """
    try:
        issues = _decoder.decode(raw).issue
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return (_said(IssueKind.TRUNCATED, "unreadable"),)
    return tuple(_read_issue(issue) for issue in issues)


def _read_issue(issue: _Issue) -> SourceIssue:
    for coding in issue.details.coding if issue.details is not None else ():
        kind = _EPIC_KINDS.get(coding.code)
        if kind is not None and (not coding.system or coding.system.startswith(EPIC)):
            return _said(kind, coding.code)
    kind = _TYPE_KINDS.get(issue.code)
    if kind is None:
        kind = IssueKind.TRUNCATED if issue.severity in {"error", "fatal"} else IssueKind.INFORMATION
    elif issue.severity == "information" and kind is IssueKind.IGNORED_PARAMETER:
        kind = IssueKind.INFORMATION
    return _said(kind, issue.code if _WORD.fullmatch(issue.code) else "")


def _said(kind: IssueKind, code: str) -> SourceIssue:
    return SourceIssue(kind=kind, resource_type=None, patient=None, code=code)
