"""Counts of what was read: received = mapped + rejected + excluded, for every resource type.

Knows: how one reading is counted. Does not know: resources, patients, the store.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fhir_adapter.domain.facts import Reading
from fhir_adapter.errors import InvariantError


@dataclass(slots=True)
class Tally:
    """Counts of one resource type; the only thing that changes while a run reads.

    Attributes:
        received: Resources that arrived.
        mapped: Of these, those that gave a fact.
        rejected: Those that gave none and could not be read.
        excluded: Those left out by a named rule.
        rejected_parts: Parts of mapped resources that could not be read.
        excluded_by: Rule -> resources; sums up to `excluded`.
        rejected_by: Reason -> resources, by a resource's first reason; sums up to `rejected`.
    """

    received: int = 0
    mapped: int = 0
    rejected: int = 0
    excluded: int = 0
    rejected_parts: int = 0
    excluded_by: Counter[str] = field(default_factory=Counter)
    rejected_by: Counter[str] = field(default_factory=Counter)

    def count(self, reading: Reading) -> None:
        """Count one reading once; one that ended in no way is only received."""
        self.received += 1
        if reading.facts:
            self.mapped += 1
            self.rejected_parts += len(reading.rejections)
        elif reading.rejections:
            self.rejected += 1
            self.rejected_by[reading.rejections[0].reason] += 1
        elif reading.excluded_by is not None:
            self.excluded += 1
            self.excluded_by[reading.excluded_by] += 1

    def is_balanced(self) -> bool:
        """Say whether every resource ended in exactly one way."""
        return (
            self.received == self.mapped + self.rejected + self.excluded
            and self.excluded == self.excluded_by.total()
            and self.rejected == self.rejected_by.total()
        )

    def as_dict(self) -> dict[str, Any]:
        """Give the counts for reports, rules and reasons in alphabetical order."""
        return {
            "received": self.received,
            "mapped": self.mapped,
            "rejected": self.rejected,
            "excluded": self.excluded,
            "rejected_parts": self.rejected_parts,
            "excluded_by": dict(sorted((str(rule), count) for rule, count in self.excluded_by.items())),
            "rejected_by": dict(sorted((str(reason), count) for reason, count in self.rejected_by.items())),
        }


def check_balance(tallies: Mapping[str, Tally]) -> None:
    """Stop a run that lost a resource.

    Args:
        tallies: Resource type -> counts.

    Raises:
        InvariantError: A resource of one of the types named ended in no way, or in two.
    """
    lost = sorted(resource_type for resource_type, tally in tallies.items() if not tally.is_balanced())
    if lost:
        raise InvariantError(f"received differs from mapped + rejected + excluded: {', '.join(lost)}")


def rejected_share(tallies: Mapping[str, Tally]) -> float:
    """Give the share of what concerned us that was rejected.

    Args:
        tallies: Resource type -> counts.

    Returns:
        Rejected over mapped and rejected [1]; 0 where there was neither. What is left out on purpose does not
        dilute it.
    """
    rejected = sum(tally.rejected for tally in tallies.values())
    judged = rejected + sum(tally.mapped for tally in tallies.values())
    return rejected / judged if judged else 0.0
