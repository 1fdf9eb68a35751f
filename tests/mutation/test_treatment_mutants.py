"""The mutants of a treatment plan: every number, day, row, optional part and reading of it is changed."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from fhir_adapter.definitions.file_set import load_hospital_files, load_terminology_files, load_trial_files
from fhir_adapter.definitions.folder import mapping_roots
from fhir_adapter.definitions.load import Definitions, compile_definitions, load_definitions
from fhir_adapter.definitions.setting_text import SettingValue
from fhir_adapter.domain.regimen import PlannedItem
from tests.mutation.reading_mutants import unit_mutants
from tests.mutation.setting_mutants import neighbours, pairs, setting_mutants
from tests.mutation.setting_places import changed_places, is_filled
from tests.mutation.touched import tells_of, touched_parts
from tests.mutation.treatment_mutants import treatment_mutants
from tests.mutation.variants import stepped_fraction
from tests.scenarios.story import Story, load_stories
from tests.treatment_samples import UNITS, write_treated


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_treated(tmp_path)


@pytest.fixture
def sample(root: Path) -> Definitions:
    return load_definitions(hospital="north", trial="t1", overlays=(root,), default_mappings=False)


def ids(definitions: Definitions, prefix: str) -> set[str]:
    mutants = treatment_mutants(definitions)
    return {mutant.id.removeprefix(prefix) for mutant in mutants if mutant.id.startswith(prefix)}


def item(definitions: Definitions, name: str) -> PlannedItem:
    assert definitions.trial.regimen is not None
    (found,) = (one for one in definitions.trial.regimen.items if one.id == name)
    return found


def test_a_drug_is_changed_in_every_number_day_row_and_basis(sample: Definitions) -> None:
    assert ids(sample, "regimen.items.other.") == {
        "concepts:drop other-drug",
        *("days:drop 0", "days:drop 1"),
        *("days.0.day:-4>-5", "days.1.day:-3>-2"),
        *("amount:5>4", "amount:5>6"),
        *("course:10>9", "course:10>11", "course:dropped"),
        *("tolerance.below:1/10>0", "tolerance.below:1/10>1/5"),
        *("tolerance.below:1/10>1/9", "tolerance.below:1/10>1/11"),
        *("tolerance.above:1/10>0", "tolerance.above:1/10>1/5"),
        *("tolerance.above:1/10>1/9", "tolerance.above:1/10>1/11"),
        *("in_window.first:-1>-2", "in_window.first:-1>0", "in_window.last:1>0", "in_window.last:1>2"),
        *("reach:0>1", "locked_weight:False>True", "exclusive:dropped", "basis:kg>m2"),
    }


def test_what_the_loader_refuses_is_no_mutant(sample: Definitions) -> None:
    """A day onto the next, a day before the first of treatment, a tolerance of no amount, a drug over its days."""
    refused = {
        *("first.days.0.day:-14>-15", "other.days.0.day:-4>-3", "other.reach:0>-1", "other.only_if:dropped"),
        *("graft.tolerance.below:0>1", "cells-1.duration_tolerance.below:0>1", "other.as_course:False>True"),
    }
    assert refused & ids(sample, "regimen.items.") == set()


def test_a_duration_is_left_out_with_its_tolerance(sample: Definitions) -> None:
    (mutant,) = (one for one in treatment_mutants(sample) if one.id == "regimen.items.first.minutes:dropped")
    changed = item(mutant.build(), "first")
    assert changed.minutes is None
    assert changed.duration_tolerance.above == 0


def test_a_share_of_cells_is_stepped_above_and_below_the_line(sample: Definitions) -> None:
    assert {one for one in ids(sample, "regimen.items.cells-1.") if one.startswith("amount")} == {
        "amount:2/3>1/3", "amount:2/3>1", "amount:2/3>1/2",
    }  # fmt: skip


def test_a_day_due_only_for_some_becomes_due_for_all(sample: Definitions) -> None:
    assert "days.2.only_if:dropped" in ids(sample, "regimen.items.first.")


def test_rows_are_left_out_by_their_id(sample: Definitions) -> None:
    assert ids(sample, "regimen.items:drop ") == {"first", "cells-1", "other", "rays", "graft", "cells-2"}
    assert {"drop 0", "drop 1"} <= ids(sample, "regimen.levels.totals:")
    assert {"drop group", "drop sex"} == ids(sample, "regimen.donor.shown:")


def test_clearance_is_changed_in_its_rules_rows_and_infusions(sample: Definitions) -> None:
    assert ids(sample, "clearance.") == {"N2:drop", "N3:drop"}
    assert {one for one in ids(sample, "N2.") if one.startswith("infusions")} == {
        "infusions:drop 1", "infusions:drop 2",
    }  # fmt: skip


def test_the_care_plan_and_the_meaning_of_a_stopped_dose_are_changed(sample: Definitions) -> None:
    plan = ids(sample, "care_plan.")
    assert {"visits.0.day:30>29", "visits:drop 1", "last_day:60>61", "status:drop candidate"} <= plan
    assert ids(sample, "hospital.") == {
        "stopped_dose:unknown>administered", "stopped_dose:unknown>ordered",
    }  # fmt: skip


def test_a_mutant_changes_one_thing_and_leaves_the_original(sample: Definitions) -> None:
    (mutant,) = (one for one in treatment_mutants(sample) if one.id == "regimen.items.other.amount:5>6")
    changed = mutant.build()
    assert (item(changed, "other").amount, item(sample, "other").amount) == (Fraction(6), Fraction(5))
    assert touched_parts(sample.trial, changed.trial) == frozenset({"other"})


def test_what_a_change_touches_are_the_items_of_the_same_concepts(sample: Definitions) -> None:
    built = {one.id: one.build().trial for one in treatment_mutants(sample)}
    assert touched_parts(sample.trial, built["regimen.items.cells-1.amount:2/3>1"]) == frozenset({
        "cells-1",
        "cells-2",
    })
    assert touched_parts(sample.trial, built["regimen.levels.totals:drop 1"]) is None
    assert touched_parts(sample.trial, built["clearance.N3:drop"]) == frozenset({
        "clearance",
        "cells-1",
        "cells-2",
    })


def test_only_a_story_that_tells_of_what_is_touched_is_asked() -> None:
    def tells(**then: object) -> bool:
        return tells_of(story(then), frozenset({"thiotepa"}))

    assert tells(doses={"thiotepa -14": {}})
    assert tells(totals={"thiotepa": {}})
    assert tells(feasibility={})
    assert not tells(doses={"fludarabine -14": {}})
    assert not tells(verdict="ELIGIBLE")
    assert tells_of(story({"clearance": ()}), None)
    assert not tells_of(story({"clearance": ()}), frozenset())


def story(then: dict[str, object]) -> Story:
    return replace(load_stories("nct07256210")[0], then=then)


def test_a_unit_is_forgotten_where_doses_are_read_too(tmp_path: Path) -> None:
    written = "{id: dose-mass, standard: 'mg', source: UCUM"
    root = write_treated(tmp_path, (UNITS, written, f"{written}, accepts: [{{unit: g}}]"))
    definitions = load_definitions(hospital="north", trial="t1", overlays=(root,), default_mappings=False)
    terminology = load_terminology_files(mapping_roots((root,), default=False))
    (mutant,) = (one for one in unit_mutants(definitions, terminology) if one.id == "unit.dose-mass.g:drop")
    plan, changed = definitions.trial.regimen, mutant.build().trial.regimen
    assert plan is not None
    assert changed is not None
    assert set(plan.dose_units["mass"].factors) == {"mg", "g"}
    assert set(changed.dose_units["mass"].factors) == {"mg"}
    assert mutant.mentions == frozenset({'"g"'})
    assert mutant.build().reading_digest == definitions.reading_digest


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("10 %", ["9 %", "11 %"]),
        ("12.5 %", ["12.4 %", "12.6 %"]),
        ("2/3", ["1/3", "3/3", "2/2", "2/4"]),
        ("25/3", ["24/3", "26/3", "25/2", "25/4"]),
    ],
)
def test_a_share_and_a_fraction_have_neighbours(value: str, expected: list[str]) -> None:
    assert list(neighbours(value)) == expected


def test_each_end_of_a_range_of_days_is_stepped() -> None:
    assert list(pairs(["-2", "2"])) == [["-3", "2"], ["-1", "2"], ["-2", "1"], ["-2", "3"]]
    assert list(pairs(["intravenous"])) == []


def test_a_fraction_never_becomes_negative() -> None:
    assert [changed for _, changed in stepped_fraction(Fraction(0))] == [Fraction(1)]


def test_a_number_a_setting_fills_in_is_stepped_in_the_setting_alone(root: Path, sample: Definitions) -> None:
    roots = mapping_roots((root,), default=False)
    terminology, hospital = load_terminology_files(roots), load_hospital_files(roots, "north")

    def recompile(setting: str, value: SettingValue) -> Definitions:
        return compile_definitions(terminology, hospital, load_trial_files(roots, "t1", {setting: value}))

    mutants = {one.id: one for one in setting_mutants(load_trial_files(roots, "t1"), recompile)}
    places = changed_places(sample.trial, mutants["setting.low:10 %>9 %"].build().trial)
    assert places == {"regimen.items.first.tolerance.below:1/10>9/100"}
    assert is_filled("regimen.items.first.tolerance.below:1/10>1/9", places)
    assert not is_filled("regimen.items.first.tolerance.above:1/10>1/9", places)
    assert not is_filled("regimen.items.first.routes:drop vein", places)
