"""`sync`: what a run received, derived and wrote, as balanced counts."""

from __future__ import annotations

from pydantic import Field

from fhir_adapter.report.model import Result


class TypeCounts(Result):
    """Counts of one resource type: received = mapped + rejected + excluded."""

    received: int
    mapped: int
    rejected: int
    excluded: int
    rejected_parts: int
    excluded_by: dict[str, int]
    rejected_by: dict[str, int]


class RecordCounts(Result):
    """Derived records by what happened to them."""

    created: int
    changed: int
    unchanged: int


NO_RECORDS = RecordCounts(created=0, changed=0, unchanged=0)


class WriteCounts(Result):
    """Deliveries by how they ended."""

    created: int
    updated: int
    unchanged: int
    conflicts: int
    for_review: int
    dry_run: int


class SyncResult(Result):
    """One run; `treatments` and `safety` count the records of those who have one.

    `unmatched_rows` and `doubled_rows` are 1-based roster rows that matched nobody, or several patients.
    """

    run: str
    source: str
    sink: str | None
    as_of: str
    counts: dict[str, TypeCounts]
    records: RecordCounts
    treatments: RecordCounts = NO_RECORDS
    safety: RecordCounts = NO_RECORDS
    writes: WriteCounts
    definitions_digest: str
    unmatched_rows: list[int] = Field(default_factory=list)
    doubled_rows: list[int] = Field(default_factory=list)
