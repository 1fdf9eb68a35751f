"""Compare two derivations: which verdicts, reasons, values, doses, grades and events changed for whom.

Knows: records. Does not know: where they came from, how changes are shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from fhir_adapter.domain.dosing.records import TreatmentRecord
from fhir_adapter.domain.records import Amount, CriterionResult, EligibilityRecord, Evidence
from fhir_adapter.domain.safety_model.records import SafetyRecord
from fhir_adapter.domain.source import SubjectId
from fhir_adapter.ports.clock import Clock
from fhir_adapter.ports.store import Store
from fhir_adapter.sync.case import Case
from fhir_adapter.sync.compare_doses import DoseChange, compare_doses
from fhir_adapter.sync.compare_safety import SafetyChange, compare_safety
from fhir_adapter.sync.derive import DeriveRequest, assess_all
from fhir_adapter.sync.pair import Pair


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
    """How one subject's records changed."""

    subject: SubjectId
    verdict: Pair
    criteria: tuple[CriterionChange, ...]
    doses: tuple[DoseChange, ...] = ()
    safety: tuple[SafetyChange, ...] = ()

    @property
    def is_changed(self) -> bool:
        """Say whether anything of it differs."""
        return self.verdict.is_changed or bool(self.criteria or self.doses or self.safety)


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison: the records of each subject."""

    records: Mapping[SubjectId, EligibilityRecord]
    treatments: Mapping[SubjectId, TreatmentRecord] = field(default_factory=dict)
    safety: Mapping[SubjectId, SafetyRecord] = field(default_factory=dict)


def compare_records(old: Side, new: Side) -> tuple[RecordChange, ...]:
    """List the subjects whose records differ in a verdict, a reason, a value, a dose, a grade or an event.

    Does not report changes of version alone: a resource stored again with the same value changes nothing.

    Args:
        old: Before.
        new: Now.

    Returns:
        0..*; ordered by subject; a subject in one of both only has None on the other side.
    """
    sides = (old.records, new.records, old.treatments, new.treatments, old.safety, new.safety)
    subjects = sorted({subject for side in sides for subject in side})
    changes = (_compare(subject, old, new) for subject in subjects)
    return tuple(change for change in changes if change.is_changed)


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
    cases = assess_all(store, clock, request)
    records = store.records.records_of_run(run, request.trial.id)
    treatments = store.records.treatments_of_run(run, request.trial.id)
    safety = store.records.safety_of_run(run, request.trial.id)
    old = Side(
        {subject: record for subject, record in records.items() if subject in cases},
        {subject: record for subject, record in treatments.items() if subject in cases},
        {subject: record for subject, record in safety.items() if subject in cases},
    )
    return compare_records(old, _side(cases))


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
    return compare_records(_side(assess_all(store, clock, old)), _side(assess_all(store, clock, new)))


def _side(cases: Mapping[SubjectId, Case]) -> Side:
    treatments = {subject: case.treatment for subject, case in cases.items() if case.treatment is not None}
    safety = {subject: case.safety for subject, case in cases.items() if case.safety is not None}
    return Side({subject: case.record for subject, case in cases.items()}, treatments, safety)


def _compare(subject: SubjectId, old: Side, new: Side) -> RecordChange:
    was, is_ = old.records.get(subject), new.records.get(subject)
    before = {result.id: result for result in was.criteria} if was is not None else {}
    after = {result.id: result for result in is_.criteria} if is_ is not None else {}
    ids = dict.fromkeys((*after, *before))
    changes = (_compare_criterion(each, before.get(each), after.get(each)) for each in ids)
    return RecordChange(
        subject=subject,
        verdict=Pair(_verdict(was), _verdict(is_)),
        criteria=tuple(change for change in changes if _differs(change)),
        doses=compare_doses(old.treatments.get(subject), new.treatments.get(subject)),
        safety=compare_safety(old.safety.get(subject), new.safety.get(subject)),
    )


def _compare_criterion(
    criterion: str, old: CriterionResult | None, new: CriterionResult | None
) -> CriterionChange:
    before, after = _values(old), _values(new)
    return CriterionChange(
        id=criterion,
        verdict=Pair(_verdict(old), _verdict(new)),
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
