"""`explain`: one subject's verdict, criterion by criterion, down to the results it rests on."""

from __future__ import annotations

from collections.abc import Sequence

from fhir_adapter.domain.records import (
    Amount,
    Answer,
    Computation,
    CriterionResult,
    EligibilityRecord,
    Evidence,
)
from fhir_adapter.report.model import NOTICE, Result


class AmountOut(Result):
    """A value: text of the number or answer, unit [UCUM]."""

    value: str
    unit: str | None
    comparator: str | None = None


class StandardOut(Result):
    """A value in the concept's standard unit [UCUM]."""

    value: str
    unit: str | None


class EvidenceOut(Result):
    """One source: resource, version, FHIRPath, value as reported and as standardised."""

    reference: str
    version: str
    last_updated: str | None
    path: str
    role: str
    reported: AmountOut | None
    standard: StandardOut | None
    effective: str | None
    note: str | None


class InputOut(Result):
    """One input of a formula."""

    name: str
    value: str
    unit: str | None


class ComputationOut(Result):
    """A computed value: formula, source of the formula, inputs, result."""

    formula: str
    source: str
    inputs: list[InputOut]
    result: StandardOut


class PartOut(Result):
    """One statement inside a criterion."""

    id: str | None
    label: str
    verdict: str
    unknown_reason: str | None
    next_fact: str | None
    evidence: list[EvidenceOut]
    computations: list[ComputationOut]
    notes: list[str]
    parts: list[PartOut]


class CriterionOut(Result):
    """One top-level criterion."""

    id: str
    kind: str
    mode: str
    text: str
    verdict: str
    unknown_reason: str | None
    next_fact: str | None
    parts: list[PartOut]
    evidence: list[EvidenceOut]
    computations: list[ComputationOut]
    notes: list[str]


class WaitingOut(Result):
    """A review item that waits for a person's answer."""

    id: str
    kind: str
    asked: str


class ExplainResult(Result):
    """One subject's eligibility with its evidence, and what waits for a person."""

    subject: str
    patient: str
    trial: str
    as_of: str
    anchor: str
    anchor_source: str
    verdict: str
    frozen: bool
    valid_until: str | None
    definitions_digest: str
    notice: str = NOTICE
    status: str | None
    waiting: list[WaitingOut]
    criteria: list[CriterionOut]


def build_explanation(
    record: EligibilityRecord,
    *,
    patient: str,
    frozen: bool,
    texts: dict[str, str],
    status: str | None,
    waiting: Sequence[WaitingOut],
) -> ExplainResult:
    """Put a record into words a coordinator can check.

    Args:
        record: The record.
        patient: Patient reference, for the reader who has to find the chart.
        frozen: Whether a person accepted this verdict.
        texts: Criterion id -> the protocol's wording.
        status: 0..1; where the subject stands in the trial.
        waiting: 0..*; what waits for a person's answer about the subject.

    Returns:
        The result model.
    """
    return ExplainResult(
        subject=record.subject,
        patient=patient,
        trial=record.trial,
        as_of=record.as_of.isoformat(),
        anchor=record.anchor.isoformat(),
        anchor_source=record.anchor_source,
        verdict=record.verdict,
        frozen=frozen,
        valid_until=record.valid_until.isoformat() if record.valid_until else None,
        definitions_digest=record.definitions_digest,
        status=status,
        waiting=list(waiting),
        criteria=[build_criterion(result, texts.get(result.id, "")) for result in record.criteria],
    )


def build_criterion(result: CriterionResult, text: str) -> CriterionOut:
    """Put one criterion's verdict into its result model; `text` is the protocol's wording."""
    return CriterionOut(
        id=result.id,
        kind=result.kind,
        mode=result.mode,
        text=text,
        verdict=result.verdict,
        unknown_reason=result.unknown_reason,
        next_fact=result.next_fact,
        parts=[_part(part) for part in result.parts],
        evidence=[build_evidence(evidence) for evidence in result.evidence],
        computations=[_computation(computation) for computation in result.computations],
        notes=list(result.notes),
    )


def _part(answer: Answer) -> PartOut:
    return PartOut(
        id=answer.part,
        label=answer.label,
        verdict=answer.truth,
        unknown_reason=answer.reason,
        next_fact=answer.next_fact,
        evidence=[build_evidence(evidence) for evidence in answer.evidence],
        computations=[_computation(computation) for computation in answer.computations],
        notes=list(answer.notes),
        parts=[_part(part) for part in answer.parts],
    )


def build_evidence(evidence: Evidence) -> EvidenceOut:
    """Put one source into its result model."""
    return EvidenceOut(
        reference=evidence.reference,
        version=evidence.version,
        last_updated=evidence.last_updated,
        path=evidence.path,
        role=evidence.role,
        reported=_amount(evidence.reported),
        standard=_standard(evidence.standard),
        effective=evidence.effective,
        note=evidence.note,
    )


def _amount(amount: Amount | None) -> AmountOut | None:
    if amount is None:
        return None
    return AmountOut(value=amount.value, unit=amount.unit, comparator=amount.comparator)


def _standard(amount: Amount | None) -> StandardOut | None:
    return StandardOut(value=amount.value, unit=amount.unit) if amount else None


def _computation(computation: Computation) -> ComputationOut:
    return ComputationOut(
        formula=computation.formula,
        source=computation.source,
        inputs=[InputOut(name=name, value=amount.value, unit=amount.unit) for name, amount in computation.inputs],
        result=StandardOut(value=computation.result.value, unit=computation.result.unit),
    )
