"""Derived safety records of one subject: graded results, adverse events, syndromes, dose-limiting toxicity.

Knows: what these records say and rest on. Does not know: how they are derived, stored, shown or written.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from fhir_adapter.domain.quantity import Quantity
from fhir_adapter.domain.records import Evidence
from fhir_adapter.domain.safety_model.event_records import AdverseEventRecord
from fhir_adapter.domain.safety_model.judgements import DeathJudgement
from fhir_adapter.domain.safety_model.syndrome_records import SyndromeRecord
from fhir_adapter.domain.source import SubjectId, TrialId
from fhir_adapter.domain.toxicity.result import ToxicityGrade


@dataclass(frozen=True, slots=True, kw_only=True)
class GradedResult:
    """One result and its grade under one term.

    Attributes:
        reference: The resource, for example `Observation/123`.
        path: FHIRPath of the value.
        effective: As written.
        at: The earliest moment the result can mean, aware.
        value: As shown, for example `38 10*9/L`.
        baseline: 0..1; reference of the result used as baseline.
        after_infusion: 0..1; number of the last cell infusion that began before it; None = before the first. A
            result of the infusion's day without a time of day counts as after it.
        until: 0..1; the latest moment the result can mean, where only its day is known; None = `at` itself.
        standard: 0..1; the value graded, in the concept's standard unit.
    """

    term: str
    reference: str
    path: str
    effective: str
    at: datetime
    value: str
    grade: ToxicityGrade
    baseline: str | None = None
    after_infusion: int | None = None
    evidence: tuple[Evidence, ...] = ()
    until: datetime | None = None
    standard: Quantity | None = None


class WindowState(StrEnum):
    """Where a subject's observation for dose-limiting toxicity stands."""

    NOT_STARTED = "NOT_STARTED"
    OPEN = "OPEN"
    COMPLETE = "COMPLETE"
    CLOSED = "CLOSED"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseLimitingRecord:
    """Whether a subject counts for the dose escalation, and as what.

    Attributes:
        part: `phase1`, `phase2`, or empty where nobody said.
        level: 0..1; the dose level treated at.
        window_start: 0..1; start of the first cell infusion.
        window_end: 0..1; end of observation as known now (moves with the second infusion).
        state: OPEN while observation goes on; CLOSED where death, withdrawal or a decision ended it early.
        dose_limiting: True: a named person found a dose-limiting toxicity; None: one is suspected, not judged yet.
        evaluable: True counts in the escalation; None is not known yet; False: to be replaced.
        replaced: True where a named person said that the subject is replaced.
        why: In plain words.
        events: 0..*; ids of the syndrome episodes it rests on.
        withheld: True where the second infusion was withheld for toxicity that is not dose-limiting.
    """

    part: str
    level: int | None
    state: WindowState
    window_start: datetime | None = None
    window_end: datetime | None = None
    dose_limiting: bool | None = False
    evaluable: bool | None = None
    replaced: bool = False
    why: str = ""
    events: tuple[str, ...] = ()
    withheld: bool = False
    next_assessment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetyRecord:
    """Everything about one subject's safety at one moment. Decision support: a person decides.

    Attributes:
        baseline_before: 0..1; start of the first conditioning drug: baselines lie before it.
        infusions: 0..*; (number, start) of the cell infusions given.
        results: 0..*; graded results, earliest first.
        events: 0..*; by onset; dissolved ones last.
        valid_until: 0..1; the next moment at which the passing of time alone may change it.
        death: 0..1; what a named person said of the cause of death.
        ends: 0..1; the day observation ended, where that is known to the day.
        withdrawn_on: 0..1; the day consent was withdrawn; nothing that began later is looked at.
    """

    subject: SubjectId
    trial: TrialId
    as_of: datetime
    baseline_before: datetime | None
    infusions: tuple[tuple[int, datetime], ...]
    results: tuple[GradedResult, ...]
    events: tuple[AdverseEventRecord, ...]
    syndromes: tuple[SyndromeRecord, ...]
    dose_limiting: DoseLimitingRecord
    valid_until: datetime | None
    definitions_digest: str
    evidence_digest: str
    death: DeathJudgement | None = None
    ends: date | None = None
    withdrawn_on: date | None = None
    notes: tuple[str, ...] = ()
