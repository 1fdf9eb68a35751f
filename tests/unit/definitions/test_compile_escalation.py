"""escalation.yaml: what it compiles to, what is refused, and what loads but cannot be meant."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from fhir_adapter.definitions.finding import Severity
from fhir_adapter.definitions.folder import mapping_roots
from fhir_adapter.definitions.load import load_definitions
from fhir_adapter.definitions.load_escalation import load_escalation
from fhir_adapter.definitions.review import review_mappings
from fhir_adapter.domain.escalation import explore as exploring
from fhir_adapter.domain.escalation.rule import Condition, EscalationAction, EscalationRule, Place, TableRow
from fhir_adapter.errors import DefinitionError, UsageError
from tests.escalation import TRIAL, shipped_rule
from tests.mapping_samples import FILES, write_mappings
from tests.treatment_samples import TREATED

HEADS = "trials/t1/trial.yaml"
NAME = "trials/t1/escalation.yaml"
TEXT = """\
levels: [0, 1, 2]
start: 1
cohort: 3
expanded: 6
too_toxic: 2
withheld: 2
table:
  - {row: "1", when: [too-many-dlts], level: 0, action: STOP_STUDY, text: two at the lowest, source: invented}
  - {row: "2", when: [too-many-dlts, below-cleared], action: DECLARE_MTD, at: below, text: two, source: invented}
  - {row: "2", when: [too-many-dlts], level_from: 1, action: DE_ESCALATE, at: below, text: two, source: invented}
  - {row: "3", when: [suspected], action: WAIT, text: one suspected, source: invented}
  - {row: "4", when: [level-complete, nowhere-up], action: {setting: cleared}, text: six, source: invented}
  - {row: "5", when: [level-complete], action: ESCALATE, at: above, text: six, source: invented}
  - {row: "6", when: [cohort-complete, no-open-window], action: EXPAND, text: three, source: invented}
  - {row: "7", when: [room], action: ENROL, text: room, source: invented}
  - {row: last, action: WAIT, text: else, source: invented}
