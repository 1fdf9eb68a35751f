"""Compare two derivations: which verdicts, reasons and values changed for whom.

Knows: records. Does not know: where they came from, how changes are shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fhir_adapter.domain.records import Amount, CriterionResult, EligibilityRecord, Evidence
from fhir_adapter.domain.source import SubjectId
from fhir_adapter.ports.clock import Clock
from fhir_adapter.ports.store import Store
from fhir_adapter.sync.derive import DeriveRequest, assess_all


@dataclass(frozen=True, slots=True)
class Pair:
    """What stood before and what stands now; None = nothing."""

    old: str | None
    new: str | None

    @property
    def is_changed(self) -> bool:
        """Say whether both differ."""
        return self.old != self.new


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionChange:
    """How one criterion changed.

    Attributes:
        removed: Values that no longer count, each with its resource.
        added: Values that count now.
    """

    id: str
    verdict: Pair
    reason: Pair
    removed: tuple[str, ...]
    added: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordChange:
    """How one subject's record changed."""

    subject: SubjectId
    verdict: Pair
    criteria: tuple[CriterionChange, ...]


def compare_records(
    old: Mapping[SubjectId, EligibilityRecord], new: Mapping[SubjectId, EligibilityRecord]
) -> tuple[RecordChange, ...]:
    """List the subjects whose record differs in a verdict, a reason or a value.

    Does not report changes of version alone: a resource stored again with the same value changes nothing.

    Args:
        old: Subject -> record before.
        new: Subject -> record now.

    Returns:
        0..*; ordered by subject; a subject in one of both only has None on the other side.
    """
    changes = (_compare(subject, old.get(subject), new.get(subject)) for subject in sorted({*old, *new}))
    return tuple(change for change in changes if change.verdict.is_changed or change.criteria)


def compare_with_run(store: Store, clock: Clock, request: DeriveRequest, run: str) -> tuple[RecordChange, ...]:
    """Compare the records of an earlier run with those derived now; saves nothing.

    Args:
        store: Facts and records.
        clock: The time now.
        request: For which trial, hospital and moments.
        run: Id of the earlier run.

    Returns:
        The changes since; a frozen verdict is compared as derived now.
    """
    old = store.records.records_of_run(run, request.trial.id)
    new = assess_all(store, clock, request)
    return compare_records({subject: record for subject, record in old.items() if subject in new}, new)


def compare_definitions(
    store: Store, clock: Clock, old: DeriveRequest, new: DeriveRequest
) -> tuple[RecordChange, ...]:
    """Compare what two sets of definitions say about the same stored facts; saves nothing.

    Args:
        store: Facts and records.
        clock: The time now.
        old: With the trial as it was.
        new: With the trial as it is.

    Returns:
        The changes a release of the new definitions would cause.
    """
    return compare_records(assess_all(store, clock, old), assess_all(store, clock, new))


def _compare(subject: SubjectId, old: EligibilityRecord | None, new: EligibilityRecord | None) -> RecordChange:
    before = {result.id: result for result in old.criteria} if old is not None else {}
    after = {result.id: result for result in new.criteria} if new is not None else {}
    ids = dict.fromkeys((*after, *before))
    changes = (_compare_criterion(each, before.get(each), after.get(each)) for each in ids)
    return RecordChange(
        subject=subject,
        verdict=Pair(
            old.verdict.value if old is not None else None, new.verdict.value if new is not None else None
        ),
        criteria=tuple(change for change in changes if _differs(change)),
    )


def _compare_criterion(
    criterion: str, old: CriterionResult | None, new: CriterionResult | None
) -> CriterionChange:
    before, after = _values(old), _values(new)
    return CriterionChange(
        id=criterion,
        verdict=Pair(
            old.verdict.value if old is not None else None, new.verdict.value if new is not None else None
        ),
        reason=Pair(_reason(old), _reason(new)),
        removed=tuple(value for value in before if value not in after),
        added=tuple(value for value in after if value not in before),
    )


def _differs(change: CriterionChange) -> bool:
    return change.verdict.is_changed or change.reason.is_changed or bool(change.removed or change.added)


def _verdict(judged: EligibilityRecord | CriterionResult | None) -> str | None:
    return judged.verdict.value if judged is not None else None


def _reason(result: CriterionResult | None) -> str | None:
    return result.unknown_reason.value if result is not None and result.unknown_reason is not None else None


def _values(result: CriterionResult | None) -> tuple[str, ...]:
    if result is None:
        return ()
    return tuple(dict.fromkeys(_value(evidence) for evidence in result.evidence if evidence.reported is not None))


def _value(evidence: Evidence) -> str:
    shown = evidence.standard or evidence.reported or Amount("")
    number = f"{shown.comparator or ''}{shown.value}"
    text = f"{number} {shown.unit}" if shown.unit else number
    return f"{evidence.reference} {evidence.role} {text}"
