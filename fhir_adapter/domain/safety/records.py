"""Derived safety records of one subject: graded results, adverse events, syndromes, dose-limiting toxicity.

Knows: what these records say and rest on. Does not know: how they are derived, stored, shown or written.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from fhir_adapter.domain.quantity import Quantity
from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.records import Evidence
from fhir_adapter.domain.safety.judgements import DeathJudgement, EventJudgement, SyndromeJudgement
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


class EventState(StrEnum):
    """Where an adverse event stands. DISSOLVED: a correction took away what it rested on; kept as history."""

    ONGOING = "ONGOING"
    RESOLVED = "RESOLVED"
    UNKNOWN = "UNKNOWN"
    DISSOLVED = "DISSOLVED"


class EventOrigin(StrEnum):
    """Who says the event happened."""

    DERIVED = "derived"
    REPORTED = "reported"
    BOTH = "both"


class SpecialInterest(StrEnum):
    """Events the study looks at whatever their grade."""

    GVHD = "gvhd"
    SOS = "sos"
    TMA = "tma"
    CRS = "crs"
    ICANS = "icans"
    INFUSION_REACTION = "infusion-reaction"
    DEATH = "death"


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeChange:
    """The grade from one moment on, and the result that says so."""

    at: datetime
    grade: int | None
    at_least: bool
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """What was done about an event: a rescue drug, a transfusion. What was recorded; not that it helped."""

    title: str
    reference: str
    at: str
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseLink:
    """A trial dose given before an event began."""

    item: str
    title: str
    day: int | None
    references: tuple[str, ...]
    days_before: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedLink:
    """A hospital's own report of the event, and how it was joined to it.

    Attributes:
        reference: `AdverseEvent/1` or `Condition/1`.
        grade: 0..1; the grade the hospital states.
        why: Why it is the same event, in plain words.
    """

    reference: str
    grade: int | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AdverseEventRecord:
    """One adverse event of one subject. Decision support: a person judges it.

    Attributes:
        id: Stable over re-derivations and corrections, for example `AE-3f2a91c07b1d`.
        term: Name of the term in the scale; for something the hospital coded otherwise, the name given there.
        meddra: 0..1; code of the term as the scale's owner gives it.
        soc: 0..1; system organ class.
        scale: For example `CTCAE 5.0`, `ASTCT 2019`.
        onset: As written; the first result that counts, or the hospital's statement.
        onset_on: 0..1; calendar day at the hospital.
        onset_day: 0..1; the same relative to day 0.
        resolved: 0..1; as written; set exactly where RESOLVED.
        resolved_by: 0..1; why it ended, in plain words (`grade 0`, `neutrophil recovery`).
        grade: 0..1; worst grade, or the lowest it can be where `at_least`; None where only ungradable.
        worst_possible: The highest grade it can have reached.
        worst_on: 0..1; when the worst grade was reached first.
        changes: 1..*; the grade over time.
        gaps: 0..*; (last result before, first result after), where nothing was measured for too long.
        baseline_grade: 0..1; grade before treatment.
        treatment_emergent: 0..1; began or worsened after the first cell infusion; None where that is not known.
        worsened: True where it began over an abnormal state before and is worse by at least a grade.
        pre_existing: True where it was there before the first cell infusion and did not worsen since.
        expected: 0..1; why it is expected (`conditioning aplasia`); shown, never hidden.
        hematologic: True where the criterion for the second infusion does not count it.
        after_infusion: 0..1; the cell infusion before its onset.
        unresolved_ungradable: True where its newest result cannot be graded.
        lineage: 0..*; what a correction did to it (`split from AE-...`, `joined by AE-...`), oldest first.
        judgement: 0..1; what a named person said of it.
        due: 0..*; (what, moment) still to be done, for a serious event.
    """

    id: str
    term: str
    meddra: str | None
    soc: str | None
    scale: str
    state: EventState
    origin: EventOrigin
    onset: str
    onset_on: date | None
    grade: int | None
    worst_possible: int
    at_least: bool = False
    onset_day: int | None = None
    resolved: str | None = None
    resolved_on: date | None = None
    resolved_by: str | None = None
    worst_on: str | None = None
    changes: tuple[GradeChange, ...] = ()
    gaps: tuple[tuple[str, str], ...] = ()
    baseline_grade: int | None = None
    treatment_emergent: bool | None = None
    worsened: bool = False
    pre_existing: bool = False
    expected: str | None = None
    hematologic: bool = False
    after_infusion: int | None = None
    unresolved_ungradable: bool = False
    special_interest: SpecialInterest | None = None
    doses: tuple[DoseLink, ...] = ()
    actions: tuple[Action, ...] = ()
    reported: tuple[ReportedLink, ...] = ()
    lineage: tuple[str, ...] = ()
    judgement: EventJudgement | None = None
    due: tuple[tuple[str, datetime], ...] = ()
    notes: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()


class Syndrome(StrEnum):
    """The two syndromes graded by ASTCT."""

    CRS = "CRS"
    ICANS = "ICANS"


class ProposalStatus(StrEnum):
    """What the machine can say of a syndrome's grade. It never says more than a proposal."""

    PROPOSED = "PROPOSED"
    NEEDS_ATTESTATION = "NEEDS_ATTESTATION"
    UNGRADABLE = "UNGRADABLE"