source: invented
"""
SETTING = (
    "  - {id: cleared, value: DECLARE_MTD, alternatives: [NEEDS_DECISION], note: The end, source: invented}\n"
)
SLIPS = yaml.load(
    (Path(__file__).parent / "bad_escalation.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader
)


def write(root: Path, *changes: tuple[str, str], base: dict[str, str] | None = None) -> Path:
    files = FILES if base is None else base
    named = [(NAME, old, new) for old, new in changes]
    return write_mappings(root, *named, files={**files, HEADS: files[HEADS] + SETTING, NAME: TEXT})


def load(root: Path) -> EscalationRule:
    return load_escalation(mapping_roots((root,), default=False), "t1")


def found(root: Path) -> list[tuple[str, Severity, str]]:
    review = review_mappings((root,), default_mappings=False)
    return [(one.code, one.severity, one.path) for one in review.findings if one.severity is not Severity.NOTE]


def test_a_rule_is_compiled_with_its_settings(tmp_path: Path) -> None:
    rule = load(write(tmp_path))
    assert (rule.levels, rule.lowest, rule.highest, rule.start) == ((0, 1, 2), 0, 2, 1)
    assert (rule.cohort, rule.expanded, rule.too_toxic, rule.withheld) == (3, 6, 2, 2)
    assert rule.rows[4] == TableRow(
        row="4",
        when=(Condition.LEVEL_COMPLETE, Condition.NOWHERE_UP),
        action=EscalationAction.DECLARE_MTD,
        text="six",
    )
    assert (rule.rows[2].level_from, rule.rows[2].at) == (1, Place.BELOW)


def test_another_value_of_a_setting_compiles_to_another_rule(tmp_path: Path) -> None:
    roots = mapping_roots((write(tmp_path),), default=False)
    rule = load_escalation(roots, "t1", {"cleared": "NEEDS_DECISION"})
    assert rule.rows[4].action is EscalationAction.NEEDS_DECISION


def test_a_trial_holds_the_rule_its_folder_gives_alone(tmp_path: Path) -> None:
    root = write(tmp_path)
    trial = load_definitions(hospital="north", trial="t1", overlays=(root,), default_mappings=False).trial
    assert trial.escalation == load(root)


def test_a_trial_without_dose_escalation_says_so(tmp_path: Path) -> None:
    root = write_mappings(tmp_path)
    trial = load_definitions(hospital="north", trial="t1", overlays=(root,), default_mappings=False).trial
    assert trial.escalation is None
    with pytest.raises(UsageError, match="trial t1 has no dose escalation: there is no "):
        load(root)


@pytest.mark.parametrize("slip", SLIPS, ids=range(len(SLIPS)))
def test_a_slip_is_refused_with_its_place(slip: dict[str, str], tmp_path: Path) -> None:
    root = write(tmp_path, (slip["old"], slip["new"]))
    with pytest.raises(DefinitionError) as refusal:
        load(root)
    error = refusal.value
    assert str(error).startswith(f"{root.as_posix()}/{NAME}:{error.line}: {slip['message']}")
    if "at" in slip:
        text = (root / NAME).read_text(encoding="utf-8")
        assert error.line == text[: text.index(slip["at"])].count("\n") + 1


def test_the_sample_is_clean(tmp_path: Path) -> None:
    assert found(write(tmp_path)) == []


def test_a_row_behind_one_that_covers_it_is_found(tmp_path: Path) -> None:
    row = "  - {row: x, when: [level-complete, no-dlt], level: 1, action: WAIT, text: x, source: invented}\n"
    root = write(tmp_path, ('  - {row: "6"', row + '  - {row: "6"'))
    assert ("shadowed-row", Severity.WARNING, "table[6]") in found(root)


@pytest.mark.parametrize(
    ("row", "is_covered"),
    [
        ("when: [too-many-dlts, no-open-window], level: 1", True),
        ("when: [too-many-dlts, no-open-window], level_from: 2", True),
        ("when: [too-many-dlts], level: 0", True),
        ("when: [too-many-dlts, no-open-window], level_from: 0", False),
        ("when: [too-many-dlts]", False),
        ("when: [tolerable-dlts], level: 1", False),
    ],
)
def test_a_row_is_covered_only_where_an_earlier_one_applies_whenever_it_does(
    row: str, is_covered: bool, tmp_path: Path
) -> None:
    added = f"  - {{row: x, {row}, action: WAIT, text: x, source: invented}}\n"
    codes = [code for code, _, path in found(write(tmp_path, ('  - {row: "3"', added + '  - {row: "3"')))]
    assert ("shadowed-row" in codes) is is_covered


def test_a_table_that_ends_with_everybody_waiting_is_found(tmp_path: Path) -> None:
    root = write(tmp_path, ('  - {row: "5", when: [level-complete]', '  - {row: "5", when: [suspected]'))
    assert ("dead-end", Severity.ERROR, "table") in found(root)


def test_a_table_that_points_to_a_level_there_is_not_is_found(tmp_path: Path) -> None:
    root = write(tmp_path, ("when: [level-complete, nowhere-up]", "when: [level-complete, no-dlt, nowhere-up]"))
    assert ("dead-end", Severity.ERROR, "table") in found(root)


def test_a_table_too_large_to_be_listed_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exploring, "MOST_STATES", 10)
    assert ("too-many-states", Severity.ERROR, "table") in found(write(tmp_path))


def test_levels_nobody_doses_are_found(tmp_path: Path) -> None:
    """The sample treatment plan doses the levels 0 and 1."""
    root = write(tmp_path, base=TREATED)
    assert ("levels-differ", Severity.ERROR, "levels") in found(root)


def test_the_shipped_rule_is_the_protocols() -> None:
    rule = shipped_rule()
    assert (rule.levels, rule.start, rule.cohort, rule.expanded, rule.too_toxic) == ((0, 1, 2, 3), 1, 3, 6, 2)
    assert rule.withheld == 2


@pytest.mark.parametrize(
    ("setting", "value", "ambiguity"),
    [
        ("minimum-level-toxic", "STOP_STUDY", "A27"),
        ("minimum-level-cleared", "NEEDS_DECISION", "A28"),
        ("level-below-not-expanded", "DE_ESCALATE", None),
        ("no-level-left-above", "EXPAND", None),
    ],
)
def test_an_ambiguity_of_the_escalation_is_a_setting(setting: str, value: str, ambiguity: str | None) -> None:
    text = (Path(mapping_roots().folder("trials", TRIAL).path) / "trial.yaml").read_text(encoding="utf-8")
    (row,) = [one for one in yaml.load(text, Loader=yaml.BaseLoader)["settings"] if one["id"] == setting]
    assert (row["value"], row.get("ambiguity")) == (value, ambiguity)
    for other in row["alternatives"]:
        assert shipped_rule(setting, other) != shipped_rule()
