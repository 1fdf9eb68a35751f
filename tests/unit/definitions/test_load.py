"""Definitions compile end to end, from any folder with the layout of mappings/."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from fhir_adapter.definitions.generate import generated_texts
from fhir_adapter.definitions.load import Definitions, available_hospitals, available_trials, load_definitions
from fhir_adapter.domain.codes import CodeMeaning, ConceptId
from fhir_adapter.domain.operators import AllOf, Attested, Coded, Compare
from fhir_adapter.domain.queries import AgeWindow, Operator, Window, WindowUnit
from fhir_adapter.errors import DefinitionError, UsageError
from tests.mapping_samples import write_mappings

LOCAL = "https://north.example/lab"
FINDINGS = "terminology/value_sets/findings.yaml"
MAP = "hospitals/north/concept_map.yaml"
TRIAL = "trials/t1/trial.yaml"
RULES = "trials/t1/eligibility.yaml"
UNITS = "terminology/units.yaml"


def load(*roots: Path, default: bool = False) -> Definitions:
    return load_definitions(hospital="north", trial="t1", overlays=roots, default_mappings=default)


@pytest.fixture
def sample(tmp_path: Path) -> Definitions:
    return load(write_mappings(tmp_path))


def test_a_local_code_means_what_its_target_means(sample: Definitions) -> None:
    assert sample.terminology.meanings[LOCAL, "KREA"] == CodeMeaning(
        concepts=(ConceptId("creatinine"),), unit_rule="creatinine"
    )


def test_a_local_code_of_an_unused_standard_code_is_known_and_means_nothing(sample: Definitions) -> None:
    assert sample.terminology.meanings[LOCAL, "HB"].concepts == ()


def test_an_unmatched_code_is_known_as_such(sample: Definitions) -> None:
    assert sample.terminology.unmatched == {(LOCAL, "MISC")}
    assert (LOCAL, "MISC") not in sample.terminology.meanings
    assert sample.terminology.local_systems == {LOCAL}


def test_an_answer_text_is_exact(sample: Definitions) -> None:
    assert sample.terminology.text_answers == {("residual-disease", "ikke påvist"): (ConceptId("not-detected"),)}


def test_unit_factors_are_exact(sample: Definitions) -> None:
    rule = sample.unit_rules["creatinine"]
    assert rule.factors == {"mg/dL": Fraction(1), "mg/L": Fraction(1, 10), "umol/L": Fraction(707, 62500)}
    assert rule.family == {"mg/dL": "mass", "mg/L": "mass", "umol/L": "molar"}


def test_settings_stand_in_the_rules_with_their_type(sample: Definitions) -> None:
    rule = sample.trial.criteria[2].rule
    assert isinstance(rule, AllOf)
    compare = rule.of[1]
    assert isinstance(compare, Compare)
    assert compare.query.windows == (AgeWindow(None, Window(14, WindowUnit.DAY)),)
    assert compare.limit.operator is Operator.LESS_OR_EQUAL
    assert str(compare.limit.value) == "1.5"
    assert sample.trial.settings["kidney-window"].value == "14 d"


def test_an_attestation_is_valid_as_long_as_its_link_says(sample: Definitions) -> None:
    rule = sample.trial.criteria[3].rule
    assert isinstance(rule, Attested)
    assert rule.valid_for == Window(24, WindowUnit.HOUR)


def test_the_trial_needs_every_concept_some_rule_names(sample: Definitions) -> None:
    assert sample.trial.needed == {
        "creatinine", "detected", "first-drug", "leukemia", "not-detected", "residual-disease"
    }  # fmt: skip


def test_traits_are_typed(sample: Definitions) -> None:
    traits = sample.traits
    assert (traits.zone, traits.writes_enabled, traits.provenance) == (ZoneInfo("Europe/Oslo"), False, True)
    assert traits.people["p-berg"].roles == ("investigator",)
    assert traits.rejection_budget == 0.05


def test_codes_of_a_concept_hold_the_local_ones(sample: Definitions) -> None:
    assert sample.codes_of([ConceptId("creatinine")]) == (
        ("http://loinc.org", "14682-9"),
        ("http://loinc.org", "2160-0"),
        (LOCAL, "KREA"),
    )


def test_a_code_in_two_value_sets_has_both_concepts(tmp_path: Path) -> None:
    both = load(write_mappings(tmp_path, (FINDINGS, "code: first-drug,", "code: residual-disease,")))
    meaning = both.terminology.meanings["https://fhir-adapter.example/CodeSystem/concepts", "residual-disease"]
    assert meaning.concepts == ("first-drug", "residual-disease")


def test_value_sets_that_disagree_on_a_unit_rule_are_refused(tmp_path: Path) -> None:
    root = write_mappings(
        tmp_path,
        (UNITS, "  - id: creatinine\n", "  - {id: other, standard: g, source: UCUM}\n  - id: creatinine\n"),
        (FINDINGS, "id: first-drug\n", "id: first-drug\nunitRule: other\n"),
        (FINDINGS, "id: residual-disease\n", "id: residual-disease\nunitRule: creatinine\n"),
        (FINDINGS, "code: first-drug,", "code: residual-disease,"),
    )
    with pytest.raises(DefinitionError, match="another value set gives this code another unit rule or score"):
        load(root)


def test_a_code_both_mapped_and_unmatched_is_refused(tmp_path: Path) -> None:
    second = (
        "  - source: https://north.example/lab\n    target: http://snomed.info/sct\n    element:\n"
        "      - {code: KREA, display: K, target: [{equivalence: unmatched}]}\ntext_answers:"
    )
    root = write_mappings(tmp_path, (MAP, "text_answers:", second))
    with pytest.raises(DefinitionError, match="mapped in one group, unmatched in another"):
        load(root)


def test_a_missing_project_concept_is_refused_as_a_target(tmp_path: Path) -> None:
    group = (
        "  - source: https://north.example/mrd\n    target: https://fhir-adapter.example/CodeSystem/concepts\n"
        "    element:\n      - {code: M, display: M, target: [{code: mrd, display: M, equivalence: equivalent}]}\n"
        "text_answers:"
    )
    root = write_mappings(tmp_path, (MAP, "text_answers:", group))
    with pytest.raises(DefinitionError, match="no such project concept"):
        load(root)


def test_room_air_asks_for_the_oxygen_beside_it(tmp_path: Path) -> None:
    root = write_mappings(
        tmp_path, (RULES, "concepts: [creatinine], ", "concepts: [creatinine], room_air: true, ")
    )
    with pytest.raises(DefinitionError, match="no value set inhaled-oxygen-flow"):
        load(root)


def test_an_answer_by_age_keeps_its_windows(sample: Definitions) -> None:
    coded = sample.trial.criteria[4].rule.of[1]  # type: ignore[attr-defined]
    assert isinstance(coded, Coded)
    assert [row.below_years for row in coded.query.windows] == [2, None]
    assert (coded.met, coded.not_met, coded.by_limit) == (("detected",), ("not-detected",), True)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        (FINDINGS, "title: Leukemia", "title: Leukaemia"),
        (FINDINGS, "display: First drug, source: this project", "display: First, source: us"),
        (UNITS, "source: UCUM", "source: UCUM 2.2"),
        (MAP, "display: Diverse", "display: Sundry"),
        (TRIAL, "resource_types: [Patient, Observation,", "# a comment\nresource_types: [Observation, Patient,"),
    ],
)
def test_words_do_not_change_what_is_read(name: str, old: str, new: str, tmp_path: Path) -> None:
    before = load(write_mappings(tmp_path / "a"))
    after = load(write_mappings(tmp_path / "b", (name, old, new)))
    assert after.reading_digest == before.reading_digest


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        (FINDINGS, ", qualifiers: [molar]", ""),
        (FINDINGS, "code: 14682-9", "code: 77140-2"),
        (UNITS, "      - {unit: mg/L}\n", ""),
        (UNITS, "113.12", "113.13"),
        (MAP, "code: KREA", "code: CREA"),
        (MAP, "text: ikke påvist", "text: negativ"),
        ("hospitals/north/hospital.yaml", "Europe/Oslo", "Europe/Berlin"),
        (TRIAL, "prescreen_concepts: [leukemia]", "prescreen_concepts: [leukemia]\nquestionnaires: [https://q.example]"),
    ],
)  # fmt: skip
def test_meanings_change_what_is_read(name: str, old: str, new: str, tmp_path: Path) -> None:
    before = load(write_mappings(tmp_path / "a"))
    after = load(write_mappings(tmp_path / "b", (name, old, new)))
    assert after.reading_digest != before.reading_digest
    assert after.definitions_digest != before.definitions_digest


def test_a_changed_limit_changes_the_records_but_not_what_is_read(tmp_path: Path) -> None:
    before = load(write_mappings(tmp_path / "a"))
    after = load(write_mappings(tmp_path / "b", (RULES, "value: 1.5", "value: 1.6")))
    assert after.reading_digest == before.reading_digest
    assert after.definitions_digest != before.definitions_digest
    assert {part for part in before.digests if before.digests[part] != after.digests[part]} == {"trial"}


def test_comments_and_order_of_keys_change_no_digest(tmp_path: Path) -> None:
    before = load(write_mappings(tmp_path / "a"))
    swapped = ('op: "<="\n            value: 1.5', 'value: 1.5  # inclusive\n            op: "<="')
    after = load(write_mappings(tmp_path / "b", (RULES, *swapped)))
    assert after.definitions_digest == before.definitions_digest


def test_an_overlay_replaces_whole_folders_and_says_so(tmp_path: Path) -> None:
    base, over = write_mappings(tmp_path / "base"), tmp_path / "over"
    write_mappings(over, (RULES, "value: 1.5", "value: 2.5"))
    for unwanted in ("terminology", "hospitals"):
        (over / unwanted).rename(tmp_path / f"away-{unwanted}")
    both = load(over, base)
    assert both.origins[RULES] == over.as_posix()
    assert both.origins[UNITS] == base.as_posix()
    rule = both.trial.criteria[2].rule.of[1]  # type: ignore[attr-defined]
    assert str(rule.limit.value) == "2.5"


def test_an_overlay_alone_is_enough(sample: Definitions) -> None:
    assert set(sample.origins) == {
        "terminology/code_systems.yaml", "terminology/units.yaml", "terminology/value_sets/answers.yaml",
        FINDINGS, "hospitals/north/hospital.yaml", MAP, TRIAL, RULES,
    }  # fmt: skip


def test_available_ids_are_the_folders_of_every_root(tmp_path: Path) -> None:
    write_mappings(tmp_path / "a")
    (tmp_path / "b" / "hospitals" / "south").mkdir(parents=True)
    roots = (tmp_path / "a", tmp_path / "b")
    assert available_hospitals(roots, default_mappings=False) == ("north", "south")
    assert available_trials(roots, default_mappings=False) == ("t1",)


@pytest.mark.parametrize("name", ["../north", "north/..", "/etc", "", ".", "NORTH", "north\n"])
def test_an_id_never_leads_out_of_the_mappings(name: str, tmp_path: Path) -> None:
    root = write_mappings(tmp_path)
    with pytest.raises(UsageError):
        load_definitions(hospital=name, trial="t1", overlays=(root,), default_mappings=False)


def test_an_unknown_hospital_is_refused_with_those_there_are(tmp_path: Path) -> None:
    root = write_mappings(tmp_path)
    with pytest.raises(UsageError) as refusal:
        load_definitions(hospital="south", trial="t1", overlays=(root,), default_mappings=False)
    assert str(refusal.value) == "no folder hospitals/south in the mappings; there are: north"


def test_a_missing_overlay_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="does not exist"):
        load_definitions(hospital="north", trial="t1", overlays=(tmp_path / "nowhere",))


def test_kept_factors_are_used_only_for_the_rule_they_were_computed_from(tmp_path: Path) -> None:
    root = write_mappings(tmp_path)
    factors = root / "terminology" / "unit_factors.json"
    text = generated_texts(root)[factors]
    factors.write_text(text.replace('"707/62500"', '"1/2"'), encoding="utf-8")
    assert load(root).unit_rules["creatinine"].factors["umol/L"] == Fraction(1, 2)
    changed = (root / UNITS).read_text(encoding="utf-8").replace("113.12", "113.13")
    (root / UNITS).write_text(changed, encoding="utf-8")
    assert load(root).unit_rules["creatinine"].factors["umol/L"] == Fraction(11313, 1000000)


def test_kept_factors_that_are_not_the_generated_form_are_refused(tmp_path: Path) -> None:
    root = write_mappings(tmp_path)
    (root / "terminology" / "unit_factors.json").write_text("{}", encoding="utf-8")
    with pytest.raises(DefinitionError, match="not the generated form"):
        load(root)
