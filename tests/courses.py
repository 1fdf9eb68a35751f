"""A small treatment plan shaped like the trial's, and courses under it.

Day 0 is 25 March 2026, so that day -14 is the scenes' present (11 March) and the clocks change on day +4.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from fhir_adapter.domain.codes import Coding, ConceptId
from fhir_adapter.domain.dosing.course import Course, DayZero
from fhir_adapter.domain.dosing.stated import find_stated
from fhir_adapter.domain.facts import Fact, Finding, Reading
from fhir_adapter.domain.operators import FormulaId
from fhir_adapter.domain.protocol import Trial
from fhir_adapter.domain.queries import AgeWindow, FindingQuery
from fhir_adapter.domain.regimen import (
    AttestedValue,
    Basis,
    BodyRule,
    CellRule,
    DayRange,
    DayZeroRule,
    DonorFactRule,
    DonorRule,
    ItemKind,
    LevelRule,
    PlannedDay,
    PlannedItem,
    Regimen,
    Tolerance,
)
from fhir_adapter.domain.scene import utc
from fhir_adapter.domain.source import Completeness, SubjectId
from fhir_adapter.domain.statements import Attestation
from tests.builders import ZONE, attestation, finding
from tests.dose_units import DOSE_UNITS
from tests.scenes import AS_OF, days, timeline, trial

DAY_ZERO = date(2026, 3, 25)
SUBJECT = SubjectId("S-1")
GRAFT = ConceptId("stem-cell-graft")
CELLS = ConceptId("nk-cells")
CONTENT = ConceptId("nk-cd56-cells")
VEIN = ConceptId("intravenous")
MOUTH = ConceptId("oral")

TEN_PERCENT = Tolerance(Fraction(1, 10), Fraction(1, 10))
CELL_TOLERANCE = Tolerance(Fraction(1, 5), Fraction(1, 10))
HALF = Tolerance(Fraction(1, 2), Fraction(1, 2))
HAPLOIDENTICAL = AttestedValue("donor-type", "haploidentical")

LEVELS = LevelRule(
    totals={0: Fraction(5), 1: Fraction(10), 2: Fraction(20), 3: Fraction(30)},
    unit="10*6/kg",
    link_id="dose-level",
    arm="L",
)

BODY = BodyRule(
    weight=FindingQuery(
        concepts=(ConceptId("body-weight"),),
        windows=(AgeWindow(None, days(7)),),
        preferred_qualifier="measured",
        category="vital-signs",
    ),
    height=FindingQuery(
        concepts=(ConceptId("body-height"),),
        windows=(AgeWindow(2, days(30)), AgeWindow(None, days(90))),
        category="vital-signs",
    ),
    area=FormulaId.BSA_MOSTELLER,
    lock_day=-14,
    replan_share=Fraction(1, 10),
    doubt_share=Fraction(2, 5),
)


def an_item(id_: str, *on: int, **more: Any) -> PlannedItem:
    """A drug, 40 mg/m2 over one hour into a vein, unless said otherwise."""
    return PlannedItem(**{
        "id": id_,
        "title": id_.capitalize(),
        "kind": ItemKind.DRUG,
        "concepts": (ConceptId(id_),),
        "days": tuple(PlannedDay(day) for day in on),
        "basis": Basis.M2,
        "amount": Fraction(40),
        "unit": "mg",
        "tolerance": TEN_PERCENT,
        "duration_tolerance": HALF,
        "in_window": DayRange(0, 0),
        "reach": 2,
        "routes": (VEIN,),
        "minutes": 60,
        "codings": (Coding("http://www.whocc.no/atc", id_),),
        "source": "invented",
        **more,
    })


def cells(infusion: int, day: int, share: Fraction, **more: Any) -> PlannedItem:
    """A cell infusion: a share of the level's total."""
    return an_item(
        f"nk-infusion-{infusion}",
        day,
        **{
            "title": f"NK-cell infusion {infusion}",
            "kind": ItemKind.CELLS,
            "concepts": (CELLS,),
            "basis": Basis.LEVEL,
            "amount": share,
            "unit": "10*6",
            "tolerance": CELL_TOLERANCE,
            "minutes": None,
            "locked_weight": True,
            "infusion": infusion,
            **more,
        },
    )


def _chosen(choice: str) -> dict[str, Any]:
    return {"only_if": AttestedValue("conditioning-choice", choice), "exclusive": "conditioning"}


