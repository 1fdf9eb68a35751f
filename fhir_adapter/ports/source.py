"""A place hospital resources are read from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One row of a roster: a patient identifier and, if known, the screening number."""

    system: str
    value: str
    subject: str | None = None


class ScopeKind(StrEnum):
    """How the patients of a run are chosen."""

    ROSTER = "roster"
    GROUP = "group"
    ALL = "all"
    PRESCREEN = "prescreen"


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientScope:
    """Which patients a run is about."""

    kind: ScopeKind
    roster: tuple[RosterRow, ...] = ()
    group: str | None = None
    codes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientMatch:
    """A patient found for the scope; `screening_number` from the roster."""

    patient: str
    screening_number: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedScope:
    """The patients of a run, and roster rows (1-based) that matched nobody or several."""

    matches: tuple[PatientMatch, ...]
    unmatched_rows: tuple[int, ...] = ()
    doubled_rows: tuple[int, ...] = ()


class IssueKind(StrEnum):
    """What a server said beside its results (OperationOutcome entries of a searchset)."""

    HIDDEN = "hidden"
    TRUNCATED = "truncated"
    MORE_MAY_EXIST = "more-may-exist"
    IGNORED_PARAMETER = "ignored-parameter"
    MERGED = "merged"
    INFORMATION = "information"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceIssue:
    """One issue, by kind; `code` is the server's issue code, never its text."""

    kind: IssueKind
    resource_type: str | None
    patient: str | None
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePage:
    """Some resources as raw JSON bytes.

    Attributes:
        resources: One JSON document each; what cannot be parsed is passed on for the reader to reject.
        patient: 0..1; the patient asked for, where the page was restricted to one.
        base: 0..1; base URL the page came from, to make its absolute references relative.
        references: fullUrl -> `Type/id`, for urn:uuid references inside a Bundle.
        origin: File or request in words, for rejections; no query, no patient.
        issues: What the source said beside the results.
        resource_type: 0..1; the type asked for, or promised by the file's name: what cannot even be recognised
            may have been one of these.
    """

    resources: Sequence[bytes | memoryview]
    patient: str | None = None
    base: str | None = None
    references: Mapping[str, str] = field(default_factory=dict)
    origin: str = ""
    issues: tuple[SourceIssue, ...] = ()
    resource_type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeReceipt:
    """The source's statement that a type is read to its end for one patient, or for all of them (None)."""

    resource_type: str
    patient: str | None
    complete: bool
    hidden: bool = False
    truncated: bool = False
    query: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """Where an incremental reading may start; `query` is the digest of what it was for."""

    position: str
    query: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPlan:
    """What a run reads.

    Attributes:
        resource_types: Types to read.
        patients: 0..*; logical ids; None = everybody in the source.
        codes: Type -> (system, code) pairs worth asking for; a source may read more.
        since: Type -> cursor; empty = full reading.
    """

    resource_types: tuple[str, ...]
    patients: tuple[str, ...] | None
    codes: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    since: Mapping[str, Cursor] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceDescription:
    """What we read from: kind (`folder`, `server`), place without credentials or query, FHIR version."""

    kind: str
    place: str
    fhir_version: str | None = None


class HospitalSource(Protocol):
    """A place hospital resources are read from."""

    def describe(self) -> SourceDescription:
        """Say what this source is; refuses by name a server that is not R4 or R4B."""
        ...

    def resolve(self, scope: PatientScope) -> ResolvedScope:
        """Find the patients of a run."""
        ...

    def pages(self, plan: ReadPlan) -> Iterator[SourcePage | ScopeReceipt]:
        """Give every resource of the plan, page by page, then a receipt per type (and patient)."""
        ...

    def fetch(self, references: Sequence[str]) -> Iterator[SourcePage]:
        """Read single resources by reference, to resolve what pages left open; missing ones are skipped."""
        ...
