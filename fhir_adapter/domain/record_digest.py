"""The digest of what an eligibility record says.

Knows: which parts of a record a person sees. Does not know: how it was derived. Equal digest = unchanged
record, whenever it was derived.
"""

from __future__ import annotations

from typing import Any

from fhir_adapter.domain.digests import digest_of
from fhir_adapter.domain.evidence import RECEIPT
from fhir_adapter.domain.records import Amount, Answer, Computation, CriterionResult, EligibilityRecord, Evidence


def digest_record(record: EligibilityRecord) -> str:
    """Digest verdicts, reasons, evidence and everything else a person sees of a record.

    Left out are as_of, anchor, validity and the definitions' digest, and of completeness receipts the time of
    reading: a record derived later from the same evidence is the same record.

    Args:
        record: With or without a digest of its own.

    Returns:
        64 hexadecimal characters.

    Source:
        design contracts, Time: a record whose verdicts, reasons and evidence are equal is unchanged.
    """
    return digest_of(
        record.subject, record.trial, record.verdict.value, [_result(each) for each in record.criteria]
    )


def _result(result: CriterionResult) -> list[Any]:
    return [
        result.id,
        result.kind.value,
        result.verdict.value,
        result.unknown_reason.value if result.unknown_reason is not None else None,
        result.next_fact,
        [_evidence(each) for each in result.evidence],
        [_computation(each) for each in result.computations],
        result.notes,
        [_answer(each) for each in result.parts],
    ]


def _answer(answer: Answer) -> list[Any]:
    said = [
        answer.part,
        answer.label,
        answer.truth.value,
        answer.reason.value if answer.reason is not None else None,
        answer.next_fact,
    ]
    if any(
        part.parts or part.reason is None for part in answer.parts
    ):  # made of statements: they carry the evidence
        return [*said, [_answer(each) for each in answer.parts]]
    return [
        *said,
        [_evidence(each) for each in answer.evidence],
        [_computation(each) for each in answer.computations],
        answer.notes,
        [_answer(each) for each in answer.parts],
    ]


def _evidence(evidence: Evidence) -> list[Any]:
    return [
        evidence.reference,
        evidence.version,
        None if evidence.role == RECEIPT else evidence.last_updated,
        evidence.path,
        evidence.role,
        _amount(evidence.reported),
        _amount(evidence.standard),
        evidence.effective,
        evidence.note,
    ]


def _computation(computation: Computation) -> list[Any]:
    inputs = [[name, _amount(amount)] for name, amount in computation.inputs]
    return [computation.formula, computation.source, inputs, _amount(computation.result)]


def _amount(amount: Amount | None) -> list[Any] | None:
    return None if amount is None else [amount.value, amount.unit, amount.comparator]
