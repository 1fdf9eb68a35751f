"""A trial's treatment plan as data: what is given on which day, how much of it, to whom.

Knows: the shape of a regimen. Does not know: any particular trial, the YAML it was written in, any patient.
Amounts are exact fractions: two thirds of a dose level is 2/3, never 0.667.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from fhir_adapter.domain.codes import Coding, ConceptId
from fhir_adapter.domain.operators import FormulaId
from fhir_adapter.domain.quantity import UnitRule
from fhir_adapter.domain.queries import FindingQuery


class ItemKind(StrEnum):
    """What a planned item is."""

    DRUG = "drug"
    CELLS = "cells"
    IRRADIATION = "irradiation"
    GRAFT = "graft"


class Basis(StrEnum):
    """What a planned amount is reckoned by.

    kg: per kilogram of body weight. m2: per square metre of body surface. absolute: the same for everybody.
    level: a share of the dose level's total cells per kilogram. none: the plan states no amount.
    """

    KG = "kg"
    M2 = "m2"
    ABSOLUTE = "absolute"
    LEVEL = "level"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class AttestedValue:
    """A statement under this link says this value (`donor-type` is `haploidentical`)."""

    link_id: str
    value: str


@dataclass(frozen=True, slots=True)
class PlannedDay:
    """A day on which an item is due, relative to day 0, and for whom.

    Attributes:
        day: Day 0 is the graft's; -1 precedes it.
        only_if: 0..1; due only where this was attested.
    """

    day: int
    only_if: AttestedValue | None = None


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far an administered amount may lie below and above its plan, as shares of the plan (1/10 = 10 %)."""

    below: Fraction
    above: Fraction


