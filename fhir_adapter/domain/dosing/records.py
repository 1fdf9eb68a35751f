"""Derived records of treatment: planned against administered doses, clearance, feasibility, the donor.

Knows: what these records say and rest on. Does not know: how they are derived, stored, shown or written.
Amounts are exact; they are rounded only where they are shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction

from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.records import Computation, CriterionResult, Evidence
from fhir_adapter.domain.source import SubjectId, TrialId


class DosingStatus(StrEnum):
    """Where one planned dose stands. UNKNOWN: what is recorded does not say."""

    GIVEN = "GIVEN"
    PARTIAL = "PARTIAL"
    NOT_GIVEN = "NOT_GIVEN"
    NOT_YET_DUE = "NOT_YET_DUE"
    OVERDUE = "OVERDUE"
    UNKNOWN = "UNKNOWN"


class Deviation(StrEnum):
    """How what was done differs from what was planned. A closed list."""

    DOSE_HIGH = "DOSE_HIGH"
    DOSE_LOW = "DOSE_LOW"
    UNIT_SUSPECT = "UNIT_SUSPECT"
    WRONG_DAY = "WRONG_DAY"
    NEEDS_DECISION = "NEEDS_DECISION"
    WRONG_ROUTE = "WRONG_ROUTE"
    TOO_FAST = "TOO_FAST"
    TOO_SLOW = "TOO_SLOW"
    DUPLICATE = "DUPLICATE"
    UNPLANNED = "UNPLANNED"
    EXCLUSIVE_CONFLICT = "EXCLUSIVE_CONFLICT"
    LEVEL_MISMATCH = "LEVEL_MISMATCH"
    DONOR_MISMATCH = "DONOR_MISMATCH"
    INFUSED_ON_HOLD = "INFUSED_ON_HOLD"
    COURSE_TOTAL = "COURSE_TOTAL"


@dataclass(frozen=True, slots=True)
class Dose:
    """An exact amount of something [UCUM]."""

    value: Fraction
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedDose:
    """What is due of one item on one day.

    Attributes:
        item: Id of the planned item.
        day: Day relative to day 0; for a course given over several days the first.
        last_day: 0..1; the course's last day.
        date: 0..1; calendar date at the hospital; None where day 0 is not known.
        dose: 0..1; absolute amount; None where it cannot be computed, or the plan states none.
        per_kg: 0..1; for cells: the same per kilogram [10*6/kg].
        calculation: In plain words, for example `40 mg/m2 x 0.52 m2 = 20.8 mg`.
        reason: 0..1; why the dose is not known; None where it is, or the plan states none.
        next_fact: 0..1; set where `reason` is.
        is_planned: UNKNOWN branch: None where it depends on a statement nobody made.
        weight: 0..1; the weight it rests on [kg].
        area: 0..1; the body surface it rests on [m2]; for doses per square metre only.
        replanned: True where a later weight replaced the locked one.
        expires: 0..1; when the passing of time alone may change it.
    """

    item: str
    day: int
    date: date | None
    dose: Dose | None
    last_day: int | None = None
    per_kg: Dose | None = None
    calculation: str = ""
    computations: tuple[Computation, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    notes: tuple[str, ...] = ()
    reason: UnknownReason | None = None
    next_fact: str | None = None
    is_planned: bool | None = True
    weight: Fraction | None = None
    area: Fraction | None = None
    replanned: bool = False
    expires: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AdministeredDose:
    """What was really given under one planned dose, all its parts together.

    Attributes:
        dose: 0..1; absolute amount; None where it cannot be said.
        per_kg: 0..1; for cells: per kilogram [10*6/kg].
        started: 0..1; start of the first part, as written.
        on: 0..1; calendar date of that start at the hospital.
        minutes: 0..1; duration of all parts together [min].
        routes: 0..*; as concepts.
        parts: 0..*; references of the administrations that count.
        matched_level: 0..1; for cells: the dose level whose share for this infusion was given.
        reason: 0..1; why the amount is not known.
        next_fact: 0..1; set where `reason` is.
    """

    dose: Dose | None = None
    per_kg: Dose | None = None
    started: str | None = None
    on: date | None = None
    minutes: Fraction | None = None
    routes: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    matched_level: int | None = None
    reason: UnknownReason | None = None
    next_fact: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DosingRecord:
    """One planned dose and what became of it; or something given that was not planned (`planned` is None).

    Attributes:
        item: Id of the planned item; for something unplanned the item or concept it would belong to.
        day: Planned day; for something unplanned the day it was given; None where day 0 is not known.
        difference: 0..1; (administered - planned) / planned, exact share.
        day_offset: 0..1; days the administration lies after the planned day; negative before.
        reason: 0..1; why the status is UNKNOWN.
        status_reasons: 0..*; codes of why it was not given, as the hospital wrote them.
    """

    item: str
    title: str
    kind: str
    day: int | None
    date: date | None
    planned: PlannedDose | None
    administered: AdministeredDose | None
    status: DosingStatus
    difference: Fraction | None = None
    day_offset: int | None = None
    deviations: tuple[Deviation, ...] = ()
    reason: UnknownReason | None = None
    next_fact: str | None = None
    status_reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseTotal:
    """One item's whole course: planned, administered so far, difference once every part is known.

    Attributes:
        is_complete: True where every planned dose of the course was given or will not be given.
    """

    item: str
    title: str
    per_basis: str
    planned: Dose | None
    administered: Dose | None
    difference: Fraction | None
    is_complete: bool
    deviations: tuple[Deviation, ...] = ()
    reason: UnknownReason | None = None


class Clearance(StrEnum):
    """May the cells be infused? A proposal: the investigator decides."""

    CLEAR = "CLEAR"
    HOLD = "HOLD"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearanceRecord:
    """The criteria to receive one cell infusion, judged at one moment.

    Attributes:
        as_of: The moment judged for: the infusion's start where it was given, else the time asked for.
        is_retrospective: True where the infusion was given and this judges the time of its start.
        infused_by: 0..1; the last its start can mean, where only its day is known: judged for both.
    """

    subject: SubjectId
    infusion: int
    as_of: datetime
    verdict: Clearance
    criteria: tuple[CriterionResult, ...]
    is_retrospective: bool = False
    infused_by: datetime | None = None
    expires: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InfusionFeasibility:
    """One cell infusion in the feasibility record: True, False, or None where it is not known yet.

    Attributes:
        reached_level: The product given reached the assigned level's share within tolerance.
    """

    infusion: int
    given: bool | None
    in_window: bool | None
    reached_level: bool | None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeasibilityRecord:
    """The trial's primary objective for one subject.

    Attributes:
        reached_level: The product reached the assigned level: every infusion was given and reached its share;
            False where one given did not; None where one was not given, or not yet.
    """

    level: int | None
    reached_level: bool | None
    infusions: tuple[InfusionFeasibility, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DonorFact:
    """One fact about the donor; ranks donors, never gates."""

    id: str
    title: str
    value: str | None
    evidence: tuple[Evidence, ...] = ()
    reason: UnknownReason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TreatmentRecord:
    """Everything about one subject's treatment at one moment. Decision support: a person decides.

    Attributes:
        day_zero: 0..1; calendar date of day 0.
        day_zero_source: `graft`, `planned`, or empty where it is not known.
        level: 0..1; the assigned dose level.
        arm: 0..1; the same as an arm's name.
        records: 0..*; planned doses by day, in the order of the protocol; then what was given unplanned.
        clearances: 0..*; of infusions already given, judged at their start.
        valid_until: 0..1; the next moment at which the passing of time alone may change it.
    """

    subject: SubjectId
    trial: TrialId
    as_of: datetime
    day_zero: date | None
    day_zero_source: str
    level: int | None
    arm: str | None
    records: tuple[DosingRecord, ...]
    totals: tuple[CourseTotal, ...]
    clearances: tuple[ClearanceRecord, ...]
    feasibility: FeasibilityRecord
    donor: tuple[DonorFact, ...]
    valid_until: datetime | None
    definitions_digest: str
    evidence_digest: str
    notes: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