def the_items() -> tuple[PlannedItem, ...]:
    """Everything the plan gives, in the order of the protocol."""
    return (
        an_item("fludarabine", -14, -13, -4, -3, course=Fraction(160)),
        an_item("thiotepa", -14, -13, basis=Basis.KG, amount=Fraction(5), course=Fraction(10)),
        an_item("cyclophosphamide", -14, amount=Fraction(500)),
        cells(1, -12, Fraction(2, 3), undecided_outside=DayRange(-1, 1)),
        an_item(
            "treosulfan", -4, -3, -2,
            amount=Fraction(14000), course=Fraction(42000), minutes=120, **_chosen("treosulfan"),
        ),
        an_item(
            "busulfan", -4, -3, -2,
            basis=Basis.KG, amount=Fraction(4), course=Fraction(12), routes=(MOUTH,), minutes=None,
            **_chosen("busulfan"),
        ),
        an_item(
            "tbi", -4, -3, -2,
            kind=ItemKind.IRRADIATION, basis=Basis.ABSOLUTE, amount=Fraction(12), unit="Gy", as_course=True,
            course=Fraction(12), routes=(), minutes=None, **_chosen("tbi"),
        ),
        an_item(
            "tocilizumab", -1, basis=Basis.KG, amount=Fraction(8), warn_above=Fraction(800), minutes=None
        ),
        an_item(
            "abatacept", basis=Basis.KG, amount=Fraction(10),
            days=(PlannedDay(-1), PlannedDay(7), PlannedDay(14), PlannedDay(28, HAPLOIDENTICAL)),
        ),
        an_item(
            "graft", 0,
            kind=ItemKind.GRAFT, concepts=(GRAFT,), basis=Basis.NONE, amount=None, unit="1", minutes=None,
            routes=(),
        ),
        cells(
            2, 5, Fraction(1, 3), in_window=DayRange(-2, 2), undecided_outside=DayRange(-2, 2), reach=9
        ),
    )  # fmt: skip


def a_regimen(*items: PlannedItem, **more: Any) -> Regimen:
    """A treatment plan; without items the whole one."""
    return Regimen(**{
        "items": items or the_items(),
        "day_zero": DayZeroRule(graft=(GRAFT,), plan_link="planned-day-0", first_day=-14),
        "body": BODY,
        "levels": LEVELS,
        "cells": CellRule(content=CONTENT, shown=(ConceptId("viability"), ConceptId("nk-cd3-cells"))),
        "donor": DonorRule(
            type_link="donor-type",
            same_donor_link="nk-donor-is-graft-donor",
            shown=(
                DonorFactRule(id="cmv-serology", title="CMV serology", concepts=(ConceptId("cmv-igg"),)),
                DonorFactRule(
                    id="kir-ligand-mismatch", title="KIR-ligand mismatch", link_id="kir-ligand-mismatch"
                ),
                DonorFactRule(id="sex", title="Sex", is_gender=True),
            ),
        ),
        "implausible": Fraction(5),
        "dose_units": DOSE_UNITS,
        **more,
    })


def a_treated_trial(regimen: Regimen | None = None, **more: Any) -> Trial:
    """An invented trial with this treatment plan."""
    return replace(trial(), regimen=regimen or a_regimen(), **more)


def weight(value: str, at: str | None = "2026-03-10T08:00", **more: Any) -> Finding:
    """A measured body weight [kg]."""
    return finding(
        "body-weight",
        value,
        "kg",
        at=at,
        **{"category": "vital-signs", "qualifiers": frozenset({"measured"}), **more},
    )


def height(value: str, at: str | None = "2026-03-10T08:00", **more: Any) -> Finding:
    """A body height [cm]."""
    return finding("body-height", value, "cm", at=at, **{"category": "vital-signs", **more})


def stated(
    *,
    level: int | None = 1,
    donor: str | None = "haploidentical",
    choice: str | None = "treosulfan",
    planned: date | None = DAY_ZERO,
    at: str = "2026-03-01T09:00",
) -> tuple[Attestation, ...]:
    """What somebody stated about a course before it began; None = nobody said."""
    said = {
        "dose-level": Decimal(level) if level is not None else None,
        "donor-type": donor,
        "conditioning-choice": choice,
        "planned-day-0": planned,
    }
    return tuple(attestation(link, value, at=at) for link, value in said.items() if value is not None)


def links_of(regimen: Regimen) -> frozenset[str]:
    """Every link whose statement the plan asks for."""
    wanted = [each.only_if for each in regimen.items] + [
        day.only_if for each in regimen.items for day in each.days
    ]
    shown = [each.link_id for each in regimen.donor.shown]
    own = (
        regimen.levels.link_id,
        regimen.donor.type_link,
        regimen.donor.same_donor_link,
        regimen.day_zero.plan_link,
    )
    return frozenset([*own, *(each.link_id for each in wanted if each), *(each for each in shown if each)])


def a_course(
    *facts: Fact | Reading | Completeness,
    as_of: datetime = AS_OF,
    day_zero: date | None = DAY_ZERO,
    regimen: Regimen | None = None,
    said: tuple[Attestation, ...] | None = None,
    **more: Any,
) -> Course:
    """A course at level 1 with a haploidentical donor and treosulfan, day 0 given as it is.

    `said` replaces what is stated (`stated(level=None)`); `more` are fields of Course.
    """
    plan = regimen or a_regimen()
    known = timeline(*facts, *(stated() if said is None else said))
    who = known.demographics
    return Course(**{
        "subject": SUBJECT,
        "timeline": known,
        "regimen": plan,
        "as_of": utc(as_of),
        "zone": ZONE,
        "day_zero": DayZero(day=day_zero, source="planned" if day_zero is not None else ""),
        "stated": {link: find_stated(known.attestations, link, until=as_of, zone=ZONE) for link in links_of(plan)},
        "birth": who.birth_date if who is not None else None,
        "gender": who.gender if who is not None else None,
        **more,
    })
