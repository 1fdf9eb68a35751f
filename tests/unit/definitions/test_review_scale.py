"""The review finds slips in a toxicity scale that load all the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from fhir_adapter.definitions.review import review_mappings
from tests.scale_samples import SCALE, TERMS, write_scaled


def found(root: Path) -> list[tuple[str, str, str]]:
    review = review_mappings((root,), default_mappings=False)
    return [(one.code, one.severity.value, one.message) for one in review.findings if "sample-v1" in one.file]


def test_the_sample_scale_has_nothing_but_a_note(tmp_path: Path) -> None:
    """Creatinine may be reported in mg/dL, mg/L and umol/L, and all of them are printed."""
    assert found(write_scaled(tmp_path)) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "code", "message"),
    [
        (TERMS, "Creatinine increased,10", "Creatinine raised,10", "scale-term",
         "Creatinine increased: not a term of the catalogue"),
        (TERMS, "Creatinine increased,10", "creatinine increased,10", "scale-term",
         "Creatinine increased: not a term of the catalogue"),
        (SCALE, 'meddra: "10"', 'meddra: "13"', "scale-code", "Creatinine increased: the catalogue's code is 10"),
        (SCALE, "soc: Muscles", "soc: Bones", "scale-code",
         "Muscle lost: the catalogue's system organ class is Muscles"),
        (SCALE, 'wording: ">ULN"', 'wording: ">= ULN"', "scale-wording",
         "Creatinine increased: the wording of grade 1 is not the catalogue's"),
        (SCALE, "{grade: 4, wording: Most, any", "{grade: 3, wording: Most, any", "scale-wording",
         "Muscle lost: the wording of grade 3 is not the catalogue's"),
        (SCALE, "      - {grade: 5, wording: Death}\n", "", "scale-wording",
         "Creatinine increased: grade 5 of the catalogue is missing"),
        (SCALE, "concepts: [creatinine]", "concepts: [creatine]", "scale-concept",
         "Creatinine increased: there is no value set creatine"),
        (SCALE, "concepts: [creatinine]", "concepts: [creatinine]\n    bounded_by: [urea]", "scale-concept",
         "Creatinine increased: there is no value set urea"),
        (SCALE, "{above: 1 x uln}", "{below: 1 x uln}", "scale-direction",
         "Creatinine increased: a comparison looks at the other side"),
        (SCALE, "{above: 1 x uln}", "{above: {mg/dL: 1, umol/L: 88}, drop_from: uln}", "scale-direction",
         "Creatinine increased: a comparison looks at the other side"),
        (SCALE, "direction: low", "direction: high", "scale-direction",
         "Muscle lost: a comparison looks at the other side"),
        (SCALE, "{mg/dL: 3, umol/L: 266}", "{mg/dL: 3, umol/L: 177}", "scale-not-monotonic",
         "Creatinine increased: grade 3 lies no further out than grade 2"),
        (SCALE, "{mg/dL: 3, umol/L: 266}", "{mg/dL: 1.9, umol/L: 266}", "scale-not-monotonic",
         "Creatinine increased: grade 3 lies no further out than grade 2"),
        (SCALE, "mg/L: 1/10}", "mg/L: 1/100}", "scale-unit-factor",
         "Creatinine increased: family mass converts otherwise than unit rule creatinine"),
    ],
)  # fmt: skip
def test_a_slip_is_an_error(file: str, old: str, new: str, code: str, message: str, tmp_path: Path) -> None:
    assert (code, "error", message) in found(write_scaled(tmp_path, (file, old, new)))


def test_a_limit_without_number_for_one_of_the_families_is_a_warning(tmp_path: Path) -> None:
    root = write_scaled(tmp_path, (SCALE, "{mg/dL: 3, umol/L: 266}", "{mg/dL: 3}"))
    message = "Creatinine increased: a limit has no number for umol/L"
    assert found(root) == [("scale-unit-missing", "warning", message)]


def test_units_with_numbers_of_their_own_need_not_all_be_named(tmp_path: Path) -> None:
    changes = [
        (SCALE, "{mg/dL: 3, umol/L: 266}", "{mg/dL: 3}"),
        (SCALE, "families: [mass, amount]", "families: [mass, amount]\n    by_unit: true"),
    ]
    assert found(write_scaled(tmp_path, *changes)) == []


def test_numbers_beside_different_conditions_are_not_compared(tmp_path: Path) -> None:
    """Grade 3 with symptoms may begin where grade 2 without them does."""
    new = "any: [[{above: {mg/dL: 2, umol/L: 177}}, {input: symptoms}], [{at_least: 50 % rise}]]"
    old = "any: [[{above: {mg/dL: 3, umol/L: 266}}], [{at_least: 50 % rise}]]"
    assert found(write_scaled(tmp_path, (SCALE, old, new))) == []


def test_a_family_nobody_uses_and_a_unit_nobody_prints_are_told(tmp_path: Path) -> None:
    changes = [
        (SCALE, "families: [mass, amount]", "families: [mass]"),
        (SCALE, "{mg/dL: 2, umol/L: 177}", "{mg/dL: 2}"),
        (SCALE, "{mg/dL: 3, umol/L: 266}", "{mg/dL: 3}"),
    ]
    assert sorted(found(write_scaled(tmp_path, *changes))) == [
        ("scale-unit-not-printed", "note", "Creatinine increased: no limit is printed for results in umol/L"),
        ("scale-unused-family", "warning", "no term has numbers in amount"),
    ]


def test_a_scale_that_does_not_load_is_one_finding(tmp_path: Path) -> None:
    root = write_scaled(tmp_path, (SCALE, "direction: high", "direction: up"))
    assert [code for code, _, _ in found(root)] == ["definition"]


def test_what_a_scale_grades_is_a_value_set_in_use(tmp_path: Path) -> None:
    changed = (SCALE, "concepts: [creatinine]", "concepts: [residual-disease]")
    review = review_mappings((write_scaled(tmp_path, changed),), default_mappings=False)
    unused = {one.message for one in review.findings if one.code == "unused-value-set"}
    assert not any("residual-disease" in message for message in unused)
