"""An export folder as a source: NDJSON as a bulk export writes it, single resources and Bundles as JSON.

Knows: which files belong to it, when a type counts as complete. Does not know: servers, what resources mean.
The folder is everybody's: a plan for some patients still gets every resource; the reader leaves the others out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from fhir_adapter.errors import UsageError
from fhir_adapter.gateways.fhir_json import read_body
from fhir_adapter.gateways.folder_documents import FileReader
from fhir_adapter.gateways.folder_files import FileKind, list_files
from fhir_adapter.gateways.patient_scope import (
    Json,
    Roster,
    as_matches,
    group_members,
    has_code,
    patient_of,
)
from fhir_adapter.ports.source import (
    IssueKind,
    PatientScope,
    ReadPlan,
    ResolvedScope,
    ScopeKind,
    ScopeReceipt,
    SourceDescription,
    SourceIssue,
    SourcePage,
)

_LIMITING = frozenset({IssueKind.TRUNCATED, IssueKind.MORE_MAY_EXIST})


class FolderSource:
    """Reads one folder."""

    def __init__(self, root: Path, *, bases: Sequence[str] = ()) -> None:
        """Keep the folder's path; nothing is opened yet.

        Args:
            root: The folder.
            bases: 0..*; base URLs that absolute references in the export may carry.
        """
        self._root = root
        self._bases = tuple(bases)

    def describe(self) -> SourceDescription:
        """Say what this source is.

        Returns:
            Kind and path; a folder does not name its FHIR version.

        Raises:
            ConfigurationError: No such folder, or something in it cannot be read.
        """
        list_files(self._root)
        return SourceDescription(kind="folder", place=str(self._root))

    def resolve(self, scope: PatientScope) -> ResolvedScope:
        """Find the patients of a run.

        Args:
            scope: How patients are chosen.

        Returns:
            The patients, and roster rows that matched nobody or several.

        Raises:
            UsageError: No such group.
            ConfigurationError: The folder or a file in it cannot be read.
        """
        match scope.kind:
            case ScopeKind.ROSTER:
                roster = Roster(scope.roster)
                for body, _ in self._found("Patient"):
                    roster.add(body)
                return roster.resolved()
            case ScopeKind.GROUP:
                for body, page in self._found("Group"):
                    if body.get("id") == scope.group:
                        return group_members(body, self._bases, page.references)
                raise UsageError("the folder has no group with this id")
            case ScopeKind.ALL:
                return as_matches(body.get("id") for body, _ in self._found("Patient"))
            case ScopeKind.PRESCREEN:
                wanted = frozenset(scope.codes)
                conditions = (pair for pair in self._found("Condition") if has_code(pair[0], wanted))
                subjects = (patient_of(body, self._bases, page.references) for body, page in conditions)
                return as_matches(subjects)

    def pages(self, plan: ReadPlan) -> Iterator[SourcePage | ScopeReceipt]:
        """Give every resource of the folder, file by file, then the receipts.

        Args:
            plan: Which types receipts are wanted for.

        Yields:
            Pages; then one receipt per type for everybody, and one per patient about whom a saved searchset said
            that something is missing.

        Raises:
            ConfigurationError: The folder or a file in it cannot be read or has an absurd size.
        """
        issues: list[SourceIssue] = []
        for file in list_files(self._root):
            for page in FileReader(file=file).pages():
                issues.extend(page.issues)
                yield page
        yield from _receipts(plan, issues)

    def fetch(self, references: Sequence[str]) -> Iterator[SourcePage]:  # noqa: ARG002 - the port's signature
        """Give nothing: whatever the folder holds was in its pages."""
        yield from ()

    def _found(self, resource_type: str) -> Iterator[tuple[Json, SourcePage]]:
        for file in list_files(self._root):
            if file.kind is FileKind.OTHER or file.hint not in {None, "Bundle", resource_type}:
                continue
            for page in FileReader(file=file).pages():
                for resource in page.resources:
                    body = read_body(bytes(resource))
                    if body is not None and body.get("resourceType") == resource_type:
                        yield body, page


def _receipts(plan: ReadPlan, issues: Sequence[SourceIssue]) -> Iterator[ScopeReceipt]:
    said: defaultdict[tuple[str, str | None], set[IssueKind]] = defaultdict(set)
    for issue in issues:
        if issue.kind is not IssueKind.INFORMATION:
            types = plan.resource_types if issue.resource_type is None else (issue.resource_type,)
            for resource_type in types:
                said[resource_type, issue.patient].add(issue.kind)
    for resource_type in plan.resource_types:
        yield _receipt(resource_type, None, said[resource_type, None])
    for (resource_type, patient), kinds in sorted(said.items(), key=lambda item: (item[0][0], item[0][1] or "")):
        if patient is not None and resource_type in plan.resource_types:
            yield _receipt(resource_type, patient, kinds | said[resource_type, None])


def _receipt(resource_type: str, patient: str | None, kinds: set[IssueKind]) -> ScopeReceipt:
    return ScopeReceipt(
        resource_type=resource_type,
        patient=patient,
        complete=not kinds,
        hidden=IssueKind.HIDDEN in kinds,
        truncated=bool(kinds & _LIMITING),
        query="whole folder",
    )
