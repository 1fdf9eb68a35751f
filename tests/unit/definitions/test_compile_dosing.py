"""A treatment plan compiles to exact amounts, and the trial needs and rests on what it names."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from fhir_adapter.definitions.load import Definitions, load_definitions
from fhir_adapter.domain.care_plan import FollowUpVisit
from fhir_adapter.domain.codes import Coding, ConceptId
from fhir_adapter.domain.criterion import Kind, Mode
from fhir_adapter.domain.operators import Attested, FormulaId
from fhir_adapter.domain.queries import AgeWindow, FindingQuery, Window, WindowUnit
from fhir_adapter.domain.regimen import (
    AttestedValue,
    Basis,
    BodyRule,
    CellRule,
    DayRange,
    DayZeroRule,
    DonorFactRule,
    DonorRule,
    DoseUnit,
    ItemKind,
    LevelRule,
    PlannedDay,
    PlannedItem,
    Regimen,
    Tolerance,
)
from tests.treatment_samples import CARE_PLAN, DOSING, TRIAL, write_treated

PROJECT = "https://fhir-adapter.example/CodeSystem/concepts"


def concepts(*names: str) -> tuple[ConceptId, ...]:
    return tuple(map(ConceptId, names))


def load(root: Path) -> Definitions:
    return load_definitions(hospital="north", trial="t1", overlays=(root,), default_mappings=False)


@pytest.fixture
def sample(tmp_path: Path) -> Definitions:
    return load(write_treated(tmp_path))


def regimen(definitions: Definitions) -> Regimen:
    found = definitions.trial.regimen
    assert found is not None
    return found


def item(definitions: Definitions, name: str) -> PlannedItem:
    (found,) = (one for one in regimen(definitions).items if one.id == name)
    return found


def test_a_drug_by_surface_area_has_its_days_its_duration_and_its_tolerances(sample: Definitions) -> None:
    assert item(sample, "first") == PlannedItem(
        id="first",
        title="First drug",
        kind=ItemKind.DRUG,
        concepts=concepts("first-drug"),
        days=(PlannedDay(-14), PlannedDay(-13), PlannedDay(28, AttestedValue("donor", "half"))),
        basis=Basis.M2,
        amount=Fraction(40),
        unit="mg",
        routes=concepts("vein"),
        minutes=60,
        tolerance=Tolerance(Fraction(1, 10), Fraction(1, 10)),
        duration_tolerance=Tolerance(Fraction(1, 4), Fraction(1, 2)),
        in_window=DayRange(0, 0),
        reach=2,
        warn_above=Fraction(800),
        codings=(Coding(PROJECT, "first-drug", "First drug"),),
        source="invented",
    )


def test_cells_are_an_exact_share_of_the_level_with_a_locked_weight(sample: Definitions) -> None:
    first, second = item(sample, "cells-1"), item(sample, "cells-2")
    assert (first.amount, first.unit, first.basis, first.kind) == (
        Fraction(2, 3), "10*6", Basis.LEVEL, ItemKind.CELLS,
    )  # fmt: skip
    assert (first.infusion, first.locked_weight) == (1, True)
    assert (first.in_window, first.undecided_outside) == (DayRange(0, 0), DayRange(-1, 1))
    assert first.tolerance == Tolerance(Fraction(1, 5), Fraction(1, 10))
    assert (second.amount, second.infusion, second.in_window) == (Fraction(1, 3), 2, DayRange(-2, 2))
    assert second.undecided_outside is None


def test_irradiation_is_one_dose_over_its_days_and_asks_for_its_body_site(sample: Definitions) -> None:
    rays = item(sample, "rays")
    assert (rays.amount, rays.unit, rays.as_course, rays.course) == (Fraction(12), "Gy", True, Fraction(12))
    assert [day.day for day in rays.days] == [-4, -3, -2]
    assert rays.body_sites == ("body",)
    assert (rays.only_if, rays.exclusive) == (AttestedValue("choice", "rays"), "conditioning")


def test_an_item_without_an_amount_has_no_tolerance(sample: Definitions) -> None:
    graft = item(sample, "graft")
    assert (graft.amount, graft.unit, graft.basis) == (None, "1", Basis.NONE)
    assert graft.tolerance == graft.duration_tolerance == Tolerance(Fraction(0), Fraction(0))


def test_items_keep_the_order_of_the_protocol(sample: Definitions) -> None:
    assert [one.id for one in regimen(sample).items] == ["first", "cells-1", "other", "rays", "graft", "cells-2"]


def test_day_0_weights_levels_cells_and_donor(sample: Definitions) -> None:
    plan = regimen(sample)
    assert plan.day_zero == DayZeroRule(graft=concepts("graft"), plan_link="planned-day-0", first_day=-14)
    day = WindowUnit.DAY
    assert plan.body == BodyRule(
        weight=FindingQuery(concepts=concepts("weight"), windows=(AgeWindow(None, Window(7, day)),)),
        height=FindingQuery(
            concepts=concepts("height"), windows=(AgeWindow(2, Window(30, day)), AgeWindow(None, Window(90, day)))
        ),
        area=FormulaId.BSA_MOSTELLER,
        lock_day=-14,
        replan_share=Fraction(1, 10),
        doubt_share=Fraction(2, 5),
    )
    totals = {0: Fraction(5, 2), 1: Fraction(10, 3)}
    assert plan.levels == LevelRule(totals=totals, unit="10*6/kg", link_id="level", arm="L")
    assert plan.cells == CellRule(content=ConceptId("cell-content"), shown=concepts("all-cells"))
    assert plan.donor == DonorRule(
        type_link="donor",
        same_donor_link="same-donor",
        shown=(
            DonorFactRule(id="group", title="Blood group", link_id="donor", concepts=concepts("blood-group")),
            DonorFactRule(id="sex", title="Sex", is_gender=True),
        ),
    )
    assert plan.implausible == 5


def test_every_kind_of_dose_has_the_rule_that_reads_it(sample: Definitions) -> None:
    rules = regimen(sample).dose_units
    assert set(rules) == {unit.value for unit in DoseUnit}
    assert {kind: rule.standard for kind, rule in rules.items()} == {
        "mass": "mg",
        "mass-per-kg": "mg/kg",
        "mass-per-area": "mg/m2",
        "cells": "10*6",
        "cells-per-kg": "10*6/kg",
        "volume": "mL",
        "radiation": "Gy",
        "time": "h",
        "rate-mass": "mg/h",
        "rate-mass-per-kg": "mg/kg/h",
        "rate-mass-per-area": "mg/m2/h",
        "rate-volume": "mL/h",
        "rate-cells": "10*6/h",
    }


def test_a_clearance_criterion_is_an_inclusion_asked_at_its_infusions(sample: Definitions) -> None:
    both, second = sample.trial.clearance
    assert (both.infusions, second.infusions) == ((1, 2), (2,))
    assert (both.criterion.id, both.criterion.kind, both.criterion.mode) == ("N2", Kind.INCLUSION, Mode.ATTEST)
    assert second.criterion.shows == ("third-drug",)
    assert both.criterion.rule == Attested(link_id="N2", valid_for=Window(24, WindowUnit.HOUR), roles=())
    assert [criterion.id for criterion in sample.trial.criteria] == ["AGE", "I1", "I2", "I3", "E1"]


def test_the_care_plan_says_what_is_written_and_when(sample: Definitions) -> None:
    plan = sample.trial.care_plan
    assert plan is not None
    assert (plan.system, plan.title, plan.intent, plan.last_day) == (
        "https://trials.example/plan", "The plan", "plan", 60,
    )  # fmt: skip
    assert plan.status == {"candidate": "active", "ineligible": "revoked"}
    asked = (Coding(PROJECT, "residual-disease", "Residual disease"),)
    assert plan.visits == (
        FollowUpVisit(day=30, title="First visit", observations=asked, source="invented"),
        FollowUpVisit(day=60, title="Last visit", observations=(), source="invented"),
    )


def test_the_trial_needs_every_concept_its_plan_names(sample: Definitions) -> None:
    assert sample.trial.needed >= {
        *("first-drug", "other-drug", "third-drug", "cells", "graft", "rays", "radiation-dose", "vein", "body"),
        *("weight", "height", "cell-content", "all-cells", "blood-group"),
    }


def test_a_trial_may_have_no_treatment_plan(tmp_path: Path) -> None:
    treated = load(write_treated(tmp_path / "with"))
    plain = load(write_treated(tmp_path / "without", without=frozenset({DOSING, CARE_PLAN})))
    assert (plain.trial.regimen, plain.trial.clearance, plain.trial.care_plan) == (None, (), None)
    assert plain.trial.criteria == treated.trial.criteria


def test_a_treatment_plan_may_be_written_nowhere(tmp_path: Path) -> None:
    without = load(write_treated(tmp_path, without=frozenset({CARE_PLAN})))
    assert without.trial.care_plan is None
    assert without.trial.regimen is not None


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (DOSING, "amount: 5\n", "amount: 6\n"),
        (DOSING, "amount: 1/3", "amount: 2/5"),
        (DOSING, "days: [5]", "days: [6]"),
        (DOSING, "infusions: [1, 2]", "infusions: [1]"),
        (DOSING, "implausible: 5", "implausible: 6"),
        (TRIAL, "id: low, value: 10 %", "id: low, value: 11 %"),
        (CARE_PLAN, "day: 30", "day: 31"),
        (CARE_PLAN, "candidate: active", "candidate: draft"),
    ],
)
def test_a_changed_plan_derives_everything_again_and_reads_nothing_again(
    file: str, old: str, new: str, tmp_path: Path
) -> None:
    before = load(write_treated(tmp_path / "before"))
    after = load(write_treated(tmp_path / "after", (file, old, new)))
    assert before.definitions_digest != after.definitions_digest
    assert before.reading_digest == after.reading_digest


def test_a_concept_less_reads_again(tmp_path: Path) -> None:
    before = load(write_treated(tmp_path / "before"))
    after = load(write_treated(tmp_path / "after", (DOSING, "shown: [all-cells]", "shown: []")))
    assert before.reading_digest != after.reading_digest


def test_how_a_stopped_dose_is_meant_is_a_trait_of_the_hospital(tmp_path: Path) -> None:
    hospital = "hospitals/north/hospital.yaml"
    before = load(write_treated(tmp_path / "before"))
    change = (hospital, "patients: all\n", "patients: all\nstopped_dose: ordered\n")
    after = load(write_treated(tmp_path / "after", change))
    assert (before.traits.stopped_dose, after.traits.stopped_dose) == ("unknown", "ordered")
    assert before.definitions_digest != after.definitions_digest
    assert before.reading_digest == after.reading_digest
