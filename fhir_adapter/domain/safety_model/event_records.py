"""Adverse events of one subject, with everything they rest on.

Knows: what an adverse event says. Does not know: how events are derived, joined, stored, shown or written.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from fhir_adapter.domain.records import Evidence
from fhir_adapter.domain.safety_model.judgements import EventJudgement


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
