"""The resources of one file of an export folder, Bundles taken apart, as pages of bounded size.

Knows: NDJSON, JSON documents, what a saved searchset says about its search. Does not know: other files, patients
of the run. Every line or document with content becomes at least one resource or an issue.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from fhir_adapter.gateways.fhir_json import read_body
from fhir_adapter.gateways.folder_files import FileKind, FolderFile
from fhir_adapter.gateways.folder_lines import PAGE_BYTES, FileContent
from fhir_adapter.gateways.search_parameters import patient_parameter
from fhir_adapter.gateways.url_parts import query_of, split_url
from fhir_adapter.ports.source import IssueKind, SourceIssue, SourcePage
from fhir_adapter.r4.envelope import Bundle, read_bundle
from fhir_adapter.r4.resource_types import RESOURCE_TYPES

NOT_FHIR = "not-a-fhir-file"
BROKEN_END = "broken-end"
BROKEN_DOCUMENT = "broken-document"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReader:
    """Reads one file."""

    file: FolderFile

    def pages(self) -> Iterator[SourcePage]:
        """Give the file's resources.

        Yields:
            0..* pages; the last one may be empty and say that the file's end is broken or that it holds no FHIR.

        Raises:
            ConfigurationError: The file cannot be read or has an absurd size.
        """
        if self.file.kind is FileKind.OTHER:
            yield self._said(IssueKind.INFORMATION, NOT_FHIR)
            return
        content = FileContent(self.file)
        yield from self._document(content) if self.file.kind is FileKind.JSON else self._lines(content)
        if content.damaged:
            yield self._said(IssueKind.TRUNCATED, BROKEN_END)

    def _lines(self, content: FileContent) -> Iterator[SourcePage]:
        number = 1
        for batch in content.batches():
            if self.file.hint in {None, "Bundle"} and any(b'"Bundle"' in line for line in batch):
                for line in batch:
                    yield from self._parts(line)
            else:
                origin = f"{self.file.label}, from resource {number}"
                yield SourcePage(resources=batch, origin=origin, resource_type=self.file.hint)
            number += len(batch)

    def _document(self, content: FileContent) -> Iterator[SourcePage]:
        document = content.document()
        if document and not document.isspace():
            yield from self._parts(document)

    def _parts(self, document: bytes) -> Iterator[SourcePage]:
        bundle = read_bundle(document) if b'"Bundle"' in document else None
        if bundle is None or not (bundle.type or bundle.resources):
            yield SourcePage(resources=(document,), origin=self.file.label, resource_type=self.file.hint)
            if not _is_one_resource(document):
                yield self._said(IssueKind.TRUNCATED, BROKEN_DOCUMENT)
            return
        issues = tuple(_addressed(issue, bundle) for issue in bundle.issues)
        for number, resources in enumerate(_portions(bundle.resources), start=1):
            yield SourcePage(
                resources=resources,
                references=bundle.references,
                origin=f"{self.file.label}, part {number}",
                issues=issues if number == 1 else (),
            )

    def _said(self, kind: IssueKind, code: str) -> SourcePage:
        issue = SourceIssue(kind=kind, resource_type=self.file.hint, patient=None, code=code)
        return SourcePage(resources=(), origin=self.file.label, issues=(issue,))


def _is_one_resource(document: bytes) -> bool:
    """Say whether rejecting the document loses at most itself; a Bundle that cannot be taken apart holds more."""
    body = read_body(document)
    return body is not None and body.get("resourceType") != "Bundle"


def _portions(resources: Sequence[bytes]) -> Iterator[tuple[bytes, ...]]:
    """Cut a Bundle's resources into pages; an empty Bundle still gives one, for what it says."""
    portion: list[bytes] = []
    size = 0
    for resource in resources:
        portion.append(resource)
        size += len(resource)
        if size >= PAGE_BYTES:
            yield tuple(portion)
            portion, size = [], 0
    if portion or not resources:
        yield tuple(portion)


def _addressed(issue: SourceIssue, bundle: Bundle) -> SourceIssue:
    """Say of which type and patient a saved searchset spoke: by its own account of the search, else by no one."""
    resource_type, patient = _asked(bundle.self_link)
    return replace(
        issue,
        resource_type=issue.resource_type or resource_type,
        patient=issue.patient or patient,
    )


def _asked(self_link: str | None) -> tuple[str | None, str | None]:
    name = split_url(self_link).path.removesuffix("/_search").rpartition("/")[2]
    if name not in RESOURCE_TYPES:
        return None, None
    asked = dict(query_of(self_link))
    patient = asked.get(patient_parameter(name)) or asked.get("subject") or ""
    return name, patient.rpartition("/")[2] or None
