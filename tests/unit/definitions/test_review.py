"""The review finds what loads but cannot be meant."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from fhir_adapter.definitions.finding import DefinitionFinding, Severity
from fhir_adapter.definitions.generate import generated_texts
from fhir_adapter.definitions.review import review_mappings
from fhir_adapter.errors import UsageError
from tests.mapping_samples import line_of, write_mappings

CODES = "terminology/code_systems.yaml"
FINDINGS = "terminology/value_sets/findings.yaml"
MAP = "hospitals/north/concept_map.yaml"
TRIAL = "trials/t1/trial.yaml"
RULES = "trials/t1/eligibility.yaml"
UNITS = "terminology/units.yaml"
CREATININE = "        - label: creatinine at most 1.5 mg/dL\n"


def found(root: Path) -> list[DefinitionFinding]:
    review = review_mappings((root,), default_mappings=False)
    return [one for one in review.findings if one.severity is not Severity.NOTE]


def limit_of_creatinine(operator: str) -> str:
    find = "find: {concepts: [creatinine], window: {setting: kidney-window}}"
    return f"        - compare: {{{find}, op: '{operator}', value: 1.5, unit: mg/dL}}\n"


def test_the_sample_is_clean(tmp_path: Path) -> None:
    review = review_mappings((write_mappings(tmp_path),), default_mappings=False)
    assert review.clean
    assert [one.code for one in review.findings] == ["target-not-used"]
    assert (review.hospitals, review.trials) == (("north",), ("t1",))
    assert review.origins[UNITS] == tmp_path.as_posix()


SUSPECTS = yaml.load(
    (Path(__file__).parent / "suspect_files.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader
)


@pytest.mark.parametrize(
    "suspect", SUSPECTS, ids=[f"{number}-{suspect['code']}" for number, suspect in enumerate(SUSPECTS)]
)
def test_what_cannot_be_meant_is_found(suspect: dict[str, str], tmp_path: Path) -> None:
    findings = found(write_mappings(tmp_path, (suspect["file"], suspect["old"], suspect["new"])))
    expected = (suspect["code"], suspect["severity"], suspect["message"])
    assert expected in [(one.code, one.severity.value, one.message) for one in findings]


def test_a_finding_points_to_its_line(tmp_path: Path) -> None:
    (finding,) = found(write_mappings(tmp_path, (RULES, "window: 90 d", "window: 0 d")))
    assert finding.file == f"{tmp_path.as_posix()}/{RULES}"
    assert finding.line == line_of(RULES, "- coded:")
    assert finding.path == "criteria[E1].rule.any_of[1]"


def test_two_limits_nobody_can_meet_are_found(tmp_path: Path) -> None:
    other = limit_of_creatinine(">")
    codes = [one.code for one in found(write_mappings(tmp_path, (RULES, CREATININE, other + CREATININE)))]
    assert codes == ["empty-range"]


def test_two_limits_that_touch_are_not_found(tmp_path: Path) -> None:
    other = limit_of_creatinine(">=")
    assert found(write_mappings(tmp_path, (RULES, CREATININE, other + CREATININE))) == []


def test_ages_that_contradict_each_other_are_found(tmp_path: Path) -> None:
    rule = "all_of: [{age: {at_least: 18, at: consent}}, {not: {age: {at_least: 12, at: consent}}}]"
    root = write_mappings(tmp_path, (RULES, "age: {at_least: {setting: youngest}, at: consent}", rule))
    assert "unreachable-branch" in [one.code for one in found(root)]


def test_ages_judged_at_different_moments_do_not_contradict(tmp_path: Path) -> None:
    rule = "all_of: [{age: {at_least: {setting: youngest}, at: consent}}, {age: {below: 2, at: anchor}}]"
    root = write_mappings(tmp_path, (RULES, "age: {at_least: {setting: youngest}, at: consent}", rule))
    assert found(root) == []


def test_displays_of_one_code_agree(tmp_path: Path) -> None:
    root = write_mappings(tmp_path, (FINDINGS, "code: first-drug,", "code: residual-disease,"))
    assert [one.code for one in found(root)] == ["display-differs"]


def test_a_kept_factor_that_ucum_does_not_give_is_found(tmp_path: Path) -> None:
    root = write_mappings(tmp_path)
    path = root / "terminology" / "unit_factors.json"
    path.write_text(generated_texts(root)[path].replace('"707/62500"', '"1/2"'), encoding="utf-8")
    (finding,) = found(root)
    assert (finding.code, finding.line) == ("unit-factor", line_of(UNITS, "- id: creatinine"))


def test_a_file_that_does_not_load_hides_no_other_finding(tmp_path: Path) -> None:
    root = write_mappings(tmp_path, (TRIAL, "type: date", "type: day"), (FINDINGS, "2160-0", "2160-1"))
    assert [one.code for one in found(root)] == ["check-digit", "definition"]


def test_terminology_that_does_not_load_is_the_only_finding(tmp_path: Path) -> None:
    root = write_mappings(tmp_path, (CODES, "code_systems:", "systems:"))
    (finding,) = found(root)
    assert (finding.code, finding.path) == ("definition", "systems")
    assert finding.message == "unknown key (remove it or correct its spelling)"


def test_a_role_nobody_has_is_noted(tmp_path: Path) -> None:
    root = write_mappings(tmp_path, (RULES, "roles: [investigator]", "roles: [sponsor]"))
    notes = [one.message for one in review_mappings((root,), default_mappings=False).findings]
    assert "nobody has the role sponsor, which trial t1 asks of an attestation" in notes


def test_one_hospital_and_one_trial_may_be_reviewed_alone(tmp_path: Path) -> None:
    root = write_mappings(tmp_path)
    (root / "trials" / "t2").mkdir()
    review = review_mappings((root,), hospital="north", trial="t1", default_mappings=False)
    assert review.clean
    with pytest.raises(UsageError):
        review_mappings((root,), trial="t3", default_mappings=False)