@dataclass(frozen=True, slots=True)
class DayRange:
    """Days around the planned one, as offsets from it: (-2, 2) is from two days before to two days after."""

    first: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedItem:
    """One thing the protocol gives, on one or several days.

    Attributes:
        id: Name, for example `fludarabine` or `nk-infusion-1`.
        concepts: 1..*; what is administered under it (drugs, cells) or done (irradiation, graft).
        days: 1..*; in rising order.
        basis: What `amount` is reckoned by.
        amount: 0..1; per day, per `basis`; for level: the share of the level's total; None for basis none.
        unit: UCUM unit of the absolute amount (mg, Gy, 10*6); `1` for basis none.
        course: 0..1; amount of the whole course per `basis`; None where the protocol states none.
        as_course: True where one planned dose covers all days and its split is free (irradiation): `amount` is
            then the course's, due from the first to the last day.
        routes: 0..*; routes the protocol names; empty = none named.
        minutes: 0..1; duration of the infusion [min].
        duration_tolerance: How far the duration may differ, as shares of `minutes`.
        tolerance: How far the amount may differ.
        in_window: Days on which an administration still is in its window; outside is WRONG_DAY.
        undecided_outside: 0..1; days outside which an administration needs a person's decision.
        reach: How many days from its planned day an administration may lie and still be this item's.
        only_if: 0..1; the item exists only where this was attested (the chosen conditioning).
        exclusive: 0..1; name of the group of which exactly one item may be given.
        locked_weight: True where the weight is locked for the whole course (both cell infusions).
        infusion: 0..1; number of the cell infusion (1, 2), for the clearance criteria.
        codings: 0..*; codes it is written with.
        body_sites: 0..*; concepts of the body site a procedure must name to be this item; empty = any.
        warn_above: 0..1; absolute amount above which a reminder is noted, never a cap [unit].
    """

    id: str
    title: str
    kind: ItemKind
    concepts: tuple[ConceptId, ...]
    days: tuple[PlannedDay, ...]
    basis: Basis
    amount: Fraction | None
    unit: str
    tolerance: Tolerance
    duration_tolerance: Tolerance
    in_window: DayRange
    source: str
    course: Fraction | None = None
    as_course: bool = False
    routes: tuple[ConceptId, ...] = ()
    minutes: int | None = None
    undecided_outside: DayRange | None = None
    reach: int = 0
    only_if: AttestedValue | None = None
    exclusive: str | None = None
    locked_weight: bool = False
    infusion: int | None = None
    codings: tuple[Coding, ...] = ()
    body_sites: tuple[ConceptId, ...] = ()
    warn_above: Fraction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyRule:
    """From which weight and height doses are computed.

    Attributes:
        weight: Query of the weight; its windows say how old it may be.
        height: The same for height.
        area: Formula of the body surface area.
        lock_day: Day on which the weight is locked for items with `locked_weight`.
        replan_share: A later weight that differs from the locked one by more than this share re-plans what is
            not yet given, apart from items with `locked_weight`.
        doubt_share: 0..1; one that differs by more than this is doubted and plans nothing; None = no bound.
    """

    weight: FindingQuery
    height: FindingQuery
    area: FormulaId
    lock_day: int
    replan_share: Fraction
    doubt_share: Fraction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelRule:
    """The dose levels: total cells per kilogram over both infusions.

    Attributes:
        totals: Level -> exact total [unit].
        unit: `10*6/kg`.
        link_id: Attestation link that assigns a subject.
        arm: How a level is written as an arm: `L` and its number.
    """

    totals: Mapping[int, Fraction]
    unit: str
    link_id: str
    arm: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CellRule:
    """How cell products are read.

    Attributes:
        content: Concept of the CD3-CD56+ content of a product [10*6]: the only cells that count.
        shown: 0..*; concepts of other measures shown with an infusion (viability, CD3+ content).
    """

    content: ConceptId
    shown: tuple[ConceptId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DayZeroRule:
    """How day 0 is found.

    Attributes:
        graft: 1..*; concepts of the procedure or product that is the graft infusion.
        plan_link: Attestation link of the planned day 0.
        first_day: The first day of treatment relative to day 0; a graft before it was earlier treatment.
    """

    graft: tuple[ConceptId, ...]
    plan_link: str
    first_day: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DonorRule:
    """Facts about the donor: shown, ranking donors, never gating.

    Attributes:
        type_link: Link of the donor type.
        same_donor_link: Link under which somebody states that the cells come from the graft's donor.
        shown: 0..*; (label, link or None, concept or None) of what is shown (CMV, sex, blood group, KIR ligand).
    """

    type_link: str
    same_donor_link: str
    shown: tuple[DonorFactRule, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DonorFactRule:
    """One ranking fact of the donor: from an attestation, else from the donor's own record.

    Attributes:
        id: `cmv-serology`, `sex`, `blood-group`, `kir-ligand-mismatch`, `relation`.
        link_id: 0..1; attestation link.
        concepts: 0..*; findings of the donor.
        is_gender: True: Patient.gender of the donor.
    """

    id: str
    title: str
    link_id: str | None = None
    concepts: tuple[ConceptId, ...] = ()
    is_gender: bool = False


class DoseUnit(StrEnum):
    """What an amount or a rate states, and with it on what it has to be reckoned; each has one unit rule.

    mass [mg], mass per kilogram of body weight [mg/kg], mass per square metre of body surface [mg/m2], cells
    [10*6], cells per kilogram [10*6/kg], volume [mL], radiation [Gy], time [h]; rates per hour: mass [mg/h], mass
    per kilogram [mg/kg/h], mass per square metre [mg/m2/h], volume [mL/h], cells [10*6/h].
    """

    MASS = "mass"
    MASS_PER_KG = "mass-per-kg"
    MASS_PER_AREA = "mass-per-area"
    CELLS = "cells"
    CELLS_PER_KG = "cells-per-kg"
    VOLUME = "volume"
    RADIATION = "radiation"
    TIME = "time"
    RATE_MASS = "rate-mass"
    RATE_MASS_PER_KG = "rate-mass-per-kg"
    RATE_MASS_PER_AREA = "rate-mass-per-area"
    RATE_VOLUME = "rate-volume"
    RATE_CELLS = "rate-cells"


@dataclass(frozen=True, slots=True, kw_only=True)
class Regimen:
    """A trial's whole treatment plan.

    Attributes:
        items: 1..*; in the order of the protocol.
        implausible: An amount so many times above or below its plan is taken for a slip of the unit.
        dose_units: What an amount may state (a DoseUnit's text: `mass`, `mass-per-kg`, ..., `rate-volume`) -> the
            unit rule of units.yaml that reads it. A unit stands in one rule only, so it says by itself what it
            rests on: mg/kg is never taken for mg. A unit in none of them is no dose.
    """

    items: tuple[PlannedItem, ...]
    day_zero: DayZeroRule
    body: BodyRule
    levels: LevelRule
    cells: CellRule
    donor: DonorRule
    implausible: Fraction
    dose_units: Mapping[str, UnitRule] = field(default_factory=dict)
