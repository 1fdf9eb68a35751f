"""Derived records and the evidence they carry.

Knows: answers, verdicts, evidence. Does not know: how they are derived, stored or shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from fhir_adapter.domain.criterion import Kind, Mode
from fhir_adapter.domain.logic import Truth
from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.source import SubjectId, TrialId


class Verdict(StrEnum):
    """The answer to one criterion."""

    PASS = "PASS"  # noqa: S105 - a verdict, not a secret
    FAIL = "FAIL"
    UNKNOWN = "UNKNOWN"


class Eligibility(StrEnum):
    """The answer to all of them: a proposal a person decides on."""

    ELIGIBLE = "ELIGIBLE"
    INELIGIBLE = "INELIGIBLE"
    UNDETERMINED = "UNDETERMINED"


@dataclass(frozen=True, slots=True)
class Amount:
    """A value as shown: text of the number or answer, unit [UCUM], comparator."""

    value: str
    unit: str | None = None
    comparator: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One source an answer rests on.

    Attributes:
        reference: `Observation/123`, or `receipt` for a completeness receipt.
        version: The version read.
        last_updated: 0..1; as written.
        path: FHIRPath of the value.
        role: What it was used as (`value`, `uln`, `height`, `creatinine`, `receipt`, `attestation`, `shown`).
        reported: 0..1; as written.
        standard: 0..1; in the concept's standard unit.
        effective: 0..1; as written; a period as `start/end`.
        note: 0..1; an assumed zone, an author, a receipt in words.
    """

    reference: str
    version: str
    last_updated: str | None
    path: str
    role: str = "value"
    reported: Amount | None = None
    standard: Amount | None = None
    effective: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Computation:
    """How a value was computed: the formula, its source, its inputs and its result."""

    formula: str
    source: str
    inputs: tuple[tuple[str, Amount], ...]
    result: Amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The answer to one statement, with everything it rests on.

    Attributes:
        truth: MET, NOT_MET or UNKNOWN.
        reason: 0..1; set exactly where truth is UNKNOWN.
        next_fact: 0..1; what would decide it; set exactly where truth is UNKNOWN.
        part: 0..1; id among the criterion's parts.
        label: The statement.
        parts: Answers of the statements it is made of.
        evidence: Sources used; sorted by reference, path and role.
        computations: 0..*.
        notes: Warnings and explanations in clinical words.
        expires: 0..1; when the answer may change by the passing of time alone.
    """

    truth: Truth
    reason: UnknownReason | None = None
    next_fact: str | None = None
    part: str | None = None
    label: str = ""
    parts: tuple[Answer, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    computations: tuple[Computation, ...] = ()
    notes: tuple[str, ...] = ()
    expires: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionResult:
    """One criterion's verdict with its evidence."""

    id: str
    kind: Kind
    mode: Mode
    verdict: Verdict
    unknown_reason: UnknownReason | None
    next_fact: str | None
    parts: tuple[Answer, ...]
    evidence: tuple[Evidence, ...]
    computations: tuple[Computation, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EligibilityRecord:
    """A subject's eligibility at one moment. Decision support: a person decides.

    Attributes:
        anchor: The time eligibility is judged for; never after as_of.
        anchor_source: `first-trial-drug`, `planned-day`, or `as-of`.
        valid_until: 0..1; the next moment at which the passing of time alone may change it.
        evidence_digest: Digest of verdicts, reasons and evidence; equal digest = unchanged record.
    """

    subject: SubjectId
    trial: TrialId
    as_of: datetime
    anchor: datetime
    anchor_source: str
    verdict: Eligibility
    criteria: tuple[CriterionResult, ...]
    valid_until: datetime | None
    definitions_digest: str
    evidence_digest: str

    @property
    def failing(self) -> tuple[str, ...]:
        """Ids of the criteria that FAIL."""
        return tuple(result.id for result in self.criteria if result.verdict is Verdict.FAIL)

    @property
    def unknown(self) -> tuple[str, ...]:
        """Ids of the criteria that are UNKNOWN."""
        return tuple(result.id for result in self.criteria if result.verdict is Verdict.UNKNOWN)