@dataclass(frozen=True, slots=True, kw_only=True)
class SyndromeInterval:
    """A time in which one proposed grade holds.

    Attributes:
        start: First moment, aware.
        end: 0..1; None = open.
        grade: 0..1; the literal grade by the table; with NEEDS_ATTESTATION what it would be if attributed; None
            where UNGRADABLE.
        worst: The highest grade it can be (`G2|G3` gives 3).
        driver: What drives it: `fever`, `hypotension`, `hypoxia`, `ice`, `capd`, `consciousness`, `seizure`,
            `motor`, `oedema`; empty for grade 0.
        reason: 0..1; why it is not PROPOSED.
    """

    start: datetime
    end: datetime | None
    status: ProposalStatus
    grade: int | None
    worst: int
    driver: str = ""
    reason: UnknownReason | None = None
    next_fact: str | None = None
    notes: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SyndromeEpisode:
    """One syndrome after one cell infusion, from the first interval above grade 0 to the last.

    Attributes:
        id: Stable: syndrome and infusion of one subject, for example `CRS-1`.
        grade: 0..1; highest proposed grade; None where nothing above an ungradable state was seen.
        worst: The highest grade it can have reached.
        reported: 0..*; the hospital's own statements.
        disagrees: True where a hospital's grade differs from the proposal.
        judgement: 0..1; what a named person said: the final grade and whether it is associated.
        stands: True where the judgement was made on what is known now; False: later data went beyond it.
        digest: Digest of what a person is asked to judge.
    """

    id: str
    syndrome: Syndrome
    after_infusion: int
    start: datetime
    end: datetime | None
    grade: int | None
    worst: int
    needs_attestation: bool
    intervals: tuple[SyndromeInterval, ...]
    reported: tuple[ReportedLink, ...] = ()
    disagrees: bool = False
    judgement: SyndromeJudgement | None = None
    stands: bool = True
    digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SyndromeRecord:
    """One syndrome of one subject: what is proposed now and was before, and which assessments are missing.

    Attributes:
        missing: 0..*; days inside the observation window without the assessment the syndrome needs (ICE or CAPD;
            for CRS a temperature).
        expires: 0..1; when the passing of time alone may change it, apart from the end of the window: a reading
            tells no more, a drug masks fever no longer.
    """

    syndrome: Syndrome
    intervals: tuple[SyndromeInterval, ...]
    episodes: tuple[SyndromeEpisode, ...]
    missing: tuple[date, ...] = ()
    notes: tuple[str, ...] = ()
    expires: datetime | None = None


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
        dose_limiting: True: a named person found a dose-limiting toxicity; None: one is suspected and not yet judged.
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
        ends: 0..1; the day participation ended; after a withdrawal nothing that began later is looked at.
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
    notes: tuple[str, ...] = ()
