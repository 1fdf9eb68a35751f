"""The harness itself: it finds the number nobody tests, and says when an explanation is no longer needed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from fhir_adapter.definitions.file_set import load_hospital_files, load_terminology_files, load_trial_files
from fhir_adapter.definitions.folder import mapping_roots
from fhir_adapter.definitions.load import Definitions, compile_definitions, load_definitions
from fhir_adapter.definitions.setting_text import SettingValue
from fhir_adapter.domain.operators import Age, AllOf, Compare
from fhir_adapter.domain.queries import Operator
from fhir_adapter.errors import DefinitionError, UnitError
from tests.mapping_samples import write_mappings
from tests.mutation.harness import (
    Explanation,
    Mutant,
    MutationReport,
    alternatives,
    idle,
    load_explanations,
    run_mutants,
    unexplained,
)
from tests.mutation.reading_mutants import code_mutants, text_mutants, unit_mutants
from tests.mutation.rule_mutants import participation_mutants, rule_mutants
from tests.mutation.setting_mutants import neighbours, setting_mutants
from tests.mutation.setting_places import changed_places
from tests.mutation.shards import chosen

LIMITS = {Operator.LESS_OR_EQUAL: Decimal.__le__, Operator.LESS: Decimal.__lt__}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_mappings(tmp_path)


@pytest.fixture
def sample(root: Path) -> Definitions:
    return load_definitions(hospital="north", trial="t1", overlays=(root,), default_mappings=False)


def creatinine(definitions: Definitions) -> Compare:
    rule = definitions.trial.criteria[2].rule
    assert isinstance(rule, AllOf)
    (compare,) = (node for node in rule.of if isinstance(node, Compare))
    return compare


def derive_limit(
    definitions: Definitions, mentions: frozenset[str] | None, first: str | None
) -> Iterable[tuple[str, Mapping[str, str]]]:
    """Stand in for scenarios that test one limit from both sides."""
    limit = creatinine(definitions).limit
    for value in ("1.5", "1.6"):
        met = LIMITS[limit.operator](Decimal(value), limit.value)
        yield f"creatinine {value}", {"I2": str(met)}


def ids(mutants: Iterable[Mutant], prefix: str) -> set[str]:
    return {mutant.id.removeprefix(prefix) for mutant in mutants if mutant.id.startswith(prefix)}


def test_every_number_operator_window_branch_and_code_of_a_rule_is_changed(sample: Definitions) -> None:
    assert ids(rule_mutants(sample), "I2.") == {
        "all_of:any_of",
        "of:drop 0",
        "of:drop 1",
        "of.0.concepts:drop leukemia",
        "of.1.query.concepts:drop creatinine",
        "of.1.query.windows.0.window:14 d>13 d",
        "of.1.query.windows.0.window:14 d>15 d",
        "of.1.query.room_air:False>True",
        "of.1.limit.operator:<=><",
        "of.1.limit.value:1.5>1.4",
        "of.1.limit.value:1.5>1.6",
        "of.1.times_uln:False>True",
    }


def test_ages_are_stepped_by_a_year(sample: Definitions) -> None:
    assert ids(rule_mutants(sample), "AGE.") == {"at_least:2>1", "at_least:2>3"}


def test_the_anchor_is_changed(sample: Definitions) -> None:
    assert ids(rule_mutants(sample), "anchor.") == {
        "first_drugs:drop first-drug",
        "offset_days:-14>-15",
        "offset_days:-14>-13",
        "search_days_before:3>2",
        "search_days_before:3>4",
    }


def test_the_days_of_grace_are_changed(sample: Definitions) -> None:
    assert ids(participation_mutants(sample), "participation.consent_grace_days:") == {"30>29", "30>31"}


def test_a_mutant_differs_from_the_original_in_one_place(sample: Definitions) -> None:
    (mutant,) = (one for one in rule_mutants(sample) if one.id == "I2.of.1.limit.value:1.5>1.6")
    changed = mutant.build()
    assert creatinine(changed).limit.value == Decimal("1.6")
    assert changed.trial.criteria[0] is sample.trial.criteria[0]
    assert creatinine(sample).limit.value == Decimal("1.5")


def test_every_code_text_unit_and_molar_mass_is_changed(root: Path, sample: Definitions) -> None:
    files = load_terminology_files(mapping_roots((root,), default=False))
    assert ids(code_mutants(sample), "code.creatinine.http://loinc.org|") == {
        "2160-0:drop",
        "14682-9:drop",
        "14682-9:drop molar",
    }
    assert ids(code_mutants(sample), "local.") == {"creatinine.https://north.example/lab|KREA:drop"}
    assert ids(text_mutants(sample), "") == {"text.residual-disease.ikke påvist:drop"}
    assert ids(unit_mutants(sample, files), "unit.creatinine.") == {
        "mg/L:drop",
        "umol/L:drop",
        "molar:113.12>113.11",
        "molar:113.12>113.13",
    }


def test_a_forgotten_code_is_looked_for_only_where_it_is_mentioned(sample: Definitions) -> None:
    (mutant,) = (one for one in code_mutants(sample) if one.id.endswith("KREA:drop"))
    assert mutant.mentions == frozenset({'"KREA"', '/KREA"'})
    assert ("https://north.example/lab", "KREA") not in mutant.build().terminology.meanings


def test_every_setting_is_flipped(root: Path) -> None:
    roots = mapping_roots((root,), default=False)
    terminology, hospital = load_terminology_files(roots), load_hospital_files(roots, "north")

    def recompile(setting: str, value: SettingValue) -> Definitions:
        return compile_definitions(terminology, hospital, load_trial_files(roots, "t1", {setting: value}))

    mutants = {one.id: one for one in setting_mutants(load_trial_files(roots, "t1"), recompile)}
    assert set(mutants) == {
        "setting.youngest:2>1",
        "setting.youngest:2>3",
        "setting.kidney-window:14 d>13 d",
        "setting.kidney-window:14 d>15 d",
        "setting.positive:detected>detected+not-detected",
    }
    rule = mutants["setting.youngest:2>3"].build().trial.criteria[0].rule
    assert isinstance(rule, Age)
    assert rule.at_least == 3


def test_a_value_filled_in_by_a_setting_is_known_by_its_places(root: Path, sample: Definitions) -> None:
    roots = mapping_roots((root,), default=False)
    terminology, hospital = load_terminology_files(roots), load_hospital_files(roots, "north")
    files = load_trial_files(roots, "t1", {"kidney-window": "15 d", "youngest": "3"})
    changed = compile_definitions(terminology, hospital, files).trial
    places = changed_places(sample.trial, changed)
    assert places == {"AGE.at_least:2>3", "I2.of.1.query.windows.0.window:14 d>15 d"}
    assert places <= {mutant.id for mutant in rule_mutants(sample)}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("0.01", ["0.00", "0.02"]),
        ("-14", ["-15", "-13"]),
        ("4 mo", ["3 mo", "5 mo"]),
        (">", [">="]),
        ("true", ["false"]),
        ("unknown", []),
    ],
)
def test_plain_values_have_plain_neighbours(value: str, expected: list[str]) -> None:
    assert list(neighbours(value)) == expected


def test_a_limit_tested_on_both_sides_leaves_no_survivor(sample: Definitions) -> None:
    mutants = [one for one in rule_mutants(sample) if ".limit." in one.id]
    report = run_mutants(sample, mutants, derive_limit)
    assert report.survivors == ()
    assert report.killed["I2.of.1.limit.operator:<=><"] == "creatinine 1.5"
    assert report.killed["I2.of.1.limit.value:1.5>1.6"] == "creatinine 1.6"


def test_a_number_nobody_tests_survives(sample: Definitions) -> None:
    mutants = [one for one in rule_mutants(sample) if one.id.startswith("AGE.")]
    report = run_mutants(sample, mutants, derive_limit)
    assert report.survivors == ("AGE.at_least:2>1", "AGE.at_least:2>3")


def test_a_mutant_the_loader_refuses_is_no_survivor(sample: Definitions) -> None:
    def refuse() -> Definitions:
        raise DefinitionError(file="x.yaml", line=1, path="", problem="refused")

    report = run_mutants(sample, [Mutant("setting", refuse)], derive_limit)
    assert (report.refused, report.survivors) == (("setting",), ())


def test_a_mutant_that_breaks_the_derivation_is_noticed(sample: Definitions) -> None:
    def derive(
        definitions: Definitions, mentions: frozenset[str] | None, first: str | None
    ) -> Iterable[tuple[str, Mapping[str, str]]]:
        if not definitions.trial.criteria:
            raise UnitError("no unit")
        return [("one", {"I2": "PASS"})]

    empty = replace(sample, trial=replace(sample.trial, criteria=()))
    assert run_mutants(sample, [Mutant("none", lambda: empty)], derive).killed == {"none": "UnitError"}


def test_alternative_codes_need_one_story() -> None:
    report = MutationReport(
        killed={"local.creatinine.https://north.example/lab|KREA:drop": "one"},
        refused=(),
        survivors=(
            "code.creatinine.http://loinc.org|2160-0:drop",
            "code.leukemia.http://snomed.info/sct|91861009:drop",
            "code.creatinine.http://loinc.org|14682-9:drop molar",
        ),
    )
    assert alternatives(report) == {"code.creatinine.http://loinc.org|2160-0:drop"}
    assert unexplained(report, [Explanation("code.leukemia.*", "not in the demo")]) == [
        "code.creatinine.http://loinc.org|14682-9:drop molar"
    ]


def test_an_explanation_nobody_needs_is_idle() -> None:
    report = MutationReport(killed={}, refused=(), survivors=("I2.of.1.limit.value:1.5>1.6",))
    known = [
        Explanation("I2.of.1.*", "x"),
        Explanation("I3.*", "y"),
        Explanation("I2.of.1.limit.value:1.5>1.6", "z"),
    ]
    assert idle(report, known) == ["I3.*"]


def test_explanations_are_read_from_yaml(tmp_path: Path) -> None:
    path = tmp_path / "survivors.yaml"
    path.write_text("- {mutant: 'I2.*', reason: covered elsewhere}\n", encoding="utf-8")
    assert load_explanations(path) == (Explanation("I2.*", "covered elsewhere"),)


def test_the_story_that_noticed_last_time_is_asked_first(sample: Definitions) -> None:
    asked: list[str | None] = []

    def derive(
        definitions: Definitions, mentions: frozenset[str] | None, first: str | None
    ) -> Iterable[tuple[str, Mapping[str, str]]]:
        asked.append(first)
        return [("one", {"I2": "PASS"})]

    mutants = [Mutant("known", lambda: sample), Mutant("new", lambda: sample)]
    report = run_mutants(sample, mutants, derive, {"known": "one"})
    assert asked == [None, "one", None]
    assert report.survivors == ("known", "new")  # a hint alone notices nothing


def test_codes_of_one_concept_are_chosen_together(sample: Definitions) -> None:
    names = [f"code.creatinine.http://loinc.org|{code}:drop" for code in ("2160-0", "14682-9", "1-8")]
    names += [f"I{number}.limit.value:1>2" for number in range(300)]
    mutants = [Mutant(name, lambda: sample) for name in names]
    for digest in ("a", "b", "c", "d"):
        found = [each.id for each in chosen(mutants, digest)]
        assert len({name in found for name in names[:3]}) == 1
        assert 25 < len(found) < 85
    assert [each.id for each in chosen(mutants, "a")] != [each.id for each in chosen(mutants, "b")]
