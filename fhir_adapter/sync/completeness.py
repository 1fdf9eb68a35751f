"""Receipts per person and type: what a run read to its end, and what stood in the way.

Knows: receipts and issues of a source, rejections of a run. Does not know: resources, rules.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from fhir_adapter.domain.source import Completeness
from fhir_adapter.ports.source import IssueKind, ScopeReceipt, SourceIssue, SourcePage

UNREADABLE = "Resource"
"""Type the reader gives to what is not recognisable as any."""

_TRUNCATING = frozenset({IssueKind.TRUNCATED, IssueKind.MORE_MAY_EXIST})


class Receipts:
    """Collects, while a run reads, what decides whether absence means anything."""

    def __init__(self) -> None:
        """Begin with nothing read."""
        self._receipts: dict[tuple[str, str | None], ScopeReceipt] = {}
        self._issues: set[tuple[IssueKind, str | None, str | None]] = set()
        self._rejected: Counter[tuple[str, str | None]] = Counter()

    def add_receipt(self, receipt: ScopeReceipt) -> None:
        """Note that the source ended a type for one patient, or for all."""
        self._receipts[receipt.resource_type, receipt.patient] = receipt

    def add_issues(self, page: SourcePage) -> None:
        """Note what the source said beside its results."""
        for issue in page.issues:
            self.add_issue(issue, page.patient)

    def add_issue(self, issue: SourceIssue, patient: str | None) -> None:
        """Note one issue; where it names nobody it is about the patient asked for."""
        about = issue.patient if issue.patient is not None else patient
        self._issues.add((issue.kind, issue.resource_type, about))

    def add_rejection(self, resource_type: str, patient: str | None) -> None:
        """Note a rejected resource; one that names nobody may be anybody's."""
        self._rejected[resource_type, patient] += 1

    def issue_counts(self) -> dict[str, int]:
        """Count the distinct issues by kind, for logs."""
        return dict(sorted(Counter(kind.value for kind, _, _ in self._issues).items()))

    def completeness(
        self, patient: str, resource_types: Iterable[str], *, run: str, read_at: str
    ) -> list[Completeness]:
        """Judge what was read of one patient.

        Args:
            patient: Logical id.
            resource_types: The types asked for.
            run: The run.
            read_at: When.

        Returns:
            One receipt per type. A type the source gave no receipt for, or whose query it did not honour, is
            not complete. A rejected resource of the type that names no patient counts against everybody. One of
            no recognisable type counts against every type, of the patient its page was about, else of everybody:
            it may have been anything.
        """
        return [self._judge(patient, resource_type, run, read_at) for resource_type in resource_types]

    def _judge(self, patient: str, resource_type: str, run: str, read_at: str) -> Completeness:
        receipt = self._receipts.get((resource_type, patient)) or self._receipts.get((resource_type, None))
        issues = self._issues_about(patient, resource_type)
        return Completeness(
            resource_type=resource_type,
            complete=receipt is not None and receipt.complete and IssueKind.IGNORED_PARAMETER not in issues,
            hidden=IssueKind.HIDDEN in issues or (receipt is not None and receipt.hidden),
            truncated=bool(issues & _TRUNCATING) or (receipt is not None and receipt.truncated),
            rejected=sum(self._rejected[key] for key in _keys(patient, resource_type)),
            run=run,
            read_at=read_at,
            query=receipt.query if receipt is not None else "",
        )

    def _issues_about(self, patient: str, resource_type: str) -> set[IssueKind]:
        if not self._issues:
            return set()
        return {
            kind
            for kind, about_type, about in self._issues
            if about_type in {None, resource_type} and about in {None, patient}
        }


def _keys(patient: str, resource_type: str) -> tuple[tuple[str, str | None], ...]:
    return (resource_type, patient), (resource_type, None), (UNREADABLE, patient), (UNREADABLE, None)
