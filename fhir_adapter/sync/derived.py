"""What one derivation gave, as counts and records.

Knows: counting subjects. Does not know: how a record is derived or saved.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from fhir_adapter.domain.records import EligibilityRecord
from fhir_adapter.domain.source import SubjectId


@dataclass(slots=True)
class Counts:
    """Subjects by what happened to their record.

    Attributes:
        created: Subjects with their first record.
        changed: Subjects with a new record.
        unchanged: All others who have one.
    """

    created: int = 0
    changed: int = 0
    unchanged: int = 0

    def count(self, *, is_new: bool, is_first: bool) -> None:
        """Count one subject whose record was derived now, or stands on file."""
        if not is_new:
            self.unchanged += 1
        elif is_first:
            self.created += 1
        else:
            self.changed += 1

    def as_dict(self) -> dict[str, int]:
        """Give the counts for reports."""
        return {"created": self.created, "changed": self.changed, "unchanged": self.unchanged}


@dataclass(slots=True)
class Derived:
    """What one derivation gave.

    Attributes:
        counts: Of eligibility records; unchanged also where nothing was due.
        treatments: Of treatment records, of those who have one.
        safety: Of safety records, of those who have one.
        records: Subject -> the eligibility record derived now, of those who were due.
    """

    counts: Counts = field(default_factory=Counts)
    treatments: Counts = field(default_factory=Counts)
    safety: Counts = field(default_factory=Counts)
    records: dict[SubjectId, EligibilityRecord] = field(default_factory=dict)

    def as_dict(self) -> dict[str, int]:
        """Give the counts of eligibility records for reports."""
        return self.counts.as_dict()

    def as_report(self) -> dict[str, dict[str, int]]:
        """Give the counts of every kind of record, for a run's manifest."""
        return {
            "records": self.counts.as_dict(),
            "treatments": self.treatments.as_dict(),
            "safety": self.safety.as_dict(),
        }
